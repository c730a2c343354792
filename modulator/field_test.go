package modulator

import (
	"errors"
	"math"
	"strings"
	"testing"

	"paracrine/sim"
)

// fields makes one of each kind, empty.
func fields() map[string]func() Field {
	s := Space{Shape: [3]int{8, 6, 1}, Spacing: 10, Boundary: [3]Boundary{NoFlux, Absorbing, NoFlux}}
	return map[string]func() Field{
		"mixed":   func() Field { return must(NewMixed(Ligand{Name: "a", Clearance: 500}, 1e5)) },
		"lattice": func() Field { return must(NewLattice(Ligand{Name: "a", Diffusion: 0.2, Clearance: 500}, s)) },
		"saturating": func() Field {
			return must(NewSaturating(Ligand{Name: "a", Diffusion: 0.2, Uptake: Uptake{1, 50}}, s, 5*ms))
		},
		"kernel": func() Field { return must(NewKernel(Ligand{Name: "a"}, ring(8, 6), 1, 0.95, 4*ms)) },
	}
}

// TestBalancesCanFail: a field that loses molecules, or whose concentrations decay at
// another rate than they should, does not account for all that was released.
func TestBalancesCanFail(t *testing.T) {
	for name, harm := range map[string]func(f Field){
		"lattice":          func(f Field) { f.(*Lattice).settle(30 * ms); f.(*Lattice).spectrum[0] *= 0.99 },
		"lattice, cleared": func(f Field) { f.(*Lattice).ligand.Clearance *= 0.99 },
		"lattice, spread":  func(f Field) { f.(*Lattice).ligand.Diffusion *= 1.01 },
		"saturating":       func(f Field) { f.(*Saturating).state.concentrations[0] *= 0.99 },
		"saturating, spread": func(f Field) {
			s := f.(*Saturating)
			s.whole.axes[1] = s.axes[1].propagator(1.01 * s.ligand.Diffusion * s.step.Milliseconds())
		},
		"kernel": func(f Field) { f.(*Kernel).concentrations[0] *= 0.99 },
	} {
		kind, _, _ := strings.Cut(name, ",")
		f := fields()[kind]()
		for k := range sim.Time(10) {
			emit(t, f, k*3*ms, int(k)*7%f.Sites(), 500)
		}
		if b := balance(t, f, 30*ms); math.Abs(b.Gap()) > 1e-12 {
			t.Fatalf("%s: %+v", name, b)
		}
		harm(f)
		if b := balance(t, f, 100*ms); !(math.Abs(b.Gap()) > 1e-6) {
			t.Errorf("%s: a gap of %v: %+v", name, b.Gap(), b)
		}
	}
}

// requireSame compares two fields to the bit.
func requireSame(t *testing.T, what string, got, want Field, now sim.Time) {
	t.Helper()
	wanted := everywhere(t, want, now)
	for i, c := range everywhere(t, got, now) {
		if c != wanted[i] {
			t.Fatalf("%s: site %d holds %v, want %v", what, i, c, wanted[i])
		}
	}
	if a, b := balance(t, got, now), balance(t, want, now); a != b || b.Present == 0 {
		t.Fatalf("%s: %+v, want %+v", what, a, b)
	}
}

// TestReadingChangesNothing compares a field that is read all the time with one
// that is read once, to the bit, and repeats a reading.
func TestReadingChangesNothing(t *testing.T) {
	for name, empty := range fields() {
		read, unread := empty(), empty()
		for k := range sim.Time(200) {
			emit(t, read, k*3*ms, int(k)*7%read.Sites(), 500)
			emit(t, unread, k*3*ms, int(k)*7%read.Sites(), 500)
			everywhere(t, read, k*3*ms+ms)
			balance(t, read, k*3*ms+2*ms)
		}
		requireSame(t, name, read, unread, 700*ms)
		requireSame(t, name+" read again", read, unread, 700*ms)
	}
}

// TestReleaseShowsAtOnce where it is, also to who has just read.
func TestReleaseShowsAtOnce(t *testing.T) {
	for name, empty := range fields() {
		f := empty()
		emit(t, f, ms, 0, 700)
		before := everywhere(t, f, 9*ms)
		emit(t, f, 9*ms, f.Sites()-1, 700)
		after := everywhere(t, f, 9*ms)
		for site, c := range before {
			if added := after[site] - c; (added > 1e-9) != (site == f.Sites()-1) {
				t.Errorf("%s: site %d gains %v by a release at the last", name, site, added)
			}
		}
	}
}

