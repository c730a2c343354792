package neuron_test

import (
	"testing"

	"paracrine/neuron"
)

// BenchmarkGrid is the cost of a step of one cell, in blocks of 512 as networks
// advance them, under a current that makes most models fire.
func BenchmarkGrid(b *testing.B) {
	const cells = 512
	for _, m := range neuron.Models() {
		if m.Grid == nil || m.Name == "spikes" {
			continue
		}
		b.Run(m.Name, func(b *testing.B) {
			c := gridOf(b, m.Name, cells, tenth, nil)
			for channel, in := range m.Inputs {
				for i := range c.input[channel] {
					switch {
					case in.Current && in.Unit == "pA":
						c.input[channel][i] = 300 + float64(i)
					case in.Current:
						c.input[channel][i] = 10
					case !in.Count:
						c.input[channel][i] = 0.01
					}
				}
			}
			spikes := make([]uint32, 0, cells)
			for b.Loop() {
				spikes = c.grid.Advance(0, cells, c.at, c.input, spikes[:0])
				c.at++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/cells, "ns/cell")
			b.ReportMetric(0, "ns/op")
		})
	}
}
