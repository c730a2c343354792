package sim

import "github.com/google/btree"

const (
	horizonDegree = 16
	// horizonNodes is how many unused nodes of the tree are kept for reuse,
	// enough for some thousands of instants.
	horizonNodes = 512
)

// horizon holds the events the ring cannot: far ones and those off the grid.
// A balanced tree orders buckets, one per instant, so its cost is per instant
// and not per event.
type horizon struct {
	tree  *btree.BTreeG[*bucket]
	near  *bucket   // the tree's minimum, nil if it is empty
	spare []*bucket // emptied buckets, for reuse
	probe bucket    // for searching by time without allocating
}

func newHorizon() *horizon {
	earlier := func(x, y *bucket) bool { return x.time < y.time }
	return &horizon{tree: btree.NewWithFreeListG(horizonDegree, earlier, btree.NewFreeListG[*bucket](horizonNodes))}
}

// at returns the bucket of an instant, for pushing to it.
func (h *horizon) at(t Time, owner *Agenda) *bucket {
	h.probe.time = t
	if b, ok := h.tree.Get(&h.probe); ok {
		return b
	}
	b := h.take()
	b.owner, b.time, b.slot = owner, t, offRing
	h.tree.ReplaceOrInsert(b)
	if h.near == nil || t < h.near.time {
		h.near = b
	}
	return b
}

// take returns an unused bucket.
func (h *horizon) take() *bucket {
	last := len(h.spare) - 1
	if last < 0 {
		return new(bucket)
	}
	b := h.spare[last]
	h.spare = h.spare[:last]
	return b
}

// drop removes an emptied bucket.
func (h *horizon) drop(b *bucket) {
	h.tree.Delete(b)
	h.spare = append(h.spare, b)
	if b == h.near {
		h.near, _ = h.tree.Min()
	}
}
