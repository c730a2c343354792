package neuron

import (
	"fmt"
	"math"

	"paracrine/sim"
)

// The adaptive exponential integrate-and-fire cell with synaptic conductances
// that decay exponentially (Brette & Gerstner, J. Neurophysiol. 94, 2005),
//
//	C_m dV/dt = −g_L (V − E_L) + g_L Δ_T exp((V − V_T)/Δ_T) − w − g_ex (V − E_ex) − g_in (V − E_in) + I
//	τ_w dw/dt = a (V − E_L) − w
//	τ_ex dg_ex/dt = −g_ex,  g_ex ← g_ex + weight at every arriving spike; g_in alike
//	V ≥ V_peak: spike, V ← V_reset, held there for t_ref; w ← w + b
//
// V and w advance by the classical method of Runge and Kutta, of order 4, in
// equal substeps of at most 50 µs; the conductances, which do not depend on V,
// are exact at the times it asks for. In the upswing V reaches infinity in finite
// time: in the slopes V is cut at V_peak, and a substep at whose end V is above
// it ends in the spike. So spikes are late by less than a substep, and across
// them the method is of order 1. A cell can spike more than once in a step. In
// the refractory period w and the conductances go on.
var _ = register(Model{
	Name:     "adex",
	Meaning:  "adaptive exponential integrate-and-fire, each spike a synaptic conductance that jumps and decays exponentially",
	Equation: "C_m dV/dt = −g_L (V − E_L) + g_L Δ_T exp((V − V_T)/Δ_T) − w − g_ex (V − E_ex) − g_in (V − E_in) + I\nτ_w dw/dt = a (V − E_L) − w\nτ_ex dg_ex/dt = −g_ex,  g_ex jumps by the weight at arrivals;  g_in alike\nV ≥ V_peak: spike, V ← V_reset for t_ref, w ← w + b",
	Source:   "Brette & Gerstner, J. Neurophysiol. 94 (2005); Runge-Kutta of order 4, substeps of at most 50 µs",
	Parameters: []Parameter{
		{"capacitance", "C_m", "pF", 281, Positive, "membrane capacitance"},
		{"leak", "g_L", "nS", 30, Positive, "leak conductance"},
		{"rest", "E_L", "mV", -70.6, Anything, "leak reversal potential"},
		{"threshold", "V_T", "mV", -50.4, Anything, "potential at which the upswing begins"},
		{"slope", "Δ_T", "mV", 2, Positive, "sharpness of the upswing"},
		{"peak", "V_peak", "mV", 20, Anything, "potential at which a spike is cut"},
		{"reset", "V_reset", "mV", -70.6, Anything, "potential after a spike"},
		{"refractory", "t_ref", "ms", 0, NonNegative, "absolute refractory period"},
		{"tau-adaptation", "τ_w", "ms", 144, Positive, "time constant of adaptation"},
		{"coupling", "a", "nS", 4, Anything, "adaptation by the potential"},
		{"adaptation", "b", "pA", 80.5, Anything, "adaptation by a spike"},
		{"tau-excitatory", "τ_ex", "ms", 5, Positive, "time constant of excitatory conductances"},
		{"tau-inhibitory", "τ_in", "ms", 10, Positive, "time constant of inhibitory conductances"},
		{"reversal-excitatory", "E_ex", "mV", 0, Anything, "reversal potential of excitation"},
		{"reversal-inhibitory", "E_in", "mV", -80, Anything, "reversal potential of inhibition"},
		{"current", "I", "pA", 0, Anything, "constant current"},
	},
	Variables: []Variable{
		{"potential", "V", "mV", "membrane potential", "rest"},
		{"adaptation", "w", "pA", "adaptation current", ""},
		{"excitatory", "g_ex", "nS", "excitatory conductance", ""},
		{"inhibitory", "g_in", "nS", "inhibitory conductance", ""},
	},
	Inputs: []Input{
		{Name: "excitatory", Unit: "nS", Meaning: "jumps of the excitatory conductance", Sign: +1},
		{Name: "inhibitory", Unit: "nS", Meaning: "jumps of the inhibitory conductance", Sign: -1, Magnitude: true},
		{Name: "current", Unit: "pA", Meaning: "injected current", Current: true},
	},
	Grid: newAdEx,
})

// adexSubstep is the longest step of the method.
const adexSubstep = 50 * sim.Microsecond

// adex is a grid population of adex cells, potentials relative to E_L.
type adex struct {
	potential              []float64 // V − E_L
	adaptation             []float64 // w
	silent                 []float64 // substeps left of the refractory period
	excitatory, inhibitory conductance
	cells                  []adexCell
	rest                   []float64
	substeps               int
	step                   float64 // h, a substep, ms
}

// adexCell is the constants of a cell, potentials relative to E_L.
type adexCell struct {
	perCapacitance float64 // 1/C_m, per pF
	leak           float64 // nS
	threshold      float64 // V_T
	slope          float64 // Δ_T
	peak, reset    float64
	refractory     float64 // substeps
	rate           float64 // 1/τ_w, per ms
	coupling       float64 // a
	jump           float64 // b
	exReversal     float64
	inReversal     float64
	current        float64 // I
}

