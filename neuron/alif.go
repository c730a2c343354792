package neuron

// The leaky integrate-and-fire cell with an adaptive threshold: every spike
// raises it, and it decays back,
//
//	τ_m dV/dt = −(V − E_L) + (τ_m/C_m) I,    V ← V + w at every arriving spike
//	τ_a da/dt = −a
//	V ≥ V_th + a: spike, a ← a + β, V ← V_reset, held there for t_ref
//
// The threshold decays in the refractory period too; what arrives then is lost.
// On the grid both advance by exact propagators, and V is compared with the
// threshold at the end of the step,
//
//	V_t = E_L + P (V_{t-1} − E_L) + (1 − P)(τ_m/C_m) I + Σ w,    P = exp(−dt/τ_m)
//	a_t = ρ (a_{t-1} + β z_{t-1}),                               ρ = exp(−dt/τ_a)
//
// where z is 1 at a spike. Bellec et al. (2020), who count time in steps, let a
// spike raise the threshold of the next step by all of β, a_t = ρ a_{t-1} + β z_{t-1},
// and take V_th off V in place of the reset to V_reset.
var _ = register(Model{
	Name:     "alif",
	Meaning:  "leaky integrate-and-fire with a threshold that every spike raises, each input a jump of the membrane potential",
	Equation: "τ_m dV/dt = −(V − E_L) + (τ_m/C_m) I,  V ← V + w at arrivals\nτ_a da/dt = −a\nV ≥ V_th + a: spike, a ← a + β, V ← V_reset for t_ref",
	Source:   "Bellec et al., Nat. Commun. 11:3625 (2020), the ALIF cell in physical units",
	Parameters: []Parameter{
		{"tau", "τ_m", "ms", 20, Positive, "membrane time constant"},
		{"capacitance", "C_m", "pF", 250, Positive, "membrane capacitance"},
		{"rest", "E_L", "mV", 0, Anything, "resting potential"},
		{"threshold", "V_th", "mV", 20, Anything, "spike threshold at rest"},
		{"reset", "V_reset", "mV", 0, Anything, "potential after a spike"},
		{"refractory", "t_ref", "ms", 2, NonNegative, "absolute refractory period"},
		{"adaptation", "β", "mV", 2, NonNegative, "rise of the threshold at a spike"},
		{"tau-adaptation", "τ_a", "ms", 200, Positive, "time constant of the threshold"},
		{"current", "I", "pA", 0, Anything, "constant current"},
	},
	Variables: []Variable{
		{"potential", "V", "mV", "membrane potential", "rest"},
		{"raise", "a", "mV", "threshold above that at rest", ""},
	},
	Inputs: []Input{
		{Name: "jump", Unit: "mV", Meaning: "jumps of the membrane potential"},
		{Name: "current", Unit: "pA", Meaning: "injected current", Current: true},
	},
	Grid:   newALIF,
	Shifts: true,
})

// alif is a grid population of alif cells.
type alif struct {
	membrane
	raise      []float64 // a
	forget     []float64 // ρ
	adaptation []float64 // β
}

func newALIF(s Setting) (Grid, error) {
	m, err := newMembrane(s)
	p := &alif{m, make([]float64, s.Cells), make([]float64, s.Cells), s.Values.Of("adaptation")}
	for i, tau := range s.Values.Of("tau-adaptation")[:s.Cells] {
		p.forget[i] = Decay(s.Step.Milliseconds(), tau)
	}
	return p, err
}

// Advance is one step of the exact propagators, cell by cell.
func (p *alif) Advance(from, to int, _ int64, input [][]float64, spikes []uint32) []uint32 {
	n := to - from
	potential, silent, raise := p.potential[from:to], p.silent[from:to][:n], p.raise[from:to][:n]
	decay, drift, gain := p.decay[from:to][:n], p.drift[from:to][:n], p.gain[from:to][:n]
	threshold, forget := p.threshold[from:to][:n], p.forget[from:to][:n]
	jump, current := input[0][:n], input[1][:n]
	for i, v := range potential {
		a := float64(forget[i] * raise[i])
		raise[i] = a
		if silent[i] > 0 {
			silent[i]--
			continue
		}
		v = drift[i] + float64(gain[i]*current[i]) + float64(decay[i]*v) + jump[i]
		if v >= threshold[i]+a {
			spikes = append(spikes, uint32(from+i))
			v, silent[i], raise[i] = p.reset[from+i], p.refractory[from+i], a+p.adaptation[from+i]
		}
		potential[i] = v
	}
	return spikes
}

// State is the potential and the threshold's rise, then the steps left of the
// refractory period.
func (p *alif) State() []State {
	return []State{{"potential", p.potential, p.rest}, {"raise", p.raise, nil}, {"refractory steps", p.silent, nil}}
}
