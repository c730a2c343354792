package learning

import "math"

// Optimiser turns a gradient into a change of weights.
type Optimiser interface {
	// Step changes the arrays of a network (those of Network.Arrays) by the
	// gradient's arrays at the given learning rate.
	Step(weights, gradient [][]float64, rate float64)
	// Forget drops what there is to remember of element i of an array, because
	// its synapse is gone.
	Forget(array, i int)
	// State is what a checkpoint must hold, by name; Restore sets it.
	State() map[string][]float64
	Restore(state map[string][]float64)
}

// SGD is gradient descent with momentum,
//
//	m ← momentum · m + g,   W ← W − rate · m
//
// (Polyak 1964); momentum 0 is plain descent.
type SGD struct {
	Momentum float64
	velocity [][]float64
}

// NewSGD makes an optimiser for a network.
func NewSGD(net *Network, momentum float64) *SGD {
	return &SGD{Momentum: momentum, velocity: likeArrays(net)}
}

// Step implements Optimiser.
func (o *SGD) Step(weights, gradient [][]float64, rate float64) {
	for i, w := range weights {
		for j, g := range gradient[i] {
			m := float64(o.Momentum*o.velocity[i][j]) + g
			o.velocity[i][j] = m
			w[j] -= float64(rate * m)
		}
	}
}

// Forget implements Optimiser.
func (o *SGD) Forget(array, i int) { o.velocity[array][i] = 0 }

// State implements Optimiser.
func (o *SGD) State() map[string][]float64 { return named("velocity", o.velocity) }

// Restore implements Optimiser.
func (o *SGD) Restore(state map[string][]float64) { restore("velocity", o.velocity, state) }

// Adam (Kingma & Ba 2015) keeps running means of the gradient and its square,
//
//	m ← β₁ m + (1−β₁) g,   v ← β₂ v + (1−β₂) g²
//	standard:  W ← W − rate · m̂ / (√v̂ + ε),  m̂ = m/(1−β₁ⁿ), v̂ = v/(1−β₂ⁿ)
//	hat:       W ← W − rate · √(1−β₂ⁿ)/(1−β₁ⁿ) · m / (√v + ε)
//
// The second form, TensorFlow's, adds ε before the bias of v is corrected.
type Adam struct {
	Beta1, Beta2, Epsilon float64
	EpsilonHat            bool
	mean, square          [][]float64
	steps                 float64
}

// NewAdam makes an optimiser for a network.
func NewAdam(net *Network, beta1, beta2, epsilon float64, epsilonHat bool) *Adam {
	return &Adam{Beta1: beta1, Beta2: beta2, Epsilon: epsilon, EpsilonHat: epsilonHat,
		mean: likeArrays(net), square: likeArrays(net)}
}

// Step implements Optimiser.
func (o *Adam) Step(weights, gradient [][]float64, rate float64) {
	o.steps++
	bias1, bias2 := 1-math.Pow(o.Beta1, o.steps), 1-math.Pow(o.Beta2, o.steps)
	scale, epsilon := rate*math.Sqrt(bias2)/bias1, o.Epsilon
	if !o.EpsilonHat {
		epsilon *= math.Sqrt(bias2)
	}
	for i, w := range weights {
		mean, square := o.mean[i], o.square[i]
		for j, g := range gradient[i] {
			mean[j] = float64(o.Beta1*mean[j]) + float64((1-o.Beta1)*g)
			square[j] = float64(o.Beta2*square[j]) + float64((1-o.Beta2)*float64(g*g))
			w[j] -= float64(scale * mean[j] / (math.Sqrt(square[j]) + epsilon))
		}
	}
}

// Forget implements Optimiser.
func (o *Adam) Forget(array, i int) { o.mean[array][i], o.square[array][i] = 0, 0 }

// State implements Optimiser.
func (o *Adam) State() map[string][]float64 {
	state := named("mean", o.mean)
	for name, values := range named("square", o.square) {
		state[name] = values
	}
	state["steps"] = []float64{o.steps}
	return state
}

// Restore implements Optimiser.
func (o *Adam) Restore(state map[string][]float64) {
	restore("mean", o.mean, state)
	restore("square", o.square, state)
	o.steps = state["steps"][0]
}

func likeArrays(net *Network) [][]float64 {
	var arrays [][]float64
	for _, a := range net.Arrays() {
		arrays = append(arrays, make([]float64, len(a.Values)))
	}
	return arrays
}

func named(prefix string, arrays [][]float64) map[string][]float64 {
	state := map[string][]float64{}
	for i, a := range arrays {
		state[prefix+"."+arrayNames[i]] = a
	}
	return state
}

func restore(prefix string, arrays [][]float64, state map[string][]float64) {
	for i, a := range arrays {
		copy(a, state[prefix+"."+arrayNames[i]])
	}
}

var arrayNames = [5]string{"W_in", "W_rec", "W_out", "b_out", "B_fb"}
