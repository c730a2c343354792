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
// of the cell itself and nobody else,
//
//	dE_rate/dW_pq = Σ_b Σ_t pull_p,b e_pq,t,      pull_p,b = strength (f_p − target) / T / B
//
// and only exact rules take it further. It is causal: Mean is known when a trial
// begins, and pulls at every trace as it arises; a trial's own rate is known when
// the trial ends, and pulls then at the sum of its traces, a number per synapse.
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
	if c.Mean != nil {
		for i := range pull {
			pull[i] = c.Mean[i%len(c.Mean)]
		}
	} else {
		rates(pull, r)
	}
	steps, trials := float64(r.Steps), float64(cmp.Or(c.Trials, r.Trials))
	for i, rate := range pull {
		pull[i] = c.Strength * (rate - c.Target) / steps / trials
	}
}

// rates writes the spikes per step of every cell of every trial: trials × N.
func rates(f []float64, r *Record) {
	clear(f)
	n, per := len(f)/r.Trials, len(r.ActiveAt(0))/r.Trials
	for i, word := range r.Active[len(r.ActiveAt(0)):] {
		first := i/per%r.Trials*n + i%per*64
		for ; word != 0; word &= word - 1 {
			f[first+bits.TrailingZeros64(word)]++
		}
	}
	for i := range f {
		f[i] /= float64(r.Steps)
	}
}
