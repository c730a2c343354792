package scenarios

import (
	"fmt"
	"math"
	"reflect"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v4"

	"paracrine/internal/units"
	"paracrine/neuron"
	"paracrine/sim"
)

// Value is a quantity that may differ from cell to cell or from synapse to
// synapse: one value for all, or draws.
type Value struct {
	One   units.Quantity
	Drawn *Draws // nil for one value
}

// Draws says where the values of a quantity come from.
type Draws struct {
	Distribution string          `yaml:"distribution" jsonschema:"default=file,enum=normal,enum=lognormal,enum=uniform,enum=exponential,enum=file" jsonschema_description:"family of distributions, or a file with a value per cell"`
	Mean         *units.Quantity `yaml:"mean,omitempty" when:"distribution=normal|exponential" jsonschema_description:"mean"`
	SD           *units.Quantity `yaml:"sd,omitempty" jsonschema:"format=non-negative" when:"distribution=normal" jsonschema_description:"standard deviation"`
	Median       *units.Quantity `yaml:"median,omitempty" jsonschema:"format=positive" when:"distribution=lognormal" jsonschema_description:"median"`
	Sigma        float64         `yaml:"sigma" jsonschema:"minimum=0,maximum=10" when:"distribution=lognormal" jsonschema_description:"standard deviation of the natural logarithm"`
	From         *units.Quantity `yaml:"from,omitempty" when:"distribution=uniform" jsonschema_description:"the value at r = 0"`
	To           *units.Quantity `yaml:"to,omitempty" when:"distribution=uniform" jsonschema_description:"the value at r = 1"`
	Exponent     int             `yaml:"exponent" jsonschema:"default=1,minimum=1,maximum=9" when:"distribution=uniform" jsonschema_description:"the value is from + (to − from) r^exponent with r uniform in 0 to 1"`
	Shared       string          `yaml:"shared,omitempty" jsonschema:"format=name" when:"distribution=uniform,optional" jsonschema_description:"name of r: quantities of a cell type that name the same have the same r in each cell"`
	Low          *units.Quantity `yaml:"low,omitempty" when:"distribution=normal|lognormal|uniform|exponential,optional" jsonschema_description:"lowest value; what is below is drawn again"`
	High         *units.Quantity `yaml:"high,omitempty" when:"distribution=normal|lognormal|uniform|exponential,optional" jsonschema_description:"highest value; what is above is drawn again"`
	File         string          `yaml:"file" jsonschema:"minLength=1" when:"distribution=file" jsonschema_description:"CSV file beside the scenario with one column, NAME_UNIT as in potential_mV, a line a cell"`
}

// fromFile is the distribution that is a file.
const fromFile = "file"

// UnmarshalYAML reads a quantity or a mapping.
func (v *Value) UnmarshalYAML(node *yaml.Node) error {
	*v = Value{}
	if node.Kind == yaml.MappingNode {
		v.Drawn = &Draws{}
		return node.Load(v.Drawn, yaml.WithKnownFields())
	}
	return v.One.UnmarshalYAML(node)
}

// MarshalYAML writes a quantity or a mapping.
func (v Value) MarshalYAML() (any, error) {
	if v.Drawn != nil {
		return v.Drawn, nil
	}
	return v.One.MarshalYAML()
}

// IsZero reports whether there is no value at all.
func (v Value) IsZero() bool { return v == Value{} }

// quantities are all in a value, and where.
func (v Value) quantities() []placed {
	if v.Drawn == nil {
		return []placed{{nil, v.One}}
	}
	d, all := v.Drawn, []placed(nil)
	for _, q := range []struct {
		key   string
		given *units.Quantity
	}{{"mean", d.Mean}, {"sd", d.SD}, {"median", d.Median}, {"from", d.From}, {"to", d.To}, {"low", d.Low}, {"high", d.High}} {
		if q.given != nil {
			all = append(all, placed{path{q.key}, *q.given})
		}
	}
	return all
}

// file is the name of the file the values are in, if they are in one.
func (v Value) file() (string, bool) {
	if v.Drawn == nil || v.Drawn.Distribution != fromFile {
		return "", false
	}
	return v.Drawn.File, true
}

// needsCells says that the values of a cell cannot be drawn for themselves: a
// file has them, or other quantities share their random numbers.
func (v Value) needsCells() bool {
	return v.Drawn != nil && (v.Drawn.Distribution == fromFile || v.Drawn.Shared != "" ||
		v.Drawn.Distribution == "uniform" && v.Drawn.Exponent != 1)
}

