package modulator

// Diffusion is how substances spread over a lattice in a span of time, whatever D:
// the propagator of [Lattice] without clearance,
//
//	c(t+Δ) = exp(D Δ ∇²) c(t) = T⁻¹ exp(−D λ Δ) T c(t)
//
// with the discrete Laplacian ∇² and its modes T (see basis), written out as one
// matrix along each axis. Where substances are read at every step, that costs less
// than to go by way of the modes. It is linear, so amounts may have either sign.
type Diffusion struct {
	shape [3]int
	none  bool // D is 0
	axes  [3]along
}

// NewDiffusion is the spreading of a substance with the coefficient D in µm²/ms,
// from 0, over a space that passes its Check, in a span in ms.
func NewDiffusion(s Space, coefficient, span float64) *Diffusion {
	axes := s.bases()
	return newDiffusion(s, &axes, coefficient*span)
}

// newDiffusion makes the matrices from the modes along every axis, given D Δ in µm².
func newDiffusion(s Space, axes *[3]basis, spread float64) *Diffusion {
	d := &Diffusion{shape: s.Shape, none: spread == 0}
	if d.none {
		return d
	}
	for axis := range axes {
		if s.repeats(axis) {
			d.axes[axis] = d.axes[axis-1]
		} else {
			d.axes[axis] = axes[axis].propagator(spread)
		}
	}
	return d
}

// Spread lets several substances, fields, each a number for every site, diffuse for
// the span; room has as many numbers and is overwritten.
func (d *Diffusion) Spread(fields, room []float64) {
	if d.none {
		return
	}
	from, to := fields, room[:len(fields)]
	for axis, n := range d.shape {
		if n == 1 {
			continue
		}
		clear(to)
		apply(d.shape, axis, d.axes[axis], from, to)
		from, to = to, from
	}
	if len(fields) > 0 && &from[0] != &fields[0] {
		copy(fields, from)
	}
}
