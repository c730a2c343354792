package spiking

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"

	"paracrine/modulator"
	"paracrine/sim"
	"paracrine/synapse"
)

// substance is a modulator as it runs. One goroutine takes spikes to releases and
// those to the field and to the gates that synapses read.
type substance struct {
	Modulator
	index      int
	field      modulator.Field
	raise      float64             // of the concentration that gates hear, by one of a quantum
	sites      []int               // of every cell of the network; nil where there is one site
	rules      []modulator.Release // of each release, nil where every spike releases
	listeners  []listener          // of the projections that it gates
	gates      []*synapse.Gate     // those that hear releases at once
	held       []heldField         // those that hear the field at cells
	watches    []*pairWatch        // of each release, nil where spikes release
	streams    []sim.Purpose
	pending    []released // ascending
	released   bool       // whether anything ever was
	events     []Released // of the window
	receptions []*reception
	samplers   []*concentrationSampler
}

// released is a quantum that is on its way. Those of one time, cell and size are
// alike, so that their order is the same however time is cut into windows.
type released struct {
	at      sim.Time
	cell    uint32
	quantum float64
}

func (a released) compare(b released) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.cell, b.cell), cmp.Compare(a.quantum, b.quantum))
}

// Released is what a cell of the network released of a modulator at a time.
type Released struct {
	Modulator int
	Time      sim.Time
	Cell      uint32
	Quantum   float64
}

// heldField is what a gate hears of the field at some cells: samples that are held.
type heldField struct {
	gate           *synapse.SampledGate
	sites          []int
	concentrations []float64
}

// concentrationSampler reads concentrations at an interval.
type concentrationSampler struct {
	every   sim.Time
	sites   []int
	receive func(at sim.Time, values []float64) error
	times   []sim.Time // in the window
	values  []float64  // times × sites
}

// pairWatch looks for pairs of a presynaptic and a later postsynaptic spike.
type pairWatch struct {
	pre          map[uint32]int // presynaptic cells by their number
	of           map[uint32][]int
	last, before []sim.Time // the last two spikes of each presynaptic cell
}

// never is before all times, by more than any Within.
const never = -sim.MaxTime / 2

func (n *Network) addSubstance(spec Modulator, index int) error {
	m := &substance{Modulator: spec, index: index, watches: make([]*pairWatch, len(spec.Releases)), rules: make([]modulator.Release, len(spec.Releases))}
	if err := m.newField(); err != nil {
		return err
	}
	for i, r := range m.Releases {
		if r.Within > 0 && (r.Pairs < 0 || r.Pairs >= len(n.spec.Projections)) {
			return fmt.Errorf("release %d: pairs of projection %d of %d", i+1, r.Pairs, len(n.spec.Projections))
		}
		m.streams = append(m.streams, sim.Purpose(fmt.Sprintf("modulator %d release %d delay", index, i)))
		var err error
		if m.rules[i], err = r.rule(n.spec.Seed, uint32(index<<16|i)); err != nil {
			return fmt.Errorf("release %d: %w", i+1, err)
		}
	}
	if err := m.place(n); err != nil {
		return err
	}
	n.substances = append(n.substances, m)
	return n.addReceptions(m)
}

// newField makes the field. In a volume that makes a molecule 1 nM, quanta are
// concentrations.
func (m *substance) newField() (err error) {
	switch {
	case m.Space == nil:
		m.raise = 1
		size := modulator.UnitVolume
		if m.Volume != 0 {
			m.raise, size = modulator.UnitVolume/m.Volume, m.Volume
		}
		m.field, err = modulator.NewMixed(m.Ligand, size)
	case m.Kernel != nil:
		m.field, err = modulator.NewKernel(m.Ligand, *m.Space, m.Kernel.Radius, m.Kernel.Kept, m.Step)
	case m.Uptake.Max > 0:
		m.field, err = modulator.NewSaturating(m.Ligand, *m.Space, m.Step)
	default:
		m.field, err = modulator.NewLattice(m.Ligand, *m.Space)
	}
	return err
}

// rule is the state of cells whose spikes do not all release; nil where they do.
func (r Release) rule(seed uint64, index uint32) (modulator.Release, error) {
	switch {
	case r.Vesicles != nil:
		return modulator.NewDenseCoreRelease(*r.Vesicles, r.From.Count)
	case r.Probability == 0 || r.Probability == 1 || r.Within > 0:
		return nil, nil
	}
	return modulator.NewSpikeRelease(modulator.PerSpike{Quantum: r.Quantum, Probability: r.Probability}, r.From.Count, seed, index)
}

