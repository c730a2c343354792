package neuron

import (
	"fmt"
	"math"

	"paracrine/sim"
)

// A source whose spikes are listed: every cell has its own times, and a time
// that is listed twice is two spikes. On the grid a spike belongs to the nearest
// step's end.
var _ = register(spikes())

func spikes() Model {
	m := Model{
		Name:     "spikes",
		Meaning:  "source of spikes at the times that are given",
		Equation: "t_n given",
		Source:   "by definition",
	}
	m.Grid, m.Exact = sourceOf(newListedTimes)
	return m
}

// listedTimes is the timetable of spikes cells.
type listedTimes struct {
	times [][]sim.Time
	step  sim.Time // 0 off the grid
}

func newListedTimes(s Setting) (timetable, error) {
	t := &listedTimes{s.Times, s.Step}
	if len(s.Times) != s.Cells {
		return nil, fmt.Errorf("%s: spike times of %d cells: allowed are those of all %d", s.Name, len(s.Times), s.Cells)
	}
	for cell, times := range s.Times {
		for n, at := range times {
			switch {
			case at < 0 || t.placed(at) <= 0 && s.Step > 0:
				return nil, fmt.Errorf("%s: spike at %v of cell %d: the first step ends at %v, allowed are times from there", s.Name, at, cell, s.Step)
			case n > 0 && at < times[n-1]:
				return nil, fmt.Errorf("%s: spike at %v of cell %d after one at %v: allowed are times in ascending order", s.Name, at, cell, times[n-1])
			}
		}
	}
	return t, nil
}

// placed is when a spike is emitted, in ps.
func (t *listedTimes) placed(at sim.Time) float64 {
	if t.step == 0 {
		return float64(at)
	}
	return math.Round(float64(at)/float64(t.step)) * float64(t.step)
}

func (t *listedTimes) spike(cell int, n, _ float64) float64 {
	if int(n) >= len(t.times[cell]) {
		return never
	}
	return t.placed(t.times[cell][int(n)])
}
