// Package kernel holds the few loops worth vectorising.
//
// Each kernel is plain Go first (portable.go) and Go assembly beside it for
// AVX2 and AVX-512, written by ./gen. The best implementation the processor
// can run is chosen at start-up.
//
// All implementations agree to the bit: each says whether its multiply-adds are
// fused, and every output element is one chain of them in a fixed order. Only
// which NaN a result that is NaN holds is left open.
package kernel

//go:generate go run ./gen

import (
	"fmt"
	"math/bits"
	"strings"
	"sync/atomic"
)

// An implementation is one set of the kernels. It takes pointers, since
// six slices are eighteen words to copy at every call; sizes are not zero and
// have been checked. MatMul is given one cache block at a time; the next lies
// ahead steps of k further on, or there is none if ahead is 0. MatMulRows is
// given one, too, and of the rows the k that are in it.
type implementation struct {
	name       string
	matMul     func(m, n, k int, a *float64, aRow, aCol int, b *float64, bRow int, c *float64, cRow, ahead int)
	matMulRows func(m, n, k int, rows *int, a *float64, aRow int, b *float64, bRow int, c *float64, cRow int)
	reluStep   func(n int, v, z, drive, decay, gain, threshold *float64)
	filter     func(n int, dst, decay, y, gain, x *float64)
	gate       func(n int, dst, x, z *float64)
	axpy       func(n int, alpha float64, x, y *float64)
	mask       func(n int, bits *uint64, z *float64)

	// wide says which of two functions the methods call whose arguments may lie
	// on the caller's stack: what goes to a function in a variable goes to the
	// heap.
	wide bool
}

// portable stands for the plain Go kernels, which take slices.
var portable = &implementation{name: "portable"}

// implementations are those this processor can run, slowest first.
var implementations = append([]*implementation{portable}, vectorised()...)

var active atomic.Pointer[implementation]

func init() { active.Store(implementations[len(implementations)-1]) }

// Available returns the names of the implementations this processor can run,
// slowest first.
func Available() []string {
	names := make([]string, len(implementations))
	for i, impl := range implementations {
		names[i] = impl.name
	}
	return names
}

// Name returns the name of the implementation in use.
func Name() string { return active.Load().name }

// Use makes every later call run the named implementation.
func Use(name string) error {
	for _, impl := range implementations {
		if impl.name == name {
			active.Store(impl)
			return nil
		}
	}
	return fmt.Errorf("kernels %q cannot run on this processor, which has: %s", name, strings.Join(Available(), ", "))
}

// MatMul adds the product of A (m×k) and B (k×n) to C (m×n):
//
//	c[i,j] = fma(a[i,l], b[l,j], c[i,j])  for l = 0 … k-1 in this order.
//
// Element (i,l) of A is a[i*aRow+l*aCol], so A may be given transposed;
// (l,j) of B is b[l*bRow+j]; (i,j) of C is c[i*cRow+j]. C must not overlap
// A or B. MatMul panics if a size or stride is negative, a slice is too
// short, or the rows of C overlap.
func MatMul(m, n, k int, a []float64, aRow, aCol int, b []float64, bRow int, c []float64, cRow int) {
	if m|n|k|aRow|aCol|bRow|cRow < 0 {
		panic("kernel: negative size or stride")
	}
	if m == 0 || n == 0 || k == 0 {
		return
	}
	if !within(len(a), m, aRow, k, aCol) || !within(len(b), k, bRow, n, 1) || !within(len(c), m, cRow, n, 1) {
		panic("kernel: matrix does not fit its slice")
	}
	if m > 1 && cRow < n {
		panic("kernel: rows of C overlap")
	}
	if impl := active.Load(); impl != portable {
		impl.blocked(m, n, k, a, aRow, aCol, b, bRow, c, cRow)
	} else {
		matMul(m, n, k, a, aRow, aCol, b, bRow, c, cRow)
	}
}

// MatMulRows adds to C (m×n) the part of the product of A (m×k) and B (k×n)
// that the given rows of B, and the same columns of A, contribute:
//
//	c[i,j] = fma(a[i,l], b[l,j], c[i,j])  for l in rows in this order.
//
// Element (i,l) of A is a[i*aRow+l], (l,j) of B is b[l*bRow+j], (i,j) of C is
// c[i*cRow+j]; k is one more than the last row. Where the columns left out of
// A are 0 and the rows left out of B finite, C becomes what MatMul makes of
// it, to the bit but for the sign of a 0. C must not overlap A or B.
// MatMulRows panics if rows do not ascend from 0 or more, a size or stride is
// negative, a slice is too short, or the rows of C overlap.
func MatMulRows(m, n int, rows []int, a []float64, aRow int, b []float64, bRow int, c []float64, cRow int) {
	if m|n|aRow|bRow|cRow < 0 {
		panic("kernel: negative size or stride")
	}
	if m == 0 || n == 0 || len(rows) == 0 {
		return
	}
	if !ascending(rows) {
		panic("kernel: rows do not ascend from 0 or more")
	}
	k := rows[len(rows)-1] + 1
	if !within(len(a), m, aRow, k, 1) || !within(len(b), k, bRow, n, 1) || !within(len(c), m, cRow, n, 1) {
		panic("kernel: matrix does not fit its slice")
	}
	if m > 1 && cRow < n {
		panic("kernel: rows of C overlap")
	}
	if impl := active.Load(); impl != portable {
		impl.blockedRows(m, n, rows, a, aRow, b, bRow, c, cRow)
	} else {
		matMulRows(m, n, rows, a, aRow, b, bRow, c, cRow)
	}
}

// ascending reports whether each row is greater than the one before, and the
// first not negative.
func ascending(rows []int) bool {
	before := -1
	for _, row := range rows {
		if row <= before {
			return false
		}
		before = row
	}
	return true
}

