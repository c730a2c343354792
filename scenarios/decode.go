package scenarios

import (
	"errors"
	"fmt"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v4"
)

// Document is a scenario of either form: a [*Scenario], which trains, or a
// [*Simulation].
type Document interface {
	// About says what it is.
	About() About
	// YAML is a file with every default written out. Parsing it gives an equal
	// document.
	YAML() []byte
}

// About is what all scenarios say of themselves.
type About struct {
	Name, Title, Description, Source string
	Seed                             uint64
}

// About says what the scenario is.
func (s *Scenario) About() About { return About{s.Name, s.Title, s.Description, s.Source, s.Seed} }

// About says what the simulation is.
func (s *Simulation) About() About { return About{s.Name, s.Title, s.Description, s.Source, s.Seed} }

// Parse reads a scenario that trains from the contents of a file, after
// overriding values as --set path=value does. The file's name appears in errors.
// What is wrong with the contents or the overrides is returned as [FileErrors],
// all at once as far as one mistake does not hide another.
func Parse(file string, data []byte, sets []string) (*Scenario, error) {
	d, err := parseDocument(file, data)
	if err != nil {
		return nil, err
	}
	if err := d.override(sets); err != nil {
		return nil, err
	}
	return d.scenario()
}

// ParseAny reads a scenario of either form, as [Parse] does.
func ParseAny(file string, data []byte, sets []string) (Document, error) {
	return parseAny(file, data, sets, beside(file))
}

// parseAny reads a scenario whose other files are looked for in a folder.
func parseAny(file string, data []byte, sets []string, folder folder) (Document, error) {
	d, err := parseDocument(file, data)
	if err != nil {
		return nil, err
	}
	if err := d.override(sets); err != nil {
		return nil, err
	}
	// A nil pointer in an interface would not be nil.
	if formOf(d.root) == simulationForm {
		s, err := d.simulation(folder)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	s, err := d.scenario()
	if err != nil {
		return nil, err
	}
	return s, nil
}

// override sets values as --set path=value does, in order.
func (d *document) override(sets []string) error {
	for _, option := range sets {
		if err := d.set(option); err != nil {
			return err
		}
	}
	return nil
}

// decode validates the tree, adds defaults and reads it into a document.
func (d *document) decode(into any) error {
	if err := d.report(d.validate()); err != nil {
		return err
	}
	if err := fill(d.root, formOf(d.root).schema()); err != nil {
		return fmt.Errorf("%s: %w", d.file, err)
	}
	if err := d.root.Load(into, yaml.WithKnownFields()); err != nil {
		return d.undecoded(err)
	}
	return nil
}

// scenario reads the tree as a scenario that trains.
func (d *document) scenario() (*Scenario, error) {
	if formOf(d.root) == simulationForm {
		return nil, d.refuseSimulation()
	}
	s := &Scenario{origin: d}
	if err := d.decode(s); err != nil {
		return nil, err
	}
	s.applyConventions()
	s.dropEmptyLists()
	if err := d.report(s.check()); err != nil {
		return nil, err
	}
	return s, nil
}

// refuseSimulation says that a simulation was given where something trains.
func (d *document) refuseSimulation() error {
	return d.report([]fault{{at: path{simulationKey}, onKey: true, given: "a simulation, which has nothing to learn",
		allowed: "a scenario that trains; paracrine run takes both"}})
}

// simulation reads the tree as a simulation.
func (d *document) simulation(from folder) (*Simulation, error) {
	s := &Simulation{origin: d}
	if err := d.decode(s); err != nil {
		return nil, err
	}
	s.dropEmpty()
	s.locate(from)
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

// dropEmptyLists makes an empty list equal to none: --set expect=[] drops what
// a file expects.
func (s *Scenario) dropEmptyLists() {
	if len(s.Modulators) == 0 {
		s.Modulators = nil
	}
	for i := range s.Modulators {
		if m := &s.Modulators[i]; len(m.Receptors) == 0 {
			m.Receptors = nil
		}
	}
	if len(s.Expect) == 0 {
		s.Expect = nil
	}
	if len(s.Learning.Alignment.Rules) == 0 {
		s.Learning.Alignment.Rules = nil
	}
}

// dropEmpty makes empty lists and mappings equal to none.
func (s *Simulation) dropEmpty() {
	n := &s.Network
	if len(n.Inputs) == 0 {
		n.Inputs = nil
	}
	if len(n.Projections) == 0 {
		n.Projections = nil
	}
	if len(s.Modulators) == 0 {
		s.Modulators = nil
	}
	if len(s.Record) == 0 {
		s.Record = nil
	}
	if len(s.Expect) == 0 {
		s.Expect = nil
	}
	for i := range n.Cells {
		if len(n.Cells[i].Initial) == 0 {
			n.Cells[i].Initial = nil
		}
		if len(n.Cells[i].Parameters) == 0 {
			n.Cells[i].Parameters = nil
		}
	}
}
