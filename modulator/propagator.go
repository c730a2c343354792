package modulator

import (
	"fmt"
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/mat"

	"paracrine/internal/kernel"
)

// Propagator is the linear dynamics of credit among ligands, ModProp's
//
//	Ā[l, m] = η_l [l = m] + c_l Σ_k Reception[k, l] μ_k Secretion[k, m]
//
// (types: Ā = η I + c_v W̄ diag(n_α μ_α)). It is the matrix by which an
// eligibility trace, heard by receptors one step after it arose, goes on to be
// heard at all later steps; its spectral radius decides whether credit dies out.
// Source: Liu et al., NeurIPS 2022, with the membrane leak η kept.
//
// Where credit sees what the cells' own output does to them (Dynamics), a ligand l
// has one s beside it that stands for their adaptation, and
//
//	Ā[l, l] −= ϑ μ,   Ā[l, s] += ϑ μ,   Ā[s, l] = β c_a μ,   Ā[s, s] = ρ − β c_a μ
//
// Cells that secrete the same are alike in all that passes through ligands, but
// what begins in one of them goes on in it by itself: if they do not hear
// themselves, by η − c_v μ Self[p], and if their own output acts on them, by
// η − ϑ μ or what it is with adaptation. With the leak alone it is η, which is below
// any bound.
type Propagator struct {
	Ligands int
	A       []float64    // Ligands × Ligands, row-major
	Within  []complex128 // modes of single cells, by which they differ from others that secrete the same
}

// Membrane holds, per ligand, η and c_v of the cells that secrete it, and what they
// do to themselves as far as credit sees it; of an adaptation, ρ and 0.
type Membrane struct {
	Decay, Gain []float64
	Own         []Own // nil where credit sees the leak alone
}

// NewPropagator computes Ā for the given profiles, membranes and mean
// derivative mu of every cell.
func NewPropagator(e *Expression, m Membrane, mu []float64) Propagator {
	n, c := e.Cells, e.Ligands
	weighted := make([]float64, n*c)
	for k := range n {
		for l := range c {
			weighted[k*c+l] = mu[k] * e.Secretion[k*c+l]
		}
	}
	p := Propagator{Ligands: c, A: make([]float64, c*c)}
	kernel.MatMul(c, c, n, e.Reception, 1, c, weighted, c, p.A, c)
	for l := range c {
		p.A[l*c+l] -= e.selfHearing(l, mu)
		for k := range c {
			p.A[l*c+k] *= m.Gain[l]
		}
		p.A[l*c+l] += m.Decay[l]
	}
	for _, own := range m.Own {
		p.passOwn(own, mu[own.Cell], m.Gain[own.Ligand]*e.selfHearing(own.Ligand, mu))
	}
	p.Within = e.within(m, mu)
	return p
}

// passOwn adds what cells do to themselves; self, by which v loses already what it
// would have heard of v, it loses of a too.
func (p Propagator) passOwn(own Own, mu, self float64) {
	v, a, c := own.Ligand, own.Slow, p.Ligands
	p.A[v*c+v] += own.between(mu, 0)[0][0]
	if a < 0 {
		return
	}
	paths := own.between(mu, self)
	p.A[v*c+a] += paths[0][1]
	p.A[a*c+v] += paths[1][0]
	p.A[a*c+a] += paths[1][1]
}

// within are the modes of single cells among those that secrete each ligand.
func (e *Expression) within(m Membrane, mu []float64) []complex128 {
	var modes []complex128
	if e.Self != nil && m.Own == nil {
		for l := range e.Ligands {
			modes = append(modes, complex(m.Decay[l]-m.Gain[l]*e.selfHearing(l, mu), 0))
		}
	}
	for _, own := range m.Own {
		if e.Self != nil || own.Apart {
			modes = append(modes, own.modes(m, mu[own.Cell], m.Gain[own.Ligand]*e.selfHearing(own.Ligand, mu))...)
		}
	}
	return modes
}

// NewDecay is the propagator of receptors that pass nothing on: each forgets what
// it heard, of which kept is left after a step.
func NewDecay(ligands int, kept float64) Propagator {
	p := Propagator{Ligands: ligands, A: make([]float64, ligands*ligands)}
	for l := range ligands {
		p.A[l*(ligands+1)] = kept
	}
	return p
}

// selfHearing is what the cells that secrete ligand l would have heard of
// themselves, the mean of μ_k Self[k] over them.
func (e *Expression) selfHearing(l int, mu []float64) float64 {
	if e.Self == nil {
		return 0
	}
	heard, secreted := 0.0, 0.0
	for k, own := range e.Self {
		s := e.Secretion[k*e.Ligands+l]
		heard += s * mu[k] * own
		secreted += s
	}
	if secreted == 0 {
		return 0
	}
	return heard / secreted
}

// Radius is the spectral radius of Ā and the modes of single cells.
func (p Propagator) Radius() (float64, error) {
	values, err := p.eigenvalues()
	radius := 0.0
	for _, v := range values {
		radius = math.Max(radius, cmplx.Abs(v))
	}
	return radius, err
}

func (p Propagator) eigenvalues() ([]complex128, error) {
	if err := checkFinite("the propagator", p.A); err != nil {
		return nil, err
	}
	values, converged := eigenvalues(p.A, p.Ligands)
	if !converged {
		values, converged = eigenvalues(withoutSpecks(p.A), p.Ligands)
	}
	if !converged {
		return nil, fmt.Errorf("modulator: the eigenvalues of the propagator did not converge")
	}
	return append(values, p.Within...), nil
}