// place finds the sites of the cells that release or hear.
func (m *substance) place(n *Network) error {
	if m.Space == nil {
		return nil
	}
	m.sites = make([]int, n.count.Cells)
	for _, c := range m.Cells(n.spec.Projections, m.index) {
		positions := n.spec.positions(c)
		if positions == nil {
			return fmt.Errorf("cells %d to %d have no positions, which a lattice needs", c.First, c.First+c.Count-1)
		}
		for i, position := range positions {
			site, err := m.field.Site(position)
			if err != nil {
				return fmt.Errorf("cell %d: %w", c.First+i, err)
			}
			m.sites[c.First+i] = site
		}
	}
	return nil
}

// Cells are those that release or hear the modulator of a number, or whose synapses
// do.
func (m Modulator) Cells(projections []Projection, number int) []Cells {
	var all []Cells
	for _, r := range m.Releases {
		if r.Within > 0 {
			all = append(all, projections[r.Pairs].To)
		} else {
			all = append(all, r.From)
		}
	}
	for _, r := range m.Receptors {
		all = append(all, r.To)
	}
	for _, p := range projections {
		if p.Gated != nil && p.Modulator == number {
			all = append(all, p.To)
		}
	}
	return all
}

// site is that of a cell.
func (m *substance) site(cell uint32) int {
	if m.sites == nil {
		return 0
	}
	return m.sites[cell]
}

// listen is what the synapses of a projection hear: one well-stirred volume at once,
// a field where their targets are.
func (m *substance) listen(p Projection) (listener, error) {
	switch {
	case m.Space != nil && m.Sampling <= 0:
		return nil, fmt.Errorf("%s gates synapses sampled every %v; allowed are times above 0", m.Name, m.Sampling)
	case m.Space != nil:
		m.hold(p)
	case !(m.Clearance > 0):
		return nil, fmt.Errorf("%s gates synapses: allowed is a field of points, or one well-stirred volume that is cleared with a time constant", m.Name)
	default:
		g := p.Gated.Gate(m.Clearance)
		m.gates, m.listeners = append(m.gates, g), append(m.listeners, g)
	}
	return m.listeners[len(m.listeners)-1], nil
}

// hold has the targets of a projection hear samples of the field.
func (m *substance) hold(p Projection) {
	h := heldField{p.Gated.SampledGate(p.To.Count, m.Sampling.Milliseconds()), make([]int, p.To.Count), make([]float64, p.To.Count)}
	for i := range h.sites {
		h.sites[i] = m.site(uint32(p.To.First + i))
	}
	m.held, m.listeners = append(m.held, h), append(m.listeners, h.gate)
}

// watchPairs looks up which cells are to be watched for pairs.
func (n *Network) watchPairs() {
	for _, m := range n.substances {
		for i, r := range m.Releases {
			if r.Within > 0 {
				m.watches[i] = n.newPairWatch(r.Pairs)
			}
		}
	}
}

func (n *Network) newPairWatch(projection int) *pairWatch {
	w := &pairWatch{pre: map[uint32]int{}, of: map[uint32][]int{}}
	n.EachSynapse(projection, func(pre, post uint32, _, _ float64) bool {
		i, known := w.pre[pre]
		if !known {
			i = len(w.pre)
			w.pre[pre] = i
			w.last, w.before = append(w.last, never), append(w.before, never)
		}
		w.of[post] = append(w.of[post], i)
		return true
	})
	return w
}

