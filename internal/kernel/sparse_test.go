package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// sparseMatrix keeps an element of a matrix with a probability and makes it 0
// otherwise.
func sparseMatrix(w []float64, share float64, seed uint64) []float64 {
	source := rand.New(rand.NewPCG(seed, 0))
	for i := range w {
		if source.Float64() >= share {
			w[i] = 0
		}
	}
	return w
}

// A sparse product is the dense one, to the bit, surroundings included.
func TestSparse(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			m := SparseRows * rapid.IntRange(0, 3).Draw(t, "eights")
			k, n := rapid.IntRange(0, 21).Draw(t, "k"), rapid.IntRange(0, 21).Draw(t, "n")
			share := rapid.SampledFrom([]float64{0, 0.1, 0.5, 1}).Draw(t, "share")
			finite := rapid.SliceOfN(rapid.Float64Range(-1e100, 1e100), 8, 8).Draw(t, "numbers")
			w := sparseMatrix(random(k*n), share, rapid.Uint64().Draw(t, "seed"))
			a := random(m * k)
			for i := range a {
				if i%3 == 0 {
					a[i] = finite[i/3%len(finite)]
				}
			}
			inside, all := framed(random(m * n))
			_, want := framed(make([]float64, m*n))
			for i := range m {
				for l := range k {
					axpy(a[i*k+l], w[l*n:(l+1)*n], want[margin+i*n:][:n])
				}
			}
			s := NewSparse(k, n, w)
			room, allRoom := framed(make([]float64, s.Room()))
			s.Multiply(m, a, inside, room)
			requireSame(t, "C", all, want)
			around := slices.Concat(allRoom[:margin], allRoom[len(allRoom)-margin:])
			requireSame(t, "around the room", around, slices.Repeat([]float64{-1234.5}, 2*margin))
		})
	})
}

func BenchmarkSparse(b *testing.B) {
	const m, n = 8, 100
	for _, share := range []float64{0.1, 0.25, 0.5} {
		w := sparseMatrix(random(n*n), share, 1)
		s, a, c := NewSparse(n, n, w), random(m*n), make([]float64, m*n)
		room := make([]float64, s.Room())
		for name, multiply := range map[string]func(){
			"sparse": func() { s.Multiply(m, a, c, room) },
			"dense": func() {
				clear(c)
				MatMul(m, n, n, a, n, 1, w, n, c, n)
			},
		} {
			b.Run(name, func(b *testing.B) {
				b.ReportMetric(share, "share")
				eachImplementation(b, func(b *testing.B) {
					for b.Loop() {
						multiply()
					}
				})
			})
		}
	}
}
