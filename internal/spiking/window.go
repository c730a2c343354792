package spiking

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"paracrine/neuron"
	"paracrine/sim"
)

// Run advances the network to a time, on the grid a whole number of steps. How
// a span is divided into calls changes nothing.
func (n *Network) Run(until sim.Time) error {
	if until < n.now || n.grid && until%n.spec.Step != 0 {
		return fmt.Errorf("spiking: run until %v at %v; allowed are later times, multiples of %v on a grid", until, n.now, n.spec.Step)
	}
	for n.now < until {
		n.span = min(n.window-n.now%n.window, until-n.now)
		if n.settling > 0 {
			n.span = min(n.span, n.settling-n.now%n.settling)
		}
		for _, m := range n.substances {
			if len(m.receptions) > 0 {
				n.span = min(n.span, m.Sampling-n.now%m.Sampling)
			}
		}
		n.steps = int((n.span + n.spec.Step - 1) / n.spec.Step)
		if err := n.schedule(n.now + n.span); err != nil {
			return err
		}
		if err := n.agenda.Run(n.now + n.span + 1); err != nil {
			return err
		}
	}
	return nil
}

// schedule puts the window that ends at a time on the agenda.
func (n *Network) schedule(end sim.Time) error {
	for phase, action := range n.actions {
		if action == nil {
			continue
		}
		if _, err := n.agenda.At(end, sim.Phase(phase), action); err != nil {
			return err
		}
	}
	return nil
}

