package learning_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"pgregory.net/rapid"

	"paracrine/internal/trial"
	"paracrine/learning"
	"paracrine/modulator"
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// shape is what a random circuit is made from; the same shape gives the same circuit.
type shape struct {
	inputs, cells, outputs, types, steps, trials int

	decay      []float64 // η, per type
	gain       []float64 // c_v, per type; 1−η when none are given
	threshold  float64
	kappa      float64
	strength   float64 // of recurrent weights: their standard deviation times √N
	density    float64 // of recurrent synapses
	dead       int     // first cells, whose threshold is out of reach
	always     int     // last cells, whose threshold is far below
	classes    bool    // cross-entropy, otherwise squared error
	last       bool    // error at the last step only
	gap        bool    // no error in the middle third
	twinned    bool    // trials end as the first began: long stretches without input
	seed       uint64
	autapses   bool
	readoutOne bool // c_out is 1, otherwise 1−κ

	spikes *spikes // nil for rate cells
}

// spikes are what spiking cells have beside a leak; they have the shape's
// threshold where it is positive, else 0.3, and none is always active.
type spikes struct {
	beta        []float64 // per type
	rho, gain   float64   // of the adaptation
	silent      int
	surrogate   neuron.Surrogate
	dampening   float64
	reset       bool // differentiated where a rule does not say
	atThreshold bool
}

// spiking is a live circuit of spiking cells; of the three types, two adapt.
func spiking() shape {
	s := plain()
	s.kappa, s.steps = 0.8, 40
	s.spikes = &spikes{beta: []float64{0.4, 0, 0.8}, rho: 0.9, gain: 0.5, silent: 2, dampening: 0.5}
	return s
}

// lif is spiking without adaptation.
func lif() shape {
	s := spiking()
	s.spikes.beta = []float64{0}
	return s
}

// plain is a live circuit with an error at every step.
func plain() shape {
	return shape{
		inputs: 2, cells: 9, outputs: 2, types: 3, steps: 24, trials: 3,
		decay: []float64{0.8}, strength: 2, density: 1, seed: 5,
	}
}

// circuit is a network with a batch of trials and a loss.
type circuit struct {
	shape
	net    *learning.Network
	loss   learning.Loss
	window trial.Window
	input  [][]float64 // per trial: steps × inputs
	target [][]float64 // per trial: steps × outputs
	class  []int
	batch  *trial.Batch
}

func (s shape) build(t rapid.TB) *circuit {
	t.Helper()
	r := rand.New(rand.NewPCG(s.seed, 17))
	c := &circuit{shape: s, net: s.network(r), loss: learning.SquaredError{}, window: s.window()}
	if s.classes {
		c.loss = learning.CrossEntropy{}
	}
	for range s.trials {
		input := normal(r, s.steps*s.inputs, 1.5)
		if s.twinned {
			clear(input[s.steps/3*s.inputs:])
		}
		c.input = append(c.input, input)
		c.target = append(c.target, normal(r, s.steps*s.outputs, 1))
		c.class = append(c.class, r.IntN(s.outputs))
	}
	batch, err := trial.New(c.net, sim.Millisecond, c.loss, c.window, s.trials)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.trials {
		batch.SetTrial(i, c.input[i], c.target[i], c.class[i])
	}
	c.batch = batch
	c.run(t)
	return c
}

