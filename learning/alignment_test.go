package learning_test

import (
	"math"
	"testing"

	"paracrine/learning"
)

func TestAlign(t *testing.T) {
	_, g := lattice()
	_, other := lattice()
	a := learning.Align(g, other)
	for i, name := range learning.Compared {
		if math.Abs(a.Cosine[i]-1) > 1e-15 || math.Abs(a.NormRatio[i]-1) > 1e-15 {
			t.Errorf("%s: a gradient against itself has cosine %v and norm ratio %v", name, a.Cosine[i], a.NormRatio[i])
		}
	}
	for i := range g.In {
		g.In[i] *= -2
	}
	g.Bias[0], g.Bias[1] = 2, 1 // against 1, −2
	clear(g.Out)
	a = learning.Align(g, other)
	// squares of norms: W_in 91, W_rec 285, W_out 91, b 5
	for i, want := range []struct{ cosine, ratio float64 }{
		{-1, 2}, {1, 1}, {math.NaN(), 0}, {0, 1},
		{(285 - 2*91) / math.Sqrt((4*91+285+5)*(91+285+91+5)), math.Sqrt((4*91 + 285 + 5.0) / (91 + 285 + 91 + 5))},
	} {
		same := math.Abs(a.Cosine[i]-want.cosine) < 1e-15 || math.IsNaN(a.Cosine[i]) && math.IsNaN(want.cosine)
		if !same || math.Abs(a.NormRatio[i]-want.ratio) > 1e-15 {
			t.Errorf("%s: cosine %v, norm ratio %v, want %+v", learning.Compared[i], a.Cosine[i], a.NormRatio[i], want)
		}
	}
}
