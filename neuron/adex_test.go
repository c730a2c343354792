package neuron_test

import (
	"math"
	"strings"
	"testing"

	"paracrine/sim"
)

// The reference is the same equation by Runge-Kutta in steps of 1 µs, written
// here; conductances are strong and V comes into the upswing's range.
func TestAdExConvergesWithOrderFour(t *testing.T) {
	const ms = 2.
	slopes := func(at, v, w float64) (dv, dw float64) {
		ex, in := 1500*math.Exp(-at/5), 2500*math.Exp(-at/10)
		dv = (-30*(v+70.6) + 60*math.Exp((v+50.4)/2) - w - ex*v - in*(v+80) + 40) / 281
		return dv, 40*(v+70.6) - w
	}
	v, w, h := -62.0, 100.0, 0.001
	for k := range int(ms / h) {
		at := float64(k) * h
		a1, b1 := slopes(at, v, w)
		a2, b2 := slopes(at+h/2, v+h/2*a1, w+h/2*b1)
		a3, b3 := slopes(at+h/2, v+h/2*a2, w+h/2*b2)
		a4, b4 := slopes(at+h, v+h*a3, w+h*b3)
		v += h / 6 * (a1 + 2*a2 + 2*a3 + a4)
		w += h / 6 * (b1 + 2*b2 + 2*b3 + b4)
	}
	if v < -55 {
		t.Fatalf("V ends at %v, where the upswing is nothing", v)
	}
	run := func(name string) func(step sim.Time) float64 {
		return func(step sim.Time) float64 {
			c := gridOf(t, "adex", 1, step, values{"current": 40, "coupling": 40, "tau-adaptation": 1})
			for quantity, x := range map[string]float64{"potential": -62, "adaptation": 100, "excitatory": 1500, "inhibitory": 2500} {
				c.set(quantity, x)
			}
			if spikes := c.steps(int(2 * sim.Millisecond / step)); len(spikes) > 0 {
				t.Fatalf("spikes at %v", spikes)
			}
			return c.read(name)
		}
	}
	steps := []sim.Time{25 * sim.Microsecond, 12500 * sim.Nanosecond, 6250 * sim.Nanosecond}
	expectOrder(t, "potential", 4, v, steps, run("potential"))
	expectOrder(t, "adaptation", 4, w, steps, run("adaptation"))
	// Substeps make a step of 0.2 ms as good as one of 50 µs.
	expectNear(t, "V in steps of 0.2 ms", run("potential")(2*tenth), run("potential")(tenth/2), 1e-12, 50)
}

// Spikes converge to those of a fine step with order 1: the last of many is off
// by less than 1.5 substeps for each of them.
func TestAdExSpikeTimes(t *testing.T) {
	last := func(step sim.Time) (at float64, n int) {
		spikes := gridOf(t, "adex", 1, step, values{"current": 1000}).steps(int(400 * sim.Millisecond / step))
		return float64(spikes[len(spikes)-1]+1) * step.Milliseconds(), len(spikes)
	}
	fine, n := last(sim.Microsecond)
	if n < 5 {
		t.Fatalf("%d spikes", n)
	}
	for _, step := range []sim.Time{50 * sim.Microsecond, 10 * sim.Microsecond} {
		at, m := last(step)
		if late := at - fine; m != n || late < 0 || late > 1.5*float64(n)*step.Milliseconds() {
			t.Errorf("step %v: spike %d at %v ms, want spike %d at %v", step, m, at, n, fine)
		}
	}
}

// A constant current makes the cell fire from the saddle-node bifurcation on, at
//
//	I = (g_L + a) (V_T − E_L − Δ_T + Δ_T ln(1 + a/g_L))
//
// where a/g_L < τ_m/τ_w (Touboul & Brette, Biol. Cybern. 99, 2008; a = 0 is the
// exponential integrate-and-fire cell of Fourcaud-Trocmé et al. 2003).
func TestAdExRheobase(t *testing.T) {
	for _, a := range []float64{0, 1} {
		least := (30 + a) * (20.2 - 2 + 2*math.Log(1+a/30))
		for _, c := range []struct {
			factor float64
			fires  bool
		}{{0.99, false}, {1.01, true}} {
			cell := gridOf(t, "adex", 1, tenth, values{"coupling": a})
			// Slowly up to the current, so that it is the rest that is lost.
			ramp := cell.channel("current")
			for k := range 40000 {
				ramp[0] = min(1, float64(k)/30000) * c.factor * least
				if spikes := cell.step(); len(spikes) > 0 && !c.fires {
					t.Fatalf("a = %v: spike at %v pA, below %v", a, ramp[0], least)
				}
			}
			if spikes := cell.steps(10000); len(spikes) > 0 != c.fires {
				t.Errorf("a = %v: %d spikes at %v of the least current", a, len(spikes), c.factor)
			}
		}
	}
}

