package modulator

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"paracrine/sim"
)

// TestNanomolar: 1 nM is 10⁻⁹ · 6.02214076·10²³ molecules in a litre of 10¹⁵ µm³.
func TestNanomolar(t *testing.T) {
	m := must(NewMixed(Ligand{Name: "a"}, 1000))
	emit(t, m, 0, 0, 602.214076)
	if c := everywhere(t, m, sim.Second)[0]; !(math.Abs(c-1) <= 1e-15) {
		t.Errorf("602 molecules in 1000 µm³ are %v nM, want 1", c)
	}
}

// TestMixedIsASumOfDecays compares with the sum over all releases.
func TestMixedIsASumOfDecays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tau := rapid.SampledFrom([]float64{0, 10, 3000}).Draw(t, "clearance")
		m, err := NewMixed(Ligand{Name: "a", Clearance: tau}, 2000)
		if err != nil {
			t.Fatal(err)
		}
		var at []sim.Time
		var amount []float64
		now := sim.Time(0)
		for range 20 {
			now += sim.Time(rapid.IntRange(0, 30).Draw(t, "wait")) * ms
			at, amount = append(at, now), append(amount, rapid.Float64Range(0, 1e5).Draw(t, "molecules"))
			emit(t, m, now, 0, amount[len(amount)-1])
		}
		now += 20 * ms
		present, released := 0.0, 0.0
		for k, molecules := range amount {
			released += molecules
			if tau > 0 {
				molecules *= math.Exp(-(now - at[k]).Milliseconds() / tau)
			}
			present += molecules
		}
		near(t, "c", everywhere(t, m, now), []float64{present / (moleculesPerNanomolar * 2000)}, 1e-12)
		b := balance(t, m, now)
		near(t, "balance", []float64{b.Present, b.Cleared, b.Released}, []float64{present, released - present, released}, 1e-12)
	})
}

// TestMixedUptakeSolvesItsEquation: Km ln(c/c₀) + c − c₀ = −V_max t, over
// two spans as over one.
func TestMixedUptakeSolvesItsEquation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := Uptake{rapid.Float64Range(1e-3, 10).Draw(t, "max"), rapid.Float64Range(0.1, 1e4).Draw(t, "half")}
		start := rapid.Float64Range(1e-6, 1e5).Draw(t, "c")
		span := rapid.Float64Range(0, 20).Draw(t, "e-folds") * (u.Half + start) / u.Max
		c := start - u.removed(start, span)
		got := u.Half*math.Log(c/start) + c - start
		// A rounding of c₀ is one of c₀ − removed, which may be much smaller.
		rounding := 1e-13 * (start + u.Half*start/c + u.Max*span)
		if !(math.Abs(got+u.Max*span) <= rounding) {
			t.Fatalf("%+v takes %v nM to %v in %v ms: %v, want %v", u, start, c, span, got, -u.Max*span)
		}
		first := start - u.removed(start, span/2)
		if second := first - u.removed(first, span/2); !(math.Abs(second-c) <= 1e-13*start) {
			t.Fatalf("half-way and on gives %v, at once %v", second, c)
		}
	})
}
