package synapse

import "paracrine/sim"

// Wiring is between which cells a rule connects, and where its random numbers
// come from.
type Wiring struct {
	Pre, Post int // numbers of cells
	// Offset is the number, among the presynaptic cells, of the first
	// postsynaptic one where both ends are cells of one population, so that a
	// cell can be told from its own copy: post j is pre Offset+j. It means
	// nothing unless Shared is set.
	Offset int
	Shared bool
	// PrePositions and PostPositions are where the cells are, in µm, for rules
	// that depend on distance; nil otherwise.
	PrePositions, PostPositions [][3]float64
	Seed                        uint64
	Index                       uint64 // of the projection
}

// Stream is the random stream of a rule for a target, a source, or the whole.
func (w Wiring) Stream(purpose sim.Purpose, key uint64) *sim.Stream {
	return sim.NewStream(w.Seed, purpose, w.Index<<32|key)
}

// Rule says which pairs of cells have a synapse.
type Rule interface {
	// Connect calls yield for synapses onto the targets from ≤ post < to, in
	// batches: the synapses of one key, which is a target, or a source, or 0 for
	// all. Within a batch their order, and the count before the first of them,
	// are the same for any range of targets, so that whatever is drawn per
	// synapse, in the order of the batch, is so too: a batch may thus hold
	// synapses outside the range, which the caller skips.
	Connect(w Wiring, from, to int, yield func(Batch))
	// Expected is the expected number of synapses.
	Expected(w Wiring) float64
	// Check says why the rule cannot connect these cells, naming the key of the
	// scenario file that is at fault; nil if it can.
	Check(w Wiring) error
}

// Batch is some synapses, one per element.
type Batch struct {
	Key       uint64 // of what they share: the target, the source, or 0
	Pre, Post []uint32
	// Weight and Delay (ms) are of explicit lists; nil elsewhere.
	Weight, Delay []float64
}

// Listed is a rule whose synapses may come with weights and delays (ms) of their
// own; nil where they do not.
type Listed interface {
	Rule
	Weights() []float64
	Delays() []float64
}

// KeyError says which key of a connection is at fault and why.
type KeyError struct{ Key, Given, Allowed string }

// Error joins the parts.
func (e *KeyError) Error() string { return e.Key + " " + e.Given + "; allowed: " + e.Allowed }
