package sim

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// ulps returns the distance of x from want in units in the last place of want.
func ulps(x, want float64) float64 {
	return math.Abs(x-want) / (math.Nextafter(math.Abs(want), math.Inf(1)) - math.Abs(want))
}

func TestLn(t *testing.T) {
	if ln(1) != 0 {
		t.Errorf("ln 1 = %v", ln(1))
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(0x1p-1022, math.MaxFloat64).Draw(t, "x")
		if u := ulps(ln(x), math.Log(x)); u > 2 {
			t.Errorf("ln %v = %v, off by %v units", x, ln(x), u)
		}
		y := rapid.Float64Range(0.5, 2).Draw(t, "y")
		if u := ulps(ln(y), math.Log(y)); u > 2 {
			t.Errorf("ln %v = %v, off by %v units", y, ln(y), u)
		}
	})
}

func TestExp(t *testing.T) {
	if exp(0) != 1 {
		t.Errorf("exp 0 = %v", exp(0))
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-700, 700).Draw(t, "x")
		if u := ulps(exp(x), math.Exp(x)); u > 2 {
			t.Errorf("exp %v = %v, off by %v units", x, exp(x), u)
		}
	})
}

func TestLogFactorial(t *testing.T) {
	for _, k := range []float64{0, 1, 2, 3, 10, 15, 16, 17, 100, 1e4, 1e6, 1 << 30} {
		want, _ := math.Lgamma(k + 1)
		if got := logFactorial(k); math.Abs(got-want) > 4e-15*(1+want) {
			t.Errorf("ln %v! = %v, want %v", k, got, want)
		}
	}
}
