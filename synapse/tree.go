package synapse

import (
	"cmp"
	"slices"
)

// leafCells is the largest number of cells of a leaf of a tree.
const leafCells = 16

// tree is cells in an order in which neighbours in space are mostly neighbours,
// halved again and again.
type tree struct {
	cells     []uint32
	positions [][3]float64 // in the order of cells
	branches  []branch     // each before those it consists of
}

// branch is a run of cells of a tree: its first half is the branch that follows
// it, its second half the branch with the given number, 0 for a leaf.
type branch struct {
	block
	first, last int32
	second      int32
}

// newTree orders cells along a curve that visits cube after cube (Morton 1966).
func newTree(positions [][3]float64) *tree {
	t := &tree{cells: alongCurve(positions), positions: make([][3]float64, len(positions))}
	for i, cell := range t.cells {
		t.positions[i] = positions[cell]
	}
	t.grow(0, int32(len(positions)))
	return t
}

// grow appends the branch of cells first ≤ i < last and those it consists of.
func (t *tree) grow(first, last int32) block {
	number := len(t.branches)
	t.branches = append(t.branches, branch{first: first, last: last})
	var b block
	if last-first <= leafCells {
		b = bounds(t.positions[first:last])
	} else {
		middle := first + (last-first)/2
		b = t.grow(first, middle)
		t.branches[number].second = int32(len(t.branches))
		b = b.around(t.grow(middle, last))
	}
	t.branches[number].block = b
	return b
}

// alongCurve is the numbers of the cells in the order of the curve, ties in that
// of the numbers.
func alongCurve(positions [][3]float64) []uint32 {
	type place struct {
		code uint64
		cell uint32
	}
	all := bounds(positions)
	places := make([]place, len(positions))
	for i := range positions {
		places[i] = place{all.code(&positions[i]), uint32(i)}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.cell, b.cell))
	})
	cells := make([]uint32, len(places))
	for i, p := range places {
		cells[i] = p.cell
	}
	return cells
}

// code interleaves the bits of the coordinates, as parts of the widest side.
func (b *block) code(p *[3]float64) uint64 {
	const bits = 16
	side := max(b.high[0]-b.low[0], b.high[1]-b.low[1], b.high[2]-b.low[2])
	if side == 0 {
		return 0
	}
	code := uint64(0)
	for axis, x := range p {
		part := uint64(float64((x - b.low[axis]) / side * (1<<bits - 1)))
		for bit := range bits {
			code |= part >> bit & 1 << (3*bit + axis)
		}
	}
	return code
}
