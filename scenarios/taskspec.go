package scenarios

import (
	"fmt"
	"slices"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v4"
)

// UnmarshalYAML reads the parameters onto the task's defaults.
func (t *TaskSpec) UnmarshalYAML(node *yaml.Node) error {
	parameters := &yaml.Node{Kind: yaml.MappingNode, Line: node.Line, Column: node.Column}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == "name" {
			t.Name = node.Content[i+1].Value
			continue
		}
		parameters.Content = append(parameters.Content, node.Content[i:i+2]...)
	}
	kind, known := taskKinds[t.Name]
	if !known {
		return fmt.Errorf("unknown task %q", t.Name)
	}
	t.Task = kind.Defaults()
	return parameters.Load(t.Task, yaml.WithKnownFields())
}

// MarshalYAML writes the name, then every parameter.
func (t TaskSpec) MarshalYAML() (any, error) {
	node := &yaml.Node{}
	if err := node.Encode(t.Task); err != nil {
		return nil, err
	}
	name := []*yaml.Node{
		{Kind: yaml.ScalarNode, Value: "name"},
		{Kind: yaml.ScalarNode, Value: t.Name},
	}
	node.Content = slices.Concat(name, node.Content)
	return node, nil
}

// JSONSchema is made from the registered tasks: their parameters and defaults.
func (TaskSpec) JSONSchema() *jsonschema.Schema {
	var names []any
	schema := &jsonschema.Schema{
		Title:      "a mapping of a task's name and parameters",
		Type:       "object",
		Required:   []string{"name"},
		Properties: jsonschema.NewProperties(),
	}
	for _, name := range Tasks() {
		names = append(names, name)
		schema.AllOf = append(schema.AllOf, whenNamed(name, taskParameters(taskKinds[name])))
	}
	schema.Properties.Set("name", &jsonschema.Schema{
		Type: "string", Enum: names, Description: "name of the task"})
	return schema
}

// taskParameters is the schema of a task's mapping, with its defaults.
func taskParameters(kind TaskKind) *jsonschema.Schema {
	defaults := kind.Defaults()
	reflected := newReflector()
	reflected.DoNotReference = true
	parameters := reflected.Reflect(defaults)
	schema := &jsonschema.Schema{
		Description:          kind.Doc,
		Required:             parameters.Required,
		Properties:           jsonschema.NewProperties(),
		AdditionalProperties: jsonschema.FalseSchema,
	}
	schema.Properties.Set("name", &jsonschema.Schema{Const: kind.Name})
	values := map[string]any{}
	node := &yaml.Node{}
	if err := node.Encode(defaults); err != nil {
		panic(fmt.Sprintf("scenarios: task %q has parameters that cannot be written: %v", kind.Name, err))
	}
	if err := node.Decode(&values); err != nil {
		panic(fmt.Sprintf("scenarios: task %q has parameters that cannot be read: %v", kind.Name, err))
	}
	for pair := parameters.Properties.Oldest(); pair != nil; pair = pair.Next() {
		pair.Value.Default = values[pair.Key]
		schema.Properties.Set(pair.Key, pair.Value)
	}
	return schema
}
