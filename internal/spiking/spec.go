// Package spiking advances networks of spiking cells on sim's agenda, window by
// window: within the smallest delay no cell can influence another, so for that
// long every worker advances its own cells; then spikes are exchanged, and every
// worker delivers them to its own cells.
package spiking

import (
	"paracrine/modulator"
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

// Modulator is a substance that cells release and hear: see package modulator for
// how it spreads, is cleared and heard. It can gate synapses too: they hear one
// well-stirred volume at once, a field where their targets are and as receptors do,
// from one sample to the next.
type Modulator struct {
	modulator.Ligand
	// Volume is that of a well-stirred one in µm³, quanta being molecules; at 0 a
	// quantum is by how much a release raises the concentration.
	Volume float64
	// Space is the lattice that it spreads over; nil is one well-stirred volume.
	Space *modulator.Space
	// Kernel has it spread over Space and be cleared in steps; nil where it diffuses.
	Kernel   *Kernel
	Step     sim.Time // of a kernel, or of uptake that saturates on a lattice
	Releases []Release
	// Receptors sample the concentration every Sampling, at the end of a window
	// that is cut for it; what they change holds until the next sample. So often do
	// gates that hear a field.
	Receptors []Receptor
	Sampling  sim.Time
}

// Kernel is how sites share out what they hold at every step: see
// [modulator.NewKernel].
type Kernel struct {
	Radius int
	Kept   float64
}

// Release is what has a modulator released, a delay later: spikes of some cells, each
// with a probability, or, with Vesicles, bursts of them; or, with Within, every
// postsynaptic spike of a synapse of a projection whose last presynaptic spike
// before that is at most so long ago. On a lattice it is released where the cell is
// that spiked last.
type Release struct {
	From        Cells
	Probability float64              // of a release at a spike; 0 is 1
	Vesicles    *modulator.DenseCore // nil where single spikes release
	Within      sim.Time
	Pairs       int              // number of the projection, with Within
	Quantum     float64          // but of Vesicles, which have their own
	Delay       sim.Distribution // ms, at least 0
}

// Receptor is how cells of one population hear a modulator, and what that changes.
type Receptor struct {
	modulator.Receptor
	To     Cells
	Effect Effect
}

// Effect is what a second messenger m changes in a cell, by a size.
type Effect struct {
	Kind    EffectKind
	Size    float64 // at m = 1: mV of a threshold, in the unit of the channel of a current
	Channel string  // of a current
}

// EffectKind is what is changed.
type EffectKind uint8

// The effects. Those on one cell add up, but for gains, which multiply.
const (
	ShiftThreshold EffectKind = iota // V_th → V_th + size m
	AddCurrent                       // I → I + size m
	ScaleGain                        // what synapses bring → (1 + size m) times that
)

// String is the effect's name.
func (k EffectKind) String() string {
	return [...]string{"threshold", "current", "gain"}[k]
}

// Drive is input to a range of cells of one population.
type Drive struct {
	Name    string
	To      Cells
	Channel string // "" is the first current of the model for currents, the first synaptic channel that takes the weight's sign for spikes
	Drive   neuron.Drive
}
