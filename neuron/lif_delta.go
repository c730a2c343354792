package neuron

import "math"

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
	Grid:  func(s Setting) (Grid, error) { return newLIFDelta(s), nil },
	Exact: newExactLIFDelta,
})

// lifDelta is a grid population of lif-delta cells. The potential is kept
// relative to rest, as are threshold and reset.
type lifDelta struct {
	potential  []float64 // V − E_L
	silent     []float64 // steps left of the refractory period
	decay      []float64 // P
	drift      []float64 // (1 − P)(τ_m/C_m) I of the constant current
	gain       []float64 // (1 − P) τ_m/C_m, mV per pA
	threshold  []float64
	reset      []float64
	refractory []float64 // steps
	rest       []float64
}

func newLIFDelta(s Setting) *lifDelta {
	p := &lifDelta{
		potential: make([]float64, s.Cells), silent: make([]float64, s.Cells),
		decay: make([]float64, s.Cells), drift: make([]float64, s.Cells), gain: make([]float64, s.Cells),
		threshold: make([]float64, s.Cells), reset: make([]float64, s.Cells), refractory: make([]float64, s.Cells),
		rest: s.Values.Of("rest"),
	}
	dt := s.Step.Milliseconds()
	tau, capacitance, current := s.Values.Of("tau"), s.Values.Of("capacitance"), s.Values.Of("current")
	for i := range s.Cells {
		p.decay[i] = Decay(dt, tau[i])
		p.gain[i] = -math.Expm1(-dt/tau[i]) * tau[i] / capacitance[i]
		p.drift[i] = p.gain[i] * current[i]
		p.threshold[i] = s.Values.Of("threshold")[i] - p.rest[i]
		p.reset[i] = s.Values.Of("reset")[i] - p.rest[i]
		p.refractory[i] = math.Round(s.Values.Of("refractory")[i] / dt)
	}
	return p
}

// Advance is one step of the exact propagator, cell by cell.
func (p *lifDelta) Advance(from, to int, _ int64, input [][]float64, spikes []uint32) []uint32 {
	n := to - from
	potential, silent := p.potential[from:to], p.silent[from:to][:n]
	decay, drift, gain := p.decay[from:to][:n], p.drift[from:to][:n], p.gain[from:to][:n]
	threshold, reset, refractory := p.threshold[from:to][:n], p.reset[from:to][:n], p.refractory[from:to][:n]
	jump, current := input[0][:n], input[1][:n]
	for i, v := range potential {
		if silent[i] > 0 {
			silent[i]--
			continue
		}
		v = drift[i] + float64(gain[i]*current[i]) + float64(decay[i]*v) + jump[i]
		if v >= threshold[i] {
			spikes = append(spikes, uint32(from+i))
			v, silent[i] = reset[i], refractory[i]
		}
		potential[i] = v
	}
	return spikes
}

// State is the potential, then the steps left of the refractory period.
func (p *lifDelta) State() []State {
	return []State{{"potential", p.potential, p.rest}, {"refractory steps", p.silent, nil}}
}
