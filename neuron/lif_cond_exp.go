package neuron

import "math"

// The leaky integrate-and-fire cell with synaptic conductances that decay
// exponentially,
//
//	C_m dV/dt = −(C_m/τ_m)(V − E_L) − g_ex (V − E_ex) − g_in (V − E_in) + I
//	τ_ex dg_ex/dt = −g_ex,  g_ex ← g_ex + w at every arriving spike; g_in alike
//	V ≥ V_th: spike, V ← V_reset, held there for t_ref
//
// as in the COBA benchmark of Brette et al., J. Comput. Neurosci. 23 (2007). The
// conductances keep decaying in the refractory period; what arrives at the end
// of a step is added to them after V has moved.
//
// Within a step of length h the conductances are known functions of time and the
// equation of V is linear, dV/dt = −a(t) V + b(t). Let V* = b(h/2)/a(h/2), the
// equilibrium at mid-step, c(t) = b(t) − a(t) V*, and A = ∫₀ʰ a dt, which has a
// closed form. Variation of constants about V*, its integral by Simpson's rule
// (whose middle term vanishes), gives the method
//
//	V(h) = V* + exp(−A) (V(0) − V*) + (h/6) (exp(−A) c(0) + c(h))
//
// of order 4, and exact where the conductances are constant. Where they are so
// large that V forgets the step's beginning, A > 3, Simpson's rule is too coarse,
// and V relaxes to the equilibrium at the step's end instead,
//
//	V(h) = E* + exp(−A) (V(0) − E*),    E* = b(h)/a(h)
//
// so that the method is stable for any conductance and step.
var _ = register(Model{
	Name:     "lif-cond-exp",
	Meaning:  "leaky integrate-and-fire, each spike a synaptic conductance that jumps and decays exponentially",
	Equation: "C_m dV/dt = −(C_m/τ_m)(V − E_L) − g_ex (V − E_ex) − g_in (V − E_in) + I\nτ_ex dg_ex/dt = −g_ex,  g_ex ← g_ex + w at arrivals;  g_in alike\nV ≥ V_th: spike, V ← V_reset for t_ref",
	Source:   "Brette et al., J. Comput. Neurosci. 23 (2007), COBA; exponential integration with Simpson's rule, order 4",
	Parameters: []Parameter{
		{"tau", "τ_m", "ms", 20, Positive, "membrane time constant"},
		{"capacitance", "C_m", "pF", 200, Positive, "membrane capacitance"},
		{"rest", "E_L", "mV", -60, Anything, "resting potential"},
		{"threshold", "V_th", "mV", -50, Anything, "spike threshold"},
		{"reset", "V_reset", "mV", -60, Anything, "potential after a spike"},
		{"refractory", "t_ref", "ms", 5, NonNegative, "absolute refractory period"},
		{"tau-excitatory", "τ_ex", "ms", 5, Positive, "time constant of excitatory conductances"},
		{"tau-inhibitory", "τ_in", "ms", 10, Positive, "time constant of inhibitory conductances"},
		{"reversal-excitatory", "E_ex", "mV", 0, Anything, "reversal potential of excitation"},
		{"reversal-inhibitory", "E_in", "mV", -80, Anything, "reversal potential of inhibition"},
		{"current", "I", "pA", 0, Anything, "constant current"},
	},
	Variables: []Variable{
		{"potential", "V", "mV", "membrane potential", "rest"},
		{"excitatory", "g_ex", "nS", "excitatory conductance", ""},
		{"inhibitory", "g_in", "nS", "inhibitory conductance", ""},
	},
	Inputs: []Input{
		{Name: "excitatory", Unit: "nS", Meaning: "jumps of the excitatory conductance", Sign: +1},
		{Name: "inhibitory", Unit: "nS", Meaning: "jumps of the inhibitory conductance", Sign: -1, Magnitude: true},
		{Name: "current", Unit: "pA", Meaning: "injected current", Current: true},
	},
	Grid:   newLIFCondExp,
	Shifts: true,
})

// lifCondExp is a grid population of lif-cond-exp cells. The potential, the
// threshold and the reversal potentials are relative to rest, so that the leak
// has no part in b.
type lifCondExp struct {
	potential              []float64 // V − E_L
	silent                 []float64 // steps left of the refractory period
	excitatory, inhibitory conductance
	leak                   []float64 // 1/τ_m, per ms
	perCapacitance         []float64 // 1/C_m, per pF: nS → per ms, pA → mV/ms
	constant               []float64 // I, pA
	threshold              []float64
	reset                  []float64
	refractory             []float64 // steps
	rest                   []float64
	step                   float64 // h, ms
}

