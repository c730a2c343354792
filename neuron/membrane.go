package neuron

import "math"

// membrane is the leaky membrane with a fixed reset that the linear
// integrate-and-fire cells have in common, in steps of dt. Potentials are kept
// relative to rest.
type membrane struct {
	potential  []float64 // V − E_L
	silent     []float64 // steps left of the refractory period
	decay      []float64 // P = exp(−dt/τ_m)
	drift      []float64 // (1 − P)(τ_m/C_m) I of the constant current
	gain       []float64 // (1 − P) τ_m/C_m, mV per pA
	threshold  []float64 // V_th − E_L
	reset      []float64 // V_reset − E_L
	refractory []float64 // t_ref in steps
	rest       []float64 // E_L
}

func newMembrane(s Setting) (membrane, error) {
	m := membrane{
		potential: make([]float64, s.Cells), silent: make([]float64, s.Cells),
		decay: make([]float64, s.Cells), drift: make([]float64, s.Cells), gain: make([]float64, s.Cells),
		threshold: relative(s, "threshold", "rest"), reset: relative(s, "reset", "rest"),
		refractory: steps(s, "refractory"), rest: s.Values.Of("rest"),
	}
	dt := s.Step.Milliseconds()
	tau, capacitance, current := s.Values.Of("tau"), s.Values.Of("capacitance"), s.Values.Of("current")
	for i := range s.Cells {
		m.decay[i] = Decay(dt, tau[i])
		m.gain[i] = -math.Expm1(-dt/tau[i]) * tau[i] / capacitance[i]
		m.drift[i] = m.gain[i] * current[i]
	}
	return m, checkReset(s)
}

// membraneBlock is how many cells with synaptic currents advance together: what
// the currents do to them lies on the stack.
const membraneBlock = 64

// fire takes the potentials of cells from ≤ i < to through a step under an
// injected current (pA) and the effects of two synaptic ones (mV).
func (m *membrane) fire(from, to int, current, ex, in []float64, spikes []uint32) []uint32 {
	n := to - from
	potential, silent := m.potential[from:to], m.silent[from:to][:n]
	decay, drift, gain := m.decay[from:to][:n], m.drift[from:to][:n], m.gain[from:to][:n]
	threshold := m.threshold[from:to][:n]
	current, ex, in = current[:n], ex[:n], in[:n]
	for i, v := range potential {
		if silent[i] > 0 {
			silent[i]--
			continue
		}
		v = drift[i] + float64(gain[i]*current[i]) + float64(decay[i]*v) + ex[i] + in[i]
		if v >= threshold[i] {
			spikes = append(spikes, uint32(from+i))
			v, silent[i] = m.reset[from+i], m.refractory[from+i]
		}
		potential[i] = v
	}
	return spikes
}

// relative is a parameter less another, cell by cell.
func relative(s Setting, name, origin string) []float64 {
	d := make([]float64, s.Cells)
	for i, x := range s.Values.Of(name)[:s.Cells] {
		d[i] = x - s.Values.Of(origin)[i]
	}
	return d
}

// steps is a parameter in ms as the nearest number of steps, cell by cell.
func steps(s Setting, name string) []float64 {
	n := make([]float64, s.Cells)
	for i, x := range s.Values.Of(name)[:s.Cells] {
		n[i] = math.Round(x / s.Step.Milliseconds())
	}
	return n
}
