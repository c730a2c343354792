package synapse

import "math"

// STDP is pair-based spike-timing-dependent plasticity (Song, Miller & Abbott,
// Nat. Neurosci. 3, 2000; Gütig et al., J. Neurosci. 23, 2003): a pair of a
// presynaptic spike and a postsynaptic one Δt later changes the weight by
//
//	Δw =  λ w_max (1 − w/w_max)^μ₊ exp(−Δt/τ₊)     Δt > 0
//	Δw = −λ α w_max (w/w_max)^μ₋ exp(Δt/τ₋)        Δt < 0
//
// and w stays between 0 and w_max. μ = 0 is additive, μ = 1 multiplicative. All
// pairs count. The delay is dendritic: a postsynaptic spike reaches the synapse
// one delay after it was fired, a presynaptic one at once (Morrison, Diesmann &
// Gerstner, Biol. Cybern. 98, 2008).
type STDP struct {
	Rate      float64 // λ
	Asymmetry float64 // α
	TauPlus   float64 // τ₊, ms
	TauMinus  float64 // τ₋, ms
	MuPlus    float64 // μ₊
	MuMinus   float64 // μ₋
	MaxWeight float64 // w_max, above 0
}

// potentiate is a weight after a pair whose trace is k.
func (r *STDP) potentiate(w, k float64) float64 {
	if r.MuPlus != 0 {
		k *= power(1-w/r.MaxWeight, r.MuPlus)
	}
	return min(r.MaxWeight, w+float64(float64(r.Rate*r.MaxWeight)*k))
}

// depress is a weight after a pair whose trace is k.
func (r *STDP) depress(w, k float64) float64 {
	if r.MuMinus != 0 {
		k *= power(w/r.MaxWeight, r.MuMinus)
	}
	return max(0, w-float64(float64(r.Rate*r.Asymmetry*r.MaxWeight)*k))
}

// power is x^μ, which the multiplicative rule has for nothing.
func power(x, mu float64) float64 {
	if mu == 1 {
		return x
	}
	return math.Pow(x, mu)
}

// Plastic is what the synapses of one Sparse need to learn by STDP: [pairings]
// says how.
type Plastic struct {
	pairings
	rule STDP
}

// NewPlastic is the state of synapses from a number of cells onto a number of
// targets that have not spiked; unit is the unit of delays in ms.
func NewPlastic(rule STDP, cells, targets int, unit float64) *Plastic {
	return &Plastic{newPairings(rule.TauPlus, rule.TauMinus, cells, targets, unit), rule}
}

// Spike makes the synapses of cell pre learn from its spike at a time in ms.
// What the spike delivers is the weight after that.
func (p *Plastic) Spike(s *Sparse, pre int, at float64) {
	if s.first == nil {
		p.learn(s, pre, s.starts[pre], s.starts[pre+1], at, float64(s.delay)*p.unit)
	} else {
		s.stretches(pre, func(from, to uint32, delay int64) {
			p.learn(s, pre, from, to, at, float64(delay)*p.unit)
		})
	}
	p.source(pre, at)
}

// learn is Spike for synapses that share a delay, in ms.
func (p *Plastic) learn(s *Sparse, pre int, from, to uint32, at, delay float64) {
	if s.narrow != nil {
		learnRow(p, s.narrow[from:to], s.weights[from:to], p.spikeTerms(pre, at, delay))
		return
	}
	learnRow(p, s.wide[from:to], s.weights[from:to], p.spikeTerms(pre, at, delay))
}

func learnRow[T uint16 | uint32](p *Plastic, targets []T, weights []float64, t terms) {
	weights = weights[:len(targets)]
	for i, target := range targets {
		latest, w := &p.latest[target], weights[i]
		switch {
		case latest.at >= t.until || latest.before > t.after:
			weights[i] = p.pair(p.targets[target], w, t)
			continue
		case latest.at > t.after && t.plus > 0:
			w = p.rule.potentiate(w, latest.plus*t.plus)
		}
		// Before its first spike a target's trace is 0 and depresses nothing.
		weights[i] = p.rule.depress(w, latest.minus*t.minus)
	}
}

// pair is learnRow for a synapse whose target has spiked more than once since, or
// so lately that not all of it has reached the synapse.
func (p *Plastic) pair(h history, w float64, t terms) float64 {
	begin, end := h.due(t)
	if t.plus > 0 {
		for _, spike := range h[begin:end] {
			w = p.rule.potentiate(w, spike.plus*t.plus)
		}
	}
	if minus := h.traced(end, t); minus > 0 {
		w = p.rule.depress(w, minus*t.minus)
	}
	return w
}

// Settle keeps traces in range and forgets what every synapse has seen, when it
// is time for that. All spikes up to now, in ms, must have been taken.
func (p *Plastic) Settle(s *Sparse, now float64) {
	if !settles(p.anchor, now, p.Reach()) {
		return
	}
	_, longest := s.Delays()
	for pre := range p.last {
		p.makeUp(s, pre, now)
	}
	p.forget(now - float64(longest)*p.unit)
	p.moveAnchor(now)
}

// makeUp potentiates a row for the postsynaptic spikes that reached it up to now.
func (p *Plastic) makeUp(s *Sparse, pre int, now float64) {
	if p.trace[pre] == 0 {
		return
	}
	s.stretches(pre, func(from, to uint32, delay int64) {
		t := p.spikeTerms(pre, now, float64(delay)*p.unit)
		for at := from; at < to; at++ {
			for _, spike := range p.targets[s.target(at)] {
				if spike.at > t.after && spike.at <= t.until {
					s.weights[at] = p.rule.potentiate(s.weights[at], spike.plus*t.plus)
				}
			}
		}
	})
	p.since[pre] = now
}

// Weights are the live weights of synapses that learn, row by row.
func (s *Sparse) Weights() []float64 { return s.weights }
