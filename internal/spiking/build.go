package spiking

import (
	"fmt"
	"math"
	"slices"

	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// mostWindow bounds a window where delays would allow a longer one, so that a
// run can be stopped, and progress seen, in between.
const mostWindow = 20 * sim.Millisecond

// exactUnit is what delays onto cells of exact timing are multiples of.
const exactUnit = sim.Nanosecond

// Build makes the network of a specification on a number of workers.
func Build(spec Spec, workers int) (*Network, error) {
	if workers < 1 {
		return nil, fmt.Errorf("spiking: %d workers", workers)
	}
	agenda, err := sim.NewAgenda(spec.Step)
	if err != nil {
		return nil, err
	}
	n := &Network{spec: spec, agenda: agenda, workers: workers}
	if n.window, err = spec.window(); err != nil {
		return nil, err
	}
	first := 0
	for _, p := range spec.Populations {
		made, err := n.addPopulation(p, first)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
		made.index = len(n.populations)
		n.populations = append(n.populations, made)
		n.grid = n.grid || !p.Exact
		first += p.Cells
	}
	for i, d := range spec.Drives {
		if err := n.addDrive(d); err != nil {
			return nil, fmt.Errorf("drive %d, %s: %w", i+1, d.Name, err)
		}
	}
	for i, m := range spec.Modulators {
		if err := n.addSubstance(m, i); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	for i, p := range spec.Projections {
		if err := n.addProjection(p, i); err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	if err := n.each(n.grow); err != nil {
		return nil, err
	}
	n.watchPairs()
	n.prepare()
	return n, nil
}

// longestSteps is the number of steps of the longest window.
func (n *Network) longestSteps() int { return int((n.window + n.spec.Step - 1) / n.spec.Step) }

// window is the shortest delay, or what Window asks for. Networks with grid
// populations have windows of whole steps.
func (s Spec) window() (sim.Time, error) {
	window, grid := mostWindow, false
	for _, p := range s.Populations {
		grid = grid || !p.Exact
	}
	for _, p := range s.Projections {
		shortest, err := s.shortest(p)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", p.Name, err)
		}
		window = min(window, shortest)
	}
	if s.Window != 0 {
		if s.Window < 0 || s.Window > window {
			return 0, fmt.Errorf("spiking: a window of %v; allowed are up to %v", s.Window, window)
		}
		window = s.Window
	}
	if grid {
		window = max(s.Step, window/s.Step*s.Step)
	}
	return window, nil
}

// shortest is the shortest delay a projection can have.
func (s Spec) shortest(p Projection) (sim.Time, error) {
	low, _ := p.Delay.Support()
	if list, listed := p.Rule.(synapse.Listed); listed && list.Delays() != nil {
		if len(list.Delays()) == 0 {
			return mostWindow, nil
		}
		low = slices.Min(list.Delays())
	}
	unit := s.unit(p)
	delay := sim.Time(math.Round(low*float64(sim.Millisecond)/float64(unit))) * unit
	if !(low > 0) || delay < unit {
		return 0, fmt.Errorf("delays from %g ms; allowed are delays of %v and more", low, unit)
	}
	return delay, nil
}

// unit is what a projection's delays are multiples of.
func (s Spec) unit(p Projection) sim.Time {
	first := 0
	for _, target := range s.Populations {
		if overlap(p.To, first, target.Cells) && !target.Exact {
			return s.Step
		}
		first += target.Cells
	}
	return exactUnit
}

// overlap reports whether a range of cells has some of count cells from first.
func overlap(c Cells, first, count int) bool {
	return c.First < first+count && first < c.First+c.Count
}

func (n *Network) addPopulation(p Population, first int) (*population, error) {
	made := &population{Population: p, first: first, recent: make([]float64, (runawaySpan+n.window-1)/n.window)}
	for _, in := range p.Model.Inputs {
		if !in.Current {
			made.synaptic++
		}
	}
	setting := neuron.Setting{Cells: p.Cells, Step: n.spec.Step, Values: neuron.Values{}, Seed: n.spec.Seed, Name: p.Name, Times: p.Times}
	for _, parameter := range p.Model.Parameters {
		if each, given := p.Each[parameter.Name]; given {
			setting.Values[parameter.Name] = each
			continue
		}
		setting.Values[parameter.Name] = p.draw(n.spec.Seed, parameter.Name, p.Values[parameter.Name])
	}
	var err error
	if p.Exact {
		if p.Model.Exact == nil {
			return nil, fmt.Errorf("model %s has no exact timing", p.Model.Name)
		}
		made.exact, err = p.Model.Exact(setting)
	} else {
		if p.Model.Grid == nil {
			return nil, fmt.Errorf("model %s does not simulate on a grid", p.Model.Name)
		}
		made.grid, err = p.Model.Grid(setting)
	}
	if err != nil {
		return nil, err
	}
	n.share(made)
	n.count.Cells += int64(p.Cells)
	return made, made.initialise(setting, n.spec.Seed)
}

// draw makes a value per cell.
func (p Population) draw(seed uint64, name string, from sim.Distribution) []float64 {
	values := make([]float64, p.Cells)
	var stream sim.Stream
	for i := range values {
		if !from.IsConstant() {
			stream.Reset(seed, sim.Purpose(p.Name+" "+name), uint64(i))
		}
		values[i] = from.Draw(&stream)
	}
	return values
}

func (p *population) state() []neuron.State {
	if p.Exact {
		return p.exact.State()
	}
	return p.grid.State()
}

// initialise gives variables the values they start at.
func (p *population) initialise(setting neuron.Setting, seed uint64) error {
	state := p.state()
	for i, v := range p.Model.Variables {
		initial, given := p.Initial[v.Name]
		switch {
		case given && initial.Each != nil && len(initial.Each) != p.Cells:
			return fmt.Errorf("%d initial values of %s for %d cells", len(initial.Each), v.Name, p.Cells)
		case given && initial.Each != nil:
			copy(state[i].Values, initial.Each)
		case given:
			copy(state[i].Values, p.draw(seed, "initial "+v.Name, initial.Drawn))
		case v.Initial != "":
			copy(state[i].Values, setting.Values.Of(v.Initial))
		}
		if state[i].Offset != nil && (given || v.Initial != "") {
			for cell, offset := range state[i].Offset {
				state[i].Values[cell] -= offset
			}
		}
	}
	return nil
}

// shareGrain is what shares of cells are multiples of, so that random fields are
// made in whole groups.
const shareGrain = 64

// share divides a population among the workers.
func (n *Network) share(p *population) {
	grains := (p.Cells + shareGrain - 1) / shareGrain
	p.shares = make([]share, n.workers)
	for w := range p.shares {
		s := &p.shares[w]
		s.from = min(p.Cells, grains*w/n.workers*shareGrain)
		s.to = min(p.Cells, grains*(w+1)/n.workers*shareGrain)
		if p.Exact {
			s.unsettled = make([]bool, s.to-s.from)
			continue
		}
		s.spikes = make([][]uint32, n.longestSteps())
		s.divide(p)
	}
}

// divide makes the blocks of a share.
func (s *share) divide(p *population) {
	currents := len(p.Model.Inputs) - p.synaptic
	for from := s.from; from < s.to; from += blockCells {
		b := block{from: from, to: min(s.to, from+blockCells), input: make([][]float64, len(p.Model.Inputs))}
		for range currents {
			b.currents = append(b.currents, make([]float64, b.to-b.from))
		}
		for _, state := range p.grid.State()[:len(p.Model.Variables)] {
			b.watched = append(b.watched, neuron.State{Name: state.Name, Values: state.Values[b.from:b.to]})
		}
		s.blocks = append(s.blocks, b)
	}
}

func (n *Network) addDrive(d Drive) error {
	for _, p := range n.populations {
		if !overlap(d.To, p.first, p.Cells) {
			continue
		}
		from := max(0, d.To.First-p.first)
		to := min(p.Cells, d.To.First+d.To.Count-p.first)
		made := &drive{Drive: d, from: from, to: to}
		var err error
		if made.channel, err = d.channel(p); err != nil {
			return err
		}
		if p.Exact {
			if err := made.reserve(to - from); err != nil {
				return fmt.Errorf("%s: %w", p.Name, err)
			}
			for cell := from; cell < to; cell++ {
				p.unsettle(cell)
			}
		}
		p.drives = append(p.drives, made)
		if made.channel >= p.synaptic {
			p.drivenBy(made)
		}
	}
	return nil
}

// drivenBy marks the blocks whose currents a drive changes.
func (p *population) drivenBy(d *drive) {
	for w := range p.shares {
		for i := range p.shares[w].blocks {
			b := &p.shares[w].blocks[i]
			b.driven = b.driven || d.from < b.to && b.from < d.to
		}
	}
}

// channel is the input of a population that a drive reaches.
func (d Drive) channel(p *population) (int, error) {
	for i, in := range p.Model.Inputs {
		switch {
		case d.Channel == in.Name && in.Count:
			return 0, fmt.Errorf("%s passes on spikes that synapses bring; let a population of sources reach it", p.Model.Name)
		case d.Channel == in.Name:
			return i, nil
		}
	}
	return 0, fmt.Errorf("%s has no input %q", p.Model.Name, d.Channel)
}

// unsettle has every window see an exact cell.
func (p *population) unsettle(cell int) {
	for w := range p.shares {
		s := &p.shares[w]
		if cell < s.from || cell >= s.to {
			continue
		}
		if index := cell - s.from; !s.unsettled[index] {
			s.unsettled[index] = true
			s.restless = append(s.restless, uint32(index))
		}
	}
}

func (d *drive) reserve(cells int) error {
	switch source := d.Drive.Drive.(type) {
	case interface{ Reserve(cells int) }:
		source.Reserve(cells)
	case neuron.Injecting:
	default:
		return fmt.Errorf("%s does not reach cells of exact timing", d.Name)
	}
	return nil
}

func (n *Network) addProjection(p Projection, index int) error {
	made := &projection{Projection: p, index: index, unit: n.spec.unit(p)}
	if p.ShortTerm != nil {
		made.short = synapse.NewShortTermState(*p.ShortTerm, p.From.Count)
	}
	if p.Gated != nil {
		if p.Modulator < 0 || p.Modulator >= len(n.substances) {
			return fmt.Errorf("modulator %d of %d", p.Modulator, len(n.substances))
		}
		var err error
		if made.gate, err = n.substances[p.Modulator].listen(p); err != nil {
			return err
		}
	}
	for _, target := range n.populations {
		if !overlap(p.To, target.first, target.Cells) {
			continue
		}
		if target.Exact != (made.unit == exactUnit) {
			return fmt.Errorf("its targets are partly on the grid and partly exact; divide it")
		}
		channel, factor, err := p.channel(target.Model)
		if err != nil {
			return err
		}
		for w := range target.shares {
			made.pieces = append(made.pieces, piece{projection: made, worker: w, target: target, channel: channel, factor: factor})
		}
	}
	n.projections = append(n.projections, made)
	return nil
}

// channel is the input of a model that a projection reaches, and what its
// weights are multiplied by.
func (p Projection) channel(m neuron.Model) (channel int, factor float64, err error) {
	low, high := p.Weight.Support()
	if list, listed := p.Rule.(synapse.Listed); listed && len(list.Weights()) > 0 {
		low, high = slices.Min(list.Weights()), slices.Max(list.Weights())
	}
	for i, in := range m.Inputs {
		named := p.Channel == in.Name
		signed := p.Channel == "" && !in.Current && (in.Sign == 0 || in.Sign > 0 && low >= 0 || in.Sign < 0 && high <= 0)
		if !named && !signed {
			continue
		}
		if in.Magnitude && high <= 0 {
			return i, -1, nil
		}
		return i, 1, nil
	}
	if p.Channel != "" {
		return 0, 0, fmt.Errorf("%s has no input %q", m.Name, p.Channel)
	}
	return 0, 0, fmt.Errorf("weights of both signs onto %s, which has an input for each; name the channel", m.Name)
}

// Wiring is between which cells the rule of a projection connects.
func (s Spec) Wiring(projection int) synapse.Wiring {
	p := s.Projections[projection]
	return synapse.Wiring{
		Pre: p.From.Count, Post: p.To.Count,
		Offset: p.To.First - p.From.First, Shared: overlap(p.To, p.From.First, p.From.Count),
		PrePositions: s.positions(p.From), PostPositions: s.positions(p.To),
		Seed: s.Seed, Index: uint64(projection),
	}
}

// positions are those of a range of cells; nil where one has none.
func (s Spec) positions(c Cells) [][3]float64 {
	var all [][3]float64
	first := 0
	for _, p := range s.Populations {
		if overlap(c, first, p.Cells) {
			if p.Positions == nil {
				return nil
			}
			all = append(all, p.Positions[max(0, c.First-first):min(p.Cells, c.First+c.Count-first)]...)
		}
		first += p.Cells
	}
	return all
}

// grow makes the synapses of a worker.
func (n *Network) grow(worker int) error {
	for _, p := range n.projections {
		for i := range p.pieces {
			if piece := &p.pieces[i]; piece.worker == worker {
				if err := n.growPiece(p, piece); err != nil {
					return fmt.Errorf("%s: %w", p.Name, err)
				}
			}
		}
	}
	return nil
}

func (n *Network) growPiece(p *projection, piece *piece) error {
	target := piece.target
	share := target.shares[piece.worker]
	begin := target.first + share.from // the share's first cell
	from := max(p.To.First, begin) - p.To.First
	to := max(from, min(p.To.First+p.To.Count, target.first+share.to)-p.To.First)
	growth := synapse.Growth{
		Wiring: n.spec.Wiring(p.index), Rule: p.Rule, Weight: p.Weight, Delay: p.Delay, Unit: p.unit, Plastic: p.plastic(),
		Counted: target.Model.Inputs[piece.channel].Count,
	}
	var err error
	piece.sparse, err = synapse.Grow(growth, from, to, p.To.First+from-begin, share.to-share.from)
	if err != nil {
		return err
	}
	cells, unit := share.to-share.from, p.unit.Milliseconds()
	switch {
	case p.STDP != nil:
		piece.plastic = synapse.NewPlastic(*p.STDP, p.From.Count, cells, unit)
	case p.Gated != nil:
		piece.plastic = p.gated(piece.sparse, begin-p.To.First, cells)
	}
	return nil
}

// gated is what synapses onto so many targets need to learn by a modulator, the first
// of which is a cell of those that the projection reaches.
func (p *projection) gated(s *synapse.Sparse, first, targets int) learner {
	cells, unit := p.From.Count, p.unit.Milliseconds()
	if sampled, is := p.gate.(*synapse.SampledGate); is {
		return synapse.NewSampledGated(*p.Gated, sampled, first, s, cells, targets, unit)
	}
	return synapse.NewGated(*p.Gated, p.gate.(*synapse.Gate), s, cells, targets, unit)
}

// settleOften chooses how often plastic synapses may settle: at multiples of a
// time within the reach of all, so that it does not matter how time is cut into
// windows.
func (n *Network) settleOften() {
	for _, p := range n.projections {
		for _, piece := range p.pieces {
			if piece.plastic == nil {
				continue
			}
			reach := sim.Time(math.Min(piece.plastic.Reach(), longestSettling) * float64(sim.Millisecond))
			reach = max(n.spec.Step, reach/n.spec.Step*n.spec.Step)
			if n.settling == 0 || reach < n.settling {
				n.settling = reach
			}
		}
	}
}

// longestSettling bounds, in ms, the time between two settlings.
const longestSettling = 1e6

// prepare makes what depends on the synapses that were drawn.
func (n *Network) prepare() {
	n.settleOften()
	n.actions[sim.Deliver] = sim.ActionFunc(n.beginWindow)
	n.actions[sim.Advance] = sim.ActionFunc(n.advance)
	n.actions[sim.Emit] = sim.ActionFunc(n.exchange)
	n.actions[sim.Record] = sim.ActionFunc(n.report)
	n.sources = make([][][]Spike, n.longestSteps())
	for i := range n.sources {
		n.sources[i] = make([][]Spike, len(n.populations))
	}
	n.pieces = make([][]*piece, n.workers)
	for _, p := range n.projections {
		for i := range p.pieces {
			w := p.pieces[i].worker
			n.pieces[w] = append(n.pieces[w], &p.pieces[i])
		}
	}
	for _, p := range n.populations {
		longest := int64(1)
		for _, q := range n.projections {
			for _, piece := range q.pieces {
				if piece.target == p {
					_, most := piece.sparse.Delays()
					longest = max(longest, most)
				}
			}
		}
		for w := range p.shares {
			s := &p.shares[w]
			if p.Exact {
				s.pending = newPending(n.window, sim.Time(longest)*exactUnit, s.to-s.from)
				s.wakes = newWakes(n.window, s.to-s.from)
				s.wakes.all(n.now)
				continue
			}
			s.ring = synapse.NewRing(s.to-s.from, p.synaptic, longest)
			n.count.Bytes += int64(8 * len(s.ring.Inputs()))
		}
		for _, state := range p.state() {
			n.count.Bytes += int64(8 * len(state.Values))
		}
	}
	for _, p := range n.projections {
		for _, piece := range p.pieces {
			n.count.Synapses += int64(piece.sparse.Len())
			n.count.Bytes += int64(piece.sparse.Bytes())
			if piece.plastic != nil {
				n.count.Bytes += int64(piece.plastic.Bytes())
			}
		}
	}
}

// EachSynapse calls yield for the synapses of a projection, cells numbered over
// the whole network, until it returns false. Weights have the sign the projection
// gives them, also onto channels that take magnitudes; delays are in ms.
func (n *Network) EachSynapse(index int, yield func(pre, post uint32, weight, delay float64) bool) {
	p := n.projections[index]
	going := true
	for pre := 0; going && pre < p.From.Count; pre++ {
		for i := range p.pieces {
			piece := &p.pieces[i]
			first := uint32(piece.target.first + piece.target.shares[piece.worker].from)
			piece.sparse.Each(pre, func(target uint32, weight float64, delay int64) {
				going = going && yield(uint32(p.From.First+pre), first+target, weight, (sim.Time(delay)*p.unit).Milliseconds())
			})
		}
	}
}
