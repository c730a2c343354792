package spiking

import (
	"paracrine/neuron"
	"paracrine/sim"
)

// deliver takes the spikes of the window that ends now to every worker's cells,
// step by step, so that sums are the same however time is cut into windows.
func (n *Network) deliver() error {
	for _, p := range n.projections {
		n.tally(p)
	}
	return n.each(func(worker int) error {
		pieces := n.pieces[worker]
		for _, piece := range pieces {
			n.beginPiece(piece)
		}
		for i := range n.sources {
			for _, piece := range pieces {
				n.deliverPiece(piece, i)
			}
		}
		return nil
	})
}

// tally counts a projection's synaptic events and finds by what factor
// short-term plasticity scales each spike.
func (n *Network) tally(p *projection) {
	p.factors = p.factors[:0]
	for i := range n.sources {
		n.eachSource(p, i, func(pre int, s Spike) {
			for j := range p.pieces {
				n.count.SynapticEvents += uint64(p.pieces[j].sparse.Row(pre))
			}
			if p.short != nil {
				p.factors = append(p.factors, p.short.Spike(pre, s.Time.Milliseconds()))
			}
		})
	}
}

// eachSource calls yield for the spikes of a projection's presynaptic cells in
// step i of the window, population by population, in order of time.
func (n *Network) eachSource(p *projection, i int, yield func(pre int, s Spike)) {
	for k, source := range n.populations {
		shift := source.first - p.From.First
		if shift >= p.From.Count || shift+source.Cells <= 0 {
			continue
		}
		for _, s := range n.sources[i][k] {
			if pre := int(s.Cell) + shift; pre >= 0 && pre < p.From.Count {
				yield(pre, s)
			}
		}
	}
}

// settle has plastic synapses settle if the window begins when it is time for it.
func (n *Network) settle() error {
	began := n.now - n.span
	if n.settling == 0 || began%n.settling != 0 {
		return nil
	}
	err := n.each(func(worker int) error {
		for _, piece := range n.pieces[worker] {
			if piece.plastic != nil {
				piece.plastic.Settle(piece.sparse, began.Milliseconds())
			}
		}
		return nil
	})
	for _, p := range n.projections {
		if p.gate != nil {
			p.gate.Settle(began.Milliseconds())
		}
	}
	return err
}

// beginPiece readies a piece for the spikes of a window.
func (n *Network) beginPiece(piece *piece) {
	piece.spike = 0
	if piece.plastic != nil {
		n.remember(piece)
	}
}

// deliverPiece takes the spikes of step i of the window along one piece of a
// projection.
func (n *Network) deliverPiece(piece *piece, i int) {
	p, share := piece.projection, &piece.target.shares[piece.worker]
	n.eachSource(p, i, func(pre int, s Spike) {
		factor := piece.factor
		if p.short != nil {
			factor *= p.factors[piece.spike]
			piece.spike++
		}
		if piece.plastic != nil {
			piece.plastic.Spike(piece.sparse, pre, s.Time.Milliseconds())
		}
		if piece.target.Exact {
			p.deliverExact(piece, share, pre, s, factor)
			return
		}
		piece.sparse.Deliver(share.ring, piece.channel, n.stepOf(s), pre, factor)
	})
}

// stepOf is the step at whose end a grid takes a spike to be: one between two
// steps counts as one of the later. That may be the first step of the next window,
// for which a ring has a row beyond its longest delay.
func (n *Network) stepOf(s Spike) int64 {
	step := int64((s.Time + n.spec.Step - 1) / n.spec.Step)
	if s.Part > 0 && s.Time%n.spec.Step == 0 {
		step++
	}
	return step
}

// deliverExact puts what a spike brings to cells of exact timing on its way.
func (p *projection) deliverExact(piece *piece, share *share, pre int, s Spike, factor float64) {
	piece.sparse.Each(pre, func(target uint32, weight float64, delay int64) {
		share.pending.add(arriving{
			Arrival: neuron.Arrival{Time: s.Time + sim.Time(delay)*p.unit, Weight: float64(weight * factor), Channel: int32(piece.channel), Part: s.Part},
			cell:    target, projection: uint32(p.index), source: uint32(p.From.First + pre),
		})
	})
}

// remember tells plastic synapses which of their targets have spiked.
func (n *Network) remember(piece *piece) {
	share := &piece.target.shares[piece.worker]
	for i := range n.sources {
		for _, s := range n.sources[i][piece.target.index] {
			if cell := int(s.Cell); cell >= share.from && cell < share.to {
				piece.plastic.Target(uint32(cell-share.from), s.Time.Milliseconds())
			}
		}
	}
}
