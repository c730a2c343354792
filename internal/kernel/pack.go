package kernel

// Pack lays the first kept numbers of rows of x, width numbers long, side by side,
// and one further column of them apart:
//
//	dst[i·kept+j] = x[i·width+j],    apart[i] = x[i·width+column]
//
// dst, apart and x must not overlap. It panics if lengths do not fit, or column or kept
// numbers are not in a row.
func Pack(dst, apart, x []float64, width, kept, column int) {
	n := len(apart)
	if kept <= 0 || kept > width || column < 0 || column >= width || len(x) != n*width || len(dst) != n*kept {
		panic("kernel: rows do not fit their slice")
	}
	done := 0
	if impl := active.Load(); impl != portable && width%4 == 0 {
		// The last rows leave no room for what vectors store too much.
		done = max(0, n-(width-1)/kept)
		if done > 0 {
			impl.pack(done, width, kept, column, &dst[0], &apart[0], &x[0])
		}
	}
	pack(dst[done*kept:], apart[done:], x[done*width:], width, kept, column)
}

// Fetch asks for x to be brought near, all of it at once, before it is used in an
// order in which its parts would be waited for one by one.
func Fetch(x []float64) {
	if impl := active.Load(); impl != portable && len(x) > 0 {
		impl.fetch(len(x), &x[0])
	}
}
