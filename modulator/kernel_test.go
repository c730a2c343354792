package modulator

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"paracrine/sim"
)

// ring is sites 10 µm apart whose axes are rings.
func ring(columns, rows int) Space {
	return Space{Shape: [3]int{columns, rows, 1}, Spacing: 10, Depth: 20, Fraction: 0.2, Boundary: [3]Boundary{Periodic, Periodic, NoFlux}}
}

// TestKernelIsTheStencil compares a field that is read now and then with a stencil
// that takes every step when it is due, to the bit: releases at random, more than
// one a step, some at the very time of one.
func TestKernelIsTheStencil(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		radius := rapid.IntRange(0, 2).Draw(t, "radius")
		side := rapid.IntRange(max(2, 2*radius+1), 8)
		s := ring(side.Draw(t, "columns"), side.Draw(t, "rows"))
		kept := rapid.SampledFrom([]float64{0, 0.3, 0.75, 1}).Draw(t, "k")
		f, err := NewKernel(Ligand{Name: "credit"}, s, radius, kept, 3*ms)
		if err != nil {
			t.Fatal(err)
		}
		stencil := Stencil{&Torus{Rows: s.Shape[1], Columns: s.Shape[0]}, radius, kept}
		twin, room := make([]float64, s.Sites()), make([]float64, stencil.Room())
		for now := range sim.Time(60) {
			if now > 0 && now%3 == 0 {
				stencil.Spread(twin, room)
			}
			for range rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "releases") {
				site, molecules := rapid.IntRange(0, s.Sites()-1).Draw(t, "site"), rapid.Float64Range(1, 1e4).Draw(t, "molecules")
				emit(t, f, now*ms, site, molecules)
				twin[site] += molecules / s.capacity()
			}
			if rapid.IntRange(0, 9).Draw(t, "reads") > 0 && now < 59 {
				continue
			}
			near(t, "the stencil", everywhere(t, f, now*ms+ms/2), twin, 0)
			if b := balance(t, f, now*ms+ms/2); !(math.Abs(b.Gap()) <= 1e-12) || b.Absorbed != 0 {
				t.Fatalf("unaccounted for: %v of %+v", b.Gap(), b)
			}
		}
	})
}

// TestKernelThatKeepsNothing: with k = 0 a release adds nothing to any step after
// its own.
func TestKernelThatKeepsNothing(t *testing.T) {
	f := must(NewKernel(Ligand{Name: "credit"}, ring(5, 4), 1, 0, 10*ms))
	emit(t, f, 5*ms, 7, 1000)
	if c := everywhere(t, f, 10*ms-1)[7]; c != 1000/f.capacity {
		t.Errorf("%v nM before the step, want %v", c, 1000/f.capacity)
	}
	for site, c := range everywhere(t, f, 10*ms) {
		if c != 0 {
			t.Errorf("site %d holds %v nM after the step", site, c)
		}
	}
	if b := balance(t, f, 10*ms); b != (Balance{Released: 1000, Cleared: 1000}) {
		t.Errorf("%+v", b)
	}
}

// TestKernelLeavesItsShare: k of each step is left, so n steps leave kⁿ.
func TestKernelLeavesItsShare(t *testing.T) {
	f := must(NewKernel(Ligand{Name: "credit"}, ring(7, 5), 2, 0.9, ms))
	emit(t, f, 0, 0, 500)
	for n := range 100 {
		b, left := balance(t, f, sim.Time(n)*ms), 500*math.Pow(0.9, float64(n))
		if math.Abs(b.Present/left-1) > 1e-13 || math.Abs(b.Cleared-(500-left)) > 1e-10 {
			t.Fatalf("after %d steps: %+v, want %v present", n, b, left)
		}
	}
}

// TestVanishedKernelIsEmpty: what is less than 10⁻¹⁰⁰ of all there was is gone, and
// as many steps as time can hold cost nothing then.
func TestVanishedKernelIsEmpty(t *testing.T) {
	f := must(NewKernel(Ligand{Name: "credit"}, ring(5, 5), 1, 0.5, ms))
	everywhere(t, f, sim.MaxTime/2)
	f = must(NewKernel(Ligand{Name: "credit"}, ring(5, 5), 1, 0.5, ms))
	emit(t, f, 0, 12, 1000)
	steps := sim.Time(math.Ceil(100 * math.Log2(10)))
	if c := everywhere(t, f, (steps-1)*ms); !(c[0] > 0) {
		t.Errorf("%v nM one step before", c[0])
	}
	for _, now := range []sim.Time{steps * ms, sim.MaxTime / 2} {
		if c := everywhere(t, f, now); c[0] != 0 || c[12] != 0 {
			t.Errorf("%v nM at %v", c[0], now)
		}
	}
	if b := balance(t, f, sim.MaxTime/2); math.Abs(b.Gap()) > 1e-12 || b.Present != 0 {
		t.Errorf("%+v", b)
	}
}
