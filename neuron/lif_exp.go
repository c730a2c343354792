package neuron

import "paracrine/internal/kernel"

// The leaky integrate-and-fire cell with exponential synaptic currents,
//
//	τ_m dV/dt = −(V − E_L) + (τ_m/C_m)(I_ex + I_in + I)
//	τ_ex dI_ex/dt = −I_ex,  I_ex ← I_ex + w at every arriving spike; I_in alike
//	V ≥ V_th: spike, V ← V_reset, held there for t_ref
//
// The currents keep flowing in the refractory period. On the grid all advance by
// their exact propagators (Rotter & Diesmann, Biol. Cybern. 81, 1999); V moves
// under the currents of the start of the step, and what arrives at its end is
// added to them after that,
//
//	V_t = P V_{t-1} + P_ex I_ex,t-1 + P_in I_in,t-1 + (1 − P)(τ_m/C_m) I     (V relative to E_L)
//	I_ex,t = exp(−dt/τ_ex) I_ex,t-1 + Σ w
var _ = register(Model{
	Name:     "lif-exp",
	Meaning:  "leaky integrate-and-fire, each spike a synaptic current that jumps and decays exponentially",
	Equation: "τ_m dV/dt = −(V − E_L) + (τ_m/C_m)(I_ex + I_in + I)\nτ_ex dI_ex/dt = −I_ex,  I_ex ← I_ex + w at arrivals;  I_in alike\nV ≥ V_th: spike, V ← V_reset for t_ref",
	Source:   "Tsodyks, Uziel & Markram, J. Neurosci. 20 RC50 (2000); exact integration: Rotter & Diesmann, Biol. Cybern. 81 (1999)",
	Parameters: []Parameter{
		{"tau", "τ_m", "ms", 20, Positive, "membrane time constant"},
		{"capacitance", "C_m", "pF", 250, Positive, "membrane capacitance"},
		{"rest", "E_L", "mV", 0, Anything, "resting potential"},
		{"threshold", "V_th", "mV", 20, Anything, "spike threshold"},
		{"reset", "V_reset", "mV", 0, Anything, "potential after a spike"},
		{"refractory", "t_ref", "ms", 2, NonNegative, "absolute refractory period"},
		{"tau-excitatory", "τ_ex", "ms", 2, Positive, "time constant of excitatory currents"},
		{"tau-inhibitory", "τ_in", "ms", 2, Positive, "time constant of inhibitory currents"},
		{"current", "I", "pA", 0, Anything, "constant current"},
	},
	Variables: []Variable{
		{"potential", "V", "mV", "membrane potential", "rest"},
		{"excitatory", "I_ex", "pA", "excitatory synaptic current", ""},
		{"inhibitory", "I_in", "pA", "inhibitory synaptic current", ""},
	},
	Inputs: []Input{
		{Name: "excitatory", Unit: "pA", Meaning: "jumps of the excitatory current", Sign: +1},
		{Name: "inhibitory", Unit: "pA", Meaning: "jumps of the inhibitory current, below zero", Sign: -1},
		{Name: "current", Unit: "pA", Meaning: "injected current", Current: true},
	},
	Grid:   newLIFExp,
	Exact:  newExactLIFExp,
	Shifts: true,
})

// lifExp is a grid population of lif-exp cells.
type lifExp struct {
	membrane
	excitatory, inhibitory expCurrent
}

func newLIFExp(s Setting) (Grid, error) {
	m, err := newMembrane(s)
	return &lifExp{m, newExpCurrent(s, "tau-excitatory"), newExpCurrent(s, "tau-inhibitory")}, err
}

// expCurrent is a synaptic current that decays exponentially.
type expCurrent struct {
	current []float64 // pA
	decay   []float64 // exp(−dt/τ_syn)
	effect  []float64 // on the potential in a step, mV per pA
}

func newExpCurrent(s Setting, tauSyn string) expCurrent {
	c := expCurrent{make([]float64, s.Cells), make([]float64, s.Cells), make([]float64, s.Cells)}
	dt, tau, capacitance := s.Step.Milliseconds(), s.Values.Of("tau"), s.Values.Of("capacitance")
	for i, t := range s.Values.Of(tauSyn)[:s.Cells] {
		c.decay[i] = Decay(dt, t)
		c.effect[i] = expPropagator(dt, tau[i], t, capacitance[i])
	}
	return c
}

// step writes the effect on the potential into effect and takes the currents of
// cells from ≤ i < to through a step at whose end the jumps w arrive.
func (c *expCurrent) step(effect []float64, from, to int, w []float64) {
	n := to - from
	kernel.Relax(effect[:n], c.current[from:to], c.effect[from:to], c.decay[from:to], w[:n])
}

// Advance is one step of the exact propagators, block by block.
func (p *lifExp) Advance(from, to int, _ int64, input [][]float64, spikes []uint32) []uint32 {
	var ex, in [membraneBlock]float64
	for first := from; first < to; first += membraneBlock {
		end, at := min(first+membraneBlock, to), first-from
		p.excitatory.step(ex[:], first, end, input[0][at:])
		p.inhibitory.step(in[:], first, end, input[1][at:])
		spikes = p.fire(first, end, input[2][at:], ex[:], in[:], spikes)
	}
	return spikes
}

// State is the potential and the currents, then the steps left of the
// refractory period.
func (p *lifExp) State() []State {
	return []State{
		{"potential", p.potential, p.rest},
		{"excitatory", p.excitatory.current, nil},
		{"inhibitory", p.inhibitory.current, nil},
		{"refractory steps", p.silent, nil},
	}
}
