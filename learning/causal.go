package learning

import (
	"math"

	"paracrine/internal/kernel"
	"paracrine/modulator"
	"paracrine/neuron"
)

// Causal computes a rule's gradient forward with a batch of trials, from what
// each synapse can remember; weights may change while it runs.
type Causal interface {
	// Step takes step t of the batch, as the record of its trials holds it, which
	// may be fewer than there is room for. It adds to g what the step teaches.
	Step(g *Gradient, r *Record, t int)
	// Settle adds what the steps so far have taught and Step has not added yet:
	// with route=events, that of synapses at which nothing arrived since. It
	// belongs before weights change and after the last step.
	Settle(g *Gradient)
	// Refresh must be called after the Credit was refreshed.
	Refresh()
	// Reset begins new trials.
	Reset()
}

// NewCausal makes the forward form of the rule for batches up to the given size,
// for rules that CheckCausal does not refuse.
func (c *Credit) NewCausal(trials int) Causal {
	batch := &causalBatch{c: c, trials: make([]causalTrial, trials), span: c.spans[0], pull: make([]float64, trials*c.net.Cells.Size())}
	response := c.newResponse(batch.span)
	for b := range batch.trials {
		switch {
		case c.Rule.Name == "rtrl":
			batch.trials[b] = newSensitivity(c)
		case c.Rule.Route == "events":
			batch.trials[b] = newEvents(c, batch.span, response)
		default:
			batch.trials[b] = newTraces(c, batch.span, response)
		}
	}
	return batch
}

// causalTrial is the forward form for one trial.
type causalTrial interface {
	step(g *Gradient, m moment)
	settle(g *Gradient)
	// enter takes the weights and μ now in force, and what follows from them.
	enter(now *span, response *modulator.Response)
	reset()
}

// moment is one step of one trial.
type moment struct {
	input         []float64 // M: x
	before, after []float64 // N: z
	psi           []float64 // N: ψ of spiking cells; nil for rate cells
	delta         []float64 // K: δ
	pull          []float64 // N: ∂E_rate/∂z; nil where nothing pulls, or it is not known yet
	late          bool      // it is known when the trial ends, and pulls at all traces then
}

// causalBatch is the forward form trial by trial.
type causalBatch struct {
	c      *Credit
	trials []causalTrial
	span   *span     // the trials are in; nil when they must take new weights
	pull   []float64 // trials × N: ∂E_rate/∂z
}

// Step implements Causal.
func (batch *causalBatch) Step(g *Gradient, r *Record, t int) {
	batch.enterSpan(t)
	trials := r.Trials
	pull, late := batch.regularise(r, t)
	for b, trial := range batch.trials[:trials] {
		m := moment{
			input: at(r.InputAt(t), b, trials), delta: at(r.ErrorAt(t), b, trials),
			before: at(r.RateBefore(t), b, trials), after: at(r.RateAt(t), b, trials),
		}
		if r.Psi != nil {
			m.psi = at(r.PsiAt(t), b, trials)
		}
		if m.late = late; pull != nil {
			m.pull = at(pull, b, trials)
		}
		trial.step(g, m)
	}
}

// regularise is ∂E_rate/∂z at step t, trials × N, or nil, and whether it is known
// at the last step only.
func (batch *causalBatch) regularise(r *Record, t int) (pull []float64, late bool) {
	rates := batch.c.Rates
	if rates.Strength == 0 || r.Psi == nil {
		return nil, false
	}
	late = rates.Mean == nil
	if late && t+1 < r.Steps {
		return nil, true
	}
	pull = batch.pull[:len(r.RateAt(t))]
	rates.pull(pull, r)
	return pull, late
}

// enterSpan takes the μ of step t, and the weights, where they have changed.
func (batch *causalBatch) enterSpan(t int) {
	now := batch.c.spanAt(t)
	if batch.span == now {
		return
	}
	batch.span = now
	response := batch.c.newResponse(now)
	for _, trial := range batch.trials {
		trial.enter(now, response)
	}
}

// Settle implements Causal.
func (batch *causalBatch) Settle(g *Gradient) {
	for _, trial := range batch.trials {
		trial.settle(g)
	}
}

// Refresh implements Causal.
func (batch *causalBatch) Refresh() { batch.span = nil }

// Reset implements Causal.
func (batch *causalBatch) Reset() {
	for _, trial := range batch.trials {
		trial.reset()
	}
}

// newResponse derives what synapses hear in a span from the rule's expression;
// nil for rules whose synapses hear nothing, or what events.tell tells them.
func (c *Credit) newResponse(now *span) *modulator.Response {
	if c.Rule.Name == "rtrl" || c.Rule.lags() == 0 || c.Rule.Route == "events" && c.Rule.lags() != all {
		return nil
	}
	e, ligand := c.profiles()
	cell := c.membrane()
	if c.dynamics != nil {
		cell = c.dynamics.Cells()
	}
	response := modulator.NewResponse(e, ligand, cell, now.cell)
	if c.Rule.Receptors {
		response.Propagator = modulator.NewDecay(e.Ligands, c.remainder(c.Rule.Decay))
	}
	return response
}

