package learning

import (
	"fmt"
	"math"
	"slices"

	"paracrine/internal/kernel"
	"paracrine/modulator"
	"paracrine/synapse"
)

// Credit is a rule at work in one network: its feedback weights, its mean
// derivatives and the propagator that follows from them. It is read by any
// number of workspaces at once; Refresh and Observe change it.
type Credit struct {
	Rule Rule
	// Rates, of spiking cells, joins the loss; Rule.CheckRates says where it cannot.
	Rates RateRegularisation
	net   *Network
	guard bool

	// Of spiking cells: whether the reset is differentiated, whether any adapts,
	// and what credit meets on its way back.
	resets, adapts bool
	passing        kernel.SpikingCredit

	feedback   []float64             // B: K × N
	weights    *synapse.Dense        // W_fb when it is a full matrix
	few        *kernel.Sparse        // the same where few of its weights are not 0, else nil
	expression *modulator.Expression // W_fb when it is a sum over ligands
	spans      []*span               // μ, span by span of the trial
	dynamics   *modulator.Dynamics   // of dynamics=full where it is more than the leak, else nil

	// One value for every cell of every trial of the largest batch.
	trials      int
	decay, gain []float64 // η, c_v
	ones        []float64
	decomposed  bool // graded expression has its first decomposition
	observed    bool // the running mean of ψ has begun
}

// RadiusBound is the largest spectral radius the guard lets the propagator have,
// unless cells forget more slowly than that (Bound). Below 1 credit dies out, however
// long the trial, since what it is a bound on is the filter itself, in which μ stands
// for ψ whatever the activity; it is none on how much credit may grow before it does.
const RadiusBound = 0.9995

// Bound is the guard's bound in this network: RadiusBound, or halfway from the
// slowest leak, or adaptation if the filter contains that, to 1 where that is more.
func (c *Credit) Bound() float64 {
	if c.dynamics != nil {
		return math.Max(RadiusBound, (1+c.dynamics.SlowestDecay())/2)
	}
	return math.Max(RadiusBound, (1+slices.Max(c.membrane().Decay))/2)
}

// NewCredit prepares a rule for a network and batches of at most trials. mu is
// the context's mean derivative per type (nil: DefaultMu), used when the rule
// gives none; guard is the context's default.
func NewCredit(rule Rule, net *Network, trials int, mu []float64, guard bool) (*Credit, error) {
	if err := rule.CheckTypes(len(net.TypeNames)); err != nil {
		return nil, err
	}
	if rule.Guard != "" {
		guard = rule.Guard == "on"
	}
	if err := rule.CheckTorus(net.Torus, net.Cells.Size()); err != nil {
		return nil, err
	}
	if err := rule.checkStep(net.StepMS); err != nil {
		return nil, err
	}
	c := &Credit{Rule: rule, net: net, guard: guard, trials: trials}
	if err := c.checkMembranes(); err != nil {
		return nil, err
	}
	if err := c.chooseReset(); err != nil {
		return nil, err
	}
	c.fillCoefficients()
	if err := c.chooseMu(mu); err != nil {
		return nil, err
	}
	if err := c.chooseFeedback(); err != nil {
		return nil, err
	}
	c.chooseWeights()
	c.followDynamics()
	if c.Rule.IsCausal() {
		if err := c.CheckCausal(); err != nil {
			return nil, err
		}
	}
	return c, c.Refresh()
}

// checkMembranes refuses shared ligands where cells differ in leak or c_v: they
// have no filter of their own.
func (c *Credit) checkMembranes() error {
	if c.Rule.lags() == 0 || c.Rule.Weights != "type" && c.Rule.Weights != "expression" {
		return nil
	}
	first, m := map[int]int{}, c.membrane()
	for p, alpha := range c.net.Type {
		if c.Rule.Weights == "expression" {
			alpha = 0
		}
		q, seen := first[alpha]
		if !seen {
			first[alpha] = p
			continue
		}
		if m.Decay[p] != m.Decay[q] || m.Gain[p] != m.Gain[q] {
			return &RuleError{c.Rule.Given, fmt.Sprintf("cells %d and %d share ligands but have different membrane time constants; use weights=cell, or weights=type with one time constant per type", q, p)}
		}
	}
	return nil
}

