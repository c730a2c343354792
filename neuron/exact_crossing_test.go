package neuron

import (
	"math"
	"testing"

	"paracrine/sim"
)

// expTwin is the potential of a lif-exp cell after an event by the textbook sum
// of exponentials. Times are in ms, potentials relative to rest.
type expTwin struct {
	tau, excitatory, inhibitory   float64 // time constants
	start, target, pullEx, pullIn float64 // V₀, A, R I_ex, R I_in, mV
}

// kernel is g(t) with the limit where both time constants are equal.
func (w expTwin) kernel(t, tau float64) float64 {
	if tau == w.tau {
		return t / tau * math.Exp(-t/tau)
	}
	// A difference of near exponentials, the slower one factored out.
	slow, fast := max(tau, w.tau), min(tau, w.tau)
	return tau / (slow - fast) * math.Exp(-t/slow) * -math.Expm1(-t*(slow-fast)/(slow*fast))
}

func (w expTwin) potential(t float64) float64 {
	return w.target + (w.start-w.target)*math.Exp(-t/w.tau) +
		w.pullEx*w.kernel(t, w.excitatory) + w.pullIn*w.kernel(t, w.inhibitory)
}

// samples are times densest at the beginning, from the event to when all is over.
func (w expTwin) samples() []float64 {
	const count = 1500
	times := make([]float64, count+1)
	for i := range times {
		u := float64(i) / count
		times[i] = 40 * max(w.tau, w.excitatory, w.inhibitory) * u * u * u
	}
	return times
}

// peaks are the local maxima of the potential: samples higher than both
// neighbours by more than rounding errors, refined by golden sections.
func (w expTwin) peaks() []float64 {
	var peaks []float64
	times := w.samples()
	for i := 1; i+1 < len(times); i++ {
		if v := w.potential(times[i]); v > w.potential(times[i-1])+1e-13 && v > w.potential(times[i+1])+1e-13 {
			peaks = append(peaks, w.highest(times[i-1], times[i+1]))
		}
	}
	return peaks
}

func (w expTwin) highest(low, high float64) float64 {
	golden := (math.Sqrt(5) - 1) / 2
	for range 80 {
		a, b := high-golden*(high-low), low+golden*(high-low)
		if w.potential(a) < w.potential(b) {
			low = a
		} else {
			high = b
		}
	}
	return (low + high) / 2
}

// crossing is the first time above threshold, or +Inf: the first sample or peak
// above it, and bisection from the one before.
func (w expTwin) crossing(threshold float64) float64 {
	times, peaks, before := w.samples(), w.peaks(), 0.0
	for _, t := range times {
		at := t
		if len(peaks) > 0 && peaks[0] < t {
			if w.potential(peaks[0]) > threshold {
				at = peaks[0]
			}
			peaks = peaks[1:]
		}
		if w.potential(at) > threshold {
			return w.bisect(before, at, threshold)
		}
		before = t
	}
	return math.Inf(1)
}

