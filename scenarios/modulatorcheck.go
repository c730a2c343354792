package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"paracrine/internal/spiking"
	"paracrine/internal/units"
	"paracrine/modulator"
	"paracrine/neuron"
)

// checkModulators refuses modulators that cannot be told apart or cannot be,
// releases from and receptors on what is not there, and plasticity that hears none of
// them.
func (s *Simulation) checkModulators(c *checker) {
	seen := map[string]int{}
	for i, m := range s.Modulators {
		at := path{"modulators"}.item(i)
		if first, twice := seen[m.Name]; twice {
			c.refuse(at.at("name"), because(quote(m.Name), fmt.Sprintf("which modulators.%d has", first)), "a name of its own")
		}
		seen[m.Name] = i
		m.checkRemoval(c, at)
		m.checkUnit(c, at.at("unit"))
		m.Field.check(c, at.at("field"))
		for k, r := range m.Release {
			s.checkRelease(c, at.at("release").item(k), r, m.Field.hasPoints())
		}
		s.checkReceptors(c, at, m)
	}
	s.checkShifts(c)
	for i, p := range s.Network.Projections {
		if p.Plasticity.Kind == "dopamine-stdp" {
			s.checkGate(c, path{"network", "projections"}.item(i), p)
		}
	}
}

// checkGate refuses a modulator that the synapses of a projection cannot hear.
func (s *Simulation) checkGate(c *checker, at path, p SpikingProjection) {
	name, key := p.Plasticity.Modulator, at.at("plasticity", "modulator")
	checkKnown(c, key, name, "modulator", s.modulatorNames())
	k := s.modulatorNumber(name)
	if k < 0 {
		return
	}
	switch m := s.Modulators[k]; {
	case m.Field.hasPoints():
		s.checkPlaced(c, at.at("to"), p.To)
	case m.Clearance == 0:
		c.refuse(key, because(quote(name), "which is in one volume without clearance"), "a modulator with a clearance, or field: {kind: lattice} or {kind: kernel}")
	}
}

// checkRemoval refuses two ways of removal, and steps of uptake that are too long or
// that nothing takes.
func (m ModulatorSpec) checkRemoval(c *checker, at path) {
	step := at.at("field", "step")
	switch {
	case m.Field.Kind == "kernel":
		m.checkKernel(c, at)
	case m.Uptake == nil:
		m.Field.checkNoStep(c, at.at("field"))
	case m.Clearance > 0:
		c.refuse(at.at("clearance"), because(m.Clearance.String(), "beside uptake"), "clearance or uptake, not both")
	case m.Field.Kind == "lattice":
		longest := units.Time(modulator.Uptake{Max: m.Uptake.Max.Value, Half: m.Uptake.Half.Value}.LongestStep())
		if m.Field.Step == 0 {
			c.refuse(step, "nothing", fmt.Sprintf("a step above 0 ms and up to %v = K_m/(4 V_max), by which uptake is split from diffusion", longest))
		} else if m.Field.Step > longest {
			c.refuse(step, m.Field.Step.String(), fmt.Sprintf("at most %v = K_m/(4 V_max), so that uptake stays stable and exact enough", longest))
		}
	}
}

// checkUnit refuses a unit where it is known.
func (m ModulatorSpec) checkUnit(c *checker, at path) {
	if m.Unit != "" && (m.Field.hasPoints() || m.Field.Volume.Value > 0 || len(m.Receptors) > 0) {
		c.refuse(at, quote(m.Unit), "no unit: where the field has points, in a volume and with receptors it is nM")
	}
}

// checkKernel refuses a kernel without steps, and what else would spread or clear.
func (m ModulatorSpec) checkKernel(c *checker, at path) {
	const instead = "no %s with field: {kind: kernel}, whose steps spread and clear; or field: {kind: lattice}"
	if m.Field.Step == 0 {
		c.refuse(at.at("field", "step"), "nothing", "a step above 0 ms, at whose multiples the points share out what they hold")
	}
	if m.Diffusion.Value != 0 {
		c.refuse(at.at("diffusion"), m.Diffusion.String(), fmt.Sprintf(instead, "diffusion"))
	}
	if m.Clearance > 0 {
		c.refuse(at.at("clearance"), m.Clearance.String(), fmt.Sprintf(instead, "clearance"))
	}
	if m.Uptake != nil {
		c.refuse(at.at("uptake"), "a mapping", fmt.Sprintf(instead, "uptake"))
	}
}

// checkNoStep refuses a step where there is no uptake.
func (f FieldSpec) checkNoStep(c *checker, at path) {
	if f.Step > 0 {
		c.refuse(at.at("step"), f.Step.String(), "no step: without uptake the field advances in closed form")
	}
}

