package sim

import (
	"math/bits"

	"paracrine/internal/kernel"
)

// Purpose names what a stream of random numbers is for: "weights", "input
// noise". The name is part of the stream's key, so renaming a purpose changes
// the numbers and adding one changes nobody else's. A name, unlike a numbered
// constant, cannot shift when another is inserted before it.
type Purpose string

// hash is FNV-1a with 64 bits: fixed for all time, unlike the hashes of maps.
func (p Purpose) hash() uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(p) {
		h = (h ^ uint64(p[i])) * 0x100000001b3
	}
	return h
}

// mix64 is a bijection of 64-bit words that spreads every input bit over all
// output bits (the finaliser of SplitMix64: Steele, Lea & Flood, OOPSLA 2014).
func mix64(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// bufferWords is the number of 64-bit words made at a time: four Philox blocks.
// More would cost less for each word, and more for streams that give only a few.
const bufferWords = 8

// Stream is a sequence of random numbers determined by (seed, purpose, index):
// the key of Philox4x32-10 is a hash of seed and purpose, the upper half of its
// counter is the index, the lower half counts blocks of two words. Streams with
// different keys or indices are independent, so work can be divided in any way
// among workers without changing a number, and each is 2⁶⁴ words long.
//
// Every method yields the same bits on every machine: integer arithmetic, and
// floating-point arithmetic in which each operation is rounded by itself.
// No method allocates. A Stream is not safe for use by several goroutines at
// once; give each its own.
type Stream struct {
	key   [2]uint32
	index uint64
	next  uint64 // position of the next word in the stream
	// words is the buffer, of each word the lower half first.
	words [2 * bufferWords]uint32
}

// NewStream returns the stream of the given seed, purpose and index at its
// beginning. The index tells apart what shares a purpose: a cell, a trial.
func NewStream(seed uint64, purpose Purpose, index uint64) *Stream {
	s := new(Stream)
	s.Reset(seed, purpose, index)
	return s
}

// Reset turns s into the stream of the given seed, purpose and index, at its
// beginning.
func (s *Stream) Reset(seed uint64, purpose Purpose, index uint64) {
	key := mix64(mix64(seed) ^ purpose.hash())
	s.key = [2]uint32{uint32(key), uint32(key >> 32)}
	s.index = index
	s.next = 0
}

// State returns the position in the stream, the number of 64-bit words drawn so
// far. It is all there is to save: key and index are given by the one who made
// the stream.
func (s *Stream) State() uint64 { return s.next }

// SetState moves to a position that [Stream.State] returned.
func (s *Stream) SetState(position uint64) {
	s.next = position
	if position%bufferWords != 0 {
		s.refill()
	}
}

// refill makes the words of the buffer in which the next position lies.
func (s *Stream) refill() {
	kernel.Philox(s.words[:], s.next/bufferWords*(bufferWords/2), s.index, s.key)
}

// Uint64 returns the next word of the stream.
func (s *Stream) Uint64() uint64 {
	at := s.next % bufferWords
	if at == 0 {
		s.refill()
	}
	s.next++
	return uint64(s.words[2*at]) | uint64(s.words[2*at+1])<<32
}

// Uint32 returns the upper half of the next word.
func (s *Stream) Uint32() uint32 { return uint32(s.Uint64() >> 32) }

// Float64 returns a number in [0, 1), a multiple of 2⁻⁵³.
func (s *Stream) Float64() float64 {
	return float64(int64(s.Uint64()>>11)) * 0x1p-53
}

// Bernoulli returns true with probability p: never for p ≤ 0, always for p ≥ 1.
// It draws one word whatever p is.
func (s *Stream) Bernoulli(p float64) bool { return s.Float64() < p }

// IntN returns an integer in [0, n), each with the same probability (Lemire,
// "Fast random integer generation in an interval", TOMACS 2019). It panics if
// n ≤ 0.
func (s *Stream) IntN(n int) int {
	if n <= 0 {
		panic("sim: IntN of a count that is not positive")
	}
	bound := uint64(n)
	hi, lo := bits.Mul64(s.Uint64(), bound)
	if lo < bound {
		// The lowest 2⁶⁴ mod n products would favour some results.
		for excess := -bound % bound; lo < excess; {
			hi, lo = bits.Mul64(s.Uint64(), bound)
		}
	}
	return int(hi)
}

// Shuffle permutes n things through swap, every order with the same probability
// (Fisher & Yates).
func (s *Stream) Shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, s.IntN(i+1))
	}
}

// Perm fills p with a random permutation of 0 … len(p)−1.
func (s *Stream) Perm(p []int) {
	for i := range p {
		j := s.IntN(i + 1)
		p[i] = p[j]
		p[j] = i
	}
}