// distribution is the value in base units. Of a file it is the zero value.
func (v Value) distribution() sim.Distribution {
	if v.Drawn == nil {
		return sim.Constant(v.One.Value)
	}
	d, known := sim.Distribution{}, v.Drawn
	switch known.Distribution {
	case "normal":
		d = sim.Distribution{Kind: sim.NormalValues, A: known.Mean.Value, B: known.SD.Value}
	case "lognormal":
		d = sim.Distribution{Kind: sim.LognormalValues, A: math.Log(known.Median.Value), B: known.Sigma}
	case "uniform":
		d = sim.Distribution{Kind: sim.UniformValues, A: known.From.Value, B: known.To.Value}
	case "exponential":
		d = sim.Distribution{Kind: sim.ExponentialValues, A: known.Mean.Value}
	}
	if known.Low != nil || known.High != nil {
		d.Low, d.High = math.Inf(-1), math.Inf(1)
	}
	if known.Low != nil {
		d.Low = known.Low.Value
	}
	if known.High != nil {
		d.High = known.High.Value
	}
	return d
}

// valueSchema is the schema of a [Value] in a base unit, "" for numbers, and a
// range, or with any unit.
func valueSchema(base string, within neuron.Range, anyUnit bool) *jsonschema.Schema {
	reflector := newReflector()
	reflector.DoNotReference = true
	s := reflector.Reflect(Draws{})
	s.Version = ""
	draws := reflect.TypeFor[Draws]()
	for i := range draws.NumField() {
		if field := draws.Field(i); field.Type == reflect.TypeFor[*units.Quantity]() {
			p, _ := s.Properties.Get(keyOf(field))
			setQuantity(p, base, rangeNamed(p.Format), anyUnit)
		}
	}
	addFieldConditions(s, draws)
	s.Type, s.Required = "", nil
	one := &jsonschema.Schema{}
	setQuantity(one, base, within, anyUnit)
	types, isSeveral := one.Extras["type"].([]string)
	if !isSeveral {
		types = []string{one.Type}
	}
	s.Extras = map[string]any{"type": append(append([]string(nil), types...), "object")}
	s.Format, s.Pattern = one.Format, one.Pattern
	s.Minimum, s.ExclusiveMinimum, s.Maximum, s.ExclusiveMaximum = one.Minimum, one.ExclusiveMinimum, one.Maximum, one.ExclusiveMaximum
	s.Title = allowedAs(base, within, anyUnit) + ", or a mapping of a distribution"
	return s
}

// setQuantity makes a schema that of a quantity.
func setQuantity(s *jsonschema.Schema, base string, within neuron.Range, anyUnit bool) {
	switch {
	case anyUnit:
		whatever := units.Quantity{}.JSONSchema()
		s.Type, s.Format, s.Pattern, s.Extras = "", formatQuantity, whatever.Pattern, whatever.Extras
	case base == "":
		s.Type, s.Format = "number", ""
		setNumberRange(s, within)
	default:
		s.Type, s.Format, s.Pattern = "string", quantityFormat{base, within}.name(), units.PatternIn(base)
	}
}

// rangeNamed is the range of a quantity tagged with format=positive and the
// like.
func rangeNamed(name string) neuron.Range {
	for within, prefix := range rangeNames {
		if prefix == name+"-" {
			return within
		}
	}
	return neuron.Anything
}

func setNumberRange(s *jsonschema.Schema, within neuron.Range) {
	switch within {
	case neuron.Positive:
		s.ExclusiveMinimum = "0"
	case neuron.NonNegative:
		s.Minimum = "0"
	case neuron.Negative:
		s.ExclusiveMaximum = "0"
	case neuron.Probability:
		s.Minimum, s.Maximum = "0", "1"
	}
}

// allowedAs says what one value may be.
func allowedAs(base string, within neuron.Range, anyUnit bool) string {
	switch {
	case anyUnit:
		return "a number with its unit"
	case base != "":
		return units.AllowedIn(base)
	}
	return map[neuron.Range]string{neuron.Anything: "a number", neuron.Positive: "a number above 0", neuron.NonNegative: "a number from 0",
		neuron.Negative: "a number below 0", neuron.Probability: "a number from 0 to 1"}[within]
}

// valueName is the name of a value's schema among the definitions.
func valueName(base string, within neuron.Range, anyUnit bool) string {
	switch {
	case anyUnit:
		return "Value-" + formatQuantity
	case base != "":
		return "Value-" + quantityFormat{base, within}.name()
	case within == neuron.Probability:
		return "Value-probability"
	}
	return "Value-" + rangeNames[within] + "number"
}

// valueReference refers to a value's schema, which it adds to the definitions.
func valueReference(definitions jsonschema.Definitions, base string, within neuron.Range, anyUnit bool) *jsonschema.Schema {
	name := valueName(base, within, anyUnit)
	if _, have := definitions[name]; !have {
		definitions[name] = valueSchema(base, within, anyUnit)
	}
	return &jsonschema.Schema{Ref: definitionPrefix + name}
}

// mustKnow panics on a model with a unit that quantities do not have, which is a
// mistake of the model's file.
func mustKnow(model, what, unit string) {
	if unit != "" && units.Dimension(unit) == "" {
		panic(fmt.Sprintf("scenarios: %s of model %s has the unit %q, which package units does not know", what, model, unit))
	}
}
