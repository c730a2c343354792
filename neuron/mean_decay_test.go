package neuron

import (
	"math"
	"testing"
)

// TestMeanDecay compares with the same by expm1, on both sides of where the series
// ends: each rounds a few times.
func TestMeanDecay(t *testing.T) {
	if got := MeanDecay(0); got != 1 {
		t.Errorf("%v at 0, want 1", got)
	}
	for x := 1e-20; x < 800; x *= 1.01 {
		if got, want := MeanDecay(x), -math.Expm1(-x)/x; math.Abs(got/want-1) > 5e-16 {
			t.Fatalf("%v at %v, want %v", got, x, want)
		}
	}
}
