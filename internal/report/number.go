package report

import (
	"math"
	"strconv"
	"strings"
)

// values is a series for the page: six digits, null where not finite.
type values []float64

// MarshalJSON writes what is not finite as null.
func (v values) MarshalJSON() ([]byte, error) { return marshal(v, 6), nil }

// positions is an axis for the page: more digits, since neighbours must differ.
type positions []float64

// MarshalJSON writes what is not finite as null.
func (p positions) MarshalJSON() ([]byte, error) { return marshal(p, 10), nil }

// number is a single value for the page.
type number float64

// MarshalJSON writes what is not finite as null.
func (n number) MarshalJSON() ([]byte, error) {
	if !finite(float64(n)) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', 6, 64), nil
}

func marshal(v []float64, digits int) []byte {
	b := make([]byte, 0, 8*len(v)+2)
	b = append(b, '[')
	for i, x := range v {
		if i > 0 {
			b = append(b, ',')
		}
		if !finite(x) {
			b = append(b, "null"...)
			continue
		}
		b = strconv.AppendFloat(b, x, 'g', digits, 64)
	}
	return append(b, ']')
}

// largest is the largest number shown; others would overflow when rounded.
const largest = 1e300

// finite also refuses what is beyond largest.
func finite(x float64) bool { return math.Abs(x) <= largest }

// notFinite stands for a number that diverged.
const notFinite = "not finite"

// short is a number for reading: three significant digits, a true minus sign,
// powers of ten where zeros would have to be counted.
func short(x float64) string { return rounded(x, 3) }

// measured is a measured number: three significant digits, zeros among them.
func measured(x float64) string {
	if size := math.Abs(x); x == 0 || size < 1e-3 || size >= 100 || !finite(x) {
		return short(x)
	}
	decimals := 2 - int(math.Floor(math.Log10(math.Abs(x))))
	return strings.ReplaceAll(strconv.FormatFloat(x, 'f', decimals, 64), "-", "−")
}

func rounded(x float64, digits int) string {
	switch {
	case math.IsInf(x, 1):
		return "∞"
	case math.IsInf(x, -1):
		return "−∞"
	case math.IsNaN(x):
		return notFinite
	}
	s := strconv.FormatFloat(x, 'g', digits, 64)
	if mantissa, exponent, scientific := strings.Cut(s, "e"); scientific {
		if e, err := strconv.Atoi(exponent); err == nil && e > 0 && e < 6 {
			s = strconv.FormatFloat(x, 'f', 0, 64)
		} else {
			s = mantissa + " × 10" + superscript(strings.TrimPrefix(exponent, "+"))
		}
	}
	return strings.ReplaceAll(s, "-", "−")
}

// significant is x to so many digits.
func significant(x float64, digits int) float64 {
	// What the package formats it parses.
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'e', digits-1, 64), 64)
	return rounded
}

// plain is a number for the ticks of a plot, in characters every font has.
func plain(x float64) string {
	if math.Abs(x) < 1e-12 {
		return "0"
	}
	if size := math.Abs(x); size >= 1e4 && size < 1e7 {
		return strings.ReplaceAll(strconv.FormatFloat(x, 'f', 0, 64), "-", "−")
	}
	return strings.ReplaceAll(strconv.FormatFloat(x, 'g', 4, 64), "-", "−")
}

var raised = strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴",
	"5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")

// superscript raises an exponent, without the zero that pads it.
func superscript(exponent string) string {
	if n, err := strconv.Atoi(exponent); err == nil {
		exponent = strconv.Itoa(n)
	}
	return raised.Replace(exponent)
}

// spread writes mean ± sd to the second digit of the sd.
func spread(mean, sd float64) string {
	if !finite(mean) {
		return notFinite
	}
	if !finite(sd) || sd == 0 {
		return measured(mean)
	}
	decimals := max(0, 1-int(math.Floor(math.Log10(sd))))
	if decimals > 6 {
		return short(mean) + " ± " + rounded(sd, 2)
	}
	return strings.ReplaceAll(strconv.FormatFloat(mean, 'f', decimals, 64), "-", "−") +
		" ± " + strconv.FormatFloat(sd, 'f', decimals, 64)
}

// percent is a fraction as a percentage.
func percent(x float64) string {
	if !finite(x) {
		return notFinite
	}
	return strconv.FormatFloat(100*x, 'f', 1, 64) + " %"
}

// count groups the thousands of a whole number by thin spaces.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return strings.ReplaceAll(s, "-", "−")
}

// interval is a range with open ends.
func interval(from, to float64) string {
	open := func(x float64) bool { return !finite(x) }
	switch {
	case open(from) && open(to):
		return "any"
	case open(from):
		return "≤ " + short(to)
	case open(to):
		return "≥ " + short(from)
	}
	return short(from) + " – " + short(to)
}

// duration is a wall time for reading.
func duration(seconds float64) string {
	switch {
	case !finite(seconds):
		return notFinite
	case seconds < 60:
		return short(seconds) + " s"
	case seconds < 3600:
		s := int(seconds + 0.5)
		return strconv.Itoa(s/60) + " min " + strconv.Itoa(s%60) + " s"
	}
	m := int(seconds/60 + 0.5)
	return strconv.Itoa(m/60) + " h " + strconv.Itoa(m%60) + " min"
}
