package learning_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestActiveCells compares the list of active cells with the rates of a record.
func TestActiveCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawShape(t)
		s.cells = rapid.SampledFrom([]int{s.cells, 64, 70}).Draw(t, "more cells")
		r := s.build(t).batch.Record
		from := rapid.IntRange(0, s.steps).Draw(t, "from")
		to := rapid.IntRange(from, s.steps+1).Draw(t, "to")
		want := []int{-1}
		for p := range s.cells {
			for i := from * s.trials; i < to*s.trials; i++ {
				if r.Rate[i*s.cells+p] > 0 {
					want = append(want, p)
					break
				}
			}
		}
		if got := r.AppendActive([]int{-1}, from, to); !slices.Equal(got, want) {
			t.Fatalf("active before a step of %d … %d: %v, want %v", from, to-1, got[1:], want[1:])
		}
	})
}
