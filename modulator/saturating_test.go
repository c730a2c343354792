package modulator

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paracrine/sim"
)

var cube = Space{Shape: [3]int{9, 9, 9}, Spacing: 10}

// burst is a field some time after a point source of 100 K_m in the middle of a
// cube, on which uptake soon ceases to be saturated.
func burst(t rapid.TB, step, now sim.Time) []float64 {
	t.Helper()
	f := must(NewSaturating(Ligand{Name: "dopamine", Diffusion: 0.2, Uptake: Uptake{4, 200}}, cube, step))
	emit(t, f, 0, 364, 20_000*cube.capacity())
	return everywhere(t, f, now)
}

// TestSplittingIsOfSecondOrder: halving the step divides the error by four, and
// the longest step allowed, 12.5 ms here, is within the error that is stated
// while uptake is saturated and after.
func TestSplittingIsOfSecondOrder(t *testing.T) {
	exact := burst(t, sim.Millisecond/8, 100*ms)
	coarse, fine := distance(burst(t, 4*ms, 100*ms), exact), distance(burst(t, 2*ms, 100*ms), exact)
	if ratio := coarse / fine; !(math.Abs(ratio-4) <= 0.2) {
		t.Errorf("halving the step divides the error by %v, want 4", ratio)
	}
	for _, now := range []sim.Time{100 * ms, 500 * ms} {
		exact := burst(t, ms/2, now)
		if part := distance(burst(t, 12*ms+ms/2, now), exact) / slices.Max(exact); !(part <= 0.005) {
			t.Errorf("at %v the longest step errs by %v of the largest concentration", now, part)
		}
	}
}

// TestEulerApproachesSaturating halves the steps of explicit Euler.
func TestEulerApproachesSaturating(t *testing.T) {
	want, before := burst(t, sim.Millisecond/8, 100*ms), 0.0
	for k, steps := range []int{800, 1600} {
		e := newEuler(Ligand{Diffusion: 0.2, Uptake: Uptake{4, 200}}, cube)
		e.c[364] = 20_000
		for range steps {
			e.step(100 / float64(steps))
		}
		gap := distance(e.c, want)
		if k > 0 && !(math.Abs(before/gap-2) <= 0.05) {
			t.Errorf("halving the step of Euler divides the gap by %v, want 2", before/gap)
		}
		before = gap
	}
}

// TestUnsaturatedUptakeIsClearance: far below K_m uptake is linear, with
// τ_c = K_m/V_max, but for c/K_m, here below 10⁻¹³; splitting is then exact.
func TestUnsaturatedUptakeIsClearance(t *testing.T) {
	s := Space{Shape: [3]int{6, 5, 1}, Spacing: 10, Boundary: [3]Boundary{NoFlux, Absorbing, NoFlux}}
	f := must(NewSaturating(Ligand{Name: "a", Diffusion: 0.2, Uptake: Uptake{1e12, 1e14}}, s, 10*ms))
	g := must(NewLattice(Ligand{Name: "a", Diffusion: 0.2, Clearance: 100}, s))
	for k := range sim.Time(20) {
		emit(t, f, k*17*ms, int(k), 300)
		emit(t, g, k*17*ms, int(k), 300)
	}
	near(t, "c", everywhere(t, f, 355*ms), everywhere(t, g, 355*ms), 1e-12)
	a, b := balance(t, f, 355*ms), balance(t, g, 355*ms)
	near(t, "released, present", []float64{a.Released, a.Present}, []float64{b.Released, b.Present}, 1e-12)
}

// TestSaturatingKeepsAccount: concentrations are never negative and all that was
// released is somewhere, whatever is released when.
func TestSaturatingKeepsAccount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpace(t)
		u := Uptake{rapid.Float64Range(0.01, 5).Draw(t, "max"), rapid.Float64Range(100, 1000).Draw(t, "half")}
		f, err := NewSaturating(Ligand{Name: "a", Diffusion: 0.5, Uptake: u}, s, 4*ms)
		if err != nil {
			t.Fatal(err)
		}
		now := sim.Time(0)
		for range 15 {
			now += sim.Time(rapid.IntRange(0, 30_000).Draw(t, "wait")) * sim.Microsecond
			emit(t, f, now, rapid.IntRange(0, s.Sites()-1).Draw(t, "site"), rapid.Float64Range(0, 1e6).Draw(t, "molecules"))
			for i, c := range everywhere(t, f, now+ms/2) {
				if !(c >= 0) {
					t.Fatalf("site %d holds %v", i, c)
				}
			}
			if b := balance(t, f, now+ms/2); !(math.Abs(b.Gap()) <= 1e-12) || !(min(b.Cleared, b.Absorbed) >= -1e-9*b.Released) {
				t.Fatalf("unaccounted for: %v of %+v", b.Gap(), b)
			}
			now += ms / 2
		}
	})
}

// TestSaturatingComesToRest: what vanished is not taken through further steps,
// and a release then is as the first.
func TestSaturatingComesToRest(t *testing.T) {
	l := Ligand{Name: "a", Diffusion: 0.2, Uptake: Uptake{1, 50}}
	f, fresh := must(NewSaturating(l, cube, 5*ms)), must(NewSaturating(l, cube, 5*ms))
	emit(t, f, 0, 364, 1e6)
	everywhere(t, f, sim.MaxTime/2)
	// τ = K_m/V_max is 50 ms, and ln 10³⁰ is 69 of them.
	if f.state.at < 69*50*ms || f.state.at > 2*69*50*ms {
		t.Errorf("steps end at %v", f.state.at)
	}
	emit(t, f, sim.MaxTime/2, 364, 10)
	emit(t, fresh, sim.MaxTime/2, 364, 10)
	near(t, "after rest", everywhere(t, f, sim.MaxTime/2+99*ms), everywhere(t, fresh, sim.MaxTime/2+99*ms), 1e-15)
}
