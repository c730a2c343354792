package spiking

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"paracrine/modulator"
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// simulated are times in ms.
func simulated(ms []float64) (times []sim.Time) {
	for _, t := range ms {
		times = append(times, sim.Time(math.Round(t*float64(sim.Millisecond))))
	}
	return times
}

// gatedPair is a synapse of a presynaptic cell of given spikes onto a cell that
// another source has spike, and dopamine that a third releases 1 ms later: all 1 ms
// delays.
func gatedPair(t testing.TB, rule synapse.DopamineSTDP, clearance, weight float64, pre, post, dopamine []float64) Spec {
	t.Helper()
	source, _ := neuron.ModelNamed("spikes")
	delta, _ := neuron.ModelNamed("lif-delta")
	early := slices.Clone(post)
	for i := range early {
		early[i] -= 0.1 // the delay to the cell
	}
	from := func(name string, times []float64) Population {
		return Population{Name: name, Model: source, Cells: 1, Times: [][]sim.Time{simulated(times)}}
	}
	given := values(delta, map[string]sim.Distribution{"threshold": sim.Constant(1e6), "refractory": sim.Constant(0)})
	return Spec{
		Step: sim.Millisecond / 10, Seed: 1,
		Populations: []Population{from("pre", pre), from("teacher", early), from("reward", dopamine), {Name: "post", Model: delta, Cells: 1, Values: given}},
		Projections: []Projection{
			{Name: "teacher → post", From: Cells{1, 1}, To: Cells{3, 1}, Rule: synapse.AllToAll{}, Weight: sim.Constant(2e6), Delay: sim.Constant(0.1)},
			{Name: "pre → post", From: Cells{0, 1}, To: Cells{3, 1}, Rule: synapse.AllToAll{}, Weight: sim.Constant(weight), Delay: sim.Constant(1), Gated: &rule},
		},
		Modulators: []Modulator{{Ligand: modulator.Ligand{Name: "dopamine", Clearance: clearance}, Releases: []Release{{From: Cells{2, 1}, Quantum: 1 / clearance, Delay: sim.Constant(1)}}}},
	}
}

