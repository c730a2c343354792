package learning

// A stretch is what some steps do to the traces of all synapses, by the cells
// they end on. What a synapse remembers is x = (s, l): s follows its cell
// (ε, ε^a, d), l the messengers and the readout (g, y). One step is linear in
// x, and so is what it teaches,
//
//	s_t = A_p,t s_{t-1},   (l_t, taught) = B_p,t s_{t-1} + D_t l_{t-1},
//
// with A, B of the cell and D common to all. A stretch holds the columns of that
// matrix: cells × own columns of own+shared+1 numbers, then shared columns of
// shared+1. A column is the state of a synapse that began the stretch with one
// unit, so a stretch is taken a step further exactly as a synapse is.
type stretch []float64

// newStretch makes a stretch of no time.
func (c *course) newStretch() stretch {
	m := make(stretch, c.cells*c.own*c.width()+c.shared*(c.shared+1))
	c.begin(m)
	return m
}

// begin sets m to a stretch of no time.
func (c *course) begin(m stretch) {
	clear(m)
	for i := range c.cells * c.own {
		m[i*c.width()+i%c.own] = 1
	}
	common := c.common(m)
	for i := range c.shared {
		common[i*(c.shared+1)+i] = 1
	}
}

// common are the columns that belong to no cell.
func (c *course) common(m stretch) []float64 { return m[c.cells*c.own*c.width():] }

// of are the columns of cell p.
func (c *course) of(m stretch, p int) []float64 {
	size := c.own * c.width()
	return m[p*size : (p+1)*size]
}

// extend takes m the course's present step further.
func (c *course) extend(m stretch) {
	width := c.width()
	for p := range c.cells {
		for columns := c.of(m, p); len(columns) > 0; columns = columns[width:] {
			c.advance(columns[:width], p)
		}
	}
	for columns := c.common(m); len(columns) > 0; columns = columns[c.shared+1:] {
		c.share(columns[:c.shared+1], 0, 0, 0)
	}
}

// follow lets next follow m.
func (c *course) follow(m, next stretch) {
	width, common := c.width(), c.common(next)
	for p := range c.cells {
		onward := c.of(next, p)
		for columns := c.of(m, p); len(columns) > 0; columns = columns[width:] {
			c.carry(c.spare, columns[:width], onward, common)
			copy(columns, c.spare)
		}
	}
	spare := c.spare[c.own:]
	for columns := c.common(m); len(columns) > 0; columns = columns[c.shared+1:] {
		blend(spare, columns[:c.shared], common)
		spare[c.shared] += columns[c.shared]
		copy(columns, spare)
	}
}

// carry writes to dst where x, the state of a synapse and what it taught, is
// taken over a stretch with the given columns of its cell and common ones. What
// the readout filters comes to nothing else than itself and what it taught.
func (c *course) carry(dst, x, columns, common []float64) {
	first, end := c.own+c.ligands, c.own+c.shared
	blend(dst, x[:c.own], columns)
	combine(dst[c.own:], x[c.own:first], common)
	filtered := common[c.ligands*(c.shared+1):]
	taught := x[end]
	for k, y := range x[first:end] {
		column := filtered[k*(c.shared+1):]
		dst[first+k] += float64(y * column[c.ligands+k])
		taught += float64(y * column[c.shared])
	}
	dst[end] += taught
}

// blend sets dst to a weighted sum of columns as long.
func blend(dst, weights, columns []float64) {
	n := len(dst)
	if len(weights) == 1 {
		a, only := weights[0], columns[:n]
		for i := range dst {
			dst[i] = a * only[i]
		}
		return
	}
	a, b := weights[0], weights[1]
	first, second := columns[:n], columns[n:][:n]
	for i := range dst {
		dst[i] = float64(a*first[i]) + float64(b*second[i])
	}
	combine(dst, weights[2:], columns[2*n:])
}

// combine adds a weighted sum of columns as long as dst, two at a time.
func combine(dst, weights, columns []float64) {
	n := len(dst)
	for len(weights) > 1 {
		a, b := weights[0], weights[1]
		first, second := columns[:n], columns[n:][:n]
		for i := range dst {
			dst[i] += float64(a*first[i]) + float64(b*second[i])
		}
		weights, columns = weights[2:], columns[2*n:]
	}
	if len(weights) > 0 {
		a, last := weights[0], columns[:n]
		for i := range dst {
			dst[i] += float64(a * last[i])
		}
	}
}
