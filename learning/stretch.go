package learning

import "math/bits"

// stretches are how the traces of every cell's synapses run on over a stretch of
// time, kept so that a synapse can be carried from any earlier step to the
// present one by two products, whatever lies between.
//
// What a synapse remembers is x = (s, l): s belongs to the cell it ends on (ε,
// ε^a), l to the messengers and the readout (g, y). One step is linear in x, and
// so is what it teaches,
//
//	s_t = A_p s_{t-1},   (l_t, taught) = B_p s_{t-1} + D l_{t-1},
//
// with A_p, B_p of the cell and D common to all. The columns of a stretch's
// matrix are the states of synapses that began it with one unit, so a stretch
// is extended by a step exactly as a synapse is (course.advance).
//
// Steps are numbered in binary. The time t a synapse was left at and the present
// one agree down to some bit k, which is 0 in t and 1 in the present; b, the
// present one with all lower bits cleared, lies between them. Kept are, for
// every t, the stretch from t to its b, and for every k that from b to now.
//
//	t0 = 0101 ──since[t0]──▶ b = 1000 ──running[3]──▶ now = 1011
//
// When now reaches a multiple of 2^j, the j stretches that end there are
// appended to those they follow; ½ log₂ T products per step and cell over a
// trial of T steps, and T matrices to keep. No inverse is taken, so ψ = 0, a
// cell that forgets at once or a long silence cost no precision.
type stretches struct {
	course  *course
	now     int
	since   [][]float64                  // per time: cells' columns, then the common ones
	running [bits.UintSize - 1][]float64 // per bit of now that is 1: the same
	spare   []float64                    // one column
}

func newStretches(c *course) *stretches {
	return &stretches{course: c, spare: make([]float64, c.width())}
}

// size is how many numbers the stretches of all cells take: cells × own columns
// of own+shared+1, then shared columns of shared+1.
func (s *stretches) size() int {
	c := s.course
	return c.cells*c.own*c.width() + c.shared*(c.shared+1)
}

// begin sets every stretch of m to no time at all.
func (s *stretches) begin(m []float64) {
	c := s.course
	clear(m)
	for i := range c.cells * c.own {
		m[i*c.width()+i%c.own] = 1
	}
	common := m[c.cells*c.own*c.width():]
	for i := range c.shared {
		common[i*(c.shared+1)+i] = 1
	}
}

// extend takes every stretch of m one step on.
func (s *stretches) extend(m []float64) {
	c := s.course
	width := c.width()
	for p := range c.cells {
		columns := m[p*c.own*width : (p+1)*c.own*width]
		for len(columns) > 0 {
			c.advance(columns[:width], p)
			columns = columns[width:]
		}
	}
	common := m[c.cells*c.own*width:]
	for len(common) > 0 {
		c.share(common[:c.shared+1], 0, 0, 0)
		common = common[c.shared+1:]
	}
}

// advance takes the present one step on, in which the course is as it is now.
func (s *stretches) advance() {
	for k := range bits.Len(uint(s.now)) {
		if s.now>>k&1 == 1 {
			if s.now&(1<<k-1) == 0 {
				s.begin(s.running[k])
			}
			s.extend(s.running[k])
		}
	}
	s.since = s.room(s.since)
	s.begin(s.since[s.now])
	s.extend(s.since[s.now])
	border := bits.TrailingZeros(^uint(s.now)) // of now+1
	for k := range border {
		end := s.now + 1 - 1<<k
		for t := end - 1<<k; t < end; t++ {
			s.append(s.since[t], s.running[k])
		}
	}
	s.now++
	if s.running[border] == nil {
		s.running[border] = make([]float64, s.size())
	}
}

// room returns since with a place for the present time.
func (s *stretches) room(since [][]float64) [][]float64 {
	if s.now < len(since) {
		return since
	}
	return append(since, make([]float64, s.size()))
}

// append makes the stretch m go on over next.
func (s *stretches) append(m, next []float64) {
	c := s.course
	own, shared, width := c.own, c.shared, c.width()
	common := next[c.cells*own*width:]
	for p := range c.cells {
		columns, onward := m[p*own*width:(p+1)*own*width], next[p*own*width:(p+1)*own*width]
		for len(columns) > 0 {
			carry(columns[:width], s.spare, onward, common, own, shared)
			columns = columns[width:]
		}
	}
	first := m[c.cells*own*width:]
	for len(first) > 0 {
		carryShared(first[:shared+1], s.spare, common, shared)
		first = first[shared+1:]
	}
}

// between are the two stretches from time t to now; the second is nil where
// the first reaches now. t must be earlier than now.
func (s *stretches) between(t int) (first, second []float64) {
	k := bits.Len(uint(t^s.now)) - 1
	if s.now&(1<<k-1) != 0 {
		second = s.running[k]
	}
	return s.since[t], second
}

// reset begins a new trial.
func (s *stretches) reset() { s.now = 0 }

// carry takes x, the states of a synapse and what it taught (own + shared + 1
// numbers), over a stretch: the columns of its cell and those common to all.
// spare has the size of x.
func carry(x, spare, columns, common []float64, own, shared int) {
	width := own + shared + 1
	spare = spare[:width]
	x = x[:width]
	clear(spare)
	spare[width-1] = x[width-1]
	for j := range own {
		weight := x[j]
		column := columns[j*width : (j+1)*width : (j+1)*width]
		for i, c := range column {
			spare[i] += float64(weight * c)
		}
	}
	tail := spare[own:]
	for j := range shared {
		weight := x[own+j]
		column := common[j*(shared+1) : (j+1)*(shared+1) : (j+1)*(shared+1)]
		for i, c := range column {
			tail[i] += float64(weight * c)
		}
	}
	copy(x, spare)
}

// carryShared is carry of states that belong to no cell.
func carryShared(x, spare, common []float64, shared int) {
	carry(x, spare, nil, common, 0, shared)
}
