package modulator

import "math"

// basis is the orthonormal modes of the discrete Laplacian along an axis of n
// points, (Δc)_x = (c_{x−1} − 2 c_x + c_{x+1})/h², each of which decays on its
// own at D λ_k with
//
//	λ_k = (2 − 2 cos θ_k)/h² = 4 sin²(θ_k/2)/h²
//
//	no-flux    √((2 − δ_k0)/n) cos(θ_k (x + ½))     θ_k = πk/n             DCT-II
//	absorbing  √(2/(n+1)) sin(θ_k (x + 1))          θ_k = π(k+1)/(n+1)     DST-I
//	periodic   √((2 − δ_k0 − δ_kn/2)/n) cos, sin(θ_k x)   θ_k = 2πk/n      Fourier
//
// (Strang, SIAM Review 41, 1999). The modes are kept as a matrix: its product with
// short rows costs a twentieth of gonum's fast transforms of them with 128 points,
// less than they with 256, 1.4 times as much with 512 and three times with 1024
// (BenchmarkTransform, one core of an AMD EPYC beside other programs).
type basis struct {
	points     int
	modes      []float64 // modes × points
	transposed []float64 // points × modes
	eigenvalue []float64 // λ_k, 1/µm²
	sum        []float64 // of a mode over all points
}

// newBasis makes the modes of an axis with spacing h in µm.
func newBasis(n int, h float64, boundary Boundary) basis {
	b := basis{n, make([]float64, n*n), make([]float64, n*n), make([]float64, n), make([]float64, n)}
	for k := range n {
		mode := b.modes[k*n : (k+1)*n]
		half := writeMode(mode, k, boundary)
		s := 2 * math.Sin(half) / h
		b.eigenvalue[k] = s * s
		normalise(mode)
		for x, value := range mode {
			b.transposed[x*n+k] = value
			b.sum[k] += value
		}
		if k%2 == 1 || k > 0 && boundary != Absorbing {
			b.sum[k] = 0 // but for rounding
		}
	}
	return b
}

// bases are the modes along every axis.
func (s Space) bases() (axes [3]basis) {
	for axis, n := range s.Shape {
		if s.repeats(axis) {
			axes[axis] = axes[axis-1]
		} else {
			axes[axis] = newBasis(n, s.Spacing, s.Boundary[axis])
		}
	}
	return axes
}

// repeats reports whether an axis is like the one before it.
func (s Space) repeats(axis int) bool {
	return axis > 0 && s.Shape[axis] == s.Shape[axis-1] && s.Boundary[axis] == s.Boundary[axis-1]
}

// writeMode writes mode k up to a factor and returns θ_k/2. Angles are reduced as
// integers, so that each is rounded once.
func writeMode(mode []float64, k int, boundary Boundary) float64 {
	n := len(mode)
	switch boundary {
	case Absorbing:
		for x := range mode {
			mode[x] = sine((k+1)*(x+1), 2*(n+1))
		}
		return math.Pi * float64(k+1) / float64(2*(n+1))
	case Periodic:
		wave := (k + 1) / 2
		for x := range mode {
			if k%2 == 0 && k > 0 {
				mode[x] = sine(wave*x, n)
			} else {
				mode[x] = cosine(wave*x, n)
			}
		}
		return math.Pi * float64(wave) / float64(n)
	}
	for x := range mode {
		mode[x] = cosine(k*(2*x+1), 4*n)
	}
	return math.Pi * float64(k) / float64(2*n)
}

// cosine is cos(2π part/whole).
func cosine(part, whole int) float64 {
	return math.Cos(2 * math.Pi * float64(part%whole) / float64(whole))
}

// sine is sin(2π part/whole).
func sine(part, whole int) float64 {
	return math.Sin(2 * math.Pi * float64(part%whole) / float64(whole))
}

// normalise makes the squares of a mode sum to 1.
func normalise(mode []float64) {
	squares := 0.0
	for _, x := range mode {
		squares += float64(x * x)
	}
	scale := 1 / math.Sqrt(squares)
	for i := range mode {
		mode[i] *= scale
	}
}

// inverse is the matrix that turns amplitudes of modes into values at points.
func (b *basis) inverse() along { return along{b.points, b.transposed, b.modes} }

// at is the amplitudes of all modes of 1 at a point.
func (b *basis) at(point int) []float64 {
	return b.transposed[point*b.points : (point+1)*b.points]
}

// vanishing is the number of e-folds after which nothing is left: what is
// smaller by 10⁻¹⁰⁰ would only cost the time of subnormal numbers.
const vanishing = 230

// decay writes exp(−D λ_k Δ) for every mode, given D Δ in µm².
func (b *basis) decay(dst []float64, spread float64) {
	for k, eigenvalue := range b.eigenvalue {
		dst[k] = 0
		if folds := eigenvalue * spread; folds < vanishing {
			dst[k] = math.Exp(-folds)
		}
	}
}

// survival is the part of what is at every point that is still on the axis when it
// has spread, given D Δ in µm²: 1 where nothing absorbs.
func (b *basis) survival(spread float64) []float64 {
	w := b.whole()
	left := make([]float64, b.points)
	for k, eigenvalue := range w.eigenvalue {
		decay := math.Exp(-eigenvalue * spread)
		for x := range left {
			left[x] += float64(decay * w.of(x)[k])
		}
	}
	return left
}

// propagator is the matrix that spreads along the axis, T⁻¹ exp(−λ D Δ) T,
// given D Δ in µm². It is symmetric, and rounding takes nothing below 0.
func (b *basis) propagator(spread float64) along {
	n := b.points
	decay, m := make([]float64, n), make([]float64, n*n)
	b.decay(decay, spread)
	for x := range n {
		for y := range x + 1 {
			sum := 0.0
			for k, e := range decay {
				sum += float64(float64(b.transposed[x*n+k]*b.transposed[y*n+k]) * e)
			}
			m[x*n+y] = max(0, sum)
			m[y*n+x] = m[x*n+y]
		}
	}
	return along{n, m, m}
}
