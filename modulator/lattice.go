package modulator

import (
	"fmt"
	"math"
	"slices"

	"paracrine/internal/kernel"
	"paracrine/sim"
)

// Lattice is a field of a ligand that diffuses between the points of a lattice
// and is cleared, dc/dt = D Δc − c/τ_c with the discrete Laplacian Δ. In the
// basis T of its modes (see basis) the solution is
//
//	T c(t+Δ) = exp(−(D λ + 1/τ_c) Δ) T c(t)
//
// exact for any Δ and never below zero but for rounding, which is taken off. A
// release at a site x adds the column T_x; since λ is a sum over axes, what has
// become of it is a product of one factor per axis, and many releases, each of
// its own time, are one matrix product. So a release costs a note, and telling its
// losses, until 64 of them are worked in, and a reading one decay of all modes and,
// of more than a few sites, one transform back.
//
// Relative to the largest concentration, rounding is a few parts in 10¹⁵.
type Lattice struct {
	Space

	ligand   Ligand
	capacity float64 // molecules in a voxel at 1 nM
	axes     [3]basis
	sweeper  sweeper
	slowest  float64 // decay of the slowest mode, 1/ms

	charged  bool      // whether there was ever a release in spectrum
	spectrum []float64 // T c at the time settled, nM
	settled  sim.Time
	pending  []release // since then, in order of time
	latest   sim.Time  // time of the last release
	losses   losses

	planes []float64 // of pending releases: factors along z and y
	rows   []float64 // of pending releases: factors along x
	decays [3][]float64

	asked   bool      // since the last release
	askedAt sim.Time  // when last
	present []float64 // spectrum at that time
	shown   []float64 // concentrations at that time, but for rounding; nil if not known
}

// release is molecules that appear at a site.
type release struct {
	at        sim.Time
	site      int
	molecules float64
}

// pendingReleases is how many releases wait to be worked in together.
const pendingReleases = 64

