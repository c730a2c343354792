package experiment

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"

	"paracrine/internal/spiking"
	"paracrine/modulator"
	"paracrine/scenarios"
	"paracrine/sim"
)

// chemical adds a peptide that bursts release over a sheet, and a hormone in one
// volume, with every recorder of modulators.
func chemical(t testing.TB) *scenarios.Simulation {
	return small(t,
		"network.cells.excitatory.positions={layout: lattice, shape: [10, 9], spacing: 10 µm}",
		"network.cells.inhibitory.positions={layout: lattice, shape: [6, 5], spacing: 10 µm}",
		`modulators=[{name: peptide, clearance: 50 ms, diffusion: 1 µm²/ms, sampling: 2 ms,
			field: {kind: lattice, shape: [12, 10], spacing: 10 µm, boundary: [absorbing, no-flux]},
			release: [{on: bursts, from: inhibitory, calcium: 20 ms, threshold: 1.5, pool: 5, refill: 100 ms, quantum: 2000}],
			receptors: [{on: excitatory, ec50: 1 nM, hill: 2, rise: 1 ms, decay: 10 ms, effect: {kind: threshold, size: 3 mV}}]},
			{name: hormone, field: {volume: 1e6 µm³}, sampling: 5 ms, release: [{from: excitatory, probability: 0.5, quantum: 1000, delay: 2 ms}],
			receptors: [{on: [excitatory, inhibitory], ec50: 1 nM, effect: {kind: gain, size: -0.2}}]}]`,
		`record=[{what: spikes, of: cells}, {what: field, of: peptide, every: 4 ms}, {what: concentration, of: peptide, every: 4 ms},
			{what: concentration, of: peptide, at: inhibitory, cells: [3], every: 4 ms}, {what: occupancy, of: peptide, at: excitatory, cells: 4, every: 4 ms},
			{what: concentration, of: peptide, at: excitatory, cells: 4, every: 4 ms}, {what: concentration, of: hormone, every: 5 ms},
			{what: releases, of: peptide}, {what: releases, of: hormone, to: parquet}]`,
		`expect=[{metric: released, of: peptide, from: 1, to: 1e9, source: a test}, {metric: concentration, of: hormone, from: 0 nM, to: 1 pM, source: a test},
			{metric: occupancy, of: hormone, from: 0, to: 1, source: a test}]`)
}

// Files of a modulator agree with each other and with the balance in the summary.
func TestSimulationRecordsModulators(t *testing.T) {
	dir, s := simulate(t, chemical(t), Options{Workers: 2, Page: true})
	peptide, hormone := s.Modulators[0], s.Modulators[1]
	read := func(name string) map[string][]float64 { return csvColumns(t, filepath.Join(dir, name)) }

	released := read("releases-peptide.csv")
	total := 0.0
	for i, amount := range released["released_molecules"] {
		total += amount
		if cell := released["cell"][i]; amount != 2000 || cell < 90 || cell >= 120 {
			t.Fatalf("release %d: %v by cell %v", i, amount, cell)
		}
	}
	if total == 0 || total != peptide.Released || len(peptide.Releasing) != 1 || peptide.Releasing[0] != (Amount{"inhibitory", total}) {
		t.Errorf("%v released, summary %+v", total, peptide)
	}
	if peptide.Cleared == 0 || peptide.Absorbed == 0 || hormone.Cleared != 0 || hormone.Released != hormone.Present || hormone.Releasing[0].Type != "excitatory" {
		t.Errorf("%+v", s.Modulators)
	}
	if want := hormone.Present / 0.602214076e6; math.Abs(hormone.Concentration-want) > 1e-12*want {
		t.Errorf("hormone at %v nM, want %v", hormone.Concentration, want)
	}

	checkField(t, read("field-peptide.csv"), read("concentration-peptide.csv"), read("concentration-peptide-inhibitory.csv"), peptide)
	checkOccupancy(t, read("occupancy-peptide-excitatory.csv")["occupancy"], read("concentration-peptide-excitatory.csv")["concentration_nM"])
	if e := s.Expected; len(e) != 3 || !e[0].Met || float64(e[0].Value) != total || e[1].Met || !e[2].Met || float64(e[2].Value) != float64(hormone.Occupancy) {
		t.Errorf("expected %+v", e)
	}
	for _, plot := range []string{"signals", "field-1", "exposure", "releases", "courses"} {
		if _, err := os.Stat(filepath.Join(dir, "plots", plot+".svg")); err != nil {
			t.Error(err)
		}
	}
}

// checkField wants the mean of every frame to be the recorded one and, at the end,
// to hold what is present, and the point at cell 93 to be what was read there.
func checkField(t *testing.T, field, mean, at map[string][]float64, s ModulatorSummary) {
	t.Helper()
	const points = 12 * 10
	frames := len(field["time_ms"]) / points
	if frames != 25 || len(mean["time_ms"]) != frames || len(at["time_ms"]) != frames {
		t.Fatalf("%d frames, %d means, %d samples at a cell", frames, len(mean["time_ms"]), len(at["time_ms"]))
	}
	for f := range frames {
		frame := field["concentration_nM"][f*points : (f+1)*points]
		if got, want := mean["concentration_nM"][f], stat.Mean(frame, nil); math.Abs(got-want) > 1e-12*want {
			t.Errorf("frame %d: mean %v, want %v", f, got, want)
		}
		// Cell 93 is the fourth along x of the first row of 6 × 5: at (5, −20) µm.
		i := f*points + 2*12 + 6
		if field["x_um"][i] != 5 || field["y_um"][i] != -25 {
			t.Fatalf("point at %v, %v", field["x_um"][i], field["y_um"][i])
		}
		// One point is summed over the modes; the field is transformed: both round.
		if near := field["concentration_nM"][i+12]; math.Abs(at["concentration_nM"][f]-near) > 1e-12*near {
			t.Errorf("frame %d: %v at the cell, %v in the field", f, at["concentration_nM"][f], near)
		}
	}
	if present := s.Concentration * points * 1000 * 0.602214076; math.Abs(present-s.Present) > 1e-9*present {
		t.Errorf("%v molecules in the field, %v in the balance", present, s.Present)
	}
}

