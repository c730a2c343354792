package spiking

import (
	"cmp"
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
// cell, then by time, and forgets it. The slice is valid until the next take.
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
		return cmp.Or(cmp.Compare(x.cell, y.cell), cmp.Compare(x.Time, y.Time),
			cmp.Compare(x.projection, y.projection), cmp.Compare(x.source, y.source))
	})
	return p.taken
}
