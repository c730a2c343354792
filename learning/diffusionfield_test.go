package learning

import (
	"math/rand/v2"
	"testing"

	"paracrine/modulator"
	"paracrine/neuron"
	"paracrine/sim"
)

// The field of the rule diffusion is a field of kind kernel whose steps are those of
// the network, into which cells release their learning signals: to the bit, for
// signals that a concentration can have, which is never negative.
func TestDiffusingCreditIsAKernelField(t *testing.T) {
	const steps, millisecond = 40, 1_000_000_000 // ps
	torus := &modulator.Torus{Rows: 5, Columns: 6, Site: []int{3, 29, 0, 17, 8}, Spacing: 10}
	c := &Credit{Rule: Rule{Radius: 1, Kept: 0.75}, net: &Network{Cells: neuron.NewReLU(len(torus.Site)), Torus: torus}}
	credit := c.newCreditField(1)
	space := torus.Space()
	space.Depth, space.Fraction = 10, 1
	kernel := func() modulator.Field {
		f, err := modulator.NewKernel(modulator.Ligand{Name: "credit"}, space, c.Rule.Radius, c.Rule.Kept, millisecond)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	field, draw := kernel(), rand.New(rand.NewPCG(1, 9))
	signal, heard, concentrations := make([]float64, len(torus.Site)), make([]float64, len(torus.Site)), make([]float64, len(torus.Site))
	for step := range sim.Time(steps) {
		now := step * millisecond
		for p, site := range torus.Site {
			molecules := 1e4 * draw.Float64()
			alone := kernel() // says what concentration so many molecules are
			signal[p] = released(t, alone, 0, site, molecules)
			released(t, field, now, site, molecules)
		}
		credit.spread(heard)
		credit.release(signal)
		if err := field.Read(now, torus.Site, concentrations); err != nil {
			t.Fatal(err)
		}
		for p, g := range heard {
			if got := g + signal[p]; got != concentrations[p] || got == signal[p] && step > 0 {
				t.Fatalf("step %d, cell %d: the rule has %v, the field %v", step, p, got, concentrations[p])
			}
		}
	}
}

// released releases molecules at a site and returns what is there then.
func released(t *testing.T, f modulator.Field, now sim.Time, site int, molecules float64) float64 {
	t.Helper()
	concentration := make([]float64, 1)
	if err := f.Release(now, site, molecules); err != nil {
		t.Fatal(err)
	}
	if err := f.Read(now, []int{site}, concentration); err != nil {
		t.Fatal(err)
	}
	return concentration[0]
}
