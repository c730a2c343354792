package neuron

import (
	"math"
	"math/bits"

	"paracrine/internal/kernel"
)

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

// Threshold implements Thresholded.
func (m *membrane) Threshold() []float64 { return m.threshold }

// membraneBlock is how many cells advance together: what fires in a step, and what
// synaptic currents do to the cells, lies on the stack. A multiple of 64.
const membraneBlock = 256

// fired has a bit for every cell of a block.
type fired [membraneBlock / 64]uint64

// of returns the words of a number of cells.
func (f *fired) of(cells int) []uint64 { return f[:(cells+63)/64] }

// spikes appends the cells that fired, the first of the block being number first.
func (f *fired) spikes(cells, first int, spikes []uint32) []uint32 {
	for i, word := range f.of(cells) {
		for ; word != 0; word &= word - 1 {
			spikes = append(spikes, uint32(first+64*i+bits.TrailingZeros64(word)))
		}
	}
	return spikes
}

// cells are the membranes of cells from ≤ i < to.
func (m *membrane) cells(from, to int) kernel.Membranes {
	return kernel.Membranes{
		Potential: m.potential[from:to], Silent: m.silent[from:to],
		Decay: m.decay[from:to], Drift: m.drift[from:to], Gain: m.gain[from:to],
		Threshold: m.threshold[from:to], Reset: m.reset[from:to], Refractory: m.refractory[from:to],
	}
}

// jump takes the potentials of a block of cells from ≤ i < to through a step
// under an injected current (pA) and jumps (mV) at its end.
func (m *membrane) jump(from, to int, current, jump []float64, spikes []uint32) []uint32 {
	var f fired
	n, cells := to-from, m.cells(from, to)
	cells.Step(f.of(n), current[:n], jump[:n])
	return f.spikes(n, from, spikes)
}

// fire takes the potentials of a block of cells from ≤ i < to through a step
// under an injected current (pA) and the effects of two synaptic ones (mV).
func (m *membrane) fire(from, to int, current, ex, in []float64, spikes []uint32) []uint32 {
	var f fired
	n, cells := to-from, m.cells(from, to)
	cells.StepOfTwo(f.of(n), current[:n], ex[:n], in[:n])
	return f.spikes(n, from, spikes)
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
