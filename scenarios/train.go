package scenarios

import (
	"fmt"
	"math"
	"sync"

	"paracrine/internal/trial"
	"paracrine/learning"
	"paracrine/neuron"
	"paracrine/sim"
)

// tileTrials is how many trials advance together as one tile. Tiles are the
// unit of work, whatever the number of workers, and their gradients are summed
// in order: results do not depend on workers.
const tileTrials = 8

// Trainer trains one network on one task by one rule.
type Trainer struct {
	Network *learning.Network
	Credit  *learning.Credit

	scenario  *Scenario
	seed      uint64
	step      sim.Time
	loss      learning.Loss
	window    trial.Window
	optimiser learning.Optimiser
	schedule  learning.Schedule
	signs     *learning.Signs // nil without Dale's law
	rewiring  *learning.DeepR // nil without
	iteration int             // updates of the whole batch so far
	// runningRates is, per cell, the running average of spikes per step that a
	// regularisation pulls at; nil without one.
	runningRates []float64
	workers      []*tileWorker
	trials       []Trial // of the present batch
	gradient     *learning.Gradient
	arrays       [][]float64
}

// Measure is what a batch of trials showed.
type Measure struct {
	Loss     float64   // mean over trials
	Accuracy float64   // fraction correct; NaN for regressions
	Activity float64   // mean rate over cells, steps and trials
	MeanPsi  []float64 // steps × cell types: mean derivative

	spikes []float64 // per cell, Σ z over steps and trials
}

