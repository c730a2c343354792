package spiking

import (
	"cmp"
	"fmt"
	"slices"

	"paracrine/neuron"
	"paracrine/sim"
)

// sampler reads a variable of some cells of a population at an interval.
type sampler struct {
	population *population
	variable   int
	cells      []int // of the population
	every      sim.Time
	receive    func(at sim.Time, values []float64) error
	times      []sim.Time // of the samples in the window
	values     []float64  // samples × cells
}

// sampled is the part of a sampler that lies in one block.
type sampled struct {
	sampler *sampler
	network *Network
	state   neuron.State
	columns []int // in the sampler's cells
	every   int64 // steps
}

// Sample has receive called, in order of time, with a variable of some cells of
// a population, every so often; values are in the order of cells and valid until
// it returns. On the grid the interval is a multiple of the step.
func (n *Network) Sample(population, variable int, cells []int, every sim.Time, receive func(at sim.Time, values []float64) error) error {
	if population < 0 || population >= len(n.populations) {
		return fmt.Errorf("spiking: population %d of %d", population, len(n.populations))
	}
	p := n.populations[population]
	if variable < 0 || variable >= len(p.Model.Variables) {
		return fmt.Errorf("spiking: variable %d of %d of %s", variable, len(p.Model.Variables), p.Model.Name)
	}
	if every <= 0 || !p.Exact && every%n.spec.Step != 0 {
		return fmt.Errorf("spiking: samples of %s every %v; allowed are multiples of the resolution %v", p.Name, every, n.spec.Step)
	}
	for _, cell := range cells {
		if cell < 0 || cell >= p.Cells {
			return fmt.Errorf("spiking: cell %d of %s; allowed are 0 to %d", cell, p.Name, p.Cells-1)
		}
	}
	s := &sampler{population: p, variable: variable, cells: slices.Clone(cells), every: every, receive: receive}
	n.samplers = append(n.samplers, s)
	if !p.Exact {
		n.sampleBlocks(s)
		return nil
	}
	for _, cell := range cells {
		p.unsettle(cell)
	}
	return nil
}

func (n *Network) sampleBlocks(s *sampler) {
	state := s.population.grid.State()[s.variable]
	for w := range s.population.shares {
		for i := range s.population.shares[w].blocks {
			b := &s.population.shares[w].blocks[i]
			part := &sampled{sampler: s, network: n, state: state, every: int64(s.every / n.spec.Step)}
			for column, cell := range s.cells {
				if cell >= b.from && cell < b.to {
					part.columns = append(part.columns, column)
				}
			}
			if len(part.columns) > 0 {
				b.sampled = append(b.sampled, part)
			}
		}
	}
}

// begin makes room for the samples of the window that ends now.
func (s *sampler) begin(n *Network) {
	s.times = s.times[:0]
	for t := ((n.now-n.span)/s.every + 1) * s.every; t <= n.now; t += s.every {
		s.times = append(s.times, t)
	}
	s.values = slices.Grow(s.values[:0], len(s.times)*len(s.cells))[:len(s.times)*len(s.cells)]
}

// take reads the block's cells if a sample is due at the end of the step.
func (s *sampled) take(step int64) {
	if step%s.every != 0 {
		return
	}
	at := sim.Time(step) * s.network.spec.Step
	index, _ := slices.BinarySearch(s.sampler.times, at)
	row := s.sampler.values[index*len(s.sampler.cells):]
	for _, column := range s.columns {
		cell := s.sampler.cells[column]
		row[column] = s.state.Values[cell]
		if s.state.Offset != nil {
			row[column] += s.state.Offset[cell]
		}
	}
}

// report hands over the samples of the window.
func (n *Network) report(sim.Time) error {
	for _, s := range n.samplers {
		for i, at := range s.times {
			if err := s.receive(at, s.values[i*len(s.cells):(i+1)*len(s.cells)]); err != nil {
				return err
			}
		}
	}
	for _, m := range n.substances {
		if err := m.report(); err != nil {
			return err
		}
		for _, r := range m.receptions {
			if err := r.report(n.now); err != nil {
				return err
			}
		}
		if n.OnReleases != nil && len(m.events) > 0 {
			if err := n.OnReleases(m.events); err != nil {
				return err
			}
		}
	}
	return nil
}

// stop is a moment at which an exact cell pauses within a window.
type stop struct {
	at  sim.Time
	act func()
}

// stops are the samples of a cell in the window, and the changes of its current,
// in order.
func (p *population) stops(n *Network, cell int) []stop {
	var stops []stop
	for _, s := range n.samplers {
		column := slices.Index(s.cells, cell)
		if s.population != p || column < 0 {
			continue
		}
		for i, at := range s.times {
			stops = append(stops, stop{at, func() {
				s.values[i*len(s.cells)+column] = p.exact.Read(cell, s.variable, at)
			}})
		}
	}
	stops = append(stops, p.changes(n, cell)...)
	slices.SortStableFunc(stops, func(a, b stop) int { return cmp.Compare(a.at, b.at) })
	return stops
}

// changes are the moments at which the injected current of a cell changes in the
// window.
func (p *population) changes(n *Network, cell int) []stop {
	var changes []stop
	for t := n.now - n.window; ; {
		current, until, injected := p.injected(cell, t)
		if !injected {
			return nil
		}
		if t == 0 || t > n.now-n.span {
			changes = append(changes, stop{t, func() { p.exact.Inject(cell, t, current) }})
		}
		if until > n.now {
			return changes
		}
		t = until
	}
}

// injected is the current that drives inject into a cell from a time on, with that
// of what the cell hears, and when it changes next.
func (p *population) injected(cell int, at sim.Time) (current float64, until sim.Time, injected bool) {
	until = sim.MaxTime
	for _, d := range p.drives {
		if source, injecting := d.Drive.Drive.(neuron.Injecting); injecting && cell >= d.from && cell < d.to {
			value, next := source.Next(cell-d.from, at)
			current, until, injected = current+value, min(until, next), true
		}
	}
	current += p.changed.current(cell)
	return current, until, injected
}
