package learning_test

import (
	"math"
	"slices"
	"testing"

	"paracrine/learning"
	"paracrine/neuron"
	"paracrine/synapse"
)

// lattice is a network of 2 inputs, 3 cells and 2 readouts with weights 1, 2, …
// of alternating signs, and a gradient 1, −2, 3, …
func lattice() (*learning.Network, *learning.Gradient) {
	net := &learning.Network{
		Cells: neuron.NewReLU(3), Type: []int{0, 0, 1}, TypeNames: []string{"a", "b"},
		In: synapse.NewDense(3, 2), Rec: synapse.NewDense(3, 3), Out: synapse.NewDense(2, 3), Bias: []float64{0.5, -0.5},
	}
	g := learning.NewGradient(net)
	for i, a := range net.Arrays() {
		for j := range a.Values {
			sign := float64(1 - 2*(j%2))
			a.Values[j] = sign * float64(j+1)
			g.Arrays()[i][j] = sign * float64(j+1)
		}
	}
	return net, g
}

// TestSignsHold: W_rec and W_out are held to the sign of the cell they leave,
// W_in to that of the input; b is free, and a cell or input of sign 0 is, too.
func TestSignsHold(t *testing.T) {
	net, _ := lattice()
	bias := slices.Clone(net.Bias)
	learning.Signs{Cells: []float64{1, -1, 0}, Inputs: []float64{-1, 0}}.Hold(net)
	// before: W_in 1 −2 | 3 −4 | 5 −6, W_rec 1 −2 3 | −4 5 −6 | 7 −8 9, W_out 1 −2 3 | −4 5 −6
	for what, arrays := range map[string][2][]float64{
		"W_rec": {net.Rec.W, {1, -2, 3, 0, 0, -6, 7, -8, 9}},
		"W_out": {net.Out.W, {1, -2, 3, 0, 0, -6}},
		"W_in":  {net.In.W, {0, -2, 0, -4, 0, -6}},
		"b_out": {net.Bias, bias},
	} {
		if !slices.Equal(arrays[0], arrays[1]) {
			t.Errorf("%s becomes %v, want %v", what, arrays[0], arrays[1])
		}
	}
}

// TestSoften: weights come nearer to zero by the amount, stop there, and biases stay.
func TestSoften(t *testing.T) {
	net, _ := lattice()
	bias := slices.Clone(net.Bias)
	learning.Soften(net, 2.5)
	for what, arrays := range map[string][2][]float64{
		"W_in":  {net.In.W, {0, 0, 0.5, -1.5, 2.5, -3.5}},
		"W_rec": {net.Rec.W, {0, 0, 0.5, -1.5, 2.5, -3.5, 4.5, -5.5, 6.5}},
		"W_out": {net.Out.W, {0, 0, 0.5, -1.5, 2.5, -3.5}},
		"b_out": {net.Bias, bias},
	} {
		if !slices.Equal(arrays[0], arrays[1]) {
			t.Errorf("%s becomes %v, want %v", what, arrays[0], arrays[1])
		}
	}
}

func TestMask(t *testing.T) {
	net, g := lattice()
	net.Rec.Exists = []bool{false, true, true, true, false, true, true, true, false}
	net.Out.Exists = []bool{true, true, false, true, true, true}
	g.Mask(net)
	want := [][]float64{{1, -2, 3, -4, 5, -6}, {0, -2, 3, -4, 0, -6, 7, -8, 0}, {1, -2, 0, -4, 5, -6}, {1, -2}}
	for i, a := range g.Arrays() {
		if !slices.Equal(a, want[i]) {
			t.Errorf("%s becomes %v, want %v", learning.Compared[i], a, want[i])
		}
	}
}

func TestClip(t *testing.T) {
	net, g := lattice()
	square := 0.0
	for _, a := range g.Arrays() {
		for _, x := range a {
			square += x * x
		}
	}
	norm := math.Sqrt(square)
	for _, limit := range []float64{0, norm, 2 * norm} {
		if before := g.Clip(limit); math.Abs(before-norm) > 1e-12 || g.Rec[8] != 9 {
			t.Errorf("clipped to %v, a gradient of norm %v (said to be %v) changes", limit, norm, before)
		}
	}
	if before := g.Clip(norm / 4); math.Abs(before-norm) > 1e-12 || math.Abs(g.Rec[8]-9.0/4) > 1e-12 || math.Abs(g.Bias[1]+0.5) > 1e-12 {
		t.Errorf("clipped to a quarter, 9 becomes %v and −2 %v; the norm before is said to be %v", g.Rec[8], g.Bias[1], before)
	}
	if after := g.Clip(0); math.Abs(after-norm/4) > 1e-12 {
		t.Errorf("clipped to %v, the norm is %v", norm/4, after)
	}
	if norm := learning.NewGradient(net).Clip(1); norm != 0 {
		t.Errorf("a zero gradient has norm %v", norm)
	}
}

// TestShrinkIsTheSlopeOfTheSquares: of all weights, not of the bias.
func TestShrinkIsTheSlopeOfTheSquares(t *testing.T) {
	net, _ := lattice()
	for _, strength := range []float64{0, 0.5} {
		g := learning.NewGradient(net)
		g.Shrink(net, strength)
		for i, a := range net.Arrays() {
			for j, w := range a.Values {
				want := strength * w
				if i == 3 {
					want = 0
				}
				if got := g.Arrays()[i][j]; got != want {
					t.Errorf("strength %v, %s[%d] = %v: slope %v, want %v", strength, a.Name, j, w, got, want)
				}
			}
		}
	}
}
