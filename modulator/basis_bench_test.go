package modulator

import (
	"fmt"
	"testing"

	"gonum.org/v1/gonum/dsp/fourier"
)

// BenchmarkTransform is the transform of modes into 256 rows of some points, by the
// matrix and by fast cosine transforms.
func BenchmarkTransform(b *testing.B) {
	const rows = 256
	for _, n := range []int{16, 64, 128, 256, 512, 1024} {
		values := make([]float64, rows*n)
		for i := range values {
			values[i] = float64(i % 7)
		}
		b.Run(fmt.Sprintf("points=%d/matrix", n), func(b *testing.B) {
			modes := newBasis(n, 1, NoFlux)
			s := newSweeper([3]int{n, rows, 1})
			to := make([]float64, rows*n)
			for b.Loop() {
				clear(to)
				s.apply(0, modes.inverse(), values, to)
			}
		})
		b.Run(fmt.Sprintf("points=%d/fast", n), func(b *testing.B) {
			transform, to := fourier.NewQuarterWaveFFT(n), make([]float64, n)
			for b.Loop() {
				for y := range rows {
					transform.CosSequence(to, values[y*n:(y+1)*n])
				}
			}
		})
	}
}