// traces are what the synapses of one trial remember. P = N + M presynaptic
// channels: recurrent cells first, then inputs.
//
//	ε_t = η ε_{t-1} + c_v pre − [reset] ϑ e_{t-1}
//	e_t = ψ_t (ε_t − β ε^a_t),      ε^a_t = ρ ε^a_{t-1} + c_a e_{t-1}
//	g_t = what modulators bring back of e (modulator.Filter)
//	y_k,t = κ y_k,t-1 + c_out ( B_pk e_t + Σ_l m_kl,t g_l,t ),   m_kl = Σ_j S_jl B_jk ψ_j
//	dE/dW += Σ_k δ_k,t y_k,t
//
// Where learning signals spread in space, the field G has the place of Σ_k B_pk δ_k:
//
//	y_t = κ y_{t-1} + c_out e_t,      dE/dW += G_p,t y_t
//
// Where substances carry credit, y has the cell's own part alone, and what is
// heard of concentrations c is added as it comes (chemistry.go):
//
//	dE/dW += Σ_l c_l,p,t g_l,t
//
// What pulls at rates adds pull_p e_t, or pull_p Σ_t e_t (RateRegularisation).
//
// Rate cells have neither reset nor adaptation. The readout filter acts on the product of message and trace, so that credit
// through it is exact and still causal; without a filter y need not be kept.
type traces struct {
	c       *Credit
	filter  modulator.Filter // nil for e-prop
	pre     []float64        // P
	epsilon []float64        // N × P
	trace   []float64        // P: e of one cell
	direct  []float64        // P: y where it need not be kept
	outputs []float64        // K × N × P: y; nil without a readout filter
	field   *creditField     // of diffusion, which has one y for all outputs; else nil
	signal  []float64        // N: L of diffusion
	own     []float64        // N: B δ of diffusion and of substances
	read    []float64        // N: r, the filtered rates
	message []float64        // K × ligands: m
	profile *modulator.Expression
	span    *span

	decay, gain []float64               // N: η, c_v
	spiking     *neuron.AdaptiveSpiking // nil for rate cells
	raised      []float64               // N × P: ε^a; nil where no cell adapts
	psiBefore   []float64               // N: ψ one step ago, of spiking cells

	psi      []float64 // N: ψ, or ψ̄ where it is filtered apart
	lowTrace []float64 // N × P: ē where it is
	risen    []float64 // N × P: u of receptors that rise; else nil

	substances *substances // nil where none carry credit
	heard      []float64   // ligands × sites: c

	felt []float64 // N × P: Σ e, where what pulls at rates is known late; else nil
}

func newTraces(c *Credit, now *span, response *modulator.Response) *traces {
	m, n, k := c.net.Size()
	p := n + m
	s := &traces{
		c: c, span: now, pre: make([]float64, p), epsilon: make([]float64, n*p),
		trace: make([]float64, p), direct: make([]float64, p),
		read: make([]float64, n), psi: make([]float64, n),
		spiking: c.net.spiking(), psiBefore: make([]float64, n),
	}
	s.decay, s.gain = c.net.Cells.Membrane()
	if s.spiking != nil && s.spiking.Adapts() {
		s.raised = make([]float64, n*p)
	}
	if c.Rule.Spreads() {
		s.field, s.signal, s.own = c.newCreditField(1), make([]float64, n), make([]float64, n)
		k = 1
	}
	if c.net.ReadoutDecay > 0 {
		s.outputs = make([]float64, k*n*p)
	}
	switch lags := c.Rule.lags(); {
	case lags == 0:
		return s
	case lags == all && c.Rule.Route != "taps":
		s.filter = modulator.NewStateSpace(response, n, p)
	case lags == all:
		s.filter = modulator.NewTaps(response, n, p, 0)
	default:
		s.filter = modulator.NewTaps(response, n, p, lags)
	}
	s.profile, _ = c.profiles()
	s.message = make([]float64, k*s.profile.Ligands)
	if c.Rule.filtersApart() {
		s.lowTrace = make([]float64, n*p)
	}
	if c.Rule.Carried() {
		s.substances, s.own = c.newSubstances(1), make([]float64, n)
		s.heard = make([]float64, s.profile.Ligands*s.substances.sites)
	}
	if c.Rule.Rise > 0 {
		s.risen = make([]float64, n*p)
	}
	return s
}

