package synapse

import (
	"fmt"

	"paracrine/sim"
)

// FixedTotal makes a number of synapses between pairs drawn with equal
// probability: with replacement where multapses are allowed, without otherwise.
// Keyed by target: how many synapses each target has is drawn first, for all
// targets alike, then each draws its sources.
type FixedTotal struct {
	Total     int
	Autapses  bool // whether a cell may be its own source
	Multapses bool // whether a pair may have several synapses
}

const (
	totalTargets sim.Purpose = "fixed total targets"
	totalSources sim.Purpose = "fixed total sources"
)

// Connect yields the synapses of each target, in the order drawn.
func (r FixedTotal) Connect(w Wiring, from, to int, yield func(Batch)) {
	counts := r.counts(w)
	sources := newSampler(w.Pre, r.Multapses)
	var targets []uint32
	for post := from; post < to; post++ {
		count := int(counts[post])
		w.restart(&sources.stream, totalSources, post)
		targets = repeated(targets, count, uint32(post))
		yield(Batch{Key: uint64(post), Pre: sources.draw(count, r.excluded(w, post)), Post: targets})
	}
}

// excluded is the source that a target may not have, or none.
func (r FixedTotal) excluded(w Wiring, post int) int {
	if r.Autapses {
		return none
	}
	return w.sourceOf(post)
}

// counts is the number of synapses of each target.
func (r FixedTotal) counts(w Wiring) []int32 {
	sources := make([]int32, w.Post)
	for post := range sources {
		sources[post] = int32(w.Pre)
		if r.excluded(w, post) != none {
			sources[post]--
		}
	}
	var stream sim.Stream
	w.restart(&stream, totalTargets, 0)
	counts := make([]int32, w.Post)
	pairs := w.pairs(r.Autapses)
	switch {
	case r.Multapses:
		spread(&stream, counts, r.Total, w.Pre, sources, false)
	case r.Total <= pairs/2:
		spread(&stream, counts, r.Total, w.Pre, sources, true)
	default: // fewer pairs are left out than taken
		spread(&stream, counts, pairs-r.Total, w.Pre, sources, true)
		for post := range counts {
			counts[post] = sources[post] - counts[post]
		}
	}
	return counts
}

// spread adds total to the counts of targets. A pair of a target and a number
// below pre is drawn again unless the number is below that of the sources which
// the target still has, so that every pair is as probable as any other: counts
// are multinomial, or multivariate hypergeometric where a pair is drawn once.
func spread(stream *sim.Stream, counts []int32, total, pre int, sources []int32, once bool) {
	const block = 1024
	var targets, numbers [block]uint32
	for drawn := 0; drawn < total; {
		n := min(block, total-drawn)
		stream.Uint32Ns(targets[:n], uint32(len(counts)))
		stream.Uint32Ns(numbers[:n], uint32(pre))
		for i, post := range targets[:n] {
			left := sources[post]
			if once {
				left -= counts[post]
			}
			if int32(numbers[i]) < left {
				counts[post]++
				drawn++
			}
		}
	}
}

// Expected is the total.
func (r FixedTotal) Expected(Wiring) float64 { return float64(r.Total) }

// Check refuses more synapses than pairs, unless pairs may have several.
func (r FixedTotal) Check(w Wiring) error {
	if err := w.checkCells(); err != nil {
		return err
	}
	limit, reason := maxCells, ""
	pairs := w.pairs(r.Autapses)
	if pairs == 0 || !r.Multapses {
		limit, reason = pairs, ", the number of pairs"
	}
	if !r.Autapses && w.autapses() > 0 && reason != "" {
		reason += " without autapses"
	}
	if r.Total < 0 || r.Total > limit {
		return &KeyError{"total", fmt.Sprint(r.Total), fmt.Sprintf("0 to %d%s", limit, reason)}
	}
	return nil
}
