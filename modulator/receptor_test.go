package modulator

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"paracrine/sim"
)

// TestOccupancyIsHill: half at EC₅₀, and at k EC₅₀ the odds are kⁿ.
func TestOccupancyIsHill(t *testing.T) {
	for _, n := range []float64{0.5, 1, 2.5} {
		r := Receptor{HalfMaximal: 30, Hill: n, Density: 4}
		for _, k := range []float64{0.1, 1, 7} {
			o := r.Occupancy(30*k) / 4
			if odds := o / (1 - o); !(math.Abs(odds/math.Pow(k, n)-1) <= 1e-13) {
				t.Errorf("n = %v: odds at %v EC50 are %v, want %v", n, k, odds, math.Pow(k, n))
			}
		}
		if o := r.Occupancy(0); o != 0 {
			t.Errorf("without ligand %v are occupied", o)
		}
	}
}

// TestMessengerAnswersAStep of occupancy by 1 − (τ_d e^{−t/τ_d} − τ_r e^{−t/τ_r})/(τ_d − τ_r),
// and where the time constants are the same by 1 − (1 + t/τ) e^{−t/τ}.
func TestMessengerAnswersAStep(t *testing.T) {
	for _, tau := range [][2]float64{{5, 200}, {200, 5}, {40, 40}, {40, 40 * (1 + 1e-12)}, {0, 100}, {100, 0}, {0, 0}, {1e-3, 1e4}} {
		rise, decay := tau[0], tau[1]
		r := must(NewReceptors(Receptor{HalfMaximal: 1, Hill: 1, Density: 2, Rise: rise, Decay: decay}, 1))
		r.Sample(10*ms, []float64{1})
		for _, time := range []float64{1, 7, 50, 400, 1e5} {
			r.Sample(sim.Time(10+time)*ms, []float64{1})
			e := func(tau float64) float64 { return remainder(time, tau) }
			want := 1 - (decay*e(decay)-rise*e(rise))/(decay-rise)
			if math.Abs(decay-rise) < 1e-6 {
				want = 1
				if decay > 0 {
					want = 1 - (1+time/decay)*e(decay)
				}
			}
			if m := r.Messenger()[0]; !(math.Abs(m-want) <= 1e-11) {
				t.Errorf("τ_r = %v, τ_d = %v: messenger after %v ms is %v, want %v", rise, decay, time, m, want)
			}
		}
	}
}

// TestMessengerEqualsSmallSteps samples at random times and compares with the
// equations in Runge–Kutta steps of a twentieth of the smaller time constant.
func TestMessengerEqualsSmallSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := Receptor{
			HalfMaximal: 10, Hill: rapid.Float64Range(0.5, 4).Draw(t, "n"), Density: 1,
			Rise: rapid.Float64Range(10, 100).Draw(t, "rise"), Decay: rapid.Float64Range(10, 100).Draw(t, "decay"),
		}
		r, err := NewReceptors(rule, 1)
		if err != nil {
			t.Fatal(err)
		}
		u, m, o, now := 0.0, 0.0, 0.0, sim.Time(0)
		for range 10 {
			wait := rapid.IntRange(0, 40).Draw(t, "wait")
			now += sim.Time(wait) * ms
			for range 2 * wait {
				u, m = rungeKutta(rule, o, u, m, 0.5)
			}
			c := rapid.Float64Range(0, 50).Draw(t, "c")
			r.Sample(now, []float64{c})
			if got := r.Messenger()[0]; !(math.Abs(got-m) <= 1e-6) {
				t.Fatalf("messenger at %v is %v, want %v", now, got, m)
			}
			o = rule.Occupancy(c)
		}
	})
}

