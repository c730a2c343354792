package sim

import (
	"fmt"
	"math"
)

const (
	// poissonLarge is the mean from which rejection is cheaper than
	// multiplication, and its constants hold.
	poissonLarge = 10
	// poissonLimit is the largest mean; counts fit an int of 32 bits.
	poissonLimit = 1 << 30
)

// Poisson returns a Poisson-distributed count with the given mean. It panics if
// the mean is not in [0, 2³⁰].
func (s *Stream) Poisson(mean float64) int {
	switch {
	case !(mean >= 0 && mean <= poissonLimit):
		panic(fmt.Sprintf("sim: Poisson with mean %v: allowed is 0 to 2³⁰", mean))
	case mean < poissonLarge:
		return s.poissonProduct(mean)
	}
	return s.poissonRejection(mean)
}

// poissonProduct counts the arrivals of a Poisson process within one unit of
// time: uniform numbers whose product stays above exp(−mean).
func (s *Stream) poissonProduct(mean float64) int {
	limit := exp(-mean)
	count := 0
	for product := 1 - s.Float64(); product > limit; count++ {
		product *= 1 - s.Float64()
	}
	return count
}

// poissonRejection is transformed rejection with squeeze, PTRS of Hörmann,
// "The transformed rejection method for generating Poisson random variables",
// Insurance: Mathematics and Economics 12, 1993; the constants are his.
func (s *Stream) poissonRejection(mean float64) int {
	b := 0.931 + float64(2.53*math.Sqrt(mean))
	a := -0.059 + float64(0.02483*b)
	inverseAlpha := 1.1239 + 1.1328/(b-3.4)
	squeeze := 0.9277 - 3.6224/(b-2)
	logMean := ln(mean)
	for {
		u := s.Float64() - 0.5
		v := 1 - s.Float64()
		us := 0.5 - math.Abs(u)
		k := math.Floor(float64((2*a/us+b)*u) + mean + 0.43)
		if us >= 0.07 && v <= squeeze {
			return int(k)
		}
		if k < 0 || (us < 0.013 && v > us) {
			continue
		}
		density := float64(k*logMean) - mean - logFactorial(k)
		if ln(float64(v*inverseAlpha)/(a/float64(us*us)+b)) <= density {
			return int(k)
		}
	}
}

// smallLogFactorials holds ln k! where Stirling's series is not yet exact.
var smallLogFactorials = func() (table [16]float64) {
	factorial := 1.0
	for k := 1; k < len(table); k++ {
		factorial *= float64(k)
		table[k] = ln(factorial)
	}
	return table
}()

// logFactorial returns ln k! for an integer k ≥ 0.
func logFactorial(k float64) float64 {
	if k < float64(len(smallLogFactorials)) {
		return smallLogFactorials[int(k)]
	}
	const halfLogTwoPi = 0.91893853320467274178
	r := 1 / k
	r2 := float64(r * r)
	series := float64(r * (1./12 - float64(r2*(1./360-float64(r2*(1./1260-r2/1680))))))
	return float64((k+0.5)*ln(k)) - k + halfLogTwoPi + series
}
