package units

import (
	"math"

	"github.com/invopop/jsonschema"
)

// Time is a duration of simulated or biological time in milliseconds.
type Time float64

var times = dimension{"time", []unit{
	{symbol: "ms"},
	{symbol: "s", exponent: 3},
	{symbol: "us", exponent: -3},
	{symbol: "µs", exponent: -3},                  // micro sign, U+00B5
	{symbol: "μs", exponent: -3, alternate: true}, // Greek mu, U+03BC: looks the same
}}

// ParseTime reads a duration such as "100 ms", "0.1 s" or "500 µs". A refusal
// is an [*Error].
func ParseTime(s string) (Time, error) {
	t, err := times.parse(s)
	return Time(t), err
}

// String is the duration in milliseconds; ParseTime returns the same bits.
func (t Time) String() string { return times.format(float64(t)) }

// MarshalText is String: what YAML and JSON write.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText is ParseTime: what YAML and JSON read.
func (t *Time) UnmarshalText(text []byte) error {
	read, err := ParseTime(string(text))
	if err != nil {
		return err
	}
	*t = read
	return nil
}

// JSONSchema describes the text form.
func (Time) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: times.pattern()}
}

// Steps is the number of steps in the duration, rounded to the nearest.
func (t Time) Steps(step Time) int { return int(math.Round(float64(t / step))) }

// OnGrid reports whether the duration is a whole number of steps, to within
// 1e-9 of a step (or, in long durations, of the duration: decimal fractions
// such as 0.1 ms are not exact in binary).
func (t Time) OnGrid(step Time) bool {
	n := float64(t / step)
	return math.Abs(n-math.Round(n)) <= 1e-9*max(1, math.Abs(n))
}
