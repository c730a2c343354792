package sim

import (
	"cmp"
	"math/bits"
	"slices"
)

// bucket holds the events of one instant: a queue per phase. Queues are
// circular, so that a head finds its tail.
type bucket struct {
	owner      *Agenda
	time       Time
	slot       int // place in the ring, or offRing
	heads      [phaseCount]*entry
	occupied   uint8 // bit p: the queue of phase p is not empty
	disordered uint8 // bit p: that queue is not sorted by sequence
}

// offRing is the slot of buckets that belong to the horizon.
const offRing = -1

// push appends e to the queue of its phase. New events have the highest
// sequence number yet, so the queue stays sorted; a repeating event keeps its
// number and may arrive behind younger ones, as may events that come from far.
// Such a queue is sorted once, when its turn comes.
func (b *bucket) push(e *entry) {
	e.bucket = b
	bit := uint8(1) << e.phase
	if b.occupied&bit == 0 {
		e.next, e.prev = e, e
		b.heads[e.phase] = e
		b.occupied |= bit
		return
	}
	head := b.heads[e.phase]
	tail := head.prev
	e.next, e.prev = head, tail
	tail.next, head.prev = e, e
	if e.sequence < tail.sequence {
		b.disordered |= bit
	}
}

// remove takes e out of its queue.
func (b *bucket) remove(e *entry) {
	bit := uint8(1) << e.phase
	if e.next == e {
		b.heads[e.phase] = nil
		b.occupied &^= bit
		b.disordered &^= bit
		return
	}
	e.prev.next, e.next.prev = e.next, e.prev
	if b.heads[e.phase] == e {
		b.heads[e.phase] = e.next
	}
}

// first returns the event that comes first in a bucket that is not empty.
// It sorts with the help of scratch, which it may grow.
func (b *bucket) first(scratch *[]*entry) *entry {
	phase := bits.TrailingZeros8(b.occupied)
	if b.disordered>>phase&1 != 0 {
		b.sort(Phase(phase), scratch)
	}
	return b.heads[phase]
}

// sort orders the queue of a phase by sequence number.
func (b *bucket) sort(phase Phase, scratch *[]*entry) {
	entries := (*scratch)[:0]
	for occupied := uint8(1) << phase; b.occupied&occupied != 0; {
		e := b.heads[phase]
		b.remove(e)
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(x, y *entry) int { return cmp.Compare(x.sequence, y.sequence) })
	for _, e := range entries {
		b.push(e)
	}
	clear(entries)
	*scratch = entries[:0]
}

// moveTo appends all events of b to other and leaves b empty.
func (b *bucket) moveTo(other *bucket) {
	for b.occupied != 0 {
		e := b.heads[bits.TrailingZeros8(b.occupied)]
		b.remove(e)
		other.push(e)
	}
}
