package modulator

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"paracrine/sim"
)

// TestDiffusionIsThatOfTheLattice releases a unit at every site in turn and reads a
// periodic lattice a step later.
func TestDiffusionIsThatOfTheLattice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		torus := &Torus{Rows: rapid.IntRange(2, 6).Draw(t, "rows"), Columns: rapid.IntRange(2, 6).Draw(t, "columns"),
			Spacing: rapid.SampledFrom([]float64{0.5, 20}).Draw(t, "spacing")}
		ligand := Ligand{Name: "x", Diffusion: rapid.SampledFrom([]float64{0, 0.1, 30, 5000}).Draw(t, "D")}
		space := Space{Shape: [3]int{torus.Columns, torus.Rows, 1}, Spacing: torus.Spacing, Boundary: [3]Boundary{Periodic, Periodic, NoFlux}}
		from := rapid.IntRange(0, torus.Sites()-1).Draw(t, "site")
		sites, want := make([]int, torus.Sites()), make([]float64, torus.Sites())
		for i := range sites {
			sites[i] = i
		}
		lattice, err := NewLattice(ligand, space)
		if err != nil {
			t.Fatal(err)
		}
		if err := lattice.Release(0, from, space.capacity()); err != nil {
			t.Fatal(err)
		}
		if err := lattice.Read(sim.Millisecond/4, sites, want); err != nil {
			t.Fatal(err)
		}
		// Two substances, of opposite signs.
		got := make([]float64, 2*len(want))
		got[from], got[len(want)+from] = 1, -1
		NewDiffusion(torus, ligand.Diffusion, 0.25).Spread(got, make([]float64, len(got)))
		for i, x := range want {
			if math.Abs(got[i]-x) > 1e-13 || math.Abs(got[len(want)+i]+x) > 1e-13 {
				t.Fatalf("site %d: %v and %v, on the lattice %v", i, got[i], got[len(want)+i], x)
			}
		}
	})
}

// TestDiffusionWithoutAnyLeavesAll to the bit.
func TestDiffusionWithoutAnyLeavesAll(t *testing.T) {
	torus := &Torus{Rows: 2, Columns: 2, Spacing: 1}
	field := []float64{0.1, -3, 0, 1e-300}
	NewDiffusion(torus, 0, 1).Spread(field, make([]float64, 4))
	if field[0] != 0.1 || field[1] != -3 || field[2] != 0 || field[3] != 1e-300 {
		t.Errorf("what does not diffuse became %v", field)
	}
}
