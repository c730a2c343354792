package neuron_test

import (
	"math"
	"testing"

	"paracrine/neuron"
	"paracrine/sim"
)

const tenth = 100 * sim.Microsecond

// values are parameters that differ from a model's default, the same in all
// cells.
type values map[string]float64

// setting is that of n cells of a model.
func setting(t testing.TB, model string, n int, step sim.Time, given values) (neuron.Model, neuron.Setting) {
	t.Helper()
	m, have := neuron.ModelNamed(model)
	if !have {
		t.Fatalf("no model %q", model)
	}
	s := neuron.Setting{Cells: n, Step: step, Values: neuron.Values{}, Seed: 1, Name: "cells"}
	used := 0
	for _, p := range m.Parameters {
		x, differs := given[p.Name]
		if differs {
			used++
		} else {
			x = p.Default
		}
		for range n {
			s.Values[p.Name] = append(s.Values[p.Name], x)
		}
	}
	if used != len(given) {
		t.Fatalf("%s has not all parameters of %v", model, given)
	}
	return m, s
}

// cells is a grid population whose channels are addressed by name.
type cells struct {
	t     testing.TB
	model neuron.Model
	grid  neuron.Grid
	n     int
	at    int64 // steps taken
	input [][]float64
}

func gridOf(t testing.TB, model string, n int, step sim.Time, given values) *cells {
	t.Helper()
	m, s := setting(t, model, n, step, given)
	return gridFrom(t, m, s)
}

func gridFrom(t testing.TB, m neuron.Model, s neuron.Setting) *cells {
	t.Helper()
	grid, err := m.Grid(s)
	if err != nil {
		t.Fatal(err)
	}
	c := &cells{t: t, model: m, grid: grid, n: s.Cells}
	for range m.Inputs {
		c.input = append(c.input, make([]float64, s.Cells))
	}
	return c
}

// channel is what reaches the cells by the channel of that name in steps to
// come, until it is set to something else.
func (c *cells) channel(name string) []float64 {
	for i, in := range c.model.Inputs {
		if in.Name == name {
			return c.input[i]
		}
	}
	c.t.Fatalf("%s has no channel %q", c.model.Name, name)
	return nil
}

// step advances all cells and returns who spiked.
func (c *cells) step() []uint32 {
	spikes := c.grid.Advance(0, c.n, c.at, c.input, nil)
	c.at++
	return spikes
}

// arrive is a step in which x reaches every cell by a channel, at the step's end.
func (c *cells) arrive(name string, x float64) []uint32 {
	channel := c.channel(name)
	for i := range channel {
		channel[i] = x
	}
	spikes := c.step()
	clear(channel)
	return spikes
}

// steps advances n steps and returns in which of them (from 0) cell 0 spiked.
func (c *cells) steps(n int) []int {
	var at []int
	for k := range n {
		for _, cell := range c.step() {
			if cell == 0 {
				at = append(at, k)
			}
		}
	}
	return at
}

// state finds a quantity by its name.
func (c *cells) state(name string) neuron.State {
	for _, s := range c.grid.State() {
		if s.Name == name {
			return s
		}
	}
	c.t.Fatalf("%s has no state %q", c.model.Name, name)
	return neuron.State{}
}

// read is what a recorder shows of cell 0.
func (c *cells) read(name string) float64 {
	s := c.state(name)
	if s.Offset == nil {
		return s.Values[0]
	}
	return s.Values[0] + s.Offset[0]
}

// set puts a quantity of all cells to x, as it is shown.
func (c *cells) set(name string, x float64) {
	s := c.state(name)
	for i := range s.Values {
		s.Values[i] = x
		if s.Offset != nil {
			s.Values[i] -= s.Offset[i]
		}
	}
}

// expectNear fails unless got is want to within a fraction of scale.
func expectNear(t *testing.T, what string, got, want, tolerance, scale float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*scale) {
		t.Errorf("%s is %.17g, want %.17g to within %.2g", what, got, want, tolerance*scale)
	}
}
