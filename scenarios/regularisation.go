package scenarios

import "paracrine/learning"

// regularise prepares the regularisation of rates for the trials to come, of
// which tiles will be parts. The mean rates of a batch must be known before any
// of it can learn, so they take a pass of their own.
func (t *Trainer) regularise(trials trialRange) error {
	r := t.scenario.Learning.Regularisation
	if !t.scenario.regularises() {
		return nil
	}
	t.Credit.Rates = learning.RateRegularisation{Strength: r.Coefficient,
		Target: r.Rate.Value * t.step.Milliseconds() / 1000, Trials: trials.count}
	if r.Per != "batch" {
		return nil
	}
	mean, err := t.meanRates(trials)
	t.Credit.Rates.Mean = mean
	return err
}

// meanRates is, per cell, the spikes per step over trials.
func (t *Trainer) meanRates(trials trialRange) ([]float64, error) {
	results := t.runEach(trials, min(tileTrials, trials.count), nil)
	mean := make([]float64, t.scenario.cellCount())
	for _, r := range results {
		if r.err != nil {
			return nil, r.err
		}
		for p, spikes := range r.spikes {
			mean[p] += spikes
		}
	}
	for p := range mean {
		mean[p] /= float64(trials.count * len(t.window))
	}
	return mean, nil
}
