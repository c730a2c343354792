package synapse

// AllToAll gives every pair one synapse. Keyed by target; nothing is drawn.
type AllToAll struct {
	Autapses bool // whether a cell is its own source
}

// Connect yields the synapses of each target, in the order of the sources.
func (r AllToAll) Connect(w Wiring, from, to int, yield func(Batch)) {
	sources, targets := make([]uint32, 0, w.Pre), []uint32(nil)
	for post := from; post < to; post++ {
		excluded := none
		if !r.Autapses {
			excluded = w.sourceOf(post)
		}
		sources = sources[:0]
		for pre := range w.Pre {
			if pre != excluded {
				sources = append(sources, uint32(pre))
			}
		}
		targets = repeated(targets, len(sources), uint32(post))
		yield(Batch{Key: uint64(post), Pre: sources, Post: targets})
	}
}

// Expected is the number of pairs.
func (r AllToAll) Expected(w Wiring) float64 { return float64(w.pairs(r.Autapses)) }

// Check refuses numbers of cells that cannot be connected.
func (r AllToAll) Check(w Wiring) error { return w.checkCells() }
