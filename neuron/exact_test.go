package neuron

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"pgregory.net/rapid"

	"paracrine/sim"
)

const ms = float64(sim.Millisecond)

// injection is a change of current.
type injection struct {
	at      sim.Time
	current float64
}

// drawn is a cell and all that happens to it, some of it at the same times.
type drawn struct {
	name     string
	values   map[string]float64
	arrivals []Arrival
	changes  []injection
	until    sim.Time
}

func draw(t *rapid.T) drawn {
	d := drawn{name: rapid.SampledFrom([]string{"exp", "delta"}).Draw(t, "model"), until: 50 * sim.Millisecond}
	number := func(name string, low, high float64) float64 { return rapid.Float64Range(low, high).Draw(t, name) }
	d.values = map[string]float64{
		"tau": number("tau", 1, 30), "refractory": rapid.SampledFrom([]float64{0, 0.5, 3}).Draw(t, "refractory"),
		"current": number("current", -100, 600), "capacitance": 250,
	}
	weight := 5.0
	if d.name == "exp" {
		d.values["tau-excitatory"] = number("tau-excitatory", 0.5, 10)
		d.values["tau-inhibitory"] = rapid.SampledFrom([]float64{d.values["tau"], d.values["tau-excitatory"], 5}).Draw(t, "tau-inhibitory")
		weight = 800
	}
	// Times are multiples of 0.5 ms or anything, with a part of a ps or without.
	when := func() sim.Time {
		coarse := sim.Time(rapid.IntRange(1, 100).Draw(t, "step")) * 500 * sim.Microsecond
		if rapid.Bool().Draw(t, "on the step") {
			return coarse
		}
		return coarse - sim.Time(rapid.IntRange(0, 499999999).Draw(t, "before"))
	}
	for range rapid.IntRange(0, 60).Draw(t, "arrivals") {
		a := Arrival{Time: when(), Weight: number("weight", -0.3, 1) * weight}
		a.Part = rapid.SampledFrom([]float32{0, 0, 0.25, latest, rapid.Float32Range(0, latest).Draw(t, "any part")}).Draw(t, "part")
		if d.name == "exp" && a.Weight < 0 {
			a.Channel = 1
		}
		d.arrivals = append(d.arrivals, a)
	}
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		d.changes = append(d.changes, injection{when(), number("injected", -300, 300)})
	}
	slices.SortStableFunc(d.arrivals, func(a, b Arrival) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Part, b.Part))
	})
	slices.SortStableFunc(d.changes, func(a, b injection) int { return int(a.at - b.at) })
	return d
}

func (d drawn) cells(t testing.TB) Exact {
	if d.name == "exp" {
		return mustExp(t, 2, d.values)
	}
	return mustDelta(t, 2, d.values)
}

// run advances cell 1 to the ends of windows and to the changes of current.
func (d drawn) run(cells Exact, ends []sim.Time) []Spike {
	ends = append(slices.Clone(ends), d.until)
	for _, c := range d.changes {
		ends = append(ends, c.at)
	}
	slices.Sort(ends)
	var spikes []Spike
	arrivals, changes := d.arrivals, d.changes
	for _, end := range ends {
		n := 0
		for n < len(arrivals) && arrivals[n].Time <= end {
			n++
		}
		spikes = cells.Advance(1, arrivals[:n], end, spikes)
		arrivals = arrivals[n:]
		for len(changes) > 0 && changes[0].at == end {
			cells.Inject(1, end, changes[0].current)
			changes = changes[1:]
		}
	}
	return spikes
}

// stateOf is everything that is known of a cell, without what is only worked out
// when it is needed.
func stateOf(cells Exact, cell int) []float64 {
	var state []float64
	for _, s := range cells.State() {
		if s.Name != "next spike" {
			state = append(state, s.Values[cell])
		}
	}
	return state
}

