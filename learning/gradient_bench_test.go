package learning_test

import (
	"math/rand/v2"
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

// quiet is a circuit of 100 spiking cells with a tenth of the synapses, whose
// inputs spike at 10 Hz.
func quiet(b *testing.B) *circuit {
	b.Helper()
	s := spiking()
	s.inputs, s.cells, s.steps, s.trials, s.density, s.twinned = 40, 100, 2000, 8, 0.1, false
	s.types, s.decay, s.strength = 2, []float64{0.951229424500714}, 3
	s.spikes.beta, s.spikes.rho, s.spikes.gain, s.spikes.silent = []float64{0, 0.1}, 0.9995, 0.05, 4
	c := s.build(b)
	r := rand.New(rand.NewPCG(1, 1))
	for p := range s.cells {
		for i := range s.inputs {
			c.net.In.W[p*s.inputs+i] *= 1.2
		}
	}
	c.net.Changed()
	for i := range s.trials {
		for j := range c.input[i] {
			c.input[i][j] = 0
			if r.Float64() < 0.01 {
				c.input[i][j] = 1
			}
		}
		c.batch.SetTrial(i, c.input[i], c.target[i], c.class[i])
	}
	c.run(b)
	return c
}

// BenchmarkRoutes computes what a batch of spiking cells teaches by every route.
func BenchmarkRoutes(b *testing.B) {
	c := quiet(b)
	spikes := 0.0
	for _, z := range c.batch.Record.Rate {
		spikes += z
	}
	b.Logf("%.3g spikes per cell and step", spikes/float64(len(c.batch.Record.Rate)))
	for _, rule := range []string{"eprop", "diffusion", "mdgl", "modprop"} {
		credit := c.credit(b, rule)
		for name, w := range map[string]*learning.Workspace{
			"arrivals": credit.NewWorkspace(c.steps, c.trials), "matrix": credit.NewDenseWorkspace(c.steps, c.trials),
		} {
			b.Run(rule+"/adjoint, "+name, func(b *testing.B) {
				for b.Loop() {
					c.backward(credit, w)
				}
			})
		}
		for _, route := range []string{"events", "state-space"} {
			credit := c.credit(b, withOption(rule, "route="+route))
			b.Run(rule+"/"+route, func(b *testing.B) {
				for b.Loop() {
					c.forward(credit)
				}
			})
		}
	}
}

// BenchmarkSpikingGradient has the size of evidence accumulation: 100 cells, of
// which half adapt, 40 inputs, 2000 steps, a tile of 8 trials, an error at the
// last step.
func BenchmarkSpikingGradient(b *testing.B) {
	c := shape{
		inputs: 40, cells: 100, outputs: 2, types: 2, steps: 2000, trials: 8,
		decay: []float64{0.95122942450071402}, strength: 1, density: 1, threshold: 1, kappa: 0.95, classes: true, last: true, seed: 9,
		spikes: &spikes{beta: []float64{0, 0.5}, rho: 0.9995, gain: 0.05, silent: 4, dampening: 0.3},
	}.build(b)
	requireLive(b, c)
	for _, rule := range []string{"eprop", "diffusion", "mdgl", "modprop", "modprop:weights=cell", "bptt"} {
		credit := c.credit(b, rule)
		w := credit.NewWorkspace(c.steps, c.trials)
		b.Run(rule, func(b *testing.B) {
			g := learning.NewGradient(c.net)
			b.ReportAllocs()
			for b.Loop() {
				credit.Gradient(g, c.batch.Record, w)
			}
		})
	}
}
