package scenarios

import (
	"errors"
	"regexp"
	"strings"

	"paracrine/learning"
)

// Formats of text in the schema. JSON Schema lets a program define its own;
// editors ignore those they do not know. Those of quantities are named after
// their range and dimension: positive-time, voltage.
const (
	formatName            = "name"
	formatRule            = "rule"
	formatQuantity        = "quantity" // of any dimension, or a number
	formatNonNegativeTime = "non-negative-time"
)

// formats check the text; each refuses with a reason.
var formats = makeFormats()

func makeFormats() map[string]format {
	all := map[string]format{
		formatName:     refuseName,
		formatRule:     refuseRule,
		formatQuantity: refuseQuantity,
	}
	for name, q := range quantityFormats {
		all[name] = q.refuse
	}
	return all
}

// format is nil for text that fits.
type format func(text string) *refusal

// refusal says why a text is refused and what is allowed instead.
type refusal struct {
	why     string // reads on from the value: "has no unit"; may be empty
	allowed string
}

// Error makes a refusal what a format of the validator returns.
func (r *refusal) Error() string { return r.why + "; allowed " + r.allowed }

// validate is the format as the validator calls it, with any value.
func (f format) validate(v any) error {
	text, isText := v.(string)
	if !isText {
		return nil
	}
	if r := f(text); r != nil {
		return r
	}
	return nil
}

var namePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)

func refuseName(text string) *refusal {
	if namePattern.MatchString(text) {
		return nil
	}
	return &refusal{allowed: "a letter, then letters, digits, hyphens and underscores, 64 at most (no spaces, no accents)"}
}

func refuseRule(text string) *refusal {
	_, err := learning.ParseRule(text)
	return ruleRefusal(err)
}

// ruleRefusal takes a rule's error apart into why and what is allowed.
func ruleRefusal(err error) *refusal {
	var wrong *learning.RuleError
	if !errors.As(err, &wrong) {
		return nil
	}
	why, allowed, found := strings.Cut(wrong.Problem, "; allowed are ")
	if !found {
		allowed = "a rule as `paracrine list` documents it"
	}
	return &refusal{why: why, allowed: allowed}
}
