package learning

import (
	"math/bits"

	"paracrine/internal/kernel"
)

// crossings computes gradients from threshold crossing to threshold crossing.
//
// Where credit is a sum over few channels a, the errors of the K outputs and the
// C ligands,
//
//	h's summand: g_p,t = ψ_p,t Σ_a A_pa u_a,t     (A: B and R;  u: d_t and κ_{t+1})
//
// nothing in the sum Σ_t g_p,t ε_q,t belongs to the pair (p, q): between two
// crossings of its threshold, cell p takes a difference of the running sums
//
//	S_a,q(t) = Σ_{s≤t} u_a,s ε_q,s,      ε_t = η ε_{t-1} + z_{t-1}
//
// so the gradient costs per crossing, of which a rate cell has a few per trial,
// and not per step. The credit itself is C numbers per step,
//
//	κ_t = Σ_j S_j c_j ψ_j L_j + ( η + Σ_j S_j c_j μ_j R_jᵀ ) κ_{t+1}
//
// The dense sweep (backward.go) is the twin that tests it.
type crossings struct {
	c        *Credit
	channels int
	levels   [][]float64 // κ truncated to 1, 2, … lags (one with every lag): trials × C
	spare    []float64   // trials × C
	passage  []float64   // C × C: the factor of κ_{t+1}, transposed
	secreted []float64   // N × C: S_j c_j
	credit   []float64   // Steps × trials × channels: u
	sums     [2]running  // from recurrent cells, from inputs
	signal   []float64   // trials × N: L
}

// running are the traces and running sums of one kind of presynaptic channel.
type running struct {
	width int
	decay []float64 // trials × width: η
	ones  []float64 // trials × width
	trace []float64 // trials × width: ε / c_v
	sums  []float64 // trials × channels × width: S
}

// maxChannels is up to where running sums are cheaper than a product over time.
const maxChannels = 24

// hasChannels says whether the rule's credit is a sum over few channels.
func (c *Credit) hasChannels() bool {
	_, _, k := c.net.Size()
	lags, channels := c.Rule.lags(), k
	switch {
	case c.Rule.Causal || c.passesExactly():
		return false
	case lags > 0 && (c.expression == nil || c.expression.Self != nil || c.Rule.Diagonal == "zero"):
		return false
	case lags > 0:
		channels += c.expression.Ligands
	}
	for _, decay := range c.decay {
		if decay != c.decay[0] {
			return false
		}
	}
	return channels <= maxChannels
}

func newCrossings(c *Credit, steps, trials int) *crossings {
	m, n, k := c.net.Size()
	x := &crossings{c: c, channels: k, signal: make([]float64, trials*n)}
	if lags := c.Rule.lags(); lags > 0 {
		ligands := c.expression.Ligands
		x.channels += ligands
		if lags == all {
			lags = 1
		}
		for range lags {
			x.levels = append(x.levels, make([]float64, trials*ligands))
		}
		x.spare = make([]float64, trials*ligands)
		x.passage, x.secreted = make([]float64, ligands*ligands), make([]float64, n*ligands)
	}
	x.credit = make([]float64, steps*trials*x.channels)
	for i, width := range []int{n, m} {
		r := running{width: width, decay: make([]float64, trials*width), ones: make([]float64, trials*width),
			trace: make([]float64, trials*width), sums: make([]float64, trials*x.channels*width)}
		for j := range r.decay {
			r.decay[j], r.ones[j] = c.decay[0], 1
		}
		x.sums[i] = r
	}
	return x
}

func (x *crossings) gradient(g *Gradient, r *Record, filtered []float64) {
	x.prepare()
	for t := r.Steps - 1; t >= 0; t-- {
		x.creditAt(r, filtered, t)
	}
	for _, s := range x.sums {
		clear(s.trace)
		clear(s.sums)
	}
	for t := range r.Steps {
		x.sums[0].advanceTrace(r.RateBefore(t))
		x.sums[1].advanceTrace(r.InputAt(t))
		if t > 0 {
			x.settle(g, r, r.ActiveBefore(t), r.ActiveAt(t))
		} else {
			x.settle(g, r, nil, r.ActiveAt(t))
		}
		u := at(x.credit, t, r.Steps)
		x.sums[0].add(u, r.Trials, x.channels)
		x.sums[1].add(u, r.Trials, x.channels)
	}
	x.settle(g, r, r.ActiveAt(r.Steps-1), nil)
	if x.c.Rule.Form == "code" && len(x.levels) > 0 {
		x.settleUngated(g, r)
	}
}

