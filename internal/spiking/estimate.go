package spiking

import (
	"math"

	"paracrine/synapse"
)

// Cost is what a network will take, expected before anything is allocated.
type Cost struct {
	Cells    int
	Synapses float64
	Bytes    float64 // while it runs
	Peak     float64 // while it is built
	// Modulators is the part of Bytes that fields of modulators and receptors take,
	// and Sites the sites of all fields.
	Modulators float64
	Sites      int
}

// Estimate is the cost of a specification on a number of workers.
func Estimate(s Spec, workers int) (Cost, error) {
	var c Cost
	window, err := s.window()
	if err != nil {
		return c, err
	}
	reach := make([]float64, len(s.Populations)) // longest delays, ms
	for i, p := range s.Projections {
		n := p.Rule.Expected(s.Wiring(i))
		each, building := s.synapseBytes(p, workers)
		c.Modulators += s.gateBytes(p)
		c.Synapses += n
		c.Bytes += n*each + float64(4*(p.From.Count+1)*workers)
		c.Peak = math.Max(c.Peak, n*building)
		s.lengthen(reach, p)
	}
	for i, p := range s.Populations {
		c.Cells += p.Cells
		c.Bytes += float64(p.Cells) * s.cellBytes(p, reach[i]+window.Milliseconds())
	}
	for _, m := range s.Modulators {
		c.Modulators += m.bytes(c.Cells)
		c.Sites++
		if m.Space != nil {
			c.Sites += m.Space.Sites() - 1
		}
	}
	c.Bytes += c.Modulators
	c.Peak += c.Bytes
	return c, nil
}

// The memory of modulators in bytes: of a site, of a receptor, what it changes
// included, and of a cell that releases.
const (
	siteBytes      = 60
	receptorBytes  = 64
	releasingBytes = 24
)

// bytes is the memory of a modulator in a network of so many cells.
func (m Modulator) bytes(cells int) float64 {
	sum := 0
	if s := m.Space; s != nil {
		sum = siteBytes*s.Sites() + 8*64*(s.Shape[0]+s.Shape[1]*s.Shape[2]) + 8*cells
	}
	for _, r := range m.Releases {
		sum += releasingBytes * r.From.Count
	}
	for _, r := range m.Receptors {
		sum += receptorBytes * r.To.Count
	}
	return float64(sum)
}

// gateBytes is the memory of what the synapses of a projection hear of a field.
func (s Spec) gateBytes(p Projection) float64 {
	if p.Gated == nil || s.Modulators[p.Modulator].Space == nil {
		return 0
	}
	return float64(p.To.Count) * p.Gated.SampledBytes(s.Modulators[p.Modulator].Sampling.Milliseconds())
}

// lengthen notes the longest delay of a projection for its targets.
func (s Spec) lengthen(reach []float64, p Projection) {
	_, high := p.Delay.Support()
	if list, listed := p.Rule.(synapse.Listed); listed && list.Delays() != nil {
		high = 0
		for _, d := range list.Delays() {
			high = math.Max(high, d)
		}
	}
	if math.IsInf(high, 0) { // unbounded: some way into the tail
		high = 10 * (math.Abs(p.Delay.A) + math.Abs(p.Delay.B))
	}
	first := 0
	for i, target := range s.Populations {
		if overlap(p.To, first, target.Cells) {
			reach[i] = math.Max(reach[i], high)
		}
		first += target.Cells
	}
}

// synapseBytes is the memory of a synapse, and what it takes beside that while
// it is made.
func (s Spec) synapseBytes(p Projection, workers int) (each, building float64) {
	each = 4
	if p.To.Count/workers <= 1<<16 {
		each = 2
	}
	list, listed := p.Rule.(synapse.Listed)
	switch {
	case p.plastic() || listed && list.Weights() != nil:
		each += 8
	case !p.Weight.IsConstant():
		each += 4
	}
	if p.Gated != nil {
		each += 8 // eligibility
	}
	if !p.Delay.IsConstant() || listed && list.Delays() != nil {
		each += 1
		building = 4
	}
	return each, building
}

// cellBytes is the memory of a cell: parameters and state, and inputs on the way.
func (s Spec) cellBytes(p Population, reach float64) float64 {
	state := float64(8 * (len(p.Model.Parameters) + 2*len(p.Model.Variables) + 2))
	if p.Exact {
		return state
	}
	synaptic := 0
	for _, in := range p.Model.Inputs {
		if !in.Current {
			synaptic++
		}
	}
	slots := math.Exp2(math.Ceil(math.Log2(reach/s.Step.Milliseconds() + 1)))
	return state + 8*slots*float64(synaptic)
}
