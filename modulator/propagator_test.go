package modulator_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"paracrine/modulator"
)

func radius(t rapid.TB, p modulator.Propagator) float64 {
	t.Helper()
	r, err := p.Radius()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRadius(t *testing.T) {
	for _, want := range []struct {
		a      []float64
		radius float64
	}{
		{[]float64{0.5, 0, 0, -0.75}, 0.75},
		{[]float64{2, 1, 0, 1}, 2},
		{[]float64{0.6, -0.8, 0.8, 0.6}, 1},                    // a rotation: 0.6 ± 0.8i
		{[]float64{0, 1, 0, 0}, 0},                             // a chain that ends
		{[]float64{1, 2, 3, 4}, (5 + math.Sqrt(33)) / 2},       // λ² − 5λ − 2
		{[]float64{1, -2, 3, -4}, 2},                           // λ² + 3λ + 2
		{[]float64{0.9, 0.3, -0.3, 0.9}, math.Hypot(0.9, 0.3)}, // a spiral
		{[]float64{1e-200, 0, 0, 1e-200}, 1e-200}, {[]float64{0, 0, 0, 0}, 0},
	} {
		p := modulator.Propagator{Ligands: 2, A: want.a}
		if got := radius(t, p); math.Abs(got-want.radius) > 1e-14*want.radius {
			t.Errorf("%v has radius %v, want %v", want.a, got, want.radius)
		}
	}
}

func TestRadiusOfNoNumbersIsRefused(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		p := modulator.Propagator{Ligands: 2, A: []float64{0.5, 0, bad, 0.5}}
		if r, err := p.Radius(); err == nil {
			t.Errorf("a propagator with an element of %v has radius %v", bad, r)
		}
		if p.RadiusWithin(2) {
			t.Errorf("a propagator with an element of %v is within 2", bad)
		}
	}
}

// drawPropagator draws matrices with chains, rotations and growth among them.
func drawPropagator(t *rapid.T) modulator.Propagator {
	n := rapid.IntRange(1, 8).Draw(t, "ligands")
	a := sparse(rapid.Uint64().Draw(t, "seed"), n*n, rapid.SampledFrom([]float64{1, 0.5, 0.2}).Draw(t, "density"))
	scale := rapid.SampledFrom([]float64{1e-100, 0.1, 0.3, 0.5, 1, 10, 1e100}).Draw(t, "scale")
	for i := range a {
		a[i] *= scale
	}
	return modulator.Propagator{Ligands: n, A: a}
}

// TestRadiusWithinIsCertain: true is never said of a radius above the bound, and
// always of one that leaves a margin.
func TestRadiusWithinIsCertain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPropagator(t)
		r := radius(t, p)
		if r == 0 {
			t.Skip("nilpotent")
		}
		for _, margin := range []float64{1e-9, 1e-3, 0.5} {
			if p.RadiusWithin(r * (1 - margin)) {
				t.Fatalf("a radius of %v is said to be within %v", r, r*(1-margin))
			}
		}
		for _, margin := range []float64{0.02, 0.5, 10} {
			if !p.RadiusWithin(r * (1 + margin)) {
				t.Fatalf("a radius of %v is not known to be within %v", r, r*(1+margin))
			}
		}
	})
	if chain := (modulator.Propagator{Ligands: 2, A: []float64{0, 5, 0, 0}}); !chain.RadiusWithin(0.1) {
		t.Error("credit along a chain that ends is not known to end")
	}
}

// guarded is what Guard is asked about.
type guarded struct {
	e  *modulator.Expression
	m  modulator.Membrane
	mu []float64
}

func drawGuarded(t *rapid.T) guarded {
	types, count := drawTypes(t)
	mean := random(rapid.Uint64().Draw(t, "seed"), count*count)
	g := guarded{e: modulator.NewExpression(len(types), count), mu: make([]float64, len(types))}
	g.e.Typewise(mean, types, rapid.Bool().Draw(t, "selfless"))
	scale := rapid.SampledFrom([]float64{0, 0.01, 0.3, 1, 30, 1e6}).Draw(t, "μ")
	for p, alpha := range types {
		g.mu[p] = scale * float64(1+alpha)
	}
	leaks := []float64{0, 0.3, 0.9, 0.99}
	leak := rapid.SampledFrom(leaks).Draw(t, "leak")
	uniform := rapid.Bool().Draw(t, "one leak")
	for range count {
		if !uniform {
			leak = rapid.SampledFrom(leaks).Draw(t, "leak")
		}
		g.m.Decay = append(g.m.Decay, leak)
		g.m.Gain = append(g.m.Gain, 1-leak)
	}
	return g
}

