package spiking

import (
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// Network is a network that was built, at some moment of its simulated time.
// The same specification gives the same spikes to the bit for any number of
// workers.
type Network struct {
	// OnSpikes, when set, is called after every window with its spikes, ordered
	// by time, then part, then cell. The slice is valid until it returns.
	OnSpikes func(spikes []Spike) error
	// OnReleases, when set, is called after every window with what was released of
	// each modulator, ordered by time. The slice is valid until it returns.
	OnReleases func(releases []Released) error
	// Runaway is the mean rate of a population, in Hz, over 50 ms of simulated
	// time that stops the run; 0 is none.
	Runaway float64

	spec        Spec
	agenda      *sim.Agenda
	actions     [phases]sim.Action // of every window
	grid        bool               // whether any population has steps
	window      sim.Time           // the longest a window may be
	span        sim.Time           // how long the present one is
	steps       int                // of it, the last perhaps cut off
	now         sim.Time           // its end
	populations []*population
	projections []*projection
	substances  []*substance
	settling    sim.Time // between two settlings of plastic synapses; 0 without any
	workers     int
	pieces      [][]*piece // of all projections, per worker
	samplers    []*sampler
	sources     [][][]Spike // of the window: step, population, spikes with cells of the population
	spikes      []Spike     // all of the window, cells of the network
	count       Count
}

// phases is how many phases an instant has.
const phases = int(sim.Act) + 1

// Spike is a spike of a cell, numbered over the whole network.
type Spike = neuron.Spike

// Count is how much there is and how much has happened.
type Count struct {
	Cells, Synapses int64
	Bytes           int64 // of synapses, inputs on the way and cells
	Spikes          uint64
	SynapticEvents  uint64 // spikes × synapses of the cell; those of drives are not among them
}

// population is cells of one model as they run.
type population struct {
	Population
	first    int // number of its first cell
	grid     neuron.Grid
	exact    neuron.Exact
	synaptic int // channels that synapses reach; the others are currents
	drives   []*drive
	shares   []share   // one per worker
	spikes   []Spike   // of an exact population in the window
	recent   []float64 // spikes of the last windows, for Runaway
	index    int
	heard    []*reception // of all modulators that cells hear
	changed  *changed     // by those; nil where there are none
}

// share is the cells from ≤ i < to of a population, which one worker advances.
type share struct {
	from, to int
	ring     *synapse.Ring // of grid populations
	pending  *pending      // of exact populations
	wakes    *wakes        // of exact populations
	// restless are the cells, from the share's first, that every window must see
	// because they are driven or sampled; unsettled marks them.
	restless  []uint32
	unsettled []bool
	spikes    [][]uint32 // of grid populations, per step of the window
	exact     []neuron.Spike
	blocks    []block
}

// drive is a drive on some cells of one population.
type drive struct {
	Drive
	from, to int // cells of the population
	channel  int
}

// projection is synapses as they run.
type projection struct {
	Projection
	index  int
	unit   sim.Time
	pieces []piece // per worker and target population
	// short is nil where weights do not depress; factors are what it makes of
	// the spikes of the last window.
	short   *synapse.ShortTermState
	factors []float64
	gate    listener // nil where no modulator gates
}

// piece is a projection's synapses onto one share of one population.
type piece struct {
	projection *projection
	worker     int
	target     *population
	channel    int
	factor     float64 // −1 where the channel takes magnitudes, else 1
	spike      int     // number of the next spike of the window
	sparse     *synapse.Sparse
	plastic    learner // nil where weights do not learn
}

// listener is what the synapses of a projection hear a modulator by: a
// [synapse.Gate] or a [synapse.SampledGate].
type listener interface {
	Settle(now float64)
	State() []float64
	SetState(values []float64) bool
}

// learner is what the synapses of a piece need to learn. Times are in ms.
type learner interface {
	Target(target uint32, at float64)
	Spike(s *synapse.Sparse, pre int, at float64)
	Settle(s *synapse.Sparse, now float64)
	Reach() float64
	Bytes() int
	State() []float64
	SetState(values []float64) bool
}

// Now is the time up to which the network has been advanced.
func (n *Network) Now() sim.Time { return n.now }

// Window is the time between two exchanges of spikes.
func (n *Network) Window() sim.Time { return n.window }

// Count tells how much there is and has happened.
func (n *Network) Count() Count { return n.count }
