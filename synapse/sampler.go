package synapse

import "paracrine/sim"

// sampler draws the cells at the other end of the synapses of one key. Its
// buffers are used for all keys.
type sampler struct {
	stream    sim.Stream
	cells     int // to choose from
	multapses bool
	drawn     []uint32
	marks     []uint32 // per cell, the last epoch in which it was drawn
	epoch     uint32
}

func newSampler(cells int, multapses bool) *sampler {
	s := &sampler{cells: cells, multapses: multapses}
	if !multapses {
		s.marks = make([]uint32, cells)
	}
	return s
}

// draw returns count cells, each with the same probability, other than the one
// excluded (none for all), valid until the next call. The stream must stand at
// the beginning of the key's.
func (s *sampler) draw(count, excluded int) []uint32 {
	s.drawn = resized(s.drawn, count)
	if count == 0 {
		return s.drawn
	}
	cells := s.cells
	if excluded != none {
		cells--
	}
	switch {
	case s.multapses:
		s.stream.Uint32Ns(s.drawn, uint32(cells))
	case count <= cells/2:
		s.distinct(s.drawn, cells)
	default:
		s.allBut(cells)
	}
	if excluded != none {
		skip(s.drawn, uint32(excluded))
	}
	return s.drawn
}

// resized is a slice of the given length, in the same array if that is large enough.
func resized(s []uint32, length int) []uint32 {
	if cap(s) < length {
		return make([]uint32, length)
	}
	return s[:length]
}

// skip turns numbers among the cells without the excluded one into numbers among
// all cells.
func skip(numbers []uint32, excluded uint32) {
	for i, n := range numbers {
		if n >= excluded {
			numbers[i] = n + 1
		}
	}
}

// distinct fills dst with different cells, at most half of them. What was drawn
// before is drawn again: that takes at most ln 4 draws per cell on average, all
// with the same bound and so in bulk, which Floyd's method, with its one draw
// per cell, cannot.
func (s *sampler) distinct(dst []uint32, cells int) {
	s.nextEpoch()
	for kept := 0; kept < len(dst); {
		fresh := dst[kept:]
		s.stream.Uint32Ns(fresh, uint32(cells))
		for _, cell := range fresh {
			if s.marks[cell] != s.epoch {
				s.marks[cell] = s.epoch
				dst[kept] = cell
				kept++
			}
		}
	}
}

// allBut fills drawn with more than half of the cells, in ascending order, by
// drawing those that are left out.
func (s *sampler) allBut(cells int) {
	count := len(s.drawn)
	s.drawn = resized(s.drawn, cells)
	s.distinct(s.drawn[:cells-count], cells)
	kept := s.drawn[:0]
	for cell := range uint32(cells) {
		if s.marks[cell] != s.epoch {
			kept = append(kept, cell)
		}
	}
	s.drawn = kept
}

// nextEpoch forgets which cells were drawn.
func (s *sampler) nextEpoch() {
	s.epoch++
	if s.epoch == 0 { // after 2³² keys
		clear(s.marks)
		s.epoch = 1
	}
}

// repeated is a slice of length copies of a number, in the same array if that is
// large enough.
func repeated(s []uint32, length int, number uint32) []uint32 {
	s = resized(s, length)
	for i := range s {
		s[i] = number
	}
	return s
}
