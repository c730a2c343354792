package scenarios

import (
	"testing"
)

// BenchmarkIteration is one training iteration of the delayed XOR of Liu et al.
// 2022 (120 cells, 900 steps, 32 trials) by each rule on two workers.
func BenchmarkIteration(b *testing.B) {
	for _, rule := range []string{"modprop", "modprop:weights=cell", "modprop:weights=expression,ligands=8", "mdgl", "eprop", "bptt"} {
		b.Run(rule, func(b *testing.B) {
			t := benchTrainer(b, "delayed-xor", rule, 2)
			for b.Loop() {
				if _, err := t.Iterate(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSpikingIteration is one training iteration of the spiking scenarios
// on two workers. NEST 3.10 on two threads takes 50 ms for that of pattern
// generation and 2.1 s for that of evidence accumulation, bellec2020, by e-prop.
func BenchmarkSpikingIteration(b *testing.B) {
	for _, c := range []struct {
		name, scenario string
		sets, rules    []string
	}{
		{"pattern", "pattern-generation", nil, []string{"eprop:feedback=random", "mdgl", "modprop", "bptt"}},
		{"pattern-online", "pattern-generation",
			[]string{"learning={rule: eprop, optimiser: {name: sgd, rate: 1e-4}, update: online, interval: 1 ms}"},
			[]string{"eprop:feedback=random,route=events"}},
		{"pattern-at-spikes", "pattern-generation",
			[]string{"learning={rule: 'eprop:route=events', optimiser: {name: sgd, rate: 1e-4}, update: spikes}"},
			[]string{"eprop:feedback=random,route=events"}},
		{"evidence-liu2021", "evidence-accumulation", nil, []string{"mdgl:weights=existing", "modprop", "bptt"}},
		{"evidence-bellec2020", "evidence-accumulation-bellec2020", nil, []string{"eprop"}},
		{"evidence-bellec2020-per-trial", "evidence-accumulation-bellec2020",
			[]string{"learning.regularisation.per=trial"}, []string{"eprop"}},
		{"evidence-barretto2026", "evidence-accumulation-barretto2026", nil, []string{"diffusion:feedback=frozen", "bptt:reset=1"}},
		{"match", "delayed-match", nil, []string{"diffusion:feedback=frozen", "eprop:feedback=frozen", "bptt:reset=1"}},
		{"match-hard", "delayed-match-hard", nil, []string{"diffusion:feedback=frozen"}},
	} {
		for _, rule := range c.rules {
			b.Run(c.name+"/"+rule, func(b *testing.B) {
				t := benchTrainer(b, c.scenario, rule, 2, c.sets...)
				for b.Loop() {
					if _, err := t.Iterate(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func benchTrainer(tb testing.TB, scenario, rule string, workers int, sets ...string) *Trainer {
	tb.Helper()
	s, err := Load(scenario, sets)
	if err != nil {
		tb.Fatal(err)
	}
	return newTrainer(tb, s, rule, workers)
}

// BenchmarkFill is drawing one trial.
func BenchmarkFill(b *testing.B) {
	for _, kind := range TaskKinds() {
		b.Run(kind.Name, func(b *testing.B) {
			task := kind.Defaults()
			steps := task.Steps(1)
			trial := Trial{Input: make([]float64, steps*task.Inputs()), Target: make([]float64, steps*task.Outputs())}
			var s Streams
			for i := uint64(0); b.Loop(); i++ {
				s.Reset(1, streamTraining, i, 64)
				task.Fill(&trial, 1, &s)
			}
		})
	}
}
