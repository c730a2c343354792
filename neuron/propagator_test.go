package neuron

import (
	"fmt"
	"math"
	"math/big"
	"testing"
)

// The propagators against the textbook quotients in 400 bits, where no
// cancellation matters: from time constants that are equal to a bit to ones that
// differ a thousandfold either way.
func TestPropagators(t *testing.T) {
	const dt, capacitance = 0.1, 250
	for _, tau := range []float64{0.05, 2, 20, 1000} {
		near := []float64{math.Nextafter(tau, 0), math.Nextafter(tau, 1e9), tau * (1 + 1e-9), tau * (1 - 1e-7), tau * 1.0001}
		for _, tauSyn := range append(near, 0.02, 0.9*tau, 1.5*tau, 0.001*tau, 1000*tau) {
			name := fmt.Sprintf("tau %v and %v", tau, tauSyn)
			wantExp, wantRamp := slowPropagators(dt, tau, tauSyn, capacitance)
			relativeError(t, name+", exponential", expPropagator(dt, tau, tauSyn, capacitance), wantExp)
			relativeError(t, name+", ramp", rampPropagator(dt, tau, tauSyn, capacitance), wantRamp)
		}
	}
}

// Equal time constants: (dt/C) exp(−dt/τ) and (dt²/2C) exp(−dt/τ).
func TestPropagatorsOfEqualTimeConstants(t *testing.T) {
	for _, tau := range []float64{0.0001, 0.3, 7, 1e6} {
		decay := math.Exp(-0.1 / tau)
		relativeError(t, "exponential", expPropagator(0.1, tau, tau, 100), 0.1/100*decay)
		relativeError(t, "ramp", rampPropagator(0.1, tau, tau, 100), 0.01/200*decay)
	}
}

func relativeError(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 2e-14*math.Abs(want)) {
		t.Errorf("%s: %.17g, want %.17g", what, got, want)
	}
}

// slowPropagators are ∫₀^dt exp(−(dt−s)/τ_m) sᵏ exp(−s/τ_syn) ds / C for k = 0, 1
// by exp(−dt/τ_m) (e^(δ dt) − 1)/δ and its derivative by δ = 1/τ_m − 1/τ_syn.
func slowPropagators(dt, tau, tauSyn, capacitance float64) (exponential, ramp float64) {
	h, one := wide(dt), wide(1)
	delta := sub(quo(one, wide(tau)), quo(one, wide(tauSyn)))
	grow, decay := bigExp(mul(delta, h)), bigExp(mul(wide(-1), quo(h, wide(tau))))
	scale := quo(decay, wide(capacitance))
	e := mul(scale, quo(sub(grow, one), delta))
	r := mul(scale, quo(sub(mul(h, grow), quo(sub(grow, one), delta)), delta))
	exponential, _ = e.Float64()
	ramp, _ = r.Float64()
	return exponential, ramp
}

func wide(x float64) *big.Float        { return new(big.Float).SetPrec(400).SetFloat64(x) }
func sub(x, y *big.Float) *big.Float   { return wide(0).Sub(x, y) }
func mul(x, y *big.Float) *big.Float   { return wide(0).Mul(x, y) }
func quo(x, y *big.Float) *big.Float   { return wide(0).Quo(x, y) }
func plus(x, y *big.Float) *big.Float  { return wide(0).Add(x, y) }
func atLeast(x *big.Float, n int) bool { return x.MantExp(nil) > n }

// bigExp is eˣ = (e^(x/2ᵏ))^(2ᵏ), the inner one by its series.
func bigExp(x *big.Float) *big.Float {
	halvings := max(0, x.MantExp(nil)+8)
	x = wide(0).SetMantExp(x, -halvings)
	sum, term := wide(1), wide(1)
	for n := 1; n < 200 && (term.Sign() != 0 && atLeast(term, -500)); n++ {
		term = quo(mul(term, x), wide(float64(n)))
		sum = plus(sum, term)
	}
	for range halvings {
		sum = mul(sum, sum)
	}
	return sum
}
