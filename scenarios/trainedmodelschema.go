package scenarios

import "github.com/invopop/jsonschema"

// trainedModels are the cell models of scenarios that train, each with the
// declaration of its parameters.
var trainedModels = []struct {
	name, meaning string
	parameters    any
}{
	{"relu", "leaky rate cell, v ← η v + c_v · input, z = max(v − threshold, 0)", rateParameters{}},
	{"lif", "leaky integrate-and-fire cell, v ← η v + c_v · input − threshold · z, z = 1 where v is above threshold", SpikingParameters{}},
	{"alif", "integrate-and-fire cell as lif, whose spikes raise its threshold by beta · a, a ← ρ a + c_a · z", Parameters{}},
}

// addTrainedModels completes the definition of a cell type that trains: for
// every model a branch with its parameters.
func addTrainedModels(definitions jsonschema.Definitions) {
	cell := definitions["CellType"]
	parameters, _ := cell.Properties.Get("parameters")
	cell.Properties.Delete("parameters")
	cell.AdditionalProperties = nil
	for _, m := range trainedModels {
		reflector := newReflector()
		reflector.DoNotReference = true
		declared := reflector.Reflect(m.parameters)
		declared.Version, declared.Description = "", parameters.Description
		branch := &jsonschema.Schema{Description: m.meaning, Properties: jsonschema.NewProperties(),
			AdditionalProperties: jsonschema.FalseSchema}
		for pair := cell.Properties.Oldest(); pair != nil; pair = pair.Next() {
			branch.Properties.Set(pair.Key, jsonschema.TrueSchema)
		}
		branch.Properties.Set("parameters", declared)
		cell.AllOf = append(cell.AllOf, &jsonschema.Schema{If: condition("model", []any{m.name}, true), Then: branch})
	}
}
