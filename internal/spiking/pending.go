package spiking

import (
	"math"
	"slices"

	"paracrine/neuron"
	"paracrine/sim"
)

// pending is what is on its way to the cells of a share at exact times, window
// by window: bucket k mod len holds what arrives in the k-th window.
type pending struct {
	window  sim.Time
	buckets [][]arriving
	// What was taken last, and as a chain for each cell: first[cell] and then
	// following[i], each one more than a place in taken, 0 at the end.
	taken     []arriving
	first     []uint32
	following []uint32
	reached   []uint32 // cells with a chain
	ordered   []arriving
	row       []neuron.Arrival
}

// arriving is an arrival and what decides between arrivals at the same time:
// nothing that depends on how long a window is.
type arriving struct {
	neuron.Arrival
	cell       uint32 // of the share
	projection uint32
	source     uint32
}

// newPending is for a number of cells and delays of up to longest.
func newPending(window, longest sim.Time, cells int) *pending {
	return &pending{window: window, buckets: make([][]arriving, longest/window+3), first: make([]uint32, cells)}
}

// bucket is that of a time: a window ends with, and does not begin with, its end.
func (p *pending) bucket(t sim.Time) int { return int((t - 1) / p.window % sim.Time(len(p.buckets))) }

func (p *pending) add(a arriving) {
	b := &p.buckets[p.bucket(a.Time)]
	*b = append(*b, a)
}

// take readies what arrives up to until, in the window that contains it, forgets
// it, and returns the cells that something reaches. They are valid until the
// next take.
func (p *pending) take(until sim.Time) []uint32 {
	for _, cell := range p.reached {
		p.first[cell] = 0
	}
	p.reached, p.taken = p.reached[:0], p.taken[:0]
	b := &p.buckets[p.bucket(until)]
	kept := (*b)[:0]
	for _, a := range *b {
		if a.Time <= until {
			p.taken = append(p.taken, a)
		} else {
			kept = append(kept, a)
		}
	}
	*b = kept
	p.chain()
	return p.reached
}

// chain links what is taken cell by cell, in the order in which it was added.
func (p *pending) chain() {
	p.following = slices.Grow(p.following[:0], len(p.taken))[:len(p.taken)]
	for i := len(p.taken) - 1; i >= 0; i-- {
		cell := p.taken[i].cell
		if p.first[cell] == 0 {
			p.reached = append(p.reached, cell)
		}
		p.following[i] = p.first[cell]
		p.first[cell] = uint32(i) + 1
	}
}

// of returns what the last take readied for a cell, in order. It is valid until
// the next call.
func (p *pending) of(cell uint32) []neuron.Arrival {
	p.ordered = p.ordered[:0]
	for i := p.first[cell]; i != 0; i = p.following[i-1] {
		a := p.taken[i-1]
		at := len(p.ordered)
		p.ordered = append(p.ordered, a)
		for ; at > 0 && a.before(p.ordered[at-1]); at-- {
			p.ordered[at] = p.ordered[at-1]
		}
		p.ordered[at] = a
	}
	p.row = p.row[:0]
	for _, a := range p.ordered {
		p.row = append(p.row, a.Arrival)
	}
	return p.row
}

// before reports whether a cell takes an arrival before another.
func (a arriving) before(b arriving) bool {
	switch {
	case a.Time != b.Time:
		return a.Time < b.Time
	case a.Part != b.Part:
		return a.Part < b.Part
	case a.projection != b.projection:
		return a.projection < b.projection
	}
	return a.source < b.source
}

// arrivingWords is how many words an arrival takes in a checkpoint.
const arrivingWords = 5

// words are all arrivals on their way, for checkpoints.
func (p *pending) words() []uint64 {
	var words []uint64
	for _, b := range p.buckets {
		for _, a := range b {
			words = append(words, uint64(a.Time), math.Float64bits(a.Weight),
				uint64(a.Channel)<<32|uint64(a.cell), uint64(a.projection)<<32|uint64(a.source), math.Float64bits(float64(a.Part)))
		}
	}
	return words
}

// setWords takes what words returned; it reports whether it fits.
func (p *pending) setWords(words []uint64) bool {
	for i := range p.buckets {
		p.buckets[i] = p.buckets[i][:0]
	}
	for ; len(words) >= arrivingWords; words = words[arrivingWords:] {
		part := math.Float64frombits(words[4])
		if words[0] == 0 || words[0] > math.MaxInt64 || !(part >= 0 && part < 1) {
			return false
		}
		p.add(arriving{
			Arrival: neuron.Arrival{Time: sim.Time(words[0]), Weight: math.Float64frombits(words[1]), Channel: int32(words[2] >> 32), Part: float32(part)},
			cell:    uint32(words[2]), projection: uint32(words[3] >> 32), source: uint32(words[3]),
		})
	}
	return len(words) == 0
}
