package scenarios

import (
	"errors"
	"runtime"
	"strings"
	"testing"
)

func scenarioOf(t testing.TB, sets ...string) *Scenario {
	t.Helper()
	s, err := Parse("small.yaml", small(t), sets)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What is estimated is about what a trainer holds, and not many times more.
func TestSizeCountsWhatATrainerHolds(t *testing.T) {
	larger := []string{"network.cells.excitatory.count=40", "network.cells.inhibitory.count=20", "training.batch=8"}
	for _, sets := range [][]string{
		nil,
		{"task.delay=1000 ms"},
		{"learning.rule=bptt"},
		{"learning.rule=eprop", "learning.update=online", "learning.interval=10 ms"},
		{"learning.rule=mdgl", "learning.update=online", "learning.interval=10 ms"},
		{"learning.rule={name: modprop, weights: expression, ligands: 8, route: state-space}", "network.readout.filter=20 ms"},
		{"learning.rule={name: modprop, route: taps, taps: 5}"},
		{"learning.rule={name: modprop, route: taps}"},
		{"learning.rule=rtrl"},
	} {
		s := scenarioOf(t, append(append([]string{}, larger...), sets...)...)
		rule, err := s.Learning.Rule.Parse()
		if err != nil {
			t.Fatal(err)
		}
		before := heap()
		trainer, err := NewTrainer(s, rule, s.Seed, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := trainer.Iterate(); err != nil {
			t.Fatal(err)
		}
		held := heap() - before
		runtime.KeepAlive(trainer)
		if estimate := s.Size().live(1); 1.25*estimate < held || estimate > 4*held+1e6 {
			t.Errorf("%v: %s estimated, %s held", sets, Bytes(estimate), Bytes(held))
		}
	}
}

// Of spiking cells the estimate is within 30 % of what a trainer holds after an
// iteration: the record with its ψ, the sweep back, the histories of events.
func TestSizeCountsWhatASpikingTrainerHolds(t *testing.T) {
	for _, c := range []struct {
		scenario, rule string
		sets           []string
	}{
		{"pattern-generation", "eprop:feedback=random", nil},
		{"pattern-generation", "tbptt:window=200", nil},
		{"pattern-generation", "modprop:route=state-space", nil},
		{"pattern-generation", "mdgl:route=events", nil},
		{"modprop-chemistry-spikes", "modprop:through=lattice", []string{"modulators.credit.field={kind: lattice, shape: [39, 41], spacing: 5 µm}"}},
		{"modprop-chemistry-spikes", "modprop:route=state-space,through=lattice,weights=expression,ligands=4", []string{"modulators.credit.receptors=[{on: cells, rise: 5 ms, decay: 30 ms}]"}},
		{"evidence-accumulation", "mdgl", nil},
		{"evidence-accumulation", "bptt", []string{"training.validation.batch=24"}},
		{"evidence-accumulation", "mdgl:route=events", nil},
		{"evidence-accumulation", "modprop:route=events,diagonal=zero", nil},
		{"evidence-accumulation", "modprop:route=events,mu=mean-derivative,span=10", nil},
	} {
		sets := append([]string{"training.batch=8", "training.validation.batch=8"}, c.sets...)
		if c.scenario != "evidence-accumulation" {
			sets = append(sets, "training.validation.batch=1", "training.batch=1")
		} else {
			sets = append(sets, "network.cells.0.count=10", "network.cells.1.count=10", "network.cells.2.count=10")
		}
		s, err := Load(c.scenario, sets)
		if err != nil {
			t.Fatal(err)
		}
		s.Learning.Regularisation = Regularisation{}
		if s.Learning.Rule, err = ParseRuleSpec(c.rule); err != nil {
			t.Fatal(err)
		}
		before := heap()
		trainer := trainerOf(t, s, c.rule)
		iterate(t, trainer, 1)
		if _, err := trainer.Validate(); err != nil {
			t.Fatal(err)
		}
		held := heap() - before
		runtime.KeepAlive(trainer)
		ratio := s.Size().live(1) / held
		if ratio < 0.7 || ratio > 1.3 {
			t.Errorf("%s, %s: %s estimated, %s held", c.scenario, c.rule, Bytes(s.Size().live(1)), Bytes(held))
		}
	}
}

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// What does not fit is refused with the key that asks for it, what it needs,
// what there is, and what would help.
func TestCheckMemory(t *testing.T) {
	const have = 16e9
	for _, c := range []struct {
		sets          []string
		runs, workers int
		says          []string
	}{
		{[]string{"network.cells.excitatory.count=1000000"}, 1, 1,
			[]string{"--set network.cells.excitatory.count=1000000: network.cells.excitatory.count: given 1000000 (weights need 88 TB", "16 GB of this machine: fewer cells"}},
		{[]string{"task.delay=3000000 ms", "learning.rule=eprop"}, 1, 40,
			[]string{"small.yaml:26:7: task: given \"delayed-xor\" (trials under way need", "with 40 workers", "a shorter trial", "fewer --workers"}},
		{[]string{"task={name: sine, clock: 1000000, duration: 100000 ms}"}, 1, 1, []string{"trials under way need"}},
		{[]string{"learning.rule=rtrl", "network.cells.excitatory.count=2000"}, 1, 1, []string{"learning.rule: given \"rtrl\" (the rule's traces need", "another rule or route"}},
		{[]string{"network.cells.excitatory.count=2000", "learning.alignment={every: 5, rules: [eprop, rtrl]}"}, 1, 1, []string{"learning.alignment.rules.1: given \"rtrl\""}},
		{[]string{"training.batch=1000000", "network.cells.excitatory.count=200"}, 1, 1, []string{"training.batch: given 1000000 (gradients need"}},
		{[]string{"network.cells.excitatory.count=3000"}, 64, 1, []string{"for 64 runs at a time", "fewer --workers"}},
	} {
		s := scenarioOf(t, c.sets...)
		err := s.CheckMemory(have, c.runs, c.workers)
		var wrong FileErrors
		if !errors.As(err, &wrong) {
			t.Errorf("%v: %v", c.sets, err)
			continue
		}
		for _, words := range c.says {
			if !strings.Contains(err.Error(), words) {
				t.Errorf("%v: %q does not say %q", c.sets, err, words)
			}
		}
	}
	if err := scenarioOf(t).CheckMemory(have, 2, 2); err != nil {
		t.Error(err)
	}
}

// An estimate is made on the scenario itself where that is quick, and on a
// smaller network where it is not.
func TestEstimate(t *testing.T) {
	s := scenarioOf(t)
	e, err := s.Estimate(1)
	if err != nil || e.Cells != 10 || e.Iteration <= 0 || e.Run < 10*e.Iteration {
		t.Errorf("%+v, %v", e, err)
	}
	large := scenarioOf(t, "network.cells.excitatory.count=1600", "network.cells.inhibitory.count=400", "training.iterations=1000", "training.batch=1000")
	e, err = large.Estimate(1)
	if err != nil || e.Cells >= 2000 || e.Run < 1000*e.Iteration {
		t.Errorf("%+v, %v", e, err)
	}
}
