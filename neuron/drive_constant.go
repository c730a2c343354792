package neuron

import "paracrine/sim"

// ConstantCurrent is the same current into every cell at all times, in the unit
// of its channel (pA).
type ConstantCurrent float64

// Add adds the current.
func (d ConstantCurrent) Add(dst []float64, _ int, _ int64) { addTo(dst, float64(d)) }

// Next is the current, which never changes.
func (d ConstantCurrent) Next(int, sim.Time) (current float64, until sim.Time) {
	return float64(d), sim.MaxTime
}

// addTo adds x to all of dst.
func addTo(dst []float64, x float64) {
	for i := range dst {
		dst[i] += x
	}
}