// eigenvalues are those of a (n × n). Where the QR iteration of a small matrix
// does not converge, gonum 0.17 panics in its second attempt.
func eigenvalues(a []float64, n int) (values []complex128, converged bool) {
	defer func() {
		if recover() != nil {
			values, converged = nil, false
		}
	}()
	var eigen mat.Eigen
	if !eigen.Factorize(mat.NewDense(n, n, a), mat.EigenNone) {
		return nil, false
	}
	return eigen.Values(nil), true
}

// withoutSpecks is a without the elements that are lost in rounding beside the
// largest one; they can keep the QR iteration from converging.
func withoutSpecks(a []float64) []float64 {
	const epsilon = 0x1p-52
	largest := 0.0
	for _, x := range a {
		largest = math.Max(largest, math.Abs(x))
	}
	kept := make([]float64, len(a))
	for i, x := range a {
		if math.Abs(x) >= epsilon*largest {
			kept[i] = x
		}
	}
	return kept
}

// checkFinite names the first element of a matrix that is not a finite number.
func checkFinite(name string, a []float64) error {
	for i, x := range a {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("modulator: %s is not finite (element %d is %v)", name, i, x)
		}
	}
	return nil
}

// RadiusWithin reports whether the radius is certainly at most bound, without
// eigenvalues: ρ(Ā) ≤ ‖Ā^k‖^(1/k), k doubled until it decides or reaches 4096.
// False means not known.
func (p Propagator) RadiusWithin(bound float64) bool {
	n := p.Ligands
	largest := 0.0
	for _, x := range p.A {
		largest = math.Max(largest, math.Abs(x))
	}
	for _, mode := range p.Within {
		if !(cmplx.Abs(mode) <= bound) {
			return false
		}
	}
	if math.IsNaN(largest) || math.IsInf(largest, 0) {
		return false
	}
	if largest == 0 {
		return true
	}
	a, square := make([]float64, n*n), make([]float64, n*n)
	for i, x := range p.A {
		a[i] = x / largest
	}
	exponent := 1.0
	logScale := math.Log(largest) // Ā^exponent = e^logScale · a
	for range 13 {
		norm := 0.0
		for _, x := range a {
			norm += x * x
		}
		norm = math.Sqrt(norm)
		if norm == 0 {
			return true
		}
		if (logScale+math.Log(norm))/exponent <= math.Log(bound) {
			return true
		}
		for i := range a {
			a[i] /= norm
		}
		logScale += math.Log(norm)
		clear(square)
		kernel.MatMul(n, n, n, a, n, 1, a, n, square, n)
		a, square = square, a
		exponent, logScale = 2*exponent, 2*logScale
	}
	return false
}

// Guard returns the largest scale s ≤ 1 of μ for which the propagator built
// with s·μ has a radius of at most bound, to 1e-6, and never more. The leaks
// must be below the bound. Where ligands decay differently the radius may rise above
// it and fall again; then there may be a larger one.
func Guard(e *Expression, m Membrane, mu []float64, bound float64) (scale float64, err error) {
	full := NewPropagator(e, m, mu)
	if full.RadiusWithin(bound) {
		return 1, nil
	}
	radiusAt, err := full.radiusOfScaled(e, m, mu)
	if err != nil {
		return 0, err
	}
	if r, err := radiusAt(1); err != nil || r <= bound {
		return 1, err
	}
	low, high := 0.0, 1.0
	for high-low > 1e-6 {
		middle := (low + high) / 2
		r, err := radiusAt(middle)
		if err != nil {
			return 0, err
		}
		if r <= bound {
			low = middle
		} else {
			high = middle
		}
	}
	return low, nil
}

// radiusOfScaled gives the spectral radius as a function of the scale of μ.
// With one leak for all ligands, Ā = η I + s X, so the eigenvalues of X serve
// every s; otherwise each s takes a decomposition.
func (p Propagator) radiusOfScaled(e *Expression, m Membrane, mu []float64) (func(float64) (float64, error), error) {
	leak := complex(m.Decay[0], 0)
	for _, d := range m.Decay {
		if d != m.Decay[0] {
			return func(s float64) (float64, error) {
				scaled := make([]float64, len(mu))
				for k := range mu {
					scaled[k] = s * mu[k]
				}
				return NewPropagator(e, m, scaled).Radius()
			}, nil
		}
	}
	values, err := p.eigenvalues()
	if err != nil {
		return nil, err
	}
	return func(s float64) (float64, error) {
		radius := 0.0
		for _, v := range values {
			radius = math.Max(radius, cmplx.Abs(leak+complex(s, 0)*(v-leak)))
		}
		return radius, nil
	}, nil
}

// Taps are the filter F_s = Ā^(s−1) G, s = 1…count, with G the response one
// step after the trace arose (Ligands × classes, row-major).
func (p Propagator) Taps(first []float64, count int) [][]float64 {
	classes := len(first) / p.Ligands
	taps := make([][]float64, 0, count)
	f := append([]float64(nil), first...)
	for range count {
		taps = append(taps, f)
		next := make([]float64, len(f))
		kernel.MatMul(p.Ligands, classes, p.Ligands, p.A, p.Ligands, 1, f, classes, next, classes)
		f = next
	}
	return taps
}
