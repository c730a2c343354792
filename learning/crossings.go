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
//	κ_t = Σ_j S_j c_j ψ_j L_j + ( η + Σ_j S_j c_j μ_j,t R_jᵀ ) κ_{t+1}
//
// The dense sweep (backward.go) is the twin that tests it.
type crossings struct {
	c        *Credit
	ligands  int
	levels   [][]float64 // κ truncated to 1, 2, … lags (one with every lag): trials × C
	spare    []float64   // trials × C
	span     *span       // the sweep is at
	passage  []float64   // C × C: the factor of κ_{t+1} there, transposed
	secreted []float64   // N × C: S_j c_j
	signal   []float64   // trials × N: L
	errors   running     // K channels
	messages running     // C channels
	decay    []float64   // P = N + M: η
	ones     []float64   // P
	trace    []float64   // trials × P: ε / c_v; recurrent cells first, then inputs
	gradient []float64   // N × P
}

// running are the running sums of a group of channels.
type running struct {
	channels int
	credit   []float64 // Steps × trials × channels: u
	sums     []float64 // trials × channels × P: S
	begun    bool      // S is not zero
}

// maxChannels is up to where running sums are cheaper than a product over time.
const maxChannels = 24

// fewLags is up to where an amplifying propagator costs no precision to speak of.
const fewLags = 16

// hasChannels says whether the rule's credit is a sum over few channels.
func (c *Credit) hasChannels() bool {
	_, _, k := c.net.Size()
	lags, channels := c.Rule.lags(), k
	switch {
	case c.net.spiking() != nil || c.Rule.filtersApart() || c.Rule.Spreads() || c.passesExactly():
		return false
	case c.Rule.Span > 0 && c.Rule.Form == "code": // whose ungated part takes whole sums, which would need one per span
		return false
	case lags > fewLags && !c.Guarded(): // where credit may grow, differences of sums lose it
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
	x := &crossings{c: c, signal: make([]float64, trials*n)}
	if lags := c.Rule.lags(); lags > 0 {
		x.ligands = c.expression.Ligands
		if lags == all {
			lags = 1
		}
		for range min(lags, steps) {
			x.levels = append(x.levels, make([]float64, trials*x.ligands))
		}
		x.spare = make([]float64, trials*x.ligands)
		x.passage, x.secreted = make([]float64, x.ligands*x.ligands), make([]float64, n*x.ligands)
	}
	p := n + m
	x.decay, x.ones = make([]float64, p), make([]float64, p)
	for i := range p {
		x.decay[i], x.ones[i] = c.decay[0], 1
	}
	x.trace, x.gradient = make([]float64, trials*p), make([]float64, n*p)
	x.errors = running{channels: k, sums: make([]float64, trials*k*p)}
	x.messages = running{channels: x.ligands, sums: make([]float64, trials*x.ligands*p), credit: make([]float64, steps*trials*x.ligands)}
	return x
}

func (x *crossings) addTo(g *Gradient, r *Record, filtered []float64) {
	x.prepare()
	x.errors.credit = filtered[:r.Steps*r.Trials*x.errors.channels]
	for _, level := range x.levels {
		clear(level)
	}
	for t := r.Steps - 1; t >= 0; t-- {
		x.creditAt(r, t)
	}
	size := r.Trials * x.ligands
	clear(x.trace)
	clear(x.gradient)
	x.errors.begin()
	x.messages.begin()
	for t := range r.Steps {
		x.advanceTraces(r, t)
		if t > 0 {
			x.settle(r, r.ActiveBefore(t), r.ActiveAt(t))
		} else {
			x.settle(r, nil, r.ActiveAt(t))
		}
		x.errors.add(at(x.errors.credit, t, r.Steps), x.trace, len(x.decay))
		x.messages.add(x.messages.credit[t*size:(t+1)*size], x.trace, len(x.decay))
	}
	x.settle(r, r.ActiveAt(r.Steps-1), nil)
	if x.c.Rule.Form == "code" {
		x.settleUngated(r)
	}
	x.split(g)
}

// prepare takes the rule's present expression.
func (x *crossings) prepare() {
	x.span = nil
	if len(x.levels) == 0 {
		return
	}
	e := x.c.expression
	for j := range x.c.net.Cells.Size() {
		for l := range e.Ligands {
			x.secreted[j*e.Ligands+l] = x.c.gain[j] * e.Secretion[j*e.Ligands+l]
		}
	}
}

// enterSpan takes the μ of step t where the step before it has another one.
func (x *crossings) enterSpan(t int) {
	if x.span == x.c.spanAt(t) {
		return
	}
	x.span = x.c.spanAt(t)
	e, n := x.c.expression, x.c.net.Cells.Size()
	clear(x.passage)
	for j, mu := range x.span.cell {
		heard := at(e.Reception, j, n)
		for m, r := range heard {
			kernel.Axpy(mu*r, at(x.secreted, j, n), at(x.passage, m, e.Ligands))
		}
	}
	for l := range e.Ligands {
		x.passage[l*e.Ligands+l] += x.c.decay[0]
	}
}

// creditAt writes u_t = κ_{t+1} and continues κ to step t.
func (x *crossings) creditAt(r *Record, t int) {
	if x.ligands == 0 {
		return
	}
	x.enterSpan(t)
	_, n, k := x.c.net.Size()
	size := r.Trials * x.ligands
	copy(x.messages.credit[t*size:(t+1)*size], x.levels[len(x.levels)-1])
	everyLag := x.c.Rule.lags() == all
	for s := len(x.levels) - 1; s >= 0; s-- {
		source := x.levels[s]
		if !everyLag && s > 0 {
			source = x.levels[s-1]
		}
		clear(x.spare)
		if everyLag || s > 0 {
			kernel.MatMul(r.Trials, x.ligands, x.ligands, source, x.ligands, 1, x.passage, x.ligands, x.spare, x.ligands)
		}
		x.levels[s], x.spare = x.spare, x.levels[s]
	}
	if !x.c.reaches(r, t) {
		return
	}
	l := x.signal[:r.Trials*n]
	x.c.signal(l, x.errors.credit[t*r.Trials*k:(t+1)*r.Trials*k], r.Trials)
	kernel.Gate(l, l, r.RateAt(t))
	for _, level := range x.levels {
		kernel.MatMul(r.Trials, x.ligands, n, l, n, 1, x.secreted, x.ligands, level, x.ligands)
	}
}

// advanceTraces takes ε of every presynaptic channel to step t.
func (x *crossings) advanceTraces(r *Record, t int) {
	m, n, _ := x.c.net.Size()
	rate, input := r.RateBefore(t), r.InputAt(t)
	for b := range r.Trials {
		cells, inputs := x.trace[b*(n+m):b*(n+m)+n], x.trace[b*(n+m)+n:(b+1)*(n+m)]
		kernel.Filter(cells, x.decay[:n], cells, x.ones[:n], rate[b*n:(b+1)*n])
		kernel.Filter(inputs, x.decay[:m], inputs, x.ones[:m], input[b*m:(b+1)*m])
	}
}

func (s *running) begin() {
	s.begun = false
	clear(s.sums)
}

// add adds u ε to the sums, with traces trials × width.
func (s *running) add(u, trace []float64, width int) {
	if allZero(u) {
		return
	}
	s.begun = true
	for i, credit := range u {
		b := i / s.channels
		kernel.Axpy(credit, trace[b*width:(b+1)*width], s.sums[i*width:(i+1)*width])
	}
}

// settle gives every cell that crossed its threshold between two steps what the
// running sums hold: taken off when it becomes active, added when it falls silent.
func (x *crossings) settle(r *Record, before, after []uint64) {
	if !x.errors.begun && !x.messages.begun {
		return
	}
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
			x.take(i/per, i%per*64+bit, sign)
		}
	}
}

