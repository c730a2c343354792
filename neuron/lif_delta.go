package neuron

// The leaky integrate-and-fire cell with delta synapses,
//
//	τ_m dV/dt = −(V − E_L) + (τ_m/C_m) I,    V ← V + w at every arriving spike
//	V ≥ V_th: spike, V ← V_reset, held there for t_ref
//
// What arrives in the refractory period is lost. On the grid V advances by its
// exact propagator (Rotter & Diesmann, Biol. Cybern. 81, 1999),
//
//	V_t = E_L + P (V_{t-1} − E_L) + (1 − P)(τ_m/C_m) I + Σ w,    P = exp(−dt/τ_m)
var _ = register(Model{
	Name:     "lif-delta",
	Meaning:  "leaky integrate-and-fire, each spike a jump of the membrane potential",
	Equation: "τ_m dV/dt = −(V − E_L) + (τ_m/C_m) I,  V ← V + w at arrivals\nV ≥ V_th: spike, V ← V_reset for t_ref",
	Source:   "Lapicque 1907; exact integration: Rotter & Diesmann, Biol. Cybern. 81 (1999)",
	Parameters: []Parameter{
		{"tau", "τ_m", "ms", 20, Positive, "membrane time constant"},
		{"capacitance", "C_m", "pF", 250, Positive, "membrane capacitance"},
		{"rest", "E_L", "mV", 0, Anything, "resting potential"},
		{"threshold", "V_th", "mV", 20, Anything, "spike threshold"},
		{"reset", "V_reset", "mV", 0, Anything, "potential after a spike"},
		{"refractory", "t_ref", "ms", 2, NonNegative, "absolute refractory period"},
		{"current", "I", "pA", 0, Anything, "constant current"},
	},
	Variables: []Variable{{"potential", "V", "mV", "membrane potential", "rest"}},
	Inputs: []Input{
		{Name: "jump", Unit: "mV", Meaning: "jumps of the membrane potential"},
		{Name: "current", Unit: "pA", Meaning: "injected current", Current: true},
	},
	Grid:   newLIFDelta,
	Exact:  newExactLIFDelta,
	Shifts: true,
})

// lifDelta is a grid population of lif-delta cells.
type lifDelta struct{ membrane }

func newLIFDelta(s Setting) (Grid, error) {
	m, err := newMembrane(s)
	return &lifDelta{m}, err
}

// Advance is one step of the exact propagator, block by block.
func (p *lifDelta) Advance(from, to int, _ int64, input [][]float64, spikes []uint32) []uint32 {
	for first := from; first < to; first += membraneBlock {
		end, at := min(first+membraneBlock, to), first-from
		spikes = p.jump(first, end, input[1][at:], input[0][at:], spikes)
	}
	return spikes
}

// State is the potential, then the steps left of the refractory period.
func (p *lifDelta) State() []State {
	return []State{{"potential", p.potential, p.rest}, {"refractory steps", p.silent, nil}}
}
