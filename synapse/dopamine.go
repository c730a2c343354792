package synapse

import "math"

// DopamineSTDP is spike-timing-dependent plasticity that a modulator gates
// (Izhikevich, Cereb. Cortex 17, 2007; Potjans, Morrison & Diesmann, Front.
// Comput. Neurosci. 4, 2010). Pairs of spikes leave a trace of eligibility c at
// the synapse, and the weight follows it as far as the concentration n of the
// modulator differs from a baseline b:
//
//	dc/dt = −c/τ_c + Σ_post A₊ K₊ δ(t − t_post − d) − Σ_pre A₋ K₋ δ(t − t_pre)
//	dw/dt = c (n − b)
//
// K₊ is 1 larger after every presynaptic spike and decays with τ₊, K₋ after every
// postsynaptic one with τ₋. All pairs count; the delay is dendritic; a pair at the
// same time at the synapse changes nothing: as in [STDP].
//
// The weight is put back between w_min and w_max whenever a spike of either cell
// reaches the synapse, and when its state settles. Where n ≥ b, as with b ≤ 0, the
// weight moves one way in between, so that this is what a bound would do that
// holds at every moment.
type DopamineSTDP struct {
	Potentiation float64 // A₊, weight per concentration and ms
	Depression   float64 // A₋, the same
	TauPlus      float64 // τ₊, ms
	TauMinus     float64 // τ₋, ms
	Eligibility  float64 // τ_c, ms
	Baseline     float64 // b, concentration
	MinWeight    float64 // w_min
	MaxWeight    float64 // w_max, above w_min
}

// reach is how far, in ms, the anchor of traces and of a gate may lie back.
func (r *DopamineSTDP) reach() float64 {
	return math.Min(anchorReach*math.Min(r.TauPlus, r.TauMinus), eligibilityReach*r.Eligibility)
}

// bound puts a weight back between its bounds.
func (r *DopamineSTDP) bound(w float64) float64 {
	return min(r.MaxWeight, max(r.MinWeight, w))
}

// Gated is what the synapses of one Sparse need to learn by DopamineSTDP. They
// are touched as [pairings] says: releases of the modulator touch none.
//
// Between jumps C = c e^{(t−T₀)/τ_c} is constant, and the weight moves by C times
// what the [Gate] gained. So a synapse keeps C, jumps of c grow by
// e^{(t−T₀)/τ_c}, and a touch takes no exponential for a synapse: where the
// target spiked, G at its arrival is made of what is kept with that spike.
//
// All synapses hear a Gate; a [SampledGate] has a G for every target.
type Gated struct {
	pairings
	rule        DopamineSTDP
	gate        *Gate        // nil where targets hear a field where they are
	sampled     *SampledGate // nil where all hear the same
	first       int          // the first target among the cells of sampled
	eligibility []float64    // C of every synapse
	heard       [][]mark     // of the spikes of every history
	newest      []mark       // of the last of each
}

// mark is what G needs at a time: e^{−(t−T₀)/τ}, e^{−(t−T₀)/τ_c}, e^{(t−T₀)/τ_c},
// and a segment of the gate, that which holds it or an earlier one. A SampledGate
// has no τ.
type mark struct {
	joint, fading, growing float64
	segment                int
}

// eligibilityReach is how many τ_c the anchor may lie back: what is lost to
// rounding grows with e^{(t−T₀)/τ_c}, to some ten bits.
const eligibilityReach = 4

// NewGated is the state of the synapses of s, from a number of cells onto a number
// of targets that have not spiked; unit is the unit of delays in ms. Whoever holds
// the gate, which many may share, keeps it ahead of the spikes.
func NewGated(rule DopamineSTDP, gate *Gate, s *Sparse, cells, targets int, unit float64) *Gated {
	g := newGated(rule, s, cells, targets, unit)
	g.gate = gate
	return g
}

// NewSampledGated is the same where targets hear a field: the first is a cell of the
// gate, the others follow.
func NewSampledGated(rule DopamineSTDP, gate *SampledGate, first int, s *Sparse, cells, targets int, unit float64) *Gated {
	g := newGated(rule, s, cells, targets, unit)
	g.sampled, g.first = gate, first
	return g
}

