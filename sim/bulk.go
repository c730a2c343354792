package sim

import "paracrine/internal/kernel"

// Uint32Ns fills dst with integers in [0, n), each with the same probability
// (Lemire, "Fast random integer generation in an interval", TOMACS 2019, with 32
// bits). Every word of the stream gives two, its lower half first; halves that
// would favour some results are left out, and so is the upper half of the last
// word if nothing remains to be filled. It panics if n is 0.
func (s *Stream) Uint32Ns(dst []uint32, n uint32) {
	if n == 0 {
		panic("sim: Uint32Ns of a count that is not positive")
	}
	bound, excess := uint64(n), -n%n // the lowest 2³² mod n products are left out
	filled := s.wholeBuffers(dst, bound, excess)
	for filled < len(dst) {
		word := s.Uint64()
		low, high := (word&0xffffffff)*bound, (word>>32)*bound
		if uint32(low) >= excess {
			dst[filled] = uint32(low >> 32)
			filled++
		}
		if uint32(high) >= excess && filled < len(dst) {
			dst[filled] = uint32(high >> 32)
			filled++
		}
	}
}

// mostBulk is how many halves of words are made at a time: they stay in the
// processor's first cache.
const mostBulk = 1024

// wholeBuffers fills dst as far as whole buffers of words certainly do not fill
// it, and returns how far that was. The halves are made in dst, in front of the
// numbers that come from them. What is left out is overwritten by what follows,
// so that no branch depends on it.
func (s *Stream) wholeBuffers(dst []uint32, bound uint64, excess uint32) int {
	filled := 0
	for s.next%bufferWords == 0 && len(dst)-filled >= 2*bufferWords {
		n := min(len(dst)-filled, mostBulk) / (2 * bufferWords) * (2 * bufferWords)
		halves := dst[filled : filled+n]
		kernel.Philox(halves, s.next/2, s.index, s.key)
		s.next += uint64(n / 2)
		kept := 0
		for _, half := range halves {
			product := uint64(half) * bound
			halves[kept] = uint32(product >> 32)
			kept += accepted(product, excess)
		}
		filled += kept
	}
	return filled
}

// accepted is 1 where a product of Lemire's method is used, 0 where it is left out.
func accepted(product uint64, excess uint32) int {
	if uint32(product) >= excess {
		return 1
	}
	return 0
}
