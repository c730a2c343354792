package learning

import "paracrine/internal/kernel"

// adjoint is credit on its way back through the states of spiking cells: dE/dv
// and dE/da of every cell, trials × N. With what reaches the spike of cell p,
// z_t ← ψ_t (dv − β da)_t, by readout (L), by other cells (q) and by the cell's
// own later reset and adaptation,
//
//	o_t = c_a δa_{t+1} − [reset] ϑ δv_{t+1}
//	s_t = ψ_t L_t + χ q_t + ω o_t
//	δv_t = η δv_{t+1} + s_t,      δa_t = ρ δa_{t+1} − β s_t
//
// gradients are Σ_t c_v δv_t times what came in. χ and ω are ψ_t where credit
// takes the exact path through the surrogate, and else what the rule puts in its
// place: μ, or 0.
//
// Source: the adjoint of the model's equations (Bellec et al. 2020); the forward
// traces of causal.go are the same sums in the other order.
type adjoint struct {
	v, a []float64
	sent []float64 // c_v δv, what other cells are told; of the traces it is h
}

func newAdjoint(size int) adjoint {
	return adjoint{v: make([]float64, size), a: make([]float64, size)}
}

func (s adjoint) clear() {
	clear(s.v)
	clear(s.a)
}

// adjoints are what a backward sweep over spiking cells carries: the adjoint of
// the synapses' own traces, and that of the credit that other cells pass on.
type adjoints struct {
	traces adjoint
	passed []adjoint // truncated to 1, 2, … lags; one with every lag; none where traces pass it on
	pull   []float64 // trials × N: ∂E/∂z by the regularisation of rates
	local  []float64 // trials × N: L and that
}

func newAdjoints(c *Credit, steps, trials int) *adjoints {
	size := trials * c.net.Cells.Size()
	s := &adjoints{traces: newAdjoint(size),
		pull: make([]float64, size), local: make([]float64, size)}
	for range min(c.levels(), steps) {
		passed := newAdjoint(size)
		passed.sent = make([]float64, size)
		s.passed = append(s.passed, passed)
	}
	return s
}

// begin forgets the trials before and takes the rates of those to come.
func (s *adjoints) begin(r *Record, rates RateRegularisation) {
	if rates.Strength != 0 {
		rates.pull(s.pull[:len(r.RateAt(0))], r)
	}
	s.traces.clear()
	for _, p := range s.passed {
		p.clear()
		clear(p.sent)
	}
}

// stepBackSpiking computes h_t, which is row slot of w.post.
func (c *Credit) stepBackSpiking(r *Record, w *Workspace, t, slot int) {
	_, n, _ := c.net.Size()
	row := r.Trials * n
	s, psi, l, q := w.adjoints, r.PsiAt(t), w.signal[:row], w.returned[:row]
	c.signalAt(l, r, w, t)
	s.traces.sent = w.post[(slot+1)*row : (slot+2)*row]
	if c.Rule.Chunk > 0 && (t+1)%c.Rule.Chunk == 0 {
		s.traces.sent = w.none[:row]
		s.traces.clear()
	}
	switch {
	case c.Rule.lags() == 0:
		q = w.none[:row]
	case c.Rule.Causal:
		c.causalMessages(q, r, w, t)
	case w.messages != nil:
		copy(q, w.messages.at(t, row))
	case len(s.passed) == 0:
		c.backOver(q, s.traces.sent, r.Trials, w)
	default:
		c.backOver(q, s.passed[len(s.passed)-1].sent[:row], r.Trials, w)
	}
	received := psi
	if c.Rule.Form == "code" {
		received = w.mu[:row]
	}
	local := l
	if c.Rates.Strength != 0 {
		local = s.local[:row]
		copy(local, l)
		kernel.Axpy(1, s.pull[:row], local)
	}
	s.traces.sent = w.post[slot*row : (slot+1)*row]
	c.stepAdjoint(s.traces, local, q, psi, received, psi)
	if c.passesExactly() {
		l = local
	}
	c.passOn(r, w, psi, l, q)

	if c.Rule.Window > 0 {
		copy(s.traces.sent, s.passed[len(s.passed)-1].sent)
	}
}

