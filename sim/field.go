package sim

import "paracrine/internal/kernel"

// Field is random words laid out by cell and step: the word of a cell in a step
// depends on seed, purpose, cell and step alone, so a simulation can ask for any
// part of it, in any order, on any worker. It is what noise is drawn from that
// every cell receives in every step, where a [Stream] per cell would cost more
// than the numbers.
type Field struct{ key [2]uint32 }

// NewField returns the field of a seed and a purpose.
func NewField(seed uint64, purpose Purpose) Field {
	key := mix64(mix64(seed) ^ purpose.hash())
	return Field{[2]uint32{uint32(key), uint32(key >> 32)}}
}

// blockWords is the number of 32-bit words in a Philox block.
const blockWords = 4

// Fill writes the words of the cells first, first+1, … in a step. It costs least
// where first and len(words) are multiples of 4, and len(words) is large.
func (f Field) Fill(words []uint32, first int, step int64) {
	if skip := first % blockWords; skip > 0 {
		n := min(blockWords-skip, len(words))
		f.fillPart(words[:n], first/blockWords, skip, step)
		words, first = words[n:], first+n
	}
	whole := len(words) - len(words)%blockWords
	kernel.Philox(words[:whole], uint64(first/blockWords), uint64(step), f.key)
	if whole < len(words) {
		f.fillPart(words[whole:], (first+whole)/blockWords, 0, step)
	}
}

// fillPart writes the words of a block that come after some others.
func (f Field) fillPart(words []uint32, block, skip int, step int64) {
	var made [blockWords]uint32
	kernel.Philox(made[:], uint64(block), uint64(step), f.key)
	copy(words, made[skip:])
}
