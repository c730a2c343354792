package sim

import "testing"

var (
	wordSink  uint64
	floatSink float64
	intSink   int
)

// BenchmarkStream gives the cost of one number of each distribution.
func BenchmarkStream(b *testing.B) {
	s := NewStream(1, "benchmark", 0)
	b.Run("Uint64", func(b *testing.B) {
		for b.Loop() {
			wordSink ^= s.Uint64()
		}
	})
	for _, c := range []struct {
		name string
		draw func(*Stream) float64
	}{
		{"Float64", (*Stream).Float64},
		{"Normal", (*Stream).Normal},
		{"Exponential", (*Stream).Exponential},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				floatSink += c.draw(s)
			}
		})
	}
	for _, c := range []struct {
		name string
		draw func(*Stream) int
	}{
		{"IntN", func(s *Stream) int { return s.IntN(1000) }},
		{"Poisson/mean=1", func(s *Stream) int { return s.Poisson(1) }},
		{"Poisson/mean=100", func(s *Stream) int { return s.Poisson(100) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				intSink += c.draw(s)
			}
		})
	}
	b.Run("Reset", func(b *testing.B) {
		for b.Loop() {
			s.Reset(1, "benchmark", 17)
		}
	})
}
