package sim

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The words are Philox blocks of the counter (cells / 4, step), whatever part of
// the field is asked for.
func TestFieldIsPhilox(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := NewField(rapid.Uint64().Draw(t, "seed"), "noise")
		first, n := rapid.IntRange(0, 1000).Draw(t, "first"), rapid.IntRange(0, 40).Draw(t, "cells")
		step := rapid.Int64Range(0, math.MaxInt64).Draw(t, "step")
		words := make([]uint32, n)
		f.Fill(words, first, step)
		for i, word := range words {
			cell := first + i
			block := philox([4]uint32{uint32(cell / 4), 0, uint32(step), uint32(step >> 32)}, f.key)
			if word != block[cell%4] {
				t.Fatalf("cell %d, step %d: %#x, want %#x", cell, step, word, block[cell%4])
			}
		}
	})
}

func TestFieldsDiffer(t *testing.T) {
	draw := func(seed uint64, purpose Purpose, step int64) []uint32 {
		words := make([]uint32, 8)
		NewField(seed, purpose).Fill(words, 0, step)
		return words
	}
	first := draw(1, "a", 0)
	for name, other := range map[string][]uint32{"seed": draw(2, "a", 0), "purpose": draw(1, "b", 0), "step": draw(1, "a", 1)} {
		if slices.Equal(first, other) {
			t.Errorf("the %s changes nothing", name)
		}
	}
}

func BenchmarkField(b *testing.B) {
	f, words := NewField(1, "noise"), make([]uint32, 512)
	for step := int64(0); b.Loop(); step++ {
		f.Fill(words, 0, step)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(words)), "ns/word")
}
