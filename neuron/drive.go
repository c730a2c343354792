package neuron

import "paracrine/sim"

// Drive is input that every cell of a population receives for itself, without
// synapses: independent Poisson spikes, or an injected current.
type Drive interface {
	// Add adds to dst[i] what reaches cell first+i in step number step, the one
	// that ends at (step+1)·dt: spikes × weight, or a current in pA. Calls for
	// disjoint cells may run at the same time.
	Add(dst []float64, first int, step int64)
}

// Arriving is a drive that can also reach cells that advance from event to
// event, at exact times.
type Arriving interface {
	// Arrivals appends what reaches a cell after from and up to until, in order.
	// Calls for different cells may run at the same time; for one cell each
	// begins where the last ended.
	Arrivals(cell int, from, until sim.Time, arrivals []Arrival) []Arrival
}

// Injecting is a drive whose current is constant between changes, which cells
// that advance from event to event can take.
type Injecting interface {
	// Next is the current of a cell from a time on, in pA, and when it changes
	// next (sim.MaxTime for never).
	Next(cell int, from sim.Time) (current float64, until sim.Time)
}