// within reports whether the last element of a rows×cols matrix lies inside
// a slice of the given length. No product overflows unnoticed.
func within(length, rows, row, cols, col int) bool {
	rowsHigh, rowsEnd := bits.Mul64(uint64(rows-1), uint64(row))
	colsHigh, colsEnd := bits.Mul64(uint64(cols-1), uint64(col))
	end := uint64(length)
	return rowsHigh|colsHigh == 0 && rowsEnd < end && colsEnd < end-rowsEnd
}

// ReLUStep advances leaky rectified cells by one step, cell by cell:
//
//	v = fma(gain, drive, decay·v)
//	x = v − threshold
//	z = x where x > 0 or x is NaN, else 0
//
// It panics if the lengths differ.
func ReLUStep(v, z, drive, decay, gain, threshold []float64) {
	n := len(v)
	if len(z) != n || len(drive) != n || len(decay) != n || len(gain) != n || len(threshold) != n {
		panic("kernel: lengths differ")
	}
	if impl := active.Load(); impl != portable && n > 0 {
		impl.reluStep(n, &v[0], &z[0], &drive[0], &decay[0], &gain[0], &threshold[0])
	} else {
		reluStep(v, z, drive, decay, gain, threshold)
	}
}

// Filter advances first-order filters: dst = fma(gain, x, decay·y), element
// by element. dst may be y or x. It panics if the lengths differ.
func Filter(dst, decay, y, gain, x []float64) {
	n := len(dst)
	if len(decay) != n || len(y) != n || len(gain) != n || len(x) != n {
		panic("kernel: lengths differ")
	}
	if impl := active.Load(); impl != portable && n > 0 {
		impl.filter(n, &dst[0], &decay[0], &y[0], &gain[0], &x[0])
	} else {
		filter(dst, decay, y, gain, x)
	}
}

// Gate passes x where z > 0: dst = x where z > 0, else 0 (also where z is
// NaN). dst may be x. It panics if the lengths differ.
func Gate(dst, x, z []float64) {
	n := len(dst)
	if len(x) != n || len(z) != n {
		panic("kernel: lengths differ")
	}
	if impl := active.Load(); impl != portable && n > 0 {
		impl.gate(n, &dst[0], &x[0], &z[0])
	} else {
		gate(dst, x, z)
	}
}

// Axpy adds a multiple of x to y: y = fma(alpha, x, y), element by element.
// It panics if the lengths differ.
func Axpy(alpha float64, x, y []float64) {
	n := len(y)
	if len(x) != n {
		panic("kernel: lengths differ")
	}
	if impl := active.Load(); impl != portable && n > 0 {
		impl.axpy(n, alpha, &x[0], &y[0])
	} else {
		axpy(alpha, x, y)
	}
}

// Mask tells which elements of z are not ≤ 0: bit i%64 of bits[i/64] is 0
// where z[i] ≤ 0 and 1 where z[i] > 0 or is NaN. Bits past the last element
// are 0. It panics if bits has not one word for every 64 elements or part of
// them.
func Mask(bits []uint64, z []float64) {
	n := len(z)
	if len(bits) != (n+63)/64 {
		panic("kernel: lengths differ")
	}
	if impl := active.Load(); impl != portable && n > 0 {
		impl.mask(n, &bits[0], &z[0])
	} else {
		mask(bits, z)
	}
}

// Relax advances quantities that decay and jump, and gives what each did before,
// every operation rounded by itself:
//
//	effect = gain·x
//	x = decay·x + jump
//
// It panics if the lengths differ.
func Relax(effect, x, gain, decay, jump []float64) {
	n := len(x)
	if len(effect) != n || len(gain) != n || len(decay) != n || len(jump) != n {
		panic("kernel: lengths differ")
	}
	if impl := active.Load(); impl != portable && n > 0 {
		impl.relax(n, &effect[0], &x[0], &gain[0], &decay[0], &jump[0])
	} else {
		relax(effect, x, gain, decay, jump)
	}
}

// NonZero tells which elements of x are not 0, as Mask tells which are not ≤ 0.
func NonZero(bits []uint64, x []float64) {
	n := len(x)
	if len(bits) != (n+63)/64 {
		panic("kernel: lengths differ")
	}
	if impl := active.Load(); impl != portable && n > 0 {
		impl.nonZero(n, &bits[0], &x[0])
	} else {
		nonZero(bits, x)
	}
}

// Leak advances quantities that decay alike, each operation rounded by itself:
//
//	y = decay·y + gain·x
//
// It panics if the lengths differ.
func Leak(decay, gain float64, y, x []float64) {
	n := len(y)
	if len(x) != n {
		panic("kernel: lengths differ")
	}
	if impl := active.Load(); impl != portable && n > 0 {
		impl.leak(n, decay, gain, &y[0], &x[0])
	} else {
		leak(decay, gain, y, x)
	}
}

// Philox writes the blocks of Philox4x32-10 (Salmon, Moraes, Dror & Shaw,
// "Parallel random numbers: as easy as 1, 2, 3", SC 2011) of the counters
//
//	{block, index}, {block+1, index}, …
//
// four words each, where block and index are the lower and the upper half of a
// counter of 128 bits. It panics if words does not hold whole blocks.
func Philox(words []uint32, block, index uint64, key [2]uint32) {
	n := len(words) / 4
	if len(words) != 4*n {
		panic("kernel: words are not whole blocks")
	}
	if impl := active.Load(); impl != portable && n > 0 {
		impl.philox(n, &words[0], block, index, uint64(key[0])|uint64(key[1])<<32)
	} else {
		philox(words, block, index, key)
	}
}
