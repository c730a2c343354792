package modulator

import (
	"fmt"

	"paracrine/sim"
)

// Reception is cells that hear the ligand of a field.
type Reception struct {
	field          Field
	sites          []int
	receptors      *Receptors
	concentrations []float64
}

// NewReception lets cells hear where they are: sites are those of the field for
// every cell. A site the field does not have is a [*SubstanceError].
func NewReception(f Field, sites []int, r Receptor) (*Reception, error) {
	for _, site := range sites {
		if site < 0 || site >= f.Sites() {
			return nil, &SubstanceError{"reception of ligand " + f.Ligand().Name, "site", fmt.Sprint(site), fmt.Sprintf("0 to %d", f.Sites()-1)}
		}
	}
	receptors, err := NewReceptors(r, len(sites))
	if err != nil {
		return nil, err
	}
	return &Reception{f, sites, receptors, make([]float64, len(sites))}, nil
}

// Sample reads the field and advances the receptors, whose messenger is then that
// of the time.
func (r *Reception) Sample(now sim.Time) error {
	if err := r.field.Read(now, r.sites, r.concentrations); err != nil {
		return err
	}
	r.receptors.Sample(now, r.concentrations)
	return nil
}

// Receptors is the state of the receptors, to record and to save.
func (r *Reception) Receptors() *Receptors { return r.receptors }
