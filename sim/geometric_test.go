package sim

import (
	"math"
	"testing"
)

// TestGeometric compares counts of 0, 1, 2 … failures with p(1 − p)ᵏ: four
// standard deviations.
func TestGeometric(t *testing.T) {
	const draws = 200_000
	for _, p := range []float64{0.03, 0.5, 0.95} {
		s, g := NewStream(3, "geometric", 0), NewGeometric(p)
		var counts [5]float64
		beyond := 0.0
		for range draws {
			switch k := g.Draw(s); {
			case k < len(counts):
				counts[k]++
			default:
				beyond++
			}
		}
		probability := p
		for k, n := range append(counts[:], beyond) {
			if k == len(counts) {
				probability = math.Pow(1-p, float64(k))
			}
			if mean := draws * probability; math.Abs(n-mean) > 4*math.Sqrt(mean*(1-probability))+1 {
				t.Errorf("p = %v: %v times %d failures, want %.0f", p, n, k, mean)
			}
			probability *= 1 - p
		}
	}
}

// TestGeometricOfRareSuccesses compares the mean with 1/p − 1, four standard
// deviations, where 1 − p has lost all but the first digits of p.
func TestGeometricOfRareSuccesses(t *testing.T) {
	for _, p := range []float64{1e-13, 1e-15, 1e-17} {
		s, g := NewStream(3, "rare", 0), NewGeometric(p)
		sum := 0.0
		for range 100_000 {
			sum += float64(g.Draw(s))
		}
		if mean := sum / 100_000 * p; math.Abs(mean-1) > 4/math.Sqrt(100_000) {
			t.Errorf("p = %v: the mean is %v of what it should be", p, mean)
		}
	}
}

func TestGeometricAtTheEdges(t *testing.T) {
	s := NewStream(1, "edges", 0)
	for range 1000 {
		for _, p := range []float64{1, 2} {
			if k := NewGeometric(p).Draw(s); k != 0 {
				t.Fatalf("%d failures with p = %v", k, p)
			}
		}
		for _, p := range []float64{0, -1, math.NaN(), 1e-300} {
			if k := NewGeometric(p).Draw(s); k != most {
				t.Fatalf("%d failures with p = %v", k, p)
			}
		}
	}
}

func TestExpEverywhere(t *testing.T) {
	for _, x := range []float64{-1e300, -701, -699.5, -1, 0, 1e-20, 3, 699.5, 701, math.Inf(1), math.Inf(-1)} {
		got, want := Exp(x), math.Exp(x)
		if x < -700 {
			want = 0
		} else if x > 700 {
			want = math.Inf(1)
		}
		if got != want && math.Abs(got/want-1) > 0x1p-51 {
			t.Errorf("Exp(%v) = %v, want %v", x, got, want)
		}
	}
	if !math.IsNaN(Exp(math.NaN())) {
		t.Error("Exp(NaN) is a number")
	}
}
