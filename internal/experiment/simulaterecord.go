package experiment

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat"

	"paracrine/internal/spiketrain"
	"paracrine/internal/spiking"
	"paracrine/scenarios"
	"paracrine/sim"
)

// journalFolder holds what a simulation under way has recorded, in its result
// folder.
const journalFolder = "journal"

// fineBin is the width of the bins in which activity is always counted: those
// of synchrony, as scenarios.Band has it.
const fineBin = sim.Millisecond

// recording is everything a simulation measures and writes down.
type recording struct {
	simulation *simulation
	first      []int    // number of the first cell of every type, and of all cells
	typeOf     []uint16 // of every cell
	trains     *spiketrain.Trains
	activity   []*spiketrain.Activity // per type, in fine bins of which one begins where the warm-up ends
	rates      []rateRecorder
	spikes     []spikeRecorder
	variables  []variableRecorder
	weights    []weightRecorder
	courses    []courseRecorder
	exposures  []exposureRecorder
	fields     []fieldRecorder
	releases   []releaseRecorder
	released   [][]float64   // of every modulator, by type
	shown      spikeRecorder // what the report shows
	rows       []int         // the cells of its raster, ascending
	journals   map[string]*journal
	total      uint64 // spikes up to the end of the simulation
}

// rateRecorder counts the spikes of some types in bins.
type rateRecorder struct {
	file     string // "" for the report alone
	types    []int
	activity []*spiketrain.Activity // per type of the network, nil where not asked for
}

// spikeRecorder writes down the spikes of some cells.
type spikeRecorder struct {
	file    string
	journal string
	cells   []bool // nil is all
}

// variableRecorder samples a variable of some cells.
type variableRecorder struct {
	file, name, unit string
	every            sim.Time
	parts            []variablePart
}

// variablePart is a type of which a variable is sampled.
type variablePart struct {
	journal string
	kind    int   // type
	cells   []int // of the type
}

// weightRecorder writes down the weights of a projection.
type weightRecorder struct {
	file, journal string
	projection    int
	unit          string
	every         sim.Time
}

// courseRecorder writes down one number that changes: the mean concentration of a
// modulator over its field, or the mean weight of a projection.
type courseRecorder struct {
	file, journal         string
	quantity, of, unit    string
	every                 sim.Time
	modulator, projection int // the one that is not asked for is −1
}

// newRecording sets up what the scenario asks for, in journals that begin anew
// or continue at a checkpoint.
func newRecording(r *simulation, snapshot *sim.Snapshot) (*recording, error) {
	c := &recording{simulation: r, journals: map[string]*journal{}}
	for kind, p := range r.spec.Populations {
		c.first = append(c.first, len(c.typeOf))
		c.typeOf = append(c.typeOf, slices.Repeat([]uint16{uint16(kind)}, p.Cells)...)
		c.activity = append(c.activity, spiketrain.NewActivity(r.span.warmUp%fineBin, fineBin))
	}
	c.first = append(c.first, len(c.typeOf))
	c.trains = spiketrain.NewTrains(len(c.typeOf), r.span.warmUp)
	if err := c.plan(r.scenario.Record); err != nil {
		return nil, err
	}
	c.chooseShown()
	sizes := map[string]int64{}
	if snapshot != nil {
		if err := snapshot.JSON("journals", &sizes); err != nil {
			return nil, unusable(err)
		}
	}
	if err := c.open(sizes); err != nil {
		return nil, err
	}
	c.released = make([][]float64, len(r.spec.Modulators))
	for i := range c.released {
		c.released[i] = make([]float64, len(r.spec.Populations))
	}
	r.network.OnSpikes, r.network.OnReleases = c.takeSpikes, c.takeReleases
	return c, c.sample()
}

