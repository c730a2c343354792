package experiment

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"paracrine/internal/spiking"
	"paracrine/scenarios"
	"paracrine/sim"
)

// balanceInterval is how often a simulation checks that all of every modulator is
// accounted for, and largestGap the part that need not be.
const (
	balanceInterval = sim.Second
	largestGap      = 1e-9
)

// BalanceError says that some of a modulator appeared or went missing.
type BalanceError struct {
	Modulator string
	Gap       float64 // part of what was released
	Time      sim.Time
}

// Error names modulator, part and time.
func (e *BalanceError) Error() string {
	return fmt.Sprintf("of what was released of %s, a part of %.3g is unaccounted for at %v; allowed is %g", e.Modulator, e.Gap, e.Time, largestGap)
}

// checkBalances stops a simulation in which a modulator is not accounted for.
func (r *simulation) checkBalances() error {
	balances, err := r.network.Balances()
	if err != nil {
		return err
	}
	for i, b := range balances {
		if gap := b.Gap(); !(math.Abs(gap) <= largestGap) {
			return &BalanceError{r.spec.Modulators[i].Name, gap, r.network.Now()}
		}
	}
	return nil
}

// ModulatorSummary is a modulator in numbers at the end: where what was released is,
// in molecules or, where the volume is not given, as the concentration it makes.
type ModulatorSummary struct {
	Name          string   `json:"name"`
	Unit          string   `json:"unit"` // of the amounts; "" without a volume
	Released      float64  `json:"released"`
	Present       float64  `json:"present"`
	Cleared       float64  `json:"cleared"`
	Absorbed      float64  `json:"absorbed"`
	Gap           float64  `json:"unaccounted"`           // part of what was released
	Concentration float64  `json:"mean_concentration_nm"` // over the field
	Occupancy     Number   `json:"mean_occupancy"`        // of all receptors; null without
	Releasing     []Amount `json:"released_by"`
}

// Amount is what the cells of a type released.
type Amount struct {
	Type   string  `json:"type"`
	Amount float64 `json:"amount"`
}

// modulatorSummaries are those of all modulators.
func (r *simulation) modulatorSummaries() ([]ModulatorSummary, error) {
	balances, err := r.network.Balances()
	if err != nil {
		return nil, err
	}
	var all []ModulatorSummary
	for i, b := range balances {
		concentrations, err := r.network.Concentrations(i)
		if err != nil {
			return nil, err
		}
		s := ModulatorSummary{
			Name: r.spec.Modulators[i].Name, Unit: r.amountUnit(i), Released: b.Released, Present: b.Present, Cleared: b.Cleared, Absorbed: b.Absorbed,
			Gap: b.Gap(), Concentration: nanomolar[r.concentrationUnit(i)] * stat.Mean(concentrations, nil), Occupancy: Number(stat.Mean(r.network.Occupancy(i), nil)),
		}
		for kind, amount := range r.record.released[i] {
			if amount > 0 {
				s.Releasing = append(s.Releasing, Amount{r.spec.Populations[kind].Name, amount})
			}
		}
		all = append(all, s)
	}
	return all, nil
}

// nanomolar is what units of concentration are in nM; none is taken for it.
var nanomolar = map[string]float64{"": 1, "pM": 1e-3, "nM": 1, "µM": 1e3}

// amountUnit is the unit of a modulator's quanta.
func (r *simulation) amountUnit(number int) string {
	if m := r.spec.Modulators[number]; m.Space == nil && m.Volume == 0 {
		return r.scenario.Modulators[number].Unit
	}
	return "molecules"
}

// concentrationUnit is the unit of a modulator's concentration: that of plasticity,
// which has a name if the scenario gives one, where nothing says that it is nM.
func (r *simulation) concentrationUnit(number int) string {
	if m := r.spec.Modulators[number]; m.Space == nil && m.Volume == 0 && len(m.Receptors) == 0 {
		return r.scenario.Modulators[number].Unit
	}
	return "nM"
}

// metric is what a band of a scenario is about.
func (s ModulatorSummary) metric(name string) float64 {
	switch name {
	case "concentration":
		return s.Concentration
	case "occupancy":
		return float64(s.Occupancy)
	}
	return s.Released
}

// modulator is the number of a modulator by name.
func (r *simulation) modulator(name string) int {
	return slices.IndexFunc(r.spec.Modulators, func(m spiking.Modulator) bool { return m.Name == name })
}

// exposureRecorder writes down the concentration of a modulator at cells, or the
// occupancy of their receptors.
type exposureRecorder struct {
	file, quantity, unit string
	modulator            int
	every                sim.Time
	parts                []variablePart
}

// fieldRecorder writes down the concentrations of a modulator in a plane of its
// lattice.
type fieldRecorder struct {
	file, journal string
	modulator     int
	every         sim.Time
	plane         plane
}

// releaseRecorder writes down what was released of a modulator, by which cell.
type releaseRecorder struct {
	file, journal string
	modulator     int
}

// planModulator turns a recorder of a modulator into that of the simulation.
func (c *recording) planModulator(a scenarios.Recorder, file, journal string, every sim.Time) {
	number := c.simulation.modulator(a.Of[0])
	switch {
	case a.What == "field":
		space := c.simulation.spec.Modulators[number].Space
		c.fields = append(c.fields, fieldRecorder{file, journal, number, every, newPlane(space, a.Plane, a.Through)})
	case a.What == "releases":
		c.releases = append(c.releases, releaseRecorder{file, journal, number})
	case a.At == nil:
		c.courses = append(c.courses, courseRecorder{file: file, journal: journal, quantity: a.What, of: a.Of[0], every: every,
			modulator: number, projection: -1, unit: c.simulation.concentrationUnit(number)})
	default:
		c.exposures = append(c.exposures, c.newExposure(a, file, journal, every))
	}
}

