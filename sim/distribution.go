package sim

import (
	"fmt"
	"math"
	"strings"
)

// Distribution is where the values of a quantity that differs from cell to
// cell, or from synapse to synapse, are drawn from. The zero value is the
// constant 0.
type Distribution struct {
	Kind DistributionKind
	// A and B are the value (constant), the mean and standard deviation
	// (normal), the mean and standard deviation of the logarithm (lognormal),
	// the ends (uniform), or the mean (exponential).
	A, B float64
	// Low and High bound what is drawn: values outside are drawn again. Equal
	// values, as in the zero value, are no bounds.
	Low, High float64
}

// DistributionKind names a family of distributions.
type DistributionKind uint8

// The families of distributions.
const (
	ConstantValue DistributionKind = iota
	NormalValues
	LognormalValues
	UniformValues
	ExponentialValues
)

// Constant is the distribution that has one value.
func Constant(value float64) Distribution { return Distribution{A: value} }

// IsConstant reports whether every draw is the same value.
func (d Distribution) IsConstant() bool { return d.Kind == ConstantValue }

// drawLimit is how often a value outside the bounds is drawn again before the
// nearer bound is taken: bounds so far out are a mistake in the scenario, not a
// reason never to return.
const drawLimit = 1000

// Draw returns the next value. A constant draws nothing from the stream.
func (d Distribution) Draw(s *Stream) float64 {
	x := d.draw(s)
	if d.Low == d.High {
		return x
	}
	for range drawLimit {
		if x >= d.Low && x <= d.High {
			return x
		}
		x = d.draw(s)
	}
	return math.Min(math.Max(x, d.Low), d.High)
}

func (d Distribution) draw(s *Stream) float64 {
	switch d.Kind {
	case NormalValues:
		return d.A + float64(d.B*s.Normal())
	case LognormalValues:
		return exp(d.A + float64(d.B*s.Normal()))
	case UniformValues:
		return d.A + float64((d.B-d.A)*s.Float64())
	case ExponentialValues:
		return d.A * s.Exponential()
	}
	return d.A
}

// Support returns bounds of what can be drawn, infinite where there are none.
func (d Distribution) Support() (low, high float64) {
	switch d.Kind {
	case ConstantValue:
		return d.A, d.A
	case UniformValues:
		low, high = math.Min(d.A, d.B), math.Max(d.A, d.B)
	case LognormalValues:
		low, high = 0, math.Inf(1)
	case ExponentialValues:
		low, high = math.Min(0, math.Copysign(math.Inf(1), d.A)), math.Max(0, math.Copysign(math.Inf(1), d.A))
	default:
		low, high = math.Inf(-1), math.Inf(1)
	}
	if d.Low != d.High {
		low, high = math.Max(low, d.Low), math.Min(high, d.High)
	}
	return low, high
}

// String writes the distribution as reports show it, without a unit.
func (d Distribution) String() string {
	var b strings.Builder
	switch d.Kind {
	case ConstantValue:
		fmt.Fprintf(&b, "%g", d.A)
	case NormalValues:
		fmt.Fprintf(&b, "normal(mean %g, sd %g)", d.A, d.B)
	case LognormalValues:
		fmt.Fprintf(&b, "lognormal(mean of ln %g, sd of ln %g)", d.A, d.B)
	case UniformValues:
		fmt.Fprintf(&b, "uniform(%g to %g)", d.A, d.B)
	case ExponentialValues:
		fmt.Fprintf(&b, "exponential(mean %g)", d.A)
	}
	if d.Low != d.High {
		fmt.Fprintf(&b, " within %g to %g", d.Low, d.High)
	}
	return b.String()
}