// plan turns the recorders of the scenario into those of the simulation.
// Without any, all spikes go to a file; rates always do.
func (c *recording) plan(asked []scenarios.Recorder) error {
	if len(asked) == 0 {
		asked = []scenarios.Recorder{{What: "spikes", Of: scenarios.CellTypes{allCells}, To: "csv"}}
	}
	if !slices.ContainsFunc(asked, func(a scenarios.Recorder) bool { return a.What == "rates" }) {
		asked = append(slices.Clip(asked), scenarios.Recorder{What: "rates", Of: scenarios.CellTypes{allCells}, Every: 1, To: "csv"})
	}
	taken := map[string]bool{}
	for i, a := range asked {
		every, err := sim.FromMilliseconds(float64(a.Every))
		if err != nil {
			return err
		}
		name := c.fileName(a, taken)
		journal := fmt.Sprintf("%d-%s", i, a.What)
		switch a.What {
		case "spikes":
			c.spikes = append(c.spikes, spikeRecorder{name, journal, c.chosen(a)})
		case "rates":
			c.rates = append(c.rates, c.newRates(name, c.types(a.Of), every))
		case "variable":
			c.variables = append(c.variables, c.newVariable(a, name, journal, every))
		case "weights":
			w, err := c.newWeights(a, name, journal, every)
			if err != nil {
				return err
			}
			c.weights = append(c.weights, w)
		case "mean-weight":
			c.courses = append(c.courses, c.newCourse(a, name, journal, every))
		default:
			c.planModulator(a, name, journal, every)
		}
	}
	return nil
}

// allCells is what a scenario calls the cells of all types.
const allCells = "cells"

// fileName is the name of a recorder's file: what it holds and, unless that is
// all cells, of which; "" for the report alone. It is not taken yet.
func (c *recording) fileName(a scenarios.Recorder, taken map[string]bool) string {
	if a.To == "memory" {
		return ""
	}
	stem := a.What
	if a.What == "variable" {
		stem = a.Variable
	}
	if !ofCells(a) || len(c.types(a.Of)) < len(c.simulation.spec.Populations) {
		stem += "-" + strings.Join(slices.Concat(a.Of, a.At), "-")
	}
	name := stem + "." + a.To
	for i := 2; taken[name]; i++ {
		name = stem + "-" + strconv.Itoa(i) + "." + a.To
	}
	taken[name] = true
	return name
}

// ofCells reports whether a recorder is of cell types.
func ofCells(a scenarios.Recorder) bool {
	return a.What == "spikes" || a.What == "rates" || a.What == "variable"
}

// types are the numbers of types by name, in the order of the network.
func (c *recording) types(of scenarios.CellTypes) []int {
	var found []int
	for kind, p := range c.simulation.spec.Populations {
		if slices.Contains(of, allCells) || slices.Contains(of, p.Name) {
			found = append(found, kind)
		}
	}
	return found
}

// chosenOf are the cells of a type that a recorder asks for, ascending.
func (c *recording) chosenOf(kind int, choice *scenarios.CellChoice) []int {
	cells := c.first[kind+1] - c.first[kind]
	if choice != nil && len(choice.List) > 0 {
		list := slices.Sorted(slices.Values(choice.List))
		return slices.DeleteFunc(slices.Compact(list), func(i int) bool { return i < 0 || i >= cells })
	}
	if choice != nil {
		cells = min(cells, choice.First)
	}
	return count(cells)
}

// chosen marks the cells that a recorder asks for; nil is all.
func (c *recording) chosen(a scenarios.Recorder) []bool {
	kinds := c.types(a.Of)
	if a.Cells == nil && len(kinds) == len(c.first)-1 {
		return nil
	}
	marked := make([]bool, len(c.typeOf))
	for _, kind := range kinds {
		for _, i := range c.chosenOf(kind, a.Cells) {
			marked[c.first[kind]+i] = true
		}
	}
	return marked
}

func (c *recording) newRates(file string, kinds []int, every sim.Time) rateRecorder {
	r := rateRecorder{file: file, types: kinds, activity: make([]*spiketrain.Activity, len(c.first)-1)}
	for _, kind := range kinds {
		r.activity[kind] = spiketrain.NewActivity(0, every)
	}
	return r
}

func (c *recording) newVariable(a scenarios.Recorder, file, journal string, every sim.Time) variableRecorder {
	v := variableRecorder{file: file, name: a.Variable, every: every}
	for _, kind := range c.types(a.Of) {
		model := c.simulation.spec.Populations[kind].Model
		i := variableIndex(model, a.Variable)
		if i < 0 {
			continue
		}
		v.unit = model.Variables[i].Unit
		v.parts = append(v.parts, variablePart{fmt.Sprintf("%s-%d", journal, kind), kind, c.chosenOf(kind, a.Cells)})
	}
	return v
}

