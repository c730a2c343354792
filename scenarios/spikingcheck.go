package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"paracrine/internal/units"
	"paracrine/neuron"
	"paracrine/sim"
)

// mostCells is how many cells can be numbered.
const mostCells = math.MaxUint32

// check finds what does not fit together.
func (s *Simulation) check() []fault {
	c := &checker{}
	n := &s.Network
	s.checkFiles(c)
	n.checkGroups(c)
	n.checkInputs(c)
	n.checkProjections(c)
	s.checkModulators(c)
	s.checkRun(c)
	s.checkRecorders(c)
	s.checkBands(c)
	return c.faults
}

// checkFiles refuses files that are not there.
func (s *Simulation) checkFiles(c *checker) {
	for _, name := range s.fileNames() {
		if !readable(*name.text) {
			c.refuse(name.at, quote(shortName(*name.text)), "a file that can be read; its name is relative to the scenario's folder")
		}
	}
}

// checkGroups refuses types that cannot be told apart, and values that a model
// does not take.
func (n *SpikingNetwork) checkGroups(c *checker) {
	seen, cells := map[string]int{}, 0
	for i, g := range n.Cells {
		at := path{"network", "cells"}.item(i)
		if first, twice := seen[g.Name]; twice {
			c.refuse(at.at("name"), because(quote(g.Name), fmt.Sprintf("which cells.%d has", first)), "a name of its own")
		}
		seen[g.Name] = i
		if g.Name == allCells {
			c.refuse(at.at("name"), because(quote(g.Name), "which stands for all types"), "any name but cells")
		}
		cells += g.Count
		n.checkTiming(c, at, g)
		n.checkValues(c, at, g)
		n.checkTimes(c, at, g)
	}
	if cells > mostCells {
		c.refuse(path{"network", "cells"}, fmt.Sprintf("%d cells", cells), fmt.Sprintf("at most %d in all", mostCells))
	}
}

// model is the cell model of a type; the schema has made sure that it exists.
func (g CellGroup) model() neuron.Model {
	m, _ := neuron.ModelNamed(g.Model)
	return m
}

// exact says whether the cells of a type advance from event to event.
func (n *SpikingNetwork) exact(g CellGroup) bool {
	if g.Timing != "" {
		return g.Timing == "exact"
	}
	return n.Timing == "exact"
}

// checkTiming refuses models that do not have the form asked for.
func (n *SpikingNetwork) checkTiming(c *checker, at path, g CellGroup) {
	m, have, other := g.model(), "grid", "exact"
	if n.exact(g) {
		have, other = other, have
	}
	if have == "grid" && m.Grid != nil || have == "exact" && m.Exact != nil {
		return
	}
	where, why := path{"network", "timing"}, fmt.Sprintf("cells of the model %s have no %s form", g.Model, have)
	if g.Timing != "" {
		where = at.at("timing")
	}
	c.refuse(where, because(have, why), fmt.Sprintf("%s, or for the type %s alone timing: %s", other, g.Name, other))
}

// checkValues refuses what a model's parameters and variables cannot be.
func (n *SpikingNetwork) checkValues(c *checker, at path, g CellGroup) {
	m := g.model()
	for _, p := range m.Parameters {
		if v, given := g.Parameters[p.Name]; given {
			n.checkValue(c, at.at("parameters", p.Name), v, p.Range, p.Unit)
		}
	}
	for _, v := range m.Variables {
		if value, given := g.Initial[v.Name]; given {
			n.checkValue(c, at.at("initial", v.Name), value, neuron.Anything, v.Unit)
		}
	}
	n.checkReset(c, at.at("parameters"), g)
	n.checkRefractory(c, at.at("parameters", "refractory"), g)
}

// checkValue refuses a distribution that can leave a range.
func (n *SpikingNetwork) checkValue(c *checker, at path, v Value, within neuron.Range, unit string) {
	if _, isFile := v.file(); isFile || v.Drawn == nil {
		return
	}
	low, high := v.distribution().Support()
	if d := v.Drawn; d.Low != nil && d.High != nil && d.Low.Value >= d.High.Value || low > high {
		c.refuse(at, because("a distribution", "nothing of it lies between low and high"), "bounds that leave something to draw")
		return
	}
	remedy := map[neuron.Range]string{neuron.Positive: "low", neuron.NonNegative: "low", neuron.Negative: "high", neuron.Probability: "low and high"}[within]
	for _, end := range []float64{low, high} {
		if !math.IsInf(end, 0) && !within.Holds(end) || math.IsInf(end, 0) && exceeds(within, end) {
			c.refuse(at, because(wordsOf(v), "it can be "+reaching(end, unit)),
				within.String()+": bound it with "+remedy)
			return
		}
	}
}

