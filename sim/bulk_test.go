package sim

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// bounded is Uint32Ns number by number, from a list of the halves of words.
func bounded(s *Stream, count int, n uint32) []uint32 {
	var numbers []uint32
	for len(numbers) < count {
		word := s.Uint64()
		for _, half := range []uint64{word & math.MaxUint32, word >> 32} {
			product := half * uint64(n)
			if product%(1<<32) >= (1<<32)%uint64(n) && len(numbers) < count {
				numbers = append(numbers, uint32(product>>32))
			}
		}
	}
	return numbers
}

// Numbers in bulk are those of the single words, wherever in the buffer the
// stream stands and however many are left out: half of them where n is just
// above 2³¹.
func TestBulkNumbersAreThoseOfSingleWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		s, twin := NewStream(seed, "bulk", 0), NewStream(seed, "bulk", 0)
		for range rapid.IntRange(1, 4).Draw(t, "calls") {
			for range rapid.IntRange(0, bufferWords).Draw(t, "between") {
				s.Uint64()
				twin.Uint64()
			}
			n := rapid.OneOf(rapid.Uint32Range(1, math.MaxUint32), rapid.SampledFrom([]uint32{1, 3, 1 << 31, 1<<31 + 1})).Draw(t, "n")
			got := make([]uint32, rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(mostBulk, 3*mostBulk)).Draw(t, "count"))
			s.Uint32Ns(got, n)
			if want := bounded(twin, len(got), n); !slices.Equal(got, want) {
				t.Fatalf("got %v, want %v", got, want)
			}
			if s.State() != twin.State() {
				t.Fatalf("the stream stands at %d, want %d", s.State(), twin.State())
			}
		}
	})
}

// TestBulkNumbersAreUniform compares counts with equal ones: χ² of 9 degrees of
// freedom exceeds 27.88 with probability 0.001. With n = 5·2²⁹, products not
// left out would favour some results by half.
func TestBulkNumbersAreUniform(t *testing.T) {
	for _, n := range []uint32{10, 5 << 29} {
		const draws, cells = 100_000, 10
		numbers := make([]uint32, draws)
		NewStream(1, "uniform in bulk", 0).Uint32Ns(numbers, n)
		var counts [cells]int
		for _, x := range numbers {
			if x >= n {
				t.Fatalf("%d is not below %d", x, n)
			}
			counts[uint64(x)*cells/uint64(n)]++
		}
		chi := 0.0
		for _, c := range counts {
			d := float64(c) - draws/cells
			chi += d * d / (draws / cells)
		}
		if chi > 27.88 {
			t.Errorf("n = %d: χ² is %.1f: %v", n, chi, counts)
		}
	}
}

func TestBulkNumbersOfNothing(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a number below 0 was drawn")
		}
	}()
	NewStream(1, "nothing", 0).Uint32Ns(make([]uint32, 1), 0)
}

// BenchmarkUint32Ns gives the cost of a thousand numbers.
func BenchmarkUint32Ns(b *testing.B) {
	s, dst := NewStream(1, "benchmark", 0), make([]uint32, 1000)
	for b.Loop() {
		s.Uint32Ns(dst, 10_000)
	}
}
