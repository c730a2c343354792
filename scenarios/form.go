package scenarios

import (
	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v4"
)

// form is a kind of scenario file: the definition of the schema it follows.
type form string

// The forms of scenario files.
const (
	trainingForm   form = "Scenario"
	simulationForm form = "Simulation"
)

// simulationKey is the key whose presence makes a file a simulation.
const simulationKey = "simulation"

// formOf is the form of a file with this root.
func formOf(root *yaml.Node) form {
	if root != nil && root.Kind == yaml.MappingNode && keyIndex(root, simulationKey) >= 0 {
		return simulationForm
	}
	return trainingForm
}

// schema is the form's definition.
func (f form) schema() *jsonschema.Schema { return schema().Definitions[string(f)] }
