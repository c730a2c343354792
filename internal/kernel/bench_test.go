package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// shapes of the matrix products of a network of 120 cells.
var shapes = []struct {
	name       string
	m, n, k    int
	transposed bool
}{
	{"recurrent8", 8, 120, 120, false},
	{"recurrent16", 16, 120, 120, false},
	{"recurrent32", 32, 120, 120, false},
	{"gradient", 120, 120, 7200, true},
	{"inputs", 16, 120, 2, false},
	{"readout", 16, 2, 120, false},
	{"vector", 1, 120, 120, false},
	{"odd", 15, 117, 119, false},
	{"power", 128, 128, 4096, true},
	{"large", 512, 512, 512, false},
}

func BenchmarkMatMul(b *testing.B) {
	for _, s := range shapes {
		b.Run(s.name, func(b *testing.B) {
			a, x, c := random(s.m*s.k), random(s.k*s.n), make([]float64, s.m*s.n)
			aRow, aCol, trans := s.k, 1, blas.NoTrans
			stored := blas64.General{Rows: s.m, Cols: s.k, Stride: s.k, Data: a}
			if s.transposed {
				aRow, aCol, trans = 1, s.m, blas.Trans
				stored = blas64.General{Rows: s.k, Cols: s.m, Stride: s.m, Data: a}
			}
			eachImplementation(b, func(b *testing.B) {
				for b.Loop() {
					MatMul(s.m, s.n, s.k, a, aRow, aCol, x, s.n, c, s.n)
				}
				reportFLOPS(b, 2*s.m*s.n*s.k)
			})
			b.Run("gonum", func(b *testing.B) {
				product := blas64.General{Rows: s.m, Cols: s.n, Stride: s.n, Data: c}
				factor := blas64.General{Rows: s.k, Cols: s.n, Stride: s.n, Data: x}
				for b.Loop() {
					blas64.Gemm(trans, blas.NoTrans, 1, stored, factor, 1, product)
				}
				reportFLOPS(b, 2*s.m*s.n*s.k)
			})
		})
	}
}

// Steps of a network of 120 cells, 8 trials at a time, of which some cells are
// active. Beside MatMulRows stand MatMul of as many rows and of all.
func BenchmarkMatMulRows(b *testing.B) {
	const m, n, cells, steps = 8, 120, 120, 900
	a, x, c := random(m*cells), random(cells*n), make([]float64, m*n)
	for _, active := range []int{40, 60, 90} {
		rows, step := activity(cells, active, steps), 0
		for _, product := range []struct {
			name string
			run  func()
		}{
			{"rows", func() { MatMulRows(m, n, rows[step%steps], a, cells, x, n, c, n); step++ }},
			{"dense", func() { MatMul(m, n, active, a, cells, 1, x, n, c, n) }},
			{"all", func() { MatMul(m, n, cells, a, cells, 1, x, n, c, n) }},
		} {
			b.Run(fmt.Sprintf("%d/%s", active, product.name), func(b *testing.B) {
				eachImplementation(b, func(b *testing.B) {
					for b.Loop() {
						product.run()
					}
					reportFLOPS(b, 2*m*n*active)
				})
			})
		}
	}
}

// activity returns the active ones of some cells step by step: at every step
// one falls silent and another takes over.
func activity(cells, active, steps int) [][]int {
	source := rand.New(rand.NewPCG(1, uint64(active)))
	order := source.Perm(cells)
	all := make([][]int, steps)
	for step := range all {
		all[step] = slices.Sorted(slices.Values(order[:active]))
		if active < cells {
			i, j := source.IntN(active), active+source.IntN(cells-active)
			order[i], order[j] = order[j], order[i]
		}
	}
	return all
}

func reportFLOPS(b *testing.B, flops int) {
	b.ReportMetric(float64(flops)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
}

func BenchmarkElementwise(b *testing.B) {
	for _, n := range []int{120, 121} {
		v, z, drive, decay, gain, threshold := random(n), random(n), random(n), random(n), random(n), random(n)
		for i := range decay {
			decay[i] = 0.9
		}
		for _, loop := range []struct {
			name string
			run  func()
		}{
			{"ReLUStep", func() { ReLUStep(v, z, drive, decay, gain, threshold) }},
			{"Filter", func() { Filter(v, decay, v, gain, drive) }},
			{"Gate", func() { Gate(z, drive, threshold) }},
			{"Axpy", func() { Axpy(1e-9, drive, z) }},
			{"Relax", func() { Relax(z, v, gain, decay, drive) }},
		} {
			b.Run(fmt.Sprintf("%s/%d", loop.name, n), func(b *testing.B) {
				eachImplementation(b, func(b *testing.B) {
					for b.Loop() {
						loop.run()
					}
				})
			})
		}
	}
}

// Rows of synapses that remember two numbers of their cell and five they share, of
// 50 onto 100 cells: those of an adapting cell with two messengers and two readouts.
func BenchmarkCarry(b *testing.B) {
	const rows, width, own, shared, count = 50, 8, 2, 5, 100
	x, dst, matrix, common := random(rows*width), make([]float64, rows*width), random(count*own*width), random(shared*width)
	cell := make([]int32, rows)
	for i := range cell {
		cell[i] = int32(2 * i)
	}
	cells := CellsOf(cell, count)
	eachImplementation(b, func(b *testing.B) {
		for b.Loop() {
			Carry(dst, Rows{x, width, x[1:], width}, width, own, cells, matrix, common)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
	})
}
