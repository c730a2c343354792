package learning

// MDGL's authors learn online by filtering ψ of the sending cell and the trace
// of the receiving synapse separately with the readout's κ,
//
//	dE/dW_pq += Σ_t Σ_j L⁰_j,t ψ̄_j,t c_v W_fb[j, p] ē_pq,t-1,    L⁰ = B δ
//	ψ̄_t = κ ψ̄_{t-1} + (1−κ) ψ_t,   ē_t = κ ē_{t-1} + (1−κ) e_t
//
// which is mdgl:causal=true here (Liu et al., PNAS 2021). Without a readout
// filter it is MDGL itself. Credit that substances carry is filtered so too
// (chemistry.go).

// filterPsi computes ψ̄ over the record; row t+1 is after step t.
func (c *Credit) filterPsi(r *Record, w *Workspace) {
	_, n, _ := c.net.Size()
	row := r.Trials * n
	kappa := c.net.ReadoutDecay
	clear(w.lowPsi[:row])
	for t := range r.Steps {
		before, after, rate := w.lowPsi[t*row:(t+1)*row], w.lowPsi[(t+1)*row:(t+2)*row], r.RateAt(t)
		if psi := r.PsiAt(t); psi != nil {
			for i, x := range psi {
				after[i] = low(before[i], x, kappa)
			}
			continue
		}
		for i, z := range rate {
			after[i] = kappa * before[i]
			if z > 0 {
				after[i] += 1 - kappa
			}
		}
	}
}

// causalMessages continues q_t = κ q_{t+1} + (1−κ) W_fbᵀ c_v (L⁰ ψ̄)_{t+1}, the
// messages a trace at step t will have met through its own filter.
func (c *Credit) causalMessages(q []float64, r *Record, w *Workspace, t int) {
	_, n, k := c.net.Size()
	row := r.Trials * n
	kappa := c.net.ReadoutDecay
	if t == r.Steps-1 {
		clear(q)
		return
	}
	for i := range q {
		q[i] *= kappa
	}
	if !r.HasError(t + 1) {
		return
	}
	sent := make([]float64, row)
	c.signal(sent, r.ErrorAt(t + 1)[:r.Trials*k], r.Trials)
	lowPsi := w.lowPsi[(t+2)*row : (t+3)*row]
	for i := range sent {
		sent[i] *= (1 - kappa) * c.gain[i] * lowPsi[i]
	}
	c.back(q, sent, r.Trials, w)
}

// low advances a first-order low-pass filter of unit gain.
func low(y, x, kappa float64) float64 { return float64(kappa*y) + float64((1-kappa)*x) }
