package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"paracrine/internal/units"
)

// Schema is the JSON Schema (draft 2020-12) of scenario files, indented; the
// same bytes every time. Editors complete and check scenario files with it.
func Schema() []byte { return bytes.Clone(schemaText()) }

// schema is made from the types and the registries of tasks and rules, once.
var schema = sync.OnceValue(func() *jsonschema.Schema {
	root := newReflector().Reflect(Scenario{})
	root.Description = "A Paracrine scenario: an experiment and its expectation."
	addConditions(root, reflect.TypeFor[Scenario]())
	return root
})

var schemaText = sync.OnceValue(func() []byte {
	text, err := json.MarshalIndent(schema(), "", "  ")
	if err != nil {
		panic(fmt.Sprintf("scenarios: the schema cannot be written: %v", err))
	}
	return append(text, '\n')
})

// compiled is the published schema, ready to validate.
var compiled = sync.OnceValue(func() *validator.Schema {
	document, err := validator.UnmarshalJSON(bytes.NewReader(schemaText()))
	if err != nil {
		panic(fmt.Sprintf("scenarios: the schema cannot be read: %v", err))
	}
	compiler := validator.NewCompiler()
	compiler.AssertFormat()
	for name, refuse := range formats {
		compiler.RegisterFormat(&validator.Format{Name: name, Validate: refuse.validate})
	}
	const address = "scenario.schema.json"
	if err := compiler.AddResource(address, document); err != nil {
		panic(fmt.Sprintf("scenarios: the schema cannot be read: %v", err))
	}
	return compiler.MustCompile(address)
})

func newReflector() *jsonschema.Reflector {
	return &jsonschema.Reflector{
		Anonymous:                  true,
		ExpandedStruct:             true,
		RequiredFromJSONSchemaTags: true,
		FieldNameTag:               "yaml",
		Mapper:                     inPlaceSchema,
	}
}

// inPlaceSchema writes the schema of a quantity in place, so that a field's tags
// can add a default and a range to it. Whole numbers get a range, which tags may
// narrow: an int is a count, of at most a thousand million.
func inPlaceSchema(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[units.Time]():
		s := units.Time(0).JSONSchema()
		s.Format = formatNonNegativeTime
		return s
	case reflect.TypeFor[int]():
		return &jsonschema.Schema{Type: "integer", Minimum: "0", Maximum: "1000000000"}
	case reflect.TypeFor[uint64]():
		return &jsonschema.Schema{Type: "integer", Minimum: "0", Maximum: "18446744073709551615"}
	}
	return nil
}

// whenNamed is the branch of a block that its name chooses.
func whenNamed(name string, then *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{If: condition("name", []any{name}, true), Then: then}
}

// condition holds if the key has one of the values or, unless it must be
// there, is absent.
func condition(key string, values []any, required bool) *jsonschema.Schema {
	s := &jsonschema.Schema{Properties: jsonschema.NewProperties()}
	s.Properties.Set(key, &jsonschema.Schema{Enum: values})
	if required {
		s.Required = []string{key}
	}
	return s
}

// addConditions turns the when tags of a struct, and of all it holds, into
// branches of the schema.
func addConditions(root *jsonschema.Schema, t reflect.Type) {
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	s := root
	if t != reflect.TypeFor[Scenario]() {
		s = root.Definitions[t.Name()]
	}
	if t.Kind() != reflect.Struct || s == nil {
		return
	}
	for i := range t.NumField() {
		field := t.Field(i)
		if when, tagged := field.Tag.Lookup("when"); tagged {
			addCondition(s, keyOf(field), when)
		}
		addConditions(root, field.Type)
	}
}

func keyOf(field reflect.StructField) string {
	key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
	return key
}

// addCondition allows a key only when its sibling has certain values.
func addCondition(s *jsonschema.Schema, key, when string) {
	sibling, list, _ := strings.Cut(when, "=")
	var values []any
	for value := range strings.SplitSeq(list, "|") {
		values = append(values, value)
	}
	chosen, _ := s.Properties.Get(sibling)
	branch := branchOf(s, condition(sibling, values, !slices.Contains(values, chosen.Default)))
	branch.Else.Properties.Set(key, jsonschema.FalseSchema)
	if property, _ := s.Properties.Get(key); property.Default == nil {
		if branch.Then == nil {
			branch.Then = &jsonschema.Schema{}
		}
		branch.Then.Required = append(branch.Then.Required, key)
	}
}

// branchOf is the branch with a condition; keys with the same one share it.
func branchOf(s, condition *jsonschema.Schema) *jsonschema.Schema {
	for _, branch := range s.AllOf {
		if reflect.DeepEqual(branch.If, condition) {
			return branch
		}
	}
	branch := &jsonschema.Schema{
		If:   condition,
		Else: &jsonschema.Schema{Properties: jsonschema.NewProperties()},
	}
	s.AllOf = append(s.AllOf, branch)
	return branch
}

// resolve follows a reference within the schema.
func resolve(s *jsonschema.Schema) *jsonschema.Schema {
	if name, found := strings.CutPrefix(s.Ref, "#/$defs/"); found {
		return schema().Definitions[name]
	}
	return s
}

// parts are the schemas that apply to a mapping: its own, and the branches that
// its values choose.
func parts(s *jsonschema.Schema, node *yaml.Node) []*jsonschema.Schema {
	s = resolve(s)
	all := []*jsonschema.Schema{s}
	for _, branch := range s.AllOf {
		chosen := branch.Else
		if holds(branch.If, node) {
			chosen = branch.Then
		}
		if chosen != nil {
			all = append(all, chosen)
		}
	}
	return all
}

// holds evaluates a condition as the validator does.
func holds(condition *jsonschema.Schema, node *yaml.Node) bool {
	pair := condition.Properties.Oldest()
	value := child(node, pair.Key)
	if value == nil {
		return len(condition.Required) == 0
	}
	return slices.Contains(pair.Value.Enum, any(value.Value))
}

// property is the schema of a key of a mapping; nil if the key is unknown there
// or does not go with the others.
func property(s *jsonschema.Schema, node *yaml.Node, key string) *jsonschema.Schema {
	var found *jsonschema.Schema
	for _, part := range parts(s, node) {
		if part.Properties == nil {
			continue
		}
		if p, ok := part.Properties.Get(key); ok {
			if p == jsonschema.FalseSchema {
				return nil
			}
			if found == nil {
				found = p
			}
		}
	}
	return found
}

// keys are the keys a mapping may have, in the order of the documentation.
func keys(s *jsonschema.Schema, node *yaml.Node) []string {
	var names []string
	for _, part := range parts(s, node) {
		if part.Properties == nil {
			continue
		}
		for pair := part.Properties.Oldest(); pair != nil; pair = pair.Next() {
			if property(s, node, pair.Key) != nil && !slices.Contains(names, pair.Key) {
				names = append(names, pair.Key)
			}
		}
	}
	return names
}

// schemaAt is the schema of what stands at a path; nil if nothing may.
func schemaAt(root *yaml.Node, at path) *jsonschema.Schema {
	s, node := schema(), root
	for _, step := range at {
		if node != nil && node.Kind == yaml.SequenceNode {
			s = resolve(s).Items
		} else {
			s = property(s, node, step)
		}
		if s == nil {
			return nil
		}
		node = child(node, step)
	}
	return resolve(s)
}
