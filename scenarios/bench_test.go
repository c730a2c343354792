package scenarios

import (
	"testing"

	"paracrine/learning"
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

func benchTrainer(tb testing.TB, scenario, rule string, workers int) *Trainer {
	tb.Helper()
	s, err := Load(scenario, nil)
	if err != nil {
		tb.Fatal(err)
	}
	r, err := learning.ParseRule(rule)
	if err != nil {
		tb.Fatal(err)
	}
	t, err := NewTrainer(s, r, 1, workers)
	if err != nil {
		tb.Fatal(err)
	}
	return t
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