func TestExactDoesNotDependOnTheWindows(t *testing.T) {
	spikes := 0
	check := func(rt *rapid.T) {
		d := draw(rt)
		whole, parts := d.cells(t), d.cells(t)
		want := d.run(whole, nil)
		spikes += len(want)
		var ends []sim.Time
		for range rapid.IntRange(1, 200).Draw(rt, "windows") {
			end := sim.Time(rapid.Int64Range(1, int64(d.until)).Draw(rt, "end"))
			switch near := rapid.IntRange(0, 3).Draw(rt, "near"); {
			case near == 0 && len(want) > 0: // just before, at and after a spike
				end = want[rapid.IntRange(0, len(want)-1).Draw(rt, "spike")].Time + sim.Time(rapid.IntRange(-1, 1).Draw(rt, "off"))
			case near == 1 && len(d.arrivals) > 0:
				end = d.arrivals[rapid.IntRange(0, len(d.arrivals)-1).Draw(rt, "arrival")].Time
			}
			ends = append(ends, min(end, d.until))
		}
		if got := d.run(parts, ends); !slices.Equal(got, want) {
			rt.Fatalf("in windows: %v, at once: %v", got, want)
		}
		// The state may be as of the end of the refractory period or not yet;
		// one more event at a later time brings both there.
		for _, cells := range []Exact{whole, parts} {
			cells.Advance(1, []Arrival{{Time: d.until + sim.Second}}, d.until+sim.Second, nil)
		}
		if a, b := stateOf(whole, 1), stateOf(parts, 1); !slices.Equal(a, b) {
			rt.Fatalf("state in windows %v, at once %v", b, a)
		}
		if other := stateOf(parts, 0); slices.ContainsFunc(other, func(x float64) bool { return x != 0 }) {
			rt.Fatalf("another cell changed: %v", other)
		}
	}
	// Few draws, as of -short, may all be of cells that stay silent.
	for rounds := 0; spikes == 0 && rounds < 20; rounds++ {
		rapid.Check(t, check)
	}
	if spikes == 0 {
		t.Error("no cell spiked")
	}
}

// Spikes are in order and at least the refractory period apart.
func TestExactSpikesKeepTheRefractoryPeriod(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := draw(rt)
		var free instant
		for _, s := range d.run(d.cells(t), nil) {
			at := instant{s.Time, s.Part}
			if free.after(at) || s.Time > d.until || s.Cell != 1 {
				rt.Fatalf("a spike %v before %v", s, free)
			}
			free = at.plus(d.values["refractory"] * ms)
		}
	})
}

// f–I curve: under a constant current I cells spike every
// t_ref + τ ln(A/(A − V_th)), A = τI/C.
func TestExactRateUnderConstantCurrent(t *testing.T) {
	for name, of := range map[string]func(testing.TB, int, map[string]float64) Exact{"exp": mustExp, "delta": mustDelta} {
		for _, current := range []float64{249, 250, 250.0001, 251, 300, 1000, 10000} {
			cells := of(t, 1, map[string]float64{"current": current - 100, "capacitance": 250})
			cells.Inject(0, 0, 100)
			spikes := cells.Advance(0, nil, sim.Second, nil)
			first := 20 * math.Log1p(20/(20*current/250-20))
			if current <= 250 {
				if len(spikes) > 0 {
					t.Errorf("%s: a current of %v pA below threshold: %d spikes", name, current, len(spikes))
				}
				continue
			}
			if want := int(1 + (1000-first)/(first+2)); len(spikes) != want {
				t.Fatalf("%s at %v pA: %d spikes in a second, want %d", name, current, len(spikes), want)
			}
			// Of A − V_th the digits that A and V_th have in common are lost.
			excess := 20*current/250 - 20
			each := 20 * ms * (4e-15 + 4e-15*20/excess)
			for i, s := range spikes {
				want := (first + float64(i)*(first+2)) * ms
				if got := float64(s.Time) + float64(s.Part); math.Abs(got-want) > float64(i+1)*each+4e-16*want {
					t.Fatalf("%s at %v pA: spike %d at %v, want %v ps", name, current, i, got, want)
				}
			}
		}
	}
}

