package learning

import (
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
