package neuron

import (
	"slices"
	"testing"

	"paracrine/sim"
)

// A model says that its threshold can be shifted exactly where its grid
// populations can, and a shift by more than a cell's potential ever reaches keeps
// it from firing.
func TestThresholdsThatShift(t *testing.T) {
	shifting := 0
	for _, m := range Models() {
		if m.Grid == nil {
			continue
		}
		p := gridOfOne(t, m)
		thresholded, can := p.(Thresholded)
		if can != m.Shifts {
			t.Errorf("%s: Shifts %v, its populations %v", m.Name, m.Shifts, can)
		}
		if !can {
			continue
		}
		shifting++
		if before := firing(m, p); before == 0 {
			t.Errorf("%s: silent under a current of 2 nA", m.Name)
		}
		thresholded.Threshold()[0] += 1e4
		if after := firing(m, p); after != 0 {
			t.Errorf("%s: %d spikes below threshold", m.Name, after)
		}
	}
	if shifting < 5 {
		t.Errorf("%d models", shifting)
	}
}

// gridOfOne is a cell of a model with its default parameters.
func gridOfOne(t *testing.T, m Model) Grid {
	t.Helper()
	s := Setting{Cells: 1, Step: sim.Millisecond / 10, Values: Values{}, Name: m.Name, Times: [][]sim.Time{nil}}
	for _, p := range m.Parameters {
		s.Values[p.Name] = []float64{p.Default}
	}
	g, err := m.Grid(s)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// firing is the spikes of a cell in 200 ms under a current of 2 nA.
func firing(m Model, p Grid) int {
	var input [][]float64
	for _, in := range m.Inputs {
		current := 0.0
		if in.Current {
			current = 2000
		}
		input = append(input, []float64{current})
	}
	var spikes []uint32
	for step := range int64(2000) {
		spikes = p.Advance(0, 1, step, slices.Clone(input), spikes)
	}
	return len(spikes)
}
