package learning_test

import (
	"fmt"
	"math"
	"testing"

	"paracrine/learning"
)

func TestNonFiniteErrorNamesThePlace(t *testing.T) {
	for want, err := range map[string]learning.NonFiniteError{
		"potential became NaN in cell 3, trial 0, step 17": {Quantity: "potential", Cell: 3, Trial: 0, Step: 17, Value: math.NaN()},
		"loss became +Inf, trial 2, step 0":                {Quantity: "loss", Cell: -1, Trial: 2, Step: 0, Value: math.Inf(1)},
		"W_rec became -Inf in cell 0":                      {Quantity: "W_rec", Cell: 0, Trial: -1, Step: -1, Value: math.Inf(-1)},
	} {
		if got := err.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestArraysAreNamed(t *testing.T) {
	net, g := lattice()
	want := []string{"W_in 3×2", "W_rec 3×3", "W_out 2×3", "b_out 1×2"}
	for i, a := range net.Arrays() {
		if got := fmt.Sprintf("%s %d×%d", a.Name, a.Rows, a.Cols); got != want[i] || len(g.Arrays()[i]) != a.Rows*a.Cols || learning.Compared[i] != a.Name {
			t.Errorf("array %d is %s with %d gradients, want %s", i, got, len(g.Arrays()[i]), want[i])
		}
	}
	g.Clear()
	for _, a := range g.Arrays() {
		if largest(a) != 0 {
			t.Errorf("cleared, a gradient is %v", a)
		}
	}
}
