package synapse

import "math"

// pairings is what pair-based rules share: the traces of presynaptic cells, and
// the spikes of targets that synapses may not have seen yet. A synapse is touched
// when its presynaptic cell spikes: it then makes up for the postsynaptic spikes
// since the last time.
//
// Traces are kept relative to an anchor, T₀, so that no exponential is needed
// per synapse: K₋(t) = A e^{−(t−T₀)/τ₋} with A of the target, and what a
// postsynaptic spike at t' adds is B e^{(t_last−d−T₀)/τ₊} K₊ with
// B = e^{−(t'−T₀)/τ₊} of the spike. The anchor follows before either grows out
// of range.
type pairings struct {
	tauPlus, tauMinus float64 // ms
	unit              float64 // ms per unit of delay
	anchor            float64 // T₀, ms
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

func newPairings(tauPlus, tauMinus float64, cells, targets int, unit float64) pairings {
	p := pairings{
		tauPlus: tauPlus, tauMinus: tauMinus, unit: unit, targets: make([]history, targets),
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
func (p *pairings) noteLatest() {
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
func (p *pairings) Target(target uint32, at float64) {
	l := &p.latest[target]
	minus := l.minus + math.Exp((at-p.anchor)/p.tauMinus)
	*l = newest{pairing{at, minus, math.Exp(-(at - p.anchor) / p.tauPlus)}, l.at}
	p.targets[target] = append(p.targets[target], l.pairing)
}

// source takes a spike of a presynaptic cell whose synapses have learned from it.
func (p *pairings) source(pre int, at float64) {
	p.trace[pre] = float64(p.trace[pre]*math.Exp((p.last[pre]-at)/p.tauPlus)) + 1
	p.last[pre], p.since[pre] = at, at
}

// terms is what the synapses of a row share at a spike.
type terms struct {
	after, until float64 // postsynaptic spikes fired in (after, until] are made up for
	plus, minus  float64 // what B and A are multiplied by
}

func (p *pairings) spikeTerms(pre int, at, delay float64) terms {
	t := terms{after: p.since[pre] - delay, until: at - delay, minus: math.Exp(-(at - delay - p.anchor) / p.tauMinus)}
	if p.trace[pre] > 0 {
		t.plus = p.trace[pre] * math.Exp((p.last[pre]-delay-p.anchor)/p.tauPlus)
	}
	return t
}

// due are the places in a history of the spikes fired in (after, until].
func (h history) due(t terms) (begin, end int) {
	end = len(h)
	for end > 0 && h[end-1].at > t.until {
		end--
	}
	begin = end
	for begin > 0 && h[begin-1].at > t.after {
		begin--
	}
	return begin, end
}

// traced is A where a presynaptic spike finds it, given the end of the spikes
// that are due: 0 before the target's first spike. A pair at the same time at the
// synapse changes nothing.
func (h history) traced(end int, t terms) float64 {
	for end > 0 && h[end-1].at == t.until {
		end--
	}
	if end == 0 {
		return 0
	}
	return h[end-1].minus
}

// anchorReach is how many time constants of a trace the anchor may lie back.
const anchorReach = 100

// Reach is how far, in ms, the anchor may lie back.
func (p *pairings) Reach() float64 { return anchorReach * math.Min(p.tauPlus, p.tauMinus) }

// settles reports whether an anchor is to follow to a time. Asked at multiples of
// at most reach, it has the anchor follow before that lies further back.
func settles(anchor, now, reach float64) bool { return now-anchor >= reach/2 }

// forget drops all spikes that every synapse has seen, of those fired up to a
// time, but the last of each target.
func (p *pairings) forget(until float64) {
	for j, h := range p.targets {
		keep := 0
		for keep+1 < len(h) && h[keep+1].at <= until {
			keep++
		}
		p.targets[j] = append(h[:0], h[keep:]...)
	}
}

func (p *pairings) moveAnchor(to float64) {
	minus, plus := math.Exp(-(to-p.anchor)/p.tauMinus), math.Exp((to-p.anchor)/p.tauPlus)
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
func (p *pairings) Bytes() int {
	n := 8*3*len(p.last) + 24*len(p.targets) + 32*len(p.latest)
	for _, h := range p.targets {
		n += 24 * cap(h)
	}
	return n
}

// State is everything that changes, weights excepted, for checkpoints.
func (p *pairings) State() []float64 {
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
func (p *pairings) SetState(values []float64) bool {
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
