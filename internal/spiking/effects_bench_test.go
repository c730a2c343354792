package spiking

import (
	"fmt"
	"testing"
	"time"

	"paracrine/modulator"
	"paracrine/sim"
)

// BenchmarkModulatedBrunel is one second of the network of BenchmarkBrunel under a
// lower drive, at about 10 Hz, beside the same with four ligands on a lattice of
// 64 × 64 × 16 points that its 10,000 excitatory cells read every 10 ms: with
// cells that never release, and with 2500 that do at every tenth spike. What cells
// hear changes nothing, so that all three have the same spikes.
func BenchmarkModulatedBrunel(b *testing.B) {
	for _, c := range []struct {
		name        string
		ligands     int
		probability float64
	}{{"plain", 0, 0}, {"idle", 4, 1e-30}, {"released", 4, 0.1}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				spec := brunel(b, 5, 1.1)
				spec.placeInBox()
				for l := range c.ligands {
					spec.Modulators = append(spec.Modulators, overheard(l, c.probability))
				}
				n, err := Build(spec, 2)
				if err != nil {
					b.Fatal(err)
				}
				built := time.Now()
				if err := n.Run(sim.Second); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(time.Since(built).Seconds(), "s/biological-s")
				b.ReportMetric(float64(n.Count().Spikes)/float64(n.Count().Cells), "Hz")
				releases := 0.0
				for _, m := range n.substances {
					balance, err := m.field.Balance(n.now)
					if err != nil {
						b.Fatal(err)
					}
					releases += balance.Released / 1000
				}
				b.ReportMetric(releases, "releases")
			}
		})
	}
}

// placeInBox puts cells on points of a lattice 10 µm apart.
func (s *Spec) placeInBox() {
	for i := range s.Populations {
		p := &s.Populations[i]
		for cell := range p.Cells {
			at := cell * 7919 % (64 * 64 * 16)
			p.Positions = append(p.Positions, [3]float64{float64(at%64) * 10, float64(at/64%64) * 10, float64(at/4096) * 10})
		}
	}
}

// overheard is a ligand that the inhibitory cells release and the excitatory ones
// hear without effect.
func overheard(number int, probability float64) Modulator {
	return Modulator{
		Ligand:   modulator.Ligand{Name: fmt.Sprintf("peptide %d", number), Diffusion: 0.1 + 0.05*float64(number), Clearance: 2000},
		Space:    &modulator.Space{Shape: [3]int{64, 64, 16}, Spacing: 10, Fraction: 0.2},
		Sampling: 10 * sim.Millisecond,
		Releases: []Release{{From: Cells{10_000, 2500}, Probability: probability, Quantum: 1000}},
		Receptors: []Receptor{{modulator.Receptor{HalfMaximal: 10, Hill: 1, Density: 1, Rise: 100, Decay: 1000},
			Cells{0, 10_000}, Effect{Kind: ShiftThreshold}}},
	}
}
