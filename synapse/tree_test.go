package synapse

import (
	"testing"

	"pgregory.net/rapid"
)

// TestTreeHoldsEveryCell asks whether a tree is a permutation of the cells, its
// branches halve it down to leaves, and no cell of a branch is nearer to a point
// than the branch.
func TestTreeHoldsEveryCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		coordinate := rapid.OneOf(rapid.Float64Range(0, 100), rapid.SampledFrom([]float64{0, 50, 100}))
		point := rapid.Custom(func(t *rapid.T) [3]float64 {
			return [3]float64{coordinate.Draw(t, "x"), coordinate.Draw(t, "y"), coordinate.Draw(t, "z")}
		})
		positions := rapid.SliceOfN(point, 1, 100).Draw(t, "positions")
		from := point.Draw(t, "from")
		s := space{[3]float64{rapid.SampledFrom([]float64{0, 100, 120}).Draw(t, "extent"), 0, 100}}
		tree := newTree(positions)
		seen := make([]bool, len(positions))
		for i, cell := range tree.cells {
			if seen[cell] || tree.positions[i] != positions[cell] {
				t.Fatalf("cell %d is there twice, or elsewhere", cell)
			}
			seen[cell] = true
		}
		for number, b := range tree.branches {
			requireHalved(t, tree, int32(number))
			for i := b.first; i < b.last; i++ {
				if far := s.nearest(&b.block, &from); s.squared(&tree.positions[i], &from) < far*(1-1e-15) {
					t.Fatalf("%v is nearer to %v than its branch, %v", tree.positions[i], from, far)
				}
			}
		}
	})
}

// requireHalved fails where the halves of a branch do not make it up.
func requireHalved(t *rapid.T, tree *tree, number int32) {
	b := tree.branches[number]
	if number == 0 && (b.first != 0 || int(b.last) != len(tree.cells)) {
		t.Fatalf("the tree holds cells %d to %d", b.first, b.last)
	}
	if b.second == 0 {
		if b.last-b.first > leafCells {
			t.Fatalf("a leaf has %d cells", b.last-b.first)
		}
		return
	}
	one, two := tree.branches[number+1], tree.branches[b.second]
	if one.first != b.first || one.last != two.first || two.last != b.last {
		t.Fatalf("cells %d to %d are halved into %d to %d and %d to %d", b.first, b.last, one.first, one.last, two.first, two.last)
	}
}