func newGated(rule DopamineSTDP, s *Sparse, cells, targets int, unit float64) *Gated {
	return &Gated{
		pairings: newPairings(rule.TauPlus, rule.TauMinus, cells, targets, unit), rule: rule,
		eligibility: make([]float64, s.Len()), heard: make([][]mark, targets), newest: make([]mark, targets),
	}
}

// Reach is how far, in ms, the anchor may lie back.
func (g *Gated) Reach() float64 {
	if g.sampled != nil {
		return g.sampled.reach
	}
	return g.gate.reach
}

// mark is that of a time in ms.
func (g *Gated) mark(at float64) mark {
	since := at - g.anchor
	m := mark{fading: math.Exp(-since / g.rule.Eligibility), growing: math.Exp(since / g.rule.Eligibility)}
	if g.gate != nil {
		m.joint = math.Exp(-since / g.gate.joint)
	}
	return m
}

// segment is the number of the gate's that holds a time in ms.
func (g *Gated) segment(at float64) int {
	if g.sampled != nil {
		return g.sampled.segment(at)
	}
	return g.gate.segment(at)
}

// Target takes a spike of a target at a time in ms; the spikes of a target come
// in order.
func (g *Gated) Target(target uint32, at float64) {
	g.pairings.Target(target, at)
	m := g.mark(at)
	m.segment = g.segment(at)
	g.newest[target] = m
	g.heard[target] = append(g.heard[target], m)
}

// Spike makes the synapses of cell pre learn from its spike at a time in ms.
// What the spike delivers is the weight after that.
func (g *Gated) Spike(s *Sparse, pre int, at float64) {
	g.touch(s, pre, at, g.rule.Depression)
	g.source(pre, at)
}

// gatedTerms is what synapses of a row that share a delay share at a touch.
type gatedTerms struct {
	terms                         // plus and minus with the rule's amplitudes, and grown
	before, now           float64 // G at the last touch, and at this, where all hear the same
	beforeAt, nowAt       moment  // these times where they do not
	delay                 float64 // ms
	jointDelay, fadeDelay float64 // e^{−d/τ}, e^{−d/τ_c}
}

// times are those of the last touch of a cell's synapses and of this, in ms.
func (g *Gated) times(pre int, at float64) (t gatedTerms) {
	since := g.since[pre]
	if math.IsInf(since, -1) {
		since = at // nothing moves before the first
	}
	if g.sampled != nil {
		t.beforeAt, t.nowAt = g.sampled.moment(since), g.sampled.moment(at)
	} else {
		t.before, t.now = g.gate.Integral(since), g.gate.Integral(at)
	}
	return t
}

// touch takes the synapses of a row to a time, at which a presynaptic spike
// depresses them by so much.
func (g *Gated) touch(s *Sparse, pre int, at, depression float64) {
	t := g.times(pre, at)
	grown := math.Exp((at - g.anchor) / g.rule.Eligibility)
	s.stretches(pre, func(from, to uint32, delay int64) {
		t.delay = float64(delay) * g.unit
		t.terms = g.spikeTerms(pre, at, t.delay)
		if math.IsInf(t.after, -1) {
			t.after = t.until // nothing to make up for before the first spike
		}
		t.plus *= g.rule.Potentiation * math.Exp(t.delay/g.rule.Eligibility)
		t.minus *= depression * grown
		t.fadeDelay = math.Exp(-t.delay / g.rule.Eligibility)
		if g.gate != nil {
			t.jointDelay = math.Exp(-t.delay / g.gate.joint)
		}
		if s.narrow != nil {
			touchRow(g, s.narrow[from:to], s.weights[from:to], g.eligibility[from:to], &t)
		} else {
			touchRow(g, s.wide[from:to], s.weights[from:to], g.eligibility[from:to], &t)
		}
	})
}

func touchRow[T uint16 | uint32](g *Gated, targets []T, weights, eligibility []float64, t *gatedTerms) {
	if g.sampled == nil {
		gateRow(g, targets, weights, eligibility, t)
		return
	}
	for i, target := range targets {
		before, now := g.sampled.integral(t.beforeAt, g.first+int(target)), g.sampled.integral(t.nowAt, g.first+int(target))
		weights[i], eligibility[i] = g.pair(int(target), weights[i], eligibility[i], before, now, t)
	}
}

