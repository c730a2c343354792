package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"paracrine/learning"
	"paracrine/modulator"
)

// typeNames are those of the cells, type by type.
func (n *Network) typeNames() []string {
	var names []string
	for _, cell := range n.Cells {
		names = append(names, cell.Name)
	}
	return names
}

// among are those of some cell types that the names stand for.
func (c CellTypes) among(types []string) []string {
	if slices.Contains(c, allCells) {
		return types
	}
	return c
}

// ofType is the modulator that cells of a type release.
func (s *Scenario) ofType(name string) CreditModulator {
	for _, m := range s.Modulators {
		for _, r := range m.Release {
			if slices.Contains(r.From.among([]string{name}), name) {
				return m
			}
		}
	}
	return s.Modulators[0] // refused elsewhere
}

// chemistry is what the modulators say of the substances that carry credit: of one
// modulator for all, of several type by type.
func (s *Scenario) chemistry() learning.Chemistry {
	all := s.Modulators
	if len(all) > 1 {
		all = nil
		for _, name := range s.Network.typeNames() {
			all = append(all, s.ofType(name))
		}
	}
	var c learning.Chemistry
	for _, m := range all {
		c.Carrier = m.Release[0].Carrier
		c.Clearance = append(c.Clearance, float64(m.Clearance))
		c.Diffusion = append(c.Diffusion, m.Diffusion.Value)
		for _, r := range m.Receptors {
			c.Decay, c.Rise = append(c.Decay, float64(r.Decay)), append(c.Rise, float64(r.Rise))
		}
	}
	return c
}

// ruleOf is a rule with what the modulators say of its substances.
func (s *Scenario) ruleOf(spec RuleSpec) (learning.Rule, error) {
	rule, err := spec.Parse()
	if err != nil {
		return rule, err
	}
	return rule.In(s.chemistry(), len(s.Network.Cells))
}

// field is the lattice of the modulators; nil where they have none.
func (s *Scenario) field() *modulator.Space {
	if len(s.Modulators) == 0 {
		return nil
	}
	return s.Modulators[0].Field.space()
}

// setModulators gives the network those of the scenario.
func (s *Scenario) setModulators(net *learning.Network) error {
	net.Chemistry, net.Field = s.chemistry(), s.field()
	if net.Field == nil {
		return nil
	}
	for p := range net.Cells.Size() {
		site, err := net.Field.Site(s.Network.position(net.Torus.SiteOf(p)))
		if err != nil {
			return fmt.Errorf("cell %d: %w", p, err)
		}
		net.FieldSite = append(net.FieldSite, site)
	}
	return nil
}

// position is where a site of the torus is, in µm; the middle of the sheet is at the
// origin, columns along x and rows along y.
func (n *Network) position(site int) (p [3]float64) {
	for axis, at := range [2][2]int{{site % n.Torus.Columns, n.Torus.Columns}, {site / n.Torus.Columns, n.Torus.Rows}} {
		p[axis] = float64(n.Torus.Spacing.Value*float64(at[0])) - float64(n.Torus.Spacing.Value*float64(at[1]-1))/2
	}
	return p
}

// checkModulators refuses modulators that do not fit together, the cells or where
// these are.
func (s *Scenario) checkModulators(c *checker) {
	if len(s.Modulators) == 0 {
		return
	}
	seen, from := map[string]int{}, map[string]string{}
	for i, m := range s.Modulators {
		at := path{"modulators"}.item(i)
		if first, twice := seen[m.Name]; twice {
			c.refuse(at.at("name"), because(quote(m.Name), fmt.Sprintf("which modulators.%d has", first)), "a name of its own")
		}
		seen[m.Name] = i
		for k, r := range m.Release {
			s.checkRelease(c, at.at("release").item(k), m.Name, r, from)
		}
		s.checkReceptors(c, at.at("receptors"), m)
		m.Field.checkNoStep(c, at.at("field"))
		if first := s.Modulators[0]; !reflect.DeepEqual(m.Field, first.Field) {
			c.refuse(at.at("field"), because("another field than that of "+quote(first.Name), "credit has one"), "the same for all modulators")
		}
	}
	for _, name := range s.Network.typeNames() {
		if _, does := from[name]; !does {
			c.refuse(path{"modulators"}, because("no release from "+quote(name), "the credit of its cells has nothing to go in"), "modulators that together every type releases")
		}
	}
	s.checkSheet(c, path{"modulators", "0", "field"})
}

