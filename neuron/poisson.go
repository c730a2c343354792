package neuron

import (
	"math"

	"paracrine/sim"
)

// A source of independent Poisson spikes: the intervals between the spikes of a
// cell are exponentially distributed with mean 1/rate,
//
//	t_{n+1} = t_n + E_n / rate,    E_n ~ Exp(1),    t_0 = start + E_0 / rate
//
// until stop. E_n is word n of the random stream of the cell, so that spikes do
// not depend on steps, windows, workers, or how many cells there are.
var _ = register(poisson())

func poisson() Model {
	m := Model{
		Name:     "poisson",
		Meaning:  "source of independent Poisson spikes",
		Equation: "t_{n+1} = t_n + E_n / rate,  E_n ~ Exp(1)",
		Source:   "the Poisson process by its intervals: Cox & Lewis, The Statistical Analysis of Series of Events (1966)",
		Parameters: []Parameter{
			{"rate", "rate", "Hz", 10, NonNegative, "spikes per second of each cell"},
			{"start", "t_start", "ms", 0, NonNegative, "no spikes before"},
			{"stop", "t_stop", "ms", 0, NonNegative, "no spikes after; 0 is never to stop"},
		},
	}
	m.Grid, m.Exact = sourceOf(newPoissonTimes)
	return m
}

// poissonTimes is the timetable of poisson cells.
type poissonTimes struct {
	interval    []float64 // 1/rate, ps
	start, stop []float64 // ps
	seed        uint64
	purpose     sim.Purpose
}

func newPoissonTimes(s Setting) (timetable, error) {
	t := &poissonTimes{make([]float64, s.Cells), spans(s, "start"), spans(s, "stop"), s.Seed, sim.Purpose(s.Name + " source spikes")}
	for i, rate := range s.Values.Of("rate")[:s.Cells] {
		t.interval[i] = float64(sim.Second) / rate
		if t.stop[i] == 0 {
			t.stop[i] = math.Inf(1)
		}
	}
	return t, nil
}

func (t *poissonTimes) spike(cell int, n, before float64) float64 {
	if n == 0 {
		before = t.start[cell]
	}
	var stream sim.Stream
	stream.Reset(t.seed, t.purpose, uint64(cell))
	stream.SetState(uint64(n))
	at := math.Ceil(before + float64(stream.Exponential()*t.interval[cell]))
	if at > t.stop[cell] {
		return never
	}
	return at
}
