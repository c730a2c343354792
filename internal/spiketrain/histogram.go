package spiketrain

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// mostBins bounds the bars of a histogram.
const mostBins = 60

// Edges are those of the bins of a histogram of values, by the rule of Freedman
// & Diaconis (Z. Wahrscheinlichkeit. 57, 1981): width 2·IQR/n^⅓, rounded up to 1,
// 2 or 5 times a power of ten so that the edges can be read. What is not finite
// is left out; there are none without a finite value. The width is at least the
// least: values that are multiples of something need no finer bins.
func Edges(values []float64, least float64) []float64 {
	sorted := finite(values)
	if len(sorted) == 0 {
		return nil
	}
	return edges(sorted, least)
}

// Count is how many values fall between neighbouring edges, which must hold all
// that are finite; the last edge is included.
func Count(edges, values []float64) []float64 {
	// Gonum's intervals are half open; the last one is to hold the largest value.
	dividers := slices.Clone(edges)
	last := len(dividers) - 1
	dividers[last] = math.Nextafter(dividers[last], math.Inf(1))
	return stat.Histogram(nil, dividers, finite(values), nil)
}

// finite are the finite values, ascending, but for those so large that their
// differences may not be finite.
func finite(values []float64) []float64 {
	sorted := make([]float64, 0, len(values))
	for _, v := range values {
		if math.Abs(v) <= 1e300 {
			sorted = append(sorted, v)
		}
	}
	slices.Sort(sorted)
	return sorted
}

// edges are round, equally spaced, and hold all of the sorted values.
func edges(sorted []float64, least float64) []float64 {
	low, high := sorted[0], sorted[len(sorted)-1]
	width := 2 * (stat.Quantile(0.75, stat.Empirical, sorted, nil) - stat.Quantile(0.25, stat.Empirical, sorted, nil)) /
		math.Cbrt(float64(len(sorted)))
	if low == high {
		width = max(math.Abs(low), 1) / 10
	}
	width = round(max(width, (high-low)/mostBins, least, finest, 1e-9*math.Abs(low), 1e-9*math.Abs(high))) // edges must differ
	first := math.Floor(low / width)
	if first*width > low { // the quotient was rounded up
		first--
	}
	all := []float64{first * width}
	for k := first + 1; ; k++ {
		all = append(all, k*width)
		if k*width >= high {
			return all
		}
	}
}

// finest is the least width of a bin, below any difference of rates and
// coefficients of variation that is not of rounding.
const finest = 1e-12

// round is the smallest of 1, 2 and 5 times a power of ten that is not below x.
func round(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= x*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}
