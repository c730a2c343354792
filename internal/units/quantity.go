package units

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v4"
)

// Quantity is a number in the base unit of its dimension; the unit "" is that
// of plain numbers.
type Quantity struct {
	Value float64
	Unit  string
}

// dimensions are all kinds of quantity; no symbol belongs to two of them.
var dimensions = []dimension{
	times,
	{"voltage", []unit{{symbol: "mV"}, {symbol: "V", exponent: 3}, {symbol: "uV", exponent: -3},
		{symbol: "µV", exponent: -3}, {symbol: "μV", exponent: -3, alternate: true}}},
	{"current", []unit{{symbol: "pA"}, {symbol: "nA", exponent: 3}}},
	{"capacitance", []unit{{symbol: "pF"}, {symbol: "nF", exponent: 3}}},
	{"conductance", []unit{{symbol: "nS"}, {symbol: "uS", exponent: 3},
		{symbol: "µS", exponent: 3}, {symbol: "μS", exponent: 3, alternate: true}}},
	{"frequency", []unit{{symbol: "Hz"}, {symbol: "kHz", exponent: 3}}},
	{"length", []unit{{symbol: "µm"}, {symbol: "um"}, {symbol: "mm", exponent: 3}, {symbol: "μm", alternate: true}}},
	{"rate", []unit{{symbol: "1/ms"}, {symbol: "1/s", exponent: -3}}},
	{"voltage per time", []unit{{symbol: "mV/ms"}, {symbol: "V/s"}}},
	{"concentration", []unit{{symbol: "nM"}, {symbol: "pM", exponent: -3}, {symbol: "uM", exponent: 3}, {symbol: "µM", exponent: 3},
		{symbol: "μM", exponent: 3, alternate: true}}},
	{"concentration per time", []unit{{symbol: "nM/ms"}, {symbol: "nM/s", exponent: -3}, {symbol: "µM/s"}, {symbol: "uM/s"},
		{symbol: "μM/s", alternate: true}}},
	{"diffusion", []unit{{symbol: "µm²/ms"}, {symbol: "um2/ms"}, {symbol: "µm²/s", exponent: -3}, {symbol: "um2/s", exponent: -3},
		{symbol: "cm²/s", exponent: 5}, {symbol: "cm2/s", exponent: 5}, {symbol: "μm²/ms", alternate: true}}},
	{"volume", []unit{{symbol: "µm³"}, {symbol: "um3"}, {symbol: "mm³", exponent: 9}, {symbol: "mm3", exponent: 9},
		{symbol: "μm³", alternate: true}}},
}

// of is the dimension of a base unit.
func of(base string) (dimension, bool) {
	for _, d := range dimensions {
		if d.units[0].symbol == base {
			return d, true
		}
	}
	return dimension{}, false
}

// Bases are the base units of all dimensions.
func Bases() []string {
	bases := make([]string, len(dimensions))
	for i, d := range dimensions {
		bases[i] = d.units[0].symbol
	}
	return bases
}

// Dimension is the name of the dimension that a base unit belongs to, "" if
// there is none.
func Dimension(base string) string {
	d, _ := of(base)
	return d.name
}

// ParseIn reads a quantity of the dimension of a base unit. A refusal is an
// [*Error].
func ParseIn(base, s string) (float64, error) {
	d, known := of(base)
	if !known {
		return 0, &Error{Given: s, Why: "has no place here", Allowed: "a number"}
	}
	return d.parse(s)
}

// Parse reads a quantity of any dimension, or a plain number. A refusal is an
// [*Error].
func Parse(s string) (Quantity, error) {
	parts := quantity.FindStringSubmatch(strings.TrimSpace(s))
	if parts == nil {
		return Quantity{}, anyDimension().refuse(s, "is not a quantity")
	}
	if parts[2] == "" {
		x, err := anyDimension().shift(s, parts[1], 0)
		return Quantity{Value: x}, err
	}
	for _, d := range dimensions {
		for _, u := range d.units {
			if u.symbol == parts[2] {
				x, err := d.parse(s)
				return Quantity{x, d.units[0].symbol}, err
			}
		}
	}
	return Quantity{}, anyDimension().refuse(s, fmt.Sprintf("has the unknown unit %q", parts[2]))
}

// anyDimension is a dimension of every base unit, to tell what is allowed.
func anyDimension() dimension {
	d := dimension{name: "some quantity"}
	for _, base := range Bases() {
		d.units = append(d.units, unit{symbol: base})
	}
	return d
}

// String is the quantity in its base unit; [Parse] returns the same bits.
func (q Quantity) String() string {
	if q.Unit == "" {
		return strconv.FormatFloat(q.Value, 'g', -1, 64)
	}
	return dimension{units: []unit{{symbol: q.Unit}}}.format(q.Value)
}

// MarshalYAML writes a plain number as a number and all else as String.
func (q Quantity) MarshalYAML() (any, error) {
	if q.Unit == "" {
		return q.Value, nil
	}
	return q.String(), nil
}

// UnmarshalYAML is [Parse].
func (q *Quantity) UnmarshalYAML(node *yaml.Node) error {
	read, err := Parse(node.Value)
	if err == nil {
		*q = read
	}
	return err
}

// JSONSchema describes quantities of any dimension, and plain numbers.
func (Quantity) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Title: "a number, or a number with its unit", Pattern: anyPattern(),
		Extras: map[string]any{"type": []string{"number", "string"}}}
}

// PatternIn is the regular expression of quantities of a base unit's dimension.
func PatternIn(base string) string {
	d, _ := of(base)
	return d.pattern()
}

// AllowedIn is the sentence that tells a user what to write.
func AllowedIn(base string) string {
	d, known := of(base)
	if !known {
		return "a number"
	}
	return d.allowed()
}

func anyPattern() string {
	var symbols []string
	for _, d := range dimensions {
		for _, u := range d.units {
			symbols = append(symbols, regexp.QuoteMeta(u.symbol))
		}
	}
	return `^` + number + `[ \t]*(?:` + strings.Join(symbols, "|") + `)$`
}