func (c *Credit) fillCoefficients() {
	m := c.membrane()
	c.decay, c.gain = slices.Repeat(m.Decay, c.trials), slices.Repeat(m.Gain, c.trials)
	c.ones = make([]float64, len(c.gain))
	for i := range c.ones {
		c.ones[i] = 1
	}
}

// chooseWeights decides how W_fb is held.
func (c *Credit) chooseWeights() {
	n := c.net.Cells.Size()
	switch c.Rule.Weights {
	case "type":
		c.expression = modulator.NewExpression(n, len(c.net.TypeNames))
	case "expression":
		c.expression = modulator.NewExpression(n, min(c.Rule.Ligands, n))
	case "existing":
		c.weights = synapse.NewDense(n, n)
	default:
		c.weights = c.net.Rec
	}
}

// Refresh must be called after the network's weights changed, or after Observe.
func (c *Credit) Refresh() error {
	net, types := c.net, len(c.net.TypeNames)
	c.refreshFeedback()
	switch c.Rule.Weights {
	case "type":
		c.expression.Typewise(modulator.TypeMeans(net.Rec.W, net.Type, types), net.Type, c.Rule.Diagonal == "zero")
	case "expression":
		if err := c.express(); err != nil {
			return err
		}
	case "existing":
		c.weights.SetWeights(modulator.ExistingMeans(net.Rec.W, net.Type, types))
	}
	c.refreshFew()
	return c.refreshMu()
}

// fewShare is the share of weights that are not 0 up to which a sparse product is
// cheaper by more than half than a dense one.
const fewShare = 1.0 / 4

// refreshFew takes the weights that are not 0 out of W_fb if they are few.
func (c *Credit) refreshFew() {
	c.few = nil
	if c.weights == nil || c.Rule.lags() == 0 || c.Rule.IsCausal() {
		return
	}
	w, count := c.weights, 0
	for _, x := range w.W {
		if x != 0 {
			count++
		}
	}
	if float64(count) <= fewShare*float64(len(w.W)) {
		c.few = kernel.NewSparse(w.Post, w.Pre, w.W)
	}
}

// express decomposes the weights the first time and follows them afterwards.
func (c *Credit) express() error {
	if c.decomposed {
		return c.expression.Track(c.net.Rec.W)
	}
	c.decomposed = true
	return c.expression.Graded(c.net.Rec.W)
}

// profiles are the expression and the membranes the propagator is built from;
// a full W_fb is one ligand per cell. With dynamics=full they are divided.
func (c *Credit) profiles() (*modulator.Expression, modulator.Membrane) {
	e := c.expression
	if e == nil {
		n := c.net.Cells.Size()
		e = modulator.NewExpression(n, n)
		e.Cellwise(c.weights.W)
	}
	if c.dynamics != nil {
		return c.dynamics.Divide(e)
	}
	cells := c.membrane()
	if c.expression == nil {
		return e, cells
	}
	m := modulator.Membrane{Decay: make([]float64, e.Ligands), Gain: make([]float64, e.Ligands)}
	for l := range m.Decay {
		cell := 0
		if c.Rule.Weights == "type" {
			cell = max(0, firstOf(c.net.Type, l))
		}
		m.Decay[l], m.Gain[l] = cells.Decay[cell], cells.Gain[cell]
	}
	return e, m
}

// membrane is η and c_v of every cell.
func (c *Credit) membrane() modulator.Membrane {
	decay, gain := c.net.Cells.Membrane()
	return modulator.Membrane{Decay: decay, Gain: gain}
}

func firstOf(types []int, alpha int) int {
	for p, beta := range types {
		if beta == alpha {
			return p
		}
	}
	return -1
}

// Guarded says whether μ is scaled so that the propagator decays.
func (c *Credit) Guarded() bool {
	return c.guard && c.Rule.Filters() && c.Rule.Taps == 0 && !c.Rule.Receptors
}