// checkOccupancy wants that of the Hill equation.
func checkOccupancy(t *testing.T, occupancy, concentration []float64) {
	t.Helper()
	if len(occupancy) != 100 || len(concentration) != 100 || slices.Max(occupancy) < 1e-3 {
		t.Fatalf("%d samples of occupancy up to %v", len(occupancy), slices.Max(occupancy))
	}
	for i, c := range concentration {
		if want := c * c / (1 + c*c); math.Abs(occupancy[i]-want) > 1e-12 {
			t.Errorf("sample %d: occupancy %v, want %v", i, occupancy[i], want)
		}
	}
}

// A modulator some of which goes missing stops the simulation.
func TestUnbalancedModulatorStops(t *testing.T) {
	r := &simulation{scenario: chemical(t), workers: 1}
	if err := r.build(); err != nil {
		t.Fatal(err)
	}
	if err := r.network.Run(50 * sim.Millisecond); err != nil {
		t.Fatal(err)
	}
	if err := r.checkBalances(); err != nil {
		t.Fatal(err)
	}
	var snapshot sim.Snapshot
	if err := r.network.Save(&snapshot); err != nil {
		t.Fatal(err)
	}
	amounts, err := snapshot.Floats("modulator 1 field molecules", 3)
	if err != nil {
		t.Fatal(err)
	}
	snapshot.PutFloats("modulator 1 field molecules", []float64{amounts[0], amounts[1] * 1.25, amounts[2]})
	if err := r.network.Restore(&snapshot); err != nil {
		t.Fatal(err)
	}
	var wrong *BalanceError
	if err := r.unstable(r.checkBalances()); !errors.As(err, &wrong) || wrong.Modulator != "hormone" || math.Abs(wrong.Gap-0.2) > 1e-12 {
		t.Errorf("%v", err)
	}
}

// A plane shows every point of a lattice where it is: at the third axis's middle, and
// with the mean and the largest over it.
func TestPlaneOfLattice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.IntRange(1, 5)
		space := &modulator.Space{Shape: [3]int{side.Draw(t, "x"), side.Draw(t, "y"), side.Draw(t, "z")}, Spacing: 10, Origin: [3]float64{-5, 7, 100}}
		value := func(site [3]int) float64 { return float64(site[0] + 10*site[1] + 100*site[2]) }
		var values []float64
		for z := range space.Shape[2] {
			for y := range space.Shape[1] {
				for x := range space.Shape[0] {
					values = append(values, value([3]int{x, y, z}))
				}
			}
		}
		p := newPlane(space, rapid.SampledFrom([]string{"xy", "xz", "yz"}).Draw(t, "axes"), "middle")
		deep := space.Shape[p.third]
		for i, got := range p.of(values) {
			a, b := p.place(i)
			var site [3]int
			site[p.axes[0]] = int((a - space.Origin[p.axes[0]]) / 10)
			site[p.axes[1]] = int((b - space.Origin[p.axes[1]]) / 10)
			site[p.third] = deep / 2
			if got != value(site) {
				t.Fatalf("point %d at %v, %v: %v, want %v", i, a, b, got, value(site))
			}
			site[p.third] = deep - 1
			largest, sum := value(site), 0.0
			for k := range deep {
				site[p.third] = k
				sum += value(site)
			}
			p.through = "maximum"
			if got := p.of(values)[i]; got != largest {
				t.Fatalf("largest %v, want %v", got, largest)
			}
			p.through = "mean"
			if got := p.of(values)[i]; math.Abs(got-sum/float64(deep)) > 1e-12*sum {
				t.Fatalf("mean %v, want %v", got, sum/float64(deep))
			}
			p.through = "middle"
		}
	})
}

// Effects and releases are described as scenarios give them.
func TestChemistryIsDescribed(t *testing.T) {
	s := chemical(t)
	r := &simulation{scenario: s, options: Options{Dir: t.TempDir()}, workers: 1}
	if err := r.prepare(); err != nil {
		t.Fatal(err)
	}
	defer r.record.close()
	c, err := r.record.chemistry()
	if err != nil {
		t.Fatal(err)
	}
	if m := c.Map.Secretions; len(m) != 2 || m[0].What != "bursts, from dense-core vesicles" || m[1].What != "spikes, each with probability 0.5" || m[1].Unit != "molecules" {
		t.Errorf("%+v", m)
	}
	if m := c.Map.Receptions; len(m) != 3 || m[0].Effect != "threshold +3 mV" || m[1].Effect != "gain -20 %" || m[2].Type != "inhibitory" || m[0].HalfMaximalNM != 1 {
		t.Errorf("%+v", m)
	}
	if r.spec.Modulators[0].Receptors[0].Effect.Kind != spiking.ShiftThreshold || c.Fields[0].Shape != [2]int{12, 10} || c.Fields[0].Axes != [2]string{"x", "y"} || c.Fields[0].OriginUM != [2]float64{-55, -45} {
		t.Errorf("%+v", c.Fields)
	}
}