// TestFieldsContinue saves a field, takes another up there and goes on with both.
func TestFieldsContinue(t *testing.T) {
	for name, empty := range fields() {
		went, restored := empty(), empty()
		for k := range sim.Time(100) {
			emit(t, went, k*3*ms, int(k)*5%went.Sites(), 700)
		}
		emit(t, restored, 0, 0, 1e5) // what it was before must not matter
		everywhere(t, restored, 299*ms)
		var s sim.Snapshot
		went.Save(&s, "field 0")
		if err := restored.Restore(&s, "field 0"); err != nil {
			t.Fatal(err)
		}
		requireSame(t, name, restored, went, 299*ms)
		for k := range sim.Time(70) {
			emit(t, went, 300*ms+k*ms, int(k)%went.Sites(), 90)
			emit(t, restored, 300*ms+k*ms, int(k)%went.Sites(), 90)
		}
		requireSame(t, name+" later", restored, went, 600*ms)
	}
}

// TestForeignStateIsRefused: sections of another size, or none.
func TestForeignStateIsRefused(t *testing.T) {
	for name, empty := range fields() {
		var s sim.Snapshot
		var wrong *sim.SectionError
		if err := empty().Restore(&s, "field 0"); !errors.As(err, &wrong) {
			t.Errorf("%s without sections: %v", name, err)
		}
	}
	small := must(NewLattice(Ligand{Name: "a"}, Space{Shape: [3]int{3, 1, 1}, Spacing: 1}))
	var s sim.Snapshot
	small.Save(&s, "f")
	if err := must(NewLattice(Ligand{Name: "a"}, Space{Shape: [3]int{4, 1, 1}, Spacing: 1})).Restore(&s, "f"); err == nil {
		t.Error("a lattice of 4 points takes up one of 3")
	}
	s.PutWords("f pending", []uint64{0, 3, math.Float64bits(1)})
	if err := small.Restore(&s, "f"); err == nil {
		t.Error("a release at site 3 of 3 is taken up")
	}
	s.PutWords("f pending", []uint64{0, 2})
	if err := small.Restore(&s, "f"); err == nil {
		t.Error("two thirds of a release are taken up")
	}
}

// TestBadCallsAreRefused: sites, amounts and times that cannot be.
func TestBadCallsAreRefused(t *testing.T) {
	for name, empty := range fields() {
		f := empty()
		emit(t, f, 10*ms, 0, 5)
		var wrong *SubstanceError
		for _, c := range []struct {
			site      int
			molecules float64
		}{{-1, 1}, {f.Sites(), 1}, {0, -1}, {0, math.NaN()}, {0, math.Inf(1)}} {
			if err := f.Release(20*ms, c.site, c.molecules); !errors.As(err, &wrong) {
				t.Errorf("%s: release of %v at site %d: %v", name, c.molecules, c.site, err)
			}
		}
		var past *OrderError
		_, err := f.Balance(9 * ms)
		for _, err := range []error{err, f.Release(9*ms, 0, 1), f.Read(9*ms, []int{0}, make([]float64, 1))} {
			if !errors.As(err, &past) || past.Time != 9*ms || past.Was != 10*ms {
				t.Errorf("%s: in the past: %v", name, err)
			}
		}
		for range 1000 { // 1 nM in a voxel of 1000 µm³ is 602 molecules
			emit(t, f, 10*ms, 0, math.MaxFloat64)
		}
		var infinite *ConcentrationError
		if err := f.Read(11*ms, []int{0}, make([]float64, 1)); !errors.As(err, &infinite) || infinite.Site != 0 {
			t.Errorf("%s: beyond all numbers: %v", name, err)
		}
	}
}

