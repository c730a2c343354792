package modulator

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"paracrine/sim"
)

const ms = sim.Millisecond

// must is for what cannot be refused.
func must[T any](made T, err error) T {
	if err != nil {
		panic(err)
	}
	return made
}

func emit(t rapid.TB, f Field, now sim.Time, site int, molecules float64) {
	t.Helper()
	if err := f.Release(now, site, molecules); err != nil {
		t.Fatal(err)
	}
}

// everywhere is the concentrations at all sites.
func everywhere(t rapid.TB, f Field, now sim.Time) []float64 {
	t.Helper()
	sites, c := make([]int, f.Sites()), make([]float64, f.Sites())
	for i := range sites {
		sites[i] = i
	}
	if err := f.Read(now, sites, c); err != nil {
		t.Fatal(err)
	}
	return c
}

func balance(t rapid.TB, f Field, now sim.Time) Balance {
	t.Helper()
	b, err := f.Balance(now)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// near requires values within a part of the largest expected.
func near(t rapid.TB, what string, got, want []float64, part float64) {
	t.Helper()
	largest := 0.0
	for _, w := range want {
		largest = math.Max(largest, math.Abs(w))
	}
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= part*largest) {
			t.Fatalf("%s, %d: %v, want %v within %v", what, i, got[i], w, part*largest)
		}
	}
}

// laplacian is the discrete Laplacian written out neighbour by neighbour, and
// what a point loses through absorbing boundaries, both per µm².
func laplacian(s Space) (*mat.Dense, []float64) {
	n := s.Sites()
	m, lost := mat.NewDense(n, n, nil), make([]float64, n)
	strides := [3]int{1, s.Shape[0], s.Shape[0] * s.Shape[1]}
	rate := 1 / (s.Spacing * s.Spacing)
	for site := range n {
		for axis, points := range s.Shape {
			for _, step := range []int{-1, 1} {
				x := site / strides[axis] % points
				to := x + step
				if to < 0 || to >= points {
					switch s.Boundary[axis] {
					case NoFlux:
						continue
					case Absorbing:
						lost[site] += rate
						m.Set(site, site, m.At(site, site)-rate)
						continue
					}
					to = (to + points) % points
				}
				other := site + (to-x)*strides[axis]
				m.Set(other, site, m.At(other, site)+rate)
				m.Set(site, site, m.At(site, site)-rate)
			}
		}
	}
	return m, lost
}

// matrixField is a lattice advanced at every release by the exponential of its
// whole matrix.
type matrixField struct {
	generator *mat.Dense // 1/ms
	c         *mat.VecDense
	at        sim.Time
}

func newMatrixField(l Ligand, s Space) *matrixField {
	g, _ := laplacian(s)
	n := s.Sites()
	g.Scale(l.Diffusion, g)
	for i := range n {
		g.Set(i, i, g.At(i, i)-l.clearanceRate())
	}
	return &matrixField{generator: g, c: mat.NewVecDense(n, nil)}
}

func (f *matrixField) advance(now sim.Time) []float64 {
	var scaled, propagator mat.Dense
	scaled.Scale((now - f.at).Milliseconds(), f.generator)
	propagator.Exp(&scaled)
	var c mat.VecDense
	c.MulVec(&propagator, f.c)
	f.c, f.at = &c, now
	return c.RawVector().Data
}

func (f *matrixField) release(now sim.Time, site int, nanomolar float64) {
	f.advance(now)
	f.c.SetVec(site, f.c.AtVec(site)+nanomolar)
}

// drawSpace is a small lattice of 1 to 3 axes.
func drawSpace(t *rapid.T) Space {
	s := Space{
		Spacing:  rapid.Float64Range(5, 20).Draw(t, "spacing"),
		Depth:    rapid.SampledFrom([]float64{0, 4, 30}).Draw(t, "depth"),
		Fraction: rapid.SampledFrom([]float64{0, 0.2, 1}).Draw(t, "fraction"),
	}
	for axis := range s.Shape {
		s.Shape[axis] = rapid.IntRange(1, 5).Draw(t, "points")
		if s.Shape[axis] > 1 {
			s.Boundary[axis] = rapid.SampledFrom([]Boundary{NoFlux, Periodic, Absorbing}).Draw(t, "boundary")
		}
	}
	return s
}

