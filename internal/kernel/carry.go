package kernel

// Carry multiplies every row x_i of x by a matrix whose first own rows belong to
// a cell, p = cell[i], and whose other rows all share:
//
//	dst[i,j] = Σ_l x[i,l] cells[p·own+l, j] + Σ_l x[i,own+l] common[l, j]
//
// where l is below own in the first sum, in the second below the number of rows
// of common, and each element is one chain of fused multiply-adds that begins
// at 0, in this order. All matrices are row-major and width columns wide; dst
// must not overlap the others. Carry panics if width is not a multiple of 4,
// there are no own or common rows, a cell lies outside cells, or lengths do not
// fit.
func Carry(dst, x []float64, width, own int, cell []int32, cells, common []float64) {
	n := len(cell)
	if width <= 0 || width%4 != 0 || own <= 0 || len(common) == 0 || len(common)%width != 0 {
		panic("kernel: Carry needs own and common rows, a multiple of 4 wide")
	}
	shared := len(common) / width
	if len(dst) != n*width || len(x) != n*width || own+shared > width {
		panic("kernel: rows do not fit their slice")
	}
	if !areCells(cell, len(cells)/(own*width)) {
		panic("kernel: no such cell")
	}
	if n == 0 {
		return
	}
	if impl := active.Load(); impl != portable {
		impl.carry(n, width, own, shared, &cell[0], &dst[0], &x[0], &cells[0], &common[0])
	} else {
		carry(dst, x, width, own, cell, cells, common)
	}
}

func areCells(cell []int32, count int) bool {
	for _, p := range cell {
		if uint(p) >= uint(count) {
			return false
		}
	}
	return true
}