// exceeds reports whether a range ends before an infinity.
func exceeds(within neuron.Range, infinity float64) bool {
	switch within {
	case neuron.Positive, neuron.NonNegative:
		return infinity < 0
	case neuron.Negative:
		return infinity > 0
	case neuron.Probability:
		return true
	}
	return false
}

// reaching words the end of what a distribution can be.
func reaching(end float64, unit string) string {
	switch {
	case math.IsInf(end, -1):
		return "as low as one likes"
	case math.IsInf(end, 1):
		return "as high as one likes"
	}
	return units.Quantity{Value: end, Unit: unit}.String()
}

// checkReset refuses cells that would spike again at once: reset must lie below
// what makes them spike, which is the peak in models that have one.
func (n *SpikingNetwork) checkReset(c *checker, at path, g CellGroup) {
	key := "threshold"
	if _, have := g.Parameters["peak"]; have {
		key = "peak"
	}
	reset, have := g.Parameters["reset"]
	threshold, also := g.Parameters[key]
	if !have || !also || reset.needsCells() || threshold.needsCells() {
		return
	}
	_, highest := reset.distribution().Support()
	lowest, _ := threshold.distribution().Support()
	if highest < lowest {
		return
	}
	where, other := at.at("reset"), threshold
	if threshold.Drawn != nil {
		where, other, key = at.at(key), reset, "reset"
	}
	value := "that, which is drawn"
	if other.Drawn == nil {
		value = other.One.String()
	}
	if where[len(where)-1] == "reset" {
		c.refuse(where, wordsOf(reset), fmt.Sprintf("what is always below the %s of %s, so that a cell does not spike again at once", key, value))
		return
	}
	c.refuse(where, wordsOf(threshold), fmt.Sprintf("what is always above the %s of %s: bound it with low", key, value))
}

// wordsOf is a value as an error message repeats it.
func wordsOf(v Value) string {
	switch {
	case v.Drawn == nil:
		return v.One.String()
	case v.Drawn.Distribution == "exponential":
		return "an exponential distribution"
	}
	return "a " + v.Drawn.Distribution + " distribution"
}

// checkRefractory refuses periods between steps on the grid.
func (n *SpikingNetwork) checkRefractory(c *checker, at path, g CellGroup) {
	v, have := g.Parameters["refractory"]
	if !have || v.Drawn != nil || n.exact(g) {
		return
	}
	if period := units.Time(v.One.Value); !period.OnGrid(n.Resolution) {
		c.refuse(at, period.String(), n.wholeSteps()+", or timing: exact")
	}
}

// wholeSteps says what fits the grid.
func (n *SpikingNetwork) wholeSteps() string {
	return fmt.Sprintf("a whole number of steps of %v (network.resolution)", n.Resolution)
}

// checkTimes refuses spike times that are out of order or off the grid.
func (n *SpikingNetwork) checkTimes(c *checker, at path, g CellGroup) {
	if g.Times == nil {
		return
	}
	at = at.at("times")
	if len(g.Times.Each) > 0 && len(g.Times.Each) != g.Count {
		c.refuse(at, fmt.Sprintf("%d lists of times", len(g.Times.Each)), fmt.Sprintf("one list for each of the %d cells, or one of times for all", g.Count))
	}
	n.checkTrain(c, at, g, g.Times.All)
	for i, train := range g.Times.Each {
		n.checkTrain(c, at.item(i), g, train)
	}
}

func (n *SpikingNetwork) checkTrain(c *checker, at path, g CellGroup, train []units.Time) {
	last := units.Time(0)
	for i, t := range train {
		if r := n.refuseSpike(g, t, last); r != nil {
			c.refuse(at.item(i), because(t.String(), r.why), r.allowed)
			return
		}
		last = t
	}
}

