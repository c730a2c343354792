package learning

import "math"

// Alignment compares a gradient with a reference: one entry for each of
// Compared, NaN where a gradient is zero.
type Alignment struct {
	Cosine    [5]float64
	NormRatio [5]float64 // |gradient| / |reference|
}

// Compared names the entries of an Alignment: the four arrays, then all of them
// as one vector.
var Compared = [5]string{"W_in", "W_rec", "W_out", "b_out", "all"}

// Align compares g with a reference gradient of the same network.
func Align(g, reference *Gradient) Alignment {
	var dots, norms, references [5]float64
	for i, a := range g.ofLoss() {
		for j, x := range a {
			y := reference.ofLoss()[i][j]
			dots[i] += float64(x * y)
			norms[i] += float64(x * x)
			references[i] += float64(y * y)
		}
		dots[4] += dots[i]
		norms[4] += norms[i]
		references[4] += references[i]
	}
	var a Alignment
	for i := range dots {
		a.Cosine[i] = dots[i] / (math.Sqrt(norms[i]) * math.Sqrt(references[i]))
		a.NormRatio[i] = math.Sqrt(norms[i]) / math.Sqrt(references[i])
	}
	return a
}
