package learning

import (
	"paracrine/modulator"
	"paracrine/sim"
)

// Diffusing credit: the learning signals of cells are a substance that spreads
// from their sites on a torus, and a cell hears what is at its own,
//
//	G_t = K ∗ G_{t-1} + Σ_p (B δ_t)_p at the site of p,       G_0 = 0
//	L_p,t = G_t at the site of p
//	dE/dW_pq = Σ_t L_p,t ē_pq,t,      ē_t = κ ē_{t-1} + c_out e_t
//
// with the stencil K of modulator.Stencil. G is signed, there is one for all
// outputs, and it lingers after the last error. It spreads the errors as they
// occur, and the readout's filter is in the trace, so that credit through it is
// exact and still causal; backward over a trial the same sum is Σ_t D_p,t e_pq,t
// with D_t = κ D_{t+1} + c_out G_t. With k = 0 it is e-prop.
//
// shuffle=fixed lets the cells change places once, shuffle=step at every step;
// what has been released stays where it is. The places of step t are the same in
// every trial.
//
// Source: Barretto-Bittar et al. 2026, arXiv 2603.08949.

const (
	streamPlaces      sim.Purpose = "shuffled sites"
	streamPlacesAStep sim.Purpose = "sites shuffled at every step"
)

// creditField is G of some trials on their way forward.
type creditField struct {
	c       *Credit
	stencil modulator.Stencil
	amounts []float64 // trials × sites: G
	room    []float64 // of the stencil
	site    []int     // N: where cells are at this step
	order   []int     // N: whose place each cell has
	places  sim.Stream
	next    int // step
}

// newCreditField makes the field of trials; NewCredit has checked the torus.
func (c *Credit) newCreditField(trials int) *creditField {
	n, torus := c.net.Cells.Size(), c.net.Torus
	stencil := modulator.Stencil{Torus: torus, Radius: c.Rule.Radius, Kept: c.Rule.Kept}
	f := &creditField{
		c: c, stencil: stencil,
		amounts: make([]float64, trials*torus.Sites()), room: make([]float64, stencil.Room()),
		site: make([]int, n), order: make([]int, n),
	}
	f.begin(0)
	return f
}

// begin empties the field; the next step is t.
func (f *creditField) begin(t int) {
	clear(f.amounts)
	f.next = t
	if f.c.Rule.Shuffle == "fixed" {
		f.shuffle(streamPlaces, 0)
		return
	}
	for p := range f.site {
		f.site[p] = f.stencil.Torus.SiteOf(p)
	}
}

// shuffle lets the cells change places.
func (f *creditField) shuffle(purpose sim.Purpose, index uint64) {
	f.places.Reset(f.c.net.Seed, purpose, index)
	f.places.Perm(f.order)
	for p, q := range f.order {
		f.site[p] = f.stencil.Torus.SiteOf(q)
	}
}

// spread takes the field to the next step, without what that step releases, and
// writes what it is at every cell to heard: trials × N.
func (f *creditField) spread(heard []float64) {
	if f.c.Rule.Shuffle == "step" {
		f.shuffle(streamPlacesAStep, uint64(f.next))
	}
	f.next++
	n := len(f.site)
	for b := range len(heard) / n {
		field, cells := f.of(b), heard[b*n:(b+1)*n]
		f.stencil.Spread(field, f.room)
		for p, site := range f.site {
			cells[p] = field[site]
		}
	}
}

// release adds what cells release at this step, trials × N, at their sites.
func (f *creditField) release(signal []float64) {
	n := len(f.site)
	for b := range len(signal) / n {
		field, cells := f.of(b), signal[b*n:(b+1)*n]
		for p, site := range f.site {
			field[site] += cells[p]
		}
	}
}

// of is the field of trial b: sites.
func (f *creditField) of(b int) []float64 {
	sites := f.stencil.Torus.Sites()
	return f.amounts[b*sites : (b+1)*sites]
}

// step takes the field of one trial to the next step, with errors δ, and writes
// what it is at every cell to heard; released has room for B δ.
func (f *creditField) step(heard, released, delta []float64) {
	f.spread(heard)
	f.c.signal(released, delta, 1)
	f.release(released)
	for p, x := range released {
		heard[p] += x
	}
}

// creditSpread is what spreads to cells from step to step of a record, beside
// their own B δ, through the readout's filter:
//
//	x_t = κ x_{t+1} + c_out (K ∗ G_{t-1})
type creditSpread struct {
	field  *creditField
	heard  []float64 // Steps × trials × N: x
	signal []float64 // trials × N: B δ
	first  int       // step at which an error releases anything
}

func (c *Credit) newCreditSpread(steps, trials int) *creditSpread {
	row := trials * c.net.Cells.Size()
	return &creditSpread{field: c.newCreditField(trials), heard: make([]float64, steps*row), signal: make([]float64, row)}
}

// begin takes the field through a record.
func (s *creditSpread) begin(r *Record) {
	c := s.field.c
	row := r.Trials * c.net.Cells.Size()
	s.first = r.FirstError
	clear(s.heard[:s.first*row])
	s.field.begin(s.first)
	for t := s.first; t < r.Steps; t++ {
		s.field.spread(s.heard[t*row : (t+1)*row])
		if r.HasError(t) {
			c.signal(s.signal[:row], r.ErrorAt(t), r.Trials)
			s.field.release(s.signal[:row])
		}
	}
	s.filter(r.Steps*row, row)
}

// filter passes the first size numbers, in steps of row, through the readout's
// filter, backward.
func (s *creditSpread) filter(size, row int) {
	net := s.field.c.net
	heard := s.heard[:size]
	for i := size - 1; i >= 0; i-- {
		x := float64(net.ReadoutGain * heard[i])
		if i+row < size {
			x += float64(net.ReadoutDecay * heard[i+row])
		}
		heard[i] = x
	}
}

// addTo adds x of step t to l and says whether anything can have spread there.
func (s *creditSpread) addTo(l []float64, r *Record, t int) bool {
	if s.first == r.Steps || t <= s.first && s.field.c.net.ReadoutDecay == 0 {
		return false
	}
	for i, x := range s.heard[t*len(l) : (t+1)*len(l)] {
		l[i] += x
	}
	return true
}
