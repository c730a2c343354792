package scenarios

import (
	"errors"
	"strings"

	"paracrine/internal/units"
	"paracrine/neuron"
)

// longest is the longest duration: well within the 106 days of simulated time
// in picoseconds.
const longest = units.Time(100 * 24 * 3600 * 1000)

// quantityFormat is quantities of one dimension within a range.
type quantityFormat struct {
	base   string // unit
	within neuron.Range
}

// rangeNames begin the names of formats.
var rangeNames = map[neuron.Range]string{neuron.Anything: "", neuron.Positive: "positive-",
	neuron.NonNegative: "non-negative-", neuron.Negative: "negative-"}

// quantityFormats are the formats of all dimensions and ranges.
var quantityFormats = func() map[string]quantityFormat {
	all := map[string]quantityFormat{}
	for _, base := range units.Bases() {
		for within := range rangeNames {
			f := quantityFormat{base, within}
			all[f.name()] = f
		}
	}
	return all
}()

func (f quantityFormat) name() string {
	return rangeNames[f.within] + strings.ReplaceAll(units.Dimension(f.base), " ", "-")
}

// words says which quantities the format has, without their units.
func (f quantityFormat) words() string {
	noun, zero, end := "a "+units.Dimension(f.base), "0 "+f.base, ""
	if f.base == "ms" {
		noun, end = "a duration", "100 days"
	}
	switch f.within {
	case neuron.Positive:
		return noun + " above " + zero + prefixed(" and up to ", end)
	case neuron.NonNegative:
		return noun + " from " + zero + prefixed(" to ", end)
	case neuron.Negative:
		return noun + " below " + zero
	}
	return noun
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// refuse is the format's check of a text.
func (f quantityFormat) refuse(text string) *refusal {
	x, err := units.ParseIn(f.base, text)
	var wrong *units.Error
	if errors.As(err, &wrong) {
		return &refusal{why: wrong.Why, allowed: wrong.Allowed}
	}
	switch {
	case f.within == neuron.Positive && x <= 0:
		return &refusal{why: "is not positive", allowed: f.words()}
	case f.within == neuron.NonNegative && x < 0:
		return &refusal{why: "is negative", allowed: f.words()}
	case f.within == neuron.Negative && x >= 0:
		return &refusal{why: "is not negative", allowed: f.words()}
	case f.base == "ms" && x > float64(longest):
		return &refusal{why: "is too long", allowed: f.words()}
	}
	return nil
}

// refuseQuantity refuses what is neither a number nor a quantity.
func refuseQuantity(text string) *refusal {
	_, err := units.Parse(text)
	var wrong *units.Error
	if errors.As(err, &wrong) {
		return &refusal{why: wrong.Why, allowed: wrong.Allowed}
	}
	return nil
}
