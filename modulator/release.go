package modulator

import (
	"fmt"

	"paracrine/sim"
)

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

// Secretion is cells that release a ligand into a field.
type Secretion struct {
	release Release
	field   Field
	sites   []int
}

// NewSecretion lets cells release where they are: sites are those of the field
// for every cell. A site the field does not have is a [*SubstanceError].
func NewSecretion(r Release, f Field, sites []int) (*Secretion, error) {
	if err := checkSites("secretion of ligand "+f.Ligand().Name, sites, f); err != nil {
		return nil, err
	}
	return &Secretion{r, f, sites}, nil
}

// Spike releases what a spike of a cell secretes and returns the molecules.
// Spikes of all cells that share a field come in order of time.
func (s *Secretion) Spike(cell int, now sim.Time) (molecules float64, err error) {
	molecules = s.release.Spike(cell, now)
	if molecules == 0 {
		return 0, nil
	}
	return molecules, s.field.Release(now, s.sites[cell], molecules)
}

// checkSites refuses sites that a field does not have.
func checkSites(of string, sites []int, f Field) error {
	for _, site := range sites {
		if site < 0 || site >= f.Sites() {
			return &SubstanceError{of, "site", fmt.Sprint(site), fmt.Sprintf("0 to %d", f.Sites()-1)}
		}
	}
	return nil
}
