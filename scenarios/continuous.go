package scenarios

import (
	"fmt"
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
	outcome   outcome
}

// outcome is what the trial so far showed.
type outcome struct {
	loss   float64
	spikes float64
	scores []float64 // by class: Σ of its probability over the learning window
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
	c.outcome.scores = make([]float64, len(net.Bias))
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
	c.draw()
	rate := c.Rate()
	c.Learner.Rate, c.Learner.ReadoutRate = rate, rate
	if c.scenario.Network.Readout.Bias {
		c.Learner.BiasRate = rate
	}
	for step := range c.window {
		c.hear(step)
		if err := c.course.Step(c.inputs, c.heights, func(delta, y []float64) { c.compare(delta, y, step) }); err != nil {
			return Measure{}, err
		}
		c.outcome.spikes += floats.Sum(c.course.Fired())
	}
	if err := c.course.Settle(); err != nil {
		return Measure{}, err
	}
	c.iteration++
	return c.measure(), nil
}

// draw makes the coming trial.
func (c *Continuous) draw() {
	c.outcome = outcome{scores: c.outcome.scores}
	clear(c.outcome.scores)
	c.streams.Reset(c.seed, streamTraining, uint64(c.iteration), 1)
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

// compare writes the learning signal of a step, 0 outside the learning window.
func (c *Continuous) compare(delta, y []float64, step int) {
	weight, k := c.window[step], len(y)
	if weight == 0 {
		clear(delta)
		return
	}
	c.outcome.loss += float64(weight * c.loss.Compare(delta, y, c.trial.Target[step*k:(step+1)*k], c.trial.Class))
	for o, d := range delta {
		if c.loss.Classifies() {
			if o == c.trial.Class {
				d++
			}
			c.outcome.scores[o] += float64(weight * d)
		}
		delta[o] *= weight
	}
}

// measure is what the trial showed while it was learned from.
func (c *Continuous) measure() Measure {
	m := Measure{Loss: c.outcome.loss, Accuracy: math.NaN(), Activity: c.outcome.spikes / float64(len(c.window)*len(c.Network.Type))}
	if c.loss.Classifies() {
		m.Accuracy = 0
		if floats.MaxIdx(c.outcome.scores) == c.trial.Class {
			m.Accuracy = 1
		}
	}
	return m
}

// State is all that training carries from one trial to the next, by name.
func (c *Continuous) State() map[string][]float64 {
	state := c.course.State()
	state["iteration"] = []float64{float64(c.iteration)}
	return state
}

// Restore continues from a State of the same scenario and seed. It refuses a state
// with other shapes and then changes nothing.
func (c *Continuous) Restore(state map[string][]float64) error {
	if len(state["iteration"]) != 1 {
		return fmt.Errorf("iteration has %d values, the scenario needs 1", len(state["iteration"]))
	}
	if err := c.course.Restore(state); err != nil {
		return err
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
