package learning

import "math"

// Signs holds Dale's law: the sign of the weights of W_rec and W_out that leave
// each cell; 0 leaves a cell free.
type Signs []float64

// Hold sets to zero every weight that crossed it.
func (s Signs) Hold(net *Network) {
	n := len(s)
	for _, w := range [][]float64{net.Rec.W, net.Out.W} {
		for i, x := range w {
			if x*s[i%n] < 0 {
				w[i] = 0
			}
		}
	}
}

// Mask clears the gradient where there is no synapse.
func (g *Gradient) Mask(net *Network) {
	for _, pair := range []struct {
		gradient []float64
		exists   []bool
	}{{g.In, net.In.Exists}, {g.Rec, net.Rec.Exists}, {g.Out, net.Out.Exists}} {
		for i, exists := range pair.exists {
			if !exists {
				pair.gradient[i] = 0
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
// limit of 0 never does. It returns the norm before.
func (g *Gradient) Clip(limit float64) float64 {
	square := 0.0
	for _, a := range g.Arrays() {
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