// each calls do for every worker at once and returns the error of the first of
// them that has one.
func (n *Network) each(do func(worker int) error) error {
	if n.workers == 1 {
		return do(0)
	}
	errs := make([]error, n.workers)
	var wait sync.WaitGroup
	for w := range n.workers {
		wait.Go(func() { errs[w] = do(w) })
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// beginWindow makes the window that ends now the present one.
func (n *Network) beginWindow(now sim.Time) error {
	n.now = now
	for _, s := range n.samplers {
		s.begin(n)
	}
	return nil
}

// advance takes every cell through the window that ends now.
func (n *Network) advance(sim.Time) error {
	return n.each(func(worker int) error {
		for _, p := range n.populations {
			if err := n.advanceShare(p, &p.shares[worker]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (n *Network) advanceShare(p *population, s *share) error {
	if p.Exact {
		return n.advanceExact(p, s)
	}
	first := int64((n.now - n.span) / n.spec.Step)
	for i := range s.spikes {
		s.spikes[i] = s.spikes[i][:0]
	}
	for b := range s.blocks {
		for i := range n.steps {
			if err := n.advanceBlock(p, s, &s.blocks[b], first+int64(i), i); err != nil {
				return err
			}
		}
	}
	return nil
}

// blockCells is how many cells go through a window before the next ones do:
// their state stays in the processor's first cache. A multiple of what random
// fields make at a time.
const blockCells = 512

// block is some cells of a share and the memory of their inputs.
type block struct {
	from, to int         // cells of the population
	input    [][]float64 // per channel
	currents [][]float64 // of the channels that synapses do not reach
	driven   bool        // whether any drive changes currents
	watched  []neuron.State
	sampled  []*sampled
}

// advanceBlock takes a block through step number step, which is the i-th of the
// window.
func (n *Network) advanceBlock(p *population, s *share, b *block, step int64, i int) error {
	low, high := b.from-s.from, b.to-s.from
	for c := range p.synaptic {
		b.input[c] = s.ring.Row(step+1, c)[low:high]
		p.changed.scale(b.input[c], b.from)
	}
	for c, current := range b.currents {
		if b.driven {
			clear(current)
			p.changed.add(c, current, b.from)
		}
		b.input[p.synaptic+c] = current
	}
	for _, d := range p.drives {
		from, to := max(d.from, b.from), min(d.to, b.to)
		if from < to {
			d.Drive.Drive.Add(b.input[d.channel][from-b.from:to-b.from], from-d.from, step)
		}
	}
	s.spikes[i] = p.grid.Advance(b.from, b.to, step, b.input, s.spikes[i])
	for c := range p.synaptic {
		clear(b.input[c])
	}
	for _, w := range b.sampled {
		w.take(step + 1)
	}
	return n.check(p, b, step)
}

// advanceExact advances the cells for which something arrives or that may spike.
func (n *Network) advanceExact(p *population, s *share) error {
	s.exact = s.exact[:0]
	due := s.wakes.begin(n.now)
	for _, cell := range s.pending.take(n.now) {
		n.visit(p, s, cell)
	}
	for _, cell := range due {
		n.visit(p, s, cell)
	}
	for _, cell := range s.restless {
		n.visit(p, s, cell)
	}
	return n.checkExact(p, s)
}

// visit takes a cell of a share through the window, unless that was done.
func (n *Network) visit(p *population, s *share, index uint32) {
	if !s.wakes.first(index) {
		return
	}
	cell := s.from + int(index)
	row := s.pending.of(index)
	p.changed.scaleArrivals(row, cell)
	s.pending.row = p.arrivals(cell, n.now-n.span, n.now, row)
	n.advanceCell(p, s, cell, s.pending.row)
	s.wakes.at(index, p.exact.Next(cell), n.now)
}

// advanceCell takes a cell from one change of its current, or sample of its
// state, to the next.
func (n *Network) advanceCell(p *population, s *share, cell int, row []neuron.Arrival) {
	if !s.unsettled[cell-s.from] {
		s.exact = p.exact.Advance(cell, row, n.now, s.exact)
		return
	}
	for _, stop := range p.stops(n, cell) {
		due := 0
		for due < len(row) && row[due].Time <= stop.at {
			due++
		}
		s.exact = p.exact.Advance(cell, row[:due], stop.at, s.exact)
		row = row[due:]
		stop.act()
	}
	s.exact = p.exact.Advance(cell, row, n.now, s.exact)
}

// arrivals adds to a cell's arrivals those of its drives, in order of time.
func (p *population) arrivals(cell int, from, until sim.Time, row []neuron.Arrival) []neuron.Arrival {
	synaptic := len(row)
	for _, d := range p.drives {
		source, arriving := d.Drive.Drive.(neuron.Arriving)
		if !arriving || cell < d.from || cell >= d.to {
			continue
		}
		begin := len(row)
		row = source.Arrivals(cell-d.from, from, until, row)
		for i := begin; i < len(row); i++ {
			row[i].Channel = int32(d.channel)
		}
	}
	if len(row) > synaptic && len(row) > 1 {
		slices.SortStableFunc(row, func(a, b neuron.Arrival) int {
			return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Part, b.Part))
		})
	}
	return row
}

// exchange gathers the spikes of all workers and sends them on their way.
func (n *Network) exchange(sim.Time) error {
	for i := range n.sources {
		for k := range n.populations {
			n.sources[i][k] = n.sources[i][k][:0]
		}
	}
	for k, p := range n.populations {
		if p.Exact {
			n.gatherExact(p, k)
		} else {
			n.gather(p, k)
		}
	}
	n.list()
	if err := n.watchRates(); err != nil {
		return err
	}
	if err := n.settle(); err != nil {
		return err
	}
	if err := n.release(); err != nil {
		return err
	}
	if err := n.deliver(); err != nil {
		return err
	}
	if n.OnSpikes != nil {
		return n.OnSpikes(n.spikes)
	}
	return nil
}

// gather joins the workers' spikes step by step; shares ascend, so cells do.
func (n *Network) gather(p *population, k int) {
	for i := range n.steps {
		t := n.now - n.span + sim.Time(i+1)*n.spec.Step
		spikes := n.sources[i][k]
		for w := range p.shares {
			for _, cell := range p.shares[w].spikes[i] {
				spikes = append(spikes, Spike{Time: t, Cell: cell})
			}
		}
		n.sources[i][k] = spikes
	}
}

// gatherExact joins the workers' spikes in order of time and divides them into
// steps.
func (n *Network) gatherExact(p *population, k int) {
	p.spikes = p.spikes[:0]
	for w := range p.shares {
		p.spikes = append(p.spikes, p.shares[w].exact...)
	}
	slices.SortFunc(p.spikes, earlier)
	for _, s := range p.spikes {
		i := (s.Time - (n.now - n.span) - 1) / n.spec.Step
		n.sources[i][k] = append(n.sources[i][k], s)
	}
}

func earlier(a, b Spike) int {
	return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Cell, b.Cell))
}

// list writes all spikes of the window in order.
func (n *Network) list() {
	n.spikes = n.spikes[:0]
	exact := false
	for _, step := range n.sources {
		for k, p := range n.populations {
			exact = exact || p.Exact
			for _, s := range step[k] {
				n.spikes = append(n.spikes, Spike{Time: s.Time, Cell: s.Cell + uint32(p.first), Part: s.Part})
			}
		}
	}
	if exact {
		slices.SortFunc(n.spikes, earlier)
	}
	n.count.Spikes += uint64(len(n.spikes))
}