func (w expTwin) bisect(low, high, threshold float64) float64 {
	for range 200 {
		if middle := (low + high) / 2; w.potential(middle) > threshold {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// cell is the cell of the twin with a threshold, and its constants; R is 1.
func (w expTwin) cell(t testing.TB, threshold float64) (*expKind, expCell) {
	p := mustExp(t, 1, map[string]float64{
		"tau": w.tau, "capacitance": w.tau, "threshold": threshold, "reset": threshold - 1000, "current": w.target,
		"tau-excitatory": w.excitatory, "tau-inhibitory": w.inhibitory,
	}).(*exactLIFExp)
	p.potential[0], p.excitatory[0], p.inhibitory[0] = w.start, w.pullEx, w.pullIn
	return &p.kinds[0], p.load(0)
}

// check compares the crossing of the cell with the twin's, if there is one, as
// closely as the slope of the potential allows.
func (w expTwin) check(t *testing.T, threshold float64) (spikes bool) {
	t.Helper()
	k, c := w.cell(t, threshold)
	got, want := k.crossing(&c), w.crossing(threshold)
	if math.IsInf(want, 1) || got == never {
		if !math.IsInf(want, 1) || got != never {
			t.Fatalf("%+v at threshold %v: spike after %v ps, want %v ms", w, threshold, got, want)
		}
		return false
	}
	ms := float64(sim.Millisecond)
	scale := math.Abs(w.start) + math.Abs(w.target) + math.Abs(w.pullEx) + math.Abs(w.pullIn) + math.Abs(threshold)
	const step = 1e-6 // ms
	rise := w.potential(want+step) - w.potential(want)
	if unsure := 1e-14*want + 2e-14*scale*step/max(rise, 0); math.Abs(got/ms-want) > unsure {
		t.Fatalf("%+v at threshold %v: spike after %v ms, want %v ± %v", w, threshold, got/ms, want, unsure)
	}
	for _, part := range []float64{0.01, 0.3, 0.9, 1, 1.001, 3} {
		if c.next = unforeseen; k.staysBelow(&c, got*part) && part >= 1 {
			t.Fatalf("%+v at threshold %v: said to stay below for %v ps, but spikes after %v", w, threshold, got*part, got)
		}
	}
	return true
}

// randomTwin draws all kinds of cells: time constants equal, nearly equal and far
// apart, both currents of either sign or none.
func randomTwin(s *sim.Stream) expTwin {
	between := func(low, high float64) float64 { return low + (high-low)*s.Float64() }
	w := expTwin{tau: between(2, 40), start: between(-10, 20), target: between(-20, 30)}
	near := []float64{1, 1 + 1e-15, 1 + 1e-9, 1 - 1e-5, 1.01, 0.95, 1.2}
	synaptic := func() float64 {
		if s.Bernoulli(0.3) {
			return w.tau * near[s.IntN(len(near))]
		}
		return between(0.2, 60)
	}
	w.excitatory, w.inhibitory = synaptic(), synaptic()
	if s.Bernoulli(0.2) {
		w.inhibitory = w.excitatory
	}
	scale := between(0, 5)
	w.pullEx = math.Exp(scale) * between(-0.5, 1.5) * w.tau / w.excitatory
	w.pullIn = math.Exp(scale) * between(-1.5, 0.5) * w.tau / w.inhibitory
	switch s.IntN(8) {
	case 0:
		w.pullEx = 0
	case 1:
		w.pullIn = 0
	}
	return w
}

func TestExpCrossingsAreThoseOfDenseSampling(t *testing.T) {
	s := sim.NewStream(2, "crossings", 0)
	const cells = 1000
	spikes := 0
	for range cells {
		if w := randomTwin(s); w.start < 20 && w.check(t, 20) {
			spikes++
		}
	}
	if spikes < cells/5 || spikes > cells*4/5 {
		t.Errorf("%d of %d cells spike: not a test of both", spikes, cells)
	}
}

// A threshold a hair below a peak of the potential is crossed twice within some
// 100 ns, and a hair above it is not, whatever comes later.
func TestExpCrossingsThatGraze(t *testing.T) {
	s := sim.NewStream(3, "grazing", 0)
	grazed, later := 0, 0
	for grazed < 600 {
		w := randomTwin(s)
		peaks := w.peaks()
		if len(peaks) == 0 || w.potential(peaks[0]) < w.start+1e-3 {
			continue
		}
		grazed++
		top := w.potential(peaks[0])
		if !w.check(t, top-1e-9) {
			t.Fatalf("%+v: no spike though the potential peaks 1e-9 above", w)
		}
		if w.check(t, top+1e-9) {
			later++
		}
	}
	if later < 4 || later > 500 {
		t.Errorf("%d of %d cells that just miss a first peak spike later: not a test of both", later, grazed)
	}
}

// A hump of fast excitation, a trough of inhibition, then the rise to a constant
// current above threshold: the spike is on the hump or, a hair lower, on the rise.
func TestExpCrossingOfTwoHumps(t *testing.T) {
	w := expTwin{tau: 10, excitatory: 1, inhibitory: 5, start: 12, target: 25, pullEx: 150, pullIn: -60}
	peaks := w.peaks()
	if len(peaks) != 1 || w.potential(40) < 22 {
		t.Fatalf("not a hump and a rise: peaks at %v", peaks)
	}
	top := w.potential(peaks[0])
	for _, off := range []float64{1e-3, 1e-6, 1e-9, 1e-11} {
		for _, threshold := range []float64{top - off, top + off} {
			k, c := w.cell(t, threshold)
			at := k.crossing(&c) / float64(sim.Millisecond)
			if onHump := at <= peaks[0]; onHump != (threshold < top) {
				t.Errorf("threshold %g from the top of the hump at %v ms: spike at %v ms", threshold-top, peaks[0], at)
			}
			w.check(t, threshold)
		}
	}
}

// A constant current that leads exactly to the threshold never gets there by
// itself, only with the help of a current that outlasts the membrane.
func TestExpCrossingWhereTheCurrentLeadsToThreshold(t *testing.T) {
	for _, of := range []struct {
		excitatory, pull, inhibitory, inhibition float64
		spikes                                   bool
	}{
		{2, 0, 2, 0, false},
		{2, 1, 2, 0, false},
		{30, 1, 2, 0, true},
		{30, 1, 40, -0.1, true},
		{30, 1, 40, -2, false},
		{30, 1, 2, -40, true},
		{30, -1, 2, 40, false},
		{30, 1, 30, -1, false},
	} {
		w := expTwin{tau: 20, excitatory: of.excitatory, inhibitory: of.inhibitory, target: 20, pullEx: of.pull, pullIn: of.inhibition}
		k, c := w.cell(t, 20)
		if at := k.crossing(&c); (at != never) != of.spikes {
			t.Errorf("%+v: spike after %v ps, %v is right", w, at, of.spikes)
		}
	}
}

// At a crossing V − V_th, as a mean of V₀ − V_th and A − V_th, changes its sign.
func TestDeltaCrossingIsWhereTheSignChanges(t *testing.T) {
	s := sim.NewStream(4, "crossings", 0)
	for range 2000 {
		tau, current := 1+40*s.Float64(), 20+math.Exp(10*s.Float64()-8)
		p := mustDelta(t, 1, map[string]float64{"tau": tau, "capacitance": tau, "current": current}).(*exactLIFDelta)
		p.potential[0] = 25*s.Float64() - 10
		k, c := &p.kinds[0], p.load(0)
		got := k.crossing(&c)
		if c.potential >= 20 {
			if got != 0 {
				t.Fatalf("a cell above threshold spikes after %v ps", got)
			}
			continue
		}
		above := func(at float64) float64 {
			x := at / ms / tau
			return (c.potential-20)*math.Exp(-x) - (c.target-20)*math.Expm1(-x)
		}
		if off := 4e-15 * (got + tau*ms); above(got-off) >= 0 || above(got+off) <= 0 {
			t.Fatalf("a current of %v pA: spike after %v ps, where V − V_th is %v", current, got, above(got))
		}
	}
}
