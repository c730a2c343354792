package learning_test

import (
	"fmt"
	"log"
	"math"

	"paracrine/learning"
	"paracrine/neuron"
)

// A ring of four cells, driven at the first one, learns to hold its readout at 1
// while it runs. The caller steps time; the learner is told what happened.
func ExampleOnline() {
	cells := neuron.NewAdaptiveSpiking(4)
	for p := range cells.Size() {
		cells.Decay[p], cells.Gain[p], cells.Threshold[p] = math.Exp(-1.0/20), 1, 1
	}
	net := &learning.SparseNetwork{
		Cells: cells, Type: []int{0, 0, 1, 1}, Types: 2, Inputs: 1,
		Shares: []learning.Rows{{
			To: 4, Starts: []int{0, 1, 2, 3, 4, 5}, // cell 0 drives cell 1, …, the input drives cell 0
			Target: []int32{1, 2, 3, 0, 0}, Weight: []float64{0.8, 0.8, 0.8, 0.1, 0.4},
		}},
		Out: []float64{0.02, 0.02, 0.02, 0.02}, Bias: []float64{0},
		ReadoutDecay: math.Exp(-1.0 / 20), ReadoutGain: 1,
	}
	rule, err := learning.ParseRule("modprop:mu=0.1")
	if err != nil {
		log.Fatal(err)
	}
	learner, err := learning.NewOnline(net, rule)
	if err != nil {
		log.Fatal(err)
	}
	learner.Rate, learner.ReadoutRate = 1e-4, 1e-4

	state, y, delta := cells.Begin(1), make([]float64, 1), make([]float64, 1)
	z, before, psi, current := make([]float64, 4), make([]float64, 4), make([]float64, 4), make([]float64, 4)
	var errors []float64
	for range 4000 {
		channels, u := []int{4}, []float64{1} // the input; channels of cells come first
		for q, spike := range z {
			if spike != 0 {
				channels, u = append(channels, q), append(u, spike)
			}
		}
		clear(current)
		learner.Deliver(0, current, channels, u)
		z, before = before, z
		state.Step(z, psi, before, current)
		learner.Observe(0, z, psi)
		learner.Readout(y)
		delta[0] = y[0] - 1
		errors = append(errors, delta[0]*delta[0])
		if err := learner.Teach(delta); err != nil {
			log.Fatal(err)
		}
		learner.Advance(0)
	}
	fmt.Printf("squared error at first %.2f, at last %.2f\n", mean(errors[:500]), mean(errors[3500:]))
	// Output: squared error at first 0.07, at last 0.00
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
