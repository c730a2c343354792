package scenarios

import (
	"math"

	"paracrine/learning"
	"paracrine/synapse"
)

// updatesWithin says whether weights change within the trial.
func (l *Learning) updatesWithin() bool { return l.Update == "online" || l.Update == "spikes" }

// learnOnline changes weights within the trial, every Interval.
func (t *Trainer) learnOnline(trials trialRange) (Measure, error) {
	interval := t.scenario.Learning.Interval.Steps(t.scenario.Network.Step)
	return t.learnWithin(trials, func(causal learning.Causal, _ *learning.Record, step int) error {
		if (step+1)%interval != 0 && step+1 != len(t.window) {
			return nil
		}
		return t.updateAll(causal)
	})
}

// learnAtSpikes changes a weight when something arrives at its synapse, by what it
// has taught since the last time; what is left is applied when the trials end. The
// weights of the readout change when their cells spike, its biases at every step.
// It is plain descent, so that the sum of what a synapse taught is all it needs.
// Source: Korcsak-Gorzo et al. 2025, arXiv 2511.21674 (e-prop⁺).
func (t *Trainer) learnAtSpikes(trials trialRange) (Measure, error) {
	return t.learnWithin(trials, func(causal learning.Causal, r *learning.Record, step int) error {
		if step+1 == len(t.window) {
			return t.updateAll(causal)
		}
		return t.updateArrived(causal, r, step)
	})
}

// learnWithin runs a batch whose weights may change at the end of every step, by
// change.
func (t *Trainer) learnWithin(trials trialRange, change func(causal learning.Causal, r *learning.Record, step int) error) (Measure, error) {
	if err := t.regularise(trials); err != nil {
		return Measure{}, err
	}
	w := t.workers[0]
	b, err := w.batch(trials.count)
	if err != nil {
		return Measure{}, err
	}
	causal := w.causalForm(t.Credit, trials.count)
	t.gradient.Clear()
	b.Scale = 1 / float64(trials.count)
	b.OnStep = func(step int) error {
		causal.Step(t.gradient, b.Record, step)
		return nil
	}
	b.OnAct = func(step int) error { return change(causal, b.Record, step) }
	b.Checked = true
	defer func() { b.OnStep, b.OnAct, b.Checked = nil, nil, false }()
	for i, trial := range t.draw(trials) {
		b.SetTrial(i, trial.Input, trial.Target, trial.Class)
	}
	if err := b.Run(); err != nil {
		return Measure{}, err
	}
	m := measure(b, t.loss)
	t.followRates(m, trials.count)
	return m, nil
}

// updateAll changes all weights by all that was taught since they changed last.
func (t *Trainer) updateAll(causal learning.Causal) error {
	causal.Settle(t.gradient)
	if err := t.update(t.gradient); err != nil {
		return err
	}
	t.gradient.Clear()
	return t.refresh(causal)
}

// refresh lets the rule know that weights have changed within the trial.
func (t *Trainer) refresh(causal learning.Causal) error {
	if err := t.Credit.Refresh(); err != nil {
		return err
	}
	causal.Refresh()
	return nil
}

// arrival is what arrives at the synapses of one of the network's matrices.
type arrival struct {
	to       *synapse.Dense
	z        []float64 // trials × Pre
	gradient []float64 // Post × Pre
	signs    []float64 // Pre, by Dale's law; nil without
}

// arrivals are those of a step.
func (t *Trainer) arrivals(r *learning.Record, step int) [3]arrival {
	net, g := t.Network, t.gradient
	var signs learning.Signs
	if t.signs != nil {
		signs = *t.signs
	}
	return [3]arrival{
		{net.In, r.InputAt(step), g.In, signs.Inputs},
		{net.Rec, r.RateBefore(step), g.Rec, signs.Cells},
		{net.Out, r.RateAt(step), g.Out, signs.Cells},
	}
}

// updateArrived changes the weights of synapses at which something arrived at a
// step, and the biases.
func (t *Trainer) updateArrived(causal learning.Causal, r *learning.Record, step int) error {
	changed := false
	for _, from := range t.arrivals(r, step) {
		for q := range from.to.Pre {
			if !arrives(from.z, q, from.to.Pre) {
				continue
			}
			changed = true
			if !from.descend(q, t.Rate()) {
				return t.nonFinite(t.gradient)
			}
		}
	}
	t.descendBiases()
	if !changed {
		return nil
	}
	return t.refresh(causal)
}

// arrives says whether what comes from a channel is not zero in some trial.
func arrives(z []float64, channel, channels int) bool {
	for i := channel; i < len(z); i += channels {
		if z[i] != 0 {
			return true
		}
	}
	return false
}

// descend changes the weights of the synapses from a cell or input, q, holds Dale's
// law and clears their gradient. It stops where that is not finite, and says so.
func (a arrival) descend(q int, rate float64) (finite bool) {
	sign := 0.0
	if a.signs != nil {
		sign = a.signs[q]
	}
	for i := q; i < len(a.gradient); i += a.to.Pre {
		g := a.gradient[i]
		if math.IsNaN(g) || math.IsInf(g, 0) {
			return false
		}
		a.gradient[i] = 0
		if a.to.Exists != nil && !a.to.Exists[i] {
			continue
		}
		a.to.W[i] -= float64(rate * g)
		if a.to.W[i]*sign < 0 {
			a.to.W[i] = 0
		}
	}
	a.to.ChangedFrom(q)
	return true
}

// descendBiases changes the readout's biases, where they learn, and clears their
// gradient.
func (t *Trainer) descendBiases() {
	if t.scenario.Network.Readout.Bias {
		for k, g := range t.gradient.Bias {
			t.Network.Bias[k] -= float64(t.Rate() * g)
		}
	}
	clear(t.gradient.Bias)
}
