package scenarios

import (
	"errors"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v4"

	"paracrine/internal/units"
)

// UnmarshalYAML reads a name or a list of names.
func (c *CellTypes) UnmarshalYAML(node *yaml.Node) error {
	*c = nil
	if node.Kind == yaml.ScalarNode {
		*c = CellTypes{node.Value}
		return nil
	}
	for _, item := range node.Content {
		*c = append(*c, item.Value)
	}
	return nil
}

// MarshalYAML writes one name as such.
func (c CellTypes) MarshalYAML() (any, error) {
	if len(c) == 1 {
		return c[0], nil
	}
	return []string(c), nil
}

// JSONSchema allows both forms.
func (CellTypes) JSONSchema() *jsonschema.Schema {
	one := uint64(1)
	return &jsonschema.Schema{Title: "a name, a list of names, or cells", MinItems: &one, MinLength: &one,
		Items:  &jsonschema.Schema{Type: "string", MinLength: &one},
		Extras: map[string]any{"type": []string{"string", "array"}}}
}

// UnmarshalYAML reads a number or a list of numbers.
func (c *CellChoice) UnmarshalYAML(node *yaml.Node) error {
	*c = CellChoice{}
	if node.Kind == yaml.ScalarNode {
		return node.Decode(&c.First)
	}
	return node.Decode(&c.List)
}

// MarshalYAML writes what UnmarshalYAML reads.
func (c CellChoice) MarshalYAML() (any, error) {
	if c.List != nil {
		return c.List, nil
	}
	return c.First, nil
}

// Of are the numbers of the chosen cells of a type with so many.
func (c *CellChoice) Of(count int) []int {
	if c != nil && c.List != nil {
		return c.List
	}
	n := count
	if c != nil {
		n = min(c.First, count)
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// JSONSchema allows both forms.
func (CellChoice) JSONSchema() *jsonschema.Schema {
	one := uint64(1)
	return &jsonschema.Schema{Title: "a whole number above 0, or a list of cell numbers from 0", Minimum: "1", Maximum: "1000000000", MinItems: &one,
		Items:  &jsonschema.Schema{Type: "integer", Minimum: "0", Maximum: "1000000000"},
		Extras: map[string]any{"type": []string{"integer", "array"}}}
}

// UnmarshalYAML reads a list of times, a list of one list per cell, or a file.
func (t *SpikeTimes) UnmarshalYAML(node *yaml.Node) error {
	*t = SpikeTimes{}
	if node.Kind == yaml.MappingNode {
		t.File = child(node, "file").Value
		return nil
	}
	lists := 0
	for _, item := range node.Content {
		if item.Kind == yaml.SequenceNode {
			lists++
		}
	}
	switch lists {
	case 0:
		return node.Decode(&t.All)
	case len(node.Content):
		return node.Decode(&t.Each)
	}
	return errors.New("times and lists of times are mixed")
}

// MarshalYAML writes what UnmarshalYAML reads.
func (t SpikeTimes) MarshalYAML() (any, error) {
	switch {
	case t.File != "":
		return map[string]string{"file": t.File}, nil
	case t.Each != nil:
		return t.Each, nil
	}
	return t.All, nil
}

// JSONSchema allows all forms.
func (SpikeTimes) JSONSchema() *jsonschema.Schema {
	one := uint64(1)
	time := func() *jsonschema.Schema {
		s := units.Time(0).JSONSchema()
		s.Format = formatNonNegativeTime
		return s
	}
	item := time()
	item.Type, item.Items = "", time()
	item.Title = "a time such as 20 ms, or a list of times for each cell"
	item.Extras = map[string]any{"type": []string{"string", "array"}}
	s := &jsonschema.Schema{Title: "a list of times, a list of one list of times for each cell, or a mapping with a file",
		Items: item, Required: []string{"file"}, Properties: jsonschema.NewProperties(),
		AdditionalProperties: jsonschema.FalseSchema,
		Extras:               map[string]any{"type": []string{"array", "object"}}}
	s.Properties.Set("file", &jsonschema.Schema{Type: "string", MinLength: &one,
		Description: "CSV file beside the scenario with the columns cell and time_ms: a line a spike"})
	return s
}
