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
	// Rates, of spiking cells, joins the loss in the backward form of the rule.
	Rates RateRegularisation
	net   *Network
	guard bool

	// Of spiking cells: whether the reset is differentiated, whether any adapts,
	// and what a spike takes off each potential as far as it is differentiated.
	resets, adapts bool
	taken          []float64

	feedback   []float64             // B: K × N
	weights    *synapse.Dense        // W_fb when it is a full matrix
	expression *modulator.Expression // W_fb when it is a sum over ligands
	base       []float64             // μ per type before the guard: given, or the running mean of ψ
	mu         []float64             // μ per type after the guard
	radius     float64               // of the propagator with mu; NaN until asked for

	// One value for every cell of every trial of the largest batch.
	trials      int
	decay, gain []float64 // η, c_v
	passMu      []float64 // μ, where cells spike
	throughGain []float64 // c_v μ
	ones        []float64
	cellMu      []float64 // N: μ of every cell
	decomposed  bool      // graded expression has its first decomposition
	observed    bool      // the running mean of ψ has begun
}

// RadiusBound is the largest spectral radius the guard lets the propagator have,
// unless cells forget more slowly than that (Bound).
const RadiusBound = 0.9995

// Bound is the guard's bound in this network: RadiusBound, or halfway from the
// slowest leak to 1 where that is more.
func (c *Credit) Bound() float64 {
	slowest := 0.0
	for _, decay := range c.membrane().Decay {
		slowest = math.Max(slowest, decay)
	}
	return math.Max(RadiusBound, (1+slowest)/2)
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
	c := &Credit{Rule: rule, net: net, guard: guard, trials: trials, radius: math.NaN()}
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
	if rule.Feedback == "random" && net.RandomFeedback == nil {
		return nil, &RuleError{rule.Given, "feedback=random, but the network has no fixed random feedback (B_fb)"}
	}
	c.chooseWeights()
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
	c.throughGain = make([]float64, len(c.gain))
	c.ones = make([]float64, len(c.gain))
	for i := range c.ones {
		c.ones[i] = 1
	}
	c.cellMu = make([]float64, c.net.Cells.Size())
	if c.net.spiking() != nil {
		c.passMu = make([]float64, len(c.gain))
	}
}

func (c *Credit) chooseMu(context []float64) error {
	types := len(c.net.TypeNames)
	c.mu, c.base = make([]float64, types), make([]float64, types)
	if c.Rule.MeanDerivative {
		return nil
	}
	given := c.Rule.Mu
	if given == nil {
		given = context
	}
	if given == nil {
		given = []float64{DefaultMu}
	}
	if len(given) != 1 && len(given) != types {
		return &RuleError{c.Rule.Given, fmt.Sprintf("mu has %d values, the network has %d cell types", len(given), types)}
	}
	for alpha := range c.base {
		c.base[alpha] = given[alpha%len(given)]
	}
	return nil
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
	switch c.Rule.Feedback {
	case "random":
		c.feedback = net.RandomFeedback
	case "frozen":
		c.feedback = net.FrozenFeedback
	default:
		c.feedback = net.Out.W
	}
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
	return c.refreshMu()
}

// express decomposes the weights the first time and follows them afterwards.
func (c *Credit) express() error {
	if c.decomposed {
		return c.expression.Track(c.net.Rec.W)
	}
	c.decomposed = true
	return c.expression.Graded(c.net.Rec.W)
}

// refreshMu sets μ per cell, scaled down where the propagator would not decay.
func (c *Credit) refreshMu() error {
	if !c.Rule.Filters() {
		return nil
	}
	copy(c.mu, c.base)
	c.spreadMu()
	c.radius = math.NaN()
	if !c.Guarded() {
		return nil
	}
	e, m := c.profiles()
	scale, err := modulator.Guard(e, m, c.cellMu, c.Bound())
	if err != nil {
		return err
	}
	if scale < 1 {
		for alpha := range c.mu {
			c.mu[alpha] *= scale
		}
		c.spreadMu()
	}
	return nil
}

