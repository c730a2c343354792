package scenarios

import (
	"slices"

	"paracrine/learning"
	"paracrine/modulator"
	"paracrine/synapse"
)

// mostShares is into how many shares the cells of a sparse network are dealt out,
// whatever the number of workers. More of them would let more workers help, but
// cut rows of a hundred synapses into pieces with little to share.
const mostShares = 4

// BuildSparse makes the network of Build, to the bit, with the synapses onto cells in
// rows; at no time is there a matrix of cells by cells.
func (s *Scenario) BuildSparse(seed uint64) (*learning.SparseNetwork, error) {
	n, k := s.cellCount(), s.Task.Outputs()
	out := synapse.NewDense(k, n)
	out.Exists = make([]bool, len(out.W))
	net := &learning.SparseNetwork{
		Cells: s.spikingCells(), Types: len(s.Network.Cells), Inputs: s.Task.Inputs(),
		Out: out.W, OutExists: out.Exists, Bias: make([]float64, k),
	}
	net.Type, _ = s.types()
	net.ReadoutDecay, net.ReadoutGain = s.readoutFilter()
	if s.Network.Dale {
		net.Signs = s.signs(seed)
	}
	lists, torus := newSynapseLists(n), s.torus(seed)
	for i, p := range s.Network.Projections {
		if p.To != toReadout {
			s.list(lists, i, torus, seed)
			continue
		}
		if err := s.connect(block{ends: s.ends(p), matrix: out}, i, torus, seed); err != nil {
			return nil, err
		}
	}
	for _, l := range lists {
		net.Shares = append(net.Shares, l.rows(n+net.Inputs))
	}
	net.RandomFeedback = randomFeedback(out, seed)
	return net, nil
}

// list adds the synapses of a projection, by its index, to the lists of the shares.
func (s *Scenario) list(lists []*synapseList, index int, torus *modulator.Torus, seed uint64) {
	e := s.ends(s.Network.Projections[index])
	exists, weights := s.drawSynapses(index, torus, seed), s.drawWeights(index, seed)
	first := e.pre[0]
	if !e.recurrent {
		first = s.cellCount()
	}
	share := 0
	for post := e.post[0]; post < e.post[1]; post++ {
		for post >= lists[share].to {
			share++
		}
		drawn := weights()
		for i, there := range exists(post) {
			if there {
				lists[share].add(first+i, post, drawn[i])
			}
		}
	}
}

// synapseList is the synapses onto the cells from ≤ p < to as they are drawn.
type synapseList struct {
	from, to int
	channel  []int32
	target   []int32 // p − from
	weight   []float64
}

// newSynapseLists deals cells out to shares.
func newSynapseLists(cells int) []*synapseList {
	shares := min(mostShares, cells)
	lists := make([]*synapseList, shares)
	for i := range lists {
		lists[i] = &synapseList{from: i * cells / shares, to: (i + 1) * cells / shares}
	}
	return lists
}

func (l *synapseList) add(channel, post int, weight float64) {
	l.channel, l.target = append(l.channel, int32(channel)), append(l.target, int32(post-l.from))
	l.weight = append(l.weight, weight)
}

// rows sorts the synapses by the channel they come from.
func (l *synapseList) rows(channels int) learning.Rows {
	r := learning.Rows{From: l.from, To: l.to, Starts: make([]int, channels+1),
		Target: make([]int32, len(l.target)), Weight: make([]float64, len(l.weight))}
	for _, q := range l.channel {
		r.Starts[q+1]++
	}
	for q := range channels {
		r.Starts[q+1] += r.Starts[q]
	}
	next := slices.Clone(r.Starts)
	for i, q := range l.channel {
		r.Target[next[q]], r.Weight[next[q]] = l.target[i], l.weight[i]
		next[q]++
	}
	return r
}