func (g guarded) at(t rapid.TB, scale float64) float64 {
	t.Helper()
	mu := make([]float64, len(g.mu))
	for p := range mu {
		mu[p] = scale * g.mu[p]
	}
	return radius(t, modulator.NewPropagator(g.e, g.m, mu))
}

func (g guarded) guard(t rapid.TB, bound float64) float64 {
	t.Helper()
	scale, err := modulator.Guard(g.e, g.m, g.mu, bound)
	if err != nil {
		t.Fatal(err)
	}
	return scale
}

// TestGuard: the radius is at the bound or below, and a little more of μ would
// take it above. What a lower bound allows, a higher one does.
func TestGuard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGuarded(t)
		const bound = 0.9995
		scale := g.guard(t, bound)
		if scale < 0 || scale > 1 {
			t.Fatalf("μ is scaled by %v", scale)
		}
		if r := g.at(t, scale); r > bound*(1+1e-9) {
			t.Fatalf("with μ scaled by %v the radius is %v", scale, r)
		}
		if scale < 1 && g.at(t, scale+1e-5) <= bound {
			t.Fatalf("μ is scaled by %v, more would do: at %v the radius is %v", scale, scale+1e-5, g.at(t, scale+1e-5))
		}
		if g.at(t, 1) <= bound && scale != 1 {
			t.Fatalf("μ is scaled by %v at a radius of %v", scale, g.at(t, 1))
		}
	})
}

func TestGuardIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGuarded(t)
		for _, d := range g.m.Decay {
			if d != g.m.Decay[0] {
				t.Skip("with several leaks the radius may rise and fall again")
			}
		}
		before := 0.0
		for _, bound := range []float64{0.995, 0.9995, 0.99999, 1.5} {
			scale := g.guard(t, bound)
			if scale < before-1e-6 {
				t.Fatalf("a bound of %v allows %v, a lower one %v", bound, scale, before)
			}
			before = scale
		}
	})
}

// TestPropagatorIsTheMatrix compares Ā with its definition, and the powers of W_fb
// diag(μ) + η with those of Ā: seen through receptors they are the same.
func TestPropagatorIsTheMatrix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		types, count := drawTypes(t)
		n := len(types)
		seed := rapid.Uint64().Draw(t, "seed")
		mean, mu, members := random(seed, count*count), make([]float64, n), make([]float64, count)
		for p, alpha := range types {
			mu[p] = 0.1 * float64(1+alpha)
			members[alpha]++
		}
		e := modulator.NewExpression(n, count)
		selfless := rapid.Bool().Draw(t, "selfless")
		e.Typewise(mean, types, selfless)
		m := modulator.Membrane{Decay: random(seed+1, count), Gain: random(seed+2, count)}
		want := make([]float64, count*count)
		for alpha := range count {
			for beta := range count {
				others := members[beta]
				if selfless && alpha == beta && others > 0 {
					others--
				}
				want[alpha*count+beta] = m.Gain[alpha] * mean[alpha*count+beta] * others * 0.1 * float64(1+beta)
			}
			want[alpha*count+alpha] += m.Decay[alpha]
		}
		p := modulator.NewPropagator(e, m, mu)
		requireClose(t, "Ā", p.A, want, 1e-12)

		first := random(seed+3, count*3)
		taps := p.Taps(first, 4)
		requireClose(t, "F_1", taps[0], first, 0)
		for s := 1; s < 4; s++ {
			next := make([]float64, len(first))
			for i := range next {
				for k := range count {
					next[i] += p.A[i/3*count+k] * taps[s-1][k*3+i%3]
				}
			}
			requireClose(t, "F_s", taps[s], next, 1e-12)
		}
	})
}

// TestGradedPropagatorIsCellwiseOne: with a ligand for every cell, two ways to
// write W_fb have the same eigenvalues.
func TestGradedPropagatorIsCellwiseOne(t *testing.T) {
	const n = 6
	w := random(5, n*n)
	mu, m := make([]float64, n), modulator.Membrane{Decay: make([]float64, n), Gain: make([]float64, n)}
	for p := range n {
		mu[p], m.Decay[p], m.Gain[p] = 0.1*float64(p), 0.8, 0.2
	}
	cellwise, graded := modulator.NewExpression(n, n), modulator.NewExpression(n, n)
	cellwise.Cellwise(w)
	if err := graded.Graded(w); err != nil {
		t.Fatal(err)
	}
	a, b := radius(t, modulator.NewPropagator(cellwise, m, mu)), radius(t, modulator.NewPropagator(graded, m, mu))
	if math.Abs(a-b) > 1e-12 {
		t.Errorf("radius %v of one ligand per cell, %v of as many graded ones", a, b)
	}
}