// TestBadSubstancesAreRefused, each with the quantity at fault and what is allowed.
func TestBadSubstancesAreRefused(t *testing.T) {
	good := Space{Shape: [3]int{4, 4, 1}, Spacing: 10}
	space := func(change func(*Space)) error {
		s := good
		change(&s)
		return s.Check()
	}
	linear := func(l Ligand) error { _, err := NewLattice(l, good); return err }
	uptake := func(u Uptake, step sim.Time) error {
		_, err := NewSaturating(Ligand{Name: "dopamine", Uptake: u}, good, step)
		return err
	}
	kernel := func(l Ligand, s Space, radius int, kept float64, step sim.Time) error {
		_, err := NewKernel(l, s, radius, kept, step)
		return err
	}
	volume := func(v float64) error { _, err := NewMixed(Ligand{Name: "a"}, v); return err }
	for _, c := range []struct {
		err     error
		message string
	}{
		{linear(Ligand{Name: "a", Diffusion: -1}), "ligand a: diffusion: given -1 µm²/ms; allowed: values from 0"},
		{linear(Ligand{Name: "a", Clearance: math.NaN()}), "clearance: given NaN ms"},
		{linear(Ligand{Name: "a", Uptake: Uptake{1, 1}}), "uptake: given saturating"},
		{linear(Ligand{Name: "a", Uptake: Uptake{1, 1}, Clearance: 5}), "clearance: given 5 ms beside saturating uptake"},
		{uptake(Uptake{-1, 1}, ms), "maximal uptake: given -1 nM/ms"},
		{uptake(Uptake{1, 0}, ms), "uptake constant: given 0 nM"},
		{uptake(Uptake{4, 200}, 13*ms), "step of uptake: given 13 ms; allowed: above 0 to 0.25 K_m/V_max = 12.5 ms"},
		{uptake(Uptake{4, 200}, 0), "step of uptake: given 0 s"},
		{volume(0), "volume: given 0 µm³"},
		{kernel(Ligand{Name: "a", Diffusion: 1}, ring(4, 4), 1, 0.5, ms), "ligand a: diffusion: given 1 µm²/ms; allowed: none: the stencil spreads and clears"},
		{kernel(Ligand{Name: "a", Clearance: 5}, ring(4, 4), 1, 0.5, ms), "ligand a: clearance: given 5 ms; allowed: none"},
		{kernel(Ligand{Name: "a", Uptake: Uptake{1, 1}}, ring(4, 4), 1, 0.5, ms), "ligand a: uptake: given 1 nM/ms; allowed: none"},
		{kernel(Ligand{Name: "a"}, good, 1, 0.5, ms), "boundary along x: given no-flux; allowed: periodic"},
		{kernel(Ligand{Name: "a"}, Space{Shape: [3]int{1, 1, 2}, Spacing: 1}, 0, 0.5, ms), "points along z: given 2; allowed: 1"},
		{kernel(Ligand{Name: "a"}, ring(6, 4), 2, 0.5, ms), "radius: given 2; allowed: whole numbers from 0 to 1, with which 2r+1 sites fit around 6 × 4 points"},
		{kernel(Ligand{Name: "a"}, ring(4, 4), -1, 0.5, ms), "radius: given -1"},
		{kernel(Ligand{Name: "a"}, ring(4, 4), 1, 1.5, ms), "k: given 1.5"},
		{kernel(Ligand{Name: "a"}, ring(4, 4), 1, math.NaN(), ms), "k: given NaN"},
		{kernel(Ligand{Name: "a"}, ring(4, 4), 1, 0.5, 0), "step: given 0 s; allowed: durations above 0 ms"},
		{space(func(s *Space) { s.Shape[1] = 0 }), "points along y: given 0; allowed: 1 to 1024"},
		{space(func(s *Space) { s.Shape[0] = 1025 }), "points along x: given 1025"},
		{space(func(s *Space) { s.Shape = [3]int{1024, 1024, 17} }), "points: given 17825792; allowed: 1 to 16777216"},
		{space(func(s *Space) { s.Boundary[0] = 7 }), "boundary along x: given boundary(7)"},
		{space(func(s *Space) { s.Boundary[2] = Absorbing }), "boundary along z: given absorbing where there is one point"},
		{space(func(s *Space) { s.Spacing = 0 }), "spacing: given 0 µm"},
		{space(func(s *Space) { s.Depth = -1 }), "depth: given -1 µm"},
		{space(func(s *Space) { s.Fraction = 1.1 }), "fraction: given 1.1"},
		{space(func(s *Space) { s.Origin[1] = math.Inf(1) }), "origin along y: given +Inf µm"},
	} {
		requireRefusal(t, c.err, c.message)
	}
}

func requireRefusal(t *testing.T, err error, message string) {
	t.Helper()
	var wrong *SubstanceError
	if !errors.As(err, &wrong) || !strings.Contains(err.Error(), message) {
		t.Errorf("refused with %v, want %q", err, message)
	}
}

// TestSiteIsTheNearestPoint on lines, rings and axes of one point.
func TestSiteIsTheNearestPoint(t *testing.T) {
	s := Space{Shape: [3]int{4, 3, 1}, Spacing: 10, Origin: [3]float64{100, 0, 0}, Boundary: [3]Boundary{NoFlux, Periodic, NoFlux}}
	for _, c := range []struct {
		position [3]float64
		site     int
	}{
		{[3]float64{100, 0, 0}, 0}, {[3]float64{104, 0, 1e6}, 0}, {[3]float64{106, 4, 0}, 1}, {[3]float64{95, 0, 0}, 0},
		{[3]float64{135, 20, 0}, 11}, {[3]float64{100, 26, 0}, 0}, {[3]float64{100, 24, 0}, 8}, {[3]float64{100, -10, 0}, 8}, {[3]float64{100, -300, 0}, 0},
		{[3]float64{100, -1e-300, 0}, 0},
	} {
		if site, err := s.Site(c.position); err != nil || site != c.site {
			t.Errorf("%v is at site %d, %v; want %d", c.position, site, err, c.site)
		}
	}
	_, err := s.Site([3]float64{94.9, 0, 0})
	requireRefusal(t, err, "position along x: given 94.9 µm; allowed: 95 to 135 µm")
	for _, position := range [][3]float64{{135.1, 0, 0}, {100, math.NaN(), 0}, {math.NaN(), 0, 0}, {100, math.Inf(1), 0}} {
		if _, err := s.Site(position); err == nil {
			t.Errorf("a cell at %v is placed", position)
		}
	}
}