func (c *recording) newExposure(a scenarios.Recorder, file, journal string, every sim.Time) exposureRecorder {
	number := c.simulation.modulator(a.Of[0])
	e := exposureRecorder{file: file, quantity: a.What, modulator: number, every: every}
	if a.What == "concentration" {
		e.unit = c.simulation.concentrationUnit(number)
	}
	for _, kind := range c.types(a.At) {
		e.parts = append(e.parts, variablePart{fmt.Sprintf("%s-%d", journal, kind), kind, c.chosenOf(kind, a.Cells)})
	}
	return e
}

// modulatorJournals are the names of the journals of modulators but for those of
// courses.
func (c *recording) modulatorJournals() []string {
	var names []string
	for _, e := range c.exposures {
		for _, part := range e.parts {
			names = append(names, part.journal)
		}
	}
	for _, f := range c.fields {
		names = append(names, f.journal)
	}
	for _, r := range c.releases {
		names = append(names, r.journal)
	}
	return names
}

// sampleModulators asks the network for concentrations and occupancy.
func (c *recording) sampleModulators() error {
	n := c.simulation.network
	for _, r := range c.courses {
		if r.modulator < 0 {
			continue
		}
		j := c.journals[r.journal]
		err := n.SampleModulator(r.modulator, count(n.Sites(r.modulator)), r.every, func(at sim.Time, values []float64) error {
			return j.addSample(at, []float64{stat.Mean(values, nil)})
		})
		if err != nil {
			return err
		}
	}
	for _, f := range c.fields {
		j := c.journals[f.journal]
		err := n.SampleModulator(f.modulator, count(n.Sites(f.modulator)), f.every, func(at sim.Time, values []float64) error {
			return j.addSample(at, f.plane.of(values))
		})
		if err != nil {
			return err
		}
	}
	for _, e := range c.exposures {
		for _, part := range e.parts {
			if err := c.sampleExposure(e, part); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *recording) sampleExposure(e exposureRecorder, part variablePart) error {
	n, j := c.simulation.network, c.journals[part.journal]
	if e.quantity == "occupancy" {
		receptor := c.simulation.receptor(e.modulator, part.kind)
		return n.SampleOccupancy(e.modulator, receptor, part.cells, e.every, j.addSample)
	}
	sites := make([]int, len(part.cells))
	for i, cell := range part.cells {
		var err error
		if sites[i], err = n.Site(e.modulator, part.kind, cell); err != nil {
			return err
		}
	}
	return n.SampleModulator(e.modulator, sites, e.every, j.addSample)
}

// receptor is the number of the receptor of a modulator on a type.
func (r *simulation) receptor(modulator, kind int) int {
	return slices.IndexFunc(r.spec.Modulators[modulator].Receptors, func(x spiking.Receptor) bool {
		return slices.Contains(r.typesOf(x.To), kind)
	})
}

// takeReleases counts and writes down what was released in a window.
func (c *recording) takeReleases(releases []spiking.Released) error {
	for _, x := range releases {
		c.released[x.Modulator][c.typeOf[x.Cell]] += x.Quantum
		for _, r := range c.releases {
			if r.modulator != x.Modulator {
				continue
			}
			if err := c.journals[r.journal].addSample(x.Time, []float64{float64(x.Cell), x.Quantum}); err != nil {
				return err
			}
		}
	}
	return nil
}

func releasedName(modulator int) string { return fmt.Sprintf("released %d", modulator) }

// writeModulators makes the files of modulators out of the journals.
func (c *recording) writeModulators() error {
	for _, e := range c.exposures {
		if err := c.writeParts(e.file, withUnit(e.quantity, e.unit), e.parts); err != nil {
			return err
		}
	}
	for _, f := range c.fields {
		if err := c.writeField(f); err != nil {
			return err
		}
	}
	for _, r := range c.releases {
		if err := c.writeReleases(r); err != nil {
			return err
		}
	}
	return nil
}

// writeField leaves the concentration at every point of the plane at every sample, by
// time, then along the plane's second axis, then its first.
func (c *recording) writeField(f fieldRecorder) error {
	name := func(axis int) column { return column{string("xyz"[f.plane.axes[axis]]) + "_um", false} }
	return c.file(f.file, func(out *rows) error {
		return c.readField(f, func(at sim.Time, values []float64) error {
			for i, value := range values {
				a, b := f.plane.place(i)
				if err := out.add(at.Milliseconds(), a, b, value); err != nil {
					return err
				}
			}
			return nil
		})
	}, timeColumn, name(0), name(1), column{"concentration_nM", false})
}

// readField calls yield for every sample of a field; values are valid until it
// returns.
func (c *recording) readField(f fieldRecorder, yield func(at sim.Time, values []float64) error) error {
	return c.readSamples(f.journal, f.plane.points(), yield)
}

// writeReleases leaves time, cell and amount of every release, by time.
func (c *recording) writeReleases(r releaseRecorder) error {
	return c.file(r.file, func(out *rows) error {
		return c.readSamples(r.journal, 2, func(at sim.Time, values []float64) error {
			return out.add(at.Milliseconds(), values[0], values[1])
		})
	}, timeColumn, column{"cell", true}, column{withUnit("released", c.simulation.amountUnit(r.modulator)), false})
}

// readSamples calls yield for every sample of so many values of a journal.
func (c *recording) readSamples(name string, values int, yield func(at sim.Time, values []float64) error) error {
	journal, err := openSamples(c.path(name), values)
	if err != nil {
		return err
	}
	defer journal.file.Close()
	for {
		at, values, err := journal.next()
		if values == nil || err != nil {
			return err
		}
		if err := yield(at, values); err != nil {
			return err
		}
	}
}