// passOn takes the credit that cells pass on one step back. A truncation to s
// lags continues the one to s−1; with every lag kept there is one, which
// continues itself, and q is already what it brings.
func (c *Credit) passOn(r *Record, w *Workspace, psi, l, q []float64) {
	passed := w.adjoints.passed
	received, own := c.passage(psi, w.mu)
	if c.Rule.lags() == all {
		for _, level := range passed {
			c.stepAdjoint(level, l, q, psi, received, own)
		}
		return
	}
	for s := len(passed) - 1; s > 0; s-- {
		c.backOver(q, passed[s-1].sent[:len(q)], r.Trials, w)
		copy(passed[s].v, passed[s-1].v)
		copy(passed[s].a, passed[s-1].a)
		c.stepAdjoint(passed[s], l, q, psi, received, own)
	}
	if len(passed) > 0 {
		passed[0].clear()
		c.stepAdjoint(passed[0], l, w.none[:len(q)], psi, received, own)
	}
}

// passage is χ and ω of the cells that credit passes through, with the μ of
// the step; ω is nil where the rule's filter contains their leak alone.
func (c *Credit) passage(psi, mu []float64) (received, own []float64) {
	mu = mu[:len(psi)]
	switch {
	case c.passesExactly():
		return psi, psi
	case c.Rule.Form == "code":
		return mu, psi
	case c.Rule.Dynamics == "full":
		return mu, mu
	}
	return mu, nil
}

// stepAdjoint takes credit one step back.
func (c *Credit) stepAdjoint(s adjoint, l, q, psi, received, own []float64) {
	row := len(psi)
	if own == nil || !c.resets && !c.adapts {
		c.passing.StepLeak(s.v[:row], s.sent[:row], l, q, psi, received)
		return
	}
	c.passing.Step(s.v[:row], s.a[:row], s.sent[:row], l, q, psi, received, own)
}

// chooseReset decides whether the reset is differentiated, and refuses what a
// rule cannot mean in this network.
func (c *Credit) chooseReset() error {
	cells := c.net.spiking()
	if cells == nil {
		return c.Rule.CheckRateCells()
	}
	if err := cells.Check(); err != nil {
		return err
	}
	c.resets = cells.ResetInTrace
	if c.Rule.Reset != "" {
		c.resets = c.Rule.Reset == "1"
	}
	c.adapts = cells.Adapts()
	c.passing = kernel.SpikingCredit{
		Decay: cells.Decay, Gain: cells.Gain, Taken: make([]float64, cells.Size()),
		AdaptationDecay: cells.AdaptationDecay, AdaptationGain: cells.AdaptationGain, Adaptation: cells.Adaptation,
	}
	if c.resets {
		copy(c.passing.Taken, cells.Threshold)
	}
	if c.varies() && c.Rule.Dynamics == "full" {
		return &RuleError{c.Rule.Given, "form=code has adaptation and reset with exact ψ already; dynamics=full belongs to form=paper"}
	}
	return nil
}

// CheckCausal refuses what NewCausal cannot compute in this network: rules that
// run backward, and filters that synapses cannot carry. With form=code they have
// factors η − ϑ ψ_j,t of every cell j that credit passes through, at every step: a
// number per cell in every synapse, and no ligand says what they are. With
// dynamics=full they have μ there, which is of a type. A cell that adapts and does
// not hear itself has, besides, two modes of its own, where synapses keep one.
func (c *Credit) CheckCausal() error {
	switch {
	case c.varies():
		return &RuleError{c.Rule.Given, "where cells adapt or their reset is differentiated, form=code has no filter that is constant in time; use route=adjoint"}
	case c.dynamics != nil && c.adapts && c.Rule.Diagonal == "zero":
		return &RuleError{c.Rule.Given, "with dynamics=full a cell that adapts and does not hear itself would need a second number in every synapse; use diagonal=fill or route=adjoint"}
	}
	return c.Rule.CheckOnline()
}

// varies says whether the filter changes from step to step: ψ of the cells passed
// through is in it where form=code lets their adaptation or reset take part.
func (c *Credit) varies() bool {
	return c.net.spiking() != nil && c.Rule.Filters() && c.Rule.Form == "code" && (c.resets || c.adapts)
}
