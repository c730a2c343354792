// Package spiking advances networks of spiking cells on sim's agenda, window by
// window: within the smallest delay no cell can influence another, so for that
// long every worker advances its own cells; then spikes are exchanged, and every
// worker delivers them to its own cells.
package spiking

import (
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// Spec is a network as it is asked for. Cells are numbered population by
// population.
type Spec struct {
	Step        sim.Time // of grid populations, and of delays onto them
	Seed        uint64
	Populations []Population
	Projections []Projection
	Modulators  []Modulator
	Drives      []Drive
	// Window is the time between two exchanges of spikes, at most the shortest
	// delay; 0 is that. Spikes at exact times do not depend on it.
	Window sim.Time
}

// Population is cells of one model.
type Population struct {
	Name   string
	Model  neuron.Model
	Cells  int
	Exact  bool // from event to event, rather than in steps
	Values map[string]sim.Distribution
	// Each holds parameters that have a given value in each cell, in place of
	// Values.
	Each map[string][]float64
	// Initial holds variables that do not start where the model says; the
	// values are drawn, or given for each cell.
	Initial map[string]Initial
	Times   [][]sim.Time // of explicit spike sources, per cell
	// Positions are in µm; nil where the population has none.
	Positions [][3]float64
}

// Initial is where a variable starts: Each has a value per cell, or is nil.
type Initial struct {
	Drawn sim.Distribution
	Each  []float64
}

// Cells is a range of cell numbers.
type Cells struct{ First, Count int }

// Projection is synapses from one range of cells onto another.
type Projection struct {
	Name     string
	From, To Cells
	Rule     synapse.Rule
	Weight   sim.Distribution // in the unit of the channel
	Delay    sim.Distribution // ms; onto grid populations rounded to steps, at least one
	// Channel names the input of the target models; "" chooses by the sign of
	// the weight.
	Channel string
	// ShortTerm makes synapses depress and facilitate; STDP, and Gated by a
	// modulator of the network, make them plastic. At most one is set.
	ShortTerm *synapse.ShortTerm
	STDP      *synapse.STDP
	Gated     *synapse.DopamineSTDP
	Modulator int // number of that which gates
}

// plastic reports whether the synapses learn.
func (p Projection) plastic() bool { return p.STDP != nil || p.Gated != nil }

// Modulator is a substance in one well-stirred volume, which every synapse that it
// gates hears: its concentration n is a quantum higher with every release and
// decays with the clearance,
//
//	dn/dt = −n/τ_n + Σ quantum δ(t − t_release)
type Modulator struct {
	Name      string
	Clearance float64 // τ_n, ms
	Releases  []Release
}

// Release is what has a modulator released, a delay later: every spike of some
// cells or, with Within, every postsynaptic spike of a synapse of a projection whose last
// presynaptic spike before that is at most so long ago.
type Release struct {
	From    Cells
	Within  sim.Time
	Pairs   int // number of the projection, with Within
	Quantum float64
	Delay   sim.Distribution // ms, at least 0
}

// Drive is input to a range of cells of one population.
type Drive struct {
	Name    string
	To      Cells
	Channel string // "" is the first current of the model for currents, the first synaptic channel that takes the weight's sign for spikes
	Drive   neuron.Drive
}
