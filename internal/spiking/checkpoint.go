package spiking

import (
	"errors"
	"fmt"

	"paracrine/neuron"
	"paracrine/sim"
)

// Stateful is a drive, or anything else of a network, with state of its own:
// live values, for checkpoints.
type Stateful interface{ State() []neuron.State }

// Save puts everything that changes into a snapshot. It may be called between
// runs and from OnSpikes.
func (n *Network) Save(s *sim.Snapshot) error {
	for _, state := range n.states() {
		s.PutFloats(state.Name, state.Values)
	}
	for i, p := range n.projections {
		for j, piece := range p.pieces {
			if piece.plastic != nil {
				s.PutFloats(pieceName(i, j, "traces"), piece.plastic.State())
			}
		}
	}
	for _, m := range n.substances {
		m.save(s)
	}
	for i, p := range n.populations {
		for w := range p.shares {
			if pending := p.shares[w].pending; pending != nil {
				s.PutWords(shareName(i, w), pending.words())
			}
		}
	}
	return s.PutJSON("network", frame{Now: n.now, Workers: n.workers, Count: n.count})
}

// frame is what a snapshot says beside the numbers.
type frame struct {
	Now     sim.Time `json:"now"`
	Workers int      `json:"workers"`
	Count   Count    `json:"count"`
}

// Restore takes up a network, built from the same specification on as many
// workers, where Save left it.
func (n *Network) Restore(s *sim.Snapshot) error {
	var f frame
	if err := s.JSON("network", &f); err != nil {
		return err
	}
	if f.Workers != n.workers {
		return fmt.Errorf("spiking: the checkpoint is of %d workers, the run has %d", f.Workers, n.workers)
	}
	for _, state := range n.states() {
		saved, err := s.Floats(state.Name, len(state.Values))
		if err != nil {
			return err
		}
		copy(state.Values, saved)
	}
	if err := errors.Join(n.restoreModulators(s), n.restoreTraces(s), n.restoreArrivals(s)); err != nil {
		return err
	}
	n.now, n.count = f.Now, f.Count
	for _, p := range n.populations {
		for w := range p.shares {
			if wakes := p.shares[w].wakes; wakes != nil {
				wakes.all(n.now)
			}
		}
	}
	return nil
}

// SavedWorkers is the number of workers of the network that a snapshot is of.
func SavedWorkers(s *sim.Snapshot) (int, error) {
	var f frame
	if err := s.JSON("network", &f); err != nil {
		return 0, err
	}
	return f.Workers, nil
}

func (n *Network) restoreModulators(s *sim.Snapshot) error {
	for _, m := range n.substances {
		if err := m.restore(s); err != nil {
			return err
		}
	}
	for _, p := range n.populations {
		p.modulate()
	}
	return nil
}

// misfit says that a section of a checkpoint is of another network.
func misfit(section string) error {
	return fmt.Errorf("spiking: section %q of the checkpoint does not fit", section)
}

func (n *Network) restoreTraces(s *sim.Snapshot) error {
	for i, p := range n.projections {
		for j, piece := range p.pieces {
			if piece.plastic == nil {
				continue
			}
			name := pieceName(i, j, "traces")
			values, err := s.Floats(name, -1)
			if err != nil {
				return err
			}
			if !piece.plastic.SetState(values) {
				return misfit(name)
			}
		}
	}
	return nil
}

func (n *Network) restoreArrivals(s *sim.Snapshot) error {
	for i, p := range n.populations {
		for w := range p.shares {
			pending := p.shares[w].pending
			if pending == nil {
				continue
			}
			words, err := s.Words(shareName(i, w), -1)
			if err != nil {
				return err
			}
			if !pending.setWords(words) {
				return misfit(shareName(i, w))
			}
		}
	}
	return nil
}

func pieceName(projection, piece int, what string) string {
	return fmt.Sprintf("projection %d piece %d %s", projection, piece, what)
}

func modulatorName(modulator int) string { return fmt.Sprintf("modulator %d", modulator) }

func gateName(modulator, gate int) string {
	return fmt.Sprintf("modulator %d gate %d", modulator, gate)
}

func releaseName(modulator, release int) string {
	return fmt.Sprintf("modulator %d release %d", modulator, release)
}

func receptorName(modulator, receptor int) string {
	return fmt.Sprintf("modulator %d receptor %d", modulator, receptor)
}

func shareName(population, worker int) string {
	return fmt.Sprintf("population %d worker %d arrivals", population, worker)
}

// states are all arrays of fixed length that change.
func (n *Network) states() []neuron.State {
	var all []neuron.State
	add := func(values []float64, name string, args ...any) {
		all = append(all, neuron.State{Name: fmt.Sprintf(name, args...), Values: values})
	}
	for i, p := range n.populations {
		for _, state := range p.state() {
			add(state.Values, "population %d %s", i, state.Name)
		}
		for w := range p.shares {
			if ring := p.shares[w].ring; ring != nil {
				add(ring.Inputs(), "population %d worker %d inputs", i, w)
			}
		}
		for j, d := range p.drives {
			if stateful, has := d.Drive.Drive.(Stateful); has {
				for _, state := range stateful.State() {
					add(state.Values, "population %d drive %d %s", i, j, state.Name)
				}
			}
		}
		add(p.recent, "population %d recent spikes", i)
	}
	for i, p := range n.projections {
		for j, piece := range p.pieces {
			if piece.plastic != nil {
				add(piece.sparse.Weights(), "%s", pieceName(i, j, "weights"))
			}
		}
		if p.short != nil {
			for k, values := range p.short.State() {
				add(values, "projection %d short-term %d", i, k)
			}
		}
	}
	return all
}
