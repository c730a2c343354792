package sim

import (
	"testing"

	"pgregory.net/rapid"
)

// Known answers published with Random123 (Salmon et al. 2011), kat_vectors,
// "philox4x32 10".
func TestPhiloxKnownAnswers(t *testing.T) {
	const ones = 0xffffffff
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{
			want: [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
		},
		{
			counter: [4]uint32{ones, ones, ones, ones},
			key:     [2]uint32{ones, ones},
			want:    [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
		},
		{
			counter: [4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
			key:     [2]uint32{0xa4093822, 0x299f31d0},
			want:    [4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
		},
	} {
		if got := philox(c.counter, c.key); got != c.want {
			t.Errorf("philox(%08x, %08x) = %08x, want %08x", c.counter, c.key, got, c.want)
		}
	}
}

func TestPhiloxPairIsPhiloxTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		block := rapid.Uint64().Draw(t, "block") &^ 1
		index := rapid.Uint64().Draw(t, "index")
		key := [2]uint32{rapid.Uint32().Draw(t, "key 0"), rapid.Uint32().Draw(t, "key 1")}
		var got, want [4]uint64
		philoxPair(&got, block, index, key)
		for i := range uint64(2) {
			b := block + i
			w := philox([4]uint32{uint32(b), uint32(b >> 32), uint32(index), uint32(index >> 32)}, key)
			want[2*i] = uint64(w[0]) | uint64(w[1])<<32
			want[2*i+1] = uint64(w[2]) | uint64(w[3])<<32
		}
		if got != want {
			t.Fatalf("got %x, want %x", got, want)
		}
	})
}
