package scenarios

import (
	"errors"
	"fmt"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v4"
)

// Parse reads a scenario from the contents of a file, after overriding values
// as --set path=value does. The file's name appears in errors. What is wrong
// with the contents or the overrides is returned as [FileErrors], all at once
// as far as one mistake does not hide another.
func Parse(file string, data []byte, sets []string) (*Scenario, error) {
	d, err := parseDocument(file, data)
	if err != nil {
		return nil, err
	}
	for _, option := range sets {
		if err := d.set(option); err != nil {
			return nil, err
		}
	}
	if err := d.report(d.validate()); err != nil {
		return nil, err
	}
	if err := fill(d.root, schema()); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	s := &Scenario{origin: d}
	if err := d.root.Load(s, yaml.WithKnownFields()); err != nil {
		return nil, d.undecoded(err)
	}
	s.applyConventions()
	s.dropEmptyLists()
	if err := d.report(s.check()); err != nil {
		return nil, err
	}
	return s, nil
}

// fill adds the defaults of the schema to the tree.
func fill(node *yaml.Node, s *jsonschema.Schema) error {
	switch node.Kind {
	case yaml.SequenceNode:
		for _, item := range node.Content {
			if err := fill(item, resolve(s).Items); err != nil {
				return err
			}
		}
	case yaml.MappingNode:
		for _, key := range keys(s, node) {
			if err := fillKey(node, key, resolve(property(s, node, key))); err != nil {
				return err
			}
		}
	}
	return nil
}

// fillKey adds a key that has a default, or a block that may be left out
// because all its keys have one.
func fillKey(node *yaml.Node, key string, s *jsonschema.Schema) error {
	value := child(node, key)
	if value == nil {
		switch {
		case s.Default != nil:
			var err error
			if value, err = scalar(s.Default); err != nil {
				return err
			}
		case s.Type == "object" && len(s.Required) == 0:
			value = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		default:
			return nil
		}
		node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, value)
	}
	return fill(value, s)
}

// undecoded words what the schema let through and Go's types do not hold.
func (d *document) undecoded(err error) error {
	var wrong *yaml.LoadErrors
	if !errors.As(err, &wrong) {
		return fmt.Errorf("%s: %w", d.file, err)
	}
	list := make(FileErrors, len(wrong.Errors))
	for i, e := range wrong.Errors {
		list[i] = &FileError{File: d.file, Line: max(e.Mark.Line, 1), Column: max(e.Mark.Column, 1),
			Given: "a value that cannot be read (" + e.Message + ")", Allowed: "what `paracrine schema` describes"}
	}
	return list
}

// applyConventions gives the scales that were left open the preset's values.
// Of the presets, liu2022 is the one for rate cells: c_v = 1 − η, c_out = 1 − κ.
func (s *Scenario) applyConventions() {
	const preset = "one-minus-decay"
	if s.Network.InputScale == "" {
		s.Network.InputScale = preset
	}
	if s.Network.Readout.Scale == "" {
		s.Network.Readout.Scale = preset
	}
}

// dropEmptyLists makes an empty list equal to none: --set expect=[] drops what
// a file expects.
func (s *Scenario) dropEmptyLists() {
	if len(s.Expect) == 0 {
		s.Expect = nil
	}
	if len(s.Learning.Alignment.Rules) == 0 {
		s.Learning.Alignment.Rules = nil
	}
}
