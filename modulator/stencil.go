package modulator

import "fmt"

// Stencil is how a signed substance spreads over a torus and is cleared in one
// step, the same around every site:
//
//	G ← K ∗ G,      K = k · ones(2r+1, 2r+1) / (2r+1)²
//
// Every site shares out what it holds in equal parts among the sites at most r
// rows and columns away, itself included, and k of it is left.
//
// Source: Barretto-Bittar et al. 2026, arXiv 2603.08949, with r = 1.
type Stencil struct {
	Torus  *Torus
	Radius int     // r
	Kept   float64 // k
}

// Check refuses a stencil that meets itself around the torus.
func (s Stencil) Check() error {
	if most := s.Torus.widest(); s.Radius > most {
		return fmt.Errorf("radius=%d on a torus of %d rows and %d columns; allowed are whole numbers up to %d, with which 2r+1 sites fit around it",
			s.Radius, s.Torus.Rows, s.Torus.Columns, most)
	}
	return nil
}

// widest is the largest radius of a stencil that does not meet itself.
func (t *Torus) widest() int { return (min(t.Rows, t.Columns) - 1) / 2 }

// Room is how many numbers of scratch memory Spread needs.
func (s Stencil) Room() int { return s.Torus.Sites() + s.Torus.Columns + 2*s.Radius }

// Spread takes the amounts at all sites, field, one step on.
func (s Stencil) Spread(field, room []float64) {
	r, rows, columns := s.Radius, s.Torus.Rows, s.Torus.Columns
	along, ring := room[:len(field)], room[len(field):s.Room()]
	for i := range rows {
		row := field[i*columns : (i+1)*columns]
		copy(ring, row[columns-r:])
		copy(ring[r:], row)
		copy(ring[r+columns:], row[:r])
		sumAhead(along[i*columns:(i+1)*columns], ring, 2*r+1)
	}
	part := s.Kept / float64((2*r+1)*(2*r+1))
	for i := range rows {
		row := field[i*columns : (i+1)*columns]
		clear(row)
		for d := -r; d <= r; d++ {
			from := (i + d + rows) % rows * columns
			for j, x := range along[from : from+len(row)] {
				row[j] += x
			}
		}
		for j := range row {
			row[j] *= part
		}
	}
}

// sumAhead sets every element of sums to the sum of count of x from there on.
func sumAhead(sums, x []float64, count int) {
	copy(sums, x)
	for d := 1; d < count; d++ {
		for j, y := range x[d : d+len(sums)] {
			sums[j] += y
		}
	}
}
