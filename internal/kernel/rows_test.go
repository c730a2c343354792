package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A partial product is the shape of a MatMulRows in memory and its rows.
type partial struct {
	product
	rows []int
}

// some is a partial product of matrices without gaps that takes about every
// second of k rows, the last among them.
func some(m, n, k int) partial {
	source := rand.New(rand.NewPCG(uint64(m), uint64(k)))
	p := partial{product: dense(m, n, k, false)}
	for l := range k {
		if l == k-1 || source.IntN(2) == 0 {
			p.rows = append(p.rows, l)
		}
	}
	return p
}

func (p partial) run(a, b, c []float64) {
	MatMulRows(p.m, p.n, p.rows, a, p.aRow, b, p.bRow, c, p.cRow)
}

// want is the definition of MatMulRows.
func (p partial) want(a, b, c []float64) []float64 {
	want := slices.Clone(c)
	for i := range p.m {
		for j := range p.n {
			for _, l := range p.rows {
				want[i*p.cRow+j] = math.FMA(a[i*p.aRow+l], b[l*p.bRow+j], want[i*p.cRow+j])
			}
		}
	}
	return want
}

// check compares MatMulRows with its definition, gaps and surroundings of C
// included.
func (p partial) check(t interface{ Fatalf(string, ...any) }, a, b, c []float64) {
	inside, all := framed(c)
	want := slices.Clone(all)
	copy(want[margin:], p.want(a, b, c))
	p.run(a, b, inside)
	requireSame(t, fmt.Sprintf("%+v", p), all, want)
}

func TestMatMulRows(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			p := drawPartial(t)
			p.check(t, elements(t, p.aLen()), elements(t, p.bLen()), elements(t, p.cLen()))
		})
	})
}

// drawPartial draws a product and which of its rows to take, maybe none. The
// rows of A may overlap.
func drawPartial(t *rapid.T) partial {
	p := partial{product: drawProduct(t)}
	p.aCol = 1
	p.aRow = rapid.IntRange(0, p.k+3).Draw(t, "aRow")
	for l := range p.k {
		if rapid.Bool().Draw(t, "row") {
			p.rows = append(p.rows, l)
		}
	}
	return p
}

// Every number of rows, and of columns, that a tile can have.
func TestMatMulRowsTiles(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for m := 1; m <= 17; m++ {
			for n := 1; n <= 49; n++ {
				p := some(m, n, 6)
				p.check(t, random(p.aLen()), random(p.bLen()), random(p.cLen()))
			}
		}
	})
}

// Blocks leave the order of sums alone.
func TestMatMulRowsBlocks(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for _, k := range []int{blockDepth - 1, blockDepth, blockDepth + 1, 2*blockDepth + 7} {
			p := some(19, 31, 2*k)
			p.rows = p.rows[:0]
			for l := range k {
				p.rows = append(p.rows, 2*l+l%2)
			}
			p.check(t, random(p.aLen()), random(p.bLen()), random(p.cLen()))
		}
		for _, m := range []int{blockRows - 1, blockRows, blockRows + 1, 2*blockRows + 5} {
			p := some(m, 27, 9)
			p.check(t, random(p.aLen()), random(p.bLen()), random(p.cLen()))
		}
	})
}

// With all rows, MatMulRows is MatMul, whatever the elements.
func TestMatMulRowsAll(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			p := drawPartial(t)
			p.rows = p.rows[:0]
			for l := range p.k {
				p.rows = append(p.rows, l)
			}
			a, b, c := elements(t, p.aLen()), elements(t, p.bLen()), elements(t, p.cLen())
			want := slices.Clone(c)
			MatMul(p.m, p.n, p.k, a, p.aRow, p.aCol, b, p.bRow, want, p.cRow)
			p.run(a, b, c)
			requireSame(t, "C", c, want)
		})
	})
}

// Columns of A that are 0 may be left out.
func TestMatMulRowsSilent(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			p := partial{product: dense(rapid.IntRange(1, 20).Draw(t, "m"), rapid.IntRange(1, 60).Draw(t, "n"), 40, false)}
			a, b, c := elements(t, p.aLen()), elements(t, p.bLen()), elements(t, p.cLen())
			for l := range p.k {
				if rapid.Bool().Draw(t, "active") {
					p.rows = append(p.rows, l)
					continue
				}
				for i := range p.m {
					a[i*p.aRow+l] = 0
				}
				for j, weight := range b[l*p.bRow:][:p.n] {
					if math.IsNaN(weight) || math.IsInf(weight, 0) {
						b[l*p.bRow+j] = -1
					}
				}
			}
			want := slices.Clone(c)
			MatMul(p.m, p.n, p.k, a, p.aRow, p.aCol, b, p.bRow, want, p.cRow)
			p.run(a, b, c)
			requireSame(t, "C", unsigned(c), unsigned(want))
		})
	})
}

// unsigned makes every -0 in values +0.
func unsigned(values []float64) []float64 {
	for i := range values {
		values[i] += 0
	}
	return values
}

// What is not listed has no influence.
func TestMatMulRowsLeavesOut(t *testing.T) {
	const m, n, k = 13, 29, 11
	eachImplementation(t, func(t *testing.T) {
		for left := range k {
			a, b, c := random(m*k), random(k*n), random(m*n)
			for i := range m {
				a[i*k+left] = math.NaN()
			}
			for j := range n {
				b[left*n+j] = math.NaN()
			}
			p := partial{product: dense(m, n, k, false)}
			for l := range k {
				if l != left {
					p.rows = append(p.rows, l)
				}
			}
			p.run(a, b, c)
			if i := slices.IndexFunc(c, math.IsNaN); i >= 0 {
				t.Fatalf("row %d, which was left out, reached element (%d,%d)", left, i/n, i%n)
			}
		}
	})
}
