package scenarios

import (
	"fmt"
	"slices"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v4"
)

// YAML is the scenario as a file with every default written out. Parsing it
// gives an equal scenario.
func (s *Scenario) YAML() []byte { return resolved(s, trainingForm) }

// YAML is the simulation as a file with every default written out. Parsing it
// gives an equal simulation.
func (s *Simulation) YAML() []byte { return resolved(s, simulationForm) }

// resolved writes a document without the keys that have no meaning in it.
func resolved(s any, f form) []byte {
	node := &yaml.Node{}
	if err := node.Encode(s); err != nil {
		panic(fmt.Sprintf("scenarios: a scenario cannot be written: %v", err))
	}
	prune(node, f.schema())
	text, err := yaml.Dump(node, yaml.WithV4Defaults(), yaml.WithLineWidth(-1), yaml.WithCompactSeqIndent(false))
	if err != nil {
		panic(fmt.Sprintf("scenarios: a scenario cannot be written: %v", err))
	}
	return text
}

// prune removes the keys that do not go with the others: a step schedule's
// factor from a constant one.
func prune(node *yaml.Node, s *jsonschema.Schema) {
	switch node.Kind {
	case yaml.SequenceNode:
		for _, item := range node.Content {
			prune(item, resolve(s).Items)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); {
			p := property(s, node, node.Content[i].Value)
			if p == nil {
				node.Content = slices.Delete(node.Content, i, i+2)
				continue
			}
			prune(node.Content[i+1], p)
			i += 2
		}
	}
}
