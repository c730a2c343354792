package neuron

import (
	"math"

	"paracrine/sim"
)

// A source of regular spikes, at
//
//	t_n = phase + n period,    n = 0, 1, 2, …,    t_n > 0
var _ = register(regular())

func regular() Model {
	m := Model{
		Name:     "regular",
		Meaning:  "source of spikes at equal intervals",
		Equation: "t_n = phase + n period,  t_n > 0",
		Source:   "by definition",
		Parameters: []Parameter{
			{"period", "period", "ms", 100, Positive, "interval between spikes"},
			{"phase", "phase", "ms", 0, NonNegative, "time of the first spike; 0 is one period"},
		},
	}
	m.Grid, m.Exact = sourceOf(newRegularTimes)
	return m
}

// regularTimes is the timetable of regular cells, in ps.
type regularTimes struct{ period, phase []float64 }

func newRegularTimes(s Setting) (timetable, error) {
	t := &regularTimes{spans(s, "period"), spans(s, "phase")}
	for i, phase := range t.phase {
		// Less than a picosecond would never pass.
		t.period[i] = math.Max(t.period[i], float64(sim.Picosecond))
		if phase == 0 {
			t.phase[i] = t.period[i]
		}
	}
	return t, nil
}

func (t *regularTimes) spike(cell int, n, _ float64) float64 {
	return t.phase[cell] + float64(n*t.period[cell])
}
