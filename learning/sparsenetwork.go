package learning

import (
	"fmt"

	"paracrine/neuron"
	"paracrine/synapse"
)

// SparseNetwork is a spiking network too large for matrices; the equations are
// those of Network. Its cells are dealt out to shares that can work at the same
// time.
type SparseNetwork struct {
	Cells        *neuron.AdaptiveSpiking
	Type         []int // cell type of every cell
	Types        int
	Inputs       int
	Shares       []Rows
	Out, Bias    []float64 // K × N, K
	ReadoutDecay float64   // κ
	ReadoutGain  float64   // c_out

	// RandomFeedback is B for feedback=random: K × N.
	RandomFeedback []float64

	OutExists []bool // K × N: which weights of the readout there are; nil for all
	Signs     *Signs // Dale's law; nil without
}

// sign is that of the weights out of a channel; 0 leaves them free.
func (n *SparseNetwork) sign(channel int) float64 {
	switch cells := len(n.Type); {
	case n.Signs == nil:
		return 0
	case channel < cells:
		return n.Signs.Cells[channel]
	default:
		return n.Signs.Inputs[channel-cells]
	}
}

// Rows are the synapses onto the cells from ≤ p < to, by the channel they come
// from: cells first, then inputs. Those of channel q are Starts[q] … Starts[q+1]−1.
type Rows struct {
	From, To int
	Starts   []int
	Target   []int32   // per synapse: p − From
	Weight   []float64 // per synapse
}

// NewRows makes rows of projections onto the cells from ≤ p < to, grown for these
// alone: the recurrent ones first, then those from inputs.
func NewRows(from, to int, recurrent, input *synapse.Sparse) Rows {
	r := Rows{From: from, To: to, Starts: []int{0}}
	r.Target = make([]int32, 0, recurrent.Len()+input.Len())
	r.Weight = make([]float64, 0, recurrent.Len()+input.Len())
	for _, s := range []*synapse.Sparse{recurrent, input} {
		for pre := range s.Rows() {
			s.Each(pre, func(target uint32, weight float64, _ int64) {
				r.Target, r.Weight = append(r.Target, int32(target)), append(r.Weight, weight)
			})
			r.Starts = append(r.Starts, len(r.Target))
		}
	}
	return r
}

// check says what does not fit together, naming the share.
func (n *SparseNetwork) check() error {
	cells, next := n.Cells.Size(), 0
	switch {
	case len(n.Type) != cells:
		return fmt.Errorf("learning: %d types given for %d cells", len(n.Type), cells)
	case len(n.Out) != cells*len(n.Bias):
		return fmt.Errorf("learning: W_out has %d weights; %d readouts of %d cells take %d", len(n.Out), len(n.Bias), cells, cells*len(n.Bias))
	case n.OutExists != nil && len(n.OutExists) != len(n.Out):
		return fmt.Errorf("learning: %d weights of W_out are said to exist or not; there are %d", len(n.OutExists), len(n.Out))
	case n.Signs != nil && (len(n.Signs.Cells) != cells || len(n.Signs.Inputs) != n.Inputs):
		return fmt.Errorf("learning: signs of %d cells and %d inputs given for %d and %d", len(n.Signs.Cells), len(n.Signs.Inputs), cells, n.Inputs)
	}
	for p, alpha := range n.Type {
		if alpha < 0 || alpha >= n.Types {
			return fmt.Errorf("learning: cell %d is of type %d; allowed are 0 to %d", p, alpha, n.Types-1)
		}
	}
	for i := range n.Shares {
		rows := &n.Shares[i]
		if rows.From != next || rows.To <= next {
			return fmt.Errorf("learning: share %d begins with cell %d and ends before %d; it should begin with %d and have cells", i, rows.From, rows.To, next)
		}
		if err := rows.check(cells + n.Inputs); err != nil {
			return fmt.Errorf("learning: share %d: %w", i, err)
		}
		next = rows.To
	}
	if next != cells || cells == 0 {
		return fmt.Errorf("learning: shares end with cell %d of %d, or there are none", next, cells)
	}
	return nil
}

// check says what is wrong with rows of so many channels.
func (r *Rows) check(channels int) error {
	if len(r.Starts) != channels+1 || r.Starts[0] != 0 {
		return fmt.Errorf("%d rows, which should begin with synapse 0 and be %d, one for each cell and input", len(r.Starts)-1, channels)
	}
	for q := range channels {
		if r.Starts[q+1] < r.Starts[q] {
			return fmt.Errorf("the row of channel %d ends before it begins", q)
		}
	}
	if end := r.Starts[channels]; end != len(r.Target) || end != len(r.Weight) {
		return fmt.Errorf("rows of %d synapses have %d targets and %d weights", end, len(r.Target), len(r.Weight))
	}
	for i, p := range r.Target {
		if p < 0 || int(p) >= r.To-r.From {
			return fmt.Errorf("synapse %d ends on cell %d of the share; allowed are 0 to %d", i, p, r.To-r.From-1)
		}
	}
	return nil
}

// Bytes is the memory of the rows.
func (r *Rows) Bytes() int { return 8*len(r.Starts) + 4*len(r.Target) + 8*len(r.Weight) }

// deliver adds u at a channel to the currents of the share's cells.
func (r *Rows) deliver(current []float64, channel int, u float64) {
	from, to := r.Starts[channel], r.Starts[channel+1]
	weight := r.Weight[from:to]
	for i, p := range r.Target[from:to] {
		current[p] += float64(weight[i] * u)
	}
}

// Synapses counts the synapses.
func (n *SparseNetwork) Synapses() int {
	count := 0
	for i := range n.Shares {
		count += len(n.Shares[i].Target)
	}
	return count
}
