package learning_test

import (
	"math"
	"slices"
	"testing"
)

// pattern is ψ of every cell at every step. The loss is smooth between two points
// at which it is the same.
func (c *circuit) pattern() []uint64 { return slices.Clone(c.batch.Record.Active) }

func TestBPTTIsTheSlopeOfTheLoss(t *testing.T) {
	const step = 1e-6
	eachRate(t, func(t *testing.T, c *circuit) {
		want := c.gradient(t, "bptt")
		pattern, smooth := c.pattern(), 0
		for i, array := range c.net.Arrays() {
			scale := largest(want.Arrays()[i])
			for j := range array.Values {
				at := func(offset float64) (loss float64, same bool) {
					before := array.Values[j]
					array.Values[j] += offset
					c.net.Changed()
					loss = c.run(t)
					array.Values[j] = before
					c.net.Changed()
					return loss, slices.Equal(c.pattern(), pattern)
				}
				above, sameAbove := at(step)
				below, sameBelow := at(-step)
				if !sameAbove || !sameBelow {
					continue
				}
				smooth++
				slope := (above - below) / (2 * step)
				if got := want.Arrays()[i][j]; !(math.Abs(got-slope) <= 1e-6*scale) {
					t.Errorf("%s[%d] = %v, the slope of the loss is %v", array.Name, j, got, slope)
				}
			}
		}
		total := c.cells*(c.inputs+c.cells+c.outputs) + c.outputs
		if smooth < total*9/10 {
			t.Errorf("the loss is smooth at %d of %d weights only", smooth, total)
		}
	})
}

// TestBPTTIsTheSlopeOfTheLossWithinAWindow has steps that do not count, three
// classes and a readout filter, and goes along one direction of all weights.
func TestBPTTIsTheSlopeOfTheLossWithinAWindow(t *testing.T) {
	s := plain()
	s.gap, s.kappa, s.readoutOne, s.classes, s.outputs, s.trials, s.seed = true, 0.7, true, true, 3, 2, 8
	c := s.build(t)
	requireLive(t, c)
	want := c.gradient(t, "bptt")
	const step = 1e-6
	direction := map[string][]float64{}
	slopeWant := 0.0
	for i, array := range c.net.Arrays() {
		d := make([]float64, len(array.Values))
		for j := range d {
			d[j] = math.Sin(float64(7*j + 3*i))
			slopeWant += d[j] * want.Arrays()[i][j]
		}
		direction[array.Name] = d
	}
	move := func(by float64) float64 {
		for _, array := range c.net.Arrays() {
			for j, d := range direction[array.Name] {
				array.Values[j] += by * d
			}
		}
		c.net.Changed()
		return c.run(t)
	}
	above := move(step)
	below := move(-2 * step)
	if slope := (above - below) / (2 * step); math.Abs(slope-slopeWant) > 1e-6*math.Abs(slopeWant) {
		t.Errorf("along one direction the gradient says %v, the loss %v", slopeWant, slope)
	}
}