// gateRow is the touch of synapses that all hear the same.
func gateRow[T uint16 | uint32](g *Gated, targets []T, weights, eligibility []float64, t *gatedTerms) {
	weights, eligibility = weights[:len(targets)], eligibility[:len(targets)]
	for i, target := range targets {
		latest, w, c := &g.latest[target], weights[i], eligibility[i]
		switch {
		case latest.at >= t.until || latest.before > t.after:
			weights[i], eligibility[i] = g.pair(int(target), w, c, t.before, t.now, t)
			continue
		case latest.at > t.after:
			m := &g.newest[target]
			met := g.gate.arrival(m, latest.at, t)
			w = g.rule.bound(w + float64(c*(met-t.before)))
			c += float64(float64(latest.plus*m.growing) * t.plus)
			w = g.rule.bound(w + float64(c*(t.now-met)))
		default:
			w = g.rule.bound(w + float64(c*(t.now-t.before)))
		}
		// Before its first spike a target's trace is 0 and depresses nothing.
		weights[i], eligibility[i] = w, c-float64(latest.minus*t.minus)
	}
}

// arrival is G a delay after a spike that was fired at a time in ms.
func (g *Gate) arrival(m *mark, fired float64, t *gatedTerms) float64 {
	k, at := m.segment, fired+t.delay
	for k+1 < len(g.segments) && g.segments[k+1].from <= at {
		k++
	}
	return g.segments[k].integral(g, m.joint*t.jointDelay, m.fading*t.fadeDelay)
}

// arrival is G of a target a delay after it fired at a time in ms.
func (g *Gated) arrival(target int, m *mark, fired float64, t *gatedTerms) float64 {
	if g.sampled != nil {
		return g.sampled.integral(g.sampled.arrival(m, fired, t), g.first+target)
	}
	return g.gate.arrival(m, fired, t)
}

// pair is the touch of a synapse, however often its target has spiked since and
// however much of that is still to reach it, given G at the last touch and at this.
func (g *Gated) pair(target int, w, c, before, now float64, t *gatedTerms) (weight, eligibility float64) {
	h := g.targets[target]
	begin, end := h.due(t.terms)
	for i := begin; i < end; i++ {
		m := &g.heard[target][i]
		met := g.arrival(target, m, h[i].at, t)
		w = g.rule.bound(w + float64(c*(met-before)))
		c += float64(float64(h[i].plus*m.growing) * t.plus)
		before = met
	}
	w = g.rule.bound(w + float64(c*(now-before)))
	return w, c - float64(h.traced(end, t.terms)*t.minus)
}

// Settle keeps traces in range and forgets what every synapse has seen, when it
// is time for that. All spikes up to now, in ms, must have been taken. The gate is
// to settle after all that share it have.
func (g *Gated) Settle(s *Sparse, now float64) {
	if !settles(g.anchor, now, g.Reach()) {
		return
	}
	_, longest := s.Delays()
	fade := math.Exp(-(now - g.anchor) / g.rule.Eligibility)
	for pre := range g.last {
		if math.IsInf(g.last[pre], -1) {
			continue // its synapses have no trace yet
		}
		g.touch(s, pre, now, 0)
		g.since[pre] = now
		for at := s.starts[pre]; at < s.starts[pre+1]; at++ {
			g.eligibility[at] *= fade
		}
	}
	g.forget(now - float64(longest)*g.unit)
	g.moveAnchor(now)
	g.markAll()
}

// markAll marks all spikes that are kept, with the gate's first segment.
func (g *Gated) markAll() {
	for j, h := range g.targets {
		g.heard[j], g.newest[j] = g.heard[j][:0], mark{}
		for _, spike := range h {
			g.newest[j] = g.mark(spike.at)
			g.heard[j] = append(g.heard[j], g.newest[j])
		}
	}
}

// Bytes is the memory that the state takes.
func (g *Gated) Bytes() int {
	n := g.pairings.Bytes() + 8*len(g.eligibility) + 56*len(g.newest)
	for _, h := range g.heard {
		n += 32 * cap(h)
	}
	return n
}

// State is everything that changes, weights excepted, for checkpoints.
func (g *Gated) State() []float64 {
	return append(g.pairings.State(), g.eligibility...)
}

// SetState takes what State returned; it reports whether it fits. The gate has
// its state already.
func (g *Gated) SetState(values []float64) bool {
	n := len(values) - len(g.eligibility)
	if n < 0 || !g.pairings.SetState(values[:n]) {
		return false
	}
	copy(g.eligibility, values[n:])
	g.markAll()
	return true
}
