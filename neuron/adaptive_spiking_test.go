package neuron_test

import (
	"math"
	"slices"
	"testing"

	"paracrine/neuron"
)

// adapting is a cell whose steps can be computed by hand in binary fractions.
func adapting() *neuron.AdaptiveSpiking {
	p := neuron.NewAdaptiveSpiking(1)
	p.Decay[0], p.Gain[0], p.Threshold[0] = 0.5, 1, 1
	p.AdaptationDecay[0], p.AdaptationGain[0], p.Adaptation[0] = 0.5, 1, 0.5
	p.SilentSteps[0], p.Dampening = 1, 0.5
	return p
}

// TestAdaptiveSpikingSteps follows one cell by hand. After its spike it is
// silent for one step, in which the reset takes 1 off its potential and the
// raise is 1; in the fourth step v = 1.25 meets ϑ + β a = 1.25.
func TestAdaptiveSpikingSteps(t *testing.T) {
	type state struct{ current, v, z, psi float64 }
	start := []state{{0.75, 0.75, 0, 0.375}, {1, 1.375, 1, 0.3125}, {1, 0.6875, 0, 0}}
	for _, c := range []struct {
		name        string
		atThreshold bool
		end         []state
	}{
		{"above threshold", false, []state{{0.90625, 1.25, 0, 0.5}, {0, 0.625, 0, 0.25}}},
		{"at threshold", true, []state{{0.90625, 1.25, 1, 0.5}, {0, -0.375, 0, 0}, {2, 1.8125, 1, 0.25}}},
	} {
		p := adapting()
		p.AtThreshold = c.atThreshold
		trials := p.Begin(1)
		for again := range 2 {
			z, before, psi := []float64{0}, []float64{0}, []float64{9}
			for i, want := range slices.Concat(start, c.end) {
				copy(before, z)
				trials.Step(z, psi, before, []float64{want.current})
				if got := (state{want.current, trials.Potential()[0], z[0], psi[0]}); got != want {
					t.Errorf("spike %s, run %d, step %d: %+v, want %+v", c.name, again, i, got, want)
				}
			}
			trials.Rest()
		}
	}
}

// TestSpikingTrialsDoNotMeet gives two trials of two cells what each gets alone.
func TestSpikingTrialsDoNotMeet(t *testing.T) {
	p := neuron.NewAdaptiveSpiking(2)
	for i := range 2 {
		p.Decay[i], p.Gain[i], p.Threshold[i] = 0.9, 0.5, 0.5+0.2*float64(i)
		p.AdaptationDecay[i], p.AdaptationGain[i], p.Adaptation[i] = 0.9, 0.1, 0.3*float64(i)
		p.SilentSteps[i] = 1 + i
	}
	both, alone := p.Begin(2), []neuron.Trials{p.Begin(1), p.Begin(1)}
	z, psi, before := make([]float64, 4), make([]float64, 4), make([]float64, 4)
	single := [2][2]float64{}
	spikes := 0.0
	for step := range 40 {
		current := []float64{0.5, float64(step%3) - 0.2, 0.7, 0.9}
		copy(before, z)
		both.Step(z, psi, before, current)
		for b, trial := range alone {
			one, onePsi := make([]float64, 2), make([]float64, 2)
			trial.Step(one, onePsi, single[b][:], current[2*b:2*b+2])
			copy(single[b][:], one)
			if !slices.Equal(one, z[2*b:2*b+2]) || !slices.Equal(onePsi, psi[2*b:2*b+2]) || !slices.Equal(trial.Potential(), both.Potential()[2*b:2*b+2]) {
				t.Fatalf("step %d, trial %d: %v, %v alone, %v, %v together", step, b, one, onePsi, z[2*b:2*b+2], psi[2*b:2*b+2])
			}
			spikes += one[0] + one[1]
		}
	}
	if spikes < 10 || spikes > 120 {
		t.Errorf("%v spikes are no test", spikes)
	}
}

func TestRefractoryConventions(t *testing.T) {
	for _, c := range []struct {
		convention      neuron.RefractoryConvention
		refractory, out int
	}{{neuron.SpikeOutside, 5, 5}, {neuron.SpikeWithin, 5, 4}, {neuron.SpikeWithin, 0, 0}, {neuron.SpikeOutside, 0, 0}} {
		if got := c.convention.SilentSteps(c.refractory); got != c.out {
			t.Errorf("%d steps silence %d, want %d", c.refractory, got, c.out)
		}
	}
}

// TestSurrogates compares ψ at s = −1/2, where |b s| is 1/2 or 1, with its formula.
func TestSurrogates(t *testing.T) {
	const height = 0.3 / 2 // γ/ϑ
	for _, c := range []struct {
		surrogate neuron.Surrogate
		steepness float64
		psi       float64
	}{
		{neuron.PiecewiseLinear, 1, height * 0.5},
		{neuron.PiecewiseLinear, 3, 0},
		{neuron.Exponential, 1, height * math.Exp(-0.5)},
		{neuron.Exponential, 2, height / math.E},
		{neuron.FastSigmoid, 1, height / 2.25},
		{neuron.FastSigmoid, 2, height / 4},
		{neuron.ArcTan, 1, height / (1 + math.Pi*math.Pi/4)},
		{neuron.ArcTan, 2, height / (1 + math.Pi*math.Pi)},
	} {
		p := neuron.NewAdaptiveSpiking(1)
		p.Gain[0], p.Threshold[0], p.Surrogate, p.Steepness = 1, 2, c.surrogate, c.steepness
		for _, v := range []float64{1, 3} { // ϑ ∓ 1
			z, psi := []float64{0}, []float64{0}
			p.Begin(1).Step(z, psi, z, []float64{v})
			if math.Abs(psi[0]-c.psi) > 1e-16 {
				t.Errorf("%v of steepness %v at v = %v: ψ = %v, want %v", c.surrogate, c.steepness, v, psi[0], c.psi)
			}
		}
		z, psi := []float64{0}, []float64{0}
		p.Begin(1).Step(z, psi, z, []float64{2})
		if psi[0] != height {
			t.Errorf("%v: ψ at threshold is %v, want γ/ϑ = %v", c.surrogate, psi[0], height)
		}
	}
}

func TestThresholdsMustBePositive(t *testing.T) {
	p := adapting()
	if err := p.Check(); err != nil {
		t.Error(err)
	}
	for _, threshold := range []float64{0, -1, math.NaN()} {
		p.Threshold[0] = threshold
		if p.Check() == nil {
			t.Errorf("a threshold of %v is accepted", threshold)
		}
	}
}