// Radius is the spectral radius of the propagator Ā, the largest one if μ has
// several spans, or of the receptors that stand for it; NaN for rules without one,
// and for form=code where cells adapt or reset.
func (c *Credit) Radius() (float64, error) {
	if !c.Rule.Filters() || c.varies() {
		return math.NaN(), nil
	}
	if c.Rule.Receptors {
		return c.remainder(c.Rule.Decay), nil
	}
	largest := 0.0
	e, m := c.profiles()
	for _, s := range c.spans {
		if math.IsNaN(s.radius) {
			radius, err := modulator.NewPropagator(e, m, s.cell).Radius()
			if err != nil {
				return math.NaN(), err
			}
			s.radius = radius
		}
		largest = math.Max(largest, s.radius)
	}
	return largest, nil
}

// TypeTaps is F_s[α, β] = c_v Ā^(s−1) W̄ for s = 1 … count, or what stands for it with
// dynamics=full, with type means whatever the rule's own weights and the μ of Mu: what
// a synapse onto type β hears of type α.
func (c *Credit) TypeTaps(count int) [][]float64 {
	if c.dynamics != nil {
		return c.dynamicTaps(count)
	}
	propagator, first := c.typeResponse()
	return propagator.Taps(first, count)
}

// typeResponse is Ā of types and F_1: types × types, row-major.
func (c *Credit) typeResponse() (modulator.Propagator, []float64) {
	types := len(c.net.TypeNames)
	e := modulator.NewExpression(len(c.net.Type), types)
	mean := modulator.TypeMeans(c.net.Rec.W, c.net.Type, types)
	e.Typewise(mean, c.net.Type, false)
	cells := c.membrane()
	m := modulator.Membrane{Decay: make([]float64, types), Gain: make([]float64, types)}
	first := make([]float64, types*types)
	for alpha := range types {
		cell := max(0, firstOf(c.net.Type, alpha))
		m.Decay[alpha], m.Gain[alpha] = cells.Decay[cell], cells.Gain[cell]
		for beta := range types {
			first[alpha*types+beta] = m.Gain[alpha] * mean[alpha*types+beta]
		}
	}
	mu := newSpan(c.Mu(), c.net.Type)
	return modulator.NewPropagator(e, m, mu.cell), first
}

// CreditState is what a rule remembers between updates.
type CreditState struct {
	MeanPsi   []float64 // spans × types; empty before the first observation
	Reception []float64 // cells × ligands; empty without graded expression
}

// State is what a checkpoint must hold.
func (c *Credit) State() CreditState {
	var s CreditState
	if c.Rule.MeanDerivative && c.observed {
		for _, span := range c.spans {
			s.MeanPsi = append(s.MeanPsi, span.base...)
		}
	}
	if c.Rule.Weights == "expression" {
		s.Reception = append(s.Reception, c.expression.Reception...)
	}
	return s
}

// Restore sets the state of a checkpoint; the network's weights must have been
// restored before.
func (c *Credit) Restore(s CreditState) error {
	if c.Rule.MeanDerivative && len(s.MeanPsi) > 0 {
		c.spans = nil
		for base := range slices.Chunk(s.MeanPsi, len(c.net.TypeNames)) {
			c.spans = append(c.spans, newSpan(base, c.net.Type))
		}
		c.observed = true
	}
	if c.Rule.Weights == "expression" {
		c.expression.SetReception(s.Reception, c.net.Rec.W)
		return c.refreshMu()
	}
	return c.Refresh()
}

// back adds W_fbᵀ x to y, both trials × N.
func (c *Credit) back(y, x []float64, trials int, w *Workspace) {
	if c.weights != nil {
		c.weights.Return(y, x, trials)
		return
	}
	c.expression.Return(y, x, w.released, trials)
}

// backOver makes y W_fbᵀ x, both trials × N.
func (c *Credit) backOver(y, x []float64, trials int, w *Workspace) {
	whole := 0
	if c.few != nil {
		whole = trials - trials%kernel.SparseRows
		c.few.Multiply(whole, x, y, w.room)
	}
	if whole < trials {
		n := len(y) / trials
		clear(y[whole*n:])
		c.back(y[whole*n:], x[whole*n:], trials-whole, w)
	}
}

// signal is L = B d for one step, d (trials × K) the error seen through the readout filter.
func (c *Credit) signal(l, d []float64, trials int) {
	_, n, k := c.net.Size()
	clear(l)
	kernel.MatMul(trials, n, k, d, k, 1, c.feedback, n, l, n)
}