func drawLigand(t *rapid.T) Ligand {
	return Ligand{
		Name:      "peptide",
		Diffusion: rapid.Float64Range(0, 2).Draw(t, "diffusion"),
		Clearance: rapid.SampledFrom([]float64{0, 20, 5000}).Draw(t, "clearance"),
	}
}

// TestLatticeEqualsMatrixExponential releases at random and reads in between,
// all sites or few, and compares with the exponential of the whole matrix. More
// releases come than are worked in together.
func TestLatticeEqualsMatrixExponential(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, s := drawLigand(t), drawSpace(t)
		f, err := NewLattice(l, s)
		if err != nil {
			t.Fatal(err)
		}
		twin := newMatrixField(l, s)
		now := sim.Time(0)
		for range rapid.IntRange(1, 4).Draw(t, "readings") {
			for range rapid.SampledFrom([]int{0, 1, 3, 40}).Draw(t, "releases") {
				now += sim.Time(rapid.IntRange(0, 3).Draw(t, "wait")) * ms
				site, molecules := rapid.IntRange(0, s.Sites()-1).Draw(t, "site"), rapid.Float64Range(1, 1e4).Draw(t, "molecules")
				emit(t, f, now, site, molecules)
				twin.release(now, site, molecules/s.capacity())
			}
			now += sim.Time(rapid.IntRange(0, 50).Draw(t, "until")) * ms
			want := twin.advance(now)
			c := everywhere(t, f, now)
			near(t, "all", c, want, 1e-12)
			site := rapid.IntRange(0, s.Sites()-1).Draw(t, "where")
			f.sumModes(now, []int{site}, c[site:site+1])
			near(t, "one", c, want, 1e-12)
			for i, c := range f.rounded(now) {
				if c < -1e-14*mat.Max(twin.c) {
					t.Fatalf("concentration %v at site %d is below zero by more than rounding", c, i)
				}
			}
			if b := balance(t, f, now); !(math.Abs(b.Gap()) <= 1e-12) {
				t.Fatalf("unaccounted for: %v of %+v", b.Gap(), b)
			}
		}
	})
}

// TestLatticeInTwoSteps settles the field half-way and compares with one step.
func TestLatticeInTwoSteps(t *testing.T) {
	s := Space{Shape: [3]int{7, 5, 3}, Spacing: 10, Boundary: [3]Boundary{NoFlux, Periodic, Absorbing}}
	l := Ligand{Name: "peptide", Diffusion: 0.3, Clearance: 800}
	once, twice := must(NewLattice(l, s)), must(NewLattice(l, s))
	for site := range 20 {
		emit(t, once, 5*ms, 5*site, float64(1000+site))
		emit(t, twice, 5*ms, 5*site, float64(1000+site))
	}
	twice.settle(55 * ms)
	near(t, "two half-steps", everywhere(t, twice, 105*ms), everywhere(t, once, 105*ms), 1e-12)
}

// TestReleasesSuperpose compares a field with the sum of fields of one release
// each, so many that they are worked in several times, over times that could not
// be undone.
func TestReleasesSuperpose(t *testing.T) {
	s := Space{Shape: [3]int{6, 5, 1}, Spacing: 5, Boundary: [3]Boundary{NoFlux, Periodic, NoFlux}}
	l := Ligand{Name: "peptide", Diffusion: 1, Clearance: 3000}
	f, sum := must(NewLattice(l, s)), make([]float64, s.Sites())
	for k := range sim.Time(200) {
		one := must(NewLattice(l, s))
		emit(t, f, k*50*ms, int(k)*11%s.Sites(), float64(100+k))
		emit(t, one, k*50*ms, int(k)*11%s.Sites(), float64(100+k))
		floats.Add(sum, everywhere(t, one, 10*sim.Second))
	}
	near(t, "sum", everywhere(t, f, 10*sim.Second), sum, 1e-12)
}