// refuseSpike says why a source cannot fire at a time after its last.
func (n *SpikingNetwork) refuseSpike(g CellGroup, t, last units.Time) *refusal {
	switch {
	case t < last:
		return &refusal{"is before the last", "times in ascending order"}
	case n.exact(g):
		return nil
	case t.Steps(n.Resolution) < 1:
		return &refusal{"is before the end of the first step", fmt.Sprintf("times from %v", n.Resolution)}
	case !t.OnGrid(n.Resolution):
		return &refusal{"lies between steps", n.wholeSteps() + ", or timing: exact"}
	}
	return nil
}

// groups are the numbers of the types that names stand for, in ascending order.
func (n *SpikingNetwork) groups(names CellTypes) []int {
	var numbers []int
	for i, g := range n.Cells {
		if slices.Contains(names, g.Name) || slices.Contains(names, allCells) {
			numbers = append(numbers, i)
		}
	}
	return numbers
}

// checkNames refuses names of types that are not there, and says whether all
// are.
func (n *SpikingNetwork) checkNames(c *checker, at path, names CellTypes) bool {
	choices := []string{allCells}
	for _, g := range n.Cells {
		choices = append(choices, g.Name)
	}
	known := true
	for i, name := range names {
		where := at
		if len(names) > 1 {
			where = at.item(i)
		}
		switch {
		case !slices.Contains(choices, name):
			c.faults = append(c.faults, fault{at: where, given: quote(name), allowed: strings.Join(choices, ", "), hint: nearest(name, choices)})
		case slices.Contains(names[:i], name):
			c.refuse(where, because(quote(name), "a second time"), "each type once")
		case name == allCells && len(names) > 1:
			c.refuse(where, quote(name), "cells alone, or names of types")
		default:
			continue
		}
		known = false
	}
	return known
}

// checkRange is checkNames for types that must be neighbours.
func (n *SpikingNetwork) checkRange(c *checker, at path, names CellTypes) bool {
	if !n.checkNames(c, at, names) {
		return false
	}
	numbers := n.groups(names)
	if numbers[len(numbers)-1]-numbers[0] != len(numbers)-1 {
		c.refuse(at, strings.Join(names, ", "), fmt.Sprintf("types that follow one another in network.cells; without %s in between, two projections are needed",
			n.Cells[numbers[0]+1].Name))
		return false
	}
	return true
}

// extremes are the smallest and the largest value that can be drawn.
func (v Value) extremes() (low, high float64) { return v.distribution().Support() }

// channel is the input of a model that weights from low to high take.
func channel(m neuron.Model, name string, low, high float64) (neuron.Input, *refusal) {
	var names []string
	for _, in := range m.Inputs {
		if in.Current {
			continue
		}
		names = append(names, in.Name)
		if in.Name == name || name == "" && (in.Sign == 0 || in.Sign > 0 && low >= 0 || in.Sign < 0 && high <= 0) {
			return in, nil
		}
	}
	switch {
	case len(names) == 0:
		return neuron.Input{}, &refusal{"cells of the model " + m.Name + " receive nothing", "cells that receive spikes"}
	case name != "":
		return neuron.Input{}, &refusal{"which the model " + m.Name + " does not have", strings.Join(names, ", ")}
	}
	return neuron.Input{}, &refusal{fmt.Sprintf("of either sign, and the model %s has a channel for each", m.Name),
		"weights of one sign, bounded with low or high, or a channel: " + strings.Join(names, ", ")}
}

// checkWeight refuses weights that targets cannot take.
func (n *SpikingNetwork) checkWeight(c *checker, at path, v Value, targets []int, name string) {
	low, high := v.extremes()
	for _, i := range targets {
		m := n.Cells[i].model()
		in, r := channel(m, name, low, high)
		if r != nil {
			where, given := at.at("weight"), wordsOf(v)
			if len(m.Inputs) == 0 {
				where, given = at.at("to"), quote(n.Cells[i].Name)
			} else if name != "" {
				where, given = at.at("channel"), quote(name)
			}
			c.refuse(where, because(given, r.why), r.allowed)
			return
		}
		for _, q := range v.quantities() {
			if q.quantity.Unit == in.Unit {
				continue
			}
			c.refuse(at.at("weight").at(q.at...), q.quantity.String(), fmt.Sprintf("%s, which is what %s of the model %s takes", allowedAs(in.Unit, neuron.Anything, false), in.Name, m.Name))
			return
		}
	}
}

