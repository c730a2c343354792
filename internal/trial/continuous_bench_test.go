package trial_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"paracrine/internal/trial"
	"paracrine/learning"
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// sheet is a network of adaptive cells of four types that fire at a few hertz,
// each with the given number of recurrent synapses and ten from inputs.
type sheet struct {
	cells, inDegree, inputs, outputs, shares int
	weight                                   float64 // standard deviation of recurrent weights times √in-degree
	rate                                     float64 // of inputs, spikes per step
	rule                                     string
}

func (s sheet) build(t testing.TB) (*learning.SparseNetwork, *learning.Online) {
	t.Helper()
	net := &learning.SparseNetwork{
		Cells: s.population(), Types: 4, Inputs: s.inputs,
		Out: make([]float64, s.outputs*s.cells), Bias: make([]float64, s.outputs),
		ReadoutDecay: math.Exp(-1.0 / 20), ReadoutGain: 1,
	}
	draw := rand.New(rand.NewPCG(1, 2))
	for i := range net.Out {
		net.Out[i] = draw.NormFloat64() / math.Sqrt(float64(s.cells))
	}
	for p := range s.cells {
		net.Type = append(net.Type, p%4)
	}
	for i := range s.shares {
		net.Shares = append(net.Shares, s.rows(t, i*s.cells/s.shares, (i+1)*s.cells/s.shares))
	}
	rule, err := learning.ParseRule(s.rule)
	if err != nil {
		t.Fatal(err)
	}
	learner, err := learning.NewOnline(net, rule)
	if err != nil {
		t.Fatal(err)
	}
	return net, learner
}

// population is cells with a membrane of 20 ms and thresholds that rise by a
// tenth and fall in 200 ms, in half of the types.
func (s sheet) population() *neuron.AdaptiveSpiking {
	cells := neuron.NewAdaptiveSpiking(s.cells)
	for p := range s.cells {
		cells.Decay[p], cells.AdaptationDecay[p] = math.Exp(-1.0/20), math.Exp(-1.0/200)
		cells.Gain[p], cells.AdaptationGain[p], cells.Threshold[p] = 1, 1, 1
		cells.SilentSteps[p] = 4
		if p%2 == 0 {
			cells.Adaptation[p] = 0.1
		}
	}
	return cells
}

func (s sheet) rows(t testing.TB, from, to int) learning.Rows {
	t.Helper()
	grow := func(index uint64, pre, inDegree int, shared bool, weight sim.Distribution) *synapse.Sparse {
		grown, err := synapse.Grow(synapse.Growth{
			Wiring: synapse.Wiring{Pre: pre, Post: s.cells, Shared: shared, Seed: 7, Index: index},
			Rule:   synapse.FixedInDegree{InDegree: inDegree}, Weight: weight, Plastic: true,
			Delay: sim.Constant(1), Unit: sim.Millisecond,
		}, from, to, 0, to-from)
		if err != nil {
			t.Fatal(err)
		}
		return grown
	}
	deviation := s.weight / math.Sqrt(float64(s.inDegree))
	return learning.NewRows(from, to,
		grow(0, s.cells, s.inDegree, true, sim.Distribution{Kind: sim.NormalValues, A: 0, B: deviation}),
		grow(1, s.inputs, min(10, s.inputs), false, sim.Constant(0.15)))
}

// drive is input spikes drawn anew at every step.
func (s sheet) drive(draw *rand.Rand) (inputs []int, u []float64) {
	for i := range s.inputs {
		if draw.Float64() < s.rate {
			inputs, u = append(inputs, i), append(u, 1)
		}
	}
	return inputs, u
}

// BenchmarkOnline takes ten thousand cells with a hundred recurrent synapses each
// through a second while they learn a sine with ModProp, and reports the
// biological time per time taken, the bytes per plastic synapse and those of
// history, and how often cells fire.
func BenchmarkOnline(b *testing.B) {
	s := sheet{cells: 10000, inDegree: 100, inputs: 1000, outputs: 1, shares: 4, weight: 0.5, rate: 0.03, rule: "modprop"}
	net, learner := s.build(b)
	learner.Rate, learner.ReadoutRate = 1e-6, 1e-6
	for _, workers := range []int{1, 2} {
		c := trial.NewContinuous(net, learner)
		c.Workers = workers
		draw := rand.New(rand.NewPCG(3, 4))
		b.Run(map[int]string{1: "1 worker", 2: "2 workers"}[workers], func(b *testing.B) {
			const steps = 1000
			spikes, taken := 0.0, time.Duration(0)
			for b.Loop() {
				begin := time.Now()
				for step := range steps {
					inputs, u := s.drive(draw)
					err := c.Step(inputs, u, func(delta, y []float64) {
						delta[0] = y[0] - math.Sin(2*math.Pi*float64(step)/steps)
					})
					if err != nil {
						b.Fatal(err)
					}
					for _, z := range c.Fired() {
						spikes += z
					}
				}
				taken += time.Since(begin)
			}
			synapses, history := learner.Memory()
			b.ReportMetric(float64(b.N)/taken.Seconds(), "s/s")
			b.ReportMetric(float64(synapses)/float64(net.Synapses()), "B/synapse")
			b.ReportMetric(float64(history)/float64(net.Synapses()), "B-history/synapse")
			b.ReportMetric(spikes/float64(b.N*s.cells), "Hz")
		})
	}
}
