package sim

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Time is an instant or a span of simulated time in picoseconds. An int64 of
// them reaches 106 days; a nanosecond would be too coarse, since rounding
// errors of spike times grow some hundredfold over a second of network activity.
type Time int64

// Units of time, to be multiplied: 20 * sim.Millisecond.
const (
	Picosecond  Time = 1
	Nanosecond       = 1000 * Picosecond
	Microsecond      = 1000 * Nanosecond
	Millisecond      = 1000 * Microsecond
	Second           = 1000 * Millisecond
)

// MaxTime is the last representable instant, about 106 days.
const MaxTime Time = math.MaxInt64

// Milliseconds returns t in milliseconds, the closest float64 for any |t| below
// two hours and within one unit in the last place beyond.
func (t Time) Milliseconds() float64 { return float64(t) / float64(Millisecond) }

// FromMilliseconds converts milliseconds to the nearest picosecond, halves away
// from zero. It refuses NaN, infinities and values beyond the range of [Time].
func FromMilliseconds(ms float64) (Time, error) {
	ps := math.Round(ms * float64(Millisecond))
	// float64(MaxTime) rounds up to 2⁶³, which itself does not fit. NaN fails
	// both comparisons.
	if ps >= -float64(MaxTime) && ps < float64(MaxTime) {
		return Time(ps), nil
	}
	limit := MaxTime.Milliseconds()
	return 0, fmt.Errorf("sim: %v ms is not a time: allowed are finite values between %.4g and %.4g ms", ms, -limit, limit)
}

// String writes t exactly, in the largest unit that is not larger than t:
// "20 ms", "1.5 s", "0 s".
func (t Time) String() string {
	if t == 0 {
		return "0 s"
	}
	// Negation in unsigned arithmetic is right even for the smallest int64.
	magnitude, sign := uint64(t), ""
	if t < 0 {
		magnitude, sign = -magnitude, "-"
	}
	unit, name := unitOf(magnitude)
	text := sign + strconv.FormatUint(magnitude/unit, 10)
	if rest := magnitude % unit; rest != 0 {
		// unit + rest has one leading 1 followed by the padded decimals.
		text += "." + strings.TrimRight(strconv.FormatUint(unit+rest, 10)[1:], "0")
	}
	return text + " " + name
}

// unitOf returns the largest unit not larger than magnitude picoseconds.
func unitOf(magnitude uint64) (picoseconds uint64, name string) {
	switch {
	case magnitude >= uint64(Second):
		return uint64(Second), "s"
	case magnitude >= uint64(Millisecond):
		return uint64(Millisecond), "ms"
	case magnitude >= uint64(Microsecond):
		return uint64(Microsecond), "µs"
	case magnitude >= uint64(Nanosecond):
		return uint64(Nanosecond), "ns"
	}
	return uint64(Picosecond), "ps"
}
