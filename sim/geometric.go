package sim

import "math"

// Geometric draws how many trials fail before one succeeds, so that what happens
// with a small probability is found without asking about everything that does
// not.
type Geometric struct{ scale float64 } // −1/ln(1 − p)

// most is what Geometric draws where a number would be larger: more trials than
// there are of anything, and yet without overflow when a few are added.
const most = 1 << 60

// NewGeometric is for trials that succeed with probability p: never for p ≤ 0,
// always for p ≥ 1.
func NewGeometric(p float64) Geometric {
	switch {
	case p >= 1:
		return Geometric{0}
	case p > 0:
		return Geometric{-1 / lnFailure(p)}
	}
	return Geometric{math.Inf(1)}
}

// lnFailure is ln(1 − p). What rounding takes from 1 − p is given back by the
// factor p/(1 − (1 − p)), near 1 (Kahan; Goldberg, Computing Surveys 23, 1991,
// theorem 4).
func lnFailure(p float64) float64 {
	failure := 1 - p
	if failure == 1 {
		return -p
	}
	return float64(ln(failure)*p) / (1 - failure)
}

// Draw returns the number of failures before the next success, ⌊E·scale⌋ with E
// exponentially distributed.
func (g Geometric) Draw(s *Stream) int {
	if failures := float64(s.Exponential() * g.scale); failures < most {
		return int(failures)
	}
	return most
}

// Exp returns eˣ within 2 units in the last place, the same to the bit on every
// machine, as math.Exp is not: 0 below −700, infinite above 700.
func Exp(x float64) float64 {
	switch {
	case x < -700:
		return 0
	case x > 700:
		return math.Inf(1)
	}
	return exp(x)
}
