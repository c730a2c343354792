package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v4"

	"paracrine/internal/units"
)

// versionKey is the parameter of tasks with versions that chooses one.
const versionKey = "version"

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
	version := ""
	if v := child(parameters, versionKey); v != nil {
		version = v.Value
	}
	t.Task = kind.version(version)()
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
	values := taskValues(kind.Name, defaults)
	finishTask(parameters, defaults)
	for pair := parameters.Properties.Oldest(); pair != nil; pair = pair.Next() {
		pair.Value.Default = values[pair.Key]
		schema.Properties.Set(pair.Key, pair.Value)
	}
	addVersions(schema, kind)
	return schema
}

// taskValues are a task's parameters as a file has them.
func taskValues(name string, task Task) map[string]any {
	values := map[string]any{}
	node := &yaml.Node{}
	if err := node.Encode(task); err != nil {
		panic(fmt.Sprintf("scenarios: task %q has parameters that cannot be written: %v", name, err))
	}
	if err := node.Decode(&values); err != nil {
		panic(fmt.Sprintf("scenarios: task %q has parameters that cannot be read: %v", name, err))
	}
	return values
}

// finishTask completes the schemas of parameters that are quantities.
func finishTask(parameters *jsonschema.Schema, task Task) {
	fields := reflect.TypeOf(task).Elem()
	for i := range fields.NumField() {
		if field := fields.Field(i); field.Type == reflect.TypeFor[units.Quantity]() {
			p, _ := parameters.Properties.Get(keyOf(field))
			finishQuantity(p)
		}
	}
}

// addVersions lists a task's versions in its schema. A parameter in which they
// differ has no default there: its description says what each version's is.
func addVersions(s *jsonschema.Schema, kind TaskKind) {
	values := make([]map[string]any, len(kind.Versions))
	for i, v := range kind.Versions {
		values[i] = taskValues(kind.Name, v.Defaults())
		version, _ := s.Properties.Get(versionKey)
		version.Enum = append(version.Enum, v.Name)
	}
	for pair := s.Properties.Oldest(); pair != nil; pair = pair.Next() {
		differ := func(v map[string]any) bool { return !reflect.DeepEqual(v[pair.Key], pair.Value.Default) }
		if pair.Key == versionKey || !slices.ContainsFunc(values, differ) {
			continue
		}
		each := make([]string, len(kind.Versions))
		for i, v := range kind.Versions {
			each[i] = fmt.Sprintf("%v in %s", shownDefault(values[i][pair.Key]), v.Name)
		}
		pair.Value.Default = nil
		pair.Value.Description += "; default: " + strings.Join(each, ", ")
	}
}

// shownDefault is a default in a sentence.
func shownDefault(value any) string {
	if list, isList := value.([]any); isList {
		return "[" + words(list, ", ") + "]"
	}
	return fmt.Sprint(value)
}
