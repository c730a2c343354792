package learning_test

import (
	"math"
	"slices"
	"testing"

	"paracrine/learning"
)

func TestLosses(t *testing.T) {
	delta := make([]float64, 3)
	loss := learning.SquaredError{}.Compare(delta, []float64{1, 2, 3}, []float64{1, 4, 2}, 7)
	if loss != 2.5 || !slices.Equal(delta, []float64{0, -2, 1}) {
		t.Errorf("squared error %v, slope %v", loss, delta)
	}
	// softmax of ln 1, ln 2, ln 5 is 1/8, 2/8, 5/8
	y := []float64{0, math.Log(2), math.Log(5)}
	for _, shift := range []float64{0, 1000, -1000} { // shifting all outputs changes nothing
		shifted := []float64{y[0] + shift, y[1] + shift, y[2] + shift}
		loss = learning.CrossEntropy{}.Compare(delta, shifted, nil, 1)
		if math.Abs(loss-math.Log(4)) > 1e-12 || distance(delta, []float64{0.125, -0.75, 0.625}) > 1e-12 {
			t.Errorf("cross-entropy of outputs shifted by %v: %v, slope %v", shift, loss, delta)
		}
	}
	if (learning.SquaredError{}).Classifies() || !(learning.CrossEntropy{}).Classifies() {
		t.Error("cross-entropy classifies, squared error does not")
	}
}
