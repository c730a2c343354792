package neuron

import "math"

// expPropagator is how far, in mV, a synaptic current of 1 pA that decays with
// tauSyn moves the membrane in a step,
//
//	(1/C_m) ∫₀^dt exp(−(dt−s)/τ_m) exp(−s/τ_syn) ds = (dt/C_m) exp(−dt/τ_m) φ(x)
//	φ(x) = (eˣ − 1)/x,   x = dt/τ_m − dt/τ_syn
//
// Times are in ms, the capacitance in pF. The usual form, a difference of two
// exponentials over the difference of the rates, is 0/0 where the two time
// constants are equal; this one is accurate to a few units in the last place
// there and everywhere. The integral is the same with the time constants
// exchanged, so that x ≤ 0 and nothing overflows.
func expPropagator(dt, tau, tauSyn, capacitance float64) float64 {
	slow, fast := math.Max(tau, tauSyn), math.Min(tau, tauSyn)
	return dt / capacitance * math.Exp(-dt/slow) * meanExp(rateDifference(dt, slow, fast))
}

// rampPropagator is how far, in mV, an alpha-shaped current whose derivative
// variable is 1 pA/ms at the start moves the membrane in a step,
//
//	(1/C_m) ∫₀^dt exp(−(dt−s)/τ_m) s exp(−s/τ_syn) ds = (dt²/C_m) exp(−dt/τ_m) χ(x)
//	χ(x) = ∫₀¹ u exp(xu) du,   x = dt/τ_m − dt/τ_syn
//
// For x > 0 the substitution u → 1−u keeps exponents below zero.
func rampPropagator(dt, tau, tauSyn, capacitance float64) float64 {
	x := rateDifference(dt, tau, tauSyn)
	scale := dt * dt / capacitance
	if x <= 0 {
		return scale * math.Exp(-dt/tau) * meanRamp(x)
	}
	return scale * math.Exp(-dt/tauSyn) * (meanExp(-x) - meanRamp(-x))
}

// rateDifference is dt/τ₁ − dt/τ₂ without the cancellation of near rates.
func rateDifference(dt, tau1, tau2 float64) float64 { return dt / tau1 * ((tau2 - tau1) / tau2) }

// meanExp is φ(x) = ∫₀¹ exp(xu) du.
func meanExp(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Expm1(x) / x
}

// meanRamp is χ(x) = ∫₀¹ u exp(xu) du for x ≤ 0: its series Σ xⁿ/(n!(n+2))
// where the closed form (1 + (x−1)eˣ)/x² would cancel.
func meanRamp(x float64) float64 {
	if x < -1 {
		return (1 + (x-1)*math.Exp(x)) / (x * x)
	}
	const terms = 20 // the next is below 1e-19
	sum, power := 0.0, 1.0
	for n := range terms {
		sum += power / float64(n+2)
		power *= x / float64(n+1)
	}
	return sum
}
