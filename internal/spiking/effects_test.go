package spiking

import (
	"math"
	"slices"
	"testing"

	"paracrine/modulator"
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// substanceOf is a network of sources of given spikes and of listening cells of the
// model lif-delta, along a line 20 µm apart.
func substanceOf(times [][]float64, listeners int, exact bool, m Modulator) Spec {
	source, _ := neuron.ModelNamed("spikes")
	delta, _ := neuron.ModelNamed("lif-delta")
	trains := make([][]sim.Time, len(times))
	for i := range times {
		trains[i] = simulated(times[i])
	}
	line := func(cells int, y float64) [][3]float64 {
		positions := make([][3]float64, cells)
		for i := range positions {
			positions[i] = [3]float64{float64(i) * 20, y, 0}
		}
		return positions
	}
	return Spec{
		Step: sim.Millisecond / 10, Seed: 5,
		Populations: []Population{
			{Name: "sources", Model: source, Cells: len(times), Times: trains, Positions: line(len(times), 0)},
			{Name: "listeners", Model: delta, Cells: listeners, Exact: exact, Values: values(delta, nil), Positions: line(listeners, 20)},
		},
		Modulators: []Modulator{m},
	}
}

// atOnce is a receptor that saturates with a whiff of its ligand and whose
// messenger follows at the next sample.
var atOnce = modulator.Receptor{HalfMaximal: 1e-30, Hill: 1, Density: 1}

// Concentrations and occupancy in a network are those of package modulator when its
// parts are called one by one in order of time.
func TestSubstanceAgreesWithItsParts(t *testing.T) {
	const until = 400 * sim.Millisecond
	times := [][]float64{{5, 7, 9, 200, 202}, {6, 8, 10, 12}, {50, 300}}
	ligand := modulator.Ligand{Name: "peptide", Diffusion: 1, Clearance: 200}
	space := modulator.Space{Shape: [3]int{8, 4, 1}, Spacing: 20, Origin: [3]float64{0, -20, 0}, Depth: 20, Fraction: 0.2}
	vesicles := modulator.DenseCore{Jump: 1, Calcium: 20, Threshold: 1.5, Pool: 4, Refill: 100, Quantum: 30000}
	hearing := modulator.Receptor{HalfMaximal: 20, Hill: 1.5, Density: 2, Rise: 10, Decay: 40}
	n, err := Build(substanceOf(times, 5, false, Modulator{
		Ligand: ligand, Space: &space, Sampling: 10 * sim.Millisecond, Releases: []Release{{From: Cells{0, 3}, Vesicles: &vesicles}},
		Receptors: []Receptor{{hearing, Cells{3, 5}, Effect{Kind: ShiftThreshold, Size: 3}}},
	}), 1)
	if err != nil {
		t.Fatal(err)
	}
	twin := newTwin(t, ligand, space, vesicles, hearing, times)
	compared := 0
	err = n.SampleOccupancy(0, 0, []int{0, 1, 2, 3, 4}, 10*sim.Millisecond, func(at sim.Time, values []float64) error {
		twin.until(t, at)
		compared++
		if want := twin.hearing.Receptors().Occupied(); !slices.Equal(values, want) {
			t.Fatalf("at %v: occupancy %v, want %v", at, values, want)
		}
		for i, m := range twin.hearing.Receptors().Messenger() {
			if got, want := n.populations[1].changed.thresholds[i], 20+float64(3*m); got != want {
				t.Fatalf("at %v: threshold %v, want %v", at, got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var released []Released
	n.OnReleases = func(r []Released) error { released = append(released, r...); return nil }
	if err := n.Run(until); err != nil {
		t.Fatal(err)
	}
	if compared != 40 || slices.Max(twin.hearing.Receptors().Messenger()) < 0.01 {
		t.Errorf("%d samples, messengers up to %v", compared, twin.hearing.Receptors().Messenger())
	}
	if len(released) != twin.events || twin.events < 5 {
		t.Errorf("%d releases, want %d", len(released), twin.events)
	}
	balances, err := n.Balances()
	if err != nil || math.Abs(balances[0].Gap()) > 1e-12 || balances[0].Released != 30000*float64(twin.events) {
		t.Errorf("%+v, %v", balances, err)
	}
}

// twin is the parts of a substance, called in order of time.
type twin struct {
	field   modulator.Field
	release modulator.Release
	sites   []int // of the cells that release
	hearing *modulator.Reception
	spikes  []Spike
	events  int
	sampled sim.Time
}

func newTwin(t *testing.T, l modulator.Ligand, s modulator.Space, v modulator.DenseCore, r modulator.Receptor, times [][]float64) *twin {
	t.Helper()
	field, err := modulator.NewLattice(l, s)
	if err != nil {
		t.Fatal(err)
	}
	sitesAt := func(cells int, y float64) []int {
		sites := make([]int, cells)
		for i := range sites {
			if sites[i], err = field.Site([3]float64{float64(i) * 20, y, 0}); err != nil {
				t.Fatal(err)
			}
		}
		return sites
	}
	w := &twin{field: field, sites: sitesAt(len(times), 0)}
	if w.release, err = modulator.NewDenseCoreRelease(v, len(times)); err != nil {
		t.Fatal(err)
	}
	if w.hearing, err = modulator.NewReception(field, sitesAt(5, 20), r); err != nil {
		t.Fatal(err)
	}
	for cell := range times {
		for _, at := range simulated(times[cell]) {
			w.spikes = append(w.spikes, Spike{Time: at, Cell: uint32(cell)})
		}
	}
	slices.SortFunc(w.spikes, earlier)
	return w
}

// until takes the twin to a sample, 10 ms after the last.
func (w *twin) until(t *testing.T, at sim.Time) {
	t.Helper()
	for len(w.spikes) > 0 && w.spikes[0].Time <= at {
		spike := w.spikes[0]
		molecules := w.release.Spike(int(spike.Cell), spike.Time)
		if err := w.field.Release(spike.Time, w.sites[spike.Cell], molecules); err != nil {
			t.Fatal(err)
		}
		if molecules > 0 {
			w.events++
		}
		w.spikes = w.spikes[1:]
	}
	if err := w.hearing.Sample(at); err != nil || at != w.sampled+10*sim.Millisecond {
		t.Fatalf("a sample at %v, %v", at, err)
	}
	w.sampled = at
}

// A field of kind kernel in a network is the stencil, taken step by step, to the bit:
// cells release where they are, some at the very time of a step, and what is released
// at a step is there undiminished.
func TestKernelInANetworkIsTheStencil(t *testing.T) {
	const step, quantum = 2 * sim.Millisecond, 1000.0
	times := [][]float64{{1, 4, 4.5, 30}, {3.9, 10}, {12.1}}
	space := modulator.Space{Shape: [3]int{5, 4, 1}, Spacing: 20, Depth: 20, Fraction: 0.2, Boundary: [3]modulator.Boundary{modulator.Periodic, modulator.Periodic}}
	n, err := Build(substanceOf(times, 1, false, Modulator{
		Ligand: modulator.Ligand{Name: "credit"}, Space: &space, Kernel: &Kernel{Radius: 1, Kept: 0.75}, Step: step,
		Releases: []Release{{From: Cells{0, 3}, Quantum: quantum, Delay: sim.Constant(0)}},
	}), 2)
	if err != nil {
		t.Fatal(err)
	}
	stencil := modulator.Stencil{Torus: &modulator.Torus{Rows: 4, Columns: 5}, Radius: 1, Kept: 0.75}
	want, room := make([]float64, 20), make([]float64, stencil.Room())
	sites, voxel := make([]int, 20), 0.602214076 // molecules a µm³ at 1 nM
	for i := range sites {
		sites[i] = i
	}
	for _, part := range []float64{20, 20, 20, 0.2} {
		voxel *= part
	}
	compared := 0
	err = n.SampleModulator(0, sites, sim.Millisecond/10, func(at sim.Time, values []float64) error {
		if at%step == 0 {
			stencil.Spread(want, room)
		}
		for cell := range times {
			for _, released := range simulated(times[cell]) {
				if released == at {
					want[cell] += quantum / voxel
				}
			}
		}
		compared++
		if !slices.Equal(values, want) {
			t.Fatalf("at %v: %v, want %v", at, values, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Run(40 * sim.Millisecond); err != nil || compared != 400 {
		t.Errorf("%d samples, %v", compared, err)
	}
	if b, err := n.Balances(); err != nil || math.Abs(b[0].Gap()) > 1e-12 || b[0].Released != 7000 {
		t.Errorf("%+v, %v", b, err)
	}
}

// hormone is a substance in one volume, released at the first spike, that listeners
// hear at once.
func hormone(listeners int, e Effect) Modulator {
	return Modulator{
		Ligand: modulator.Ligand{Name: "hormone"}, Volume: 1, Sampling: 10 * sim.Millisecond,
		Releases: []Release{{From: Cells{0, 1}, Quantum: 1}}, Receptors: []Receptor{{atOnce, Cells{1, listeners}, e}},
	}
}

// What is released at 5 ms occupies all receptors at 10 ms and is felt from 20 ms on
// like a current that is injected from there, on the grid and at exact times.
func TestHeardCurrentIsInjected(t *testing.T) {
	for _, exact := range []bool{false, true} {
		heard := substanceOf([][]float64{{5}}, 3, exact, hormone(3, Effect{AddCurrent, 700, "current"}))
		stepped := heard
		stepped.Modulators = nil
		step := stepped.Step
		if exact {
			step = 0
		}
		current, err := neuron.NewStepCurrent([]sim.Time{20 * sim.Millisecond}, []float64{700}, step)
		if err != nil {
			t.Fatal(err)
		}
		stepped.Drives = []Drive{{Name: "step", To: Cells{1, 3}, Channel: "current", Drive: current}}
		got, want := run(t, heard, 2, 300*sim.Millisecond, math.MaxInt), run(t, stepped, 1, 300*sim.Millisecond, math.MaxInt)
		if !slices.Equal(got, want) || len(want) < 20 {
			t.Errorf("exact %v: %d spikes, want %d", exact, len(got), len(want))
		}
	}
}

// A gain doubles what synapses bring, and nothing else.
func TestHeardGainScalesWhatSynapsesBring(t *testing.T) {
	for _, exact := range []bool{false, true} {
		spec := substanceOf([][]float64{{5}, {50}}, 1, exact, hormone(1, Effect{Kind: ScaleGain, Size: 1}))
		spec.Modulators[0].Receptors[0].To = Cells{2, 1}
		spec.Projections = []Projection{{Name: "synapse", From: Cells{1, 1}, To: Cells{2, 1}, Rule: synapse.AllToAll{}, Weight: sim.Constant(3), Delay: sim.Constant(1)}}
		n, err := Build(spec, 1)
		if err != nil {
			t.Fatal(err)
		}
		var reached float64
		err = n.Sample(1, 0, []int{0}, 51*sim.Millisecond, func(_ sim.Time, v []float64) error { reached = v[0]; return nil })
		if err != nil {
			t.Fatal(err)
		}
		if err := n.Run(51 * sim.Millisecond); err != nil || reached != 6 {
			t.Errorf("exact %v: a spike of 3 mV brings %v mV, %v", exact, reached, err)
		}
	}
}

// A cell whose threshold is shifted fires at the intervals of one that has that
// threshold.
func TestHeardThresholdShifts(t *testing.T) {
	interval := func(spec Spec) sim.Time {
		spec.Populations[1].Values["current"] = sim.Constant(600)
		spikes := run(t, spec, 1, sim.Second, math.MaxInt)
		return spikes[len(spikes)-1].Time - spikes[len(spikes)-2].Time
	}
	shifted := substanceOf([][]float64{{5}}, 1, false, hormone(1, Effect{Kind: ShiftThreshold, Size: 5}))
	plain := substanceOf([][]float64{{5}}, 1, false, hormone(1, Effect{Kind: ShiftThreshold}))
	raised := substanceOf([][]float64{{5}}, 1, false, hormone(1, Effect{Kind: ShiftThreshold}))
	raised.Populations[1].Values["threshold"] = sim.Constant(25)
	if got, want, without := interval(shifted), interval(raised), interval(plain); got != want || got <= without {
		t.Errorf("an interval of %v, want %v, and %v without", got, want, without)
	}
}

// In the network that tests of reproducibility use, every substance is heard, changes
// what cells do, and is accounted for.
func TestLivelySubstancesAct(t *testing.T) {
	const until = 300 * sim.Millisecond
	n, err := Build(lively(t), 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Run(until); err != nil {
		t.Fatal(err)
	}
	balances, err := n.Balances()
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range n.substances {
		if b := balances[i]; b.Released == 0 || b.Cleared == 0 || math.Abs(b.Gap()) > 1e-12 {
			t.Errorf("%s: %+v", m.Name, b)
		}
		for k, r := range m.receptions {
			if most := slices.Max(r.Receptors().Messenger()); most < 0.01 {
				t.Errorf("%s: receptor %d has a messenger of at most %v", m.Name, k, most)
			}
		}
	}
	if balances[0].Absorbed == 0 {
		t.Error("nothing was absorbed")
	}
	want := run(t, lively(t), 1, until, math.MaxInt)
	for i := range lively(t).Modulators {
		for k := range lively(t).Modulators[i].Receptors {
			without := lively(t)
			without.Modulators[i].Receptors[k].Effect.Size = 0
			if slices.Equal(run(t, without, 1, until, math.MaxInt), want) {
				t.Errorf("receptor %d of %s changes nothing", k, without.Modulators[i].Name)
			}
		}
	}
}

// An effect that cells cannot have is refused with the reason.
func TestEffectsThatCannotBe(t *testing.T) {
	for name, change := range map[string]func(*Spec){
		"threshold of exact cells": func(s *Spec) { s.Populations[1].Exact = true },
		"threshold of sources":     func(s *Spec) { s.Modulators[0].Receptors[0].To = Cells{0, 1} },
		"gain of sources": func(s *Spec) {
			s.Modulators[0].Receptors[0] = Receptor{atOnce, Cells{0, 1}, Effect{Kind: ScaleGain}}
		},
		"unknown current":       func(s *Spec) { s.Modulators[0].Receptors[0].Effect = Effect{AddCurrent, 1, "sodium"} },
		"cells of two types":    func(s *Spec) { s.Modulators[0].Receptors[0].To = Cells{0, 2} },
		"sampling off the grid": func(s *Spec) { s.Modulators[0].Sampling = sim.Millisecond / 7 },
		"half-maximal of zero":  func(s *Spec) { s.Modulators[0].Receptors[0].HalfMaximal = 0 },
		"negative diffusion":    func(s *Spec) { s.Modulators[0].Diffusion = -1 },
		"no positions": func(s *Spec) {
			s.Modulators[0].Space = &modulator.Space{Shape: [3]int{8, 8, 1}, Spacing: 20}
			s.Populations[1].Positions = nil
		},
		"cell outside": func(s *Spec) {
			s.Modulators[0].Space = &modulator.Space{Shape: [3]int{8, 1, 2}, Spacing: 20, Origin: [3]float64{30}}
		},
	} {
		spec := substanceOf([][]float64{{5}}, 1, false, hormone(1, Effect{Kind: ShiftThreshold, Size: 1}))
		change(&spec)
		if _, err := Build(spec, 1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
