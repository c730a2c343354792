package modulator

import (
	"math"

	"paracrine/neuron"
	"paracrine/sim"
)

// Mixed is a field of one well-stirred volume V, the limit of fast diffusion:
// one site, at which N molecules are c = N/(0.6022 V) nM and
//
//	N(t+Δ) = N(t) e^{−Δ/τ_c}
//
// or, with saturating uptake, the solution in [Uptake].
type Mixed struct {
	ligand    Ligand
	volume    float64 // µm³
	molecules float64 // at the last release
	latest    sim.Time
	released  float64
	cleared   float64 // until the last release
}

// NewMixed makes a volume in µm³, that which the ligand can enter, without any
// of it. A refusal is a [*SubstanceError].
func NewMixed(l Ligand, volume float64) (*Mixed, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	if err := require("field of ligand "+l.Name, "volume", volume, "µm³", neuron.Positive); err != nil {
		return nil, err
	}
	return &Mixed{ligand: l, volume: volume}, nil
}

// Ligand implements Field.
func (m *Mixed) Ligand() Ligand { return m.ligand }

// Sites implements Field.
func (m *Mixed) Sites() int { return 1 }

// Site implements Field: every position belongs to the volume.
func (m *Mixed) Site([3]float64) (int, error) { return 0, nil }

// Release implements Field.
func (m *Mixed) Release(now sim.Time, site int, molecules float64) error {
	if err := m.ligand.checkRelease(m, site, molecules); err != nil {
		return err
	}
	if err := m.ligand.checkOrder(now, m.latest); err != nil {
		return err
	}
	lost := m.lost(now)
	m.molecules += molecules - lost
	m.cleared += lost
	m.released += molecules
	m.latest = now
	return nil
}

// lost is the molecules cleared since the last release.
func (m *Mixed) lost(now sim.Time) float64 {
	span := (now - m.latest).Milliseconds()
	if m.ligand.Uptake.Max > 0 {
		scale := moleculesPerNanomolar * m.volume
		return scale * m.ligand.Uptake.removed(m.molecules/scale, span)
	}
	return -m.molecules * math.Expm1(-span*m.ligand.clearanceRate())
}

// Read implements Field.
func (m *Mixed) Read(now sim.Time, sites []int, concentrations []float64) error {
	if err := m.ligand.checkOrder(now, m.latest); err != nil {
		return err
	}
	c := (m.molecules - m.lost(now)) / (moleculesPerNanomolar * m.volume)
	for i := range concentrations {
		concentrations[i] = c
	}
	return m.ligand.checkFinite(now, sites, concentrations)
}

// Balance implements Field.
func (m *Mixed) Balance(now sim.Time) (Balance, error) {
	if err := m.ligand.checkOrder(now, m.latest); err != nil {
		return Balance{}, err
	}
	lost := m.lost(now)
	return Balance{Released: m.released, Present: m.molecules - lost, Cleared: m.cleared + lost}, nil
}

// Save implements Field.
func (m *Mixed) Save(s *sim.Snapshot, name string) {
	s.PutFloats(name+" molecules", []float64{m.molecules, m.released, m.cleared})
	s.PutWords(name+" time", []uint64{uint64(m.latest)})
}

// Restore implements Field.
func (m *Mixed) Restore(s *sim.Snapshot, name string) error {
	molecules, err := s.Floats(name+" molecules", 3)
	if err != nil {
		return err
	}
	time, err := s.Words(name+" time", 1)
	if err != nil {
		return err
	}
	m.molecules, m.released, m.cleared = molecules[0], molecules[1], molecules[2]
	m.latest = sim.Time(time[0])
	return nil
}
