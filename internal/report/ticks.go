package report

import "math"

// ticks are about n round values within [from, to].
func ticks(from, to float64, n int) []float64 {
	if !finite(from) || !finite(to) || from >= to || n < 1 {
		return nil
	}
	step := roundStep((to - from) / float64(n))
	if !finite(step) || step <= 0 {
		return nil
	}
	var at []float64
	for k := math.Ceil(from/step - 1e-9); k*step <= to+step*1e-9 && len(at) <= 4*n; k++ {
		at = append(at, k*step)
	}
	return at
}

// roundStep is the smallest of 1, 2, 5 times a power of ten not below raw.
func roundStep(raw float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range [...]float64{1, 2, 5} {
		if m*power >= raw*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// decadeTicks are the powers of ten within [from, to], with 2 and 5 times them
// where there are few.
func decadeTicks(from, to float64) []float64 {
	if !(from > 0) || !(to > from) || !finite(to) {
		return nil
	}
	first, last := int(math.Floor(math.Log10(from))), int(math.Ceil(math.Log10(to)))
	multiples := []float64{1}
	if last-first <= 4 {
		multiples = []float64{1, 2, 5}
	}
	every := 1 + (last-first)/12
	var at []float64
	for e := first; e <= last; e += every {
		for _, m := range multiples {
			if v := m * math.Pow(10, float64(e)); v >= from && v <= to {
				at = append(at, v)
			}
		}
	}
	return at
}

// powersOfTen are those within [from, to].
func powersOfTen(from, to float64) []float64 {
	if !(from > 0) || !(to > from) || !finite(to) {
		return nil
	}
	var at []float64
	for e := math.Ceil(math.Log10(from) - 1e-9); e <= math.Log10(to)+1e-9; e++ {
		at = append(at, math.Pow(10, e))
	}
	return at
}