func newLIFCondExp(s Setting) (Grid, error) {
	h := s.Step.Milliseconds()
	p := &lifCondExp{
		potential: make([]float64, s.Cells), silent: make([]float64, s.Cells),
		excitatory: newConductance(s, h, "tau-excitatory", "reversal-excitatory"),
		inhibitory: newConductance(s, h, "tau-inhibitory", "reversal-inhibitory"),
		leak:       make([]float64, s.Cells), perCapacitance: make([]float64, s.Cells),
		constant: s.Values.Of("current"), threshold: relative(s, "threshold", "rest"), reset: relative(s, "reset", "rest"),
		refractory: steps(s, "refractory"), rest: s.Values.Of("rest"), step: h,
	}
	for i := range s.Cells {
		p.leak[i] = 1 / s.Values.Of("tau")[i]
		p.perCapacitance[i] = 1 / s.Values.Of("capacitance")[i]
	}
	return p, checkReset(s)
}

// conductance is a synaptic conductance that decays exponentially.
type conductance struct {
	now      []float64 // nS
	half     []float64 // exp(−h/(2τ_syn)), h the step of the method
	full     []float64 // exp(−h/τ_syn)
	integral []float64 // of exp(−t/τ_syn) over h, ms
	reversal []float64 // relative to rest
}

func newConductance(s Setting, h float64, tauSyn, reversal string) conductance {
	c := conductance{
		make([]float64, s.Cells), make([]float64, s.Cells), make([]float64, s.Cells), make([]float64, s.Cells),
		relative(s, reversal, "rest"),
	}
	for i, tau := range s.Values.Of(tauSyn)[:s.Cells] {
		c.half[i], c.full[i], c.integral[i] = Decay(h/2, tau), Decay(h, tau), -tau*math.Expm1(-h/tau)
	}
	return c
}

// Advance is one step of the method, cell by cell.
func (p *lifCondExp) Advance(from, to int, _ int64, input [][]float64, spikes []uint32) []uint32 {
	n := to - from
	ex, in := p.excitatory.now[from:to][:n], p.inhibitory.now[from:to][:n]
	arrivedEx, arrivedIn, current := input[0][:n], input[1][:n], input[2][:n]
	for i := range n {
		at := from + i
		g, h := ex[i], in[i]
		ex[i] = float64(p.excitatory.full[at]*g) + arrivedEx[i]
		in[i] = float64(p.inhibitory.full[at]*h) + arrivedIn[i]
		if p.silent[at] > 0 {
			p.silent[at]--
			continue
		}
		v := p.move(at, p.potential[at], g, h, current[i])
		if v >= p.threshold[at] {
			spikes = append(spikes, uint32(at))
			v, p.silent[at] = p.reset[at], p.refractory[at]
		}
		p.potential[at] = v
	}
	return spikes
}

// forgotten is exp(−3), the part of V(0) below which a step forgets it.
const forgotten = 0.049787068367863944

// move is the potential of a cell at the end of a step that began with the
// potential v and the conductances ex and in, under an injected current.
func (p *lifCondExp) move(i int, v, ex, in, current float64) float64 {
	leak, per := p.leak[i], p.perCapacitance[i]
	ex, in = ex*per, in*per
	drive := (p.constant[i] + current) * per
	eEx, eIn := p.excitatory.reversal[i], p.inhibitory.reversal[i]

	decay := math.Exp(-(float64(p.step*leak) + float64(p.excitatory.integral[i]*ex) + float64(p.inhibitory.integral[i]*in)))
	exEnd, inEnd := p.excitatory.full[i]*ex, p.inhibitory.full[i]*in
	if decay < forgotten {
		last := (drive + float64(exEnd*eEx) + float64(inEnd*eIn)) / (leak + exEnd + inEnd)
		return last + float64(decay*(v-last))
	}
	exMid, inMid := p.excitatory.half[i]*ex, p.inhibitory.half[i]*in
	middle := (drive + float64(exMid*eEx) + float64(inMid*eIn)) / (leak + exMid + inMid)
	// c(t) is the drive less the leak, the same at all times, and the pull of the
	// conductances.
	constant := drive - float64(leak*middle)
	pullEx, pullIn := eEx-middle, eIn-middle
	begin := constant + float64(ex*pullEx) + float64(in*pullIn)
	end := constant + float64(exEnd*pullEx) + float64(inEnd*pullIn)
	return middle + float64(decay*(v-middle)) + float64(p.step/6*(float64(decay*begin)+end))
}

// Threshold implements Thresholded.
func (p *lifCondExp) Threshold() []float64 { return p.threshold }

// State is the potential and the conductances, then the steps left of the
// refractory period.
func (p *lifCondExp) State() []State {
	return []State{
		{"potential", p.potential, p.rest},
		{"excitatory", p.excitatory.now, nil},
		{"inhibitory", p.inhibitory.now, nil},
		{"refractory steps", p.silent, nil},
	}
}
