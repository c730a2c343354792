package problem

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"paracrine/internal/trial"
	"paracrine/learning"
	"paracrine/modulator"
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// Credit is what one rule delivers on a problem.
type Credit struct {
	Rule               learning.Rule
	Loss               float64
	Gradient           *learning.Gradient
	Mu                 []float64 // per type, in force; nil for rules without a propagator
	Radius             float64   // spectral radius of the propagator; NaN for rules without one
	learning.Alignment           // with BPTT
	// Losses, when asked for, are those of plain gradient descent: before each
	// step and after the last.
	Losses []float64
}

// Descent asks for a number of gradient-descent steps at a learning rate; all
// four arrays move, and an adaptive B; the diagonal of W_rec stays zero.
type Descent struct {
	Steps int
	Rate  float64
}

// Gradients computes the gradient of every rule at the problem's weights. μ is
// the problem's, unguarded, unless a rule says otherwise. BPTT, which each is
// aligned with, differentiates the reset of spiking cells if the rule does.
func (p *Problem) Gradients(rules []learning.Rule, descent Descent) ([]Credit, error) {
	references := map[string]*learning.Gradient{} // by reset
	credits := make([]Credit, 0, len(rules))
	for _, rule := range rules {
		c, err := p.credit(rule, descent)
		if err != nil {
			return nil, ofRule(rule, err)
		}
		if references[rule.Reset] == nil {
			if references[rule.Reset], err = p.exact(rule.Reset); err != nil {
				return nil, err
			}
		}
		c.Alignment = learning.Align(c.Gradient, references[rule.Reset])
		credits = append(credits, c)
	}
	return credits, nil
}

// exact is the gradient by BPTT; an empty reset leaves it to the network.
func (p *Problem) exact(reset string) (*learning.Gradient, error) {
	text := "bptt"
	if reset != "" {
		text += ":reset=" + reset
	}
	rule, err := learning.ParseRule(text)
	if err != nil {
		return nil, err
	}
	c, err := p.credit(rule, Descent{})
	if err != nil {
		return nil, ofRule(rule, err)
	}
	return c.Gradient, nil
}

// ofRule names the rule of an error that does not, and leaves out where in the
// agenda a value ceased to be finite: a problem counts in steps.
func ofRule(rule learning.Rule, err error) error {
	var named *learning.RuleError
	if errors.As(err, &named) {
		return named
	}
	var nonFinite *learning.NonFiniteError
	if errors.As(err, &nonFinite) {
		err = nonFinite
	}
	return fmt.Errorf("rule %q: %w", rule.Given, err)
}

func (p *Problem) credit(rule learning.Rule, descent Descent) (Credit, error) {
	net := p.Network()
	if rule.Feedback == "adaptive" {
		net.AdaptFeedback()
	}
	batch, err := p.batch(net)
	if err != nil {
		return Credit{}, err
	}
	credit, err := learning.NewCredit(rule, net, p.Hyper.B, p.Hyper.Mu, false)
	if err != nil {
		return Credit{}, err
	}
	out := Credit{Rule: rule, Gradient: learning.NewGradient(net), Radius: math.NaN()}
	if out.Loss, err = p.learn(out.Gradient, net, batch, credit); err != nil {
		return Credit{}, err
	}
	if rule.Filters() {
		out.Mu = append(out.Mu, credit.Mu()...)
		if out.Radius, err = credit.Radius(); err != nil {
			return Credit{}, err
		}
	}
	if descent.Steps > 0 {
		if out.Losses, err = p.descend(net, batch, credit, descent); err != nil {
			return Credit{}, err
		}
	}
	return out, nil
}

// learn runs the batch once and adds the rule's gradient to g.
func (p *Problem) learn(g *learning.Gradient, net *learning.Network, batch *trial.Batch, credit *learning.Credit) (float64, error) {
	var causal learning.Causal
	if credit.Rule.MeanDerivative {
		if err := batch.Run(); err != nil {
			return 0, err
		}
		_, psi := batch.Activity()
		credit.Observe(psi)
		if err := credit.Refresh(); err != nil {
			return 0, err
		}
	}
	if credit.Rule.IsCausal() {
		causal = credit.NewCausal(p.Hyper.B)
		batch.OnStep = func(t int) error {
			r := batch.Record
			causal.Step(g, r, t)
			return nil
		}
	}
	if err := batch.Run(); err != nil {
		return 0, err
	}
	if causal != nil {
		causal.Settle(g)
	} else {
		credit.Gradient(g, batch.Record, credit.NewWorkspace(p.Hyper.T, p.Hyper.B))
	}
	n := p.Hyper.N
	for i := range n {
		g.Rec[i*n+i] = 0
	}
	loss := 0.0
	for b := range p.Hyper.B {
		loss += batch.Loss(b)
	}
	return loss / float64(p.Hyper.B), nil
}

