package kernel

// A block of MatMul is blockRows rows of C and blockDepth steps of k: the
// blocks of A and of B stay in the second-level cache, and the columns of B
// that a tile needs in the first.
const (
	blockRows  = 240
	blockDepth = 120
)

// blocked works off the matrix product block by block. C is stored between
// blocks, so every element of it remains one chain of sums.
func (impl *implementation) blocked(m, n, k int, a []float64, aRow, aCol int, b []float64, bRow int, c []float64, cRow int) {
	for i := 0; i < m; i += blockRows {
		rows := min(blockRows, m-i)
		for l := 0; l < k; l += blockDepth {
			depth, ahead := blockDepth, blockDepth
			if k-l <= blockDepth {
				depth, ahead = k-l, 0
			}
			impl.matMul(rows, n, depth, &a[i*aRow+l*aCol], aRow, aCol, &b[l*bRow], bRow, &c[i*cRow], cRow, ahead)
		}
	}
}

// blockedRows works off the product of the given rows block by block.
func (impl *implementation) blockedRows(m, n int, rows []int, a []float64, aRow int, b []float64, bRow int, c []float64, cRow int) {
	for i := 0; i < m; i += blockRows {
		height := min(blockRows, m-i)
		for l := 0; l < len(rows); l += blockDepth {
			depth := min(blockDepth, len(rows)-l)
			impl.matMulRows(height, n, depth, &rows[l], &a[i*aRow], aRow, &b[0], bRow, &c[i*cRow], cRow)
		}
	}
}
