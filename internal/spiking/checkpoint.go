package spiking

import (
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
	n.eachState(func(name string, values []float64) error {
		s.PutFloats(name, values)
		return nil
	})
	for i, p := range n.projections {
		for j, piece := range p.pieces {
			if piece.plastic != nil {
				s.PutFloats(pieceName(i, j, "traces"), piece.plastic.State())
			}
		}
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
	err := n.eachState(func(name string, values []float64) error {
		saved, err := s.Floats(name, len(values))
		copy(values, saved)
		return err
	})
	if err != nil {
		return err
	}
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
				return fmt.Errorf("spiking: section %q of the checkpoint does not fit", name)
			}
		}
	}
	for i, p := range n.populations {
		for w := range p.shares {
			if pending := p.shares[w].pending; pending != nil {
				words, err := s.Words(shareName(i, w), -1)
				if err != nil {
					return err
				}
				if !pending.setWords(words) {
					return fmt.Errorf("spiking: section %q of the checkpoint does not fit", shareName(i, w))
				}
			}
		}
	}
	n.now, n.count = f.Now, f.Count
	return nil
}

func pieceName(projection, piece int, what string) string {
	return fmt.Sprintf("projection %d piece %d %s", projection, piece, what)
}

func shareName(population, worker int) string {
	return fmt.Sprintf("population %d worker %d arrivals", population, worker)
}

// eachState calls visit for every array of fixed length that changes.
func (n *Network) eachState(visit func(name string, values []float64) error) error {
	type named struct {
		name   string
		values []float64
	}
	var all []named
	add := func(name string, values []float64) { all = append(all, named{name, values}) }
	for i, p := range n.populations {
		for _, state := range p.state() {
			add(fmt.Sprintf("population %d %s", i, state.Name), state.Values)
		}
		for w := range p.shares {
			if ring := p.shares[w].ring; ring != nil {
				add(fmt.Sprintf("population %d worker %d inputs", i, w), ring.Inputs())
			}
		}
		for j, d := range p.drives {
			if stateful, has := d.Drive.Drive.(Stateful); has {
				for _, state := range stateful.State() {
					add(fmt.Sprintf("population %d drive %d %s", i, j, state.Name), state.Values)
				}
			}
		}
		add(fmt.Sprintf("population %d recent spikes", i), p.recent)
	}
	for i, p := range n.projections {
		for j, piece := range p.pieces {
			if piece.plastic != nil {
				add(pieceName(i, j, "weights"), piece.sparse.Weights())
			}
		}
		if p.short != nil {
			for k, values := range p.short.State() {
				add(fmt.Sprintf("projection %d short-term %d", i, k), values)
			}
		}
	}
	for _, a := range all {
		if err := visit(a.name, a.values); err != nil {
			return err
		}
	}
	return nil
}
