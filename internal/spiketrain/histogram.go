package spiketrain

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Histogram is how many values fall between neighbouring edges; the last edge
// is included.
type Histogram struct {
	Edges  []float64 // one more than Counts
	Counts []float64
}

// mostBins bounds the bars of a histogram.
const mostBins = 60

// NewHistogram bins values by the rule of Freedman & Diaconis (Z.
// Wahrscheinlichkeit. 57, 1981): width 2·IQR/n^⅓, rounded to 1, 2 or 5 times a
// power of ten so that the edges can be read. What is not finite is left out;
// it is empty without a finite value.
func NewHistogram(values []float64) Histogram {
	sorted := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			sorted = append(sorted, v)
		}
	}
	if len(sorted) == 0 {
		return Histogram{}
	}
	slices.Sort(sorted)
	h := Histogram{Edges: edges(sorted)}
	// Gonum's intervals are half open; the last one is to hold the largest value.
	dividers := slices.Clone(h.Edges)
	dividers[len(dividers)-1] = math.Nextafter(dividers[len(dividers)-1], math.Inf(1))
	h.Counts = stat.Histogram(nil, dividers, sorted, nil)
	return h
}

// edges are round, equally spaced, and hold all of the sorted values.
func edges(sorted []float64) []float64 {
	low, high := sorted[0], sorted[len(sorted)-1]
	width := 2 * (stat.Quantile(0.75, stat.Empirical, sorted, nil) - stat.Quantile(0.25, stat.Empirical, sorted, nil)) /
		math.Cbrt(float64(len(sorted)))
	width = max(width, (high-low)/mostBins)
	if width <= 0 {
		width = max(math.Abs(low), 1) / 10 // all values are equal
	}
	width = round(width)
	var all []float64
	for k := math.Floor(low / width); ; k++ {
		all = append(all, k*width)
		if k*width >= high && len(all) > 1 {
			return all
		}
	}
}

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