func (s shape) network(r *rand.Rand) *learning.Network {
	net := &learning.Network{
		Cells: s.population(), Type: make([]int, s.cells),
		In: synapse.NewDense(s.cells, s.inputs), Rec: synapse.NewDense(s.cells, s.cells), Out: synapse.NewDense(s.outputs, s.cells),
		Bias: normal(r, s.outputs, 0.1), ReadoutDecay: s.kappa, ReadoutGain: 1 - s.kappa,
		RandomFeedback: normal(r, s.outputs*s.cells, 1), FrozenFeedback: normal(r, s.outputs*s.cells, 1),
	}
	net.FeedbackOrder = rand.New(rand.NewPCG(s.seed, 23)).Perm(s.outputs * s.cells)
	if s.readoutOne {
		net.ReadoutGain = 1
	}
	for alpha := range s.types {
		net.TypeNames = append(net.TypeNames, fmt.Sprint("type ", alpha))
	}
	for p := range s.cells {
		alpha := p * s.types / s.cells
		net.Type[p] = alpha
	}
	copy(net.In.W, normal(r, s.cells*s.inputs, 1))
	copy(net.Out.W, normal(r, s.outputs*s.cells, 1/math.Sqrt(float64(s.cells))))
	net.Rec.Exists = make([]bool, s.cells*s.cells)
	for i, w := range normal(r, s.cells*s.cells, s.strength/math.Sqrt(float64(s.cells))) {
		exists := r.Float64() < s.density
		if i%(s.cells+1) == 0 && !s.autapses || !exists {
			continue
		}
		net.Rec.W[i], net.Rec.Exists[i] = w, true
	}
	net.Changed()
	net.Torus, net.Seed, net.StepMS = s.torus(), s.seed, 1
	return net
}

// torus has room for the cells and some empty sites.
func (s shape) torus() *modulator.Torus {
	torus := &modulator.Torus{Rows: max(6, s.cells/6+2), Columns: 6, Spacing: 20}
	torus.Site = rand.New(rand.NewPCG(s.seed, 18)).Perm(torus.Sites())[:s.cells]
	return torus
}

// population makes the shape's cells.
func (s shape) population() neuron.Population {
	var decay, gain, threshold []float64
	for p := range s.cells {
		alpha := p * s.types / s.cells
		leak := s.decay[alpha%len(s.decay)]
		decay = append(decay, leak)
		if s.gain != nil {
			gain = append(gain, s.gain[alpha%len(s.gain)])
		} else {
			gain = append(gain, 1-leak)
		}
		switch {
		case p < s.dead:
			threshold = append(threshold, 1e9)
		case s.spikes != nil && s.threshold <= 0:
			threshold = append(threshold, 0.3)
		case s.spikes == nil && p >= s.cells-s.always:
			threshold = append(threshold, -20)
		default:
			threshold = append(threshold, s.threshold)
		}
	}
	if s.spikes == nil {
		return &neuron.ReLU{Decay: decay, Gain: gain, Threshold: threshold}
	}
	cells := neuron.NewAdaptiveSpiking(s.cells)
	cells.Decay, cells.Gain, cells.Threshold = decay, gain, threshold
	cells.Surrogate, cells.Dampening = s.spikes.surrogate, s.spikes.dampening
	cells.ResetInTrace, cells.AtThreshold = s.spikes.reset, s.spikes.atThreshold
	for p := range s.cells {
		alpha := p * s.types / s.cells
		cells.Adaptation[p] = s.spikes.beta[alpha%len(s.spikes.beta)]
		cells.AdaptationDecay[p], cells.AdaptationGain[p] = s.spikes.rho, s.spikes.gain
		cells.SilentSteps[p] = s.spikes.silent
	}
	return cells
}

func (s shape) window() trial.Window {
	w := make(trial.Window, s.steps)
	for t := range w {
		if s.last && t != s.steps-1 || s.gap && t > s.steps/3 && t < s.steps*2/3 {
			continue
		}
		w[t] = 1 + 0.25*float64(t%3)
	}
	return w
}

func normal(r *rand.Rand, n int, sd float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = sd * r.NormFloat64()
	}
	return x
}

// run takes the batch through its trials and returns the mean loss.
func (c *circuit) run(t rapid.TB) float64 {
	t.Helper()
	if err := c.batch.Run(); err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i := range c.trials {
		sum += c.batch.Loss(i)
	}
	return sum / float64(c.trials)
}