func (s *traces) reset() {
	clear(s.epsilon)
	clear(s.outputs)
	clear(s.read)
	clear(s.psi)
	clear(s.lowTrace)
	clear(s.risen)
	clear(s.raised)
	clear(s.psiBefore)
	clear(s.felt)
	if s.filter != nil {
		s.filter.Reset()
	}
	if s.field != nil {
		s.field.begin(0)
	}
	if s.substances != nil {
		s.substances.begin()
	}
}

// settle implements causalTrial: step leaves nothing.
func (s *traces) settle(*Gradient) {}

// enter implements causalTrial. The filter keeps its state.
func (s *traces) enter(now *span, response *modulator.Response) {
	s.span = now
	if s.filter == nil {
		return
	}
	s.profile, _ = s.c.profiles()
	if s.substances != nil {
		s.substances.profile = s.profile
	}
	switch f := s.filter.(type) {
	case *modulator.StateSpace:
		f.Response = response
	case *modulator.Taps:
		f.Response = response
	}
}

func (s *traces) step(g *Gradient, m moment) {
	net := s.c.net
	_, n, _ := net.Size()
	copy(s.pre, m.before)
	copy(s.pre[n:], m.input)
	teachReadout(g, net, s.read, m.after, m.delta)
	s.collectMessages(m)
	learning := s.outputs != nil || !allZero(m.delta)
	if s.field != nil {
		s.field.step(s.signal, s.own, m.delta)
		learning = learning || !allZero(s.signal)
	}
	if s.substances != nil {
		s.substances.step(s.heard, s.own, s.psi, m.delta)
	}
	for p := range n {
		epsilon := at(s.epsilon, p, n)
		if m.psi != nil {
			s.traceSpiking(p, epsilon, m.psi[p])
		} else {
			s.traceRate(p, epsilon, m.after[p])
		}
		switch {
		case learning && s.field != nil:
			s.teachByField(g, p)
		case learning:
			s.teach(g, p, m.delta)
		}
		if s.substances != nil && s.substances.present {
			s.teachBySubstances(g, p)
		}
		s.regularise(g, p, m)
		s.hear(p, epsilon)
	}
	copy(s.psiBefore, m.psi)
}

// traceRate advances ε of the synapses onto rate cell p and computes e.
func (s *traces) traceRate(p int, epsilon []float64, z float64) {
	for i, pre := range s.pre {
		epsilon[i] = math.FMA(s.gain[p], pre, s.decay[p]*epsilon[i])
	}
	clear(s.trace)
	if z > 0 {
		copy(s.trace, epsilon)
	}
}

// traceSpiking advances ε and ε^a of the synapses onto spiking cell p and
// computes e. What e was one step ago follows from them before they advance.
func (s *traces) traceSpiking(p int, epsilon []float64, psi float64) {
	cells, before := s.spiking, s.psiBefore[p]
	reset := s.c.passing.Taken[p]
	if s.raised == nil {
		for i, pre := range s.pre {
			e := before * epsilon[i]
			epsilon[i] = float64(s.decay[p]*epsilon[i]) + float64(s.gain[p]*pre) - float64(reset*e)
			s.trace[i] = psi * epsilon[i]
		}
		return
	}
	beta, rho, gain := cells.Adaptation[p], cells.AdaptationDecay[p], cells.AdaptationGain[p]
	raised := at(s.raised, p, len(s.psi))
	for i, pre := range s.pre {
		e := before * (epsilon[i] - float64(beta*raised[i]))
		epsilon[i] = float64(s.decay[p]*epsilon[i]) + float64(s.gain[p]*pre) - float64(reset*e)
		raised[i] = float64(rho*raised[i]) + float64(gain*e)
		s.trace[i] = psi * (epsilon[i] - float64(beta*raised[i]))
	}
}

// collectMessages computes ψ, or ψ̄ where it is filtered apart, and m: what all cells
// secrete of each ligand per unit of each output's error.
func (s *traces) collectMessages(m moment) {
	kappa := s.c.net.ReadoutDecay
	for j, z := range m.after {
		psi := 0.0
		switch {
		case m.psi != nil:
			psi = m.psi[j]
		case z > 0:
			psi = 1
		}
		if s.c.Rule.filtersApart() {
			psi = low(s.psi[j], psi, kappa)
		}
		s.psi[j] = psi
	}
	if s.filter == nil || s.substances != nil {
		return
	}
	c := s.profile.Ligands
	clear(s.message)
	for j, psi := range s.psi {
		for o := range s.c.net.Out.Post {
			kernel.Axpy(psi*s.c.feedback[o*len(m.after)+j], s.profile.Secretion[j*c:(j+1)*c], s.message[o*c:(o+1)*c])
		}
	}
}

