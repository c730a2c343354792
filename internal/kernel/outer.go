package kernel

// Outer multiplies columns by rows, each by its own:
//
//	dst[i, r, j] = columns[i, r] rows[i, j]
//
// with r below tall and j below width, a multiple of 4. It panics if lengths do not
// fit.
func Outer(dst, columns, rows []float64, tall, width int) {
	if tall <= 0 || width <= 0 || width%4 != 0 || len(rows)%width != 0 {
		panic("kernel: Outer needs rows, a multiple of 4 wide, and columns")
	}
	n := len(rows) / width
	if len(columns) != n*tall || len(dst) != n*tall*width {
		panic("kernel: lengths differ")
	}
	if impl := active.Load(); impl != portable && n > 0 {
		impl.outer(n, tall, width, &dst[0], &columns[0], &rows[0])
	} else {
		outer(dst, columns, rows, tall, width)
	}
}