// check refuses points that cannot be, and says whether there are some.
func (f FieldSpec) check(c *checker, at path) bool {
	if !f.hasPoints() {
		return false
	}
	if f.Kind == "kernel" && len(f.Shape) != 2 {
		c.refuse(at.at("shape"), fmt.Sprintf("a list of %d", len(f.Shape)), "one of 2, for a plane")
		return false
	}
	for key, n := range map[string]int{"origin": len(f.Origin), "boundary": len(f.Boundary)} {
		if n > 0 && n != len(f.Shape) && (key == "origin" || n > 1) {
			c.refuse(at.at(key), fmt.Sprintf("a list of %d", n), fmt.Sprintf("one of %d, for each axis of the shape", len(f.Shape)))
			return false
		}
	}
	var wrong *modulator.SubstanceError
	err := f.space().Check()
	if err == nil && f.Kind == "kernel" {
		err = f.space().CheckKernel(f.Radius)
	}
	if errors.As(err, &wrong) {
		f.refuse(c, at, wrong)
	}
	return err == nil
}

// refuse says what of the points cannot be, where the scenario says it.
func (f FieldSpec) refuse(c *checker, at path, wrong *modulator.SubstanceError) {
	key := f.key(wrong.Quantity)
	given, allowed := wrong.Given, wrong.Allowed
	switch {
	case wrong.Quantity == "points":
		given = because(fmt.Sprint(f.Shape), given+" points")
		allowed += " points in all"
	case wrong.Quantity != key[0]:
		given = because(given, wrong.Quantity)
	}
	c.refuse(at.at(key...), given, allowed)
}

// key is where a scenario has what an error of a lattice names.
func (f FieldSpec) key(quantity string) []string {
	axis := strings.Index("xyz", quantity[len(quantity)-1:])
	switch {
	case strings.HasPrefix(quantity, "points along "):
		return []string{"shape", fmt.Sprint(axis)}
	case strings.HasPrefix(quantity, "boundary along ") && len(f.Boundary) > 1:
		return []string{"boundary", fmt.Sprint(axis)}
	case strings.HasPrefix(quantity, "boundary along "):
		return []string{"boundary"}
	case quantity == "points":
		return []string{"shape"}
	}
	return []string{quantity}
}

// checkRelease refuses releases by what is not there, or by cells that are nowhere
// where they must be placed.
func (s *Simulation) checkRelease(c *checker, at path, r ReleaseSpec, placed bool) {
	if r.On == "pairs" {
		checkKnown(c, at.at("projection"), r.Projection, "projection", s.projectionNames())
		if k := s.projectionNumber(r.Projection); k >= 0 && placed {
			s.checkPlaced(c, at.at("projection"), s.Network.Projections[k].To)
		}
	} else if s.Network.checkNames(c, at.at("from"), r.From) && placed {
		s.checkPlaced(c, at.at("from"), r.From)
	}
	if r.On == "bursts" && r.Threshold <= r.Jump {
		c.refuse(at.at("threshold"), number(r.Threshold), fmt.Sprintf("numbers above the jump, %s, so that single spikes do not release", number(r.Jump)))
	}
	if r.Delay.IsZero() {
		return
	}
	if _, isFile := r.Delay.file(); isFile {
		c.refuse(at.at("delay", "file"), "a file", "a duration or a distribution")
		return
	}
	s.Network.checkValue(c, at.at("delay"), r.Delay, neuron.NonNegative, "ms")
	if _, high := r.Delay.extremes(); units.Time(high) > longest {
		c.refuse(at.at("delay"), wordsOf(r.Delay), "delays up to 100 days: bound it with high")
	}
}

// checkPlaced refuses types without positions where a field needs them.
func (s *Simulation) checkPlaced(c *checker, at path, names CellTypes) {
	for _, k := range s.Network.groups(names) {
		if g := s.Network.Cells[k]; g.Positions == nil {
			c.refuse(at, because(quote(g.Name), "which has no positions"), "types with positions, or field: {kind: mixed}")
			return
		}
	}
}

// checkReceptors refuses receptors on what is not there, and effects that cells do
// not have.
func (s *Simulation) checkReceptors(c *checker, at path, m ModulatorSpec) {
	n := &s.Network
	if len(m.Receptors) > 0 {
		n.checkOnGrid(c, at.at("sampling"), m.Sampling, n.all())
	}
	heard := map[int]bool{}
	for i, r := range m.Receptors {
		at := at.at("receptors").item(i)
		if !n.checkNames(c, at.at("on"), r.On) {
			continue
		}
		if m.Field.hasPoints() {
			s.checkPlaced(c, at.at("on"), r.On)
		}
		for _, k := range n.groups(r.On) {
			if heard[k] {
				c.refuse(at.at("on"), because(quote(n.Cells[k].Name), "which has a receptor of "+m.Name+" already"), "each type once")
				break
			}
			heard[k] = true
			if !n.checkEffect(c, at.at("effect"), r, n.Cells[k]) {
				break
			}
		}
	}
}

// checkEffect refuses an effect that cells of a type do not have, and says whether they
// do.
func (n *SpikingNetwork) checkEffect(c *checker, at path, r ReceptorSpec, g CellGroup) bool {
	unit, wrong := n.effectUnit(at, r, g)
	if wrong == nil && r.Effect.Size.Unit != unit {
		wrong = &fault{at: at.at("size"), given: r.Effect.Size.String(),
			allowed: fmt.Sprintf("%s, which is what %s of the model %s takes", allowedAs(unit, neuron.Anything, false), r.Effect.Kind, g.Model)}
	}
	if wrong != nil {
		c.faults = append(c.faults, *wrong)
	}
	return wrong == nil
}

