package scenarios

import (
	"encoding/json"
	"math"

	"go.yaml.in/yaml/v4"
)

// plainValue is the tree as the validator wants it: maps, slices, numbers,
// texts, booleans.
func plainValue(node *yaml.Node) any {
	switch node.Kind {
	case yaml.MappingNode:
		values := make(map[string]any, len(node.Content)/2)
		for i := 0; i+1 < len(node.Content); i += 2 {
			values[node.Content[i].Value] = plainValue(node.Content[i+1])
		}
		return values
	case yaml.SequenceNode:
		values := make([]any, len(node.Content))
		for i, item := range node.Content {
			values[i] = plainValue(item)
		}
		return values
	}
	return plainScalar(node)
}

func plainScalar(node *yaml.Node) any {
	if node.Tag == "!!str" || node.Tag == "!!timestamp" {
		return node.Value
	}
	var value any
	if err := node.Decode(&value); err != nil {
		return node.Value
	}
	return value
}

// scalar is a node of a default value from the schema.
func scalar(value any) (*yaml.Node, error) {
	node := &yaml.Node{}
	if number, ok := value.(json.Number); ok {
		x, err := number.Float64()
		if err != nil {
			return nil, err
		}
		value = x
		if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
			value = int64(x)
		}
	}
	err := node.Encode(value)
	return node, err
}
