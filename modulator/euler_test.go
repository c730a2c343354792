package modulator

// euler is a lattice in explicit Euler steps, the usual way to do it: stable for
// steps up to 2/(4 D d/h² + 1/τ_c) in d dimensions. Losses are in nM times voxels.
type euler struct {
	ligand            Ligand
	space             Space
	c, next           []float64
	cleared, absorbed float64
}

func newEuler(l Ligand, s Space) *euler {
	return &euler{ligand: l, space: s, c: make([]float64, s.Sites()), next: make([]float64, s.Sites())}
}

// step takes the field through a step in ms.
func (e *euler) step(dt float64) {
	copy(e.next, e.c)
	flow := e.ligand.Diffusion * dt / (e.space.Spacing * e.space.Spacing)
	stride := 1
	for axis, n := range e.space.Shape {
		if n > 1 {
			e.spread(n, stride, flow, e.space.Boundary[axis])
		}
		stride *= n
	}
	for i, c := range e.c {
		lost := dt * c * e.ligand.clearanceRate()
		if u := e.ligand.Uptake; u.Max > 0 {
			lost += dt * u.Max * c / (u.Half + c)
		}
		e.next[i] -= lost
		e.cleared += lost
	}
	e.c, e.next = e.next, e.c
}

// spread lets every pair of neighbours along an axis exchange.
func (e *euler) spread(n, stride int, flow float64, b Boundary) {
	for first := 0; first < len(e.c); first += n * stride {
		inner := (n - 1) * stride
		low, high := e.c[first:first+inner], e.c[first+stride:first+stride+inner]
		toLow, toHigh := e.next[first:first+inner], e.next[first+stride:first+stride+inner]
		for i := range low {
			moved := flow * (low[i] - high[i])
			toLow[i] -= moved
			toHigh[i] += moved
		}
		for i := range stride {
			begin, end := first+i, first+inner+i
			switch b {
			case Periodic:
				moved := flow * (e.c[end] - e.c[begin])
				e.next[end] -= moved
				e.next[begin] += moved
			case Absorbing:
				e.next[begin] -= flow * e.c[begin]
				e.next[end] -= flow * e.c[end]
				e.absorbed += flow * (e.c[begin] + e.c[end])
			}
		}
	}
}
