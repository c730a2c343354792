package modulator

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"paracrine/sim"
)

// sheet is a lattice of 65,536 points.
var sheet = Space{Shape: [3]int{64, 64, 16}, Spacing: 10, Fraction: 0.2}

// readers is the sites of 10,000 cells.
func readers() []int {
	sites := make([]int, 10_000)
	for i := range sites {
		sites[i] = i * 7919 % sheet.Sites()
	}
	return sites
}

// BenchmarkLattice is one second of four ligands on a sheet that 10,000 cells
// read every 10 ms and into each of which cells release at times of their own.
func BenchmarkLattice(b *testing.B) {
	for _, releases := range []int{0, 100, 10_000} {
		b.Run(fmt.Sprintf("releases=%d", releases), func(b *testing.B) {
			for b.Loop() {
				began := time.Now()
				for l := range 4 {
					second(b, Ligand{Name: "peptide", Diffusion: 0.1 + 0.05*float64(l), Clearance: 2000}, releases)
				}
				b.ReportMetric(time.Since(began).Seconds(), "s/biological-s")
			}
		})
	}
}

// second is one second of a ligand.
func second(b *testing.B, l Ligand, releases int) {
	f := must(NewLattice(l, sheet))
	sites, heard := readers(), make([]float64, 10_000)
	next := 0
	for now := 10 * ms; now <= sim.Second; now += 10 * ms {
		for ; next < releases && sim.Second/sim.Time(releases)*sim.Time(next) <= now; next++ {
			emit(b, f, sim.Second/sim.Time(releases)*sim.Time(next), next*104729%sheet.Sites(), 100)
		}
		if err := f.Read(now, sites, heard); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRelease is a release into a lattice of 65,536 points of which some axes
// absorb, and what telling its losses takes of that.
func BenchmarkRelease(b *testing.B) {
	for absorbing := range 4 {
		s := sheet
		for axis := range absorbing {
			s.Boundary[axis] = Absorbing
		}
		f := must(NewLattice(Ligand{Name: "peptide", Diffusion: 0.1, Clearance: 2000}, s))
		now := sim.Time(0)
		b.Run(fmt.Sprintf("absorbing=%d/all", absorbing), func(b *testing.B) {
			for b.Loop() {
				now += ms
				emit(b, f, now, int(now/ms)*104729%s.Sites(), 100)
			}
		})
		b.Run(fmt.Sprintf("absorbing=%d/losses", absorbing), func(b *testing.B) {
			for b.Loop() {
				now += ms
				f.losses.release(now, s.point(int(now/ms)*104729%s.Sites()), 100)
			}
		})
	}
}

// BenchmarkKernel is a step of a stencil on a plane of 10,000 sites.
func BenchmarkKernel(b *testing.B) {
	f := must(NewKernel(Ligand{Name: "credit"}, ring(100, 100), 1, 1, ms))
	emit(b, f, 0, 0, 1000)
	heard := make([]float64, 1)
	for now := sim.Time(0); b.Loop(); now += ms {
		if err := f.Read(now, []int{0}, heard); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEuler is 100 ms after a release, read every 10 ms, of a lattice in
// closed form and in explicit Euler steps: at most as long as is stable, and
// shorter. The error is part of the largest concentration at the end.
func BenchmarkEuler(b *testing.B) {
	const middle, molecules, readings = (8*64+32)*64 + 32, 1e6, 10
	l := Ligand{Name: "dopamine", Diffusion: 0.24, Clearance: 500}
	for _, spacing := range []float64{10, 2} {
		s := sheet
		s.Spacing = spacing
		var want []float64
		b.Run(fmt.Sprintf("spacing=%v/closed-form", spacing), func(b *testing.B) {
			for b.Loop() {
				f := must(NewLattice(l, s))
				emit(b, f, 0, middle, molecules)
				for k := range sim.Time(readings) {
					want = everywhere(b, f, (k+1)*10*ms)
				}
			}
		})
		stable := 2 / (12*l.Diffusion/(spacing*spacing) + l.clearanceRate())
		for _, finer := range []int{1, 10, 100} {
			steps := finer * int(math.Ceil(10/stable))
			b.Run(fmt.Sprintf("spacing=%v/steps=%d", spacing, steps), func(b *testing.B) {
				for b.Loop() {
					e := newEuler(l, s)
					e.c[middle] = molecules / s.capacity()
					for range readings * steps {
						e.step(10 / float64(steps))
					}
					b.ReportMetric(distance(e.c, want)/slices.Max(want), "error")
				}
			})
		}
	}
}
