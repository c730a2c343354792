package kernel

import (
	"cmp"
	"math"
	"slices"
)

// Sparse is a matrix of which few elements are not 0, to multiply from the right
// with a few rows.
type Sparse struct {
	rows     int
	columns  []sparseColumn
	elements []sparseElement // column by column, rows ascending
}

// A sparseColumn says how many elements a column has and where it stands in a
// product of eight rows side by side, in bytes. Columns of one length lie together,
// so that a processor foresees where they end.
type sparseColumn struct{ length, at int }

// A sparseElement says where its row stands in eight rows side by side, in bytes,
// and what it multiplies with.
type sparseElement struct {
	at    int
	value float64
}

// SparseRows is how many rows a product has, or a multiple of it.
const SparseRows = 8

const sparseRowBytes = 8 * SparseRows

// NewSparse makes a sparse matrix of a dense one, k×n.
func NewSparse(k, n int, w []float64) *Sparse {
	s := &Sparse{rows: k, columns: make([]sparseColumn, n)}
	for j := range n {
		length := 0
		for l := range k {
			if w[l*n+j] != 0 {
				length++
			}
		}
		s.columns[j] = sparseColumn{length, j * sparseRowBytes}
	}
	slices.SortStableFunc(s.columns, func(a, b sparseColumn) int { return cmp.Compare(a.length, b.length) })
	for _, column := range s.columns {
		for l := range k {
			if x := w[l*n+column.at/sparseRowBytes]; x != 0 {
				s.elements = append(s.elements, sparseElement{l * sparseRowBytes, x})
			}
		}
	}
	return s
}

// Room is the length of the room that Multiply needs.
func (s *Sparse) Room() int { return SparseRows * (s.rows + len(s.columns)) }

// Multiply makes C (m×n) the product of A (m×k) with the sparse matrix S (k×n),
//
//	c[i,j] = 0, then fma(a[i,l], s[l,j], c[i,j])  for l of the elements in column j
//
// in ascending order, which is what MatMul makes of a C of zeros where A is finite.
// Rows follow each other. It panics if m is not a multiple of SparseRows, or a
// slice is too short.
func (s *Sparse) Multiply(m int, a, c, room []float64) {
	k, n := s.rows, len(s.columns)
	if m < 0 || m%SparseRows != 0 || len(a) < m*k || len(c) < m*n || len(room) < s.Room() {
		panic("kernel: matrix does not fit its slice, or rows are not whole eights")
	}
	impl := active.Load()
	if impl == portable || n == 0 || k == 0 {
		s.multiply(m, a, c)
		return
	}
	if len(s.elements) == 0 {
		clear(c[:m*n])
		return
	}
	x, y := room[:SparseRows*k], room[SparseRows*k:]
	for i := 0; i < m; i += SparseRows {
		impl.interleave(k, a[i*k:(i+SparseRows)*k], x)
		impl.sparseProduct(n, &s.columns[0], &s.elements[0], &x[0], &y[0])
		impl.deinterleave(n, c[i*n:(i+SparseRows)*n], y)
	}
}

// multiply is the portable Multiply.
func (s *Sparse) multiply(m int, a, c []float64) {
	k, n := s.rows, len(s.columns)
	for i := range m {
		row, left := a[i*k:(i+1)*k], s.elements
		for _, column := range s.columns {
			sum := 0.0
			for _, e := range left[:column.length] {
				sum = math.FMA(row[e.at/sparseRowBytes], e.value, sum)
			}
			c[i*n+column.at/sparseRowBytes] = sum
			left = left[column.length:]
		}
	}
}
