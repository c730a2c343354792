package neuron_test

import (
	"math"
	"testing"

	"paracrine/sim"
)

// expectOrder halves the step and fails unless the error falls by 2^order, to
// within 0.15 of the order, in each of the halvings; run returns a result at a
// step, and the finest is far finer than the others.
func expectOrder(t *testing.T, what string, order float64, reference float64, steps []sim.Time, run func(step sim.Time) float64) {
	t.Helper()
	before := 0.0
	for i, step := range steps {
		off := math.Abs(run(step) - reference)
		if got := math.Log2(before / off); i > 0 && !(math.Abs(got-order) < 0.15) {
			t.Errorf("%s: from a step of %v to %v the error falls from %.3g to %.3g, order %.2f, want %v", what, steps[i-1], step, before, off, got, order)
		}
		before = off
	}
}