func (c *recording) newWeights(a scenarios.Recorder, file, journal string, every sim.Time) (weightRecorder, error) {
	i := c.projection(a.Of[0])
	if i < 0 {
		return weightRecorder{}, fmt.Errorf("weights of %s are to be recorded, but no projection has that name", strings.Join(a.Of, ", "))
	}
	return weightRecorder{file: file, journal: journal, projection: i, unit: c.simulation.weightUnit(c.simulation.spec.Projections[i]), every: every}, nil
}

// newCourse is of the mean weight of a projection.
func (c *recording) newCourse(a scenarios.Recorder, file, journal string, every sim.Time) courseRecorder {
	projection := c.projection(a.Of[0])
	return courseRecorder{file: file, journal: journal, quantity: "mean weight", of: a.Of[0], every: every, modulator: -1, projection: projection,
		unit: c.simulation.weightUnit(c.simulation.spec.Projections[projection])}
}

// projection is the number of a projection by name; −1 without one.
func (c *recording) projection(name string) int {
	return slices.IndexFunc(c.simulation.spec.Projections, func(p spiking.Projection) bool { return p.Name == name })
}

// mostRows is the most cells a raster shows, and leastRows how many of them a
// type has at least, if it has so many.
const (
	mostRows  = 400
	leastRows = 30
)

// tracedCells is how many cells of a recorded variable and type a report shows.
const tracedCells = 2

// chooseShown chooses what the report shows: of every type cells at equal
// distances, in proportion to its size, and those whose variables it traces.
func (c *recording) chooseShown() {
	marked := make([]bool, len(c.typeOf))
	for kind := range c.simulation.spec.Populations {
		cells := c.first[kind+1] - c.first[kind]
		rows := min(cells, max(leastRows, mostRows*cells/len(c.typeOf)))
		for i := range rows {
			cell := c.first[kind] + i*cells/rows
			c.rows = append(c.rows, cell)
			marked[cell] = true
		}
	}
	for _, v := range c.variables {
		for _, part := range v.parts {
			for _, i := range part.traced() {
				marked[c.first[part.kind]+i] = true
			}
		}
	}
	c.shown = spikeRecorder{journal: "shown", cells: marked}
}

// traced are the cells, of the type, whose variable a report shows.
func (p variablePart) traced() []int { return p.cells[:min(tracedCells, len(p.cells))] }

// sample asks the network for the variables.
func (c *recording) sample() error {
	for _, v := range c.variables {
		for _, part := range v.parts {
			j := c.journals[part.journal]
			index := variableIndex(c.simulation.spec.Populations[part.kind].Model, v.name)
			err := c.simulation.network.Sample(part.kind, index, part.cells, v.every, j.addSample)
			if err != nil {
				return err
			}
		}
	}
	return c.sampleModulators()
}

// takeSpikes measures and writes down the spikes of a window.
func (c *recording) takeSpikes(spikes []spiking.Spike) error {
	for _, s := range spikes {
		c.total++
		kind := c.typeOf[s.Cell]
		c.trains.Add(s.Time, s.Cell)
		c.activity[kind].Add(s.Time)
		for _, r := range c.rates {
			if a := r.activity[kind]; a != nil {
				a.Add(s.Time)
			}
		}
		for _, r := range c.spikes {
			if err := c.take(r, s); err != nil {
				return err
			}
		}
		if err := c.take(c.shown, s); err != nil {
			return err
		}
	}
	return nil
}

func (c *recording) take(r spikeRecorder, s spiking.Spike) error {
	if r.cells != nil && !r.cells[s.Cell] {
		return nil
	}
	return c.journals[r.journal].addSpike(s.Time, s.Cell)
}

// begin writes down what there is at the beginning of a simulation that is not
// resumed.
func (c *recording) begin() error {
	if c.simulation.network.Now() > 0 {
		return nil
	}
	return c.takeWeights(func(sim.Time) bool { return true })
}

// windowEnded writes down the weights that fell due in a window, and those at
// the end of the simulation.
func (c *recording) windowEnded(before, now sim.Time) error {
	return c.takeWeights(func(every sim.Time) bool {
		return passed(every, before, now) || now == c.simulation.span.end
	})
}

