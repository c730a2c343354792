package neuron

import "math"

// The leaky integrate-and-fire cell with alpha-shaped synaptic currents: a spike
// of weight w at time 0 gives the current w (t/τ_ex) exp(1 − t/τ_ex), whose peak
// w it reaches at τ_ex,
//
//	τ_m dV/dt = −(V − E_L) + (τ_m/C_m)(I_ex + I_in + I)
//	dI_ex/dt = J_ex − I_ex/τ_ex
//	dJ_ex/dt = −J_ex/τ_ex,  J_ex ← J_ex + (e/τ_ex) w at every arriving spike; I_in, J_in alike
//	V ≥ V_th: spike, V ← V_reset, held there for t_ref
//
// The currents keep flowing in the refractory period. On the grid all advance by
// their exact propagators (Rotter & Diesmann, Biol. Cybern. 81, 1999), under the
// values of the start of the step; what arrives at its end is added after that.
var _ = register(Model{
	Name:     "lif-alpha",
	Meaning:  "leaky integrate-and-fire, each spike an alpha-shaped synaptic current",
	Equation: "τ_m dV/dt = −(V − E_L) + (τ_m/C_m)(I_ex + I_in + I)\ndI_ex/dt = J_ex − I_ex/τ_ex\ndJ_ex/dt = −J_ex/τ_ex,  J_ex ← J_ex + (e/τ_ex) w at arrivals;  I_in, J_in alike\nV ≥ V_th: spike, V ← V_reset for t_ref",
	Source:   "Diesmann, Gewaltig & Aertsen, Nature 402 (1999); exact integration: Rotter & Diesmann, Biol. Cybern. 81 (1999)",
	Parameters: []Parameter{
		{"tau", "τ_m", "ms", 20, Positive, "membrane time constant"},
		{"capacitance", "C_m", "pF", 250, Positive, "membrane capacitance"},
		{"rest", "E_L", "mV", 0, Anything, "resting potential"},
		{"threshold", "V_th", "mV", 20, Anything, "spike threshold"},
		{"reset", "V_reset", "mV", 0, Anything, "potential after a spike"},
		{"refractory", "t_ref", "ms", 2, NonNegative, "absolute refractory period"},
		{"tau-excitatory", "τ_ex", "ms", 2, Positive, "time from a spike to the peak of its excitatory current"},
		{"tau-inhibitory", "τ_in", "ms", 2, Positive, "time from a spike to the peak of its inhibitory current"},
		{"current", "I", "pA", 0, Anything, "constant current"},
	},
	Variables: []Variable{
		{"potential", "V", "mV", "membrane potential", "rest"},
		{"excitatory", "I_ex", "pA", "excitatory synaptic current", ""},
		{"inhibitory", "I_in", "pA", "inhibitory synaptic current", ""},
	},
	Inputs: []Input{
		{Name: "excitatory", Unit: "pA", Meaning: "peak of the excitatory current of a spike", Sign: +1},
		{Name: "inhibitory", Unit: "pA", Meaning: "peak of the inhibitory current of a spike, below zero", Sign: -1},
		{Name: "current", Unit: "pA", Meaning: "injected current", Current: true},
	},
	Grid:   newLIFAlpha,
	Shifts: true,
})

// lifAlpha is a grid population of lif-alpha cells.
type lifAlpha struct {
	membrane
	excitatory, inhibitory alphaCurrent
}

func newLIFAlpha(s Setting) (Grid, error) {
	m, err := newMembrane(s)
	return &lifAlpha{m, newAlphaCurrent(s, "tau-excitatory"), newAlphaCurrent(s, "tau-inhibitory")}, err
}

// alphaCurrent is an alpha-shaped synaptic current: the exponential current,
// whose effect on the potential is the same, and what makes it rise.
type alphaCurrent struct {
	expCurrent
	rise       []float64 // J, pA/ms
	rising     []float64 // of the current in a step, pA per pA/ms: dt exp(−dt/τ_syn)
	riseEffect []float64 // on the potential in a step, mV per pA/ms
	peak       []float64 // e/τ_syn
}

func newAlphaCurrent(s Setting, tauSyn string) alphaCurrent {
	c := alphaCurrent{
		expCurrent: newExpCurrent(s, tauSyn), rise: make([]float64, s.Cells), rising: make([]float64, s.Cells),
		riseEffect: make([]float64, s.Cells), peak: make([]float64, s.Cells),
	}
	dt, tau, capacitance := s.Step.Milliseconds(), s.Values.Of("tau"), s.Values.Of("capacitance")
	for i, t := range s.Values.Of(tauSyn)[:s.Cells] {
		c.rising[i] = dt * c.decay[i]
		c.riseEffect[i] = rampPropagator(dt, tau[i], t, capacitance[i])
		c.peak[i] = math.E / t
	}
	return c
}

// step writes the effect on the potential into effect and takes the currents of
// cells from ≤ i < to through a step at whose end the peaks w arrive.
func (c *alphaCurrent) step(effect []float64, from, to int, w []float64) {
	n := to - from
	current, decay, currentEffect := c.current[from:to], c.decay[from:to][:n], c.effect[from:to][:n]
	rise, rising, riseEffect, peak := c.rise[from:to][:n], c.rising[from:to][:n], c.riseEffect[from:to][:n], c.peak[from:to][:n]
	effect, w = effect[:n], w[:n]
	for i, x := range current {
		r := rise[i]
		effect[i] = float64(currentEffect[i]*x) + float64(riseEffect[i]*r)
		current[i] = float64(decay[i]*x) + float64(rising[i]*r)
		rise[i] = float64(decay[i]*r) + float64(peak[i]*w[i])
	}
}

// Advance is one step of the exact propagators, block by block.
func (p *lifAlpha) Advance(from, to int, _ int64, input [][]float64, spikes []uint32) []uint32 {
	var ex, in [membraneBlock]float64
	for first := from; first < to; first += membraneBlock {
		end, at := min(first+membraneBlock, to), first-from
		p.excitatory.step(ex[:], first, end, input[0][at:])
		p.inhibitory.step(in[:], first, end, input[1][at:])
		spikes = p.fire(first, end, input[2][at:], ex[:], in[:], spikes)
	}
	return spikes
}

// State is the potential and the currents, then what makes the currents rise
// and the steps left of the refractory period.
func (p *lifAlpha) State() []State {
	return []State{
		{"potential", p.potential, p.rest},
		{"excitatory", p.excitatory.current, nil},
		{"inhibitory", p.inhibitory.current, nil},
		{"excitatory rise", p.excitatory.rise, nil},
		{"inhibitory rise", p.inhibitory.rise, nil},
		{"refractory steps", p.silent, nil},
	}
}
