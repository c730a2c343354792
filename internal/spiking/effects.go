package spiking

import (
	"fmt"
	"math"

	"paracrine/modulator"
	"paracrine/neuron"
	"paracrine/sim"
)

// reception is cells of a population that hear a modulator.
type reception struct {
	*modulator.Reception
	Receptor
	from, to int  // cells of the population
	due      bool // whether it sampled at the end of the window, which is worked in when all have
	channel  int  // of an added current, among the population's currents
	samplers []*occupancySampler
}

// occupancySampler reads the occupancy of receptors at an interval.
type occupancySampler struct {
	every   sim.Time
	cells   []int // among those that hear
	receive func(at sim.Time, values []float64) error
	values  []float64
}

// changed is what all that the cells of a population hear makes of them.
type changed struct {
	thresholds []float64   // live; nil where they do not shift
	base       []float64   // thresholds of cells that hear nothing
	currents   [][]float64 // per current of the model, nil where nothing adds to it
	gain       []float64   // nil where it does not change
	exact      []float64   // of currents: the one that cells of exact timing have
}

// addReceptions has cells hear a modulator.
func (n *Network) addReceptions(m *substance) error {
	for i, r := range m.Receptors {
		if err := n.addReception(m, r); err != nil {
			return fmt.Errorf("receptor %d: %w", i+1, err)
		}
	}
	return nil
}

func (n *Network) addReception(m *substance, r Receptor) error {
	if m.Sampling <= 0 || n.grid && m.Sampling%n.spec.Step != 0 {
		return fmt.Errorf("samples every %v; allowed are multiples of the resolution %v", m.Sampling, n.spec.Step)
	}
	for _, p := range n.populations {
		if r.To.First < p.first || r.To.First+r.To.Count > p.first+p.Cells {
			continue
		}
		made := &reception{Receptor: r, from: r.To.First - p.first, to: r.To.First - p.first + r.To.Count}
		sites := make([]int, r.To.Count)
		for i := range sites {
			sites[i] = m.site(uint32(r.To.First + i))
		}
		var err error
		if made.Reception, err = modulator.NewReception(m.field, sites, r.Receptor); err != nil {
			return err
		}
		if err := p.affected(made); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		m.receptions = append(m.receptions, made)
		return nil
	}
	return fmt.Errorf("cells %d to %d are not of one population", r.To.First, r.To.First+r.To.Count-1)
}

// affected readies a population for what a receptor changes.
func (p *population) affected(r *reception) error {
	if p.changed == nil {
		p.changed = &changed{}
	}
	p.heard = append(p.heard, r)
	switch r.Effect.Kind {
	case ShiftThreshold:
		return p.shifts()
	case AddCurrent:
		return p.adds(r)
	}
	if p.synaptic == 0 || p.Model.Inputs[0].Count {
		return fmt.Errorf("cells of the model %s have no synaptic input to scale", p.Model.Name)
	}
	if p.changed.gain == nil {
		p.changed.gain = constant(p.Cells, 1)
	}
	return nil
}

// shifts takes hold of the thresholds.
func (p *population) shifts() error {
	cells, can := p.grid.(neuron.Thresholded)
	if !can {
		return fmt.Errorf("the threshold of cells of the model %s, %s, does not shift", p.Model.Name, p.timing())
	}
	if c := p.changed; c.thresholds == nil {
		c.thresholds = cells.Threshold()
		c.base = append([]float64(nil), c.thresholds...)
	}
	return nil
}

// timing is how the cells advance, as scenarios call it.
func (p *population) timing() string {
	if p.Exact {
		return "timing: exact"
	}
	return "timing: grid"
}

// adds makes room for the current that a receptor adds.
func (p *population) adds(r *reception) error {
	c := p.changed
	if c.currents == nil {
		c.currents = make([][]float64, len(p.Model.Inputs)-p.synaptic)
	}
	for i, in := range p.Model.Inputs[p.synaptic:] {
		if in.Name != r.Effect.Channel {
			continue
		}
		r.channel = i
		if c.currents[i] == nil {
			c.currents[i] = make([]float64, p.Cells)
		}
		if p.Exact {
			c.exact = c.currents[i]
		}
		for w := range p.shares {
			for k := range p.shares[w].blocks {
				p.shares[w].blocks[k].driven = true
			}
		}
		return nil
	}
	return fmt.Errorf("%s has no current %q", p.Model.Name, r.Effect.Channel)
}

func constant(n int, x float64) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = x
	}
	return all
}

// sample has receptors hear, if it is time, at the end of a window. Of what was never
// released there is nothing to hear.
func (m *substance) sample(now sim.Time) error {
	if !m.released || len(m.receptions) == 0 || now%m.Sampling != 0 {
		return nil
	}
	for _, r := range m.receptions {
		if err := r.Sample(now); err != nil {
			return err
		}
		r.due = true
	}
	return nil
}

