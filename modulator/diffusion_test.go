package modulator

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"paracrine/sim"
)

// TestDiffusionIsThatOfTheLattice releases a unit at a site and reads a lattice a
// span later, with every boundary in one to three dimensions.
func TestDiffusionIsThatOfTheLattice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpace(t)
		l := Ligand{Name: "x", Diffusion: rapid.SampledFrom([]float64{0, 0.1, 30, 5000}).Draw(t, "D")}
		span := sim.Time(rapid.IntRange(1, 40).Draw(t, "quarters")) * sim.Millisecond / 4
		from := rapid.IntRange(0, s.Sites()-1).Draw(t, "site")
		lattice := must(NewLattice(l, s))
		emit(t, lattice, 0, from, s.capacity())
		want := everywhere(t, lattice, span)
		// Three substances, one of the opposite sign and one that is not there.
		sites := len(want)
		got, room := make([]float64, 3*sites), make([]float64, 3*sites)
		got[from], got[sites+from] = 1, -1
		NewDiffusion(s, l.Diffusion, span.Milliseconds()).Spread(got, room)
		for i, x := range want {
			if math.Abs(got[i]-x) > 1e-13 || math.Abs(got[sites+i]+x) > 1e-13 || got[2*sites+i] != 0 {
				t.Fatalf("site %d: %v, %v and %v, on the lattice %v", i, got[i], got[sites+i], got[2*sites+i], x)
			}
		}
	})
}

// TestDiffusionWithoutAnyLeavesAll to the bit.
func TestDiffusionWithoutAnyLeavesAll(t *testing.T) {
	s := Space{Shape: [3]int{2, 2, 1}, Spacing: 1}
	field := []float64{0.1, -3, 0, 1e-300}
	NewDiffusion(s, 0, 1).Spread(field, make([]float64, 4))
	if field[0] != 0.1 || field[1] != -3 || field[2] != 0 || field[3] != 1e-300 {
		t.Errorf("what does not diffuse became %v", field)
	}
}

// TestTorusIsALattice: its sites have the lattice's numbers, and the neighbours that
// they have on the torus.
func TestTorusIsALattice(t *testing.T) {
	for _, torus := range []Torus{{Rows: 3, Columns: 4, Spacing: 20}, {Rows: 1, Columns: 5, Spacing: 8}, {Rows: 1, Columns: 1, Spacing: 8}} {
		s := torus.Space()
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		for site := range torus.Sites() {
			row, column := site/torus.Columns, site%torus.Columns
			for _, around := range []int{0, 1} { // once round is the same place
				x, y := float64(column+around*torus.Columns)*torus.Spacing, float64(row+around*torus.Rows)*torus.Spacing
				if at, err := s.Site([3]float64{x, y, 0}); err != nil || at != site {
					t.Errorf("%d rows of %d: row %d, column %d is site %d (%v), want %d", torus.Rows, torus.Columns, row, column, at, err, site)
				}
			}
		}
	}
}
