package synapse

import (
	"fmt"
	"math"

	"paracrine/sim"
)

// maxCells is how many cells an end of a projection can have, and how many
// synapses a key of a rule: numbers of cells, and their differences, fit 32 bits.
const maxCells = math.MaxInt32

// none stands for a cell that is not among those of the other end.
const none = -1

// sourceOf is the number, among the presynaptic cells, of target post's own
// copy; none if it has no copy there.
func (w Wiring) sourceOf(post int) int {
	if own := w.Offset + post; w.Shared && own >= 0 && own < w.Pre {
		return own
	}
	return none
}

// targetOf is the number, among the postsynaptic cells, of source pre's own
// copy; none if it has no copy there.
func (w Wiring) targetOf(pre int) int {
	if own := pre - w.Offset; w.Shared && own >= 0 && own < w.Post {
		return own
	}
	return none
}

// autapses is the number of cells that are at both ends.
func (w Wiring) autapses() int {
	if !w.Shared {
		return 0
	}
	return max(0, min(w.Pre, w.Offset+w.Post)-max(0, w.Offset))
}

// pairs is the number of pairs of cells that may have a synapse.
func (w Wiring) pairs(autapses bool) int {
	all := w.Pre * w.Post
	if autapses {
		return all
	}
	return all - w.autapses()
}

// restart puts s at the beginning of the stream of a rule for a key.
func (w Wiring) restart(s *sim.Stream, purpose sim.Purpose, key int) {
	s.Reset(w.Seed, purpose, w.Index<<32|uint64(key))
}

// checkCells says whether both ends have a number of cells that can be connected.
func (w Wiring) checkCells() error {
	for _, end := range []struct {
		key   string
		cells int
	}{{"from", w.Pre}, {"to", w.Post}} {
		if end.cells < 1 || end.cells > maxCells {
			return &KeyError{end.key, fmt.Sprintf("%d cells", end.cells), fmt.Sprintf("1 to %d cells", maxCells)}
		}
	}
	return nil
}

// checkDegree says whether every key can have degree synapses with cells at the
// other end, of which, if the key's own copy is excluded, one fewer are left.
// What is counted, sources or targets, is named in the plural.
func checkDegree(key string, degree, cells int, what string, excluded, multapses bool) error {
	why := ""
	if excluded {
		cells--
		why = ", itself excluded"
	}
	limit, reason := maxCells, ""
	switch {
	case cells == 0:
		limit, reason = 0, fmt.Sprintf(", for a cell has no %s%s", what, why)
	case !multapses:
		limit, reason = cells, fmt.Sprintf(", the number of %s of a cell%s, unless multapses are allowed", what, why)
	}
	if degree < 0 || degree > limit {
		return &KeyError{key, fmt.Sprint(degree), fmt.Sprintf("0 to %d%s", limit, reason)}
	}
	return nil
}
