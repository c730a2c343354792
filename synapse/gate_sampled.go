package synapse

import (
	"math"
	"sort"
)

// SampledGate is what [Gate] is where cells hear a field, each where it is: its
// concentration n_j at cell j is sampled now and then, and taken to be constant in
// between. From the sample at u_k to the next,
//
//	n_j(t) − b = f_jk
//	G_j(t)     = α_jk − τ_c f_jk e^{−(t−T₀)/τ_c}
//
// and α_jk keeps G_j continuous.
//
// The field itself has no closed form that is worth its price: between releases n_j
// is a sum of as many exponentials as a lattice has modes, and so would be G_j, at
// every touch of every synapse.
type SampledGate struct {
	eligibility, baseline float64 // τ_c, ms; b
	reach                 float64 // how far the anchor may lie back, ms
	anchor                float64 // T₀, ms
	cells                 int
	from                  []float64 // u_k, ms
	held, offset          []float64 // samples × cells: f and α
}

// gateSamples is how many intervals the anchor may lie back at most, so that samples
// do not pile up.
const gateSamples = 256

// sampledReach is how far, in ms, the anchor may lie back with samples at intervals
// in ms.
func (r *DopamineSTDP) sampledReach(interval float64) float64 {
	return math.Min(r.reach(), gateSamples*interval)
}

// SampledBytes is about the most memory that a cell takes in a SampledGate with
// samples at intervals in ms.
func (r *DopamineSTDP) SampledBytes(interval float64) float64 {
	return 16 * (1 + r.sampledReach(interval)/interval)
}

// SampledGate is that of a field, which is empty at time 0, at some cells, sampled
// at intervals in ms.
func (r *DopamineSTDP) SampledGate(cells int, interval float64) *SampledGate {
	g := &SampledGate{
		eligibility: r.Eligibility, baseline: r.Baseline, reach: r.sampledReach(interval), cells: cells,
		from: []float64{math.Inf(-1)}, held: make([]float64, cells), offset: make([]float64, cells),
	}
	for j := range cells {
		g.held[j] = -r.Baseline
	}
	g.begin(0)
	return g
}

// begin forgets all samples before a time but the last.
func (g *SampledGate) begin(at float64) {
	g.anchor = at
	last := g.held[len(g.held)-g.cells:]
	g.from, g.held, g.offset = g.from[:1], append(g.held[:0], last...), g.offset[:g.cells]
	for j, f := range g.held {
		g.offset[j] = g.eligibility * f
	}
}

// Sample sets the concentrations at all cells from a time in ms on. Samples come in
// order.
func (g *SampledGate) Sample(at float64, concentrations []float64) {
	fades, last := math.Exp(-(at-g.anchor)/g.eligibility), len(g.held)-g.cells
	for j, c := range concentrations {
		f := c - g.baseline
		g.offset = append(g.offset, g.offset[last+j]+float64(float64(g.eligibility*(f-g.held[last+j]))*fades))
		g.held = append(g.held, f)
	}
	g.from = append(g.from, at)
}

// moment is a time as G_j needs it: the sample that is held, and e^{−(t−T₀)/τ_c}.
type moment struct {
	sample int
	fading float64
}

// segment is the number of the sample that is held at a time in ms.
func (g *SampledGate) segment(at float64) int {
	return sort.Search(len(g.from), func(k int) bool { return g.from[k] > at }) - 1
}

// moment is a time in ms, not before the anchor nor before Sample was told all until
// then.
func (g *SampledGate) moment(at float64) moment {
	return moment{g.segment(at), math.Exp(-(at - g.anchor) / g.eligibility)}
}

// arrival is the moment a delay after a spike that was fired at a time in ms.
func (g *SampledGate) arrival(m *mark, fired float64, t *gatedTerms) moment {
	k, at := m.segment, fired+t.delay
	for k+1 < len(g.from) && g.from[k+1] <= at {
		k++
	}
	return moment{k, m.fading * t.fadeDelay}
}

// integral is G_j at a moment.
func (g *SampledGate) integral(m moment, cell int) float64 {
	at := m.sample*g.cells + cell
	return g.offset[at] - float64(float64(g.eligibility*g.held[at])*m.fading)
}

// Settle forgets what every synapse has heard of, when it is time for that: all
// have been touched up to now, in ms, since the anchor follows.
func (g *SampledGate) Settle(now float64) {
	if settles(g.anchor, now, g.reach) {
		g.begin(now)
	}
}

// State is everything that changes, for checkpoints.
func (g *SampledGate) State() []float64 {
	values := append([]float64{g.anchor}, g.from...)
	return append(append(values, g.held...), g.offset...)
}

// SetState takes what State returned; it reports whether it fits.
func (g *SampledGate) SetState(values []float64) bool {
	each := 1 + 2*g.cells
	samples := (len(values) - 1) / each
	if samples < 1 || len(values) != 1+samples*each {
		return false
	}
	g.anchor, values = values[0], values[1:]
	g.from = append(g.from[:0], values[:samples]...)
	g.held = append(g.held[:0], values[samples:samples*(1+g.cells)]...)
	g.offset = append(g.offset[:0], values[samples*(1+g.cells):]...)
	return true
}
