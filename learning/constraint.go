package learning

import "math"

// Signs holds Dale's law: the sign of the weights of W_rec and W_out that leave
// each cell, and of those of W_in that leave each input; 0 leaves one free.
type Signs struct{ Cells, Inputs []float64 }

// Hold sets to zero every weight that crossed it.
func (s Signs) Hold(net *Network) {
	hold(net.In.W, s.Inputs)
	hold(net.Rec.W, s.Cells)
	hold(net.Out.W, s.Cells)
}

// hold sets to zero the elements of w, columns by sign, that have the other one.
func hold(w, signs []float64) {
	for i, x := range w {
		if x*signs[i%len(signs)] < 0 {
			w[i] = 0
		}
	}
}

// Soften moves every weight of W_in, W_rec and W_out towards zero by amount and
// stops it there: the proximal step of amount · Σ |w|.
func Soften(net *Network, amount float64) {
	if amount == 0 {
		return
	}
	for _, a := range net.Arrays()[:3] {
		for i, w := range a.Values {
			a.Values[i] = math.Copysign(math.Max(0, math.Abs(w)-amount), w)
		}
	}
}

// Mask clears the gradient where there is no synapse.
func (g *Gradient) Mask(net *Network) {
	for i, a := range net.Arrays() {
		for j, exists := range a.Exists {
			if !exists {
				g.Arrays()[i][j] = 0
			}
		}
	}
}

// Shrink adds the gradient of ½ strength Σ w² over W_in, W_rec and W_out.
func (g *Gradient) Shrink(net *Network, strength float64) {
	if strength == 0 {
		return
	}
	arrays := net.Arrays()
	for i, a := range g.Arrays()[:3] {
		for j, w := range arrays[i].Values {
			a[j] += float64(strength * w)
		}
	}
}

// Clip scales the gradient down to the given Euclidean norm if it is longer; a
// limit of 0 never does. That of an adaptive B does not count and is scaled as
// the others are. Clip returns the norm before.
func (g *Gradient) Clip(limit float64) float64 {
	square := 0.0
	for _, a := range g.ofLoss() {
		for _, x := range a {
			square += float64(x * x)
		}
	}
	norm := math.Sqrt(square)
	if limit > 0 && norm > limit {
		for _, a := range g.Arrays() {
			for j := range a {
				a[j] *= limit / norm
			}
		}
	}
	return norm
}
