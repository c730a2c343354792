package spiking

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"paracrine/sim"
	"paracrine/synapse"
)

// volume is a modulator as it runs. One goroutine takes spikes to releases and
// those to the gates that synapses read.
type volume struct {
	Modulator
	gates    []*synapse.Gate
	watches  []*pairWatch // of each release, nil where spikes release
	streams  []sim.Purpose
	pending  []released // ascending
	level    float64    // concentration after the last release
	at       sim.Time   // of that
	samplers []*concentrationSampler
}

// released is a quantum that is on its way. Those of one time and size are alike,
// so that their order is the same however time is cut into windows.
type released struct {
	at      sim.Time
	quantum float64
}

func (a released) compare(b released) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.quantum, b.quantum))
}

// concentrationSampler reads a concentration at an interval.
type concentrationSampler struct {
	every   sim.Time
	receive func(at sim.Time, values []float64) error
	times   []sim.Time // in the window
	values  []float64
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
	if !(m.Clearance > 0) || math.IsInf(m.Clearance, 0) {
		return fmt.Errorf("a clearance of %g ms; allowed are times above 0 ms", m.Clearance)
	}
	v := &volume{Modulator: m, watches: make([]*pairWatch, len(m.Releases))}
	for i, r := range m.Releases {
		if r.Within > 0 && (r.Pairs < 0 || r.Pairs >= len(n.spec.Projections)) {
			return fmt.Errorf("release %d: pairs of projection %d of %d", i+1, r.Pairs, len(n.spec.Projections))
		}
		v.streams = append(v.streams, sim.Purpose(fmt.Sprintf("modulator %d release %d delay", index, i)))
	}
	n.volumes = append(n.volumes, v)
	return nil
}

// gate is a new gate of synapses that learn by a rule.
func (v *volume) gate(rule synapse.DopamineSTDP) *synapse.Gate {
	g := rule.Gate(v.Clearance)
	v.gates = append(v.gates, g)
	return g
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

// release takes the spikes of the window to the modulators, and what they release
// to the gates.
func (n *Network) release() {
	for _, v := range n.volumes {
		for _, s := range n.spikes {
			for i := range v.Releases {
				v.hear(n, i, s)
			}
		}
		v.advance(n.now-n.span, n.now)
	}
}

// hear has a spike release what it does.
func (v *volume) hear(n *Network, i int, s Spike) {
	r := &v.Releases[i]
	if w := v.watches[i]; w != nil {
		for range w.pairs(s, r.Within) {
			v.send(n, i, s)
		}
		return
	}
	if cell := int(s.Cell) - r.From.First; cell >= 0 && cell < r.From.Count {
		v.send(n, i, s)
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
func (v *volume) send(n *Network, i int, s Spike) {
	r := &v.Releases[i]
	var stream sim.Stream
	if !r.Delay.IsConstant() {
		stream.Reset(n.spec.Seed, v.streams[i], uint64(s.Cell))
		stream.SetState(uint64(s.Time))
	}
	delay := math.Max(0, r.Delay.Draw(&stream))
	sent := released{s.Time + sim.Time(math.Round(delay*float64(sim.Millisecond))), r.Quantum}
	at, _ := slices.BinarySearchFunc(v.pending, sent, released.compare)
	v.pending = slices.Insert(v.pending, at, sent)
}

// advance takes the concentration through (from, until].
func (v *volume) advance(from, until sim.Time) {
	for _, s := range v.samplers {
		s.times, s.values = s.times[:0], s.values[:0]
		for t := (from/s.every + 1) * s.every; t <= until; t += s.every {
			s.times, s.values = append(s.times, t), append(s.values, v.concentration(t))
		}
	}
	due := 0
	for due < len(v.pending) && v.pending[due].at <= until {
		r := v.pending[due]
		for _, g := range v.gates {
			g.Change(r.at.Milliseconds(), r.quantum, 0)
		}
		v.level, v.at = v.decayed(r.at)+r.quantum, r.at
		due++
	}
	v.pending = slices.Delete(v.pending, 0, due)
}

// decayed is the concentration at a time from the last release that was taken.
func (v *volume) decayed(at sim.Time) float64 {
	return v.level * math.Exp(-(at-v.at).Milliseconds()/v.Clearance)
}

// concentration is that at a time, with what has been released by then.
func (v *volume) concentration(at sim.Time) float64 {
	sum := v.decayed(at)
	for _, r := range v.pending {
		if r.at > at {
			break
		}
		sum += float64(r.quantum * math.Exp(-(at-r.at).Milliseconds()/v.Clearance))
	}
	return sum
}

// SampleModulator has receive called, in order of time, with the concentration of
// a modulator, every so often; values has that one.
func (n *Network) SampleModulator(modulator int, every sim.Time, receive func(at sim.Time, values []float64) error) error {
	if modulator < 0 || modulator >= len(n.volumes) || every <= 0 {
		return fmt.Errorf("spiking: samples of modulator %d of %d every %v; allowed are times above 0", modulator, len(n.volumes), every)
	}
	v := n.volumes[modulator]
	v.samplers = append(v.samplers, &concentrationSampler{every: every, receive: receive})
	return nil
}

// report hands over the samples of the window.
func (v *volume) report() error {
	for _, s := range v.samplers {
		for i, at := range s.times {
			if err := s.receive(at, s.values[i:i+1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// words are everything that changes, gates excepted, for checkpoints.
func (v *volume) words() []uint64 {
	words := []uint64{uint64(v.at), math.Float64bits(v.level)}
	for _, w := range v.watches {
		if w == nil {
			continue
		}
		for i := range w.last {
			words = append(words, uint64(w.last[i]), uint64(w.before[i]))
		}
	}
	for _, r := range v.pending {
		words = append(words, uint64(r.at), math.Float64bits(r.quantum))
	}
	return words
}

// setWords takes what words returned; it reports whether it fits.
func (v *volume) setWords(words []uint64) bool {
	least := 2
	for _, w := range v.watches {
		if w != nil {
			least += 2 * len(w.last)
		}
	}
	if len(words) < least || len(words)%2 != 0 {
		return false
	}
	v.at, v.level, words = sim.Time(words[0]), math.Float64frombits(words[1]), words[2:]
	for _, w := range v.watches {
		if w == nil {
			continue
		}
		for i := range w.last {
			w.last[i], w.before[i], words = sim.Time(words[0]), sim.Time(words[1]), words[2:]
		}
	}
	v.pending = v.pending[:0]
	for ; len(words) > 0; words = words[2:] {
		v.pending = append(v.pending, released{sim.Time(words[0]), math.Float64frombits(words[1])})
	}
	return true
}
