package synapse

import (
	"math"
	"testing"
)

// A regular train at interval Δt approaches the fixed point of the recursion:
// with τ_f = 0, x* = (1 − e)/(1 − (1 − U) e), e = exp(−Δt/τ_rec) (Tsodyks &
// Markram, PNAS 94, 1997, eq. 3).
func TestDepressionReachesItsFixedPoint(t *testing.T) {
	s := NewShortTermState(ShortTerm{Utilisation: 0.5, Recovery: 800}, 2)
	for _, interval := range []float64{10, 100, 1000} {
		factor := 0.0
		for k := range 200 {
			factor = s.Spike(1, float64(k)*interval+1e6*interval)
		}
		e := math.Exp(-interval / 800)
		if want := 0.5 * (1 - e) / (1 - 0.5*e); math.Abs(factor-want) > 1e-12 {
			t.Errorf("interval %v ms: u x is %v, want %v", interval, factor, want)
		}
	}
	if first := s.Spike(0, 3); first != 0.5 {
		t.Errorf("the first spike of another cell brings %v, want U", first)
	}
}

// With facilitation u approaches U/(1 − (1 − U) exp(−Δt/τ_f)); recovery so fast
// that x = 1 leaves it alone.
func TestFacilitationReachesItsFixedPoint(t *testing.T) {
	s := NewShortTermState(ShortTerm{Utilisation: 0.1, Recovery: 1e-3, Facilitation: 500}, 1)
	factor := 0.0
	for k := range 2000 {
		factor = s.Spike(0, float64(k)*20)
	}
	if want := 0.1 / (1 - 0.9*math.Exp(-20.0/500)); math.Abs(factor-want) > 1e-12 {
		t.Errorf("u is %v, want %v", factor, want)
	}
}

// The first three spikes by hand: U = 0.5, τ_rec = 100 ms, no facilitation, an
// interval of 100 ms: x = 1, 1 − 0.5/e, …
func TestDepressionByHand(t *testing.T) {
	s := NewShortTermState(ShortTerm{Utilisation: 0.5, Recovery: 100}, 1)
	x := 1.0
	for k := range 3 {
		if got := s.Spike(0, float64(100*k)); math.Abs(got-0.5*x) > 1e-15 {
			t.Errorf("spike %d brings %v, want %v", k+1, got, 0.5*x)
		}
		x = 1 - (1-0.5*x)/math.E
	}
}