// rungeKutta takes u and m through a step in ms under occupancy o.
func rungeKutta(r Receptor, o, u, m, dt float64) (float64, float64) {
	du, dm, sumU, sumM := 0.0, 0.0, 0.0, 0.0
	for i, weight := range []float64{1, 2, 2, 1} {
		at := dt * []float64{0, 0.5, 0.5, 1}[i]
		x, y := u+at*du, m+at*dm
		du, dm = (o-x)/r.Rise, (x-y)/r.Decay
		sumU, sumM = sumU+weight*du, sumM+weight*dm
	}
	return u + dt/6*sumU, m + dt/6*sumM
}

// TestReceptionHearsWhereItIs: of two cells, the one where the ligand is.
func TestReceptionHearsWhereItIs(t *testing.T) {
	f := must(NewLattice(Ligand{Name: "peptide"}, Space{Shape: [3]int{4, 1, 1}, Spacing: 10}))
	var heard []float64
	r, err := NewReception(f, []int{0, 2}, Receptor{HalfMaximal: 20, Hill: 1, Density: 1, Decay: 100})
	if err != nil {
		t.Fatal(err)
	}
	emit(t, f, ms, 2, 20*f.capacity)
	for _, now := range []sim.Time{10, 60} {
		if err := r.Sample(now * ms); err != nil {
			t.Fatal(err)
		}
		heard = append(heard, r.Receptors().Messenger()...)
	}
	near(t, "messengers", heard, []float64{0, 0, 0, 0.5 * (1 - math.Exp(-0.5))}, 1e-14)
	near(t, "concentrations", r.concentrations, []float64{0, 20}, 1e-14)
}

// TestReceptorsContinue saves the state of receptors, takes others up there and
// goes on with both.
func TestReceptorsContinue(t *testing.T) {
	rule := Receptor{HalfMaximal: 10, Hill: 2, Density: 1, Rise: 20, Decay: 300}
	went, restored := must(NewReceptors(rule, 2)), must(NewReceptors(rule, 2))
	went.Sample(10*ms, []float64{3, 40})
	went.Sample(90*ms, []float64{30, 4})
	var s sim.Snapshot
	if err := restored.Restore(&s, "r"); err == nil {
		t.Error("an empty snapshot is taken up")
	}
	went.Save(&s, "r")
	if err := restored.Restore(&s, "r"); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*Receptors{went, restored} {
		r.Sample(100*ms, []float64{1, 2})
	}
	for i, m := range restored.Messenger() {
		if m != went.Messenger()[i] || m == 0 || restored.Occupied()[i] != went.Occupied()[i] {
			t.Errorf("cell %d: %v occupied and messenger %v, want %v and %v", i, restored.Occupied()[i], m, went.Occupied()[i], went.Messenger()[i])
		}
	}
}

// TestBadReceptorsAreRefused, each with the quantity at fault.
func TestBadReceptorsAreRefused(t *testing.T) {
	refused := func(change func(*Receptor)) error {
		rule := Receptor{HalfMaximal: 10, Hill: 2, Density: 1, Rise: 20, Decay: 300}
		change(&rule)
		_, err := NewReception(must(NewMixed(Ligand{Name: "a"}, 1)), []int{0}, rule)
		return err
	}
	_, outside := NewReception(must(NewMixed(Ligand{Name: "a"}, 1)), []int{-1}, Receptor{HalfMaximal: 10, Hill: 2})
	for _, c := range []struct {
		err     error
		message string
	}{
		{refused(func(r *Receptor) { r.HalfMaximal = 0 }), "half-maximal concentration: given 0 nM; allowed: values above 0"},
		{refused(func(r *Receptor) { r.Hill = 0 }), "Hill coefficient: given 0"},
		{refused(func(r *Receptor) { r.Density = -1 }), "density: given -1"},
		{refused(func(r *Receptor) { r.Rise = -1 }), "rise time constant: given -1 ms"},
		{refused(func(r *Receptor) { r.Decay = math.NaN() }), "decay time constant: given NaN ms"},
		{outside, "reception of ligand a: site: given -1; allowed: 0 to 0"},
	} {
		requireRefusal(t, c.err, c.message)
	}
}