// checkInputs refuses drives that do not reach what they should.
func (n *SpikingNetwork) checkInputs(c *checker) {
	seen := map[string]int{}
	for i, in := range n.Inputs {
		at := path{"network", "inputs"}.item(i)
		if first, twice := seen[in.Name]; twice && in.Name != "" {
			c.refuse(at.at("name"), because(quote(in.Name), fmt.Sprintf("which inputs.%d has", first)), "a name of its own: it tells random numbers apart")
		}
		seen[in.Name] = i
		if !n.checkNames(c, at.at("to"), in.To) {
			continue
		}
		targets := n.groups(in.To)
		if in.Kind == "poisson" {
			n.checkWeight(c, at, Value{One: in.Weight}, targets, in.Channel)
		} else {
			n.checkCurrent(c, at, in, targets)
		}
	}
}

// checkCurrent refuses currents into cells that take none, and steps out of
// order.
func (n *SpikingNetwork) checkCurrent(c *checker, at path, in InputSpec, targets []int) {
	for _, i := range targets {
		if !n.checkCurrentOnto(c, at, in, n.Cells[i]) {
			return
		}
	}
	if in.SD.Value < 0 {
		c.refuse(at.at("sd"), in.SD.String(), "values from 0")
	}
	for k, step := range in.Steps {
		where := at.at("steps").item(k).at("at")
		if k > 0 && step.At <= in.Steps[k-1].At {
			c.refuse(where, step.At.String(), fmt.Sprintf("a time after that of the step before, %v", in.Steps[k-1].At))
		}
		n.checkOnGrid(c, where, step.At, targets)
	}
	n.checkOnGrid(c, at.at("interval"), in.Interval, targets)
}

// checkCurrentOnto refuses a current that cells of a type cannot take, and says
// whether they can.
func (n *SpikingNetwork) checkCurrentOnto(c *checker, at path, in InputSpec, g CellGroup) bool {
	name := in.Channel
	names := currents(g.model())
	if name == "" && len(names) > 0 {
		name = names[0]
	}
	switch {
	case len(names) == 0:
		c.refuse(at.at("to"), because(quote(g.Name), "cells of the model "+g.Model+" take no current"), "cells that take a current")
		return false
	case !slices.Contains(names, name):
		c.refuse(at.at("channel"), because(quote(name), "no current of the model "+g.Model), strings.Join(names, ", "))
		return false
	case n.exact(g) && (in.Kind == "sine" || in.Kind == "noise"):
		c.refuse(at.at("kind"), because(in.Kind, g.Name+" has timing: exact, which needs a current that is constant between changes"), "constant, step, poisson, or timing: grid")
		return false
	}
	unit := unitOf(g.model(), name)
	for _, q := range in.currents() {
		if q.quantity.Unit != unit {
			c.refuse(at.at(q.at...), q.quantity.String(), fmt.Sprintf("%s, which is what %s of the model %s takes", allowedAs(unit, neuron.Anything, false), name, g.Model))
			return false
		}
	}
	return true
}

// placed is a quantity and where it is in a block.
type placed struct {
	at       path
	quantity units.Quantity
}

// currents are the currents that an input names.
func (in InputSpec) currents() []placed {
	var all []placed
	switch in.Kind {
	case "constant", "sine":
		all = append(all, placed{path{"amplitude"}, in.Amplitude})
	case "noise":
		all = append(all, placed{path{"sd"}, in.SD})
	}
	for k, step := range in.Steps {
		all = append(all, placed{path{"steps"}.item(k).at("amplitude"), step.Amplitude})
	}
	if in.Mean != (units.Quantity{}) {
		all = append(all, placed{path{"mean"}, in.Mean})
	}
	return all
}

// unitOf is the unit of a model's channel.
func unitOf(m neuron.Model, name string) string {
	for _, in := range m.Inputs {
		if in.Name == name {
			return in.Unit
		}
	}
	return ""
}

// currents are the names of a model's channels of injected currents.
func currents(m neuron.Model) []string {
	var names []string
	for _, in := range m.Inputs {
		if in.Current {
			names = append(names, in.Name)
		}
	}
	return names
}

// checkOnGrid refuses times between steps, where a type is on the grid.
func (n *SpikingNetwork) checkOnGrid(c *checker, at path, t units.Time, types []int) {
	for _, i := range types {
		if !n.exact(n.Cells[i]) && !t.OnGrid(n.Resolution) {
			c.refuse(at, t.String(), n.wholeSteps())
			return
		}
	}
}

