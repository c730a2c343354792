package modulator

import (
	"fmt"

	"paracrine/neuron"
	"paracrine/sim"
)

// Kernel is a field that spreads and is cleared in steps, by a [Stencil] on a
// plane that is a ring along both axes. At every multiple of the step
//
//	c ← K ∗ c
//
// and what is released in between appears where it is, at once, and stays until
// the next: c is constant between steps and releases. Of everything the stencil
// leaves k, so that with k < 1 a molecule stays for 1/(1 − k) steps on average.
//
// Steps are taken when somebody reads or releases, one by one: 4r + 2 operations
// per site each. Where there is nothing they cost nothing.
//
// Source: Barretto-Bittar et al. 2026, arXiv 2603.08949, where G is signed.
type Kernel struct {
	Space

	ligand   Ligand
	capacity float64 // molecules in a voxel at 1 nM
	stencil  Stencil
	step     sim.Time
	room     []float64 // of the stencil

	concentrations []float64
	steps          int64    // that were due, since time 0
	latest         sim.Time // time of the last release
	mass           kernelMass
}

// kernelMass is how many molecules there were and are, told from what the stencil
// leaves of them and apart from the concentrations.
type kernelMass struct{ released, left, cleared float64 }

// vanished is the part of what was released that is none.
const vanished = 1e-100

// NewKernel makes a plane without any of a ligand, with sites along x and y; both
// axes are periodic. Every site shares out what it holds in equal parts among the
// sites at most radius away along either axis, and of it the part kept, from 0 to
// 1, is left. The ligand has neither diffusion nor clearance of its own. A refusal
// is a [*SubstanceError].
func NewKernel(l Ligand, s Space, radius int, kept float64, step sim.Time) (*Kernel, error) {
	if err := l.checkKernel(); err != nil {
		return nil, err
	}
	if err := s.CheckKernel(radius); err != nil {
		return nil, err
	}
	const of = "kernel"
	if err := require(of, "k", kept, "", neuron.Probability); err != nil {
		return nil, err
	}
	if step <= 0 {
		return nil, &SubstanceError{of, "step", step.String(), "durations above 0 ms"}
	}
	stencil := Stencil{s.torus(), radius, kept}
	return &Kernel{
		Space: s, ligand: l, capacity: s.capacity(), stencil: stencil, step: step,
		room: make([]float64, stencil.Room()), concentrations: make([]float64, s.Sites()),
	}, nil
}

// checkKernel refuses a ligand that spreads or is cleared by itself.
func (l Ligand) checkKernel() error {
	if err := l.Check(); err != nil {
		return err
	}
	const none = "none: the stencil spreads and clears"
	of := "ligand " + l.Name
	switch {
	case l.Diffusion > 0:
		return &SubstanceError{of, "diffusion", fmt.Sprintf("%v µm²/ms", l.Diffusion), none}
	case l.Clearance > 0:
		return &SubstanceError{of, "clearance", fmt.Sprintf("%v ms", l.Clearance), none}
	case l.Uptake.Max > 0:
		return &SubstanceError{of, "uptake", fmt.Sprintf("%v nM/ms", l.Uptake.Max), none}
	}
	return nil
}

// torus is the points of a plane.
func (s Space) torus() *Torus {
	return &Torus{Rows: s.Shape[1], Columns: s.Shape[0], Spacing: s.Spacing}
}

// CheckKernel refuses sites that are no plane, do not close to rings, or around
// which a stencil meets itself; its errors are [*SubstanceError].
func (s Space) CheckKernel(radius int) error {
	if err := s.Check(); err != nil {
		return err
	}
	const of = "kernel"
	if s.Shape[2] != 1 {
		return &SubstanceError{of, "points along z", fmt.Sprint(s.Shape[2]), "1: sites of a plane"}
	}
	for axis, n := range s.Shape[:2] {
		if n > 1 && s.Boundary[axis] != Periodic {
			return &SubstanceError{of, "boundary along " + string("xyz"[axis]), s.Boundary[axis].String(), Periodic.String()}
		}
	}
	if most := s.torus().widest(); radius < 0 || radius > most {
		return &SubstanceError{of, "radius", fmt.Sprint(radius), fmt.Sprintf("whole numbers from 0 to %d, with which 2r+1 sites fit around %d × %d points", most, s.Shape[0], s.Shape[1])}
	}
	return nil
}

// Ligand implements Field.
func (f *Kernel) Ligand() Ligand { return f.ligand }

// Release implements Field.
func (f *Kernel) Release(now sim.Time, site int, molecules float64) error {
	if err := f.ligand.checkRelease(f, site, molecules); err != nil {
		return err
	}
	if err := f.advance(now); err != nil || molecules == 0 {
		return err
	}
	f.concentrations[site] += molecules / f.capacity
	f.mass.released += molecules
	f.mass.left += molecules
	f.latest = now
	return nil
}

// advance takes the steps that are due by a time.
func (f *Kernel) advance(now sim.Time) error {
	if err := f.ligand.checkOrder(now, max(f.latest, sim.Time(f.steps)*f.step)); err != nil {
		return err
	}
	due := int64(now / f.step)
	for ; f.steps < due && f.mass.left != 0; f.steps++ {
		f.stencil.Spread(f.concentrations, f.room)
		f.mass.step(f.stencil.Kept)
		if f.mass.left == 0 {
			clear(f.concentrations)
		}
	}
	f.steps = due
	return nil
}

// step takes a step, of which what has vanished does not come back.
func (m *kernelMass) step(kept float64) {
	before := m.left
	m.left *= kept
	if m.left < vanished*m.released {
		m.left = 0
	}
	m.cleared += before - m.left
}

// Read implements Field.
func (f *Kernel) Read(now sim.Time, sites []int, concentrations []float64) error {
	if err := f.advance(now); err != nil {
		return err
	}
	for i, site := range sites {
		concentrations[i] = f.concentrations[site]
	}
	return f.ligand.checkConcentrations(now, sites, concentrations)
}

// Balance implements Field. What is present is counted at the sites; what was
// cleared is the part 1 − k of each step, which knows nothing of them.
func (f *Kernel) Balance(now sim.Time) (Balance, error) {
	if err := f.advance(now); err != nil {
		return Balance{}, err
	}
	b := Balance{Released: f.mass.released, Cleared: f.mass.cleared}
	for _, c := range f.concentrations {
		b.Present += float64(c * f.capacity)
	}
	return b, nil
}

// Save implements Field.
func (f *Kernel) Save(s *sim.Snapshot, name string) {
	s.PutFloats(name+" concentrations", f.concentrations)
	s.PutFloats(name+" mass", []float64{f.mass.released, f.mass.left, f.mass.cleared})
	s.PutWords(name+" times", []uint64{uint64(f.steps), uint64(f.latest)})
}

// Restore implements Field.
func (f *Kernel) Restore(s *sim.Snapshot, name string) error {
	concentrations, err := s.Floats(name+" concentrations", f.Sites())
	if err != nil {
		return err
	}
	mass, err := s.Floats(name+" mass", 3)
	if err != nil {
		return err
	}
	times, err := s.Words(name+" times", 2)
	if err != nil {
		return err
	}
	copy(f.concentrations, concentrations)
	f.mass = kernelMass{mass[0], mass[1], mass[2]}
	f.steps, f.latest = int64(times[0]), sim.Time(times[1])
	return nil
}