// checkRelease refuses types that are not there or release something already, and a
// carrier of its own; from has what types release, by their names.
func (s *Scenario) checkRelease(c *checker, at path, modulator string, r CreditRelease, from map[string]string) {
	types := s.Network.typeNames()
	if checkTypes(c, at.at("from"), r.From, types) {
		for _, name := range r.From.among(types) {
			if other, twice := from[name]; twice {
				c.refuse(at.at("from"), because(quote(name), "whose cells release "+other+" already"), "each type once")
			}
			from[name] = modulator
		}
	}
	if first := s.Modulators[0].Release[0].Carrier; r.Carrier != first {
		c.refuse(at.at("carrier"), because(quote(r.Carrier), "another release has "+first), "the same for all releases")
	}
}

// checkReceptors refuses receptors of some types, or of some modulators.
func (s *Scenario) checkReceptors(c *checker, at path, m CreditModulator) {
	types := s.Network.typeNames()
	for i, r := range m.Receptors {
		on := at.item(i).at("on")
		switch {
		case !checkTypes(c, on, r.On, types):
		case i > 0:
			c.refuse(on, because("receptors a second time", "those of a modulator are alike"), "one item, with on: cells")
		case len(r.On.among(types)) < len(types):
			c.refuse(on, because("receptors of some types", "synapses onto every type hear credit"), "cells")
		}
	}
	if (m.Receptors == nil) != (s.Modulators[0].Receptors == nil) {
		c.refuse(at, because("receptors of some modulators", "ModProp's propagator would stand for those of the others"), "receptors of all modulators, or of none")
	}
}

// checkSheet refuses lattices that cannot be, or that do not hold the cells.
func (s *Scenario) checkSheet(c *checker, at path) {
	f, n := s.Modulators[0].Field, &s.Network
	if f.Kind == "kernel" {
		c.refuse(at.at("kind"), because(quote(f.Kind), "which is how the rule diffusion spreads"), "mixed, lattice")
		return
	}
	if !f.check(c, at) || !n.sitesFit() {
		return
	}
	if !n.hasTorus() {
		c.refuse(at.at("kind"), because(quote("lattice"), "the cells have no places"), "mixed, or a network.torus, whose sites are places")
		return
	}
	space := f.space()
	for site := range n.Torus.Rows * n.Torus.Columns {
		var wrong *modulator.SubstanceError
		if _, err := space.Site(n.position(site)); errors.As(err, &wrong) {
			c.refuse(at.at("shape"), because(fmt.Sprint(f.Shape), fmt.Sprintf("row %d, column %d of the torus lies outside: its %s is %s", site/n.Torus.Columns, site%n.Torus.Columns, wrong.Quantity, wrong.Given)),
				"a lattice that holds all cells; this one reaches from "+wrong.Allowed)
			return
		}
	}
}

// checkCarried refuses a rule that the modulators do not go with.
func (s *Scenario) checkCarried(rule learning.Rule) error {
	if rule.Through == "lattice" && len(s.Modulators) > 0 && s.field() == nil {
		return &learning.RuleError{Rule: rule.Given, Problem: fmt.Sprintf("its ligands spread over a lattice, and %s is in one volume; give the modulators field: {kind: lattice, …}, or use through=mixed", s.Modulators[0].Name)}
	}
	_, err := rule.In(s.chemistry(), len(s.Network.Cells))
	return err
}

// sites is how many points the modulators' lattice has; 0 where they have none.
func (s *Scenario) sites() int {
	if space := s.field(); space != nil {
		return space.Sites()
	}
	return 0
}
