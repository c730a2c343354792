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

	along []float64 // sites: sums along the rows
}

// NewStencil makes a stencil; it refuses one that meets itself around the torus.
func NewStencil(t *Torus, radius int, kept float64) (*Stencil, error) {
	if least := min(t.Rows, t.Columns); radius > (least-1)/2 {
		return nil, fmt.Errorf("radius=%d on a torus of %d rows and %d columns; allowed are whole numbers up to %d, with which 2r+1 is at most %d",
			radius, t.Rows, t.Columns, (least-1)/2, least)
	}
	return &Stencil{Torus: t, Radius: radius, Kept: kept, along: make([]float64, t.Sites())}, nil
}

// Spread takes the amounts at all sites one step on.
func (s *Stencil) Spread(field []float64) {
	r, rows, columns := s.Radius, s.Torus.Rows, s.Torus.Columns
	for i := range rows {
		sumAround(s.along[i*columns:(i+1)*columns], field[i*columns:(i+1)*columns], r)
	}
	part := s.Kept / float64((2*r+1)*(2*r+1))
	for i := range rows {
		row := field[i*columns : (i+1)*columns]
		clear(row)
		for d := -r; d <= r; d++ {
			from := (i + d + rows) % rows * columns
			for j, x := range s.along[from : from+columns] {
				row[j] += x
			}
		}
		for j := range row {
			row[j] *= part
		}
	}
}

// sumAround sets every element of sums to the sum of those of x at most r away
// from it around a ring.
func sumAround(sums, x []float64, r int) {
	n := len(x)
	for j := range sums {
		sum := 0.0
		for d := -r; d <= r; d++ {
			sum += x[(j+d+n)%n]
		}
		sums[j] = sum
	}
}
