package neuron

import "fmt"

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
	Steepness   float64   // b
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
	s := &spikingTrials{cells: p, potential: make([]float64, trials*n),
		silent: make([]int, trials*n), height: make([]float64, n)}
	if p.Adapts() {
		s.raise = make([]float64, trials*n)
	}
	for i, threshold := range p.Threshold {
		s.height[i] = p.Dampening / threshold
	}
	return s
}

// spikingTrials is the state of AdaptiveSpiking cells; slices are trials × cells.
type spikingTrials struct {
	cells     *AdaptiveSpiking
	potential []float64 // v
	raise     []float64 // a; nil where no cell adapts
	silent    []int     // steps left without a spike
	height    []float64 // cells: γ/ϑ
}

// Rest implements Trials.
func (s *spikingTrials) Rest() {
	clear(s.potential)
	clear(s.raise)
	clear(s.silent)
}

// Potential implements Trials.
func (s *spikingTrials) Potential() []float64 { return s.potential }

// Step implements Trials.
func (s *spikingTrials) Step(z, psi, before, current []float64) {
	n := s.cells.Size()
	for i := 0; i < len(z); i += n {
		s.cells.integrate(s.potential[i:i+n], psi[i:i+n], before[i:i+n], current[i:i+n])
		if s.raise != nil {
			s.cells.adapt(s.raise[i:i+n], psi[i:i+n], before[i:i+n])
		}
		s.cells.fire(z[i:i+n], psi[i:i+n])
		s.cells.Surrogate.apply(psi[i:i+n], s.height, s.cells.Steepness)
		s.cells.silence(z[i:i+n], psi[i:i+n], s.silent[i:i+n])
	}
}

// integrate advances the potentials and writes v − ϑ into excess.
func (p *AdaptiveSpiking) integrate(potential, excess, before, current []float64) {
	n := len(potential)
	decay, gain, threshold := p.Decay[:n], p.Gain[:n], p.Threshold[:n]
	excess, before, current = excess[:n], before[:n], current[:n]
	for i, v := range potential {
		v = float64(decay[i]*v) + float64(gain[i]*current[i]) - float64(threshold[i]*before[i])
		potential[i] = v
		excess[i] = v - threshold[i]
	}
}

// adapt advances the raise of the thresholds and takes it off excess.
func (p *AdaptiveSpiking) adapt(raise, excess, before []float64) {
	n := len(raise)
	decay, gain, beta := p.AdaptationDecay[:n], p.AdaptationGain[:n], p.Adaptation[:n]
	excess, before = excess[:n], before[:n]
	for i, a := range raise {
		a = float64(decay[i]*a) + float64(gain[i]*before[i])
		raise[i] = a
		excess[i] -= float64(beta[i] * a)
	}
}

// fire writes z and turns the excess over threshold into s.
func (p *AdaptiveSpiking) fire(z, excess []float64) {
	threshold := p.Threshold[:len(z)]
	for i, x := range excess[:len(z)] {
		z[i] = 0
		if x > 0 || x == 0 && p.AtThreshold {
			z[i] = 1
		}
		excess[i] = x / threshold[i]
	}
}

// silence keeps refractory cells from spiking and learning, and begins the
// refractory period of those that spiked.
func (p *AdaptiveSpiking) silence(z, psi []float64, silent []int) {
	for i, left := range silent[:len(z)] {
		switch {
		case left > 0:
			silent[i] = left - 1
			z[i], psi[i] = 0, 0
		case z[i] > 0:
			silent[i] = p.SilentSteps[i]
		}
	}
}