// take adds sign · c_v Σ_a A_pa S_a of trial b to the gradient of cell p. In
// the code form only the cell's own learning signal passes its ψ.
func (x *crossings) take(b, p int, sign float64) {
	n := x.c.net.Cells.Size()
	weight := sign * x.c.gain[p]
	if x.errors.begun {
		for k := range x.errors.channels {
			x.addSum(&x.errors, weight*x.c.feedback[k*n+p], b, k, p)
		}
	}
	if x.messages.begun && x.c.Rule.Form != "code" {
		for l := range x.ligands {
			x.addSum(&x.messages, weight*x.c.expression.Reception[p*x.ligands+l], b, l, p)
		}
	}
}

// settleUngated adds the part of the code form that passes μ and not ψ: the
// whole running sums.
func (x *crossings) settleUngated(r *Record) {
	for b := range r.Trials {
		for p := range x.c.net.Cells.Size() {
			for l := range x.ligands {
				x.addSum(&x.messages, x.c.gain[p]*x.span.cell[p]*x.c.expression.Reception[p*x.ligands+l], b, l, p)
			}
		}
	}
}

func (x *crossings) addSum(s *running, weight float64, b, channel, p int) {
	width := len(x.decay)
	from := (b*s.channels + channel) * width
	kernel.Axpy(weight, s.sums[from:from+width], x.gradient[p*width:(p+1)*width])
}

// split adds the gradient to those of W_rec and W_in.
func (x *crossings) split(g *Gradient) {
	m, n, _ := x.c.net.Size()
	for p := range n {
		row := at(x.gradient, p, n)
		kernel.Axpy(1, row[:n], g.Rec[p*n:(p+1)*n])
		kernel.Axpy(1, row[n:], g.In[p*m:(p+1)*m])
	}
}
