package neuron

import "math"

// MeanDecay is the mean of exp(−x u) over 0 ≤ u ≤ 1, (1 − e⁻ˣ)/x, for x ≥ 0: what
// two exponentials that are near each other differ by, without cancellation.
func MeanDecay(x float64) float64 {
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