// The membrane's response to a synaptic current is its convolution with the
// decay of the membrane, here by quadrature.
func TestExactMembraneResponse(t *testing.T) {
	for _, tau := range []float64{2, 20, 20.0000001, 19.5, 21.3, 45} {
		cells := mustExp(t, 1, map[string]float64{"tau-excitatory": tau, "tau-inhibitory": tau / 3, "rest": -60, "threshold": -40, "reset": -60, "current": 10})
		cells.State()[0].Values[0] = 5
		cells.Advance(0, []Arrival{{Time: sim.Millisecond, Weight: 100}, {Time: sim.Millisecond, Weight: -70, Channel: 1}}, sim.Millisecond, nil)
		for _, after := range []float64{0, 1e-6, 0.1, 1, 7, 20, 100, 300} {
			at := inTime(t, 1+after)
			convolved := func(synaptic float64) float64 {
				whole := 0.0
				const parts = 64
				for i := range parts {
					low, high := after*float64(i)/parts, after*float64(i+1)/parts
					whole += quad.Fixed(func(s float64) float64 {
						return math.Exp(-(after-s)/20) * math.Exp(-s/synaptic) / 250
					}, low, high, 12, nil, 0)
				}
				return whole
			}
			want := []float64{
				-60 + 0.8 + (5-0.8)*math.Exp(-(1+after)/20) + 100*convolved(tau) - 70*convolved(tau/3),
				100 * math.Exp(-after/tau), -70 * math.Exp(-after*3/tau),
			}
			for variable, w := range want {
				if got := cells.Read(0, variable, at); math.Abs(got-w) > 1e-12 {
					t.Errorf("τ_syn %v: variable %d is %v after %v ms, want %v", tau, variable, got, after, w)
				}
			}
		}
	}
}

// What arrives in the refractory period, up to its end, is lost.
func TestExactDeltaRefractory(t *testing.T) {
	cells := mustDelta(t, 1, map[string]float64{"rest": -60, "threshold": -40, "reset": -55})
	at := func(ms float64, w float64) Arrival { return Arrival{Time: inTime(t, ms), Weight: w} }
	arrivals := []Arrival{at(1, 12), at(1, -5), at(1, 13), at(1.5, 30), at(2.9999, 30), at(3, 30), at(3.5, 2)}
	spikes := cells.Advance(0, arrivals, 4*sim.Millisecond, nil)
	if want := []Spike{{Time: sim.Millisecond}}; !slices.Equal(spikes, want) {
		t.Fatalf("spikes %v, want %v", spikes, want)
	}
	if got, want := cells.Read(0, 0, 4*sim.Millisecond), -60+(5*math.Exp(-0.5/20)+2)*math.Exp(-0.5/20); math.Abs(got-want) > 1e-12 {
		t.Errorf("potential %v, want %v", got, want)
	}
	cells = mustDelta(t, 1, map[string]float64{"refractory": 0})
	spikes = cells.Advance(0, []Arrival{at(1, 20), at(1.5, 45), at(1.5, -25)}, 4*sim.Millisecond, nil)
	if want := []Spike{{Time: sim.Millisecond}, {Time: 1500 * sim.Microsecond}}; !slices.Equal(spikes, want) {
		t.Errorf("without a refractory period: spikes %v, want %v", spikes, want)
	}
}

// Parts of a picosecond decide what comes first. What arrives as the refractory
// period ends is lost, and what comes by any part later is not, whatever is injected
// meanwhile; what makes a cell spike at once does so at its own part.
func TestExactDeltaMindsPartsOfAPicosecond(t *testing.T) {
	const part, later = 0.7, 0.7 + 1./(1<<20)
	run := func(second float32, inject bool) []Spike {
		cells := mustDelta(t, 1, nil)
		spikes := cells.Advance(0, []Arrival{{Time: 999, Weight: 19.9, Part: latest}, {Time: 1000, Weight: 1, Part: part}}, 2000, nil)
		if inject {
			cells.Inject(0, 2000, 1e-9)
		}
		end := 1000 + 2*sim.Millisecond
		return cells.Advance(0, []Arrival{{Time: end, Weight: 25, Part: second}}, end, spikes)
	}
	for _, inject := range []bool{false, true} {
		first := Spike{Time: 1000, Part: part}
		if got := run(part, inject); !slices.Equal(got, []Spike{first}) {
			t.Errorf("as the refractory period ends, injection %v: spikes %v", inject, got)
		}
		if got, want := run(later, inject), []Spike{first, {Time: 1000 + 2*sim.Millisecond, Part: later}}; !slices.Equal(got, want) {
			t.Errorf("after the refractory period, injection %v: spikes %v, want %v", inject, got, want)
		}
	}
}

