package synapse

import "fmt"

// OneToOne connects source i with target i. Keyed by target; nothing is drawn.
type OneToOne struct{}

// Connect yields the synapse of each target.
func (OneToOne) Connect(_ Wiring, from, to int, yield func(Batch)) {
	cell := make([]uint32, 1)
	for post := from; post < to; post++ {
		cell[0] = uint32(post)
		yield(Batch{Key: uint64(post), Pre: cell, Post: cell})
	}
}

// Expected is the number of cells at either end.
func (OneToOne) Expected(w Wiring) float64 { return float64(w.Post) }

// Check refuses ends with unequal numbers of cells.
func (OneToOne) Check(w Wiring) error {
	if err := w.checkCells(); err != nil {
		return err
	}
	if w.Pre != w.Post {
		return &KeyError{"connection", fmt.Sprintf("one-to-one from %d cells to %d", w.Pre, w.Post), "equal numbers of cells"}
	}
	return nil
}
