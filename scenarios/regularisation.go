package scenarios

import (
	"paracrine/learning"
	"paracrine/neuron"
)

// regularise prepares the regularisation of rates for the trials to come, of
// which tiles will be parts. The mean rates of a batch must be known before any
// of it can learn, so they take a pass of their own; a running average is known.
func (t *Trainer) regularise(trials trialRange) error {
	r := t.scenario.Learning.Regularisation
	if !t.scenario.regularises() {
		return nil
	}
	t.Credit.Rates = learning.RateRegularisation{Strength: r.Coefficient, Target: t.targetRate(), Trials: trials.count}
	switch r.Per {
	case "batch":
		m, err := t.forward(trials)
		if err != nil {
			return err
		}
		t.Credit.Rates.Mean = t.meanRates(m, trials.count)
	case "running":
		t.Credit.Rates.Mean = t.runningRates
	}
	return nil
}

// targetRate is the rate that cells should have, in spikes per step.
func (t *Trainer) targetRate() float64 {
	return t.scenario.Learning.Regularisation.Rate.Value * t.step.Milliseconds() / 1000
}

// meanRates is, per cell, the spikes per step over trials.
func (t *Trainer) meanRates(m Measure, trials int) []float64 {
	mean := make([]float64, len(m.spikes))
	for p, spikes := range m.spikes {
		mean[p] = spikes / float64(trials*len(t.window))
	}
	return mean
}

// beginRates sets the running average of rates, where there is one, to the
// target: nothing pulls at cells that have not been seen yet.
func (t *Trainer) beginRates() {
	if !t.scenario.regularises() || t.scenario.Learning.Regularisation.Per != "running" {
		return
	}
	t.runningRates = make([]float64, t.scenario.cellCount())
	for p := range t.runningRates {
		t.runningRates[p] = t.targetRate()
	}
}

// followRates takes trials, after which weights have changed, into the running
// average of rates:
//
//	f̄ ← α f̄ + (1−α) f,    α = exp(−T/τ)
//
// f the mean rate over the trials and T how long they took, one after another.
// Time, not batches, is what it forgets by, so that τ keeps its meaning whatever
// the batch.
func (t *Trainer) followRates(m Measure, trials int) {
	if t.runningRates == nil {
		return
	}
	duration := float64(trials*len(t.window)) * t.step.Milliseconds()
	decay := neuron.Decay(duration, float64(t.scenario.Learning.Regularisation.TimeConstant))
	for p, rate := range t.meanRates(m, trials) {
		t.runningRates[p] = float64(decay*t.runningRates[p]) + float64((1-decay)*rate)
	}
}
