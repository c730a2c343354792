package synapse

import (
	"math"
	"sort"
)

// Gate is the concentration n of a modulator as synapses with an eligibility
// trace hear it: above a baseline b, weighted by how the trace decays, and summed
// up from the anchor T₀,
//
//	G(t) = ∫ (n(s) − b) e^{−(s−T₀)/τ_c} ds,    s from T₀ to t
//
// A trace that is c at t₀ moves its weight by c e^{(t₀−T₀)/τ_c} (G(t₁) − G(t₀))
// until t₁. So the history of n is integrated once, for all synapses, and what a
// synapse asks costs the same however often the modulator was released.
//
// In a well-stirred volume n is piecewise exponential. From the release at u_k to
// the next,
//
//	n(t) − b = N_k e^{−(t−T₀)/τ_n} − b
//	G(t)     = α_k − τ N_k e^{−(t−T₀)/τ} + τ_c b e^{−(t−T₀)/τ_c},    1/τ = 1/τ_c + 1/τ_n
//
// and α_k keeps G continuous. [SampledGate] is for what is heard place by place.
type Gate struct {
	clearance, eligibility float64 // τ_n, τ_c, ms
	baseline, joint        float64 // b; τ, ms
	reach                  float64 // how far the anchor may lie back, ms
	anchor                 float64 // T₀, ms
	segments               []segment
}

// segment is n from a release on, in ms: N and α.
type segment struct{ from, amount, offset float64 }

// Gate is that of a modulator, of which there is none at time 0, with a clearance
// in ms.
func (r *DopamineSTDP) Gate(clearance float64) *Gate {
	g := &Gate{clearance: clearance, eligibility: r.Eligibility, baseline: r.Baseline, joint: 1 / (1/r.Eligibility + 1/clearance)}
	g.reach = math.Min(anchorReach*clearance, r.reach())
	g.begin(0, 0)
	return g
}

// begin forgets what was before a time, at which the concentration is so much.
func (g *Gate) begin(at, concentration float64) {
	g.anchor = at
	offset := float64(g.joint*concentration) - float64(g.eligibility*g.baseline)
	g.segments = append(g.segments[:0], segment{math.Inf(-1), concentration, offset})
}

// Release adds to the concentration at a time in ms. Releases come in order.
func (g *Gate) Release(at, concentration float64) {
	s := g.segments[len(g.segments)-1]
	since := at - g.anchor
	s.from = at
	s.amount += float64(concentration * math.Exp(since/g.clearance))
	s.offset += float64(float64(g.joint*concentration) * math.Exp(-since/g.eligibility))
	g.segments = append(g.segments, s)
}

// segment is the number of that which holds a time: the last one from that time
// or before.
func (g *Gate) segment(at float64) int {
	return sort.Search(len(g.segments), func(k int) bool { return g.segments[k].from > at }) - 1
}

// Integral is G at a time in ms, not before the anchor nor before Release was told
// all that happened until then.
func (g *Gate) Integral(at float64) float64 {
	since := at - g.anchor
	return g.segments[g.segment(at)].integral(g, math.Exp(-since/g.joint), math.Exp(-since/g.eligibility))
}

// integral is G on a segment where e^{−(t−T₀)/τ} is x and e^{−(t−T₀)/τ_c} is y.
func (s *segment) integral(g *Gate, x, y float64) float64 {
	return s.offset - float64(float64(g.joint*s.amount)*x) + float64(float64(g.eligibility*g.baseline)*y)
}

// Settle forgets what every synapse has heard of, when it is time for that: all
// have been touched up to now, in ms, since the anchor follows.
func (g *Gate) Settle(now float64) {
	if !settles(g.anchor, now, g.reach) {
		return
	}
	last := g.segments[len(g.segments)-1]
	g.begin(now, last.amount*math.Exp(-(now-g.anchor)/g.clearance))
}

// State is everything that changes, for checkpoints.
func (g *Gate) State() []float64 {
	values := []float64{g.anchor}
	for _, s := range g.segments {
		values = append(values, s.from, s.amount, s.offset)
	}
	return values
}

// SetState takes what State returned; it reports whether it fits.
func (g *Gate) SetState(values []float64) bool {
	if len(values) < 4 || len(values)%3 != 1 {
		return false
	}
	g.anchor, g.segments = values[0], g.segments[:0]
	for v := values[1:]; len(v) > 0; v = v[3:] {
		g.segments = append(g.segments, segment{v[0], v[1], v[2]})
	}
	return true
}
