package report

import "math"

// maxPoints is the most points a curve brings to the page: more than a screen
// has pixels for.
const maxPoints = 1200

// decimate chooses which samples of curves that share an axis are drawn. Of
// each stretch it keeps, for every curve, the place of the smallest and the
// largest value, so that spikes survive; and it keeps the first sample that is
// not finite, so that a gap survives too. The result ascends; it is nil when
// everything may stay.
func decimate(n int, curves [][]float64, limit int) []int {
	if n <= limit || len(curves) == 0 {
		return nil
	}
	buckets := max(1, limit/(2*len(curves)))
	keep := make([]bool, n)
	keep[0], keep[n-1] = true, true
	for b := range buckets {
		from, to := b*n/buckets, (b+1)*n/buckets
		for _, y := range curves {
			markExtremes(keep, y, from, to)
		}
	}
	kept := make([]int, 0, limit+2)
	for i, k := range keep {
		if k {
			kept = append(kept, i)
		}
	}
	return kept
}

// markExtremes marks the smallest and the largest of y[from:to], and the first
// that is not finite.
func markExtremes(keep []bool, y []float64, from, to int) {
	low, high, gap := -1, -1, -1
	for i := from; i < to; i++ {
		switch {
		case !finite(y[i]):
			if gap < 0 {
				gap = i
			}
			continue
		case low < 0:
			low, high = i, i
		case y[i] < y[low]:
			low = i
		case y[i] > y[high]:
			high = i
		}
	}
	for _, i := range [...]int{low, high, gap} {
		if i >= 0 {
			keep[i] = true
		}
	}
}

// pick takes the kept samples; nil keeps all.
func pick(v []float64, kept []int) []float64 {
	if kept == nil || v == nil {
		return v
	}
	picked := make([]float64, len(kept))
	for i, k := range kept {
		picked[i] = v[k]
	}
	return picked
}

// sized is v with exactly n samples, the missing ones not a number: curves of
// one table must share their axis, and a record cut short is drawn as such.
func sized(v []float64, n int) []float64 {
	if len(v) >= n {
		return v[:n]
	}
	full := make([]float64, n)
	copy(full, v)
	for i := len(v); i < n; i++ {
		full[i] = math.NaN()
	}
	return full
}
