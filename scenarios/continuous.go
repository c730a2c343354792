package scenarios

import (
	"fmt"
	"maps"
	"math"

	"gonum.org/v1/gonum/floats"

	"paracrine/internal/trial"
	"paracrine/learning"
)

// Continuous says whether trials follow one another without a break.
func (s *Scenario) Continuous() bool { return s.Training.Trials == "continuous" }

// Continuous trains a sparse network on trials that follow one another without a
// break: potentials, spikes, traces and messengers go on, and synapses learn at their
// spikes for as long as the run lasts. An iteration is a trial.
type Continuous struct {
	Network *learning.SparseNetwork
	Learner *learning.Online

	scenario  *Scenario
	seed      uint64
	course    *trial.Continuous
	loss      learning.Loss
	window    trial.Window
	schedule  learning.Schedule
	iteration int
	streams   Streams
	trial     Trial // the present one
	inputs    []int // those that are not zero at a step
	heights   []float64
	delta     []float64 // K
	first     []float64 // steps × K: y in the first trial
	answer    []float64 // steps × K: y in the last
}

// NewContinuous builds the sparse network of a seed and prepares the rule.
func NewContinuous(s *Scenario, rule learning.Rule, seed uint64, workers int) (*Continuous, error) {
	net, err := s.BuildSparse(seed)
	if err != nil {
		return nil, err
	}
	learner, err := learning.NewOnline(net, rule)
	if err != nil {
		return nil, err
	}
	c := &Continuous{Network: net, Learner: learner, scenario: s, seed: seed, course: trial.NewContinuous(net, learner), schedule: s.schedule()}
	c.course.Workers = workers
	c.loss, c.window = s.lossFunction()
	steps := len(c.window)
	c.trial = Trial{Input: make([]float64, steps*net.Inputs), Target: make([]float64, steps*len(net.Bias))}
	c.delta, c.first, c.answer = make([]float64, len(net.Bias)), make([]float64, steps*len(net.Bias)), make([]float64, steps*len(net.Bias))
	return c, nil
}

// Iteration is the number of trials learned from so far.
func (c *Continuous) Iteration() int { return c.iteration }

// Seconds is the biological time the network has learned from so far, in s.
func (c *Continuous) Seconds() float64 {
	return float64(c.iteration) * float64(len(c.window)) * float64(c.scenario.Network.Step) / 1000
}

// Rate is the learning rate of the coming trial.
func (c *Continuous) Rate() float64 {
	return c.scenario.Learning.Optimiser.Rate * c.schedule(c.iteration)
}

// Iterate learns from a trial as it goes by. At its end every synapse is touched, so
// that weights and State hold all that it taught.
func (c *Continuous) Iterate() (Measure, error) {
	c.draw(c.iteration)
	rate := c.Rate()
	c.Learner.Rate, c.Learner.ReadoutRate = rate, rate
	if c.scenario.Network.Readout.Bias {
		c.Learner.BiasRate = rate
	}
	spikes := 0.0
	for step := range c.window {
		c.hear(step)
		if err := c.course.Step(c.inputs, c.heights, func(delta, y []float64) { c.compare(delta, y, step) }); err != nil {
			return Measure{}, err
		}
		spikes += floats.Sum(c.course.Fired())
	}
	if err := c.course.Settle(); err != nil {
		return Measure{}, err
	}
	if c.iteration == 0 {
		copy(c.first, c.answer)
	}
	c.iteration++
	m := c.measure(c.answer)
	m.Activity = spikes / float64(len(c.window)*len(c.Network.Type))
	return m, nil
}

// draw makes the trial of an iteration.
func (c *Continuous) draw(iteration int) {
	c.streams.Reset(c.seed, streamTraining, uint64(iteration), 1)
	c.scenario.Task.Fill(&c.trial, c.scenario.Network.Step, &c.streams)
}

// hear lists the inputs of a step that are not zero.
func (c *Continuous) hear(step int) {
	c.inputs, c.heights = c.inputs[:0], c.heights[:0]
	n := c.Network.Inputs
	for i, x := range c.trial.Input[step*n : (step+1)*n] {
		if x != 0 {
			c.inputs, c.heights = append(c.inputs, i), append(c.heights, x)
		}
	}
}

// compare writes the learning signal of a step, 0 outside the learning window, and
// keeps y.
func (c *Continuous) compare(delta, y []float64, step int) {
	copy(c.answer[step*len(y):], y)
	c.lossAt(delta, y, step)
	for k := range delta {
		delta[k] *= c.window[step]
	}
}