// teach adds what this step teaches the synapses onto cell p.
func (s *traces) teach(g *Gradient, p int, delta []float64) {
	net := s.c.net
	_, n, _ := net.Size()
	for o, d := range delta {
		y := s.direct
		clear(y)
		if s.outputs != nil {
			y = at(at(s.outputs, o, len(delta)), p, n)
			for i := range y {
				y[i] *= net.ReadoutDecay
			}
		}
		kernel.Axpy(net.ReadoutGain*s.c.feedback[o*n+p], s.trace, y)
		if s.filter != nil && !s.c.Rule.filtersApart() {
			s.addMessages(y, net.ReadoutGain, o, p)
		}
		s.add(g, p, d, y)
		if s.c.Rule.Causal {
			clear(s.direct)
			s.addMessages(s.direct, 1, o, p)
			s.add(g, p, d, s.direct)
		}
	}
}

// teachByField adds what the field at cell p teaches the synapses onto it.
func (s *traces) teachByField(g *Gradient, p int) {
	y := s.direct
	clear(y)
	if s.outputs != nil {
		y = at(s.outputs, p, len(s.signal))
		for i := range y {
			y[i] *= s.c.net.ReadoutDecay
		}
	}
	kernel.Axpy(s.c.net.ReadoutGain, s.trace, y)
	s.add(g, p, s.signal[p], y)
}

// teachBySubstances adds what concentrations at cell p teach the synapses onto it.
func (s *traces) teachBySubstances(g *Gradient, p int) {
	c, sites := s.profile.Ligands, s.substances.sites
	clear(s.direct)
	heard := s.filter.Heard(p)
	for l := range c {
		kernel.Axpy(s.heard[l*sites+s.substances.site[p]], at(heard, l, c+1), s.direct)
	}
	s.add(g, p, 1, s.direct)
}

// regularise adds what pulls at the rate of cell p teaches the synapses onto it.
func (s *traces) regularise(g *Gradient, p int, m moment) {
	trace := s.trace
	if m.late {
		if s.felt == nil {
			s.felt = make([]float64, len(s.epsilon))
		}
		trace = at(s.felt, p, len(s.psi))
		kernel.Axpy(1, s.trace, trace)
	}
	if m.pull != nil {
		s.add(g, p, m.pull[p], trace)
	}
}

// addMessages adds to y what the synapses onto cell p hear, weighted by what is
// being secreted for output o; in its own row, by what the cell itself secretes.
func (s *traces) addMessages(y []float64, scale float64, o, p int) {
	c, n := s.profile.Ligands, len(s.psi)
	heard := s.filter.Heard(p)
	for l := range c {
		kernel.Axpy(scale*s.message[o*c+l], at(heard, l, c+1), y)
	}
	if s.profile.Self != nil {
		kernel.Axpy(scale*s.c.feedback[o*n+p]*s.psi[p], at(heard, c, c+1), y)
	}
}

// add adds δ y to the gradients of the synapses onto cell p.
func (s *traces) add(g *Gradient, p int, delta float64, y []float64) {
	m, n, _ := s.c.net.Size()
	kernel.Axpy(delta, y[:n], g.Rec[p*n:(p+1)*n])
	kernel.Axpy(delta, y[n:], g.In[p*m:(p+1)*m])
}

// hear passes the traces of the synapses onto cell p to their receptors: e, or
// μ ε in the code form, or ē where it is filtered apart, and u of receptors that rise.
func (s *traces) hear(p int, epsilon []float64) {
	if s.filter == nil {
		return
	}
	switch {
	case s.c.Rule.Form == "code":
		for i, e := range epsilon {
			s.trace[i] = s.span.cell[p] * e
		}
	case s.lowTrace != nil:
		s.smooth(at(s.lowTrace, p, len(s.psi)), s.c.net.ReadoutDecay)
		if s.risen != nil {
			s.smooth(at(s.risen, p, len(s.psi)), s.c.remainder(s.c.Rule.Rise))
		}
	}
	s.filter.Hear(p, s.trace)
}

// smooth passes the traces of one cell through a low-pass filter with state slow.
func (s *traces) smooth(slow []float64, kept float64) {
	for i, e := range s.trace {
		slow[i] = low(slow[i], e, kept)
	}
	copy(s.trace, slow)
}

// teachReadout advances r and adds the gradients of W_out and b.
func teachReadout(g *Gradient, net *Network, read, after, delta []float64) {
	n := len(read)
	for j, z := range after {
		read[j] = math.FMA(net.ReadoutGain, z, net.ReadoutDecay*read[j])
	}
	for o, d := range delta {
		if d != 0 {
			kernel.Axpy(d, read, g.Out[o*n:(o+1)*n])
			g.Bias[o] += d
		}
	}
}

func allZero(x []float64) bool {
	for _, v := range x {
		if v != 0 {
			return false
		}
	}
	return true
}
