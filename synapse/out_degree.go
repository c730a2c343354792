package synapse

import "paracrine/sim"

// FixedOutDegree gives every source the same number of synapses, onto targets
// drawn with equal probability: with replacement where multapses are allowed,
// without otherwise. Keyed by source.
type FixedOutDegree struct {
	OutDegree int
	Autapses  bool // whether a cell may be its own target
	Multapses bool // whether a pair may have several synapses
}

const outDegreeTargets sim.Purpose = "fixed out-degree targets"

// Connect yields the synapses of each source, in the order drawn, whatever range
// of targets is asked for: which targets a source has depends on all of them.
func (r FixedOutDegree) Connect(w Wiring, _, _ int, yield func(Batch)) {
	targets := newSampler(w.Post, r.Multapses)
	var sources []uint32
	for pre := range w.Pre {
		w.restart(&targets.stream, outDegreeTargets, pre)
		excluded := none
		if !r.Autapses {
			excluded = w.targetOf(pre)
		}
		sources = repeated(sources, r.OutDegree, uint32(pre))
		yield(Batch{Key: uint64(pre), Pre: sources, Post: targets.draw(r.OutDegree, excluded)})
	}
}

// Expected is sources × out-degree.
func (r FixedOutDegree) Expected(w Wiring) float64 { return float64(w.Pre) * float64(r.OutDegree) }

// Check refuses an out-degree that not every source can have.
func (r FixedOutDegree) Check(w Wiring) error {
	if err := w.checkCells(); err != nil {
		return err
	}
	excluded := !r.Autapses && w.autapses() > 0
	return checkDegree("out-degree", r.OutDegree, w.Post, "targets", excluded, r.Multapses)
}
