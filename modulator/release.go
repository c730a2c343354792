package modulator

import "paracrine/sim"

// Release says what the spikes of cells secrete. The cells of one release are
// one population; a cell's spikes come in order of time, those of different
// cells in any order.
type Release interface {
	// Spike is the molecules that a cell secretes at a spike.
	Spike(cell int, now sim.Time) float64
	// Save puts the state into sections of a snapshot whose names begin with name;
	// Restore takes it up.
	Save(s *sim.Snapshot, name string)
	Restore(s *sim.Snapshot, name string) error
}
