package learning

import (
	"math"

	"paracrine/sim"
)

// DeepR is deep rewiring: sparse projections learn and change who is connected,
// and the number of synapses of each stays what it is. Every pair that may have a
// synapse has a sign s for good; a synapse's weight is w = s θ, θ ≥ 0. After the
// optimiser has changed w, at learning rate η,
//
//	θ ← θ − η α + √(2 η T) ν,    ν ~ N(0, 1)
//
// A synapse with θ < 0 becomes dormant, which is to say that it is gone, and for
// each one that did, a pair drawn from all dormant ones of its projection gets a
// synapse of θ = 0. Source: Bellec, Kappel, Maass & Legenstein, "Deep Rewiring",
// ICLR 2018 (arXiv 1711.05136), algorithm 1.
type DeepR struct {
	L1          float64 // α
	Temperature float64 // T

	net         *Network
	projections []RewiredProjection
	seed        uint64
	updates     uint64
	stream      sim.Stream
	dormant     []int // pairs of one projection
}

// RewiredProjection is the pairs of a projection that may have a synapse.
type RewiredProjection struct {
	Array int       // which of Network.Arrays
	Pairs []int     // where in that array, in ascending order
	Sign  []float64 // s of every pair: +1 or −1
}

// streamRewiring is what DeepR draws from, one stream for every update.
const streamRewiring sim.Purpose = "rewiring"

// NewDeepR prepares the rewiring of some projections of a network, whose
// matrices have masks.
func NewDeepR(net *Network, projections []RewiredProjection, l1, temperature float64, seed uint64) *DeepR {
	return &DeepR{L1: l1, Temperature: temperature, net: net, projections: projections, seed: seed}
}

// Step follows every step of the optimiser, at the same rate. It makes the
// optimiser forget synapses that are gone.
func (d *DeepR) Step(o Optimiser, rate float64) {
	d.stream.Reset(d.seed, streamRewiring, d.updates)
	d.updates++
	arrays := d.net.Arrays()
	for _, p := range d.projections {
		gone := d.shrink(p, arrays[p.Array], o, rate)
		d.replace(p, arrays[p.Array].Exists, gone)
	}
}

// shrink moves every θ of a projection, removes the synapses that crossed zero
// and returns how many did.
func (d *DeepR) shrink(p RewiredProjection, a Array, o Optimiser, rate float64) (gone int) {
	pull, noise := float64(rate*d.L1), math.Sqrt(2*rate*d.Temperature)
	for i, at := range p.Pairs {
		if !a.Exists[at] {
			continue
		}
		theta := p.Sign[i]*a.Values[at] - pull
		if noise > 0 {
			theta += float64(noise * d.stream.Normal())
		}
		a.Values[at] = p.Sign[i] * theta
		if theta < 0 {
			a.Values[at], a.Exists[at] = 0, false
			o.Forget(p.Array, at)
			gone++
		}
	}
	return gone
}

// replace gives a number of dormant pairs of a projection a synapse of weight 0.
func (d *DeepR) replace(p RewiredProjection, exists []bool, count int) {
	if count == 0 {
		return
	}
	d.dormant = d.dormant[:0]
	for _, at := range p.Pairs {
		if !exists[at] {
			d.dormant = append(d.dormant, at)
		}
	}
	for range count {
		i, last := d.stream.IntN(len(d.dormant)), len(d.dormant)-1
		exists[d.dormant[i]] = true
		d.dormant[i] = d.dormant[last]
		d.dormant = d.dormant[:last]
	}
}

// State is what a checkpoint must hold, by name: how many updates there were,
// and which synapses exist (1 or 0 for every pair of a matrix).
func (d *DeepR) State() map[string][]float64 {
	state := map[string][]float64{"updates": {float64(d.updates)}}
	arrays := d.net.Arrays()
	for _, p := range d.projections {
		a := arrays[p.Array]
		state["exists."+a.Name] = a.Mask()
	}
	return state
}

// Restore sets the state of a checkpoint; weights are restored beside it.
func (d *DeepR) Restore(state map[string][]float64) {
	d.updates = uint64(state["updates"][0])
	arrays := d.net.Arrays()
	for _, p := range d.projections {
		a := arrays[p.Array]
		for i, x := range state["exists."+a.Name] {
			a.Exists[i] = x != 0
		}
	}
}
