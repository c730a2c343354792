package synapse

import (
	"fmt"

	"paracrine/sim"
)

// Bernoulli gives each pair a synapse with the same probability, independently.
// Keyed by target. Sources without one are skipped by a geometric number, so
// that the cost is per synapse and not per pair.
type Bernoulli struct {
	Probability float64
	Autapses    bool // whether a cell may be its own source
}

const bernoulliSources sim.Purpose = "bernoulli sources"

// Connect yields the synapses of each target, in the order of the sources.
func (r Bernoulli) Connect(w Wiring, from, to int, yield func(Batch)) {
	var stream sim.Stream
	var sources, targets []uint32
	skipped := sim.NewGeometric(r.Probability)
	for post := from; post < to; post++ {
		w.restart(&stream, bernoulliSources, post)
		excluded := none
		cells := w.Pre
		if !r.Autapses {
			excluded = w.sourceOf(post)
		}
		if excluded != none {
			cells--
		}
		sources = sources[:0]
		for pre := skipped.Draw(&stream); pre < cells; pre += 1 + skipped.Draw(&stream) {
			sources = append(sources, uint32(pre))
		}
		if excluded != none {
			skip(sources, uint32(excluded))
		}
		targets = repeated(targets, len(sources), uint32(post))
		yield(Batch{Key: uint64(post), Pre: sources, Post: targets})
	}
}

// Expected is the probability times the number of pairs.
func (r Bernoulli) Expected(w Wiring) float64 { return r.Probability * float64(w.pairs(r.Autapses)) }

// Check refuses what is no probability.
func (r Bernoulli) Check(w Wiring) error {
	if err := w.checkCells(); err != nil {
		return err
	}
	return checkProbability(r.Probability)
}

// checkProbability refuses what is no probability.
func checkProbability(p float64) error {
	if p >= 0 && p <= 1 {
		return nil
	}
	return &KeyError{"probability", fmt.Sprint(p), "0 to 1"}
}
