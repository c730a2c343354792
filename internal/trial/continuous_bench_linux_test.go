package trial_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"paracrine/internal/trial"
)

// BenchmarkOnline takes ten thousand cells with a hundred recurrent synapses each
// through seconds in which they learn a sine with ModProp, and reports the
// biological time per time taken and per time the processor was busy, the bytes
// per plastic synapse and those of history, and how often cells fire.
func BenchmarkOnline(b *testing.B) {
	s := sheet{cells: 10000, inDegree: 100, inputs: 1000, outputs: 1, shares: 4, weight: 0.5, rate: 0.022, rule: "modprop"}
	net, learner := s.build(b)
	learner.Rate, learner.ReadoutRate, learner.BiasRate = 1e-6, 1e-6, 1e-6
	for _, workers := range []int{1, 2} {
		c := trial.NewContinuous(net, learner)
		c.Workers = workers
		b.Run(fmt.Sprintf("%d workers", workers), func(b *testing.B) {
			begin, busy, spikes := time.Now(), processorTime(), 0.0
			for b.Loop() {
				spikes += s.second(b, c)
			}
			taken, worked := time.Since(begin), processorTime()-busy
			synapses, history := learner.Memory()
			b.ReportMetric(float64(b.N)/taken.Seconds(), "s/s")
			b.ReportMetric(float64(b.N)/worked.Seconds(), "s/processor-s")
			b.ReportMetric(float64(synapses)/float64(net.Synapses()), "B/synapse")
			b.ReportMetric(float64(history)/float64(net.Synapses()), "B-history/synapse")
			b.ReportMetric(spikes/float64(b.N*s.cells), "Hz")
		})
	}
}

// second takes a thousand steps of 1 ms and counts spikes.
func (s sheet) second(b *testing.B, c *trial.Continuous) (spikes float64) {
	const steps = 1000
	draw := rand.New(rand.NewPCG(3, 4))
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
	return spikes
}

// processorTime is how long the process has been busy.
func processorTime() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &now); err != nil {
		panic(err)
	}
	return time.Duration(now.Nano())
}
