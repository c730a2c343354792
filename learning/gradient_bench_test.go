package learning_test

import (
	"testing"

	"paracrine/learning"
)

// large is a record of the size of the delayed XOR: 120 cells, 900 steps, a tile
// of 8 trials, input at the beginning and an error at the last step.
func large(b *testing.B) *circuit {
	b.Helper()
	c := shape{
		inputs: 2, cells: 120, outputs: 2, types: 2, steps: 900, trials: 8,
		decay: []float64{0.99004983374916811}, strength: 1, density: 1, classes: true, last: true, twinned: true, seed: 9,
	}.build(b)
	requireLive(b, c)
	return c
}

// BenchmarkGradient computes what a batch teaches, from threshold crossing to
// threshold crossing and step by step; tools can compare the two in one run.
func BenchmarkGradient(b *testing.B) {
	c := large(b)
	for _, rule := range []string{"modprop", "eprop", "modprop:weights=cell", "bptt"} {
		credit := c.credit(b, rule)
		for _, path := range []struct {
			name string
			w    *learning.Workspace
		}{{"crossings", credit.NewWorkspace(c.steps, c.trials)}, {"dense", credit.NewDenseWorkspace(c.steps, c.trials)}} {
			if path.w.FollowsCrossings() != (path.name == "crossings") {
				continue
			}
			b.Run(rule+"/"+path.name, func(b *testing.B) {
				g := learning.NewGradient(c.net)
				b.ReportAllocs()
				for b.Loop() {
					credit.Gradient(g, c.batch.Record, path.w)
				}
			})
		}
	}
}