// effectUnit is the unit of an effect's size, or what is wrong with the effect.
func (n *SpikingNetwork) effectUnit(at path, r ReceptorSpec, g CellGroup) (string, *fault) {
	m, kind := g.model(), r.Effect.Kind
	wrong := func(key, given, allowed string) (string, *fault) {
		return "", &fault{at: at.at(key), given: given, allowed: allowed}
	}
	switch kind {
	case "threshold":
		if !m.Shifts || n.exact(g) {
			return wrong("kind", because(kind, fmt.Sprintf("that of %s, cells of the model %s%s, does not shift", g.Name, g.Model, n.exactly(g))), "current, gain, or cells of another model or timing")
		}
		return "mV", nil
	case "current":
		name, names := r.Effect.channel(m), currents(m)
		switch {
		case len(names) == 0:
			return wrong("kind", because(kind, fmt.Sprintf("cells of the model %s take none", g.Model)), "another effect")
		case !slices.Contains(names, name):
			return wrong("channel", because(quote(name), "no current of the model "+g.Model), strings.Join(names, ", "))
		}
		return unitOf(m, name), nil
	}
	if _, none := channel(m, "", 0, 0); none != nil || m.Inputs[0].Count {
		return wrong("kind", because(kind, fmt.Sprintf("cells of the model %s have no synaptic input to scale", g.Model)), "another effect")
	}
	if least := -1 / r.Density; r.Effect.Size.Unit == "" && r.Effect.Size.Value < least {
		return wrong("size", r.Effect.Size.String(), fmt.Sprintf("numbers from %s, with which all receptors together leave nothing of an input", number(least)))
	}
	return "", nil
}

// exactly reads on from a type whose timing is exact.
func (n *SpikingNetwork) exactly(g CellGroup) string {
	if n.exact(g) {
		return " with timing: exact"
	}
	return ""
}

// checkShifts refuses shifts that together can take a threshold to the reset, from
// where a cell would spike again at once.
func (s *Simulation) checkShifts(c *checker) {
	for k, g := range s.Network.Cells {
		lowest, highest := g.lowest("threshold"), g.highest("reset")
		if !(lowest > highest) {
			continue // said elsewhere, or a file's to tell
		}
		for i, m := range s.Modulators {
			for j, r := range m.Receptors {
				if r.Effect.Kind != "threshold" || !slices.Contains(s.Network.groups(r.On), k) {
					continue
				}
				lowest += math.Min(0, r.Effect.Size.Value*r.Density)
				if lowest <= highest {
					c.refuse(path{"modulators"}.item(i).at("receptors").item(j).at("effect", "size"),
						because(r.Effect.Size.String(), fmt.Sprintf("it can take the threshold of %s to %s mV", g.Name, number(lowest))),
						fmt.Sprintf("shifts that together leave it above the reset of %s mV", number(highest)))
					return
				}
			}
		}
	}
}

// lowest and highest are the ends of what a parameter of a type can be; not a number
// where the type does not have it or a file does.
func (g CellGroup) lowest(name string) float64 {
	low, _ := g.ends(name)
	return low
}

func (g CellGroup) highest(name string) float64 {
	_, high := g.ends(name)
	return high
}

func (g CellGroup) ends(name string) (low, high float64) {
	if v, given := g.Parameters[name]; given && !v.needsCells() {
		return v.extremes()
	} else if given {
		return math.NaN(), math.NaN()
	}
	for _, p := range g.model().Parameters {
		if p.Name == name {
			return p.Default, p.Default
		}
	}
	return math.NaN(), math.NaN()
}

// checkInside refuses cells outside the lattice of what they release or hear.
func (s *Simulation) checkInside(spec spiking.Spec) error {
	for i, m := range spec.Modulators {
		if m.Space == nil {
			continue
		}
		for _, cells := range m.Cells(spec.Projections, i) {
			if err := s.checkCellsInside(spec, i, cells); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Simulation) checkCellsInside(spec spiking.Spec, number int, cells spiking.Cells) error {
	first, m := 0, spec.Modulators[number]
	for _, p := range spec.Populations {
		for k, position := range p.Positions {
			if cell := first + k; cell < cells.First || cell >= cells.First+cells.Count {
				continue
			}
			var wrong *modulator.SubstanceError
			if _, err := m.Space.Site(position); errors.As(err, &wrong) {
				return s.refuse(path{"modulators"}.item(number).at("field", "shape"),
					because(fmt.Sprint(s.Modulators[number].Field.Shape), fmt.Sprintf("cell %d of %s lies outside: its %s is %.6g µm", k, p.Name, wrong.Quantity, position[strings.Index("xyz", wrong.Quantity[len(wrong.Quantity)-1:])])),
					fmt.Sprintf("a lattice that holds all cells which release or hear %s; this one reaches from %s", m.Name, wrong.Allowed))
			}
		}
		first += p.Cells
	}
	return nil
}
