package learning_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paracrine/learning"
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

// TestSetSpikes writes spikes over those of an earlier trial, step by step, and
// compares the record with all of them copied.
func TestSetSpikes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps, trials := rapid.IntRange(1, 4).Draw(t, "steps"), rapid.IntRange(1, 3).Draw(t, "trials")
		cells := rapid.SampledFrom([]int{1, 5, 63, 64, 65, 130}).Draw(t, "cells")
		row, words := trials*cells, (cells+63)/64
		r := &learning.Record{Steps: steps, Trials: trials,
			Rate: make([]float64, (steps+1)*row), Active: make([]uint64, (steps+1)*trials*words)}
		spike := rapid.SampledFrom([]float64{0, 0, 0, 1})
		for range 2 {
			want := slices.Repeat([]float64{0}, row)
			for step := range steps {
				z := rapid.SliceOfN(spike, row, row).Draw(t, "z")
				r.SetSpikes(step, z)
				want = append(want, z...)
			}
			if !slices.Equal(r.Rate, want) {
				t.Fatalf("rates %v, want %v", r.Rate, want)
			}
			for i, z := range want {
				if mark := r.Active[i/cells*words+i%cells/64] >> (i % cells % 64) & 1; float64(mark) != z {
					t.Fatalf("the mark of element %d is %d, its rate %g", i, mark, z)
				}
			}
		}
	})
}