func newAdEx(s Setting) (Grid, error) {
	substeps := int((s.Step + adexSubstep - 1) / adexSubstep)
	h := s.Step.Milliseconds() / float64(substeps)
	p := &adex{
		potential: make([]float64, s.Cells), adaptation: make([]float64, s.Cells), silent: make([]float64, s.Cells),
		excitatory: newConductance(s, h, "tau-excitatory", "reversal-excitatory"),
		inhibitory: newConductance(s, h, "tau-inhibitory", "reversal-inhibitory"),
		cells:      make([]adexCell, s.Cells), rest: s.Values.Of("rest"), substeps: substeps, step: h,
	}
	for i := range p.cells {
		of := func(name string) float64 { return s.Values.Of(name)[i] }
		p.cells[i] = adexCell{
			perCapacitance: 1 / of("capacitance"), leak: of("leak"), threshold: of("threshold") - p.rest[i], slope: of("slope"),
			peak: of("peak") - p.rest[i], reset: of("reset") - p.rest[i], refractory: math.Round(of("refractory") / h),
			rate: 1 / of("tau-adaptation"), coupling: of("coupling"), jump: of("adaptation"),
			exReversal: p.excitatory.reversal[i], inReversal: p.inhibitory.reversal[i], current: of("current"),
		}
	}
	return p, checkPeak(s)
}

// checkPeak refuses cells whose reset would be a spike again.
func checkPeak(s Setting) error {
	peak := s.Values.Of("peak")
	for i, reset := range s.Values.Of("reset")[:s.Cells] {
		if !(reset < peak[i]) {
			return fmt.Errorf("%s: reset %g of cell %d: allowed are values below its peak, %g", s.Name, reset, i, peak[i])
		}
	}
	return nil
}

// Advance is one step, cell by cell.
func (p *adex) Advance(from, to int, _ int64, input [][]float64, spikes []uint32) []uint32 {
	n := to - from
	arrivedEx, arrivedIn, current := input[0][:n], input[1][:n], input[2][:n]
	for i := range n {
		at := from + i
		for range p.substeps {
			if p.substep(at, current[i]) {
				spikes = append(spikes, uint32(at))
			}
		}
		p.excitatory.now[at] += arrivedEx[i]
		p.inhibitory.now[at] += arrivedIn[i]
	}
	return spikes
}

// substep advances a cell and reports whether it spikes.
func (p *adex) substep(i int, injected float64) bool {
	c, h := &p.cells[i], p.step
	v, w := p.potential[i], p.adaptation[i]
	ex, in := p.excitatory.now[i], p.inhibitory.now[i]
	exEnd, inEnd := p.excitatory.full[i]*ex, p.inhibitory.full[i]*in
	p.excitatory.now[i], p.inhibitory.now[i] = exEnd, inEnd
	if p.silent[i] > 0 {
		p.silent[i]--
		resting := c.coupling * c.reset
		p.adaptation[i] = resting + float64(math.Exp(-h*c.rate)*(w-resting))
		return false
	}
	exMid, inMid := p.excitatory.half[i]*ex, p.inhibitory.half[i]*in
	current := c.current + injected
	dv1, dw1 := c.slopes(v, w, ex, in, current)
	dv2, dw2 := c.slopes(v+float64(h/2*dv1), w+float64(h/2*dw1), exMid, inMid, current)
	dv3, dw3 := c.slopes(v+float64(h/2*dv2), w+float64(h/2*dw2), exMid, inMid, current)
	dv4, dw4 := c.slopes(v+float64(h*dv3), w+float64(h*dw3), exEnd, inEnd, current)
	v += float64(h / 6 * (dv1 + float64(2*dv2) + float64(2*dv3) + dv4))
	w += float64(h / 6 * (dw1 + float64(2*dw2) + float64(2*dw3) + dw4))
	spike := v >= c.peak
	if spike {
		v, w, p.silent[i] = c.reset, w+c.jump, c.refractory
	}
	p.potential[i], p.adaptation[i] = v, w
	return spike
}

// slopes are dV/dt and dw/dt, with V cut at the peak.
func (c *adexCell) slopes(v, w, ex, in, current float64) (dv, dw float64) {
	v = min(v, c.peak)
	upswing := float64(c.leak * c.slope * math.Exp((v-c.threshold)/c.slope))
	into := upswing + current - w - float64(c.leak*v) - float64(ex*(v-c.exReversal)) - float64(in*(v-c.inReversal))
	return into * c.perCapacitance, (float64(c.coupling*v) - w) * c.rate
}

// State is the variables, then the substeps left of the refractory period.
func (p *adex) State() []State {
	return []State{
		{"potential", p.potential, p.rest},
		{"adaptation", p.adaptation, nil},
		{"excitatory", p.excitatory.now, nil},
		{"inhibitory", p.inhibitory.now, nil},
		{"refractory substeps", p.silent, nil},
	}
}
