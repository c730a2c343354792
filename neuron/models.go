package neuron

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"paracrine/sim"
)

// Model declares a cell model: what scenario files call it, its equation, its
// parameters, and how a population of it is made. A model's file registers it;
// lists, the scenario schema and the tables of the documentation are made from
// the declaration.
type Model struct {
	Name     string
	Meaning  string // one line
	Equation string // as it stands at the top of the file, line by line
	Source   string // paper and equation
	// Parameters are in the order the documentation shows them.
	Parameters []Parameter
	// Variables can be recorded and given initial values. A population's State
	// begins with them, in this order.
	Variables []Variable
	// Inputs are the channels by which a population is reached: first those of
	// synapses, then currents.
	Inputs []Input
	// Grid makes a population that advances in steps, Exact one that advances
	// from event to event; nil where the model has no such form.
	Grid  func(Setting) (Grid, error)
	Exact func(Setting) (Exact, error)
	// Shifts says that grid populations are [Thresholded].
	Shifts bool
}

// Parameter is a constant of a model.
type Parameter struct {
	Name    string // in scenario files
	Symbol  string // in the equation
	Unit    string // "" for a number
	Default float64
	Range   Range
	Meaning string
}

// Range is the set of values a parameter may have.
type Range uint8

// The ranges of parameters.
const (
	Anything    Range = iota // finite
	Positive                 // > 0
	NonNegative              // ≥ 0
	Negative                 // < 0
	Probability              // 0 to 1
)

// Holds reports whether x is in the range; NaN and infinities never are.
func (r Range) Holds(x float64) bool {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return false
	case r == Positive:
		return x > 0
	case r == NonNegative:
		return x >= 0
	case r == Negative:
		return x < 0
	case r == Probability:
		return x >= 0 && x <= 1
	}
	return true
}

// String says what is allowed.
func (r Range) String() string {
	return [...]string{"finite values", "values above 0", "values from 0", "values below 0", "values from 0 to 1"}[r]
}

// Variable is a quantity in the state of every cell.
type Variable struct {
	Name, Symbol, Unit, Meaning string
	Initial                     string // the parameter it starts at; "" leaves it where its population begins, 0 unless the model says otherwise
}

// Input is a channel by which a population is reached.
type Input struct {
	Name, Unit, Meaning string
	// Sign says which weights take this channel when a projection does not name
	// one: +1 those not below zero, −1 those below, 0 all.
	Sign int
	// Magnitude is set where a weight below zero stands for a positive quantity
	// of this channel, as of an inhibitory conductance.
	Magnitude bool
	// Count is set where every spike that arrives adds 1, whatever its weight.
	Count bool
	// Current marks a channel that only injected currents take: it holds for one
	// step and has no delay.
	Current bool
}

// Setting is what a population is made from.
type Setting struct {
	Cells  int
	Step   sim.Time // of a grid population
	Values Values   // every parameter of the model
	Seed   uint64
	Name   string       // of the population, the purpose of its random streams
	Times  [][]sim.Time // of explicit spike sources: ascending, per cell
}

// Values holds a model's parameters, one value per cell.
type Values map[string][]float64

// Of returns the values of a parameter; it panics if there are none, which is a
// mistake of the model's file.
func (v Values) Of(name string) []float64 {
	values, have := v[name]
	if !have {
		panic(fmt.Sprintf("neuron: no parameter %q", name))
	}
	return values
}

// State is one quantity of every cell: the live values, for recorders and
// checkpoints.
type State struct {
	Name   string
	Values []float64
	// Offset is added to what is shown or set, cell by cell: a potential is kept
	// relative to rest. nil is none.
	Offset []float64
}

// Grid is a population whose cells advance together in steps of equal length.
type Grid interface {
	// Advance takes cells from ≤ i < to through step number step, which ends at
	// time (step+1)·dt. input[c][i−from] is what reached channel c of cell i at
	// the end of the step (synapses) or holds during it (currents). Cells that
	// spike are appended to spikes in ascending order, once per spike. Calls for
	// disjoint cells may run at the same time.
	Advance(from, to int, step int64, input [][]float64, spikes []uint32) []uint32
	// State lists every quantity that changes, the model's Variables first.
	State() []State
}

// Thresholded is a grid population whose spike threshold can be shifted while it
// runs.
type Thresholded interface {
	// Threshold is what the potential of every cell is compared with, in mV
	// relative to rest: live values, which hold until they are changed again.
	Threshold() []float64
}

// Arrival is a spike that reaches a cell, a part of a picosecond, 0 ≤ Part < 1,
// after Time.
type Arrival struct {
	Time    sim.Time
	Weight  float64
	Channel int32
	Part    float32
}

// Spike is a spike at its time. Part is by what part of a picosecond it is later,
// 0 ≤ Part < 1: not 0 only in cells that advance from event to event.
type Spike struct {
	Time sim.Time
	Cell uint32
	Part float32
}

// Exact is a population whose cells advance from event to event in closed form.
// What a cell does depends on its arrivals alone, not on how often it is
// advanced.
type Exact interface {
	// Advance takes a cell through its arrivals, in order of Time and Part, no
	// Time after until, and appends its spikes of Times up to and including
	// until. Calls for different cells may run at the same time.
	Advance(cell int, arrivals []Arrival, until sim.Time, spikes []Spike) []Spike
	// Next is a time up to which the cell certainly does not spike, that time
	// excluded, if nothing arrives; it is the next spike's where that is known.
	Next(cell int) sim.Time
	// Inject changes the constant current, in pA, into a cell at the time it has
	// been advanced to, or after the last event if that is a part of a
	// picosecond later.
	Inject(cell int, at sim.Time, current float64)
	// Read returns variable number variable of the model at a time that is not
	// before the cell's last event, of which the part of a picosecond does not
	// count, and not after its next.
	Read(cell, variable int, at sim.Time) float64
	// State lists every quantity that changes.
	State() []State
}

var models = map[string]Model{}

// register adds a model; it panics on a name that is taken.
func register(m Model) bool {
	if _, taken := models[m.Name]; taken {
		panic(fmt.Sprintf("neuron: two models %q", m.Name))
	}
	models[m.Name] = m
	return true
}

// Models lists the cell models by name.
func Models() []Model {
	list := make([]Model, 0, len(models))
	for _, m := range models {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b Model) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// ModelNamed returns the model a scenario names.
func ModelNamed(name string) (Model, bool) {
	m, have := models[name]
	return m, have
}
