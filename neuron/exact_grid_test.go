package neuron

import (
	"math"
	"testing"

	"paracrine/sim"
)

// A cell that has both forms spikes on the grid as it does off it, but at the
// end of the step, which also delays the reset: spike times converge with the
// first order in the step. All input is at times of every grid, where the
// membrane is exact.
func TestGridConvergesToExact(t *testing.T) {
	for _, name := range []string{"lif-delta", "lif-exp"} {
		m, _ := ModelNamed(name)
		t.Run(m.Name, func(t *testing.T) {
			before := 0.0
			for _, step := range []sim.Time{500, 250, 125} {
				away := distance(t, m, step*sim.Microsecond)
				if ratio := before / away; before != 0 && !(ratio > 1.8 && ratio < 2.2) {
					t.Errorf("at a step of %v spikes are %v ms late on average, %v times less than at twice the step", step*sim.Microsecond, away, ratio)
				}
				before = away
			}
		})
	}
}

const (
	convergingCells = 200
	jumps           = 6 // ms in which a spike arrives at every cell
)

// distance is how late the first three spikes of each cell are on the grid, on
// average, in ms.
func distance(t *testing.T, m Model, step sim.Time) float64 {
	s := setting(convergingCells, map[string]float64{})
	s.Step = step
	for _, p := range m.Parameters {
		for i := range convergingCells {
			x := p.Default
			if p.Name == "current" {
				x = 350 + float64(i)/3
			}
			s.Values[p.Name] = append(s.Values[p.Name], x)
		}
	}
	grid, err := m.Grid(s)
	if err != nil {
		t.Fatal(err)
	}
	exact, err := m.Exact(s)
	if err != nil {
		t.Fatal(err)
	}
	late, count := 0.0, 0
	onGrid, offGrid := gridSpikes(m, grid, step), exactSpikes(m, exact)
	for i := range convergingCells {
		for n := range 3 {
			late += math.Abs((onGrid[i][n] - offGrid[i][n]).Milliseconds())
			count++
		}
	}
	return late / float64(count)
}

// arriving is a weight that lifts the membrane by some 0.6 mV.
func arriving(m Model) float64 {
	if m.Inputs[0].Unit == "mV" {
		return 0.6
	}
	return 100
}

const longest = 200 * sim.Millisecond

func gridSpikes(m Model, cells Grid, step sim.Time) [][]sim.Time {
	times := make([][]sim.Time, convergingCells)
	input := make([][]float64, len(m.Inputs))
	for c := range input {
		input[c] = make([]float64, convergingCells)
	}
	for n := int64(0); sim.Time(n)*step < longest; n++ {
		end := sim.Time(n+1) * step
		for i := range input[0] {
			input[0][i] = 0
			if end%sim.Millisecond == 0 && end <= jumps*sim.Millisecond {
				input[0][i] = arriving(m)
			}
		}
		for _, cell := range cells.Advance(0, convergingCells, n, input, nil) {
			times[cell] = append(times[cell], end)
		}
	}
	return times
}

func exactSpikes(m Model, cells Exact) [][]sim.Time {
	times := make([][]sim.Time, convergingCells)
	var arrivals []Arrival
	for n := range jumps {
		arrivals = append(arrivals, Arrival{Time: sim.Time(n+1) * sim.Millisecond, Weight: arriving(m)})
	}
	for i := range times {
		for _, s := range cells.Advance(i, arrivals, longest, nil) {
			times[i] = append(times[i], s.Time)
		}
	}
	return times
}
