package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
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

// schema is made from the types and the registries of tasks, rules and cell
// models, once. Its definitions hold that of each form of file.
var schema = sync.OnceValue(func() *jsonschema.Schema {
	root := &jsonschema.Schema{
		Version:     jsonschema.Version,
		Description: "A Paracrine scenario: an experiment or, with the key simulation, a simulation, and its expectation.",
		If:          &jsonschema.Schema{Required: []string{simulationKey}},
		Then:        &jsonschema.Schema{Ref: definitionPrefix + string(simulationForm)},
		Else:        &jsonschema.Schema{Ref: definitionPrefix + string(trainingForm)},
		Definitions: jsonschema.Definitions{},
	}
	for _, form := range []reflect.Type{reflect.TypeFor[Scenario](), reflect.TypeFor[Simulation]()} {
		reflector := newReflector()
		reflector.ExpandedStruct = false
		maps.Copy(root.Definitions, reflector.ReflectFromType(form).Definitions)
		finish(root.Definitions, form)
	}
	addModels(root.Definitions)
	addTrainedModels(root.Definitions)
	return root
})

// definitionPrefix begins a reference to a definition.
const definitionPrefix = "#/$defs/"

var schemaText = sync.OnceValue(func() []byte {
	text, err := json.MarshalIndent(schema(), "", "  ")
	if err != nil {
		panic(fmt.Sprintf("scenarios: the schema cannot be written: %v", err))
	}
	return append(text, '\n')
})

// compiled is the published schema's definition of each form, ready to validate.
var compiled = sync.OnceValue(func() map[form]*validator.Schema {
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
	forms := map[form]*validator.Schema{}
	for _, f := range []form{trainingForm, simulationForm} {
		forms[f] = compiler.MustCompile(address + definitionPrefix + string(f))
	}
	return forms
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
// can add a default and a format to it; [finish] then adds what follows from the
// format. Whole numbers get a range, which tags may
// narrow: an int is a count, of at most a thousand million.
func inPlaceSchema(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[units.Time]():
		s := units.Time(0).JSONSchema()
		s.Format = formatNonNegativeTime
		return s
	case reflect.TypeFor[units.Quantity](), reflect.TypeFor[Value]():
		return &jsonschema.Schema{Type: "string"}
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

// finish adds to the definitions of a struct, and of all it holds, what their
// fields' when tags and quantities ask for.
func finish(definitions jsonschema.Definitions, t reflect.Type) {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	s := definitions[t.Name()]
	if t.Kind() != reflect.Struct || s == nil || s.Properties == nil {
		return
	}
	addFieldConditions(s, t)
	for i := range t.NumField() {
		field := t.Field(i)
		p, _ := s.Properties.Get(keyOf(field))
		switch field.Type {
		case reflect.TypeFor[units.Quantity]():
			finishQuantity(p)
		case reflect.TypeFor[[]units.Quantity]():
			finishQuantity(p.Items)
		case reflect.TypeFor[Value]():
			f, known := quantityFormats[p.Format]
			reference := valueReference(definitions, f.base, f.within, !known)
			p.Ref, p.Type, p.Format = reference.Ref, "", ""
		default:
			finish(definitions, field.Type)
		}
	}
}

// finishQuantity completes the schema of a quantity that its tags began.
func finishQuantity(p *jsonschema.Schema) {
	f, known := quantityFormats[p.Format]
	setQuantity(p, f.base, f.within, !known)
}

// addFieldConditions turns the when tags of a struct into branches.
func addFieldConditions(s *jsonschema.Schema, t reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		if when, tagged := field.Tag.Lookup("when"); tagged {
			addCondition(s, keyOf(field), when)
		}
	}
}

func keyOf(field reflect.StructField) string {
	key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
	return key
}

// addCondition allows a key only when its sibling has certain values, and asks
// for it then unless it has a default or is optional.
func addCondition(s *jsonschema.Schema, key, when string) {
	when, optional := strings.CutSuffix(when, ",optional")
	sibling, list, _ := strings.Cut(when, "=")
	var values []any
	for value := range strings.SplitSeq(list, "|") {
		values = append(values, value)
	}
	chosen, _ := s.Properties.Get(sibling)
	branch := branchOf(s, condition(sibling, values, !slices.Contains(values, chosen.Default)))
	branch.Else.Properties.Set(key, jsonschema.FalseSchema)
	if property, _ := s.Properties.Get(key); property.Default == nil && !optional {
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

// resolve follows a reference within the schema; a default beside it holds.
func resolve(s *jsonschema.Schema) *jsonschema.Schema {
	name, found := strings.CutPrefix(s.Ref, definitionPrefix)
	if !found {
		return s
	}
	target := schema().Definitions[name]
	if s.Default == nil {
		return target
	}
	with := *target
	with.Default = s.Default
	return &with
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
	s, node := formOf(root).schema(), root
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