// bessel is e^{−x} I_n(x) for n ≥ 0, the average of e^{x(cos θ − 1)} cos nθ: the
// trapezoidal rule converges beyond any power on a period.
func bessel(n int, x float64) float64 {
	const points = 4096
	sum := 0.0
	for k := range points {
		theta := 2 * math.Pi * float64(k) / points
		sum += math.Exp(x*(math.Cos(theta)-1)) * math.Cos(float64(n)*theta)
	}
	return sum / points
}

// TestPointSourceIsHeatKernel compares a point source in the middle of a lattice
// that it does not fill with the heat kernel of the infinite lattice,
//
//	c = (N/C) e^{−t/τ_c} Π_axes e^{−2Dt/h²} I_{|x|}(2Dt/h²)
//
// and with the Gaussian (4πDt)^{−d/2} exp(−r²/4Dt) of continuous space, which at
// the source the lattice exceeds by the asymptotic series of e^{−x} I_0(x) √(2πx),
// 1 + 1/8x + 9/128x² + 225/3072x³ …, per axis, x = 2Dt/h².
func TestPointSourceIsHeatKernel(t *testing.T) {
	const h, d, tau, quantum = 10.0, 0.5, 4000.0, 1e6
	for dimensions := 1; dimensions <= 3; dimensions++ {
		s := Space{Shape: [3]int{1, 1, 1}, Spacing: h}
		middle, stride := 0, 1
		for axis := range dimensions {
			s.Shape[axis] = 65
			middle += 32 * stride
			stride *= 65
		}
		f := must(NewLattice(Ligand{Name: "peptide", Diffusion: d, Clearance: tau}, s))
		emit(t, f, 0, middle, quantum)
		for _, time := range []float64{100, 1000} {
			c := everywhere(t, f, sim.Time(time)*ms)
			spread := 2 * d * time / (h * h)
			left := quantum / s.capacity() * math.Exp(-time/tau)
			origin := left * math.Pow(bessel(0, spread), float64(dimensions-1))
			var got, want []float64
			for x := range 20 {
				got = append(got, c[middle+x])
				want = append(want, origin*bessel(x, spread))
			}
			near(t, fmt.Sprintf("%d-D kernel at %v ms", dimensions, time), got, want, 1e-12)
			gauss := left * math.Pow(h/math.Sqrt(4*math.Pi*d*time), float64(dimensions))
			series := math.Pow(1+1/(8*spread)+9/(128*spread*spread), float64(dimensions))
			if excess := c[middle] / gauss; !(math.Abs(excess-series) < 0.1*float64(dimensions)*math.Pow(spread, -3)) {
				t.Errorf("%d-D at %v ms is %v of the Gaussian, by the series %v", dimensions, time, excess, series)
			}
		}
	}
}

// TestConstantSourceDecaysWithItsLength releases q every millisecond until
// nothing changes, and reads half-way between releases. The steady state of the
// lattice is
//
//	c_x = (q τ_c/C) ρ^|x| (1 − ρ)/(1 + ρ)      D (ρ + 1/ρ − 2)/h² = 1/τ_c
//
// and −h/ln ρ, but for h²/(24 D τ_c) of it, the length √(D τ_c). Releases of a
// period δ stand for a steady one within (δ s)²/24 for modes of rate s ≤ 0.021/ms.
func TestConstantSourceDecaysWithItsLength(t *testing.T) {
	const h, d, tau, quantum = 10.0, 0.5, 800.0, 100.0
	s := Space{Shape: [3]int{201, 1, 1}, Spacing: h}
	f := must(NewLattice(Ligand{Name: "peptide", Diffusion: d, Clearance: tau}, s))
	steps := sim.Time(20 * tau)
	for k := range steps {
		emit(t, f, k*ms, 100, quantum)
	}
	y := h * h / (d * tau)
	rho := 1 + y/2 - math.Sqrt(y+y*y/4)
	var want []float64
	for x := range 30 {
		want = append(want, quantum*tau/s.capacity()*math.Pow(rho, float64(x))*(1-rho)/(1+rho))
	}
	near(t, "steady state", everywhere(t, f, (steps-1)*ms+ms/2)[100:130], want, 3e-5)
	length := math.Sqrt(d * tau)
	if got := -h / math.Log(rho); !(math.Abs(got/length-1-y/24) < y*y/100) {
		t.Errorf("concentrations fall by 1/e over %v µm, want √(Dτ) = %v", got, length)
	}
}

