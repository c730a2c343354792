package modulator

import (
	"fmt"
	"math"

	"paracrine/neuron"
	"paracrine/sim"
)

// moleculesPerNanomolar is how many molecules a µm³ holds at 1 nM: Avogadro's
// number times 10⁻⁹ per litre, of which a µm³ is the 10⁻¹⁵th part.
const moleculesPerNanomolar = 0.602214076

// UnitVolume is the volume in µm³ in which a molecule is 1 nM.
const UnitVolume = 1 / moleculesPerNanomolar

// Field is how a ligand spreads: concentrations in nM at numbered sites. It
// changes when something is released and is advanced when it is read, so that it
// costs nothing while nobody does either. Reading changes nothing: what is read
// later is the same to the bit.
//
// Calls come in order of time. A field is not safe for use by several goroutines at
// once; fields of different ligands are independent.
type Field interface {
	// Ligand is the substance.
	Ligand() Ligand
	// Sites is the number of sites.
	Sites() int
	// Site is the number of the site that a position in µm belongs to. A position
	// outside is a [*SubstanceError].
	Site(position [3]float64) (int, error)
	// Release adds molecules at a site. An amount that is negative or not finite
	// is a [*SubstanceError], a time that is over an [*OrderError].
	Release(now sim.Time, site int, molecules float64) error
	// Read writes the concentrations at sites. One that is not finite, or below
	// zero, is a [*ConcentrationError].
	Read(now sim.Time, sites []int, concentrations []float64) error
	// Balance accounts for all that was released.
	Balance(now sim.Time) (Balance, error)
	// Save puts the state into sections of a snapshot whose names begin with name;
	// Restore takes it up.
	Save(s *sim.Snapshot, name string)
	Restore(s *sim.Snapshot, name string) error
}

// Balance is where the molecules of a ligand are.
type Balance struct {
	Released float64 // since the beginning
	Present  float64 // in the field
	Cleared  float64 // by clearance or uptake
	Absorbed float64 // by absorbing boundaries
}

// Gap is the part of what was released that is unaccounted for.
func (b Balance) Gap() float64 {
	if b.Released == 0 {
		return b.Present + b.Cleared + b.Absorbed
	}
	return (b.Released - b.Present - b.Cleared - b.Absorbed) / b.Released
}

// OrderError reports a release or a reading in the past of a field.
type OrderError struct {
	Ligand    string
	Time, Was sim.Time
}

// Error names the ligand and both times.
func (e *OrderError) Error() string {
	return fmt.Sprintf("modulator: ligand %s is at %v; given %v; allowed are later times", e.Ligand, e.Was, e.Time)
}

// ConcentrationError reports a concentration that cannot be: one that is not
// finite, or below zero.
type ConcentrationError struct {
	Ligand string
	Site   int
	Value  float64
	Time   sim.Time
}

// Error names ligand, site, value and time.
func (e *ConcentrationError) Error() string {
	return fmt.Sprintf("modulator: concentration of ligand %s at site %d became %v at %v", e.Ligand, e.Site, e.Value, e.Time)
}

// checkRelease refuses a release that is none.
func (l Ligand) checkRelease(f Field, site int, molecules float64) error {
	of := "release of ligand " + l.Name
	if site < 0 || site >= f.Sites() {
		return &SubstanceError{of, "site", fmt.Sprint(site), fmt.Sprintf("0 to %d", f.Sites()-1)}
	}
	return require(of, "amount", molecules, "molecules", neuron.NonNegative)
}

// checkOrder refuses a time before another.
func (l Ligand) checkOrder(now, was sim.Time) error {
	if now < was {
		return &OrderError{l.Name, now, was}
	}
	return nil
}

// checkConcentrations looks for a concentration that is not finite, or below zero.
func (l Ligand) checkConcentrations(now sim.Time, sites []int, concentrations []float64) error {
	for i, c := range concentrations {
		if !(c >= 0) || math.IsInf(c, 0) {
			return &ConcentrationError{l.Name, sites[i], c, now}
		}
	}
	return nil
}
