package neuron

import (
	"math"

	"paracrine/sim"
)

// SineCurrent is a sinusoidal current, the same into every cell,
//
//	I(t) = offset + amplitude sin(2π frequency t + phase)
//
// During a step of the grid it has its value at mid-step, which approximates the
// course of the current to second order.
type SineCurrent struct {
	Offset, Amplitude float64 // in the unit of the channel (pA)
	Frequency         float64 // Hz
	Phase             float64 // rad
	Step              sim.Time
}

// Add adds the current of the middle of the step.
func (d SineCurrent) Add(dst []float64, _ int, step int64) {
	cycles := d.Frequency * (float64(step) + 0.5) * float64(d.Step) / float64(sim.Second)
	_, cycles = math.Modf(cycles)
	addTo(dst, d.Offset+float64(d.Amplitude*math.Sin(float64(2*math.Pi*cycles)+d.Phase)))
}