// An instant is reached by the span to it, stays where it is after no time, and
// keeps its part over whole picoseconds; longer spans lead to no earlier instants.
func TestInstants(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		from := instant{sim.Time(rapid.Int64Range(0, 1<<50).Draw(rt, "time")), rapid.Float32Range(0, latest).Draw(rt, "part")}
		span := rapid.Float64Range(0, 1e9).Draw(rt, "span")
		to, longer := from.plus(span), from.plus(span+rapid.Float64Range(0, 1).Draw(rt, "more"))
		if off := to.since(from) - span; math.Abs(off) > 1./(1<<22) || to.part < 0 || to.part >= 1 {
			rt.Fatalf("%v ps after %v is %v, off by %v", span, from, to, off)
		}
		if from.after(to) || to.after(longer) || from.plus(0) != from {
			rt.Fatalf("%v, then %v, then %v; after no time %v", from, to, longer, from.plus(0))
		}
		if whole := from.plus(math.Floor(span)); whole != (instant{from.time + sim.Time(span), from.part}) {
			rt.Fatalf("%v ps after %v is %v", math.Floor(span), from, whole)
		}
	})
	for _, span := range []float64{never, math.Inf(1), math.NaN(), 1 << 63} {
		if got := (instant{5, 0.5}).plus(span); got != endOf(sim.MaxTime) {
			t.Errorf("after %v ps it is %v", span, got)
		}
	}
}

// The currents go on in the refractory period while the potential is held.
func TestExactExpRefractory(t *testing.T) {
	cells := mustExp(t, 1, map[string]float64{"rest": -60, "threshold": -40, "reset": -57})
	cells.State()[0].Values[0] = 20
	end := 5 * sim.Millisecond
	arrivals := []Arrival{{Time: sim.Millisecond, Weight: 100}, {Time: sim.Millisecond, Weight: -30, Channel: 1}, {Time: 3 * sim.Millisecond, Weight: 40}}
	spikes := cells.Advance(0, arrivals, end, nil)
	if want := []Spike{{}}; !slices.Equal(spikes, want) {
		t.Fatalf("a cell that starts at threshold spikes %v, want %v", spikes, want)
	}
	// 70 pA from 1 ms on, 40 pA more from 3 ms on; V is free from 2 ms on.
	kernel := func(t float64) float64 { return 0.08 * 2 / 18 * (math.Exp(-t/20) - math.Exp(-t/2)) }
	want := -60 + 3*math.Exp(-3./20) + 70*math.Exp(-1./2)*kernel(3) + 40*kernel(2)
	if got := cells.Read(0, 0, end); math.Abs(got-want) > 1e-12 {
		t.Errorf("potential %v, want %v", got, want)
	}
	if got, want := cells.Read(0, 1, end), 100*math.Exp(-2)+40*math.Exp(-1); math.Abs(got-want) > 1e-12 {
		t.Errorf("current %v, want %v", got, want)
	}
	held := mustExp(t, 1, map[string]float64{"rest": -60, "threshold": -40, "reset": -57})
	held.State()[0].Values[0] = 20
	held.Advance(0, nil, sim.Millisecond, nil)
	if got := held.Read(0, 0, 1999*sim.Microsecond); got != -57 {
		t.Errorf("potential %v in the refractory period", got)
	}
}

// Reading changes nothing.
func TestExactReadsWithoutATrace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := draw(rt)
		cells := d.cells(t)
		d.run(cells, nil)
		before := fmt.Sprint(cells.State())
		cells.Read(1, 0, d.until)
		if after := fmt.Sprint(cells.State()); after != before {
			rt.Fatalf("before %v, after %v", before, after)
		}
	})
}

func TestExactRefusesAResetAtThreshold(t *testing.T) {
	values := map[string]float64{
		"tau": 20, "capacitance": 250, "rest": 0, "threshold": 20, "reset": 20, "refractory": 2, "current": 0,
		"tau-excitatory": 2, "tau-inhibitory": 2,
	}
	for _, of := range []func(Setting) (Exact, error){newExactLIFExp, newExactLIFDelta} {
		if _, err := of(setting(3, values)); err == nil || !strings.Contains(err.Error(), "reset 20 of cell 0: allowed are values below its threshold, 20") {
			t.Errorf("error %v", err)
		}
	}
}

// Neither infinite nor undefined input hangs a cell.
func TestExactSurvivesNonFiniteInput(t *testing.T) {
	for _, w := range []float64{math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64, 1e300} {
		for _, cells := range []Exact{mustExp(t, 1, nil), mustDelta(t, 1, map[string]float64{"tau": 1e9})} {
			cells.Advance(0, []Arrival{{Time: 1, Weight: w}, {Time: 2, Weight: -w}, {Time: 2000, Weight: 1}}, sim.Microsecond, nil)
			cells.Inject(0, sim.Microsecond, w)
			cells.Advance(0, nil, 2*sim.Microsecond, nil)
		}
	}
}