// prepare takes the rule's present expression and μ.
func (x *crossings) prepare() {
	if len(x.levels) == 0 {
		return
	}
	e, n := x.c.expression, x.c.net.Cells.Size()
	for j := range n {
		for l := range e.Ligands {
			x.secreted[j*e.Ligands+l] = x.c.gain[j] * e.Secretion[j*e.Ligands+l]
		}
	}
	clear(x.passage)
	for j := range n {
		heard := at(e.Reception, j, n)
		for m, r := range heard {
			kernel.Axpy(x.c.cellMu[j]*r, at(x.secreted, j, n), at(x.passage, m, e.Ligands))
		}
	}
	for l := range e.Ligands {
		x.passage[l*e.Ligands+l] += x.c.decay[0]
	}
}

// creditAt writes u_t = (d_t, κ_{t+1}) and continues κ to step t.
func (x *crossings) creditAt(r *Record, filtered []float64, t int) {
	_, n, k := x.c.net.Size()
	u, d := at(x.credit, t, r.Steps), filtered[t*r.Trials*k:(t+1)*r.Trials*k]
	ligands := x.channels - k
	for b := range r.Trials {
		copy(u[b*x.channels:], d[b*k:(b+1)*k])
		if len(x.levels) > 0 {
			copy(u[b*x.channels+k:(b+1)*x.channels], x.levels[len(x.levels)-1][b*ligands:])
		}
	}
	if len(x.levels) == 0 {
		return
	}
	everyLag := x.c.Rule.lags() == all
	for s := len(x.levels) - 1; s >= 0; s-- {
		source := x.levels[s]
		if !everyLag && s > 0 {
			source = x.levels[s-1]
		}
		clear(x.spare)
		if everyLag || s > 0 {
			kernel.MatMul(r.Trials, ligands, ligands, source, ligands, 1, x.passage, ligands, x.spare, ligands)
		}
		x.levels[s], x.spare = x.spare, x.levels[s]
	}
	if !x.c.reaches(r, t) {
		return
	}
	l := x.signal[:r.Trials*n]
	x.c.signal(l, d, r.Trials)
	x.c.net.Cells.ThroughDerivative(l, l, r.RateAt(t))
	for _, level := range x.levels {
		kernel.MatMul(r.Trials, ligands, n, l, n, 1, x.secreted, ligands, level, ligands)
	}
}

func (s *running) advanceTrace(pre []float64) {
	n := len(pre)
	kernel.Filter(s.trace[:n], s.decay[:n], s.trace[:n], s.ones[:n], pre)
}

// add adds u ε to the running sums.
func (s *running) add(u []float64, trials, channels int) {
	if allZero(u) {
		return
	}
	for b := range trials {
		kernel.MatMul(channels, s.width, 1, u[b*channels:], 1, 1,
			s.trace[b*s.width:], s.width, s.sums[b*channels*s.width:], s.width)
	}
}

// settle gives every cell that crossed its threshold between two steps what the
// running sums hold: taken off when it becomes active, added when it falls silent.
func (x *crossings) settle(g *Gradient, r *Record, before, after []uint64) {
	per := words(x.c.net.Cells.Size())
	for i := range r.Trials * per {
		var was, is uint64
		if before != nil {
			was = before[i]
		}
		if after != nil {
			is = after[i]
		}
		for crossed := was ^ is; crossed != 0; crossed &= crossed - 1 {
			bit := bits.TrailingZeros64(crossed)
			sign := 1.0
			if is>>bit&1 == 1 {
				sign = -1
			}
			x.take(g, i/per, i%per*64+bit, sign)
		}
	}
}

// take adds sign · c_v Σ_a A_pa S_a of trial b to the gradient of cell p. In
// the code form only the cell's own learning signal passes its ψ.
func (x *crossings) take(g *Gradient, b, p int, sign float64) {
	n, k := x.c.net.Cells.Size(), x.c.net.Out.Post
	for a := range x.channels {
		if a >= k && x.c.Rule.Form == "code" {
			return
		}
		weight := sign * x.c.gain[p]
		if a < k {
			weight *= x.c.feedback[a*n+p]
		} else {
			weight *= x.c.expression.Reception[p*(x.channels-k)+a-k]
		}
		x.addSum(g, weight, b, a, p)
	}
}

// settleUngated adds the part of the code form that passes μ and not ψ: the
// whole running sums.
func (x *crossings) settleUngated(g *Gradient, r *Record) {
	n, k := x.c.net.Cells.Size(), x.c.net.Out.Post
	ligands := x.channels - k
	for b := range r.Trials {
		for p := range n {
			for l := range ligands {
				x.addSum(g, x.c.throughGain[p]*x.c.expression.Reception[p*ligands+l], b, k+l, p)
			}
		}
	}
}

func (x *crossings) addSum(g *Gradient, weight float64, b, channel, p int) {
	for i, gradient := range [][]float64{g.Rec, g.In} {
		s := &x.sums[i]
		from := (b*x.channels + channel) * s.width
		kernel.Axpy(weight, s.sums[from:from+s.width], gradient[p*s.width:(p+1)*s.width])
	}
}
