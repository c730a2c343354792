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