// A network whose cells spike, and release dopamine, when those of NEST's
// stdp_dopamine_synapse do has its weights at every presynaptic spike.
func TestGatedNetworkAgreesWithNEST(t *testing.T) {
	var f struct {
		Params   map[string]float64
		TauMinus float64      `json:"tau_minus"`
		Initial  float64      `json:"w_init"`
		Pre      []float64    `json:"pre_spikes"`
		Post     []float64    `json:"post_spikes"`
		Dopamine []float64    `json:"dopamine_spikes"`
		Weights  [][2]float64 `json:"weight_at_pre_spike"`
	}
	data, err := os.ReadFile("../../synapse/testdata/dopamine/fixture.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	p := f.Params
	rule := synapse.DopamineSTDP{
		Potentiation: p["A_plus"], Depression: p["A_minus"], TauPlus: p["tau_plus"], TauMinus: f.TauMinus,
		Eligibility: p["tau_c"], Baseline: p["b"], MinWeight: p["Wmin"], MaxWeight: p["Wmax"],
	}
	n, err := Build(gatedPair(t, rule, p["tau_n"], f.Initial, f.Pre, f.Post, f.Dopamine), 2)
	if err != nil {
		t.Fatal(err)
	}
	var post []sim.Time
	n.OnSpikes = func(spikes []Spike) error {
		for _, s := range spikes {
			if s.Cell == 3 {
				post = append(post, s.Time)
			}
		}
		return nil
	}
	for i, at := range simulated(f.Pre) {
		if err := n.Run(at); err != nil {
			t.Fatal(err)
		}
		n.EachSynapse(1, func(_, _ uint32, w, _ float64) bool {
			if want := f.Weights[i][1]; math.Abs(w-want) > 1e-12 {
				t.Errorf("at %v: weight %.16g, want %.16g", at, w, want)
			}
			return true
		})
	}
	if want := simulated(f.Post); !slices.Equal(post, want[:len(post)]) || len(post) < 40 {
		t.Errorf("the cell spikes at %v", post)
	}
}

// The concentration is the sum over releases, a delay after each spike.
func TestConcentration(t *testing.T) {
	rule := synapse.DopamineSTDP{TauPlus: 20, TauMinus: 20, Eligibility: 100, MaxWeight: 1}
	n, err := Build(gatedPair(t, rule, 50, 0.5, []float64{10}, []float64{20}, []float64{3, 7.2, 40}), 1)
	if err != nil {
		t.Fatal(err)
	}
	samples := 0
	err = n.SampleModulator(0, []int{0}, 2*sim.Millisecond, func(at sim.Time, values []float64) error {
		samples++
		want, now := 0.0, at.Milliseconds()
		for _, arrived := range []float64{4, 8.2, 41} {
			if arrived <= now {
				want += math.Exp(-(now-arrived)/50) / 50
			}
		}
		if at != sim.Time(samples)*2*sim.Millisecond || math.Abs(values[0]-want) > 1e-15 {
			t.Errorf("at %v: %v, want %v", at, values[0], want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Run(60 * sim.Millisecond); err != nil || samples != 30 {
		t.Errorf("%d samples, %v", samples, err)
	}
	if err := n.SampleModulator(1, []int{0}, sim.Millisecond, nil); err == nil {
		t.Error("a modulator that is not there was sampled")
	}
}

// A pair releases if the postsynaptic spike comes after the presynaptic one, and
// soon enough, in whatever order spikes of one time are seen.
func TestPairs(t *testing.T) {
	const ms = sim.Millisecond
	for _, c := range []struct {
		spikes []Spike // presynaptic cell 0, postsynaptic cell 1
		want   int
	}{
		{[]Spike{{Time: 5 * ms, Cell: 0}, {Time: 15 * ms, Cell: 1}}, 1},
		{[]Spike{{Time: 5 * ms, Cell: 0}, {Time: 15*ms + 1, Cell: 1}}, 0},
		{[]Spike{{Time: 5 * ms, Cell: 1}, {Time: 6 * ms, Cell: 0}}, 0},
		{[]Spike{{Time: 6 * ms, Cell: 0}, {Time: 6 * ms, Cell: 1}}, 0},
		{[]Spike{{Time: 3 * ms, Cell: 0}, {Time: 6 * ms, Cell: 0}, {Time: 6 * ms, Cell: 1}}, 1},
		{[]Spike{{Time: 3 * ms, Cell: 0}, {Time: 6 * ms, Cell: 1}, {Time: 6 * ms, Cell: 0}}, 1},
		{[]Spike{{Time: 3 * ms, Cell: 0}, {Time: 6 * ms, Cell: 1}, {Time: 7 * ms, Cell: 1}}, 2},
	} {
		w := &pairWatch{pre: map[uint32]int{0: 0}, of: map[uint32][]int{1: {0}}, last: []sim.Time{never}, before: []sim.Time{never}}
		found := 0
		for _, s := range c.spikes {
			found += w.pairs(s, 10*ms)
		}
		if found != c.want {
			t.Errorf("%v: %d pairs, want %d", c.spikes, found, c.want)
		}
	}
}

func TestModulatorsThatCannotBe(t *testing.T) {
	rule := synapse.DopamineSTDP{TauPlus: 20, TauMinus: 20, Eligibility: 100, MaxWeight: 1}
	for name, change := range map[string]func(*Spec){
		"clearance": func(s *Spec) { s.Modulators[0].Clearance = 0 },
		"positions": func(s *Spec) { s.Modulators[0].Space, s.Modulators[0].Sampling = &onePoint, sim.Millisecond },
		"sampling": func(s *Spec) {
			s.Modulators[0].Space = &onePoint
			for i := range s.Populations {
				s.Populations[i].Positions = make([][3]float64, 1)
			}
		},
		"modulator": func(s *Spec) { s.Projections[1].Modulator = 1 },
		"pairs":     func(s *Spec) { s.Modulators[0].Releases[0] = Release{Within: sim.Millisecond, Pairs: 2} },
	} {
		spec := gatedPair(t, rule, 50, 0.5, nil, nil, nil)
		change(&spec)
		if _, err := Build(spec, 1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// onePoint is a lattice of 1000 µm³.
var onePoint = modulator.Space{Shape: [3]int{1, 1, 1}, Spacing: 10}

// weightGrowth is by how much the first synapses onto the cells of post grow until
// they have seen all presynaptic spikes.
func weightGrowth(t *testing.T, spec Spec, workers int, until sim.Time) (grown []float64) {
	t.Helper()
	n, err := Build(spec, workers)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Run(until); err != nil {
		t.Fatal(err)
	}
	n.EachSynapse(1, func(_, _ uint32, w, _ float64) bool { grown = append(grown, w-1); return true })
	return grown
}

// Of two synapses with the same pairs, the one that is where dopamine was released
// grows, and by no less than what was: on a field that neither spreads nor clears,
//
//	Δw = A₊ e^{−6/τ₊} τ_c (n e^{−85/τ_c} (1 − e^{−200/τ_c}) − b (1 − e^{−285/τ_c}))
//
// for spikes at 10 ms, and at 15 ms, which is there at 16 ms; a release at 101 ms, where
// the field is sampled; read at 301 ms. The other one has n = 0.
func TestGateHearsTheFieldWhereTheCellIs(t *testing.T) {
	const quantum = 500.0
	rule := synapse.DopamineSTDP{Potentiation: 0.01, TauPlus: 20, TauMinus: 20, Eligibility: 1000, Baseline: 0.1, MinWeight: -100, MaxWeight: 100}
	spec := gatedPair(t, rule, 0, 1, []float64{10, 301}, []float64{15}, []float64{100})
	for i := range spec.Populations {
		spec.Populations[i].Positions = make([][3]float64, 1)
	}
	post := &spec.Populations[3]
	post.Cells, post.Positions = 2, [][3]float64{{0, 0, 0}, {10, 0, 0}}
	spec.Projections[0].To, spec.Projections[1].To = Cells{3, 2}, Cells{3, 2}
	m := &spec.Modulators[0]
	m.Space = &modulator.Space{Shape: [3]int{4, 4, 1}, Spacing: 10, Boundary: [3]modulator.Boundary{modulator.Periodic, modulator.Periodic}}
	m.Kernel, m.Step, m.Sampling, m.Releases[0].Quantum = &Kernel{Radius: 0, Kept: 1}, sim.Millisecond, sim.Millisecond, quantum
	n := quantum / (0.602214076 * 1000)
	for workers := 1; workers <= 2; workers++ {
		grown := weightGrowth(t, spec, workers, 302*sim.Millisecond)
		for cell, heard := range []float64{n, 0} {
			want := 0.01 * math.Exp(-6.0/20) * 1000 * (-heard*math.Exp(-0.085)*math.Expm1(-0.2) + 0.1*math.Expm1(-0.285))
			if math.Abs(grown[cell]-want) > 1e-13 {
				t.Errorf("%d workers: the synapse onto cell %d grows by %v, want %v", workers, cell, grown[cell], want)
			}
		}
	}
}

// Samples of a field that is cleared make of a reward what one volume does, which has
// a closed form, but for an error that halves with the interval.
func TestSampledGateApproachesOneVolume(t *testing.T) {
	rule := synapse.DopamineSTDP{Potentiation: 0.01, TauPlus: 20, TauMinus: 20, Eligibility: 1000, MaxWeight: 100}
	made := func(change func(*Modulator)) float64 {
		spec := gatedPair(t, rule, 200, 1, []float64{10, 717}, []float64{15}, []float64{99})
		for i := range spec.Populations {
			spec.Populations[i].Positions = make([][3]float64, 1)
		}
		m := &spec.Modulators[0]
		m.Volume, m.Releases[0].Quantum = 1000, 300
		change(m)
		return weightGrowth(t, spec, 1, 718*sim.Millisecond)[0]
	}
	want := made(func(*Modulator) {})
	before := 0.0
	for interval := sim.Time(20); interval >= 5; interval /= 2 {
		gap := made(func(m *Modulator) {
			m.Volume, m.Space, m.Sampling = 0, &onePoint, interval*sim.Millisecond
		}) - want
		if before != 0 && math.Abs(before/gap-2) > 0.1 {
			t.Errorf("halving the interval to %d ms divides the gap to %v by %v, want 2", interval, want, before/gap)
		}
		before = gap
	}
	if want < 0.1 || math.Abs(before) > 0.05*want {
		t.Errorf("a reward makes %v, less %v", want, before)
	}
}

// A reward that a pair earns a second later strengthens the synapse of the pair by
//
//	Δw = A₊ e^{−6/τ₊} q e^{−999/τ_c} τ (1 − e^{−100/τ}),    1/τ = 1/τ_c + 1/τ_n
//
// read 100 ms after it: spikes at 10 ms, and at 15 ms, which is there at 16 ms; the
// reward at 1015 ms. A pair 11 ms apart earns none.
func TestDistalReward(t *testing.T) {
	rule := synapse.DopamineSTDP{Potentiation: 0.01, TauPlus: 20, TauMinus: 20, Eligibility: 1000, MaxWeight: 100}
	tau := 1 / (1.0/1000 + 1.0/200)
	for post, want := range map[float64]float64{15: 0.01 * math.Exp(-6.0/20) * 0.5 * math.Exp(-999.0/1000) * tau * (1 - math.Exp(-100/tau)), 21: 0} {
		spec := gatedPair(t, rule, 200, 1, []float64{10, 1115}, []float64{post}, nil)
		spec.Modulators[0].Releases = []Release{{Within: 10 * sim.Millisecond, Pairs: 1, Quantum: 0.5, Delay: sim.Constant(1000)}}
		n, err := Build(spec, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := n.Run(1200 * sim.Millisecond); err != nil {
			t.Fatal(err)
		}
		n.EachSynapse(1, func(_, _ uint32, w, _ float64) bool {
			if math.Abs(w-1-want) > 1e-13 {
				t.Errorf("postsynaptic spike at %v ms: the weight grew by %v, want %v", post, w-1, want)
			}
			return true
		})
	}
}
