package sim

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

// fieldGroup is the number of cells whose words are made together: two Philox
// blocks, whose rounds overlap in the processor.
const fieldGroup = 8

// Fill writes the words of the cells first, first+1, … in a step. It costs least
// where first and len(words) are multiples of 8.
func (f Field) Fill(words []uint32, first int, step int64) {
	var made [4]uint64
	for len(words) > 0 {
		group, skip := uint64(first/fieldGroup), first%fieldGroup
		philoxPair(&made, 2*group, uint64(step), f.key)
		if skip == 0 && len(words) >= fieldGroup {
			for i, word := range made {
				words[2*i], words[2*i+1] = uint32(word), uint32(word>>32)
			}
			words, first = words[fieldGroup:], first+fieldGroup
			continue
		}
		n := min(fieldGroup-skip, len(words))
		for i := range n {
			at := skip + i
			words[i] = uint32(made[at/2] >> (32 * (at % 2)))
		}
		words, first = words[n:], first+n
	}
}
