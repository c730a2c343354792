package modulator

import (
	"fmt"

	"paracrine/sim"
)

// Saturating is a lattice from which a ligand is taken up by transporters that
// saturate, which no basis makes linear. Between releases it goes in steps of h,
// the last of which is cut off, each split symmetrically (Strang, SIAM J. Numer.
// Anal. 5, 1968) into uptake over h/2, diffusion over h and uptake over h/2, all
// three in closed form: concentrations never fall below zero and what was
// released is accounted for whatever h is. The error is of second order in
// h V_max/K_m, which may be up to 1/4; there, what is left of a point source of
// 100 K_m in three dimensions is within 0.5 % of its largest concentration.
type Saturating struct {
	Space

	ligand   Ligand
	capacity float64 // molecules in a voxel at 1 nM
	step     sim.Time
	axes     [3]basis
	sweeper  sweeper
	whole    passage // of a whole step

	state saturatingState
}

// passage is diffusion over a span: the matrix along every axis, and what of every
// point is still there afterwards, the product of a factor per axis.
type passage struct {
	axes     [3]along
	survival [3][]float64
}

// saturatingState is the field at the end of a step.
type saturatingState struct {
	concentrations []float64
	at             sim.Time
	balance        Balance
}

// LongestStep is the most a step may be, ms.
func (u Uptake) LongestStep() float64 { return largestUptakeStep * u.Half / u.Max }

// largestUptakeStep is the most a step may be of the time K_m/V_max.
const largestUptakeStep = 0.25

// NewSaturating makes a lattice without any of a ligand. A refusal, also of a
// step that is too long for the uptake, is a [*SubstanceError].
func NewSaturating(l Ligand, s Space, step sim.Time) (*Saturating, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	of := "ligand " + l.Name
	if err := l.Uptake.check(of); err != nil {
		return nil, err
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	longest := l.Uptake.LongestStep()
	if step <= 0 || step.Milliseconds() > longest {
		return nil, &SubstanceError{of, "step of uptake", step.String(), fmt.Sprintf("above 0 to %v K_m/V_max = %.4g ms", largestUptakeStep, longest)}
	}
	f := &Saturating{Space: s, ligand: l, capacity: s.capacity(), step: step, axes: s.bases(), sweeper: newSweeper(s.Shape)}
	f.whole = f.passage(step)
	f.state.concentrations = make([]float64, s.Sites())
	return f, nil
}

// passage is that over a span.
func (f *Saturating) passage(span sim.Time) (p passage) {
	spread := f.ligand.Diffusion * span.Milliseconds()
	for axis := range f.axes {
		p.axes[axis], p.survival[axis] = f.axes[axis].propagator(spread), f.axes[axis].survival(spread)
	}
	return p
}

// Ligand implements Field.
func (f *Saturating) Ligand() Ligand { return f.ligand }

// Release implements Field.
func (f *Saturating) Release(now sim.Time, site int, molecules float64) error {
	if err := f.ligand.checkRelease(f, site, molecules); err != nil {
		return err
	}
	if err := f.ligand.checkOrder(now, f.state.at); err != nil {
		return err
	}
	if molecules == 0 {
		return nil
	}
	f.wholeSteps(now)
	f.partialStep(&f.state, now)
	f.state.concentrations[site] += molecules / f.capacity
	f.state.balance.Released += molecules
	f.state.balance.Present += molecules
	return nil
}

// wholeSteps takes the state to the last whole step not after a time. Steps are
// counted from the last release, so that who reads changes nothing.
func (f *Saturating) wholeSteps(now sim.Time) {
	for now-f.state.at >= f.step && f.state.charged() {
		f.advance(&f.state, f.whole, f.step)
	}
}

// charged reports whether there is any of the ligand; 10⁻³⁰ of what was released
// is none.
func (s *saturatingState) charged() bool { return s.balance.Present > 1e-30*s.balance.Released }

// partialStep takes a state through the rest of a step to a time.
func (f *Saturating) partialStep(s *saturatingState, now sim.Time) {
	if !s.charged() {
		s.at = now
	} else if span := now - s.at; span > 0 {
		f.advance(s, f.passage(span), span)
	}
}

// advance takes a state through a step. What is absorbed is told before it is.
func (f *Saturating) advance(s *saturatingState, p passage, span sim.Time) {
	half, b := span.Milliseconds()/2, &s.balance
	b.Cleared += f.takeUp(s.concentrations, half)
	if f.absorbs() {
		b.Absorbed += f.leaving(s.concentrations, p)
	}
	copy(s.concentrations, f.sweeper.sweep(p.axes, s.concentrations))
	b.Cleared += f.takeUp(s.concentrations, half)
	b.Present = f.molecules(s.concentrations)
	s.at += span
}

// leaving is the molecules that are absorbed in a passage.
func (f *Saturating) leaving(concentrations []float64, p passage) float64 {
	sum, site := 0.0, 0
	for _, z := range p.survival[2] {
		for _, y := range p.survival[1] {
			for _, x := range p.survival[0] {
				sum += float64(concentrations[site] * (1 - float64(z*y*x)))
				site++
			}
		}
	}
	return sum * f.capacity
}

// takeUp lets uptake act for a span in ms and returns the molecules removed.
func (f *Saturating) takeUp(concentrations []float64, span float64) float64 {
	sum := 0.0
	for i, c := range concentrations {
		removed := f.ligand.Uptake.removed(c, span)
		concentrations[i] = c - removed
		sum += removed
	}
	return sum * f.capacity
}

// molecules is how many there are.
func (f *Saturating) molecules(concentrations []float64) float64 {
	sum := 0.0
	for _, c := range concentrations {
		sum += c
	}
	return sum * f.capacity
}

// absorbs reports whether any boundary does.
func (f *Saturating) absorbs() bool {
	for _, b := range f.Boundary {
		if b == Absorbing {
			return true
		}
	}
	return false
}

// at is the state at a time not before the last release.
func (f *Saturating) at(now sim.Time) (saturatingState, error) {
	if err := f.ligand.checkOrder(now, f.state.at); err != nil {
		return saturatingState{}, err
	}
	f.wholeSteps(now)
	s := f.state
	s.concentrations = append([]float64(nil), s.concentrations...)
	f.partialStep(&s, now)
	return s, nil
}

// Read implements Field.
func (f *Saturating) Read(now sim.Time, sites []int, concentrations []float64) error {
	s, err := f.at(now)
	if err != nil {
		return err
	}
	for i, site := range sites {
		concentrations[i] = s.concentrations[site]
	}
	return f.ligand.checkConcentrations(now, sites, concentrations)
}

// Balance implements Field.
func (f *Saturating) Balance(now sim.Time) (Balance, error) {
	s, err := f.at(now)
	return s.balance, err
}

// Save implements Field.
func (f *Saturating) Save(s *sim.Snapshot, name string) {
	b := f.state.balance
	s.PutFloats(name+" concentrations", f.state.concentrations)
	s.PutFloats(name+" balance", []float64{b.Released, b.Present, b.Cleared, b.Absorbed})
	s.PutWords(name+" time", []uint64{uint64(f.state.at)})
}

// Restore implements Field.
func (f *Saturating) Restore(s *sim.Snapshot, name string) error {
	concentrations, err := s.Floats(name+" concentrations", f.Sites())
	if err != nil {
		return err
	}
	b, err := s.Floats(name+" balance", 4)
	if err != nil {
		return err
	}
	time, err := s.Words(name+" time", 1)
	if err != nil {
		return err
	}
	f.state = saturatingState{concentrations, sim.Time(time[0]), Balance{b[0], b[1], b[2], b[3]}}
	return nil
}
