package neuron

import "math"

// root returns where a function changes its sign, to the last digits of float64,
// that is not above 0 at low and above 0 at high, and does so once between them.
// value also returns the slope.
//
// It is Newton's method: where its step leaves the bracket of the root, or is more
// than half the step before, the bracket is halved instead. It ends with a step
// below a thousandth of a picosecond: the error left by that is its square over
// the time in which the slope changes.
func root(low, high float64, value func(t float64) (y, slope float64)) float64 {
	const enough, digits = 1e-3, 1. / (1 << 50)
	t, step := low, high-low
	y, slope := value(t)
	for {
		next := t - y/slope
		if !(next >= low && next <= high && math.Abs(next-t) <= 0.5*step) {
			next = low + float64(0.5*(high-low))
		}
		if step = math.Abs(next - t); !(step > enough+float64(digits*t)) {
			return next
		}
		t = next
		if y, slope = value(t); y > 0 {
			high = t
		} else {
			low = t
		}
	}
}