func (c *Credit) spreadMu() {
	n := len(c.cellMu)
	for p, alpha := range c.net.Type {
		c.cellMu[p] = c.mu[alpha]
	}
	for i := range c.throughGain {
		c.throughGain[i] = c.gain[i] * c.cellMu[i%n]
	}
	for i := range c.passMu {
		c.passMu[i] = c.cellMu[i%n]
	}
}

// profiles are the expression and the membranes the propagator is built from;
// a full W_fb is one ligand per cell.
func (c *Credit) profiles() (*modulator.Expression, modulator.Membrane) {
	n := c.net.Cells.Size()
	if c.expression == nil {
		e := modulator.NewExpression(n, n)
		e.Cellwise(c.weights.W)
		return e, c.membrane()
	}
	cells := c.membrane()
	m := modulator.Membrane{Decay: make([]float64, c.expression.Ligands), Gain: make([]float64, c.expression.Ligands)}
	for l := range m.Decay {
		cell := 0
		if c.Rule.Weights == "type" {
			cell = max(0, firstOf(c.net.Type, l))
		}
		m.Decay[l], m.Gain[l] = cells.Decay[cell], cells.Gain[cell]
	}
	return c.expression, m
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

// Mu is the mean derivative in force, per type.
func (c *Credit) Mu() []float64 { return c.mu }

// Radius is the spectral radius of the propagator Ā, or of the receptors that stand
// for it; NaN for rules without one, also where adaptation or reset take part in passing credit on.
func (c *Credit) Radius() (float64, error) {
	if !c.Rule.Filters() {
		return math.NaN(), nil
	}
	if c.varies() {
		return math.NaN(), nil
	}
	if c.Rule.Receptors {
		return c.remainder(c.Rule.Decay), nil
	}
	if math.IsNaN(c.radius) {
		e, m := c.profiles()
		radius, err := modulator.NewPropagator(e, m, c.cellMu).Radius()
		if err != nil {
			return math.NaN(), err
		}
		c.radius = radius
	}
	return c.radius, nil
}

// TypeTaps is F_s[α, β] = c_v Ā^(s−1) W̄ for s = 1 … count, with type means
// whatever the rule's own weights: what a synapse onto type β hears of type α.
func (c *Credit) TypeTaps(count int) [][]float64 {
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
	return modulator.NewPropagator(e, m, c.cellMu), first
}

// meanDerivativeRate is the weight of the newest batch in the running mean of ψ.
const meanDerivativeRate = 0.1

// NeedsObservation says whether μ waits for a first batch; until then it is zero.
func (c *Credit) NeedsObservation() bool { return c.Rule.MeanDerivative && !c.observed }

// Observe gives the mean of ψ per type over a batch to an adaptive μ; the
// first one is taken whole. Refresh applies it.
func (c *Credit) Observe(meanPsi []float64) {
	if !c.Rule.MeanDerivative {
		return
	}
	for alpha, psi := range meanPsi {
		if c.observed {
			psi = c.base[alpha] + float64(meanDerivativeRate*(psi-c.base[alpha]))
		}
		c.base[alpha] = psi
	}
	c.observed = true
}

// CreditState is what a rule remembers between updates.
type CreditState struct {
	MeanPsi   []float64 // per type; empty before the first observation
	Reception []float64 // cells × ligands; empty without graded expression
}

// State is what a checkpoint must hold.
func (c *Credit) State() CreditState {
	var s CreditState
	if c.Rule.MeanDerivative && c.observed {
		s.MeanPsi = append(s.MeanPsi, c.base...)
	}
	if c.Rule.Weights == "expression" {
		s.Reception = append(s.Reception, c.expression.Reception...)
	}
	return s
}

// Restore sets the state of a checkpoint; the network's weights must have been
// restored before.
func (c *Credit) Restore(s CreditState) error {
	if c.Rule.MeanDerivative && len(s.MeanPsi) == len(c.base) {
		copy(c.base, s.MeanPsi)
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

// signal is L = B d for one step, d (trials × K) the error seen through the readout filter.
func (c *Credit) signal(l, d []float64, trials int) {
	_, n, k := c.net.Size()
	clear(l)
	kernel.MatMul(trials, n, k, d, k, 1, c.feedback, n, l, n)
}
