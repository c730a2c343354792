package learning_test

import (
	"math"
	"slices"
	"testing"

	"paracrine/learning"
	"paracrine/neuron"
	"paracrine/synapse"
)

// oneCell is a network of one weight per array; that from the input is given.
func oneCell(input float64) *learning.Network {
	net := &learning.Network{
		Cells: neuron.NewReLU(1), Type: []int{0}, TypeNames: []string{"cell"},
		In: synapse.NewDense(1, 1), Rec: synapse.NewDense(1, 1), Out: synapse.NewDense(1, 1), Bias: []float64{0},
	}
	net.In.W[0] = input
	return net
}

// course applies a series of gradients of W_in and returns what becomes of it.
func course(o learning.Optimiser, net *learning.Network, rate float64, gradients []float64) []float64 {
	var weights []float64
	for _, g := range gradients {
		gradient := learning.NewGradient(net)
		gradient.In[0] = g
		o.Step(weightsOf(net), gradient.Arrays(), rate)
		weights = append(weights, net.In.W[0])
	}
	return weights
}

func weightsOf(net *learning.Network) [][]float64 {
	var arrays [][]float64
	for _, a := range net.Arrays() {
		arrays = append(arrays, a.Values)
	}
	return arrays
}

func TestOptimisersTakeTheseSteps(t *testing.T) {
	// Gradients 2, −1 at rate 0.1. Adam with β₁ = 0.5, β₂ = 0.75, ε = 0.1:
	// step 1: m = 1, v = 1, 1−β₁ = 0.5, 1−β₂ = 0.25
	//   standard: m̂ = 2, v̂ = 4: 1 − 0.1 · 2/(2 + 0.1)
	//   hat: √0.25/0.5 = 1: 1 − 0.1 · 1/(1 + 0.1)
	// step 2: m = 0, v = 0.75 + 0.25 = 1: nothing moves
	// step 3, gradient 4: m = 2, v = 0.75 + 4 = 4.75, 1−β₁³ = 0.875, 1−β₂³ = 0.578125
	adam1 := 1 - 0.1*2/2.1
	hat1 := 1 - 0.1/1.1
	for name, want := range map[string]struct {
		optimiser func(*learning.Network) learning.Optimiser
		weights   []float64
	}{
		"descent": {
			func(n *learning.Network) learning.Optimiser { return learning.NewSGD(n, 0) },
			[]float64{0.8, 0.9, 0.5},
		},
		"momentum": { // velocities 2, 0, 4
			func(n *learning.Network) learning.Optimiser { return learning.NewSGD(n, 0.5) },
			[]float64{0.8, 0.8, 0.4},
		},
		"adam": {
			func(n *learning.Network) learning.Optimiser { return learning.NewAdam(n, 0.5, 0.75, 0.1, false) },
			[]float64{adam1, adam1, adam1 - 0.1*(2/0.875)/(math.Sqrt(4.75/0.578125)+0.1)},
		},
		"adam with ε hat": {
			func(n *learning.Network) learning.Optimiser { return learning.NewAdam(n, 0.5, 0.75, 0.1, true) },
			[]float64{hat1, hat1, hat1 - 0.1*math.Sqrt(0.578125)/0.875*2/(math.Sqrt(4.75)+0.1)},
		},
	} {
		gradients := []float64{2, -1, 4}
		net := oneCell(1)
		got := course(want.optimiser(net), net, 0.1, gradients)
		if distance(got, want.weights) > 1e-15 {
			t.Errorf("%s: a weight of 1 becomes %v, want %v", name, got, want.weights)
		}
		if net.Rec.W[0] != 0 || net.Out.W[0] != 0 || net.Bias[0] != 0 {
			t.Errorf("%s moves weights without a gradient", name)
		}
	}
}

// TestOptimisersRestored: one that continues from its state does so to the bit.
func TestOptimisersRestored(t *testing.T) {
	gradients := []float64{2, -1, 4, 0.3, 0, -7, 1e-9}
	for name, begin := range map[string]func(*learning.Network) learning.Optimiser{
		"momentum":        func(n *learning.Network) learning.Optimiser { return learning.NewSGD(n, 0.9) },
		"adam":            func(n *learning.Network) learning.Optimiser { return learning.NewAdam(n, 0.9, 0.999, 1e-8, false) },
		"adam with ε hat": func(n *learning.Network) learning.Optimiser { return learning.NewAdam(n, 0.9, 0.999, 1e-8, true) },
	} {
		net := oneCell(1)
		want := course(begin(net), net, 0.1, gradients)
		for cut := 1; cut < len(gradients); cut++ {
			first := oneCell(1)
			before := begin(first)
			got := course(before, first, 0.1, gradients[:cut])
			second := oneCell(first.In.W[0])
			after := begin(second)
			after.Restore(before.State())
			got = append(got, course(after, second, 0.1, gradients[cut:])...)
			if !slices.Equal(got, want) {
				t.Errorf("%s, restored after %d steps: %v, want %v", name, cut, got, want)
			}
		}
	}
}
