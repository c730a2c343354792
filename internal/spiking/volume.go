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

// volume is a modulator as it runs. One goroutine takes spikes to releases and
// those to the field and to the gates that synapses read.
type volume struct {
	Modulator
	index      int
	field      modulator.Field
	raise      float64             // of the concentration that gates hear, by one of a quantum
	sites      []int               // of every cell of the network; nil where there is one site
	rules      []modulator.Release // of each release, nil where every spike releases
	gates      []*synapse.Gate
	watches    []*pairWatch // of each release, nil where spikes release
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

func (n *Network) addVolume(m Modulator, index int) error {
	v := &volume{Modulator: m, index: index, watches: make([]*pairWatch, len(m.Releases)), rules: make([]modulator.Release, len(m.Releases))}
	if err := v.newField(); err != nil {
		return err
	}
	for i, r := range m.Releases {
		if r.Within > 0 && (r.Pairs < 0 || r.Pairs >= len(n.spec.Projections)) {
			return fmt.Errorf("release %d: pairs of projection %d of %d", i+1, r.Pairs, len(n.spec.Projections))
		}
		v.streams = append(v.streams, sim.Purpose(fmt.Sprintf("modulator %d release %d delay", index, i)))
		var err error
		if v.rules[i], err = r.rule(n.spec.Seed, uint32(index<<16|i)); err != nil {
			return fmt.Errorf("release %d: %w", i+1, err)
		}
	}
	if err := v.place(n); err != nil {
		return err
	}
	n.volumes = append(n.volumes, v)
	return n.addReceptions(v)
}

// newField makes the field. In a volume that makes a molecule 1 nM, quanta are
// concentrations.
func (v *volume) newField() (err error) {
	switch {
	case v.Space == nil:
		v.raise = 1
		size := modulator.UnitVolume
		if v.Volume != 0 {
			v.raise, size = modulator.UnitVolume/v.Volume, v.Volume
		}
		v.field, err = modulator.NewMixed(v.Ligand, size)
	case v.Uptake.Max > 0:
		v.field, err = modulator.NewSaturating(v.Ligand, *v.Space, v.Step)
	default:
		v.field, err = modulator.NewLattice(v.Ligand, *v.Space)
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
func (v *volume) place(n *Network) error {
	if v.Space == nil {
		return nil
	}
	v.sites = make([]int, n.count.Cells)
	for _, c := range v.Cells(n.spec.Projections) {
		positions := n.spec.positions(c)
		if positions == nil {
			return fmt.Errorf("cells %d to %d have no positions, which a lattice needs", c.First, c.First+c.Count-1)
		}
		for i, position := range positions {
			site, err := v.field.Site(position)
			if err != nil {
				return fmt.Errorf("cell %d: %w", c.First+i, err)
			}
			v.sites[c.First+i] = site
		}
	}
	return nil
}

// Cells are those that release or hear.
func (m Modulator) Cells(projections []Projection) []Cells {
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
	return all
}

// site is that of a cell.
func (v *volume) site(cell uint32) int {
	if v.sites == nil {
		return 0
	}
	return v.sites[cell]
}

// gate is a new gate of synapses that learn by a rule.
func (v *volume) gate(rule synapse.DopamineSTDP) (*synapse.Gate, error) {
	if v.Space != nil || !(v.Clearance > 0) {
		return nil, fmt.Errorf("%s gates synapses: allowed is one well-stirred volume that is cleared with a time constant", v.Name)
	}
	g := rule.Gate(v.Clearance)
	v.gates = append(v.gates, g)
	return g, nil
}

// watchPairs looks up which cells are to be watched for pairs.
func (n *Network) watchPairs() {
	for _, v := range n.volumes {
		for i, r := range v.Releases {
			if r.Within > 0 {
				v.watches[i] = n.newPairWatch(r.Pairs)
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
	errs := make([]error, len(n.volumes))
	turn := func(first, every int) {
		for i := first; i < len(n.volumes); i += every {
			errs[i] = n.volumes[i].pass(n)
		}
	}
	var wait sync.WaitGroup
	crew := min(n.workers, len(n.volumes))
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
func (v *volume) pass(n *Network) error {
	for _, s := range n.spikes {
		for i := range v.Releases {
			v.hear(n, i, s)
		}
	}
	if err := v.advance(n.now-n.span, n.now); err != nil {
		return err
	}
	return v.sample(n.now)
}

// hear has a spike release what it does.
func (v *volume) hear(n *Network, i int, s Spike) {
	r := &v.Releases[i]
	if w := v.watches[i]; w != nil {
		for range w.pairs(s, r.Within) {
			v.send(n, i, s, r.Quantum)
		}
		return
	}
	cell := int(s.Cell) - r.From.First
	if cell < 0 || cell >= r.From.Count {
		return
	}
	quantum := r.Quantum
	if rule := v.rules[i]; rule != nil {
		quantum = rule.Spike(cell, s.Time)
	}
	if quantum > 0 {
		v.send(n, i, s, quantum)
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
func (v *volume) send(n *Network, i int, s Spike, quantum float64) {
	r := &v.Releases[i]
	var stream sim.Stream
	if !r.Delay.IsConstant() {
		stream.Reset(n.spec.Seed, v.streams[i], uint64(s.Cell))
		stream.SetState(uint64(s.Time))
	}
	delay := math.Max(0, r.Delay.Draw(&stream))
	sent := released{s.Time + sim.Time(math.Round(delay*float64(sim.Millisecond))), s.Cell, quantum}
	at, _ := slices.BinarySearchFunc(v.pending, sent, released.compare)
	v.pending = slices.Insert(v.pending, at, sent)
}

// advance takes the field through (from, until], pausing to be read.
func (v *volume) advance(from, until sim.Time) error {
	v.events = v.events[:0]
	var pauses []sim.Time
	for _, s := range v.samplers {
		s.times, s.values = s.times[:0], s.values[:0]
		for t := (from/s.every + 1) * s.every; t <= until; t += s.every {
			s.times = append(s.times, t)
		}
		pauses = append(pauses, s.times...)
	}
	slices.Sort(pauses)
	for _, t := range slices.Compact(pauses) {
		if err := v.take(t); err != nil {
			return err
		}
		if err := v.read(t); err != nil {
			return err
		}
	}
	return v.take(until)
}

// take releases what is due by a time.
func (v *volume) take(until sim.Time) error {
	due := 0
	for ; due < len(v.pending) && v.pending[due].at <= until; due++ {
		r := v.pending[due]
		for _, g := range v.gates {
			g.Change(r.at.Milliseconds(), float64(r.quantum*v.raise), 0)
		}
		if err := v.field.Release(r.at, v.site(r.cell), r.quantum); err != nil {
			return err
		}
		v.released = true
		v.events = append(v.events, Released{v.index, r.at, r.cell, r.quantum})
	}
	v.pending = slices.Delete(v.pending, 0, due)
	return nil
}

// read has the samplers that are due read the field.
func (v *volume) read(at sim.Time) error {
	for _, s := range v.samplers {
		if at%s.every != 0 {
			continue
		}
		begin := len(s.values)
		s.values = slices.Grow(s.values, len(s.sites))[:begin+len(s.sites)]
		if err := v.field.Read(at, s.sites, s.values[begin:]); err != nil {
			return err
		}
	}
	return nil
}

// SampleModulator has receive called, in order of time, with the concentrations of
// a modulator at sites of its field, every so often. Concentrations are valid
// until it returns.
func (n *Network) SampleModulator(modulator int, sites []int, every sim.Time, receive func(at sim.Time, values []float64) error) error {
	if modulator < 0 || modulator >= len(n.volumes) || every <= 0 {
		return fmt.Errorf("spiking: samples of modulator %d of %d every %v; allowed are times above 0", modulator, len(n.volumes), every)
	}
	v := n.volumes[modulator]
	for _, site := range sites {
		if site < 0 || site >= v.field.Sites() {
			return fmt.Errorf("spiking: site %d of modulator %s, which has %d", site, v.Name, v.field.Sites())
		}
	}
	v.samplers = append(v.samplers, &concentrationSampler{every: every, sites: slices.Clone(sites), receive: receive})
	return nil
}

// Sites is the number of sites of a modulator's field.
func (n *Network) Sites(modulator int) int { return n.volumes[modulator].field.Sites() }

// Site is the site of a modulator's field that a cell which has a position is at. A
// cell outside is an error.
func (n *Network) Site(modulator, population, cell int) (int, error) {
	v, p := n.volumes[modulator], n.populations[population]
	if v.Space == nil {
		return 0, nil
	}
	if p.Positions == nil {
		return 0, fmt.Errorf("%s: the cells have no positions, which a lattice needs", p.Name)
	}
	return v.field.Site(p.Positions[cell])
}

// Concentrations are those of a modulator at all sites of its field.
func (n *Network) Concentrations(modulator int) ([]float64, error) {
	field := n.volumes[modulator].field
	sites, values := make([]int, field.Sites()), make([]float64, field.Sites())
	for i := range sites {
		sites[i] = i
	}
	return values, field.Read(n.now, sites, values)
}

// Balances are what has become of the modulators, in the order of the specification.
func (n *Network) Balances() ([]modulator.Balance, error) {
	all := make([]modulator.Balance, len(n.volumes))
	for i, v := range n.volumes {
		var err error
		if all[i], err = v.field.Balance(n.now); err != nil {
			return nil, fmt.Errorf("%s: %w", v.Name, err)
		}
	}
	return all, nil
}

// report hands over the samples of the window.
func (v *volume) report() error {
	for _, s := range v.samplers {
		for i, at := range s.times {
			if err := s.receive(at, s.values[i*len(s.sites):(i+1)*len(s.sites)]); err != nil {
				return err
			}
		}
	}
	return nil
}

// save puts everything that changes into a snapshot.
func (v *volume) save(s *sim.Snapshot) {
	name := modulatorName(v.index)
	s.PutWords(name, v.words())
	v.field.Save(s, name+" field")
	for i, g := range v.gates {
		s.PutFloats(gateName(v.index, i), g.State())
	}
	for i, rule := range v.rules {
		if rule != nil {
			rule.Save(s, releaseName(v.index, i))
		}
	}
	for i, r := range v.receptions {
		r.Receptors().Save(s, receptorName(v.index, i))
	}
}

// restore takes up what save left.
func (v *volume) restore(s *sim.Snapshot) error {
	name := modulatorName(v.index)
	words, err := s.Words(name, -1)
	if err != nil {
		return err
	}
	if !v.setWords(words) {
		return misfit(name)
	}
	if err := v.field.Restore(s, name+" field"); err != nil {
		return err
	}
	for i, g := range v.gates {
		values, err := s.Floats(gateName(v.index, i), -1)
		if err != nil {
			return err
		}
		if !g.SetState(values) {
			return misfit(gateName(v.index, i))
		}
	}
	for i, rule := range v.rules {
		if rule == nil {
			continue
		}
		if err := rule.Restore(s, releaseName(v.index, i)); err != nil {
			return err
		}
	}
	for i, r := range v.receptions {
		if err := r.Receptors().Restore(s, receptorName(v.index, i)); err != nil {
			return err
		}
	}
	return nil
}

// words are what of the modulator itself changes.
func (v *volume) words() []uint64 {
	words := []uint64{0}
	if v.released {
		words[0] = 1
	}
	for _, w := range v.watches {
		if w == nil {
			continue
		}
		for i := range w.last {
			words = append(words, uint64(w.last[i]), uint64(w.before[i]))
		}
	}
	for _, r := range v.pending {
		words = append(words, uint64(r.at), uint64(r.cell), math.Float64bits(r.quantum))
	}
	return words
}

// setWords takes what words returned; it reports whether it fits.
func (v *volume) setWords(words []uint64) bool {
	least := 1
	for _, w := range v.watches {
		if w != nil {
			least += 2 * len(w.last)
		}
	}
	if len(words) < least || (len(words)-least)%3 != 0 {
		return false
	}
	v.released, words = words[0] != 0, words[1:]
	for _, w := range v.watches {
		if w == nil {
			continue
		}
		for i := range w.last {
			w.last[i], w.before[i], words = sim.Time(words[0]), sim.Time(words[1]), words[2:]
		}
	}
	v.pending = v.pending[:0]
	for ; len(words) > 0; words = words[3:] {
		v.pending = append(v.pending, released{sim.Time(words[0]), uint32(words[1]), math.Float64frombits(words[2])})
	}
	return true
}
