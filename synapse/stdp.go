package synapse

// STDP is pair-based spike-timing-dependent plasticity (Song, Miller & Abbott,
// Nat. Neurosci. 3, 2000; Gütig et al., J. Neurosci. 23, 2003): a pair of a
// presynaptic spike and a postsynaptic one Δt later changes the weight by
//
//	Δw =  λ w_max (1 − w/w_max)^μ₊ exp(−Δt/τ₊)     Δt > 0
//	Δw = −λ α w_max (w/w_max)^μ₋ exp(Δt/τ₋)        Δt < 0
//
// and w stays between 0 and w_max. μ = 0 is additive, μ = 1 multiplicative. All
// pairs count. The delay is dendritic: a postsynaptic spike reaches the synapse
// one delay after it was fired, a presynaptic one at once (Morrison, Diesmann &
// Gerstner, Biol. Cybern. 98, 2008).
type STDP struct {
	Rate      float64 // λ
	Asymmetry float64 // α
	TauPlus   float64 // τ₊, ms
	TauMinus  float64 // τ₋, ms
	MuPlus    float64 // μ₊
	MuMinus   float64 // μ₋
	MaxWeight float64 // w_max
}