// NewTrainer builds the network of a seed and prepares the rule.
func NewTrainer(s *Scenario, rule learning.Rule, seed uint64, workers int) (*Trainer, error) {
	net, err := s.Build(seed)
	if err != nil {
		return nil, err
	}
	step, err := sim.FromMilliseconds(float64(s.Network.Step))
	if err != nil {
		return nil, err
	}
	if rule.Feedback == "adaptive" {
		net.AdaptFeedback()
	}
	t := &Trainer{Network: net, scenario: s, seed: seed, step: step, gradient: learning.NewGradient(net), schedule: s.schedule()}
	t.loss, t.window = s.lossFunction()
	t.setOptimiser()
	t.beginRates()
	if s.Network.Dale {
		t.signs = s.signs(seed)
	}
	if s.rewires() {
		t.rewiring = s.rewiring(net, seed)
	}
	for _, a := range net.Arrays() {
		t.arrays = append(t.arrays, a.Values)
	}
	for range max(1, workers) {
		t.workers = append(t.workers, newTileWorker(t))
	}
	if t.Credit, err = learning.NewCredit(rule, net, t.tileSize(s.Training.Batch), nil, true); err != nil {
		return nil, err
	}
	if s.Learning.updatesWithin() {
		if err := t.Credit.CheckCausal(); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// lossFunction is the loss and the weight of every step in it.
func (s *Scenario) lossFunction() (learning.Loss, trial.Window) {
	name, window := s.Task.Loss(s.Network.Step)
	if name == CrossEntropy {
		return learning.CrossEntropy{}, window
	}
	return learning.SquaredError{}, window
}

func (t *Trainer) setOptimiser() {
	o := t.scenario.Learning.Optimiser
	t.optimiser = learning.NewAdam(t.Network, o.Beta1, o.Beta2, o.Epsilon, o.EpsilonForm == "hat")
	if o.Name == "sgd" {
		t.optimiser = learning.NewSGD(t.Network, o.Momentum)
	}
}

// schedule is the learning rate over iterations, in parts of the optimiser's.
func (s *Scenario) schedule() learning.Schedule {
	switch l := s.Learning.Schedule; l.Name {
	case "step":
		return learning.StepSchedule(l.Factor, l.Every)
	case "cosine":
		return learning.CosineSchedule(s.Training.Iterations)
	}
	return learning.ConstantSchedule
}

// tileSize is how many trials advance together: all of them when weights change
// within the trial, one when they change after each.
func (t *Trainer) tileSize(trials int) int {
	switch t.scenario.Learning.Update {
	case "online", "spikes":
		return trials
	case "trial":
		return 1
	}
	return min(tileTrials, trials)
}

// Iteration is the number of batches learned from so far.
func (t *Trainer) Iteration() int { return t.iteration }

// Seconds is the biological time the network has learned from so far, in s.
func (t *Trainer) Seconds() float64 {
	trials := t.iteration * t.scenario.Training.Batch
	return float64(trials) * float64(len(t.window)) * t.step.Milliseconds() / 1000
}

// Rate is the learning rate of the coming iteration.
func (t *Trainer) Rate() float64 {
	return t.scenario.Learning.Optimiser.Rate * t.schedule(t.iteration)
}

// Iterate learns from one batch.
func (t *Trainer) Iterate() (Measure, error) {
	if t.Credit.NeedsObservation() {
		if err := t.observeFirst(); err != nil {
			return Measure{}, err
		}
	}
	batch := t.scenario.Training.Batch
	trials := trialRange{streamTraining, uint64(t.iteration) * uint64(batch), batch}
	var m Measure
	var err error
	switch t.scenario.Learning.Update {
	case "online":
		m, err = t.learnOnline(trials)
	case "spikes":
		m, err = t.learnAtSpikes(trials)
	case "trial":
		m, err = t.learnTrialByTrial(trials)
	default:
		m, err = t.learnBatch(trials)
	}
	if err != nil {
		return m, err
	}
	t.iteration++
	t.Credit.Observe(m.MeanPsi)
	return m, t.Credit.Refresh()
}

// Validate measures loss and accuracy on fresh trials, which differ from one
// iteration to the next.
func (t *Trainer) Validate() (Measure, error) {
	n := t.scenario.Training.Validation.Batch
	return t.forward(trialRange{streamValidation, uint64(t.iteration) * uint64(n), n})
}

// observeFirst gives an adaptive μ the mean derivative of the first batch.
func (t *Trainer) observeFirst() error {
	m, err := t.forward(trialRange{streamTraining, 0, t.scenario.Training.Batch})
	if err != nil {
		return err
	}
	t.Credit.Observe(m.MeanPsi)
	return t.Credit.Refresh()
}

func (t *Trainer) forward(trials trialRange) (Measure, error) {
	m, _, err := t.runTiles(trials, min(tileTrials, trials.count), nil)
	return m, err
}

func (t *Trainer) learnBatch(trials trialRange) (Measure, error) {
	if err := t.regularise(trials); err != nil {
		return Measure{}, err
	}
	m, g, err := t.runTiles(trials, t.tileSize(trials.count), []*learning.Credit{t.Credit})
	if err != nil {
		return m, err
	}
	t.followRates(m, trials.count)
	return m, t.update(g[0])
}

func (t *Trainer) learnTrialByTrial(trials trialRange) (Measure, error) {
	var sum measureSum
	for i := range trials.count {
		one := trialRange{trials.purpose, trials.first + uint64(i), 1}
		if err := t.regularise(one); err != nil {
			return Measure{}, err
		}
		m, g, err := t.runTiles(one, 1, []*learning.Credit{t.Credit})
		if err != nil {
			return m, err
		}
		t.followRates(m, 1)
		if err := t.update(g[0]); err != nil {
			return m, err
		}
		if err := t.Credit.Refresh(); err != nil {
			return m, err
		}
		sum.add(m, 1)
	}
	return sum.mean(), nil
}

// update applies a gradient and every constraint on weights.
func (t *Trainer) update(g *learning.Gradient) error {
	l := t.scenario.Learning
	g.Mask(t.Network)
	g.TeachFeedback(t.Network, l.L2)
	g.Shrink(t.Network, l.L2)
	if !t.scenario.Network.Readout.Bias {
		clear(g.Bias)
	}
	if norm := g.Clip(l.Clip); math.IsNaN(norm) || math.IsInf(norm, 0) {
		return t.nonFinite(g)
	}
	t.optimiser.Step(t.arrays, g.Arrays(), t.Rate())
	if t.rewiring != nil {
		t.rewiring.Step(t.optimiser, t.Rate())
	}
	learning.Soften(t.Network, float64(t.Rate()*l.L1))
	if t.signs != nil {
		t.signs.Hold(t.Network)
	}
	t.Network.Changed()
	return nil
}

// nonFinite names the first element of a gradient that is not a finite number.
func (t *Trainer) nonFinite(g *learning.Gradient) error {
	for i, array := range t.Network.Arrays() {
		for j, x := range g.Arrays()[i] {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return &learning.NonFiniteError{Quantity: fmt.Sprintf("gradient of %s[%d, %d]", array.Name, j/array.Cols, j%array.Cols),
					Cell: -1, Trial: -1, Step: -1, Value: x}
			}
		}
	}
	return &learning.NonFiniteError{Quantity: "norm of the gradient", Cell: -1, Trial: -1, Step: -1, Value: math.Inf(1)}
}

// Align compares, on the coming batch at frozen weights, the gradients of rules
// with the exact one.
func (t *Trainer) Align(rules []learning.Rule) ([]learning.Alignment, error) {
	batch := t.scenario.Training.Batch
	trials := trialRange{streamTraining, uint64(t.iteration) * uint64(batch), batch}
	size := min(tileTrials, batch)
	m, err := t.forward(trials)
	if err != nil {
		return nil, err
	}
	exact, err := learning.ParseRule(t.exactRule())
	if err != nil {
		return nil, err
	}
	var credits []*learning.Credit
	for _, rule := range append([]learning.Rule{exact}, rules...) {
		c, err := learning.NewCredit(rule, t.Network, size, nil, true)
		if err != nil {
			return nil, err
		}
		c.Observe(m.MeanPsi)
		if err := c.Refresh(); err != nil {
			return nil, err
		}
		credits = append(credits, c)
	}
	_, gradients, err := t.runTiles(trials, size, credits)
	if err != nil {
		return nil, err
	}
	var alignments []learning.Alignment
	for _, g := range gradients {
		g.Mask(t.Network)
	}
	for _, g := range gradients[1:] {
		alignments = append(alignments, learning.Align(g, gradients[0]))
	}
	return alignments, nil
}

// exactRule is BPTT through everything that is differentiable: of spiking cells
// the reset too, whatever the conventions of their traces.
func (t *Trainer) exactRule() string {
	if _, spiking := t.Network.Cells.(*neuron.AdaptiveSpiking); spiking {
		return "bptt:reset=1"
	}
	return "bptt"
}

// draw makes the trials of a batch, on all workers. They are there until the next
// batch is drawn.
func (t *Trainer) draw(trials trialRange) []Trial {
	if _, frozen := t.scenario.Task.Task.(Frozen); frozen {
		return t.repeat(trials)
	}
	for len(t.trials) < trials.count {
		t.trials = append(t.trials, t.blankTrial())
	}
	t.each(trials.count, func(w *tileWorker, i int) { w.draw(&t.trials[i], trials.purpose, trials.first+uint64(i)) })
	return t.trials[:trials.count]
}

// repeat draws the trial of a frozen task the first time and returns it, over and
// over, from then on.
func (t *Trainer) repeat(trials trialRange) []Trial {
	if t.trials == nil {
		t.trials = []Trial{t.blankTrial()}
		t.workers[0].draw(&t.trials[0], trials.purpose, trials.first)
	}
	for len(t.trials) < trials.count {
		t.trials = append(t.trials, t.trials[0])
	}
	return t.trials[:trials.count]
}

// blankTrial makes room for a trial.
func (t *Trainer) blankTrial() Trial {
	task, steps := t.scenario.Task, len(t.window)
	return Trial{Input: make([]float64, steps*task.Inputs()), Target: make([]float64, steps*task.Outputs())}
}

// batchOf is the number of trials in a batch of a purpose; its first has an
// index that is a multiple of it.
func (t *Trainer) batchOf(purpose sim.Purpose) int {
	if purpose == streamValidation {
		return t.scenario.Training.Validation.Batch
	}
	return t.scenario.Training.Batch
}

// each does a number of things on all workers, each on any of them.
func (t *Trainer) each(count int, do func(w *tileWorker, i int)) {
	next := make(chan int, count)
	for i := range count {
		next <- i
	}
	close(next)
	var group sync.WaitGroup
	for _, w := range t.workers[:min(len(t.workers), count)] {
		group.Go(func() {
			for i := range next {
				do(w, i)
			}
		})
	}
	group.Wait()
}

// runTiles runs trials tile by tile on all workers and returns the gradient of
// each rule, averaged over the trials.
func (t *Trainer) runTiles(trials trialRange, size int, credits []*learning.Credit) (Measure, []*learning.Gradient, error) {
	drawn := t.draw(trials)
	tiles := tiles(drawn, size)
	results := make([]tileResult, len(tiles))
	t.each(len(tiles), func(w *tileWorker, i int) { results[i] = w.run(tiles[i], drawn, credits) })
	var sum measureSum
	for _, r := range results {
		if r.err != nil {
			return Measure{}, nil, r.err
		}
		sum.add(r.measure, r.trials)
	}
	gradients := make([]*learning.Gradient, len(credits))
	for c := range credits {
		gradients[c] = results[0].gradients[c]
		for _, r := range results[1:] {
			gradients[c].Add(r.gradients[c])
		}
	}
	return sum.mean(), gradients, nil
}