// affect works into cells what they have heard at the end of the window.
func (n *Network) affect() error {
	for _, p := range n.populations {
		due := false
		for _, r := range p.heard {
			due = due || r.due
			r.due = false
		}
		if !due {
			continue
		}
		before := append([]float64(nil), p.changed.exact...)
		p.modulate()
		if before == nil {
			continue
		}
		if err := n.each(func(worker int) error { n.inject(p, &p.shares[worker], before); return nil }); err != nil {
			return err
		}
	}
	return nil
}

// modulate makes of the cells what their receptors' messengers say.
func (p *population) modulate() {
	c := p.changed
	if c == nil {
		return
	}
	copy(c.thresholds, c.base)
	for _, current := range c.currents {
		clear(current)
	}
	for i := range c.gain {
		c.gain[i] = 1
	}
	for _, r := range p.heard {
		c.include(r, r.Receptors().Messenger())
	}
}

// include works in one receptor. A gain stays at 0 where rounding would take it below.
func (c *changed) include(r *reception, messenger []float64) {
	var dst []float64
	switch r.Effect.Kind {
	case ShiftThreshold:
		dst = c.thresholds[r.from:r.to]
	case AddCurrent:
		dst = c.currents[r.channel][r.from:r.to]
	case ScaleGain:
		for i, m := range messenger {
			c.gain[r.from+i] *= math.Max(0, 1+float64(r.Effect.Size*m))
		}
		return
	}
	for i, m := range messenger {
		dst[i] += float64(r.Effect.Size * m)
	}
}

// inject changes the current of the cells of a share of exact timing where it is
// not what it was. Those that did not advance in the window did not spike in it.
func (n *Network) inject(p *population, s *share, before []float64) {
	for cell := s.from; cell < s.to; cell++ {
		if p.changed.exact[cell] == before[cell] {
			continue
		}
		current, _, _ := p.injected(cell, n.now)
		p.exact.Advance(cell, nil, n.now, nil)
		p.exact.Inject(cell, n.now, current)
		s.wakes.at(uint32(cell-s.from), p.exact.Next(cell), n.now)
	}
}

// scale multiplies what synapses bring to cells from a first one on by their gain.
func (c *changed) scale(input []float64, first int) {
	if c == nil || c.gain == nil {
		return
	}
	gain := c.gain[first:][:len(input)]
	for i := range input {
		input[i] *= gain[i]
	}
}

// scaleArrivals multiplies what synapses bring to a cell by its gain.
func (c *changed) scaleArrivals(row []neuron.Arrival, cell int) {
	if c == nil || c.gain == nil {
		return
	}
	for i := range row {
		row[i].Weight *= c.gain[cell]
	}
}

// add adds to a current of cells from a first one on what they hear.
func (c *changed) add(channel int, current []float64, first int) {
	if c == nil || c.currents == nil || c.currents[channel] == nil {
		return
	}
	heard := c.currents[channel][first:][:len(current)]
	for i := range current {
		current[i] += heard[i]
	}
}

// current is what a cell of exact timing hears adds to its current.
func (c *changed) current(cell int) float64 {
	if c == nil || c.exact == nil {
		return 0
	}
	return c.exact[cell]
}

// Occupancy is that of the receptors of all cells that hear a modulator, since the
// last sample.
func (n *Network) Occupancy(modulator int) []float64 {
	var all []float64
	for _, r := range n.substances[modulator].receptions {
		all = append(all, r.Receptors().Occupied()...)
	}
	return all
}

// SampleOccupancy has receive called, in order of time, with the occupancy of some of
// the cells that hear a modulator by a receptor, numbered among those, every so
// often: a multiple of the modulator's Sampling.
func (n *Network) SampleOccupancy(modulator, receptor int, cells []int, every sim.Time, receive func(at sim.Time, values []float64) error) error {
	if modulator < 0 || modulator >= len(n.substances) || receptor < 0 || receptor >= len(n.substances[modulator].receptions) {
		return fmt.Errorf("spiking: receptor %d of modulator %d, which is not there", receptor, modulator)
	}
	m := n.substances[modulator]
	if every <= 0 || every%m.Sampling != 0 {
		return fmt.Errorf("spiking: occupancy every %v; allowed are multiples of %v", every, m.Sampling)
	}
	r := m.receptions[receptor]
	for _, cell := range cells {
		if cell < 0 || cell >= r.To.Count {
			return fmt.Errorf("spiking: receptors of cell %d of %d", cell, r.To.Count)
		}
	}
	r.samplers = append(r.samplers, &occupancySampler{every, cells, receive, make([]float64, len(cells))})
	return nil
}

// report hands over the occupancy at the end of a window, if it is time.
func (r *reception) report(now sim.Time) error {
	for _, s := range r.samplers {
		if now%s.every != 0 {
			continue
		}
		occupied := r.Receptors().Occupied()
		for i, cell := range s.cells {
			s.values[i] = occupied[cell]
		}
		if err := s.receive(now, s.values); err != nil {
			return err
		}
	}
	return nil
}
