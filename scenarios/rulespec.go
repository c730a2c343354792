package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v4"

	"paracrine/learning"
)

// RuleSpec is a learning rule in a scenario file: written as on the command
// line, modprop:weights=cell,mu=0.25, or as a mapping of name and options.
type RuleSpec struct {
	Name    string
	Options map[string]string // values as the command line has them; nil when there are none
}

// String is the rule as the command line has it, options in alphabetical order.
func (r RuleSpec) String() string {
	text := r.Name
	for i, option := range r.options() {
		separator := ","
		if i == 0 {
			separator = ":"
		}
		text += separator + option + "=" + r.Options[option]
	}
	return text
}

func (r RuleSpec) options() []string {
	names := make([]string, 0, len(r.Options))
	for name := range r.Options {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Parse is the rule that the package learning runs.
func (r RuleSpec) Parse() (learning.Rule, error) { return learning.ParseRule(r.String()) }

// UnmarshalYAML reads either form.
func (r *RuleSpec) UnmarshalYAML(node *yaml.Node) error {
	*r = RuleSpec{}
	if node.Kind == yaml.ScalarNode {
		return r.readText(node.Value)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i].Value, optionText(node.Content[i+1])
		if key == "name" {
			r.Name = value
		} else {
			r.set(key, value)
		}
	}
	return nil
}

func (r *RuleSpec) readText(text string) error {
	name, options, found := strings.Cut(text, ":")
	r.Name = name
	if !found {
		return nil
	}
	for _, option := range strings.Split(options, ",") {
		key, value, found := strings.Cut(option, "=")
		if !found {
			return fmt.Errorf("%q is not option=value", option)
		}
		r.set(key, value)
	}
	return nil
}

func (r *RuleSpec) set(option, value string) {
	if r.Options == nil {
		r.Options = map[string]string{}
	}
	r.Options[option] = value
}

// optionText is an option's value as the command line has it: a list [0.2, 0.3]
// is 0.2/0.3.
func optionText(node *yaml.Node) string {
	if node.Kind == yaml.ScalarNode {
		return node.Value
	}
	parts := make([]string, len(node.Content))
	for i, item := range node.Content {
		parts[i] = item.Value
	}
	return strings.Join(parts, "/")
}

// MarshalYAML writes the mapping, or the bare name of a rule without options.
func (r RuleSpec) MarshalYAML() (any, error) {
	if len(r.Options) == 0 {
		return r.Name, nil
	}
	node := &yaml.Node{Kind: yaml.MappingNode}
	add := func(key, value string) {
		node.Content = append(node.Content,
			&yaml.Node{Kind: yaml.ScalarNode, Value: key},
			&yaml.Node{Kind: yaml.ScalarNode, Value: value})
	}
	add("name", r.Name)
	for _, option := range r.options() {
		add(option, r.Options[option])
	}
	return node, nil
}

// JSONSchema allows both forms; of a mapping it knows every rule's options.
func (RuleSpec) JSONSchema() *jsonschema.Schema {
	var names []any
	schema := &jsonschema.Schema{
		Title:      "a rule such as modprop:weights=cell, or a mapping of its name and options",
		Format:     formatRule,
		Required:   []string{"name"},
		Properties: jsonschema.NewProperties(),
		Extras:     map[string]any{"type": []string{"string", "object"}},
	}
	for _, kind := range learning.RuleKinds() {
		names = append(names, kind.Name)
		schema.AllOf = append(schema.AllOf, whenNamed(kind.Name, ruleOptions(kind)))
	}
	schema.Properties.Set("name", &jsonschema.Schema{
		Type: "string", Enum: names, Description: "name of the rule"})
	return schema
}

// ruleOptions is the schema of a rule's mapping.
func ruleOptions(kind learning.RuleKind) *jsonschema.Schema {
	schema := &jsonschema.Schema{
		Description:          kind.Meaning,
		Properties:           jsonschema.NewProperties(),
		AdditionalProperties: jsonschema.FalseSchema,
	}
	schema.Properties.Set("name", &jsonschema.Schema{Const: kind.Name})
	for _, option := range kind.Options {
		property := &jsonschema.Schema{Description: option.Meaning}
		if option.Default != "" {
			property.Description += "; default: " + option.Default
		}
		if values := choices(option); values != nil {
			property.Enum = values
		} else {
			property.Title = strings.ReplaceAll(option.Values, "|", ", ")
			property.Extras = map[string]any{"type": []string{"number", "string", "array"}}
			property.Items = &jsonschema.Schema{Type: "number"}
		}
		schema.Properties.Set(option.Name, property)
	}
	return schema
}

// choices are the values of an option that is one of a few words, as YAML reads
// them; nil if it may be a number.
func choices(option learning.Option) []any {
	var values []any
	for value := range strings.SplitSeq(option.Values, "|") {
		switch {
		case strings.Contains(value, "number") || value == "steps":
			return nil
		case value == "true" || value == "false":
			values = append(values, value == "true")
		default:
			if n, err := strconv.Atoi(value); err == nil {
				values = append(values, n)
			} else {
				values = append(values, value)
			}
		}
	}
	return values
}

// ParseRuleSpec reads a rule written as on the command line. It refuses what
// learning.ParseRule refuses.
func ParseRuleSpec(text string) (RuleSpec, error) {
	var spec RuleSpec
	if err := spec.readText(text); err != nil {
		return spec, &learning.RuleError{Rule: text, Problem: err.Error()}
	}
	_, err := learning.ParseRule(text)
	return spec, err
}