// release takes the spikes of the window to the modulators, what they release to
// fields and gates, and concentrations to receptors that sample now. Fields are
// independent of each other.
func (n *Network) release() error {
	errs := make([]error, len(n.substances))
	turn := func(first, every int) {
		for i := first; i < len(n.substances); i += every {
			errs[i] = n.substances[i].pass(n)
		}
	}
	var wait sync.WaitGroup
	crew := min(n.workers, len(n.substances))
	for w := 1; w < crew; w++ {
		wait.Go(func() { turn(w, crew) })
	}
	if crew > 0 {
		turn(0, crew)
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return n.affect()
}

// pass takes the modulator through the window.
func (m *substance) pass(n *Network) error {
	for _, s := range n.spikes {
		for i := range m.Releases {
			m.secrete(n, i, s)
		}
	}
	if err := m.advance(n.now-n.span, n.now); err != nil {
		return err
	}
	return m.sample(n.now)
}

// secrete has a spike release what it does.
func (m *substance) secrete(n *Network, i int, s Spike) {
	r := &m.Releases[i]
	if w := m.watches[i]; w != nil {
		for range w.pairs(s, r.Within) {
			m.send(n, i, s, r.Quantum)
		}
		return
	}
	cell := int(s.Cell) - r.From.First
	if cell < 0 || cell >= r.From.Count {
		return
	}
	quantum := r.Quantum
	if rule := m.rules[i]; rule != nil {
		quantum = rule.Spike(cell, s.Time)
	}
	if quantum > 0 {
		m.send(n, i, s, quantum)
	}
}

// pairs is how many synapses have a pair that a spike completes, and notes the
// spike. Spikes at the same time are no pair, in whatever order they come.
func (w *pairWatch) pairs(s Spike, within sim.Time) int {
	found := 0
	for _, i := range w.of[s.Cell] {
		pre := w.last[i]
		if pre == s.Time {
			pre = w.before[i]
		}
		if s.Time-pre <= within {
			found++
		}
	}
	if i, is := w.pre[s.Cell]; is && w.last[i] != s.Time {
		w.before[i], w.last[i] = w.last[i], s.Time
	}
	return found
}

// send puts a release on its way. Its delay depends on the cell and the time of the
// spike alone.
func (m *substance) send(n *Network, i int, s Spike, quantum float64) {
	r := &m.Releases[i]
	var stream sim.Stream
	if !r.Delay.IsConstant() {
		stream.Reset(n.spec.Seed, m.streams[i], uint64(s.Cell))
		stream.SetState(uint64(s.Time))
	}
	delay := math.Max(0, r.Delay.Draw(&stream))
	sent := released{s.Time + sim.Time(math.Round(delay*float64(sim.Millisecond))), s.Cell, quantum}
	at, _ := slices.BinarySearchFunc(m.pending, sent, released.compare)
	m.pending = slices.Insert(m.pending, at, sent)
}

// advance takes the field through (from, until], pausing to be read.
func (m *substance) advance(from, until sim.Time) error {
	m.events = m.events[:0]
	var pauses []sim.Time
	for _, s := range m.samplers {
		s.times, s.values = s.times[:0], s.values[:0]
		s.times = multiples(s.times, s.every, from, until)
		pauses = append(pauses, s.times...)
	}
	if len(m.held) > 0 {
		pauses = multiples(pauses, m.Sampling, from, until)
	}
	slices.Sort(pauses)
	for _, t := range slices.Compact(pauses) {
		if err := m.take(t); err != nil {
			return err
		}
		if err := m.read(t); err != nil {
			return err
		}
	}
	return m.take(until)
}

// multiples appends those of an interval in (from, until].
func multiples(times []sim.Time, interval, from, until sim.Time) []sim.Time {
	for t := (from/interval + 1) * interval; t <= until; t += interval {
		times = append(times, t)
	}
	return times
}

// take releases what is due by a time.
func (m *substance) take(until sim.Time) error {
	due := 0
	for ; due < len(m.pending) && m.pending[due].at <= until; due++ {
		r := m.pending[due]
		for _, g := range m.gates {
			g.Release(r.at.Milliseconds(), float64(r.quantum*m.raise))
		}
		if err := m.field.Release(r.at, m.site(r.cell), r.quantum); err != nil {
			return err
		}
		m.released = true
		m.events = append(m.events, Released{m.index, r.at, r.cell, r.quantum})
	}
	m.pending = slices.Delete(m.pending, 0, due)
	return nil
}

// read has the gates and samplers that are due read the field. Of what was never
// released there is nothing to hear.
func (m *substance) read(at sim.Time) error {
	for _, h := range m.held {
		if !m.released || at%m.Sampling != 0 {
			break
		}
		if err := m.field.Read(at, h.sites, h.concentrations); err != nil {
			return err
		}
		h.gate.Sample(at.Milliseconds(), h.concentrations)
	}
	for _, s := range m.samplers {
		if at%s.every != 0 {
			continue
		}
		begin := len(s.values)
		s.values = slices.Grow(s.values, len(s.sites))[:begin+len(s.sites)]
		if err := m.field.Read(at, s.sites, s.values[begin:]); err != nil {
			return err
		}
	}
	return nil
}

// SampleModulator has receive called, in order of time, with the concentrations of
// a modulator at sites of its field, every so often. Concentrations are valid
// until it returns.
func (n *Network) SampleModulator(modulator int, sites []int, every sim.Time, receive func(at sim.Time, values []float64) error) error {
	if modulator < 0 || modulator >= len(n.substances) || every <= 0 {
		return fmt.Errorf("spiking: samples of modulator %d of %d every %v; allowed are times above 0", modulator, len(n.substances), every)
	}
	m := n.substances[modulator]
	for _, site := range sites {
		if site < 0 || site >= m.field.Sites() {
			return fmt.Errorf("spiking: site %d of modulator %s, which has %d", site, m.Name, m.field.Sites())
		}
	}
	m.samplers = append(m.samplers, &concentrationSampler{every: every, sites: slices.Clone(sites), receive: receive})
	return nil
}

// Sites is the number of sites of a modulator's field.
func (n *Network) Sites(modulator int) int { return n.substances[modulator].field.Sites() }

// Site is the site of a modulator's field that a cell which has a position is at. A
// cell outside is an error.
func (n *Network) Site(modulator, population, cell int) (int, error) {
	m, p := n.substances[modulator], n.populations[population]
	if m.Space == nil {
		return 0, nil
	}
	if p.Positions == nil {
		return 0, fmt.Errorf("%s: the cells have no positions, which a lattice needs", p.Name)
	}
	return m.field.Site(p.Positions[cell])
}

// Concentrations are those of a modulator at all sites of its field.
func (n *Network) Concentrations(modulator int) ([]float64, error) {
	field := n.substances[modulator].field
	sites, values := make([]int, field.Sites()), make([]float64, field.Sites())
	for i := range sites {
		sites[i] = i
	}
	return values, field.Read(n.now, sites, values)
}

// Balances are what has become of the modulators, in the order of the specification.
func (n *Network) Balances() ([]modulator.Balance, error) {
	all := make([]modulator.Balance, len(n.substances))
	for i, m := range n.substances {
		var err error
		if all[i], err = m.field.Balance(n.now); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return all, nil
}

// report hands over the samples of the window.
func (m *substance) report() error {
	for _, s := range m.samplers {
		for i, at := range s.times {
			if err := s.receive(at, s.values[i*len(s.sites):(i+1)*len(s.sites)]); err != nil {
				return err
			}
		}
	}
	return nil
}

// save puts everything that changes into a snapshot.
func (m *substance) save(s *sim.Snapshot) {
	name := modulatorName(m.index)
	s.PutWords(name, m.words())
	m.field.Save(s, name+" field")
	for i, g := range m.listeners {
		s.PutFloats(gateName(m.index, i), g.State())
	}
	for i, rule := range m.rules {
		if rule != nil {
			rule.Save(s, releaseName(m.index, i))
		}
	}
	for i, r := range m.receptions {
		r.Receptors().Save(s, receptorName(m.index, i))
	}
}

// restore takes up what save left.
func (m *substance) restore(s *sim.Snapshot) error {
	name := modulatorName(m.index)
	words, err := s.Words(name, -1)
	if err != nil {
		return err
	}
	if !m.setWords(words) {
		return misfit(name)
	}
	if err := m.field.Restore(s, name+" field"); err != nil {
		return err
	}
	for i, g := range m.listeners {
		values, err := s.Floats(gateName(m.index, i), -1)
		if err != nil {
			return err
		}
		if !g.SetState(values) {
			return misfit(gateName(m.index, i))
		}
	}
	for i, rule := range m.rules {
		if rule == nil {
			continue
		}
		if err := rule.Restore(s, releaseName(m.index, i)); err != nil {
			return err
		}
	}
	for i, r := range m.receptions {
		if err := r.Receptors().Restore(s, receptorName(m.index, i)); err != nil {
			return err
		}
	}
	return nil
}

// words are what of the modulator itself changes.
func (m *substance) words() []uint64 {
	words := []uint64{0}
	if m.released {
		words[0] = 1
	}
	for _, w := range m.watches {
		if w == nil {
			continue
		}
		for i := range w.last {
			words = append(words, uint64(w.last[i]), uint64(w.before[i]))
		}
	}
	for _, r := range m.pending {
		words = append(words, uint64(r.at), uint64(r.cell), math.Float64bits(r.quantum))
	}
	return words
}

// setWords takes what words returned; it reports whether it fits.
func (m *substance) setWords(words []uint64) bool {
	least := 1
	for _, w := range m.watches {
		if w != nil {
			least += 2 * len(w.last)
		}
	}
	if len(words) < least || (len(words)-least)%3 != 0 {
		return false
	}
	m.released, words = words[0] != 0, words[1:]
	for _, w := range m.watches {
		if w == nil {
			continue
		}
		for i := range w.last {
			w.last[i], w.before[i], words = sim.Time(words[0]), sim.Time(words[1]), words[2:]
		}
	}
	m.pending = m.pending[:0]
	for ; len(words) > 0; words = words[3:] {
		m.pending = append(m.pending, released{sim.Time(words[0]), uint32(words[1]), math.Float64frombits(words[2])})
	}
	return true
}
