package synapse

import (
	"fmt"

	"paracrine/internal/kernel"
)

// Dense is a projection stored as a full matrix, W[post, pre], delay one step
// (recurrent) or none (from inputs, to a readout). Sparse connectivity is a
// mask: an absent synapse has weight zero and keeps it.
type Dense struct {
	Post, Pre int
	W         []float64 // Post × Pre, row-major
	Exists    []bool    // Post × Pre; nil when every pair is connected

	transposed []float64 // Pre × Post, what delivery multiplies by
}

// NewDense makes a projection with all weights zero.
func NewDense(post, pre int) *Dense {
	return &Dense{Post: post, Pre: pre, W: make([]float64, post*pre), transposed: make([]float64, post*pre)}
}

// At is the weight from cell pre to cell post.
func (d *Dense) At(post, pre int) float64 { return d.W[post*d.Pre+pre] }

// Connected says whether the synapse from pre to post exists.
func (d *Dense) Connected(post, pre int) bool {
	return d.Exists == nil || d.Exists[post*d.Pre+pre]
}

// Synapses counts the existing synapses.
func (d *Dense) Synapses() int {
	if d.Exists == nil {
		return len(d.W)
	}
	n := 0
	for _, exists := range d.Exists {
		if exists {
			n++
		}
	}
	return n
}

// SetWeights copies weights (Post × Pre, row-major) and prepares delivery.
func (d *Dense) SetWeights(w []float64) {
	if len(w) != len(d.W) {
		panic(fmt.Sprintf("synapse: %d weights for a %d×%d projection", len(w), d.Post, d.Pre))
	}
	copy(d.W, w)
	d.Changed()
}

// Changed must be called after W was written and before the next Deliver.
func (d *Dense) Changed() {
	for pre := range d.Pre {
		d.ChangedFrom(pre)
	}
}

// ChangedFrom is Changed where only weights from one presynaptic cell were
// written.
func (d *Dense) ChangedFrom(pre int) {
	column := d.transposed[pre*d.Post : (pre+1)*d.Post]
	for post := range column {
		column[post] = d.W[post*d.Pre+pre]
	}
}

// Deliver adds W z to the current of every postsynaptic cell, for a batch of
// trials: current is trials × Post, z is trials × Pre.
func (d *Dense) Deliver(current, z []float64, trials int) {
	kernel.MatMul(trials, d.Post, d.Pre, z, d.Pre, 1, d.transposed, d.Post, current, d.Post)
}

// DeliverActive is Deliver where only the listed presynaptic cells, in
// ascending order, have a z that is not zero in some trial.
func (d *Dense) DeliverActive(current, z []float64, trials int, active []int) {
	kernel.MatMulRows(trials, d.Post, active, z, d.Pre, d.transposed, d.Post, current, d.Post)
}

// Return adds Wᵀ x to y, the way credit goes: x is trials × Post, y trials × Pre.
func (d *Dense) Return(y, x []float64, trials int) {
	kernel.MatMul(trials, d.Pre, d.Post, x, d.Post, 1, d.W, d.Pre, y, d.Pre)
}
