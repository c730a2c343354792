package synapse

// ShortTerm is the short-term plasticity of Tsodyks, Uziel & Markram
// (J. Neurosci. 20, 2000): at each presynaptic spike,
//
//	u ← U + u (1 − U) exp(−Δt/τ_f)        (u = U where τ_f = 0)
//	x ← 1 + (x − u' x − 1) exp(−Δt/τ_rec)
//	what arrives is w u x
//
// with Δt the time since the cell's last spike and u' x what that one used.
// Only the presynaptic cell's spikes enter, so the state is the source's.
type ShortTerm struct {
	Utilisation float64 // U, 0 to 1
	Recovery    float64 // τ_rec, ms
	Facilitate  float64 // τ_f, ms; 0 is none
}
