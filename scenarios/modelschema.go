package scenarios

import (
	"github.com/invopop/jsonschema"

	"paracrine/internal/units"
	"paracrine/neuron"
)

// sourceModel is the model whose cells fire at the times a scenario lists.
const sourceModel = "spikes"

// addModels completes the definition of a cell type with what the package
// neuron declares: for every model a branch with its parameters and variables.
func addModels(definitions jsonschema.Definitions) {
	group := definitions["CellGroup"]
	parameters, _ := group.Properties.Get("parameters")
	initial, _ := group.Properties.Get("initial")
	times, _ := group.Properties.Get("times")
	for _, key := range []string{"parameters", "initial", "times"} {
		group.Properties.Delete(key)
	}
	group.AdditionalProperties = nil
	model, _ := group.Properties.Get("model")
	for _, m := range neuron.Models() {
		if m.Grid == nil && m.Exact == nil { // a rate cell, of scenarios that train
			continue
		}
		model.Enum = append(model.Enum, m.Name)
		branch := &jsonschema.Schema{Description: m.Meaning, Properties: jsonschema.NewProperties(),
			AdditionalProperties: jsonschema.FalseSchema}
		for pair := group.Properties.Oldest(); pair != nil; pair = pair.Next() {
			branch.Properties.Set(pair.Key, jsonschema.TrueSchema)
		}
		if m.Name == sourceModel {
			branch.Properties.Set("times", times)
			branch.Required = []string{"times"}
		}
		branch.Properties.Set("parameters", mappingOf(parameters.Description, parameterSchemas(definitions, m)))
		if len(m.Variables) > 0 {
			branch.Properties.Set("initial", mappingOf(initial.Description, variableSchemas(definitions, m)))
		}
		group.AllOf = append(group.AllOf, &jsonschema.Schema{If: condition("model", []any{m.Name}, true), Then: branch})
	}
}

// named is a schema with its key.
type named struct {
	key    string
	schema *jsonschema.Schema
}

// mappingOf is the schema of a mapping with certain keys.
func mappingOf(description string, keys []named) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "object", Description: description, Properties: jsonschema.NewProperties(),
		AdditionalProperties: jsonschema.FalseSchema}
	for _, k := range keys {
		s.Properties.Set(k.key, k.schema)
	}
	return s
}

func parameterSchemas(definitions jsonschema.Definitions, m neuron.Model) []named {
	var keys []named
	for _, p := range m.Parameters {
		mustKnow(m.Name, p.Name, p.Unit)
		s := valueReference(definitions, p.Unit, p.Range, false)
		s.Description = symbolised(p.Meaning, p.Symbol)
		s.Default = p.Default
		if p.Unit != "" {
			s.Default = units.Quantity{Value: p.Default, Unit: p.Unit}.String()
		}
		keys = append(keys, named{p.Name, s})
	}
	return keys
}

func variableSchemas(definitions jsonschema.Definitions, m neuron.Model) []named {
	var keys []named
	for _, v := range m.Variables {
		mustKnow(m.Name, v.Name, v.Unit)
		s := valueReference(definitions, v.Unit, neuron.Anything, false)
		s.Description = symbolised(v.Meaning, v.Symbol)
		keys = append(keys, named{v.Name, s})
	}
	return keys
}

func symbolised(meaning, symbol string) string {
	if symbol == "" {
		return meaning
	}
	return meaning + " " + symbol
}
