package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"go.yaml.in/yaml/v4"
)

// validate checks the tree against the schema and words what is wrong.
func (d *document) validate() []fault {
	err := compiled()[formOf(d.root)].Validate(plainValue(d.root))
	var invalid *validator.ValidationError
	if !errors.As(err, &invalid) {
		return nil
	}
	var faults []fault
	for _, leaf := range leaves(invalid) {
		faults = append(faults, d.faults(leaf)...)
	}
	return faults
}

// leaves are the errors that have no further cause.
func leaves(err *validator.ValidationError) []*validator.ValidationError {
	if len(err.Causes) == 0 {
		return []*validator.ValidationError{err}
	}
	var all []*validator.ValidationError
	for _, cause := range err.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

// faults turns an error of the validator into ours.
func (d *document) faults(err *validator.ValidationError) []fault {
	at := path(err.InstanceLocation)
	node := d.value(at)
	switch k := err.ErrorKind.(type) {
	case *kind.Required:
		return d.missing(at, k.Missing)
	case *kind.AdditionalProperties:
		return d.unknown(at, node, k.Properties)
	case *kind.FalseSchema:
		return []fault{{at: at, given: shown(node), allowed: d.onlyWith(at)}}
	case *kind.Format:
		var wrong *refusal
		if errors.As(k.Err, &wrong) {
			return []fault{{at: at, given: because(shown(node), wrong.why), allowed: wrong.allowed}}
		}
	}
	return []fault{d.mismatch(at, node)}
}

// value is the node at a path; nil if there is none.
func (d *document) value(at path) *yaml.Node {
	node := d.root
	for _, step := range at {
		node = child(node, step)
	}
	return node
}

// missing words keys that must be given.
func (d *document) missing(at path, names []string) []fault {
	faults := make([]fault, len(names))
	for i, name := range names {
		missing := at.at(name)
		faults[i] = fault{at: missing, given: because("nothing", d.needed(missing)),
			allowed: describe(schemaAt(d.root, missing))}
	}
	return faults
}

// needed says which sibling's value asks for a key.
func (d *document) needed(at path) string {
	parent, key := at[:len(at)-1], at[len(at)-1]
	for _, branch := range schemaAt(d.root, parent).AllOf {
		if branch.Then == nil || !slices.Contains(branch.Then.Required, key) || !holds(branch.If, d.value(parent)) {
			continue
		}
		sibling := branch.If.Properties.Oldest().Key
		chosen := d.value(parent.at(sibling))
		if chosen == nil {
			return fmt.Sprintf("needed without %s", sibling)
		}
		return fmt.Sprintf("needed with %s: %s", sibling, legible(chosen.Value))
	}
	return ""
}

// unknown words keys that nobody knows.
func (d *document) unknown(at path, mapping *yaml.Node, names []string) []fault {
	known := keys(schemaAt(d.root, at), mapping)
	faults := make([]fault, len(names))
	for i, name := range names {
		faults[i] = fault{at: at.at(name), onKey: true, given: "the unknown key " + quote(name),
			allowed: strings.Join(known, ", "), hint: nearest(name, known)}
	}
	return faults
}

// onlyWith words a key that does not go with another's value.
func (d *document) onlyWith(at path) string {
	parent, key := at[:len(at)-1], at[len(at)-1]
	for _, branch := range schemaAt(d.root, parent).AllOf {
		if branch.Else == nil || holds(branch.If, d.value(parent)) {
			continue
		}
		if _, refused := branch.Else.Properties.Get(key); refused {
			sibling := branch.If.Properties.Oldest()
			return fmt.Sprintf("only with %s: %s", sibling.Key, words(sibling.Value.Enum, " or "))
		}
	}
	return "nothing"
}

// mismatch words a value of the wrong kind or size.
func (d *document) mismatch(at path, node *yaml.Node) fault {
	s := schemaAt(d.root, at)
	f := fault{at: at, given: shown(node), allowed: describe(s)}
	if s == nil || node == nil || node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
		return f
	}
	if refuse, known := formats[s.Format]; known {
		if r := refuse(node.Value); r != nil {
			f.given, f.allowed = because(f.given, r.why), r.allowed
		}
	}
	if s.Enum != nil {
		f.hint = nearest(node.Value, texts(s.Enum))
	}
	return f
}

// describe says what a schema allows.
func describe(s *jsonschema.Schema) string {
	if s == nil {
		return "nothing"
	}
	s = resolve(s)
	switch {
	case s.Title != "":
		return s.Title
	case s.Enum != nil:
		return words(s.Enum, ", ")
	case s.Format != "":
		return formats[s.Format]("").allowed
	case s.Type == "integer":
		return "a whole number" + describeRange(s)
	case s.Type == "number":
		return "a number" + describeRange(s)
	case s.Type == "boolean":
		return "true or false"
	case s.Type == "array" && s.MinItems != nil:
		return "a list of at least one item"
	case s.Type == "array":
		return "a list"
	case s.Type == "object":
		return "a mapping with the keys " + strings.Join(keys(s, &yaml.Node{}), ", ")
	case s.MinLength != nil:
		return "text that is not empty"
	}
	return "text"
}

// describeRange reads on from "a number".
func describeRange(s *jsonschema.Schema) string {
	if s.Minimum != "" && s.Maximum != "" {
		return " from " + s.Minimum.String() + " to " + s.Maximum.String()
	}
	var bounds []string
	for _, b := range []struct {
		word  string
		limit json.Number
	}{{"from", s.Minimum}, {"above", s.ExclusiveMinimum}, {"up to", s.Maximum}, {"below", s.ExclusiveMaximum}} {
		if b.limit != "" {
			bounds = append(bounds, b.word+" "+b.limit.String())
		}
	}
	if len(bounds) == 0 {
		return ""
	}
	return " " + strings.Join(bounds, " and ")
}

// texts are the values of an enumeration as a file has them.
func texts(values []any) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = fmt.Sprint(v)
	}
	return list
}

func words(values []any, separator string) string {
	return strings.Join(texts(values), separator)
}
