package learning

import "paracrine/internal/kernel"

// A stretch is what some steps do to the traces of all synapses, by the cells
// they end on. What a synapse remembers is x = (s, l): s follows its cell
// (ε, ε^a, d), l the messengers and the readout (g, y). One step is linear in
// x, and so is what it teaches,
//
//	s_t = A_p,t s_{t-1},   (l_t, taught) = B_p,t s_{t-1} + D_t l_{t-1},
//
// with A, B of the cell and D common to all. A stretch holds the columns of that
// matrix, each a row of a synapse that began the stretch with one unit: own ones
// of every cell, then those of l and of what was taught. So stretches are joined
// exactly as synapses are carried.
type stretch []float64

// stretches makes stretches of a course and joins them.
type stretches struct {
	*course
	owner kernel.Cells // of the rows of a stretch
	free  []stretch    // to be used again
	made  int
	step  *cellStep
}

func newStretches(c *course) *stretches {
	owner := make([]int32, c.cells*c.own+c.shared+1)
	for i := range c.cells * c.own {
		owner[i] = int32(i / c.own)
	}
	return &stretches{course: c, owner: kernel.CellsOf(owner, c.cells), step: newCellStep(c)}
}

// writeStep makes m the stretch of the present step.
func (s *stretches) writeStep(m stretch) {
	cells, common := m[:s.cells*s.own*s.width()], m[s.cells*s.own*s.width():]
	s.step.write(cells)
	clear(common)
	s.writeCommon(common)
}

// take returns a stretch to be written.
func (s *stretches) take() stretch {
	if n := len(s.free); n > 0 {
		m := s.free[n-1]
		s.free = s.free[:n-1]
		return m
	}
	s.made++
	return make(stretch, s.owner.Len()*s.width())
}

// bytes is the memory of all stretches and of what makes them.
func (s *stretches) bytes() int {
	return 8 * (s.made*s.owner.Len()*s.width() + len(s.step.gate) + len(s.step.emission))
}

// leave gives a stretch back, if it is one.
func (s *stretches) leave(m stretch) {
	if m != nil {
		s.free = append(s.free, m)
	}
}

// join lets next follow m, which is no more; nil stands for no time.
func (s *stretches) join(m, next stretch) stretch {
	onward := s.take()
	if m == nil {
		copy(onward, next)
		return onward
	}
	s.carry(onward, s.rows(m), s.owner, next) // rows of l remember nothing of the cell they are given
	s.leave(m)
	return onward
}