// TestClosedLatticeKeepsMass: without clearance nothing leaves, with clearance
// every release decays on its own.
func TestClosedLatticeKeepsMass(t *testing.T) {
	for _, tau := range []float64{0, 300} {
		s := Space{Shape: [3]int{9, 8, 4}, Spacing: 15, Fraction: 0.2, Boundary: [3]Boundary{NoFlux, Periodic, NoFlux}}
		f := must(NewLattice(Ligand{Name: "peptide", Diffusion: 0.4, Clearance: tau}, s))
		want := 0.0
		for k := range 150 {
			at, molecules := sim.Time(k)*2*ms, float64(100+k)
			emit(t, f, at, k%f.Sites(), molecules)
			if tau > 0 {
				molecules *= math.Exp(-(400*ms - at).Milliseconds() / tau)
			}
			want += molecules
		}
		b := balance(t, f, 400*ms)
		if !(math.Abs(b.Present/want-1) <= 1e-12) || b.Absorbed != 0 || !(math.Abs(b.Gap()) <= 1e-12) {
			t.Errorf("τ_c = %v: %+v, want %v present and none absorbed", tau, b, want)
		}
	}
}

// TestPeriodicIsTiling compares a ring with one three times as long that holds
// the same sources three times, and a closed line with a ring twice as long that
// holds them and their mirror images.
func TestPeriodicIsTiling(t *testing.T) {
	const n, m = 8, 5
	l := Ligand{Name: "peptide", Diffusion: 0.7, Clearance: 900}
	space := func(x int, b Boundary) Space {
		return Space{Shape: [3]int{x, m, 1}, Spacing: 10, Boundary: [3]Boundary{b, NoFlux, NoFlux}}
	}
	ring, tiled := must(NewLattice(l, space(n, Periodic))), must(NewLattice(l, space(3*n, Periodic)))
	closed, mirrored := must(NewLattice(l, space(n, NoFlux))), must(NewLattice(l, space(2*n, Periodic)))
	for k, x := range []int{1, 6, 3} {
		at, row := sim.Time(k)*40*ms, k+1
		emit(t, ring, at, row*n+x, 1000)
		for tile := range 3 {
			emit(t, tiled, at, row*3*n+tile*n+x, 1000)
		}
		emit(t, closed, at, row*n+x, 1000)
		emit(t, mirrored, at, row*2*n+x, 1000)
		emit(t, mirrored, at, row*2*n+2*n-1-x, 1000)
	}
	now := 300 * ms
	one, many := everywhere(t, ring, now), everywhere(t, tiled, now)
	half, whole := everywhere(t, closed, now), everywhere(t, mirrored, now)
	for y := range m {
		for tile := range 3 {
			near(t, "tile", many[y*3*n+tile*n:y*3*n+tile*n+n], one[y*n:y*n+n], 1e-12)
		}
		near(t, "mirror", whole[y*2*n:y*2*n+n], half[y*n:y*n+n], 1e-12)
	}
}

