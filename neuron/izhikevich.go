package neuron

// The cell of Izhikevich, IEEE Trans. Neural Netw. 14 (2003), V in mV and t in ms,
//
//	dV/dt = 0.04 V² + 5 V + 140 − u + I
//	du/dt = a (b V − u)
//	V ≥ V_peak: spike, V ← c, u ← u + d
//
// by the method of the script published with it: two forward Euler steps of
// dt/2 for V, then one of dt for u with the new V. It is of order 1 and, at the
// 1 ms of the paper, far from converged: firing patterns are the paper's at 1 ms,
// and change with the step.
//
// A spike adds its weight to V during one step, as a current weight/dt: the step
// at whose end it arrives. With a delay of one step it acts in the step that
// follows the spike, as in the script.
var _ = register(Model{
	Name:     "izhikevich",
	Meaning:  "two-variable cell of many firing patterns, each spike a current of one step",
	Equation: "dV/dt = 0.04 V² + 5 V + 140 − u + I    (mV, ms)\ndu/dt = a (b V − u)\nV ≥ V_peak: spike, V ← c, u ← u + d",
	Source:   "Izhikevich, IEEE Trans. Neural Netw. 14 (2003), eqs. 1-3; the Euler method of its script, order 1",
	Parameters: []Parameter{
		{"a", "a", "1/ms", 0.02, Positive, "rate of recovery"},
		{"b", "b", "1/ms", 0.2, Anything, "recovery by the potential"},
		{"reset", "c", "mV", -65, Anything, "potential after a spike"},
		{"d", "d", "mV/ms", 8, Anything, "recovery by a spike"},
		{"peak", "V_peak", "mV", 30, Anything, "potential at which a spike is cut"},
		{"current", "I", "mV/ms", 0, Anything, "constant current"},
	},
	Variables: []Variable{
		{"potential", "V", "mV", "membrane potential", "reset"},
		{"recovery", "u", "mV/ms", "membrane recovery, b c at the start", ""},
	},
	Inputs: []Input{
		{Name: "jump", Unit: "mV", Meaning: "change of the potential, during the step at whose end it arrives"},
		{Name: "current", Unit: "mV/ms", Meaning: "injected current", Current: true},
	},
	Grid: newIzhikevich,
})

// izhikevich is a grid population of izhikevich cells.
type izhikevich struct {
	potential, recovery []float64
	a, b, reset, d      []float64
	peak, constant      []float64
	step                float64 // ms
}

func newIzhikevich(s Setting) (Grid, error) {
	of := s.Values.Of
	p := &izhikevich{
		make([]float64, s.Cells), make([]float64, s.Cells), of("a"), of("b"), of("reset"), of("d"),
		of("peak"), of("current"), s.Step.Milliseconds(),
	}
	for i, c := range p.reset[:s.Cells] {
		p.potential[i], p.recovery[i] = c, p.b[i]*c
	}
	return p, checkPeak(s)
}

// Advance is one step, cell by cell.
func (p *izhikevich) Advance(from, to int, _ int64, input [][]float64, spikes []uint32) []uint32 {
	n, dt := to-from, p.step
	potential, recovery := p.potential[from:to], p.recovery[from:to][:n]
	a, b, reset, d := p.a[from:to][:n], p.b[from:to][:n], p.reset[from:to][:n], p.d[from:to][:n]
	peak, constant := p.peak[from:to][:n], p.constant[from:to][:n]
	jump, injected := input[0][:n], input[1][:n]
	for i, v := range potential {
		u := recovery[i]
		current := constant[i] + injected[i] + jump[i]/dt
		v += float64(dt / 2 * (float64(0.04*float64(v*v)) + float64(5*v) + 140 - u + current))
		v += float64(dt / 2 * (float64(0.04*float64(v*v)) + float64(5*v) + 140 - u + current))
		u += float64(dt * a[i] * (float64(b[i]*v) - u))
		if v >= peak[i] {
			spikes = append(spikes, uint32(from+i))
			v = reset[i]
			u += d[i]
		}
		potential[i], recovery[i] = v, u
	}
	return spikes
}

// State is the potential and the recovery.
func (p *izhikevich) State() []State {
	return []State{{"potential", p.potential, nil}, {"recovery", p.recovery, nil}}
}
