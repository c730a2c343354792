package problem

import (
	"fmt"
	"math"
)

// bound is what a number may be, in words and as a test.
type bound struct {
	allowed string
	holds   func(float64) bool
}

// largest is the most that sizes and indices can be: beyond any file, and far
// from overflow.
const largest = math.MaxInt32

var (
	finite      = bound{"a finite number", func(float64) bool { return true }}
	notNegative = bound{"a finite number, 0 or more", func(x float64) bool { return x >= 0 }}
	fraction    = bound{"a number from 0 to 1", func(x float64) bool { return x >= 0 && x <= 1 }}
	decay       = bound{"a number from 0 to below 1", func(x float64) bool { return x >= 0 && x < 1 }}
	unitSign    = bound{"1 or -1", func(x float64) bool { return x == 1 || x == -1 }}
	nothing     = bound{"0 (no cell drives itself)", func(x float64) bool { return x == 0 }}
)

// integers are the whole numbers from low to high; 2.0 is one.
func integers(low, high int) bound {
	holds := func(x float64) bool { return x == math.Trunc(x) && x >= float64(low) && x <= float64(high) }
	switch {
	case low == high:
		return bound{fmt.Sprint(low), holds}
	case high == largest:
		return bound{fmt.Sprintf("an integer, %d or more, below 2³¹", low), holds}
	}
	return bound{fmt.Sprintf("an integer from %d to %d", low, high), holds}
}