// NewLattice makes a lattice without any of a ligand. A refusal is a
// [*SubstanceError].
func NewLattice(l Ligand, s Space) (*Lattice, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	if l.Uptake.Max > 0 {
		return nil, &SubstanceError{"ligand " + l.Name, "uptake", "saturating", "clearance with a time constant on a lattice without steps"}
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	sites := s.Sites()
	f := &Lattice{
		Space: s, ligand: l, capacity: s.capacity(), axes: s.bases(), sweeper: newSweeper(s.Shape),
		slowest:  l.clearanceRate(),
		spectrum: make([]float64, sites), present: make([]float64, sites),
		planes: make([]float64, pendingReleases*s.Shape[1]*s.Shape[2]), rows: make([]float64, pendingReleases*s.Shape[0]),
	}
	f.losses = newLosses(l, f.axes)
	for axis, b := range f.axes {
		f.slowest += float64(l.Diffusion * slices.Min(b.eigenvalue))
		if s.repeats(axis) {
			f.decays[axis] = f.decays[axis-1]
		} else {
			f.decays[axis] = make([]float64, b.points)
		}
	}
	return f, nil
}

// Ligand implements Field.
func (f *Lattice) Ligand() Ligand { return f.ligand }

// Release implements Field.
func (f *Lattice) Release(now sim.Time, site int, molecules float64) error {
	if err := f.ligand.checkRelease(f, site, molecules); err != nil {
		return err
	}
	if err := f.ligand.checkOrder(now, f.latest); err != nil {
		return err
	}
	if molecules == 0 {
		return nil
	}
	f.latest, f.asked = now, false
	f.losses.release(now, f.point(site), molecules)
	if last := len(f.pending) - 1; last >= 0 && f.pending[last].at == now && f.pending[last].site == site {
		f.pending[last].molecules += molecules
		return nil
	}
	if len(f.pending) == pendingReleases {
		f.settle(f.pending[pendingReleases-1].at)
	}
	f.pending = append(f.pending, release{now, site, molecules})
	return nil
}

// settle makes the spectrum that of a time, not before the last pending release.
func (f *Lattice) settle(now sim.Time) {
	f.advance(now, f.spectrum)
	f.settled, f.charged, f.pending = now, true, f.pending[:0]
}

// advance writes the spectrum at a time.
func (f *Lattice) advance(now sim.Time, dst []float64) {
	if f.charged {
		f.decay(now, dst)
	} else {
		clear(dst)
	}
	f.addPending(now, dst)
}

// decayFactors sets decays to those over a span and returns that of clearance.
func (f *Lattice) decayFactors(span sim.Time) float64 {
	ms := span.Milliseconds()
	for axis := range f.axes {
		if !f.repeats(axis) {
			f.axes[axis].decay(f.decays[axis], f.ligand.Diffusion*ms)
		}
	}
	if folds := ms * f.ligand.clearanceRate(); folds < vanishing {
		return math.Exp(-folds)
	}
	return 0
}

// decay writes what the spectrum has become.
func (f *Lattice) decay(now sim.Time, dst []float64) {
	cleared := f.decayFactors(now - f.settled)
	nx, at := f.Shape[0], 0
	for _, z := range f.decays[2] {
		for _, y := range f.decays[1] {
			scale(dst[at:at+nx], f.spectrum[at:at+nx], f.decays[0], cleared*z*y)
			at += nx
		}
	}
}

// scale writes x times factor times common, element by element.
func scale(dst, x, factor []float64, common float64) {
	x, factor = x[:len(dst)], factor[:len(dst)]
	for i := range dst {
		dst[i] = x[i] * (factor[i] * common)
	}
}

// addPending adds to the spectrum at a time what was released before it.
func (f *Lattice) addPending(now sim.Time, dst []float64) {
	nx, ny, nz := f.Shape[0], f.Shape[1], f.Shape[2]
	cleared := 0.0
	for i, r := range f.pending {
		if i == 0 || r.at != f.pending[i-1].at {
			cleared = f.decayFactors(now - r.at)
		}
		f.addFactors(i, r, cleared)
	}
	kernel.MatMul(ny*nz, nx, len(f.pending), f.planes, 1, ny*nz, f.rows, nx, dst, nx)
}

// addFactors writes the factors along each axis of the i-th release.
func (f *Lattice) addFactors(i int, r release, cleared float64) {
	nx, ny, nz := f.Shape[0], f.Shape[1], f.Shape[2]
	at := f.point(r.site)
	x, y, z := f.axes[0].at(at[0]), f.axes[1].at(at[1]), f.axes[2].at(at[2])
	scale(f.rows[i*nx:(i+1)*nx], x, f.decays[0], 1)
	plane := f.planes[i*ny*nz : (i+1)*ny*nz]
	for k, amplitude := range z {
		common := amplitude * f.decays[2][k] * cleared * r.molecules / f.capacity
		scale(plane[k*ny:(k+1)*ny], y, f.decays[1], common)
	}
}

// idle reports whether there is nothing at a time: nothing was released, or it
// has vanished.
func (f *Lattice) idle(now sim.Time) bool {
	return !f.charged && len(f.pending) == 0 || f.slowest*(now-f.latest).Milliseconds() > vanishing
}

// Read implements Field. Few sites are summed over the modes one by one.
func (f *Lattice) Read(now sim.Time, sites []int, concentrations []float64) error {
	if err := f.ligand.checkOrder(now, f.latest); err != nil {
		return err
	}
	switch {
	case f.idle(now):
		clear(concentrations)
	case 2*len(sites) < f.Shape[0]+f.Shape[1]+f.Shape[2]:
		f.sumModes(now, sites, concentrations)
	default:
		all := f.rounded(now)
		for i, site := range sites {
			concentrations[i] = notNegative(all[site])
		}
	}
	return f.ligand.checkConcentrations(now, sites, concentrations)
}

// sumModes writes the concentrations at some sites, 2 operations per mode each.
func (f *Lattice) sumModes(now sim.Time, sites []int, concentrations []float64) {
	spectrum := f.spectrumAt(now)
	nx, ny, nz, m := f.Shape[0], f.Shape[1], f.Shape[2], len(sites)
	columns, sums := make([]float64, nx*m), make([]float64, ny*nz*m)
	for i, site := range sites {
		for k, amplitude := range f.axes[0].at(f.point(site)[0]) {
			columns[k*m+i] = amplitude
		}
	}
	kernel.MatMul(ny*nz, m, nx, spectrum, nx, 1, columns, m, sums, m)
	for i, site := range sites {
		at := f.point(site)
		y, z := f.axes[1].at(at[1]), f.axes[2].at(at[2])
		c := 0.0
		for k := range ny * nz {
			c += float64(float64(y[k%ny]*z[k/ny]) * sums[k*m+i])
		}
		concentrations[i] = notNegative(c)
	}
}

// notNegative takes off what rounding left below zero, and keeps NaN.
func notNegative(c float64) float64 {
	if c < 0 {
		return 0
	}
	return c
}

// spectrumAt is the spectrum at a time, kept for the next who asks.
func (f *Lattice) spectrumAt(now sim.Time) []float64 {
	if !f.asked || f.askedAt != now {
		f.advance(now, f.present)
		f.asked, f.askedAt, f.shown = true, now, nil
	}
	return f.present
}

// rounded is the concentrations at all sites as rounding left them, kept for the
// next who asks.
func (f *Lattice) rounded(now sim.Time) []float64 {
	if spectrum := f.spectrumAt(now); f.shown == nil {
		f.shown = f.sweeper.sweep([3]along{f.axes[0].inverse(), f.axes[1].inverse(), f.axes[2].inverse()}, spectrum)
	}
	return f.shown
}

// Balance implements Field. What is present is counted at the sites, what went is
// told by the losses, which know nothing of them.
func (f *Lattice) Balance(now sim.Time) (Balance, error) {
	if err := f.ligand.checkOrder(now, f.latest); err != nil {
		return Balance{}, err
	}
	b := Balance{Released: f.losses.released}
	if b.Released == 0 {
		return b, nil // and no transform of nothing
	}
	b.Cleared, b.Absorbed = f.losses.until(now)
	for _, c := range f.rounded(now) {
		b.Present += float64(c * f.capacity)
	}
	return b, nil
}

// Save implements Field.
func (f *Lattice) Save(s *sim.Snapshot, name string) {
	s.PutFloats(name+" spectrum", f.spectrum)
	f.losses.save(s, name)
	s.PutWords(name+" times", []uint64{uint64(f.settled), uint64(f.latest)})
	var words []uint64
	for _, r := range f.pending {
		words = append(words, uint64(r.at), uint64(r.site), math.Float64bits(r.molecules))
	}
	s.PutWords(name+" pending", words)
}

// Restore implements Field.
func (f *Lattice) Restore(s *sim.Snapshot, name string) error {
	spectrum, err := s.Floats(name+" spectrum", f.Sites())
	if err != nil {
		return err
	}
	times, err := s.Words(name+" times", 2)
	if err != nil {
		return err
	}
	pending, err := s.Words(name+" pending", -1)
	if err != nil {
		return err
	}
	if err := f.restorePending(name, pending); err != nil {
		return err
	}
	if err := f.losses.restore(s, name); err != nil {
		return err
	}
	copy(f.spectrum, spectrum)
	f.settled, f.latest, f.asked = sim.Time(times[0]), sim.Time(times[1]), false
	f.charged = slices.ContainsFunc(spectrum, func(x float64) bool { return x != 0 })
	return nil
}

// restorePending takes up three words per release: time, site and molecules.
func (f *Lattice) restorePending(name string, words []uint64) error {
	if len(words)%3 != 0 || len(words) > 3*pendingReleases {
		return &sim.SectionError{Section: name + " pending", Found: fmt.Sprintf("%d words", len(words)), Want: fmt.Sprintf("three for each of up to %d releases", pendingReleases)}
	}
	f.pending = f.pending[:0]
	for ; len(words) > 0; words = words[3:] {
		r := release{sim.Time(words[0]), int(words[1]), math.Float64frombits(words[2])}
		if err := f.ligand.checkRelease(f, r.site, r.molecules); err != nil {
			return err
		}
		f.pending = append(f.pending, r)
	}
	return nil
}
