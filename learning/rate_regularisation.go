package learning

import (
	"cmp"
	"math/bits"
)

// RateRegularisation pulls the firing rate of every spiking cell towards a
// target, trial by trial,
//
//	E_rate = strength/2 · 1/B Σ_b Σ_p (f_p − target)²,      f_p = 1/T Σ_t z_p,t
//
// or, with Mean, the mean rates of the batch,
//
//	E_rate = strength/2 · Σ_p (1/B Σ_b f_p − target)²
//
// in whose place its running average over earlier trials may stand.
//
// Its credit, the same at every step of a trial, reaches the eligibility traces
// of the cell itself and nobody else; only exact rules take it further.
// Source: Bellec et al., Nat. Commun. 11:3625 (2020), eq. 53, per trial.
type RateRegularisation struct {
	Strength float64
	Target   float64 // spikes per step
	// Trials is B; 0 stands for the trials of the record, which may be a part of
	// the batch.
	Trials int
	// Mean is, per cell, the spikes per step over all trials of the batch, or
	// over those before; nil for every trial's own.
	Mean []float64
}

// pull writes ∂E_rate/∂z of every cell of every trial: trials × N.
func (c RateRegularisation) pull(pull []float64, r *Record) {
	clear(pull)
	if c.Strength == 0 {
		return
	}
	n, per := len(pull)/r.Trials, len(r.ActiveAt(0))/r.Trials
	for i, word := range r.Active[len(r.ActiveAt(0)):] {
		first := i/per%r.Trials*n + i%per*64
		for ; word != 0; word &= word - 1 {
			pull[first+bits.TrailingZeros64(word)]++
		}
	}
	steps, trials := float64(r.Steps), float64(cmp.Or(c.Trials, r.Trials))
	for i, spikes := range pull {
		rate := spikes / steps
		if c.Mean != nil {
			rate = c.Mean[i%len(c.Mean)]
		}
		pull[i] = c.Strength * (rate - c.Target) / steps / trials
	}
}
