package spiking

import (
	"cmp"
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
	taken   []arriving
	row     []neuron.Arrival // of one cell
}

// arriving is an arrival and what decides between arrivals at the same time:
// nothing that depends on how long a window is.
type arriving struct {
	neuron.Arrival
	cell       uint32 // of the share
	projection uint32
	source     uint32
}

func newPending(window, longest sim.Time) *pending {
	return &pending{window: window, buckets: make([][]arriving, longest/window+3)}
}

// bucket is that of a time: a window ends with, and does not begin with, its end.
func (p *pending) bucket(t sim.Time) int { return int((t - 1) / p.window % sim.Time(len(p.buckets))) }

func (p *pending) add(a arriving) {
	b := &p.buckets[p.bucket(a.Time)]
	*b = append(*b, a)
}

// take returns what arrives up to until, in the window that contains it, by
// cell, then by time and part, and forgets it. The slice is valid until the next take.
func (p *pending) take(until sim.Time) []arriving {
	b := &p.buckets[p.bucket(until)]
	p.taken = p.taken[:0]
	kept := (*b)[:0]
	for _, a := range *b {
		if a.Time <= until {
			p.taken = append(p.taken, a)
		} else {
			kept = append(kept, a)
		}
	}
	*b = kept
	slices.SortStableFunc(p.taken, func(x, y arriving) int {
		return cmp.Or(cmp.Compare(x.cell, y.cell), cmp.Compare(x.Time, y.Time), cmp.Compare(x.Part, y.Part),
			cmp.Compare(x.projection, y.projection), cmp.Compare(x.source, y.source))
	})
	return p.taken
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
