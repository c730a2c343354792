// Package units reads and writes physical quantities: a number with its unit,
// as in "20 ms". A bare number is refused, so no file can mean one unit and be
// read in another.
//
// Every unit here is a power of ten of its dimension's base unit, so a quantity
// is read by moving the decimal point: "0.1 s" and "100 ms" are the same number
// to the bit.
package units

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// number is what may stand before a unit: a decimal number, no NaN, no infinity.
const number = `[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?`

// dimension is a kind of quantity and its units, the base unit first.
type dimension struct {
	name  string
	units []unit
}

// unit is 10^exponent base units; alternate spellings are not offered to users.
type unit struct {
	symbol    string
	exponent  int
	alternate bool
}

var quantity = regexp.MustCompile(`^(` + number + `)[ \t]*(.*)$`)

// parse reads a quantity in base units.
func (d dimension) parse(s string) (float64, error) {
	parts := quantity.FindStringSubmatch(strings.TrimSpace(s))
	if parts == nil {
		return 0, d.refuse(s, "is not a quantity")
	}
	if parts[2] == "" {
		return 0, d.refuse(s, "has no unit")
	}
	for _, u := range d.units {
		if u.symbol == parts[2] {
			return d.shift(s, parts[1], u.exponent)
		}
	}
	return 0, d.refuse(s, fmt.Sprintf("has the unknown unit %q", parts[2]))
}

// shift reads a decimal number times 10^exponent, rounding once.
func (d dimension) shift(s, digits string, exponent int) (float64, error) {
	mantissa, power, scientific := strings.Cut(strings.ToLower(digits), "e")
	if scientific {
		p, err := strconv.Atoi(power)
		if err != nil {
			return 0, d.refuse(s, "is not a quantity")
		}
		exponent += p
	}
	x, err := strconv.ParseFloat(mantissa+"e"+strconv.Itoa(exponent), 64)
	if err != nil {
		return 0, d.refuse(s, "is out of range")
	}
	return x, nil
}

func (d dimension) refuse(given, why string) error {
	return &Error{Given: given, Why: why, Allowed: d.allowed()}
}

// allowed is the sentence that tells a user what to write.
func (d dimension) allowed() string {
	symbols := make([]string, 0, len(d.units))
	for _, u := range d.units {
		if !u.alternate {
			symbols = append(symbols, u.symbol)
		}
	}
	last := len(symbols) - 1
	return fmt.Sprintf("a number with a unit of %s (%s or %s), such as 20 %s",
		d.name, strings.Join(symbols[:last], ", "), symbols[last], symbols[0])
}

// pattern is the regular expression of the quantity for JSON Schema.
func (d dimension) pattern() string {
	symbols := make([]string, len(d.units))
	for i, u := range d.units {
		symbols[i] = regexp.QuoteMeta(u.symbol)
	}
	return `^` + number + `[ \t]*(?:` + strings.Join(symbols, "|") + `)$`
}

// format writes a value in the base unit so that parse returns the same bits.
func (d dimension) format(x float64) string {
	verb := byte('f')
	if a := math.Abs(x); a != 0 && (a < 1e-6 || a >= 1e15) {
		verb = 'e'
	}
	return strconv.FormatFloat(x, verb, -1, 64) + " " + d.units[0].symbol
}

// Error says what is wrong with a quantity and what is allowed instead.
type Error struct {
	Given   string // as written
	Why     string // reads on from the value: "has no unit"
	Allowed string
}

// Error joins the parts into one sentence.
func (e *Error) Error() string {
	return fmt.Sprintf("%q %s; allowed: %s", e.Given, e.Why, e.Allowed)
}