func (p *Problem) descend(net *learning.Network, batch *trial.Batch, credit *learning.Credit, d Descent) ([]float64, error) {
	g := learning.NewGradient(net)
	var losses []float64
	for step := 0; ; step++ {
		g.Clear()
		loss, err := p.learn(g, net, batch, credit)
		if err != nil {
			return losses, err
		}
		losses = append(losses, loss)
		if step == d.Steps {
			return losses, nil
		}
		g.TeachFeedback(net, 0)
		for i, array := range net.Arrays() {
			for j, slope := range g.Arrays()[i] {
				array.Values[j] -= float64(d.Rate * slope)
			}
		}
		net.Changed()
		if err := credit.Refresh(); err != nil {
			return losses, err
		}
	}
}

// What time constants and diffusion coefficients of rules mean in a problem.
const (
	stepMS      = 1.0  // a step
	siteSpacing = 20.0 // µm between neighbouring sites of a torus
)

// Network builds the problem's network.
func (p *Problem) Network() *learning.Network {
	h := p.Hyper
	net := &learning.Network{
		Cells: p.cells(), Type: p.Type,
		In: synapse.NewDense(h.N, h.Inputs), Rec: synapse.NewDense(h.N, h.N), Out: synapse.NewDense(h.Outputs, h.N),
		Bias: append([]float64(nil), p.BOut...), ReadoutDecay: h.Kappa, ReadoutGain: h.COut, StepMS: stepMS,
	}
	for alpha := range h.Types {
		net.TypeNames = append(net.TypeNames, fmt.Sprint("type ", alpha))
	}
	net.In.SetWeights(p.WIn)
	net.Rec.SetWeights(p.WRec)
	net.Out.SetWeights(transpose(p.WOut, h.N, h.Outputs))
	net.FrozenFeedback = append(net.FrozenFeedback, net.Out.W...)
	if p.BFb != nil {
		net.RandomFeedback = transpose(p.BFb, h.N, h.Outputs)
	}
	if p.Torus != nil {
		net.Torus = &modulator.Torus{Rows: p.Torus[0], Columns: p.Torus[1], Spacing: siteSpacing}
	}
	return net
}

// cells makes the problem's population.
func (p *Problem) cells() neuron.Population {
	h := p.Hyper
	if h.Model == "rate" {
		cells := neuron.NewReLU(h.N)
		for i := range h.N {
			cells.Decay[i], cells.Gain[i], cells.Threshold[i] = h.Eta, h.CV, h.Threshold
		}
		return cells
	}
	cells := neuron.NewAdaptiveSpiking(h.N)
	cells.Dampening = h.Gamma
	cells.Surrogate = neuron.Surrogate(slices.Index(neuron.Surrogates, h.Surrogate))
	for i := range h.N {
		cells.Decay[i], cells.Gain[i], cells.Threshold[i] = h.Eta, h.CV, h.Threshold
		cells.SilentSteps[i] = h.RefractorySteps
		if h.Model == "alif" && p.Beta != nil {
			cells.AdaptationDecay[i], cells.AdaptationGain[i], cells.Adaptation[i] = h.Rho, h.CA, p.Beta[i]
		}
	}
	return cells
}

func (p *Problem) batch(net *learning.Network) (*trial.Batch, error) {
	h := p.Hyper
	var loss learning.Loss = learning.SquaredError{}
	if p.Class != nil {
		loss = learning.CrossEntropy{}
	}
	batch, err := trial.New(net, sim.Millisecond, loss, p.LossWeight, h.B)
	if err != nil {
		return nil, err
	}
	for b := range h.B {
		var target []float64
		class := 0
		if p.Class != nil {
			class = p.Class[b]
		} else {
			target = p.Target[b*h.T*h.Outputs : (b+1)*h.T*h.Outputs]
		}
		batch.SetTrial(b, p.X[b*h.T*h.Inputs:(b+1)*h.T*h.Inputs], target, class)
	}
	return batch, nil
}

// transpose turns a rows × cols matrix into cols × rows.
func transpose(a []float64, rows, cols int) []float64 {
	t := make([]float64, len(a))
	for i := range rows {
		for j := range cols {
			t[j*rows+i] = a[i*cols+j]
		}
	}
	return t
}
