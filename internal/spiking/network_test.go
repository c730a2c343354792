package spiking

import (
	"errors"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"paracrine/modulator"
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// values are a model's parameters, defaults but for those given.
func values(m neuron.Model, given map[string]sim.Distribution) map[string]sim.Distribution {
	all := map[string]sim.Distribution{}
	for _, p := range m.Parameters {
		all[p.Name] = sim.Constant(p.Default)
	}
	for name, d := range given {
		all[name] = d
	}
	return all
}

// lively is a network in which everything happens that a spiking network can
// do: cells of two models and both timings with parameters that differ, drawn
// weights and delays, depressing, plastic and gated synapses, a modulator that
// spikes and pairs of spikes release, substances of every kind of field, release and
// effect, Poisson input. Each population has more cells than one share's grain.
func lively(tb testing.TB) Spec {
	tb.Helper()
	delta, _ := neuron.ModelNamed("lif-delta")
	const cells, step = 200, sim.Millisecond / 10
	poisson := func(name string, rate, weight float64) neuron.Drive {
		d, err := neuron.NewPoissonDrive(3, name, rate, weight, step)
		if err != nil {
			tb.Fatal(err)
		}
		return d
	}
	spread := map[string]sim.Distribution{
		"tau":       {Kind: sim.UniformValues, A: 10, B: 30},
		"threshold": {Kind: sim.NormalValues, A: 15, B: 1},
	}
	population := func(name string, exact bool) Population {
		return Population{
			Name: name, Model: delta, Cells: cells, Exact: exact, Values: values(delta, spread),
			Initial:   map[string]Initial{"potential": {Drawn: sim.Distribution{Kind: sim.UniformValues, A: 0, B: 14}}},
			Positions: sheet(cells),
		}
	}
	// A current that alone makes cells spike, between arrivals.
	exact := population("c", true)
	exact.Values["current"] = sim.Constant(300)
	a, b, c := Cells{0, cells}, Cells{cells, cells}, Cells{2 * cells, cells}
	rule := synapse.FixedInDegree{InDegree: 20, Multapses: true, Autapses: true}
	delays := sim.Distribution{Kind: sim.UniformValues, A: 0.8, B: 3}
	weights := sim.Distribution{Kind: sim.NormalValues, A: 0.3, B: 0.1, Low: 0, High: 1}
	return Spec{
		Step: step, Seed: 11,
		Populations: []Population{population("a", false), population("b", false), exact},
		Projections: []Projection{
			{Name: "a → b", From: a, To: b, Rule: rule, Weight: weights, Delay: delays},
			{Name: "b → a", From: b, To: a, Rule: rule, Weight: sim.Constant(-0.4), Delay: sim.Constant(1.2), ShortTerm: &synapse.ShortTerm{Utilisation: 0.4, Recovery: 100, Facilitation: 50}},
			{Name: "a → a", From: a, To: a, Rule: rule, Weight: weights, Delay: delays, STDP: &synapse.STDP{Rate: 0.05, Asymmetry: 1.1, TauPlus: 20, TauMinus: 20, MaxWeight: 1}},
			{Name: "a → c", From: a, To: c, Rule: rule, Weight: weights, Delay: delays},
			{Name: "c → c", From: c, To: c, Rule: rule, Weight: sim.Constant(-0.3), Delay: delays},
			{Name: "c → b", From: c, To: b, Rule: rule, Weight: sim.Constant(0.2), Delay: sim.Constant(0.9)},
			{Name: "b → c", From: b, To: c, Rule: rule, Weight: weights, Delay: delays, Gated: &synapse.DopamineSTDP{
				Potentiation: 0.02, Depression: 0.02, TauPlus: 20, TauMinus: 20, Eligibility: 20, Baseline: 0.01, MinWeight: 0, MaxWeight: 1}, Modulator: 4},
			{Name: "c → a", From: c, To: Cells{a.First, 150}, Rule: rule, Weight: weights, Delay: delays, Gated: &synapse.DopamineSTDP{
				Potentiation: 0.002, Depression: 0.002, TauPlus: 20, TauMinus: 20, Eligibility: 20, MinWeight: 0, MaxWeight: 1}, Modulator: 0},
		},
		Modulators: append(livelySubstances(a, b, c), Modulator{Ligand: modulator.Ligand{Name: "dopamine", Clearance: 30}, Releases: []Release{
			{From: Cells{2 * cells, 20}, Quantum: 0.01, Delay: sim.Constant(1.5)},
			{Within: 5 * sim.Millisecond, Pairs: 0, Quantum: 0.0001, Delay: sim.Distribution{Kind: sim.UniformValues, A: 0, B: 40}},
		}}),
		Drives: []Drive{
			{Name: "onto a", To: a, Channel: "jump", Drive: poisson("onto a", 8000, 0.15)},
			{Name: "onto b", To: b, Channel: "jump", Drive: poisson("onto b", 8000, 0.1)},
			{Name: "onto c", To: c, Channel: "jump", Drive: poisson("onto c", 800, 0.15)},
		},
	}
}

// sheet is positions 10 µm apart in rows of twenty.
func sheet(cells int) [][3]float64 {
	positions := make([][3]float64, cells)
	for i := range positions {
		positions[i] = [3]float64{float64(i%20) * 10, float64(i/20) * 10, 0}
	}
	return positions
}

// livelySubstances are one of every kind of field that cells of three populations release and hear.
func livelySubstances(a, b, c Cells) []Modulator {
	space := &modulator.Space{Shape: [3]int{20, 10, 1}, Spacing: 10, Depth: 10, Fraction: 0.2, Boundary: [3]modulator.Boundary{modulator.NoFlux, modulator.Absorbing}}
	torus := *space
	torus.Boundary = [3]modulator.Boundary{modulator.Periodic, modulator.Periodic}
	hears := func(to Cells, halfMaximal float64, kind EffectKind, size float64) Receptor {
		r := Receptor{modulator.Receptor{HalfMaximal: halfMaximal, Hill: 2, Density: 1, Rise: 5, Decay: 20}, to, Effect{Kind: kind, Size: size}}
		if kind == AddCurrent {
			r.Effect.Channel = "current"
		}
		return r
	}
	return []Modulator{
		{
			Ligand: modulator.Ligand{Name: "peptide", Diffusion: 1, Clearance: 100}, Space: space, Sampling: 5 * sim.Millisecond,
			Releases:  []Release{{From: a, Vesicles: &modulator.DenseCore{Jump: 1, Calcium: 20, Threshold: 1.5, Pool: 5, Refill: 100, Quantum: 500}, Delay: sim.Constant(2)}},
			Receptors: []Receptor{hears(a, 1, ShiftThreshold, 2), hears(b, 1, ScaleGain, -0.5), hears(c, 1, AddCurrent, 50)},
		},
		{
			Ligand: modulator.Ligand{Name: "amine", Diffusion: 0.5, Uptake: modulator.Uptake{Max: 0.1, Half: 5}}, Space: space, Step: 5 * sim.Millisecond, Sampling: 20 * sim.Millisecond,
			Releases:  []Release{{From: Cells{c.First, 40}, Probability: 0.3, Quantum: 200}},
			Receptors: []Receptor{hears(c, 2, ScaleGain, 1), hears(Cells{a.First, 70}, 2, AddCurrent, 30), hears(Cells{c.First, 100}, 2, AddCurrent, -40)},
		},
		{
			Ligand: modulator.Ligand{Name: "hormone", Clearance: 50}, Volume: 1e6, Sampling: 7 * sim.Millisecond,
			Releases:  []Release{{From: b, Quantum: 5e4}},
			Receptors: []Receptor{hears(a, 3, ScaleGain, 0.2), hears(b, 3, ShiftThreshold, -1)},
		},
		{
			Ligand: modulator.Ligand{Name: "credit"}, Space: &torus, Kernel: &Kernel{Radius: 1, Kept: 0.9}, Step: 7 * sim.Millisecond / 10, Sampling: 6 * sim.Millisecond,
			Releases:  []Release{{From: b, Probability: 0.5, Quantum: 400, Delay: sim.Constant(0.3)}},
			Receptors: []Receptor{hears(a, 1, AddCurrent, 40), hears(c, 1, AddCurrent, -30)},
		},
	}
}

// same fails unless two runs have the same spikes, and each population some, those
// of exact timing between whole picoseconds.
func same(t *testing.T, what string, got, want []Spike) {
	t.Helper()
	seen, parts := map[uint32]bool{}, 0
	for _, s := range want {
		seen[s.Cell/200] = true
		if s.Part > 0 {
			parts++
			if s.Cell < 400 || s.Part >= 1 {
				t.Fatalf("a spike %+v", s)
			}
		}
	}
	if parts < 500 {
		t.Fatalf("%d spikes between whole picoseconds", parts)
	}
	if len(seen) != 3 {
		t.Fatalf("of 3 populations, %d spike", len(seen))
	}
	if !slices.Equal(got, want) {
		i := 0
		for i < len(got) && i < len(want) && got[i] == want[i] {
			i++
		}
		t.Fatalf("%s: %d spikes, want %d; they differ from spike %d on", what, len(got), len(want), i)
	}
}

// The number of workers, and how a run is divided into calls, change no bit.
func TestSpikesAreTheSame(t *testing.T) {
	const until = 300 * sim.Millisecond
	want := run(t, lively(t), 1, until, math.MaxInt)
	for workers := 2; workers <= 5; workers++ {
		same(t, "more workers", run(t, lively(t), workers, until, math.MaxInt), want)
	}
	n, err := Build(lively(t), 2)
	if err != nil {
		t.Fatal(err)
	}
	var got []Spike
	n.OnSpikes = func(spikes []Spike) error { got = append(got, spikes...); return nil }
	for _, stop := range []sim.Time{3, 4, 71, 72, 1500, 1501, 2999, 3000} {
		if err := n.Run(stop * sim.Millisecond / 10); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "in pieces", got, want)
	shorter := lively(t)
	shorter.Window = 3 * sim.Millisecond / 10
	same(t, "shorter windows", run(t, shorter, 2, until, math.MaxInt), want)
}

// A run that is saved, and taken up by a network built anew, continues with the
// same spikes and ends with the same weights.
func TestRestoredNetworkContinues(t *testing.T) {
	const until = 300 * sim.Millisecond
	weights := func(n *Network) (all []float64) {
		for _, plastic := range []int{2, 6, 7} {
			n.EachSynapse(plastic, func(_, _ uint32, w, _ float64) bool { all = append(all, w); return true })
		}
		return all
	}
	collect := func(n *Network, all *[]Spike) {
		n.OnSpikes = func(spikes []Spike) error { *all = append(*all, spikes...); return nil }
	}
	build := func() *Network {
		n, err := Build(lively(t), 2)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, at := range []sim.Time{0, 8 * sim.Millisecond / 10, 1234 * sim.Millisecond / 10} {
		var want, got []Spike
		whole := build()
		collect(whole, &want)
		if err := whole.Run(until); err != nil {
			t.Fatal(err)
		}
		first := build()
		collect(first, &got)
		if err := first.Run(at); err != nil {
			t.Fatal(err)
		}
		var snapshot sim.Snapshot
		if err := first.Save(&snapshot); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "checkpoint")
		if err := snapshot.WriteFile(path, "x"); err != nil {
			t.Fatal(err)
		}
		read, err := sim.ReadSnapshot(path, "x")
		if err != nil {
			t.Fatal(err)
		}
		second := build()
		if err := second.Restore(read); err != nil {
			t.Fatal(err)
		}
		collect(second, &got)
		if second.Now() != at {
			t.Errorf("restored at %v, want %v", second.Now(), at)
		}
		if err := second.Run(until); err != nil {
			t.Fatal(err)
		}
		same(t, "restored at "+at.String(), got, want)
		if !slices.Equal(weights(second), weights(whole)) || second.Count() != whole.Count() {
			t.Errorf("restored at %v: weights or counts differ", at)
		}
	}
}

// A spike between two steps reaches the grid as one of the later, however little
// later than the former it is, and in whatever window.
func TestSpikesBetweenSteps(t *testing.T) {
	n := &Network{spec: Spec{Step: 100}}
	for _, of := range []struct {
		time sim.Time
		part float32
		step int64
	}{
		{1, 0, 1}, {99, 0.99, 1}, {100, 0, 1}, {100, 1e-7, 2}, {101, 0, 2}, {199, 0.5, 2}, {200, 0, 2}, {200, 0.5, 3},
	} {
		if got := n.stepOf(Spike{Time: of.time, Part: of.part}); got != of.step {
			t.Errorf("a spike at %v and %v reaches step %d, want %d", of.time, of.part, got, of.step)
		}
	}
}

// Arrivals are by cell, then in order of time to the part of a picosecond, and are
// kept in checkpoints with it.
func TestPendingKeepsParts(t *testing.T) {
	sent := []arriving{
		{Arrival: neuron.Arrival{Time: 7, Part: 0.75, Weight: 1}, cell: 1},
		{Arrival: neuron.Arrival{Time: 7, Part: 0.25, Weight: 2, Channel: 1}, cell: 1, projection: 3},
		{Arrival: neuron.Arrival{Time: 10, Part: 0.5, Weight: 3}, cell: 1, source: 9},
		{Arrival: neuron.Arrival{Time: 7, Part: 0.5, Weight: 4}, cell: 0},
		{Arrival: neuron.Arrival{Time: 11, Weight: 5}, cell: 0},
	}
	p := newPending(10, 20, 3)
	for _, a := range sent {
		p.add(a)
	}
	restored := newPending(10, 20, 3)
	if !restored.setWords(p.words()) {
		t.Fatal("not restored")
	}
	for _, p := range []*pending{p, restored} {
		if got := slices.Sorted(slices.Values(p.take(10))); !slices.Equal(got, []uint32{0, 1}) {
			t.Errorf("cells %v are reached, want 0 and 1", got)
		}
		for cell, want := range [][]neuron.Arrival{{sent[3].Arrival}, {sent[1].Arrival, sent[0].Arrival, sent[2].Arrival}, nil} {
			if got := p.of(uint32(cell)); !slices.Equal(got, want) {
				t.Errorf("cell %d takes %+v, want %+v", cell, got, want)
			}
		}
	}
	words := p.words()
	words[4] = math.Float64bits(1)
	if p.setWords(words) {
		t.Error("a whole picosecond was taken for a part")
	}
}

// Weights that learn have learned, within their bounds, and spikes are counted.
func TestCounts(t *testing.T) {
	n, err := Build(lively(t), 2)
	if err != nil {
		t.Fatal(err)
	}
	before := map[[2]uint32][]float64{}
	for _, plastic := range []int{2, 6, 7} {
		n.EachSynapse(plastic, func(pre, post uint32, w, _ float64) bool {
			before[[2]uint32{pre, post}] = append(before[[2]uint32{pre, post}], w)
			return true
		})
	}
	spikes := make([]int, 600)
	n.OnSpikes = func(all []Spike) error {
		for _, s := range all {
			spikes[s.Cell]++
		}
		return nil
	}
	if err := n.Run(100 * sim.Millisecond); err != nil {
		t.Fatal(err)
	}
	for _, plastic := range []int{2, 6, 7} {
		changed := 0
		n.EachSynapse(plastic, func(pre, post uint32, w, _ float64) bool {
			if w < 0 || w > 1 {
				t.Errorf("a weight of %v", w)
			}
			if !slices.Contains(before[[2]uint32{pre, post}], w) {
				changed++
			}
			return true
		})
		if changed < 1000 {
			t.Errorf("%d of 4000 plastic weights changed", changed)
		}
	}
	events, total := uint64(0), uint64(0)
	for i := range n.projections {
		out := make([]uint64, 600)
		n.EachSynapse(i, func(pre, _ uint32, _, _ float64) bool { out[pre]++; return true })
		for cell, k := range spikes {
			events += out[cell] * uint64(k)
		}
	}
	for _, k := range spikes {
		total += uint64(k)
	}
	c := n.Count()
	const synapses = 7*200*20 + 150*20
	if c.Synapses != synapses || c.Cells != 600 || c.Spikes != total || c.SynapticEvents != events {
		t.Errorf("counted %+v; want %d synapses, %d spikes, %d events", c, synapses, total, events)
	}
	cost, err := Estimate(lively(t), 2)
	if err != nil || cost.Cells != 600 || cost.Synapses != synapses || cost.Bytes < 0.7*float64(c.Bytes) || cost.Bytes > 1.5*float64(c.Bytes) {
		t.Errorf("estimated %+v, %v; it took %d bytes", cost, err, c.Bytes)
	}
}

// Samples are the potential at the ends of steps, in order, whatever the worker
// and the window.
func TestSamples(t *testing.T) {
	sample := func(workers int, window sim.Time) (all []float64) {
		spec := lively(t)
		spec.Window = window
		n, err := Build(spec, workers)
		if err != nil {
			t.Fatal(err)
		}
		for population := range 3 {
			cells := []int{0, 1, 64, 199}
			if err := n.Sample(population, 0, cells, sim.Millisecond, func(at sim.Time, v []float64) error {
				all = append(append(all, at.Milliseconds()), v...)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := n.Run(50 * sim.Millisecond); err != nil {
			t.Fatal(err)
		}
		return all
	}
	want := sample(1, 8*sim.Millisecond/10)
	if len(want) != 3*50*5 {
		t.Fatalf("%d numbers, want %d", len(want), 3*50*5)
	}
	if !slices.Equal(sample(3, 8*sim.Millisecond/10), want) {
		t.Error("on three workers samples differ")
	}
	sort := func(x []float64) []float64 { return slices.Sorted(slices.Values(x)) }
	if !slices.Equal(sort(sample(2, 3*sim.Millisecond/10)), sort(want)) {
		t.Error("in other windows samples differ")
	}
}

func TestRunsThatAreStopped(t *testing.T) {
	n, err := Build(lively(t), 2)
	if err != nil {
		t.Fatal(err)
	}
	n.Runaway = 1
	var fast *RunawayError
	if err := n.Run(sim.Second); !errors.As(err, &fast) || fast.Rate <= 1 || fast.Population == "" || fast.Time < 50*sim.Millisecond {
		t.Errorf("above 1 Hz: %v", err)
	}
	spec := lively(t)
	each := make([]float64, 200)
	each[130] = math.NaN()
	spec.Populations[1].Initial = map[string]Initial{"potential": {Each: each}}
	if n, err = Build(spec, 3); err != nil {
		t.Fatal(err)
	}
	var bad *NonFiniteError
	if err := n.Run(sim.Second); !errors.As(err, &bad) || bad.Population != "b" || bad.Cell != 130 || bad.Quantity != "potential" || bad.Time != spec.Step {
		t.Errorf("a potential that is no number: %v", err)
	}
}
