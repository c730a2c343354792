package neuron

import (
	"fmt"
	"slices"

	"paracrine/sim"
)

// StepCurrent is a current that changes at given times, the same into every
// cell; it is 0 before the first,
//
//	I(t) = I_k,    t_k ≤ t < t_{k+1}
type StepCurrent struct {
	times    []sim.Time
	currents []float64 // in the unit of the channel (pA)
	step     sim.Time
}

// NewStepCurrent makes a current that takes the k-th value at the k-th time. For
// grid populations of the given step the times must lie on the grid; a step of 0
// is none. The error names what was given and what is allowed.
func NewStepCurrent(times []sim.Time, currents []float64, step sim.Time) (*StepCurrent, error) {
	if len(times) != len(currents) {
		return nil, fmt.Errorf("%d times and %d currents: allowed are as many of one as of the other", len(times), len(currents))
	}
	for k, at := range times {
		switch {
		case at < 0:
			return nil, fmt.Errorf("a change at %v: allowed are times from 0", at)
		case k > 0 && at <= times[k-1]:
			return nil, fmt.Errorf("a change at %v after one at %v: allowed are ascending times", at, times[k-1])
		case step > 0 && at%step != 0:
			return nil, fmt.Errorf("a change at %v: allowed are multiples of the step of %v", at, step)
		}
	}
	return &StepCurrent{slices.Clone(times), slices.Clone(currents), step}, nil
}

// Add adds the current that holds during the step.
func (d *StepCurrent) Add(dst []float64, _ int, step int64) {
	if current, _ := d.Next(0, sim.Time(step)*d.step); current != 0 {
		addTo(dst, current)
	}
}

// Next is the current at a time and when it changes next.
func (d *StepCurrent) Next(_ int, from sim.Time) (current float64, until sim.Time) {
	next, found := slices.BinarySearch(d.times, from)
	if found {
		next++
	}
	if next > 0 {
		current = d.currents[next-1]
	}
	if next == len(d.times) {
		return current, sim.MaxTime
	}
	return current, d.times[next]
}