// all are the numbers of all types.
func (n *SpikingNetwork) all() []int { return n.groups(CellTypes{allCells}) }

// checkRun refuses times that do not fit the simulation.
func (s *Simulation) checkRun(c *checker) {
	at, r, n := path{simulationKey}, s.Run, &s.Network
	for _, t := range []struct {
		key  string
		time units.Time
	}{{"duration", r.Duration}, {"warm-up", r.WarmUp}, {"checkpoint", r.Checkpoint}, {"window", r.Window}} {
		n.checkOnGrid(c, at.at(t.key), t.time, n.all())
	}
	if r.WarmUp >= r.Duration {
		c.refuse(at.at("warm-up"), r.WarmUp.String(), fmt.Sprintf("less than the duration, %v", r.Duration))
	}
	if shortest, found := n.shortestDelay(); found && r.Window > shortest {
		c.refuse(at.at("window"), r.Window.String(), fmt.Sprintf("at most the smallest delay, %v", shortest))
	}
}

// shortestDelay is the smallest delay that can be drawn.
func (n *SpikingNetwork) shortestDelay() (shortest units.Time, found bool) {
	for _, p := range n.Projections {
		if low, _ := p.Delay.extremes(); !p.Delay.IsZero() && (!found || units.Time(low) < shortest) {
			shortest, found = units.Time(low), true
		}
	}
	return shortest, found
}

// checkRecorders refuses what cannot be recorded.
func (s *Simulation) checkRecorders(c *checker) {
	n := &s.Network
	for i, r := range s.Record {
		at := path{"record"}.item(i)
		switch {
		case r.What == "weights" || r.What == "mean-weight":
			s.checkOne(c, at.at("of"), r.Of, "projection", s.projectionNames())
		case r.What == "concentration" || r.What == "field" || r.What == "occupancy" || r.What == "releases":
			s.checkOne(c, at.at("of"), r.Of, "modulator", s.modulatorNames())
			s.checkHeard(c, at, r)
		case n.checkNames(c, at.at("of"), r.Of):
			n.checkRecorded(c, at, r)
		}
		if r.What != "spikes" && r.What != "releases" {
			n.checkOnGrid(c, at.at("every"), r.Every, n.all())
		}
	}
}

// checkRecorded refuses variables and cells that a type does not have.
func (n *SpikingNetwork) checkRecorded(c *checker, at path, r Recorder) {
	for _, i := range n.groups(r.Of) {
		g := n.Cells[i]
		if r.What == "variable" {
			var names []string
			for _, v := range g.model().Variables {
				names = append(names, v.Name)
			}
			if !slices.Contains(names, r.Variable) {
				allowed := strings.Join(names, ", ")
				if len(names) == 0 {
					allowed = "other cells: those of the model " + g.Model + " have no variables"
				}
				c.faults = append(c.faults, fault{at: at.at("variable"), given: because(quote(r.Variable), "which cells of "+g.Name+" do not have"),
					allowed: allowed, hint: nearest(r.Variable, names)})
				return
			}
		}
		if r.Cells == nil {
			continue
		}
		if r.Cells.First > g.Count {
			c.refuse(at.at("cells"), fmt.Sprint(r.Cells.First), fmt.Sprintf("at most the %d cells of %s", g.Count, g.Name))
			return
		}
		for k, cell := range r.Cells.List {
			if cell >= g.Count {
				c.refuse(at.at("cells").item(k), fmt.Sprint(cell), fmt.Sprintf("numbers below %d, that of the cells of %s", g.Count, g.Name))
				return
			}
		}
	}
}

// checkHeard refuses fields of one volume, cells that are not there, and occupancy of
// cells without receptors or between samples.
func (s *Simulation) checkHeard(c *checker, at path, r Recorder) {
	k := s.modulatorNumber(r.Of[0])
	if k < 0 || r.At != nil && !s.Network.checkNames(c, at.at("at"), r.At) {
		return
	}
	m := s.Modulators[k]
	switch {
	case r.What == "field" && !m.Field.hasPoints():
		c.refuse(at.at("of"), because(quote(m.Name), "which is in one volume"), "a modulator with field: {kind: lattice} or {kind: kernel}, or what: concentration")
	case r.What == "occupancy":
		s.checkOccupancy(c, at, r, m)
	case r.At == nil && r.Cells != nil:
		c.refuse(at.at("cells"), "a choice of cells", "at: with their types")
	case r.At != nil && m.Field.hasPoints():
		s.checkPlaced(c, at.at("at"), r.At)
	}
	if r.At != nil {
		r.Of = r.At
		s.Network.checkRecorded(c, at, r)
	}
}

