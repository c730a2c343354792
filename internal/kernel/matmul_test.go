package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A product is the shape of a MatMul in memory.
type product struct {
	m, n, k                int
	aRow, aCol, bRow, cRow int
}

func (p product) aLen() int { return (p.m-1)*p.aRow + (p.k-1)*p.aCol + 1 }
func (p product) bLen() int { return (p.k-1)*p.bRow + p.n }
func (p product) cLen() int { return (p.m-1)*p.cRow + p.n }

// dense is a product of matrices without gaps.
func dense(m, n, k int, transposed bool) product {
	p := product{m: m, n: n, k: k, aRow: k, aCol: 1, bRow: n, cRow: n}
	if transposed {
		p.aRow, p.aCol = 1, m
	}
	return p
}

// want is the definition of MatMul.
func (p product) want(a, b, c []float64) []float64 {
	want := slices.Clone(c)
	for i := range p.m {
		for j := range p.n {
			sum := c[i*p.cRow+j]
			for l := range p.k {
				sum = math.FMA(a[i*p.aRow+l*p.aCol], b[l*p.bRow+j], sum)
			}
			want[i*p.cRow+j] = sum
		}
	}
	return want
}

// check compares MatMul with its definition, gaps and surroundings of C
// included.
func (p product) check(t interface{ Fatalf(string, ...any) }, a, b, c []float64) {
	inside, all := framed(c)
	want := slices.Clone(all)
	copy(want[margin:], p.want(a, b, c))
	MatMul(p.m, p.n, p.k, a, p.aRow, p.aCol, b, p.bRow, inside, p.cRow)
	requireSame(t, fmt.Sprintf("%+v", p), all, want)
}

func TestMatMul(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			p := drawProduct(t)
			p.check(t, elements(t, p.aLen()), elements(t, p.bLen()), elements(t, p.cLen()))
		})
	})
}

func drawProduct(t *rapid.T) product {
	p := dense(
		rapid.IntRange(1, 20).Draw(t, "m"),
		rapid.IntRange(1, 60).Draw(t, "n"),
		rapid.IntRange(1, 20).Draw(t, "k"),
		rapid.Bool().Draw(t, "transposed"),
	)
	p.aRow += rapid.IntRange(0, 3).Draw(t, "aRow")
	p.aCol += rapid.IntRange(0, 3).Draw(t, "aCol")
	p.bRow += rapid.IntRange(0, 3).Draw(t, "bRow")
	p.cRow += rapid.IntRange(0, 3).Draw(t, "cRow")
	return p
}

// Every number of rows, and of columns, that a tile can have.
func TestMatMulTiles(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for m := 1; m <= 17; m++ {
			for n := 1; n <= 49; n++ {
				p := dense(m, n, 3, n%2 == 0)
				p.check(t, random(p.aLen()), random(p.bLen()), random(p.cLen()))
			}
		}
	})
}

// Blocks leave the order of sums alone.
func TestMatMulBlocks(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for _, transposed := range []bool{false, true} {
			for _, k := range []int{blockDepth - 1, blockDepth, blockDepth + 1, 2*blockDepth + 7} {
				p := dense(19, 31, k, transposed)
				p.check(t, random(p.aLen()), random(p.bLen()), random(p.cLen()))
			}
			for _, m := range []int{blockRows - 1, blockRows, blockRows + 1, 2*blockRows + 5} {
				p := dense(m, 27, blockDepth+1, transposed)
				p.check(t, random(p.aLen()), random(p.bLen()), random(p.cLen()))
			}
		}
	})
}

// One bad element of A reaches its row of C and no other.
func TestMatMulPropagates(t *testing.T) {
	const m, n, k = 13, 29, 11
	eachImplementation(t, func(t *testing.T) {
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			for row := range m {
				a, b, c := make([]float64, m*k), make([]float64, k*n), make([]float64, m*n)
				a[row*k+row%k] = bad
				MatMul(m, n, k, a, k, 1, b, n, c, n) // bad·0 is NaN
				for i, x := range c {
					if math.IsNaN(x) != (i/n == row) {
						t.Fatalf("with %v in row %d, element (%d,%d) is %v", bad, row, i/n, i%n, x)
					}
				}
			}
		}
	})
}

// B may repeat one row, and A one element: a stride of 0 only reads.
func TestMatMulStrideZero(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		p := product{m: 9, n: 26, k: 5, cRow: 26}
		p.check(t, random(p.aLen()), random(p.bLen()), random(p.cLen()))
	})
}
