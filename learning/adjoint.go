package learning

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
type adjoint struct{ v, a []float64 }

func newAdjoint(size int) adjoint { return adjoint{make([]float64, size), make([]float64, size)} }

func (s adjoint) clear() {
	clear(s.v)
	clear(s.a)
}

// adjoints are what a backward sweep over spiking cells carries: the adjoint of
// the synapses' own traces, and that of the credit that other cells pass on.
type adjoints struct {
	traces adjoint
	passed []adjoint // truncated to 1, 2, … lags; one with every lag; none where traces pass it on
	sent   []float64 // trials × N: c_v δv
	pull   []float64 // trials × N: ∂E/∂z by the regularisation of rates
	local  []float64 // trials × N: L and that
}

func newAdjoints(c *Credit, steps, trials int) *adjoints {
	size := trials * c.net.Cells.Size()
	s := &adjoints{traces: newAdjoint(size), sent: make([]float64, size),
		pull: make([]float64, size), local: make([]float64, size)}
	for range min(c.levels(), steps) {
		s.passed = append(s.passed, newAdjoint(size))
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
	}
}

// stepBackSpiking computes h_t, which is row slot of w.post.
func (c *Credit) stepBackSpiking(r *Record, w *Workspace, t, slot int) {
	_, n, _ := c.net.Size()
	row := r.Trials * n
	s, psi, l, q := w.adjoints, r.PsiAt(t), w.signal[:row], w.returned[:row]
	c.signalAt(l, r, w, t)
	if c.Rule.Chunk > 0 && (t+1)%c.Rule.Chunk == 0 {
		s.traces.clear()
	}
	switch {
	case c.Rule.lags() == 0:
		clear(q)
	case c.Rule.Causal:
		c.causalMessages(q, r, w, t)
	case w.messages != nil:
		copy(q, w.messages.at(t, row))
	case len(s.passed) == 0:
		c.passBack(q, s.traces, r.Trials, w)
	default:
		c.passBack(q, s.passed[len(s.passed)-1], r.Trials, w)
	}
	received := psi
	if c.Rule.Form == "code" {
		received = c.passMu[:row]
	}
	local := l
	if c.Rates.Strength != 0 {
		local = s.local[:row]
		for i, x := range s.pull[:row] {
			local[i] = l[i] + x
		}
	}
	c.stepAdjoint(s.traces, s.traces, local, q, psi, received, psi)
	if c.passesExactly() {
		l = local
	}
	c.passOn(r, w, psi, l, q)

	h, taught := w.post[slot*row:(slot+1)*row], s.traces
	if c.Rule.Window > 0 {
		taught = s.passed[len(s.passed)-1]
	}
	for i, gain := range c.gain[:row] {
		h[i] = gain * taught.v[i]
	}
}

// passBack is q = W_fbᵀ c_v δv, what cells are told by those they drive.
func (c *Credit) passBack(q []float64, from adjoint, trials int, w *Workspace) {
	sent := w.adjoints.sent[:len(q)]
	for i, gain := range c.gain[:len(q)] {
		sent[i] = gain * from.v[i]
	}
	clear(q)
	c.back(q, sent, trials, w)
}

// passOn takes the credit that cells pass on one step back. A truncation to s
// lags continues the one to s−1; with every lag kept there is one, which
// continues itself, and q is already what it brings.
func (c *Credit) passOn(r *Record, w *Workspace, psi, l, q []float64) {
	passed := w.adjoints.passed
	received, own := c.passage(psi)
	if c.Rule.lags() == all {
		for _, level := range passed {
			c.stepAdjoint(level, level, l, q, psi, received, own)
		}
		return
	}
	for s := len(passed) - 1; s > 0; s-- {
		c.passBack(q, passed[s-1], r.Trials, w)
		c.stepAdjoint(passed[s], passed[s-1], l, q, psi, received, own)
	}
	if len(passed) > 0 {
		passed[0].clear()
		clear(q)
		c.stepAdjoint(passed[0], passed[0], l, q, psi, received, own)
	}
}

// passage is χ and ω of the cells that credit passes through; ω is nil where
// the rule's filter contains their leak alone.
func (c *Credit) passage(psi []float64) (received, own []float64) {
	mu := c.passMu[:len(psi)]
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

// stepAdjoint takes credit one step back, from src, which may be dst.
func (c *Credit) stepAdjoint(dst, src adjoint, l, q, psi, received, own []float64) {
	n := c.net.Cells.Size()
	for i := 0; i < len(psi); i += n {
		j := i + n
		if own == nil || !c.resets && !c.adapts {
			stepLeak(dst.v[i:j], src.v[i:j], l[i:j], q[i:j], psi[i:j], received[i:j], c.decay[:n])
			continue
		}
		to, from := adjoint{dst.v[i:j], dst.a[i:j]}, adjoint{src.v[i:j], src.a[i:j]}
		c.stepOwn(to, from, l[i:j], q[i:j], psi[i:j], received[i:j], own[i:j])
	}
}

// stepLeak is a step back through cells of which credit sees the leak alone.
func stepLeak(to, from, l, q, psi, received, decay []float64) {
	n := len(to)
	from, l, q, psi, received, decay = from[:n], l[:n], q[:n], psi[:n], received[:n], decay[:n]
	for i := range to {
		s := float64(psi[i]*l[i]) + float64(received[i]*q[i])
		to[i] = float64(decay[i]*from[i]) + s
	}
}

// stepOwn is a step back through cells with their adaptation and reset.
func (c *Credit) stepOwn(to, from adjoint, l, q, psi, received, own []float64) {
	n, cells := len(to.v), c.net.spiking()
	rho, gain, beta := cells.AdaptationDecay[:n], cells.AdaptationGain[:n], cells.Adaptation[:n]
	v, a, fromV, fromA, decay, taken := to.v[:n], to.a[:n], from.v[:n], from.a[:n], c.decay[:n], c.taken[:n]
	l, q, psi, received, own = l[:n], q[:n], psi[:n], received[:n], own[:n]
	for i := range n {
		later := float64(gain[i]*fromA[i]) - float64(taken[i]*fromV[i])
		s := float64(psi[i]*l[i]) + float64(received[i]*q[i]) + float64(own[i]*later)
		v[i] = float64(decay[i]*fromV[i]) + s
		a[i] = float64(rho[i]*fromA[i]) - float64(beta[i]*s)
	}
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
	c.adapts, c.taken = cells.Adapts(), make([]float64, cells.Size())
	if c.resets {
		copy(c.taken, cells.Threshold)
	}
	if c.varies() && c.Rule.Form == "code" && c.Rule.Dynamics == "full" {
		return &RuleError{c.Rule.Given, "form=code has adaptation and reset with exact ψ already; dynamics=full belongs to form=paper"}
	}
	if c.Rule.IsCausal() {
		return c.CheckCausal()
	}
	return nil
}

// CheckCausal refuses what NewCausal cannot compute in this network: rules that
// run backward, and filters that are not constant in time.
func (c *Credit) CheckCausal() error {
	if c.varies() {
		return &RuleError{c.Rule.Given, "where cells adapt or their reset is differentiated, form=code and dynamics=full have no filter that is constant in time; use route=adjoint"}
	}
	return c.Rule.CheckOnline()
}

// varies says whether adaptation or reset of the cells passed through take part
// in passing credit on.
func (c *Credit) varies() bool {
	cells := c.net.spiking()
	return cells != nil && c.Rule.Filters() && (c.Rule.Form == "code" || c.Rule.Dynamics == "full") && (c.resets || c.adapts)
}
