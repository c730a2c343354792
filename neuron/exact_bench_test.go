package neuron

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"paracrine/sim"
)

// poissonArrivals is arrivals of a rate in Hz from 0 to until, those of one cell.
func poissonArrivals(cell int, hertz float64, until sim.Time, a Arrival) []Arrival {
	s := sim.NewStream(1, "arrivals", uint64(cell))
	var arrivals []Arrival
	for at := 0.0; ; {
		at += -math.Log(1-s.Float64()) / hertz * float64(sim.Second)
		if at > float64(until) {
			return arrivals
		}
		a.Time = sim.Time(at)
		arrivals = append(arrivals, a)
	}
}

// BenchmarkExact is the cost of an arrival at cells that are advanced window by
// window, as in a network whose smallest delay is 1.5 ms: 700 Hz from outside as
// in the reference network, with a fifth as much inhibition at a quarter of the
// strength of four, so that the cells fire at some 30 Hz, or 100 Hz.
func BenchmarkExact(b *testing.B) {
	for _, hertz := range []float64{700, 100} {
		b.Run(fmt.Sprintf("lif-exp/%v Hz", hertz), func(b *testing.B) {
			benchmarkExact(b, mustExp(b, benchmarkCells, nil), hertz, 322.887416, 1)
		})
		b.Run(fmt.Sprintf("lif-delta/%v Hz", hertz), func(b *testing.B) {
			benchmarkExact(b, mustDelta(b, benchmarkCells, nil), hertz, 2, 0)
		})
	}
}

const benchmarkCells = 1000

func benchmarkExact(b *testing.B, cells Exact, hertz, weight float64, inhibitory int32) {
	const window = 1500 * sim.Microsecond
	count, spikes := 0, 0
	arrivals := make([][]Arrival, benchmarkCells)
	for i := range arrivals {
		arrivals[i] = poissonArrivals(i, hertz, sim.Second, Arrival{Weight: weight})
		arrivals[i] = append(arrivals[i], poissonArrivals(i+benchmarkCells, hertz/10, sim.Second, Arrival{Weight: -2 * weight, Channel: inhibitory})...)
		slices.SortFunc(arrivals[i], func(a, b Arrival) int { return int(a.Time - b.Time) })
		count += len(arrivals[i])
	}
	var out []Spike
	done := 0
	for begin := sim.Time(0); b.Loop(); begin += sim.Second {
		due := slices.Clone(arrivals)
		for end := begin + window; end <= begin+sim.Second; end += window {
			out = out[:0]
			for i, a := range due {
				n := 0
				for n < len(a) && a[n].Time <= end {
					n++
				}
				due[i] = a[n:]
				out = cells.Advance(i, a[:n], end, out)
			}
			spikes += len(out)
		}
		done += count
		for i, a := range arrivals {
			out = cells.Advance(i, due[i], begin+sim.Second, out[:0])
			for j := range a {
				a[j].Time += sim.Second
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(done), "ns/arrival")
	b.ReportMetric(float64(spikes)/float64(done)*float64(count)/benchmarkCells, "Hz")
}
