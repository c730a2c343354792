package synapse_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"paracrine/sim"
	"paracrine/synapse"
)

func TestLattice(t *testing.T) {
	lattice := synapse.Lattice{Shape: [3]int{2, 3, 1}, Spacing: [3]float64{10, 5, 7}, Origin: [3]float64{-5, 1, 4}}
	got, err := lattice.Place(6, nil)
	want := [][3]float64{{-5, 1, 4}, {5, 1, 4}, {-5, 6, 4}, {5, 6, 4}, {-5, 11, 4}, {5, 11, 4}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	lattice.Shape[2] = 2
	if got, err := lattice.Place(12, nil); err != nil || got[6] != [3]float64{-5, 1, 11} {
		t.Errorf("the second plane: %v, %v", got, err)
	}
}

// TestBoxIsEvenlyFilled counts points in 4 × 4 × 4 parts of a box.
func TestBoxIsEvenlyFilled(t *testing.T) {
	box := synapse.Box{Low: [3]float64{-10, 0, 5}, High: [3]float64{10, 1, 9}}
	positions, err := box.Place(20_000, sim.NewStream(1, "box", 0))
	if err != nil {
		t.Fatal(err)
	}
	counts := make([]int, 64)
	for _, p := range positions {
		part := 0
		for axis, x := range p {
			share := (x - box.Low[axis]) / (box.High[axis] - box.Low[axis])
			part = 4*part + int(math.Floor(4*share))
		}
		counts[part]++
	}
	requireEvenly(t, "points", counts, 1)
	flat, err := synapse.Box{High: [3]float64{1, 1, 0}}.Place(5, sim.NewStream(1, "box", 0))
	if err != nil || flat[4][2] != 0 || flat[4][0] == 0 {
		t.Errorf("a flat box: %v, %v", flat, err)
	}
}

func TestLayers(t *testing.T) {
	line := func(n int) synapse.Lattice {
		return synapse.Lattice{Shape: [3]int{n, 1, 1}, Spacing: [3]float64{1, 1, 1}}
	}
	got, err := synapse.Layers{{Cells: 2, Depth: 100, Place: line(2)}, {Cells: 1, Depth: 300, Place: line(1)}}.Place(3, nil)
	if want := [][3]float64{{0, 0, 100}, {1, 0, 100}, {0, 0, 300}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}

func TestBadPlacementsAreRefused(t *testing.T) {
	for _, c := range []struct {
		placement synapse.Placement
		want      string
	}{
		{synapse.Lattice{Shape: [3]int{2, 2, 1}}, "shape 2 × 2 × 1 points for 5 cells; allowed: one point for every cell"},
		{synapse.Lattice{Shape: [3]int{5, 1, 0}}, "shape 5 × 1 × 0 points for 5 cells; allowed: one point for every cell"},
		{synapse.Lattice{Shape: [3]int{1 << 40, 1 << 40, 1}}, "shape 1099511627776 × 1099511627776 × 1 points for 5 cells; allowed: one point for every cell"},
		{synapse.Box{Low: [3]float64{0, 1, 0}}, "box 1 to 0 µm along y; allowed: finite ends, the lower one first"},
		{synapse.Box{High: [3]float64{math.Inf(1), 1, 0}}, "box 0 to +Inf µm along x; allowed: finite ends, the lower one first"},
		{synapse.Layers{{Cells: 6, Place: synapse.Box{}}}, "layers a layer of 6 cells where 5 of 5 are left; allowed: layers that together hold every cell once"},
		{synapse.Layers{{Cells: 4, Place: synapse.Box{}}}, "layers 4 cells in layers, 5 in the population; allowed: layers that together hold every cell once"},
		{synapse.Layers{{Cells: 5, Place: synapse.Lattice{Shape: [3]int{1, 1, 1}}}}, "shape 1 × 1 × 1 points for 5 cells; allowed: one point for every cell"},
	} {
		_, err := c.placement.Place(5, sim.NewStream(1, "places", 0))
		var keyed *synapse.KeyError
		if !errors.As(err, &keyed) || err.Error() != c.want {
			t.Errorf("%#v: %v, want %s", c.placement, err, c.want)
		}
	}
}

func TestReadPositions(t *testing.T) {
	for file, want := range map[string][][3]float64{
		"x,y\n1,2\n-3.5,4e1\n":      {{1, 2, 0}, {-3.5, 40, 0}},
		"z,y,x\n1,2,3\n4,5,6\n":     {{3, 2, 1}, {6, 5, 4}},
		"x, y, z\n0,0,0\n1,1,1\n\n": {{}, {1, 1, 1}},
	} {
		if got, err := synapse.ReadPositions("places.csv", strings.NewReader(file), 2); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v, want %v", file, got, err, want)
		}
	}
}

func TestBadPositionsAreRefused(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"", "places.csv:1:1: given an empty file; allowed a header: x,y[,z]"},
		{"x,z\n", `places.csv:1:1: given no column "y"; allowed the columns x,y[,z]`},
		{"x,y,w\n", `places.csv:1:5: given the column "w"; allowed the columns x,y[,z]`},
		{"x,y\n1,2\n", "places.csv:2:1: given lines for 1 of 2 cells; allowed one line for each cell"},
		{"x,y\n1,2\n3,4\n5,6\n", "places.csv:4:1: given a line after those of 2 cells; allowed one line for each cell"},
		{"x,y\n1,2 µm\n", `places.csv:2:3: given y "2 µm"; allowed a finite number`},
		{"x,y,z\n1,2,Inf\n", `places.csv:2:5: given z "Inf"; allowed a finite number`},
	} {
		_, err := synapse.ReadPositions("places.csv", strings.NewReader(c.file), 2)
		var table *synapse.TableError
		if !errors.As(err, &table) || err.Error() != c.want {
			t.Errorf("%q:\n     %v\nwant %s", c.file, err, c.want)
		}
	}
}

// FuzzReadPositions asks of any file that it is refused in one line with its
// place, or read as one finite point per cell.
func FuzzReadPositions(f *testing.F) {
	f.Add("x,y,z\n0,1,2\n3,4,5\n")
	f.Add("y,x\n1e3,-.5\n\"1\",0\n")
	f.Fuzz(func(t *testing.T, file string) {
		positions, err := synapse.ReadPositions("places.csv", strings.NewReader(file), 2)
		if err != nil {
			requirePlaced(t, err)
			return
		}
		if len(positions) != 2 {
			t.Fatalf("%d positions of 2 cells", len(positions))
		}
		for _, p := range positions {
			if sum := p[0] + p[1] + p[2]; math.IsNaN(sum-sum) && !math.IsInf(sum, 0) {
				t.Errorf("%v is no point", p)
			}
		}
	})
}
