package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// philoxBlock is the definition of a block: ten rounds on a counter of four
// words.
func philoxBlock(counter [4]uint32, key [2]uint32) [4]uint32 {
	for round := range uint32(10) {
		p0, p1 := 0xD2511F53*uint64(counter[0]), 0xCD9E8D57*uint64(counter[2])
		k0, k1 := key[0]+round*0x9E3779B9, key[1]+round*0xBB67AE85
		counter = [4]uint32{uint32(p1>>32) ^ counter[1] ^ k0, uint32(p1), uint32(p0>>32) ^ counter[3] ^ k1, uint32(p0)}
	}
	return counter
}

// Known answers published with Random123 (Salmon et al. 2011), kat_vectors,
// "philox4x32 10".
func TestPhiloxKnownAnswers(t *testing.T) {
	const ones = math.MaxUint32
	for _, c := range []struct {
		block, index uint64
		key          [2]uint32
		want         []uint32
	}{
		{
			want: []uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
		},
		{
			block: math.MaxUint64, index: math.MaxUint64,
			key:  [2]uint32{ones, ones},
			want: []uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
		},
		{
			block: 0x85a308d3243f6a88, index: 0x0370734413198a2e,
			key:  [2]uint32{0xa4093822, 0x299f31d0},
			want: []uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
		},
	} {
		if got := philoxBlock([4]uint32{uint32(c.block), uint32(c.block >> 32), uint32(c.index), uint32(c.index >> 32)}, c.key); !slices.Equal(got[:], c.want) {
			t.Errorf("block %#x, index %#x, key %#x: the definition is %#x, want %#x", c.block, c.index, c.key, got, c.want)
		}
		eachImplementation(t, func(t *testing.T) {
			got := make([]uint32, 4)
			Philox(got, c.block, c.index, c.key)
			if !slices.Equal(got, c.want) {
				t.Errorf("block %#x, index %#x, key %#x: %#x, want %#x", c.block, c.index, c.key, got, c.want)
			}
		})
	}
}

// checkPhilox compares blocks with their definition, surroundings included.
func checkPhilox(t interface{ Fatalf(string, ...any) }, n int, block, index uint64, key [2]uint32) {
	const around = 0xdeadbeef
	want := slices.Repeat([]uint32{around}, 4*n+2*margin)
	got := slices.Clone(want)
	for i := range uint64(n) {
		b := block + i
		made := philoxBlock([4]uint32{uint32(b), uint32(b >> 32), uint32(index), uint32(index >> 32)}, key)
		copy(want[margin+4*i:], made[:])
	}
	Philox(got[margin:margin+4*n:margin+4*n], block, index, key)
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("block %#x, index %#x, key %#x: word %d of %d is %#x, want %#x", block, index, key, i-margin, 4*n, got[i], want[i])
		}
	}
}

func TestPhilox(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			key := [2]uint32{rapid.Uint32().Draw(t, "key 0"), rapid.Uint32().Draw(t, "key 1")}
			checkPhilox(t, rapid.IntRange(0, 70).Draw(t, "blocks"), rapid.Uint64().Draw(t, "block"), rapid.Uint64().Draw(t, "index"), key)
		})
	})
}

// The counter of blocks carries into its upper half, and wraps, wherever in a
// vector that happens.
func TestPhiloxCarries(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for n := range 36 {
			for back := range uint64(n + 1) {
				for _, edge := range []uint64{0, 1 << 32, 1 << 63} {
					checkPhilox(t, n, edge-back, edge, [2]uint32{1, 2})
				}
			}
		}
	})
}

func BenchmarkPhilox(b *testing.B) {
	for _, n := range []int{16, 512} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			words := make([]uint32, n)
			eachImplementation(b, func(b *testing.B) {
				for i := uint64(0); b.Loop(); i++ {
					Philox(words, 0, i, [2]uint32{1, 2})
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/word")
			})
		})
	}
}

// Words may lie on the stack of the one who asks for them.
func TestPhiloxDoesNotAllocate(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		if n := testing.AllocsPerRun(10, func() {
			var words [16]uint32
			Philox(words[:], 1, 2, [2]uint32{3, 4})
		}); n > 0 {
			t.Errorf("%g allocations", n)
		}
	})
}
