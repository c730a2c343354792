package kernel

import "unsafe"

// Cells says which cell each row of a product belongs to.
type Cells struct {
	cell  []int32
	count int
}

// CellsOf are rows of the given cells, of which there are count. The slice must not
// change afterwards. It panics if there is no such cell.
func CellsOf(cell []int32, count int) Cells {
	for _, p := range cell {
		if p < 0 || int(p) >= count {
			panic("kernel: no such cell")
		}
	}
	return Cells{cell, count}
}

// Slice is the cells of rows from … to−1.
func (c Cells) Slice(from, to int) Cells { return Cells{c.cell[from:to], c.count} }

// Len is the number of rows.
func (c Cells) Len() int { return len(c.cell) }

// Rows are n rows of numbers, of which the first may lie apart: that of row i is
// Lead[i·LeadRow], and those that follow begin at X[i·Row]. With LeadRow 0 all rows
// have the same first number.
type Rows struct {
	Lead    []float64
	LeadRow int
	X       []float64
	Row     int
}

// fit says whether n rows hold so many numbers besides the first.
func (x Rows) fit(n, rest int) bool {
	return x.LeadRow >= 0 && x.Row >= 0 && within(len(x.Lead), n, x.LeadRow, 1, 1) &&
		(rest == 0 || within(len(x.X), n, x.Row, rest, 1))
}

// Carry multiplies every row x_i of x by a matrix whose first own rows belong to
// a cell, p, that of row i of cells, and whose other rows all share:
//
//	dst[i,j] = Σ_l x[i,l] matrix[p·own+l, j] + Σ_l x[i,own+l] common[l, j]
//
// where l is below own in the first sum, in the second below the number of rows
// of common, and each element is one chain of fused multiply-adds that begins
// with a product, in this order. x[i,0] is Lead[i·LeadRow], x[i,l] X[i·Row+l−1]; the
// other matrices are row-major and width columns wide; dst must not overlap them.
// Carry panics if width is not a multiple of 4, there are no own rows, or lengths do
// not fit.
func Carry(dst []float64, x Rows, width, own int, cells Cells, matrix, common []float64) {
	n, shared := cells.Len(), len(common)/max(1, width)
	if width <= 0 || width%4 != 0 || own <= 0 || len(common)%width != 0 {
		panic("kernel: Carry needs own rows, a multiple of 4 wide")
	}
	if len(dst) != n*width || len(matrix) != cells.count*own*width || n > 0 && !x.fit(n, own-1+shared) {
		panic("kernel: rows do not fit their slice")
	}
	if n == 0 {
		return
	}
	if impl := active.Load(); impl != portable {
		impl.carry(n, width, own, shared, &cells.cell[0], &dst[0], &x.Lead[0], x.LeadRow, unsafe.SliceData(x.X), x.Row, &matrix[0], unsafe.SliceData(common))
	} else {
		carry(dst, x, width, own, cells.cell, matrix, common)
	}
}