// lossAt is the present trial's l at a step, with ∂l/∂y in delta.
func (c *Continuous) lossAt(delta, y []float64, step int) float64 {
	k := len(y)
	return c.loss.Compare(delta, y, c.trial.Target[step*k:(step+1)*k], c.trial.Class)
}

// measure is the loss of an answer to the present trial and, of classes, whether the most
// probable one over the learning window is right.
func (c *Continuous) measure(answer []float64) Measure {
	m, k := Measure{Accuracy: math.NaN()}, len(c.delta)
	scores := make([]float64, k)
	for step, weight := range c.window {
		if weight == 0 {
			continue
		}
		m.Loss += float64(weight * c.lossAt(c.delta, answer[step*k:(step+1)*k], step))
		if c.loss.Classifies() {
			c.delta[c.trial.Class]++ // probabilities
			for o, probability := range c.delta {
				scores[o] += float64(weight * probability)
			}
		}
	}
	if c.loss.Classifies() {
		m.Accuracy = 0
		if floats.MaxIdx(scores) == c.trial.Class {
			m.Accuracy = 1
		}
	}
	return m
}

// Show is the first trial and the last, as the network answered while it learned.
func (c *Continuous) Show() (first, last Shown) {
	return c.show(0, c.first), c.show(c.iteration-1, c.answer)
}

func (c *Continuous) show(iteration int, answer []float64) Shown {
	c.draw(iteration)
	m, k := c.measure(answer), len(c.delta)
	s := Shown{Output: channels(answer, k), Window: c.window, Class: -1, Loss: m.Loss}
	if c.loss.Classifies() {
		s.Class, s.Correct = c.trial.Class, m.Accuracy == 1
	} else {
		s.Target = channels(c.trial.Target, k)
	}
	return s
}

// State is all that training carries from one trial to the next, by name.
func (c *Continuous) State() map[string][]float64 {
	state := c.course.State()
	maps.Copy(state, c.own())
	return state
}

// own is what of the state is not the network's.
func (c *Continuous) own() map[string][]float64 {
	return map[string][]float64{"iteration": {float64(c.iteration)}, "first answer": c.first, "last answer": c.answer}
}

// Restore continues from a State of the same scenario and seed. It refuses a state
// with other shapes and then changes nothing.
func (c *Continuous) Restore(state map[string][]float64) error {
	for name, values := range c.own() {
		if len(state[name]) != len(values) {
			return fmt.Errorf("%s has %d values, the scenario needs %d", name, len(state[name]), len(values))
		}
	}
	if err := c.course.Restore(state); err != nil {
		return err
	}
	for name, values := range c.own() {
		copy(values, state[name])
	}
	c.iteration = int(state["iteration"][0])
	return nil
}

// checkContinuous refuses, for continuous trials, what needs matrices or trials that
// begin at rest.
func (s *Scenario) checkContinuous(c *checker) {
	if !s.Continuous() {
		return
	}
	const why = "training.trials: continuous learns at spikes, on synapses in rows"
	at := path{"training", "trials"}
	switch {
	case !s.Network.spiking():
		c.refuse(at, because(quote("continuous"), "the cells do not spike"), "separate, or a network of spiking cells")
	case s.Learning.Update != "spikes":
		c.refuse(path{"learning", "update"}, because(quote(s.Learning.Update), why), "spikes, or training.trials: separate")
	}
	if s.Learning.Alignment.Every > 0 {
		c.refuse(path{"learning", "alignment"}, because("an alignment", "BPTT needs a trial that begins at rest"), "none, or training.trials: separate")
	}
	for i, p := range s.Network.Projections {
		if p.Weights.Distribution == "balanced" {
			c.refuse(path{"network", "projections"}.item(i).at("weights", "distribution"), because(quote("balanced"), why+", and these weights are those of a matrix"), "normal, constant")
		}
	}
	s.checkOneMembrane(c)
}

// checkOneMembrane refuses cells that forget otherwise than the first: ε belongs to
// the presynaptic cell.
func (s *Scenario) checkOneMembrane(c *checker) {
	first := s.Network.Cells[0]
	for i, cell := range s.Network.Cells {
		if tau := cell.Parameters.Tau; tau != first.Parameters.Tau {
			c.refuse(path{"network", "cells"}.item(i).at("parameters", "tau"), because(tau.String(), "with training.trials: continuous a trace belongs to the presynaptic cell and fades alike in all targets"),
				fmt.Sprintf("%v, that of %s", first.Parameters.Tau, first.Name))
		}
	}
}