// Firing patterns of Naud, Marcille, Clopath & Gerstner, Biol. Cybern. 99 (2008),
// Table 1.
func TestAdExFiringPatterns(t *testing.T) {
	common := values{"capacitance": 200, "threshold": -50, "slope": 2, "coupling": 2, "peak": 0}
	intervals := func(given values) []float64 {
		all := values{}
		for _, from := range []values{common, given} {
			for name, x := range from {
				all[name] = x
			}
		}
		spikes := gridOf(t, "adex", 1, tenth, all).steps(20000)
		between := make([]float64, max(0, len(spikes)-1))
		for i := range between {
			between[i] = 0.1 * float64(spikes[i+1]-spikes[i])
		}
		if len(between) < 10 {
			t.Fatalf("%v: %d intervals", given, len(between))
		}
		return between
	}
	tonic := intervals(values{"leak": 10, "rest": -70, "tau-adaptation": 30, "adaptation": 0, "reset": -58, "current": 500})
	if late := tonic[5:]; spread(late) > 0.2 {
		t.Errorf("tonic: intervals %v", late)
	}
	adapting := intervals(values{"leak": 12, "rest": -70, "tau-adaptation": 300, "adaptation": 60, "reset": -58, "current": 500})
	if late := adapting[len(adapting)-5:]; spread(late) > 0.2 || late[0] < 2*adapting[0] {
		t.Errorf("adapting: intervals %v", adapting)
	}
	bursting := intervals(values{"leak": 10, "rest": -58, "tau-adaptation": 120, "adaptation": 100, "reset": -46, "current": 210})
	short, long := 0, 0
	for _, x := range bursting {
		switch {
		case x < 20:
			short++
		case x > 80:
			long++
		}
	}
	if short+long != len(bursting) || short < long || long < 5 {
		t.Errorf("bursting: intervals %v", bursting)
	}
}

// spread is the largest less the smallest.
func spread(x []float64) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range x {
		low, high = min(low, x), max(high, x)
	}
	return high - low
}

// A spike raises w by b and holds V at the reset for t_ref, in which w relaxes
// to a (V_reset − E_L).
func TestAdExAfterASpike(t *testing.T) {
	c := gridOf(t, "adex", 1, tenth, values{"refractory": 2, "reset": -60})
	c.set("potential", 19.999)
	before := c.read("adaptation")
	if spikes := c.step(); len(spikes) != 1 {
		t.Fatalf("%d spikes from just below the peak", len(spikes))
	}
	w := c.read("adaptation")
	expectNear(t, "jump of w", w-before, 80.5, 0.5, 1)
	rest := 4 * (70.6 - 60.)
	for k := 1; k < 19; k++ {
		c.step()
		expectNear(t, "V", c.read("potential"), -60, 0, 1)
		expectNear(t, "w", c.read("adaptation"), rest+(w-rest)*math.Exp(-0.1*float64(k)/144), 1e-12, 100)
	}
	if c.steps(3); c.read("potential") == -60 {
		t.Error("V does not move after the refractory period")
	}
}

// The upswing never overflows: not with a sharpness close to a step's, nor under
// a current that ends it within a substep.
func TestAdExUpswingStaysFinite(t *testing.T) {
	for _, given := range []values{{"slope": 0.01}, {"slope": 1e-6, "peak": -49}, {"current": 1e7}, {"coupling": 4000}} {
		c := gridOf(t, "adex", 1, sim.Millisecond, given)
		c.arrive("excitatory", 500)
		spikes := len(c.steps(50))
		for _, s := range c.grid.State() {
			if x := s.Values[0]; math.IsNaN(x) || math.Abs(x) > 1e9 {
				t.Errorf("%v: %s is %v", given, s.Name, x)
			}
		}
		if spikes == 0 {
			t.Errorf("%v: no spike", given)
		}
	}
	m, s := setting(t, "adex", 1, tenth, values{"reset": 20})
	if _, err := m.Grid(s); err == nil || !strings.Contains(err.Error(), "reset 20 of cell 0: allowed are values below its peak, 20") {
		t.Errorf("reset at the peak: %v", err)
	}
}
