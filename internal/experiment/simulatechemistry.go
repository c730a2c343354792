package experiment

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/stat"

	"paracrine/internal/report"
	"paracrine/scenarios"
	"paracrine/sim"
)

// What a page shows at most: frames of a field, and releases.
const (
	mostFrames      = 240
	mostReleaseDots = 20_000
)

// chemistry is what modulators did; nil without any.
func (c *recording) chemistry() (*report.Chemistry, error) {
	r := c.simulation
	if len(r.spec.Modulators) == 0 {
		return nil, nil
	}
	all := &report.Chemistry{}
	for i, m := range r.scenario.Modulators {
		all.Ligands = append(all.Ligands, m.Name)
		all.Map.Secretions = append(all.Map.Secretions, c.secretions(i, m)...)
		all.Map.Receptions = append(all.Map.Receptions, c.receptions(m)...)
	}
	for _, f := range c.fields {
		frames, err := c.frames(f)
		if err != nil {
			return nil, err
		}
		all.Fields = append(all.Fields, frames)
	}
	for _, e := range c.exposures {
		for _, part := range e.parts {
			exposure, err := c.exposure(e, part)
			if err != nil {
				return nil, err
			}
			all.Exposures = append(all.Exposures, exposure)
		}
	}
	var err error
	all.Releases, err = c.releaseEvents()
	return all, err
}

// secretions are the types that release a modulator.
func (c *recording) secretions(number int, m scenarios.ModulatorSpec) []report.Secretion {
	var all []report.Secretion
	for _, r := range m.Release {
		from := r.From
		if r.On == "pairs" {
			from = c.simulation.scenario.Network.Projections[c.projection(r.Projection)].To
		}
		for _, kind := range c.types(from) {
			name := c.simulation.spec.Populations[kind].Name
			if !slices.ContainsFunc(all, func(s report.Secretion) bool { return s.Type == name }) {
				all = append(all, report.Secretion{Type: name, Ligand: m.Name, Amount: c.released[number][kind],
					Unit: c.simulation.amountUnit(number), What: describeRelease(r)})
			}
		}
	}
	return all
}

// describeRelease says what has a modulator released.
func describeRelease(r scenarios.ReleaseSpec) string {
	switch {
	case r.On == "bursts":
		return "bursts, from dense-core vesicles"
	case r.On == "pairs":
		return "pairs of spikes at " + r.Projection
	case r.Probability < 1:
		return fmt.Sprintf("spikes, each with probability %g", r.Probability)
	}
	return "spikes"
}

// receptions are the types that hear a modulator.
func (c *recording) receptions(m scenarios.ModulatorSpec) []report.Reception {
	var all []report.Reception
	for _, r := range m.Receptors {
		for _, kind := range c.types(r.On) {
			all = append(all, report.Reception{Type: c.simulation.spec.Populations[kind].Name, Ligand: m.Name, Density: r.Density,
				HalfMaximalNM: r.EC50.Value, Effect: describeEffect(r.Effect)})
		}
	}
	return all
}

// describeEffect says what a messenger of 1 changes.
func describeEffect(e scenarios.EffectSpec) string {
	if e.Kind == "gain" {
		return fmt.Sprintf("gain %+.3g %%", 100*e.Size.Value)
	}
	return fmt.Sprintf("%s %+.3g %s", e.Kind, e.Size.Value, e.Size.Unit)
}

// frames are those of a field that a page shows.
func (c *recording) frames(f fieldRecorder) (report.FieldFrames, error) {
	name := func(axis int) string { return string("xyz"[f.plane.axes[axis]]) }
	frames := report.FieldFrames{
		Ligand: c.simulation.spec.Modulators[f.modulator].Name, Unit: "nM", Plane: f.plane.String(), Axes: [2]string{name(0), name(1)},
		Shape: f.plane.shape(), SpacingUM: f.plane.space.Spacing, OriginUM: [2]float64{f.plane.at(0, 0), f.plane.at(1, 0)},
	}
	every := c.stride(f.every)
	number := 0
	err := c.readField(f, func(at sim.Time, values []float64) error {
		if number++; number%every == 0 {
			frames.TimesMS = append(frames.TimesMS, at.Milliseconds())
			frames.Values = append(frames.Values, slices.Clone(values))
		}
		return nil
	})
	return frames, err
}

// stride is every how many samples a page shows one, so that they are no more than
// frames may be.
func (c *recording) stride(every sim.Time) int {
	samples := int(c.simulation.network.Now() / every)
	return max(1, (samples+mostFrames-1)/mostFrames)
}

// exposure is the mean and the ends of what cells of a type have around them.
func (c *recording) exposure(e exposureRecorder, part variablePart) (report.Exposure, error) {
	x := report.Exposure{Ligand: c.simulation.spec.Modulators[e.modulator].Name, Type: c.simulation.spec.Populations[part.kind].Name,
		Quantity: e.quantity, Unit: e.unit}
	err := c.readSamples(part.journal, len(part.cells), func(at sim.Time, values []float64) error {
		x.TimeMS = append(x.TimeMS, at.Milliseconds())
		x.Mean = append(x.Mean, stat.Mean(values, nil))
		x.Low, x.High = append(x.Low, slices.Min(values)), append(x.High, slices.Max(values))
		return nil
	})
	return x, err
}

// releaseEvents are all releases that were recorded, or as many as can be told apart:
// every so many of them.
func (c *recording) releaseEvents() (*report.Releases, error) {
	if len(c.releases) == 0 {
		return nil, nil
	}
	r := &report.Releases{ToMS: c.simulation.network.Now().Milliseconds()}
	for _, x := range c.releases {
		name := c.simulation.spec.Modulators[x.modulator].Name
		err := c.readSamples(x.journal, 2, func(at sim.Time, values []float64) error {
			r.TimeMS, r.Cell, r.Ligand = append(r.TimeMS, at.Milliseconds()), append(r.Cell, int(values[0])), append(r.Ligand, name)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	every := (len(r.TimeMS) + mostReleaseDots - 1) / mostReleaseDots
	if every > 1 {
		r.All = len(r.TimeMS)
	}
	r.TimeMS, r.Cell, r.Ligand = eachOf(r.TimeMS, every), eachOf(r.Cell, every), eachOf(r.Ligand, every)
	return r, nil
}

// eachOf keeps every so many of some.
func eachOf[T any](all []T, every int) []T {
	if every <= 1 {
		return all
	}
	kept := all[:0]
	for i := 0; i < len(all); i += every {
		kept = append(kept, all[i])
	}
	return kept
}

// accounts are the rows of a summary that say where modulators are.
func accounts(all []ModulatorSummary) []report.Fact {
	var facts []report.Fact
	for _, m := range all {
		facts = append(facts, report.Fact{Name: m.Name + " released: present, cleared, absorbed",
			Value: fmt.Sprintf("%.4g: %.4g, %.4g, %.4g", m.Released, m.Present, m.Cleared, m.Absorbed), Unit: m.Unit},
			report.Fact{Name: m.Name + " unaccounted for, part of the released", Value: fmt.Sprintf("%.1e", m.Gap)})
	}
	return facts
}
