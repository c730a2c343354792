package neuron

import (
	"math"

	"paracrine/internal/kernel"
)

// Surrogate is what stands for the derivative of a spike, ∂z/∂v, which is zero
// almost everywhere: a bump around the threshold,
//
//	ψ = (γ/ϑ) f(b s),      s = (v − ϑ − β a)/ϑ
//	piecewise linear:  f(x) = max(0, 1 − |x|)
//	exponential:       f(x) = exp(−|x|)
//	fast sigmoid:      f(x) = 1/(1 + |x|)²
//	arctan:            f(x) = 1/(1 + (πx)²)
//
// Each is 1 at the threshold. Sources: Bellec et al., NeurIPS 2018; Shrestha &
// Orchard, NeurIPS 2018; Zenke & Ganguli, Neural Computation 2018; Fang et al.,
// ICCV 2021. NEST's arctan is this one over π.
type Surrogate uint8

// The surrogates.
const (
	PiecewiseLinear Surrogate = iota
	Exponential
	FastSigmoid
	ArcTan
)

// Surrogates are the names of the surrogates, in the order of their constants.
var Surrogates = []string{"piecewise-linear", "exponential", "fast-sigmoid", "arctan"}

// String is the surrogate's name.
func (f Surrogate) String() string { return Surrogates[f] }

// apply overwrites every x with height · f(steepness · x): x is trials × cells,
// height one value per cell.
func (f Surrogate) apply(x, height []float64, steepness float64) {
	if f == PiecewiseLinear {
		kernel.PiecewiseLinear(steepness, x, height)
		return
	}
	for i := 0; i < len(x); i += len(height) {
		f.applySmooth(x[i:i+len(height)], height, steepness)
	}
}

// applySmooth applies one of the others to one trial.
func (f Surrogate) applySmooth(x, height []float64, steepness float64) {
	height = height[:len(x)]
	switch f {
	case Exponential:
		for i, s := range x {
			x[i] = height[i] * math.Exp(-math.Abs(steepness*s))
		}
	case FastSigmoid:
		for i, s := range x {
			from := 1 + math.Abs(float64(steepness*s))
			x[i] = height[i] / float64(from*from)
		}
	case ArcTan:
		for i, s := range x {
			from := math.Pi * steepness * s
			x[i] = height[i] / (1 + float64(from*from))
		}
	}
}
