package neuron_test

import (
	"math"
	"slices"
	"testing"

	"paracrine/neuron"
)

// pair is two cells that differ in everything.
func pair() *neuron.ReLU {
	return &neuron.ReLU{Decay: []float64{0.5, 0.75}, Gain: []float64{0.5, 2}, Threshold: []float64{0, 1}}
}

func TestStep(t *testing.T) {
	v, z := make([]float64, 4), make([]float64, 4) // two trials
	for _, step := range []struct{ current, v, z []float64 }{
		{[]float64{2, 1, -2, 0.5}, []float64{1, 2, -1, 1}, []float64{1, 1, 0, 0}},
		{[]float64{0, 0, 4, 0}, []float64{0.5, 1.5, 1.5, 0.75}, []float64{0.5, 0.5, 1.5, 0}},
		{[]float64{-0.5, -1.125, 0, 2}, []float64{0, -1.125, 0.75, 4.5625}, []float64{0, 0, 0.75, 3.5625}},
	} {
		pair().Step(v, z, step.current)
		if !slices.Equal(v, step.v) || !slices.Equal(z, step.z) {
			t.Errorf("under %v: potentials %v, rates %v, want %v and %v", step.current, v, z, step.v, step.z)
		}
	}
}

func TestTrialsStepAsThePopulationDoes(t *testing.T) {
	current := []float64{1, 2, -3, 4, 0.5, -6}
	v, z, y := make([]float64, 6), make([]float64, 6), make([]float64, 6)
	trials := pair().Begin(3)
	for range 2 {
		for range 4 {
			pair().Step(v, z, current)
			trials.Step(y, nil, nil, current)
		}
		if !slices.Equal(v, trials.Potential()) || !slices.Equal(z, y) {
			t.Errorf("the population: %v, %v; its trials: %v, %v", v, z, trials.Potential(), y)
		}
		clear(v)
		trials.Rest()
	}
}

func TestDecay(t *testing.T) {
	for _, want := range []struct{ step, tau, decay float64 }{
		{1, 100, 0.9900498337491681}, {20, 20, 1 / math.E}, {1, math.Inf(1), 1}, {1e6, 1, 0},
	} {
		if got := neuron.Decay(want.step, want.tau); math.Abs(got-want.decay) > 1e-16 {
			t.Errorf("a step of %v at a time constant of %v: %v, want %v", want.step, want.tau, got, want.decay)
		}
	}
}

func TestModelsAreDescribed(t *testing.T) {
	for _, m := range neuron.Models() {
		if m.Name == "" || m.Meaning == "" {
			t.Errorf("%+v is not described", m)
		}
	}
}