// takeWeights writes down the weights that are due, by the interval of samples.
func (c *recording) takeWeights(due func(every sim.Time) bool) error {
	now := c.simulation.network.Now()
	for _, w := range c.weights {
		if !due(w.every) {
			continue
		}
		if err := c.journals[w.journal].addSample(now, c.simulation.weights(w.projection)); err != nil {
			return err
		}
	}
	for _, r := range c.courses {
		if r.projection < 0 || !due(r.every) {
			continue
		}
		if err := c.journals[r.journal].addSample(now, []float64{c.simulation.meanWeight(r.projection)}); err != nil {
			return err
		}
	}
	return nil
}

// weights are those of a projection, in the order of the network.
func (r *simulation) weights(projection int) []float64 {
	var weights []float64
	r.network.EachSynapse(projection, func(_, _ uint32, weight, _ float64) bool {
		weights = append(weights, weight)
		return true
	})
	return weights
}

// meanWeight is that of a projection. Weights are added in an order that does not
// depend on workers.
func (r *simulation) meanWeight(projection int) float64 {
	weights := r.weights(projection)
	slices.Sort(weights)
	return stat.Mean(weights, nil)
}

// names are those of all journals.
func (c *recording) names() []string {
	names := []string{c.shown.journal}
	for _, r := range c.spikes {
		names = append(names, r.journal)
	}
	for _, v := range c.variables {
		for _, part := range v.parts {
			names = append(names, part.journal)
		}
	}
	for _, w := range c.weights {
		names = append(names, w.journal)
	}
	for _, r := range c.courses {
		names = append(names, r.journal)
	}
	return append(names, c.modulatorJournals()...)
}

func (c *recording) path(journal string) string {
	return filepath.Join(c.simulation.options.Dir, journalFolder, journal)
}

func (c *recording) open(sizes map[string]int64) error {
	for _, name := range c.names() {
		j, err := openJournal(c.path(name), sizes[name])
		if err != nil {
			return err
		}
		c.journals[name] = j
	}
	return nil
}

func (c *recording) flush() error {
	for _, j := range c.journals {
		if err := j.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (c *recording) close() {
	for _, j := range c.journals {
		_ = j.close() // finish has reported what could not be written
	}
}

// measures are the activities that grow with a simulation, by name.
func (c *recording) measures() map[string]*spiketrain.Activity {
	all := map[string]*spiketrain.Activity{}
	for kind, a := range c.activity {
		all[fmt.Sprintf("activity.%d", kind)] = a
	}
	for i, r := range c.rates {
		for kind, a := range r.activity {
			if a != nil {
				all[fmt.Sprintf("rates.%d.%d", i, kind)] = a
			}
		}
	}
	return all
}

// save brings the journals to the disk and puts their sizes, and what was
// measured, into a checkpoint.
func (c *recording) save(snapshot *sim.Snapshot) error {
	if err := c.flush(); err != nil {
		return err
	}
	sizes := map[string]int64{}
	for name, j := range c.journals {
		sizes[name] = j.size
	}
	snapshot.PutWords("trains", c.trains.Words())
	for i, byType := range c.released {
		snapshot.PutFloats(releasedName(i), byType)
	}
	for name, a := range c.measures() {
		snapshot.PutFloats(name, a.All())
	}
	return errors.Join(snapshot.PutJSON("spikes", c.total), snapshot.PutJSON("journals", sizes))
}

// restore continues from what save put into a checkpoint.
func (c *recording) restore(snapshot *sim.Snapshot) error {
	words, err := snapshot.Words("trains", -1)
	if err := errors.Join(err, snapshot.JSON("spikes", &c.total)); err != nil {
		return err
	}
	if err := c.trains.SetWords(words); err != nil {
		return err
	}
	for i, byType := range c.released {
		saved, err := snapshot.Floats(releasedName(i), len(byType))
		if err != nil {
			return err
		}
		copy(byType, saved)
	}
	for name, a := range c.measures() {
		counts, err := snapshot.Floats(name, -1)
		if err != nil {
			return err
		}
		a.SetAll(counts)
	}
	return nil
}
