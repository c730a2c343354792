package neuron

import (
	"fmt"

	"paracrine/internal/kernel"
)

// AdaptiveSpiking is a population of leaky integrate-and-fire cells with a
// threshold that their spikes may raise (ALIF; LIF where β = 0), in the form in
// which networks of them are trained,
//
//	v_t = η v_{t-1} + c_v I_t − ϑ z_{t-1}           η = exp(−dt/τ_m)
//	a_t = ρ a_{t-1} + c_a z_{t-1}                   ρ = exp(−dt/τ_a)
//	s_t = (v_t − ϑ − β a_t)/ϑ
//	z_t = [s_t > 0],  ψ_t = (γ/ϑ) f(b s_t)          both 0 while refractory
//
// A spike takes the threshold at rest off the potential, which goes on
// integrating through the refractory period. Papers differ in c_v (1 or 1−η),
// c_a (1 or 1−ρ), > or ≥ at threshold, and in what a refractory period of n
// steps silences (SilentSteps). Sources: Bellec et al., NeurIPS 2018 and Nat.
// Commun. 11:3625 (2020), eqs. 6–9.
type AdaptiveSpiking struct {
	Decay           []float64 // η
	Gain            []float64 // c_v
	Threshold       []float64 // ϑ, above 0
	AdaptationDecay []float64 // ρ
	AdaptationGain  []float64 // c_a
	Adaptation      []float64 // β
	SilentSteps     []int     // steps without a spike after one

	AtThreshold bool      // a cell spikes at threshold (≥), not only above it (>)
	Surrogate   Surrogate // f
	Dampening   float64   // γ
	Steepness   float64   // b, above 0
	// ResetInTrace says whether a rule that does not say so itself differentiates
	// the reset, −ϑ z_{t-1}. Most authors do not.
	ResetInTrace bool
}

// NewAdaptiveSpiking makes room for n cells with every value per cell still
// zero, γ = 0.3 and b = 1.
func NewAdaptiveSpiking(n int) *AdaptiveSpiking {
	values := func() []float64 { return make([]float64, n) }
	return &AdaptiveSpiking{
		Decay: values(), Gain: values(), Threshold: values(),
		AdaptationDecay: values(), AdaptationGain: values(), Adaptation: values(),
		SilentSteps: make([]int, n), Dampening: 0.3, Steepness: 1,
	}
}

// Check says what is wrong with the values of the population: every threshold
// must be above 0, since s is counted in thresholds.
func (p *AdaptiveSpiking) Check() error {
	for i, threshold := range p.Threshold {
		if !Positive.Holds(threshold) {
			return fmt.Errorf("threshold of cell %d: given %v; allowed are %v", i, threshold, Positive)
		}
	}
	return nil
}

// RefractoryConvention says how many steps a refractory period of n steps
// silences after the step of the spike.
type RefractoryConvention uint8

// The conventions of refractory periods.
const (
	// SpikeOutside silences n steps after the spike's.
	SpikeOutside RefractoryConvention = iota
	// SpikeWithin counts the spike's own step, so n−1 others are silent (NEST's
	// e-prop models and Bellec's evidence accumulation).
	SpikeWithin
)

// SilentSteps is the number of steps without a spike after one.
func (c RefractoryConvention) SilentSteps(refractory int) int {
	if c == SpikeWithin {
		return max(0, refractory-1)
	}
	return refractory
}

// Size is the number of cells.
func (p *AdaptiveSpiking) Size() int { return len(p.Decay) }

// Membrane is η and c_v of every cell.
func (p *AdaptiveSpiking) Membrane() (decay, gain []float64) { return p.Decay, p.Gain }

// Part is the cells from ≤ i < to. It shares their values with the population.
func (p *AdaptiveSpiking) Part(from, to int) *AdaptiveSpiking {
	part := *p
	part.Decay, part.Gain, part.Threshold = p.Decay[from:to], p.Gain[from:to], p.Threshold[from:to]
	part.AdaptationDecay, part.AdaptationGain = p.AdaptationDecay[from:to], p.AdaptationGain[from:to]
	part.Adaptation, part.SilentSteps = p.Adaptation[from:to], p.SilentSteps[from:to]
	return &part
}

// Adapts says whether a spike raises any cell's threshold.
func (p *AdaptiveSpiking) Adapts() bool {
	for i, beta := range p.Adaptation {
		if beta != 0 && p.AdaptationGain[i] != 0 {
			return true
		}
	}
	return false
}

// Begin makes the state of a batch of trials, all cells at rest.
func (p *AdaptiveSpiking) Begin(trials int) Trials {
	n := p.Size()
	s := &spikingTrials{
		potential: make([]float64, trials*n), silent: make([]float64, trials*n), height: make([]float64, n),
		surrogate: p.Surrogate, steepness: p.Steepness,
		cells: kernel.SpikingCells{
			Decay: p.Decay, Gain: p.Gain, Threshold: p.Threshold, Refractory: make([]float64, n),
			AdaptationDecay: p.AdaptationDecay, AdaptationGain: p.AdaptationGain, Adaptation: p.Adaptation,
			AtThreshold: p.AtThreshold,
		},
	}
	if p.Adapts() {
		s.raise = make([]float64, trials*n)
	}
	for i, threshold := range p.Threshold {
		s.height[i] = p.Dampening / threshold
		s.cells.Refractory[i] = float64(p.SilentSteps[i])
	}
	return s
}

// spikingTrials is the state of AdaptiveSpiking cells; slices are trials × cells.
type spikingTrials struct {
	cells     kernel.SpikingCells
	potential []float64 // v
	raise     []float64 // a; nil where no cell adapts
	silent    []float64 // steps left without a spike
	height    []float64 // cells: γ/ϑ
	surrogate Surrogate
	steepness float64
}

// Rest implements Trials.
func (s *spikingTrials) Rest() {
	clear(s.potential)
	clear(s.raise)
	clear(s.silent)
}

// Potential implements Trials.
func (s *spikingTrials) Potential() []float64 { return s.potential }

// State implements Trials: v, a and the steps left without a spike.
func (s *spikingTrials) State() [][]float64 { return [][]float64{s.potential, s.raise, s.silent} }

// Step implements Trials. To a refractory cell a spike is infinitely far, where
// every surrogate is 0.
func (s *spikingTrials) Step(z, psi, before, current []float64) {
	s.cells.Step(s.potential, s.raise, s.silent, z, psi, before, current)
	s.surrogate.apply(psi, s.height, s.steepness)
}
