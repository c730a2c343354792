package sim

import "paracrine/internal/kernel"

// philox is the block of Philox4x32-10 of a counter and key.
func philox(counter [4]uint32, key [2]uint32) [4]uint32 {
	var block [4]uint32
	kernel.Philox(block[:], uint64(counter[0])|uint64(counter[1])<<32, uint64(counter[2])|uint64(counter[3])<<32, key)
	return block
}
