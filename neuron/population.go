package neuron

// Population is the cells of a network that learns from batches of trials, all
// of one model. Quantities are dimensionless and time is counted in steps.
type Population interface {
	// Size is the number of cells.
	Size() int
	// Membrane is η and c_v of every cell.
	Membrane() (decay, gain []float64)
	// Begin makes the state of a batch of trials, all cells at rest.
	Begin(trials int) Trials
}

// Trials is the state of a population in a batch of trials. All slices are
// trials × cells.
type Trials interface {
	// Step advances every cell by one step under its current. before is z of the
	// step before and may be z; z and its derivative psi are written. Rate cells
	// leave psi alone, which may then be nil: it is 1 where z is positive.
	Step(z, psi, before, current []float64)
	// Rest returns every cell to rest.
	Rest()
	// Potential is v.
	Potential() []float64
	// State is all that is carried from step to step, z aside; writing to it
	// changes it.
	State() [][]float64
}
