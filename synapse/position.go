package synapse

import (
	"fmt"
	"io"
	"math"

	"paracrine/sim"
)

// Placement says where the cells of a population are, in µm.
type Placement interface {
	// Place is a position for each cell. The stream is the population's; the
	// errors are *[KeyError].
	Place(cells int, stream *sim.Stream) ([][3]float64, error)
}

// Lattice is points of a grid, along x first, then y, then z. In two dimensions
// the third number is 1.
type Lattice struct {
	Shape   [3]int     // points along x, y and z
	Spacing [3]float64 // µm between neighbours
	Origin  [3]float64 // µm, where the first point is
}

// Place is the points of the lattice, as many as there are cells.
func (l Lattice) Place(cells int, _ *sim.Stream) ([][3]float64, error) {
	if !l.holds(cells) {
		return nil, &KeyError{"shape", fmt.Sprintf("%d × %d × %d points for %d cells", l.Shape[0], l.Shape[1], l.Shape[2], cells), "one point for every cell"}
	}
	positions := make([][3]float64, 0, cells)
	for z := range l.Shape[2] {
		for y := range l.Shape[1] {
			for x := range l.Shape[0] {
				positions = append(positions, l.point([3]int{x, y, z}))
			}
		}
	}
	return positions, nil
}

// holds says whether there are so many points, without overflow.
func (l Lattice) holds(cells int) bool {
	points := 1
	for _, n := range l.Shape {
		if n < 1 || n > cells/points {
			return false
		}
		points *= n
	}
	return points == cells
}

func (l Lattice) point(at [3]int) (p [3]float64) {
	for axis, n := range at {
		p[axis] = l.Origin[axis] + float64(float64(n)*l.Spacing[axis])
	}
	return p
}

// Box is points drawn with equal probability everywhere between two corners,
// µm; equal coordinates make it flat.
type Box struct{ Low, High [3]float64 }

// Place draws a point for each cell.
func (b Box) Place(cells int, stream *sim.Stream) ([][3]float64, error) {
	for axis := range b.Low {
		if side := b.High[axis] - b.Low[axis]; !(side >= 0) || math.IsInf(side, 1) {
			return nil, &KeyError{"box", fmt.Sprintf("%v to %v µm along %c", b.Low[axis], b.High[axis], "xyz"[axis]), "finite ends, the lower one first"}
		}
	}
	positions := make([][3]float64, cells)
	for i := range positions {
		for axis := range positions[i] {
			side := b.High[axis] - b.Low[axis]
			positions[i][axis] = b.Low[axis] + float64(side*stream.Float64())
		}
	}
	return positions, nil
}

// Layer is some cells that are placed at a depth.
type Layer struct {
	Cells int
	Depth float64 // µm, added to z
	Place Placement
}

// Layers is a population that is placed layer by layer.
type Layers []Layer

// Place is the positions of the layers, one after the other.
func (l Layers) Place(cells int, stream *sim.Stream) ([][3]float64, error) {
	var positions [][3]float64
	for _, layer := range l {
		if left := cells - len(positions); layer.Cells < 1 || layer.Cells > left {
			return nil, &KeyError{"layers", fmt.Sprintf("a layer of %d cells where %d of %d are left", layer.Cells, left, cells), "layers that together hold every cell once"}
		}
		placed, err := layer.Place.Place(layer.Cells, stream)
		if err != nil {
			return nil, err
		}
		for _, p := range placed {
			p[2] += layer.Depth
			positions = append(positions, p)
		}
	}
	if len(positions) != cells {
		return nil, &KeyError{"layers", fmt.Sprintf("%d cells in layers, %d in the population", len(positions), cells), "layers that together hold every cell once"}
	}
	return positions, nil
}

// positionColumns are those of positions, of which positionRequired must be there.
var positionColumns = []string{"x", "y", "z"}

const positionRequired = 2

// ReadPositions reads the positions of cells from a CSV file whose header names
// the columns x, y and, if it is there, z, in µm; the lines are the cells in
// order. Errors are *[TableError] and call the file name.
func ReadPositions(name string, r io.Reader, cells int) ([][3]float64, error) {
	t, err := newTable(name, r, positionColumns, positionRequired)
	if err != nil {
		return nil, err
	}
	var positions [][3]float64
	for {
		more, err := t.next()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		if len(positions) == cells {
			return nil, t.wrong(0, fmt.Sprintf("a line after those of %d cells", cells), "one line for each cell")
		}
		p, err := position(t)
		if err != nil {
			return nil, err
		}
		positions = append(positions, p)
	}
	if len(positions) < cells {
		return nil, t.wrong(0, fmt.Sprintf("lines for %d of %d cells", len(positions), cells), "one line for each cell")
	}
	return positions, nil
}

// position is that of the row read last.
func position(t *table) (p [3]float64, err error) {
	for axis, column := range positionColumns {
		if field := t.column(column); field >= 0 {
			if p[axis], err = t.number(field); err != nil {
				return p, err
			}
		}
	}
	return p, nil
}
