package sim

import "math/bits"

// ringSteps is how many steps of the grid ahead of the present have a bucket in
// the ring, a power of two: longer than synaptic delays and than most trials.
// Its buckets, 72 KiB, are visited in order, which caches like.
const ringSteps = 1024

// ring holds the near events on the grid. Step n of the grid has bucket
// n mod ringSteps; only steps present, present+1, … present+ringSteps−1 are held,
// so no two share one.
//
//	 present mod 1024
//	        ↓
//	┌──┬──┬──┬──┬──┬─ ─┬───┐
//	│  │  │● │  │●●│   │   │   bit set in occupied: bucket not empty
//	└──┴──┴──┴──┴──┴─ ─┴───┘
type ring struct {
	buckets  [ringSteps]bucket
	occupied [ringSteps / 64]uint64
	count    int // occupied buckets
}

// at returns the bucket of a step that lies in the ring, for pushing to it.
func (r *ring) at(step int64) *bucket {
	slot := uint64(step) % ringSteps
	bit := uint64(1) << (slot % 64)
	if r.occupied[slot/64]&bit == 0 {
		r.occupied[slot/64] |= bit
		r.count++
	}
	return &r.buckets[slot]
}

// emptied notes that the bucket of a slot has lost its last event.
func (r *ring) emptied(slot int) {
	r.occupied[slot/64] &^= 1 << (slot % 64)
	r.count--
}

// first returns the first bucket that is not empty, counted from the present
// step, or nil.
func (r *ring) first(present int64) *bucket {
	if r.count == 0 {
		return nil
	}
	slot := uint64(present) % ringSteps
	word := slot / 64
	set := r.occupied[word] >> (slot % 64) << (slot % 64)
	for set == 0 {
		// After a full turn this comes back to the first word, where the bits
		// before the present are the last steps of the ring.
		word = (word + 1) % uint64(len(r.occupied))
		set = r.occupied[word]
	}
	return &r.buckets[word*64+uint64(bits.TrailingZeros64(set))]
}
