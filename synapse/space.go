package synapse

import "math"

// space is where cells are, with axes that may be rings.
type space struct {
	extent [3]float64 // the circumference of a ring, µm; 0 for a line
}

// squared is the squared distance of two points, the short way round rings.
func (s space) squared(a, b *[3]float64) float64 {
	sum := 0.0
	for axis := range a {
		d := s.along(axis, a[axis]-b[axis])
		sum += float64(d * d)
	}
	return sum
}

// along is the distance along an axis of points whose coordinates differ by d,
// at most once round.
func (s space) along(axis int, d float64) float64 {
	d = math.Abs(d)
	if ring := s.extent[axis]; ring > 0 {
		d = min(d, ring-d)
	}
	return d
}

// block is a box that holds cells.
type block struct{ low, high [3]float64 }

// around is the smallest box that holds both.
func (b block) around(o block) block {
	for axis := range b.low {
		b.low[axis] = min(b.low[axis], o.low[axis])
		b.high[axis] = max(b.high[axis], o.high[axis])
	}
	return b
}

// nearest is the smallest squared distance a point of the box can have from p.
func (s space) nearest(b *block, p *[3]float64) float64 {
	sum := 0.0
	for axis, x := range p {
		if x >= b.low[axis] && x <= b.high[axis] {
			continue
		}
		d := min(s.along(axis, x-b.low[axis]), s.along(axis, x-b.high[axis]))
		sum += float64(d * d)
	}
	return sum
}

// bounds is the smallest box that holds all positions, of which there is one.
func bounds(positions [][3]float64) block {
	b := block{positions[0], positions[0]}
	for _, p := range positions[1:] {
		b = b.around(block{p, p})
	}
	return b
}