// TestFastDiffusionIsMixed: what is left of differences between sites is the
// slowest mode, exp(−D λ_1 Δ), times less than 200 of the mean: 120 modes of at most
// √8 each.
func TestFastDiffusionIsMixed(t *testing.T) {
	s := Space{Shape: [3]int{6, 5, 4}, Spacing: 10, Fraction: 0.2}
	well := must(NewMixed(Ligand{Name: "peptide", Clearance: 200}, 6*5*4*1000*0.2))
	for _, d := range []float64{300, 1000, 10_000} {
		f := must(NewLattice(Ligand{Name: "peptide", Diffusion: d, Clearance: 200}, s))
		emit(t, f, 0, 7, 5000)
		emit(t, f, 50*ms, 100, 2000)
		if d == 300 {
			emit(t, well, 0, 0, 5000)
			emit(t, well, 50*ms, 0, 2000)
		}
		want := everywhere(t, well, 60*ms)[0]
		slowest := math.Exp(-d * 10 * f.axes[0].eigenvalue[1])
		for i, c := range everywhere(t, f, 60*ms) {
			if !(math.Abs(c/want-1) <= 1e-12+200*slowest) {
				t.Errorf("D = %v: site %d holds %v, the mixed volume %v", d, i, c, want)
			}
		}
	}
}

// TestIdleLattice: nothing is there before the first release, nor after so many
// e-folds that not even 10⁻¹⁰⁰ of it is left; and a release then is as the first.
func TestIdleLattice(t *testing.T) {
	s := Space{Shape: [3]int{8, 8, 1}, Spacing: 10}
	l := Ligand{Name: "peptide", Diffusion: 1, Clearance: 100}
	f, fresh := must(NewLattice(l, s)), must(NewLattice(l, s))
	idle := func(now sim.Time, want bool) {
		t.Helper()
		if f.idle(now) != want {
			t.Fatalf("idle at %v is %v", now, !want)
		}
		if !want {
			return
		}
		for i, c := range everywhere(t, f, now) {
			if c != 0 {
				t.Fatalf("site %d holds %v at %v", i, c, now)
			}
		}
	}
	idle(sim.Second, true)
	emit(t, f, sim.Second, 9, 1e6)
	f.settle(sim.Second)
	idle(20*sim.Second, false)
	idle(25*sim.Second, true)
	emit(t, f, 30*sim.Second, 9, 10)
	emit(t, fresh, 30*sim.Second, 9, 10)
	idle(30*sim.Second, false)
	near(t, "after idleness", everywhere(t, f, 31*sim.Second), everywhere(t, fresh, 31*sim.Second), 0)
	if b := balance(t, f, 31*sim.Second); !(math.Abs(b.Gap()) <= 1e-12) {
		t.Errorf("unaccounted for: %+v", b)
	}
}

// TestEulerConverges: explicit Euler steps approach the field from one side of
// halving to the next by half its distance.
func TestEulerConverges(t *testing.T) {
	s := Space{Shape: [3]int{6, 5, 3}, Spacing: 10, Boundary: [3]Boundary{Absorbing, NoFlux, Periodic}}
	l := Ligand{Name: "peptide", Diffusion: 0.5, Clearance: 300}
	f := must(NewLattice(l, s))
	emit(t, f, 0, 40, 1e4)
	want, mass := everywhere(t, f, 100*ms), balance(t, f, 100*ms)
	var before []float64
	for k, steps := range []int{400, 800, 1600} {
		e := newEuler(l, s)
		e.c[40] = 1e4 / s.capacity()
		for range steps {
			e.step(100 / float64(steps))
		}
		gaps := []float64{distance(e.c, want), math.Abs(e.cleared*s.capacity() - mass.Cleared), math.Abs(e.absorbed*s.capacity() - mass.Absorbed)}
		for i, gap := range gaps {
			if k > 0 && !(math.Abs(before[i]/gap-2) <= 0.03) {
				t.Errorf("halving the step of Euler divides gap %d by %v, want 2", i, before[i]/gap)
			}
		}
		before = gaps
	}
}

// distance is the largest difference.
func distance(a, b []float64) float64 {
	d := 0.0
	for i := range a {
		d = math.Max(d, math.Abs(a[i]-b[i]))
	}
	return d
}