// credit puts a rule to work, unguarded unless it says guard=on; an adaptive μ
// has seen the batch.
func (c *circuit) credit(t rapid.TB, rule string) *learning.Credit {
	t.Helper()
	r, err := learning.ParseRule(rule)
	if err != nil {
		t.Fatal(err)
	}
	credit, err := learning.NewCredit(r, c.net, c.trials, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	_, psi := c.batch.Activity()
	credit.Observe(psi)
	if err := credit.Refresh(); err != nil {
		t.Fatal(err)
	}
	return credit
}

// gradient is a rule's, by the form that the rule chooses.
func (c *circuit) gradient(t rapid.TB, rule string) *learning.Gradient {
	t.Helper()
	credit := c.credit(t, rule)
	if credit.Rule.IsCausal() {
		return c.forward(credit)
	}
	return c.backward(credit, credit.NewWorkspace(c.steps, c.trials))
}

func (c *circuit) backward(credit *learning.Credit, w *learning.Workspace) *learning.Gradient {
	g := learning.NewGradient(c.net)
	credit.Gradient(g, c.batch.Record, w)
	return g
}

// forward computes a gradient from what synapses remember, step by step.
func (c *circuit) forward(credit *learning.Credit) *learning.Gradient {
	g, r := learning.NewGradient(c.net), c.batch.Record
	causal := credit.NewCausal(c.trials)
	for t := range c.steps {
		causal.Step(g, r, t)
	}
	causal.Settle(g)
	return g
}

// activity counts the cells by what they do in all trials.
func (c *circuit) activity() (crossing, silent, always int) {
	for p := range c.cells {
		active := 0
		for t := range c.steps {
			for b := range c.trials {
				if c.batch.Record.RateAt(t)[b*c.cells+p] > 0 {
					active++
				}
			}
		}
		switch active {
		case 0:
			silent++
		case c.steps * c.trials:
			always++
		default:
			crossing++
		}
	}
	return crossing, silent, always
}

// notLive says why nothing can be learnt from a test on this circuit: rules
// cannot differ, or agree, where there is no credit.
func (c *circuit) notLive(t rapid.TB) string {
	t.Helper()
	if crossing, _, _ := c.activity(); crossing < 2 {
		return fmt.Sprintf("%d cells cross their thresholds, too few to tell ψ from a constant", crossing)
	}
	for _, rule := range []string{"bptt", "eprop"} {
		for i, a := range c.gradient(t, rule).Arrays() {
			if largest(a) < 1e-6 {
				return fmt.Sprintf("the gradient of %s by %s is zero", learning.Compared[i], rule)
			}
		}
	}
	return ""
}

func requireLive(t rapid.TB, c *circuit) {
	t.Helper()
	if problem := c.notLive(t); problem != "" {
		t.Fatal(problem)
	}
}

func largest(x []float64) float64 {
	top := 0.0
	for _, v := range x {
		top = math.Max(top, math.Abs(v))
	}
	return top
}

// gap is the largest difference of two arrays; NaN where either has one.
func gap(got, want []float64) float64 {
	top := 0.0
	for i := range want {
		d := math.Abs(got[i] - want[i])
		if math.IsNaN(d) {
			return d
		}
		top = math.Max(top, d)
	}
	return top
}

// distance is the gap relative to want's largest element.
func distance(got, want []float64) float64 {
	d := gap(got, want)
	if d == 0 {
		return 0
	}
	return d / largest(want)
}

// requireEqual compares all four arrays, each relative to its largest element.
// Where an array is all but zero beside the others, what is left of it are
// differences of larger numbers, and it is compared with a thousandth of theirs.
// Numbers so small that they lose digits are compared with ones that do not.
func requireEqual(t rapid.TB, what string, got, want *learning.Gradient, tolerance float64) {
	t.Helper()
	const smallestNormal = 0x1p-1022
	floor := smallestNormal / tight
	for _, a := range want.Arrays() {
		floor = math.Max(floor, largest(a)/1000)
	}
	for i, a := range got.Arrays() {
		reference := want.Arrays()[i]
		d := distance(a, reference)
		if top := largest(reference); top < floor {
			d = gap(a, reference) / floor
		}
		if !(d <= tolerance) {
			t.Fatalf("%s: %s is off by %.3g of its largest element, allowed are %g", what, learning.Compared[i], d, tolerance)
		}
	}
}

// requireDifferent asks for gradients of W_rec that differ visibly.
func requireDifferent(t rapid.TB, what string, one, other *learning.Gradient) {
	t.Helper()
	if d := distance(one.Rec, other.Rec); !(d > 1e-4) {
		t.Fatalf("%s: the gradients of W_rec differ by %.3g of the largest element, which is nothing", what, d)
	}
}
