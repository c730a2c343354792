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

// Plastic is what the synapses of one Sparse need to learn by STDP. A synapse is
// touched when its presynaptic cell spikes: it then makes up for the
// postsynaptic spikes since the last time.
//
// Traces are kept relative to an anchor, T₀, so that no exponential is needed
// per synapse: K₋(t) = A e^{−(t−T₀)/τ₋} with A of the target, and what a
// postsynaptic spike at t' adds is B e^{(t_last−d−T₀)/τ₊} K₊ with
// B = e^{−(t'−T₀)/τ₊} of the spike. The anchor follows before either grows out
// of range.
type Plastic struct {
	rule   STDP
	unit   float64 // ms per unit of delay
	anchor float64 // T₀, ms
	// Per presynaptic cell: K₊ after its last spike, the time of that, and up to
	// when postsynaptic spikes have been made up for.
	trace, last, since []float64
	targets            []history
	latest             []newest // of each history
}

// history is the spikes of a target that synapses may not have seen yet, and
// the one before them.
type history []pairing

// newest is the last spike of a history, at −∞ if there is none, and when the one
// before it was.
type newest struct {
	pairing
	before float64
}

// pairing is a postsynaptic spike: its time in ms, and A after it and B of it.
type pairing struct{ at, minus, plus float64 }

// NewPlastic is the state of synapses from a number of cells onto a number of
// targets that have not spiked; unit is the unit of delays in ms.
func NewPlastic(rule STDP, cells, targets int, unit float64) *Plastic {
	p := &Plastic{
		rule: rule, unit: unit, targets: make([]history, targets),
		trace: make([]float64, cells), last: make([]float64, cells), since: make([]float64, cells),
	}
	for i := range p.last {
		p.last[i], p.since[i] = math.Inf(-1), math.Inf(-1)
	}
	p.latest = make([]newest, targets)
	p.noteLatest()
	return p
}

// noteLatest finds the last spike of every target.
func (p *Plastic) noteLatest() {
	for j, h := range p.targets {
		p.latest[j] = newest{pairing{at: math.Inf(-1)}, math.Inf(-1)}
		if n := len(h); n > 0 {
			p.latest[j].pairing = h[n-1]
		}
		if n := len(h); n > 1 {
			p.latest[j].before = h[n-2].at
		}
	}
}

// Target takes a spike of a target at a time in ms; the spikes of a target come
// in order.
func (p *Plastic) Target(target uint32, at float64) {
	l := &p.latest[target]
	minus := l.minus + math.Exp((at-p.anchor)/p.rule.TauMinus)
	*l = newest{pairing{at, minus, math.Exp(-(at - p.anchor) / p.rule.TauPlus)}, l.at}
	p.targets[target] = append(p.targets[target], l.pairing)
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
	p.trace[pre] = float64(p.trace[pre]*math.Exp((p.last[pre]-at)/p.rule.TauPlus)) + 1
	p.last[pre], p.since[pre] = at, at
}

// learn is Spike for synapses that share a delay, in ms.
func (p *Plastic) learn(s *Sparse, pre int, from, to uint32, at, delay float64) {
	if s.narrow != nil {
		learnRow(p, s.narrow[from:to], s.weights[from:to], p.spikeTerms(pre, at, delay))
		return
	}
	learnRow(p, s.wide[from:to], s.weights[from:to], p.spikeTerms(pre, at, delay))
}

// terms is what the synapses of a row share at a spike.
type terms struct {
	after, until float64 // postsynaptic spikes fired in (after, until] are made up for
	plus, minus  float64 // what B and A are multiplied by
}

func (p *Plastic) spikeTerms(pre int, at, delay float64) terms {
	t := terms{after: p.since[pre] - delay, until: at - delay, minus: math.Exp(-(at - delay - p.anchor) / p.rule.TauMinus)}
	if p.trace[pre] > 0 {
		t.plus = p.trace[pre] * math.Exp((p.last[pre]-delay-p.anchor)/p.rule.TauPlus)
	}
	return t
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
	end := len(h) // of the spikes fired up to until
	for end > 0 && h[end-1].at > t.until {
		end--
	}
	begin := end
	for begin > 0 && h[begin-1].at > t.after {
		begin--
	}
	if t.plus > 0 {
		for _, spike := range h[begin:end] {
			w = p.rule.potentiate(w, spike.plus*t.plus)
		}
	}
	// A pair at the same time at the synapse changes nothing.
	for end > 0 && h[end-1].at == t.until {
		end--
	}
	if end == 0 {
		return w
	}
	return p.rule.depress(w, h[end-1].minus*t.minus)
}

// anchorReach is how many time constants the anchor may lie back.
const anchorReach = 100

// Settle keeps traces in range and forgets what every synapse has seen, when it
// is time for that. All spikes up to now, in ms, must have been taken.
func (p *Plastic) Settle(s *Sparse, now float64) {
	if now-p.anchor < anchorReach*math.Min(p.rule.TauPlus, p.rule.TauMinus) {
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

// forget drops all spikes up to a time but the last of each target.
func (p *Plastic) forget(until float64) {
	for j, h := range p.targets {
		keep := 0
		for keep+1 < len(h) && h[keep+1].at <= until {
			keep++
		}
		p.targets[j] = append(h[:0], h[keep:]...)
	}
}

func (p *Plastic) moveAnchor(to float64) {
	minus, plus := math.Exp(-(to-p.anchor)/p.rule.TauMinus), math.Exp((to-p.anchor)/p.rule.TauPlus)
	for _, h := range p.targets {
		for i := range h {
			h[i].minus *= minus
			h[i].plus *= plus
		}
	}
	p.noteLatest()
	p.anchor = to
}

// Bytes is the memory that the state takes.
func (p *Plastic) Bytes() int {
	n := 8*3*len(p.last) + 24*len(p.targets) + 32*len(p.latest)
	for _, h := range p.targets {
		n += 24 * cap(h)
	}
	return n
}

// State is everything that changes, weights excepted, for checkpoints.
func (p *Plastic) State() []float64 {
	values := []float64{p.anchor}
	values = append(values, p.trace...)
	values = append(values, p.last...)
	values = append(values, p.since...)
	for _, h := range p.targets {
		values = append(values, float64(len(h)))
		for _, spike := range h {
			values = append(values, spike.at, spike.minus, spike.plus)
		}
	}
	return values
}

// SetState takes what State returned; it reports whether it fits.
func (p *Plastic) SetState(values []float64) bool {
	n := len(p.last)
	if len(values) < 1+3*n {
		return false
	}
	p.anchor = values[0]
	copy(p.trace, values[1:])
	copy(p.last, values[1+n:])
	copy(p.since, values[1+2*n:])
	values = values[1+3*n:]
	for j := range p.targets {
		if len(values) == 0 || !(values[0] >= 0 && values[0] <= float64(len(values)-1)/3) {
			return false
		}
		spikes := int(values[0])
		values = values[1:]
		p.targets[j] = nil
		for ; spikes > 0; spikes-- {
			p.targets[j] = append(p.targets[j], pairing{values[0], values[1], values[2]})
			values = values[3:]
		}
	}
	p.noteLatest()
	return len(values) == 0
}

// Weights are the live weights of synapses that learn, row by row.
func (s *Sparse) Weights() []float64 { return s.weights }
