package modulator

import "paracrine/sim"

// Effect is what a second messenger changes in the cells that have it.
type Effect interface {
	// Apply takes the messenger of every cell at a time, valid until it returns.
	Apply(now sim.Time, messenger []float64) error
}

// EffectFunc makes a function an [Effect].
type EffectFunc func(now sim.Time, messenger []float64) error

// Apply calls f.
func (f EffectFunc) Apply(now sim.Time, messenger []float64) error { return f(now, messenger) }

// Reception is cells that hear the ligand of a field.
type Reception struct {
	field          Field
	sites          []int
	receptors      *Receptors
	effect         Effect
	concentrations []float64
}

// NewReception lets cells hear where they are: sites are those of the field for
// every cell. A site the field does not have is a [*SubstanceError].
func NewReception(f Field, sites []int, r Receptor, effect Effect) (*Reception, error) {
	if err := checkSites("reception of ligand "+f.Ligand().Name, sites, f); err != nil {
		return nil, err
	}
	receptors, err := NewReceptors(r, len(sites))
	if err != nil {
		return nil, err
	}
	return &Reception{f, sites, receptors, effect, make([]float64, len(sites))}, nil
}

// Sample reads the field, advances the receptors and applies the effect.
func (r *Reception) Sample(now sim.Time) error {
	if err := r.field.Read(now, r.sites, r.concentrations); err != nil {
		return err
	}
	r.receptors.Sample(now, r.concentrations)
	return r.effect.Apply(now, r.receptors.Messenger())
}

// Concentrations is what the last sample found in nM, to read.
func (r *Reception) Concentrations() []float64 { return r.concentrations }

// Receptors is the state of the receptors, to record and to save.
func (r *Reception) Receptors() *Receptors { return r.receptors }
