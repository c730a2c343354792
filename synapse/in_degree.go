package synapse

import "paracrine/sim"

// FixedInDegree gives every target the same number of synapses, from sources
// drawn with equal probability: with replacement where multapses are allowed
// (Brunel 2000), without otherwise. Keyed by target.
type FixedInDegree struct {
	InDegree  int
	Autapses  bool // whether a cell may be its own source
	Multapses bool // whether a pair may have several synapses
}

const inDegreeSources sim.Purpose = "fixed in-degree sources"

// Connect yields the synapses of each target, in the order drawn.
func (r FixedInDegree) Connect(w Wiring, from, to int, yield func(Batch)) {
	sources := newSampler(w.Pre, r.Multapses)
	var targets []uint32
	for post := from; post < to; post++ {
		w.restart(&sources.stream, inDegreeSources, post)
		excluded := none
		if !r.Autapses {
			excluded = w.sourceOf(post)
		}
		targets = repeated(targets, r.InDegree, uint32(post))
		yield(Batch{Key: uint64(post), Pre: sources.draw(r.InDegree, excluded), Post: targets})
	}
}

// Expected is targets × in-degree.
func (r FixedInDegree) Expected(w Wiring) float64 { return float64(w.Post) * float64(r.InDegree) }

// Check refuses an in-degree that not every target can have.
func (r FixedInDegree) Check(w Wiring) error {
	if err := w.checkCells(); err != nil {
		return err
	}
	excluded := !r.Autapses && w.autapses() > 0
	return checkDegree("in-degree", r.InDegree, w.Pre, "sources", excluded, r.Multapses)
}
