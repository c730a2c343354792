package modulator

import (
	"math"

	"paracrine/neuron"
)

// Uptake is removal by transporters or enzymes that saturates (Michaelis &
// Menten),
//
//	dc/dt = −V_max c/(K_m + c)
//
// whose solution is implicit: with y = c(0)/K_m and c(t) = c(0) e^{−v},
//
//	v + y (1 − e^{−v}) = V_max t/K_m
//
// The zero value is no uptake.
type Uptake struct {
	Max  float64 // V_max, nM/ms
	Half float64 // K_m, nM
}

func (u Uptake) check(of string) error {
	if err := require(of, "maximal uptake", u.Max, "nM/ms", neuron.Positive); err != nil {
		return err
	}
	return require(of, "uptake constant", u.Half, "nM", neuron.Positive)
}

// uptakeIterations bounds Newton's steps; each doubles the digits once v is near.
const uptakeIterations = 64

// removed is what is taken out of a concentration within a span in ms: never
// more than there is. The left side of the equation for v is concave and
// increasing, so Newton's steps approach from below, starting where 1 − e^{−v}
// is replaced by the larger v.
func (u Uptake) removed(c, span float64) float64 {
	if c <= 0 || u.Max == 0 {
		return 0
	}
	y, k := c/u.Half, u.Max*span/u.Half
	v := k / (1 + y)
	for range uptakeIterations {
		gone := -math.Expm1(-v)
		step := (k - v - float64(y*gone)) / (1 + float64(y*(1-gone)))
		v += step
		if math.Abs(step) <= 1e-16*v {
			break
		}
	}
	return -c * math.Expm1(-v)
}
