package modulator

import (
	"paracrine/neuron"
	"paracrine/sim"
)

// PerSpike is release at single spikes: each lets a vesicle of q molecules go
// with probability p (del Castillo & Katz, J. Physiol. 124, 1954).
type PerSpike struct {
	Quantum     float64 // q, molecules
	Probability float64 // p
}

// purposeRelease is the purpose of the random numbers of releases.
const purposeRelease sim.Purpose = "release"

// SpikeRelease is the state of cells that release at single spikes. Whether the
// k-th spike of a cell releases depends on seed, cell and k alone.
type SpikeRelease struct {
	rule   PerSpike
	seed   uint64
	index  uint64
	spikes []uint64 // of every cell
	stream sim.Stream
}

// NewSpikeRelease makes the state of cells that have not spiked. The index tells
// apart releases of one seed. A refusal is a [*SubstanceError].
func NewSpikeRelease(rule PerSpike, cells int, seed uint64, index uint32) (*SpikeRelease, error) {
	const of = "release per spike"
	if err := require(of, "quantum", rule.Quantum, "molecules", neuron.Positive); err != nil {
		return nil, err
	}
	if err := require(of, "probability", rule.Probability, "", neuron.Probability); err != nil {
		return nil, err
	}
	return &SpikeRelease{rule: rule, seed: seed, index: uint64(index) << 32, spikes: make([]uint64, cells)}, nil
}

// Spike implements Release.
func (r *SpikeRelease) Spike(cell int, _ sim.Time) float64 {
	r.stream.Reset(r.seed, purposeRelease, r.index|uint64(cell))
	r.stream.SetState(r.spikes[cell])
	r.spikes[cell]++
	if r.stream.Bernoulli(r.rule.Probability) {
		return r.rule.Quantum
	}
	return 0
}

// Save implements Release.
func (r *SpikeRelease) Save(s *sim.Snapshot, name string) { s.PutWords(name+" spikes", r.spikes) }

// Restore implements Release.
func (r *SpikeRelease) Restore(s *sim.Snapshot, name string) error {
	spikes, err := s.Words(name+" spikes", len(r.spikes))
	if err != nil {
		return err
	}
	copy(r.spikes, spikes)
	return nil
}