func (s *Simulation) checkOccupancy(c *checker, at path, r Recorder, m ModulatorSpec) {
	if r.At == nil {
		c.refuse(at.at("at"), "nothing", "a cell type with receptors of "+m.Name+", or a list of them")
		return
	}
	for _, g := range s.Network.groups(r.At) {
		if !slices.ContainsFunc(m.Receptors, func(x ReceptorSpec) bool { return slices.Contains(s.Network.groups(x.On), g) }) {
			c.refuse(at.at("at"), because(quote(s.Network.Cells[g].Name), "which has no receptors of "+m.Name), "types that have")
			return
		}
	}
	if simulated(r.Every)%simulated(m.Sampling) != 0 {
		c.refuse(at.at("every"), r.Every.String(), fmt.Sprintf("a multiple of the modulator's sampling, %v", m.Sampling))
	}
}

// checkOne refuses all but one name that something of a kind has.
func (s *Simulation) checkOne(c *checker, at path, names CellTypes, kind string, known []string) {
	if len(names) > 1 {
		c.refuse(at, strings.Join(names, ", "), "one "+kind)
		return
	}
	checkKnown(c, at, names[0], kind, known)
}

// checkHeardBand refuses bands of modulators that are not there, and of the occupancy of
// receptors that are not.
func (s *Simulation) checkHeardBand(c *checker, at path, b Band) {
	s.checkOne(c, at, b.Of, "modulator", s.modulatorNames())
	if k := s.modulatorNumber(b.Of[0]); b.Metric == "occupancy" && k >= 0 && len(s.Modulators[k].Receptors) == 0 {
		c.refuse(at, because(quote(b.Of[0]), "which has no receptors"), "a modulator with receptors")
	}
}

// checkBands refuses bands that nothing can fall into.
func (s *Simulation) checkBands(c *checker) {
	for i, b := range s.Expect {
		at := path{"expect"}.item(i)
		unit, allowed := "", "a number without unit"
		switch b.Metric {
		case "mean-weight":
			s.checkOne(c, at.at("of"), b.Of, "projection", s.projectionNames())
			unit = s.weightUnit(b.Of[0])
			allowed = "a weight in " + unit
		case "concentration", "released", "occupancy":
			s.checkHeardBand(c, at.at("of"), b)
		default:
			s.Network.checkNames(c, at.at("of"), b.Of)
		}
		switch b.Metric {
		case "mean-rate":
			unit, allowed = "Hz", units.AllowedIn("Hz")
		case "concentration":
			unit, allowed = "nM", units.AllowedIn("nM")
		}
		wrong := false
		for _, end := range []struct {
			key string
			q   units.Quantity
		}{{"from", b.From}, {"to", b.To}} {
			if end.q.Unit != unit {
				wrong = true
				c.refuse(at.at(end.key), end.q.String(), allowed)
			}
		}
		switch {
		case wrong:
		case b.From.Value > b.To.Value:
			c.refuse(at.at("to"), because(b.To.String(), "the band begins at "+b.From.String()), "at least "+b.From.String())
		case b.To.Value < 0 && b.Metric != "mean-weight":
			c.refuse(at.at("to"), because(b.To.String(), b.Metric+" is not negative"), "values from 0")
		}
	}
}

// weightUnit is that of the weights of a projection; "" where they come from a
// file or the projection is unknown.
func (s *Simulation) weightUnit(projection string) string {
	for _, p := range s.Network.Projections {
		if quantities := p.Weight.quantities(); p.Name == projection && len(quantities) > 0 {
			return quantities[0].quantity.Unit
		}
	}
	return ""
}

// time is a duration as the simulator counts it; the schema has bounded it.
func simulated(t units.Time) sim.Time {
	ps, err := sim.FromMilliseconds(float64(t))
	if err != nil {
		panic(fmt.Sprintf("scenarios: a duration passed its check: %v", err))
	}
	return ps
}
