package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"paracrine/internal/spiking"
	"paracrine/internal/units"
	"paracrine/neuron"
)

// modulatorNames are those of all modulators.
func (s *Simulation) modulatorNames() []string {
	var names []string
	for _, m := range s.Modulators {
		names = append(names, m.Name)
	}
	return names
}

// modulatorNumber is the number of a modulator by name.
func (s *Simulation) modulatorNumber(name string) int {
	return slices.Index(s.modulatorNames(), name)
}

// projectionNames are those of the projections that have one.
func (s *Simulation) projectionNames() []string {
	var names []string
	for _, p := range s.Network.Projections {
		if p.Name != "" {
			names = append(names, p.Name)
		}
	}
	return names
}

// checkKnown refuses a name that nothing of a kind has.
func checkKnown(c *checker, at path, name, kind string, known []string) {
	if slices.Contains(known, name) {
		return
	}
	allowed := strings.Join(known, ", ")
	if allowed == "" {
		allowed = "the name of a " + kind + ", and none has one"
	}
	c.faults = append(c.faults, fault{at: at, given: quote(name), allowed: allowed, hint: nearest(name, known)})
}

// checkModulators refuses modulators that cannot be told apart, releases from
// what is not there, and plasticity that hears none of them.
func (s *Simulation) checkModulators(c *checker) {
	seen := map[string]int{}
	for i, m := range s.Modulators {
		at := path{"modulators"}.item(i)
		if first, twice := seen[m.Name]; twice {
			c.refuse(at.at("name"), because(quote(m.Name), fmt.Sprintf("which modulators.%d has", first)), "a name of its own")
		}
		seen[m.Name] = i
		for k, r := range m.Release {
			s.checkRelease(c, at.at("release").item(k), r)
		}
	}
	for i, p := range s.Network.Projections {
		if p.Plasticity.Kind == "dopamine-stdp" {
			at := path{"network", "projections"}.item(i).at("plasticity", "modulator")
			checkKnown(c, at, p.Plasticity.Modulator, "modulator", s.modulatorNames())
		}
	}
}

func (s *Simulation) checkRelease(c *checker, at path, r ReleaseSpec) {
	if r.On == "pairs" {
		checkKnown(c, at.at("projection"), r.Projection, "projection", s.projectionNames())
	} else {
		s.Network.checkNames(c, at.at("from"), r.From)
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

// modulators are those of the network.
func (s *Simulation) modulators() []spiking.Modulator {
	var all []spiking.Modulator
	for _, m := range s.Modulators {
		made := spiking.Modulator{Name: m.Name, Clearance: float64(m.Clearance)}
		for _, r := range m.Release {
			made.Releases = append(made.Releases, s.releases(r)...)
		}
		all = append(all, made)
	}
	return all
}

// releases are one for each of the types whose spikes release, or one for pairs.
func (s *Simulation) releases(r ReleaseSpec) []spiking.Release {
	each := spiking.Release{Quantum: r.Quantum}
	if !r.Delay.IsZero() {
		each.Delay = r.Delay.distribution()
	}
	if r.On == "pairs" {
		each.Within = simulated(r.Within)
		each.Pairs = slices.IndexFunc(s.Network.Projections, func(p SpikingProjection) bool { return p.Name == r.Projection })
		return []spiking.Release{each}
	}
	var all []spiking.Release
	for _, k := range s.Network.groups(r.From) {
		each.From = s.Cells(CellTypes{s.Network.Cells[k].Name})
		all = append(all, each)
	}
	return all
}
