package modulator

import (
	"paracrine/sim"
)

// saved is live values and the section of a snapshot they are kept in.
type saved struct {
	section string
	values  []float64
}

// saveFloats puts values into sections whose names begin with name.
func saveFloats(s *sim.Snapshot, name string, all []saved) {
	for _, x := range all {
		s.PutFloats(name+" "+x.section, x.values)
	}
}

// restoreFloats takes up what saveFloats put, all or nothing.
func restoreFloats(s *sim.Snapshot, name string, all []saved) error {
	read := make([][]float64, len(all))
	for i, x := range all {
		values, err := s.Floats(name+" "+x.section, len(x.values))
		if err != nil {
			return err
		}
		read[i] = values
	}
	for i, x := range all {
		copy(x.values, read[i])
	}
	return nil
}
