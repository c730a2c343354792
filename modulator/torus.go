package modulator

import "fmt"

// Torus is a grid of sites without a border: the last row is next to the first
// and the last column next to the first. No two cells are at one site; a site
// may be empty.
type Torus struct {
	Rows, Columns int
	Site          []int   // per cell its site, row · Columns + column; nil: cell p is at site p
	Spacing       float64 // µm between neighbours; 0: not known
}

// Sites is the number of sites.
func (t *Torus) Sites() int { return t.Rows * t.Columns }

// SiteOf is the site of cell p.
func (t *Torus) SiteOf(p int) int {
	if t.Site == nil {
		return p
	}
	return t.Site[p]
}

// Space is the sites as the points of a lattice that substances spread over, numbered
// alike; Spacing must be known.
func (t *Torus) Space() Space {
	s := Space{Shape: [3]int{t.Columns, t.Rows, 1}, Spacing: t.Spacing}
	for axis, n := range s.Shape {
		if n > 1 {
			s.Boundary[axis] = Periodic
		}
	}
	return s
}

// Check refuses a torus that does not give each of the cells a site of its own.
func (t *Torus) Check(cells int) error {
	switch {
	case t.Rows < 1 || t.Columns < 1:
		return fmt.Errorf("a torus of %d rows and %d columns; allowed are whole numbers from 1", t.Rows, t.Columns)
	case t.Rows > maxSites/t.Columns:
		return fmt.Errorf("a torus of %d rows and %d columns; allowed are at most %d sites", t.Rows, t.Columns, maxSites)
	case t.Rows < (cells+t.Columns-1)/t.Columns:
		return fmt.Errorf("a torus of %d rows and %d columns has no site for each of %d cells", t.Rows, t.Columns, cells)
	case t.Site != nil && len(t.Site) != cells:
		return fmt.Errorf("sites for %d cells; the network has %d", len(t.Site), cells)
	}
	at := make(map[int]int, len(t.Site))
	for p, site := range t.Site {
		if site < 0 || site/t.Columns >= t.Rows {
			return fmt.Errorf("cell %d at site %d; allowed are sites from 0 to %d", p, site, t.Sites()-1)
		}
		if q, taken := at[site]; taken {
			return fmt.Errorf("cells %d and %d at site %d; allowed is one cell per site", q, p, site)
		}
		at[site] = p
	}
	return nil
}
