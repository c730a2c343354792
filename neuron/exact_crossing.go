package neuron

import "math"

// firstAbove returns the smallest whole n in (low, high] with value(n+½) > 0,
// that is, the root rounded to the nearest picosecond, of a function that
// changes its sign once: not above 0 at low and above 0 at high+½, both whole.
// value also returns the slope.
//
// It is Newton's method, kept inside a bracket of whole numbers that every
// fourth step halves for certain. Since the end is a change of sign between
// neighbours, the result does not depend on how the search went there.
func firstAbove(low, high float64, value func(t float64) (y, slope float64)) float64 {
	t := low
	y, slope := value(t)
	for n := 1; ; n++ {
		middle := math.Floor(low + float64(0.5*(high-low)))
		if root := math.Floor(t - y/slope + 0.5); n%4 != 0 && root >= low && root <= high {
			middle = min(max(root, low+1), high-1)
		}
		if !(middle > low && middle < high) {
			return high
		}
		t = middle + 0.5
		if y, slope = value(t); y > 0 {
			high = middle
		} else {
			low = middle
		}
	}
}

// meanDecay is the mean of exp(−x u) over 0 ≤ u ≤ 1, (1 − e⁻ˣ)/x, for x ≥ 0.
func meanDecay(x float64) float64 {
	if x > 0.5 {
		return (1 - math.Exp(-x)) / x
	}
	// 1 − x/2 (1 − x/3 (1 − x/4 (…))); the terms left out are below 1e-18.
	sum := 1.0
	for n := 14.0; n > 1; n-- {
		sum = 1 - float64(x/n*sum)
	}
	return sum
}
