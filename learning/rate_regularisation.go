package learning

// RateRegularisation pulls the firing rate of every spiking cell towards a
// target, trial by trial,
//
//	E_rate = strength/2 · 1/B Σ_b Σ_p (f_p − target)²,      f_p = 1/T Σ_t z_p,t
//
// Its credit, the same at every step of a trial, reaches the eligibility traces
// of the cell itself and nobody else; only exact rules take it further.
// Source: Bellec et al., Nat. Commun. 11:3625 (2020), eq. 53, per trial.
type RateRegularisation struct {
	Strength float64
	Target   float64 // spikes per step
}

// pull writes ∂E_rate/∂z of every cell of every trial: trials × N.
func (c RateRegularisation) pull(pull []float64, r *Record) {
	clear(pull)
	for t := range r.Steps {
		for i, z := range r.RateAt(t) {
			pull[i] += z
		}
	}
	steps, trials := float64(r.Steps), float64(r.Trials)
	for i, spikes := range pull {
		pull[i] = c.Strength * (spikes/steps - c.Target) / steps / trials
	}
}
