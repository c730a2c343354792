package learning

import (
	"fmt"

	"paracrine/modulator"
	"paracrine/neuron"
	"paracrine/synapse"
)

// Network is a recurrent network of N cells with M inputs and K readouts:
//
//	v_t = η v_{t-1} + c_v ( W_rec z_{t-1} + W_in x_t )
//	z_t = max(v_t − ϑ, 0)           rate cells; spiking cells: neuron.AdaptiveSpiking
//	r_t = κ r_{t-1} + c_out z_t,    y_t = W_out r_t + b
type Network struct {
	Cells        neuron.Population
	Type         []int    // cell type of every cell
	TypeNames    []string // one per type
	In           *synapse.Dense
	Rec          *synapse.Dense
	Out          *synapse.Dense
	Bias         []float64 // K
	ReadoutDecay float64   // κ
	ReadoutGain  float64   // c_out

	// RandomFeedback is B for feedback=random, FrozenFeedback for
	// feedback=frozen: K × N, the shape of W_out. AdaptiveFeedback is that of
	// feedback=adaptive; nil unless it is trained.
	RandomFeedback, FrozenFeedback, AdaptiveFeedback []float64
	// FeedbackOrder is the order in which feedback=sparse keeps the weights of
	// RandomFeedback: a permutation of their indices.
	FeedbackOrder []int

	// Torus is where the cells are; nil: they have no place.
	Torus *modulator.Torus
	// Chemistry is that of the modulators that carry credit, where a rule does not say.
	Chemistry Chemistry
	// Field is what they spread over with through=lattice, and FieldSite (N) where on
	// it cells are; nil: over the torus.
	Field     *modulator.Space
	FieldSite []int
	// StepMS is dt in ms, for rules whose substances have time constants; 0: not
	// known.
	StepMS float64
	// Seed is that of what rules draw themselves.
	Seed uint64
}

// Size is the numbers of inputs, cells and readouts.
func (n *Network) Size() (inputs, cells, outputs int) {
	return n.In.Pre, n.Rec.Post, n.Out.Post
}

// spiking is the network's cells if they spike; nil where they are rate cells.
func (n *Network) spiking() *neuron.AdaptiveSpiking {
	cells, _ := n.Cells.(*neuron.AdaptiveSpiking)
	return cells
}

// Arrays are the trainable arrays by their names in files and reports: four, and
// B where it is adaptive.
func (n *Network) Arrays() []Array {
	arrays := []Array{
		{"W_in", n.In.W, n.In.Post, n.In.Pre, n.In.Exists},
		{"W_rec", n.Rec.W, n.Rec.Post, n.Rec.Pre, n.Rec.Exists},
		{"W_out", n.Out.W, n.Out.Post, n.Out.Pre, n.Out.Exists},
		{"b_out", n.Bias, 1, len(n.Bias), nil},
	}
	if n.AdaptiveFeedback != nil {
		arrays = append(arrays, Array{"B_fb", n.AdaptiveFeedback, n.Out.Post, n.Out.Pre, nil})
	}
	return arrays
}

// Array is a named row-major matrix.
type Array struct {
	Name       string
	Values     []float64
	Rows, Cols int
	Exists     []bool // which elements there are; nil for all
}

// Mask is 1 for every element that exists and 0 for the others.
func (a Array) Mask() []float64 {
	mask := make([]float64, len(a.Values))
	for i := range mask {
		if a.Exists == nil || a.Exists[i] {
			mask[i] = 1
		}
	}
	return mask
}

// Changed must be called after weights were written.
func (n *Network) Changed() {
	n.In.Changed()
	n.Rec.Changed()
	n.Out.Changed()
}

// NonFiniteError says which quantity stopped being a finite number, and where.
type NonFiniteError struct {
	Quantity string // potential, loss, W_rec, …
	Cell     int    // −1 when it belongs to no cell
	Trial    int    // index in the batch; −1 when it belongs to no trial
	Step     int    // −1 when it belongs to no step
	Value    float64
}

// Error names quantity, cell, trial and step.
func (e *NonFiniteError) Error() string {
	s := fmt.Sprintf("%s became %v", e.Quantity, e.Value)
	if e.Cell >= 0 {
		s += fmt.Sprintf(" in cell %d", e.Cell)
	}
	if e.Trial >= 0 {
		s += fmt.Sprintf(", trial %d", e.Trial)
	}
	if e.Step >= 0 {
		s += fmt.Sprintf(", step %d", e.Step)
	}
	return s
}
