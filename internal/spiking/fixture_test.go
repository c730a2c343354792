package spiking

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// The files in testdata are a small recurrent network and its spikes in NEST
// 3.10: 100 cells (0–79 excitatory, 80–99 inhibitory), 1000 synapses, one
// external spike train per cell, every delay 1.5 ms.
const (
	fixtureCells      = 100
	fixtureExcitatory = 80
)

func readRows(t testing.TB, name string, header bool) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if header {
		rows = rows[1:]
	}
	return rows
}

func number(t testing.TB, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// pairs is a connection rule of listed pairs.
type pairs struct{ pre, post []uint32 }

func (p pairs) Connect(_ synapse.Wiring, _, _ int, yield func(synapse.Batch)) {
	yield(synapse.Batch{Pre: p.pre, Post: p.post})
}
func (p pairs) Expected(synapse.Wiring) float64 { return float64(len(p.pre)) }
func (p pairs) Check(synapse.Wiring) error      { return nil }

// fixtureConnections are the fixture's synapses from the sources from ≤ i < to.
func fixtureConnections(t testing.TB, from, to int) pairs {
	var p pairs
	for _, row := range readRows(t, "connections.csv", true) {
		if source := int(number(t, row[0])); source >= from && source < to {
			p.pre = append(p.pre, uint32(source-from))
			p.post = append(p.post, uint32(number(t, row[1])))
		}
	}
	return p
}

// fixtureInputs are the external spike trains: times in units of the argument.
func fixtureInputs(t testing.TB, name string, unit sim.Time) [][]sim.Time {
	trains := make([][]sim.Time, fixtureCells)
	for _, row := range readRows(t, name, true) {
		cell := int(number(t, row[0]))
		for _, text := range strings.Fields(row[1]) {
			trains[cell] = append(trains[cell], sim.Time(number(t, text)*float64(unit)+0.5))
		}
	}
	return trains
}

func fixtureInitial(t testing.TB) []float64 {
	var v []float64
	for _, row := range readRows(t, "v_init.csv", false) {
		v = append(v, number(t, row[0]))
	}
	return v
}

// fixture is the network with cells of a model and weights for it, its external
// trains being source cells 100 to 199.
func fixture(t testing.TB, model string, exact bool, excitatory, inhibitory float64, values map[string]float64, inputs [][]sim.Time) Spec {
	m, known := neuron.ModelNamed(model)
	source, sources := neuron.ModelNamed("spikes")
	if !known || !sources {
		t.Fatalf("no model %s", model)
	}
	constants := map[string]sim.Distribution{}
	for _, p := range m.Parameters {
		constants[p.Name] = sim.Constant(p.Default)
	}
	for name, value := range values {
		constants[name] = sim.Constant(value)
	}
	all, external := Cells{0, fixtureCells}, Cells{fixtureCells, fixtureCells}
	one := make([]uint32, fixtureCells)
	for i := range one {
		one[i] = uint32(i)
	}
	project := func(name string, from Cells, rule pairs, weight float64) Projection {
		return Projection{Name: name, From: from, To: all, Rule: rule, Weight: sim.Constant(weight), Delay: sim.Constant(1.5)}
	}
	return Spec{
		Step: sim.Millisecond / 10, Seed: 1,
		Populations: []Population{
			{Name: "cells", Model: m, Cells: fixtureCells, Exact: exact, Values: constants, Initial: map[string]Initial{"potential": {Each: fixtureInitial(t)}}},
			{Name: "external", Model: source, Cells: fixtureCells, Exact: exact, Times: inputs},
		},
		Projections: []Projection{
			project("excitatory", Cells{0, fixtureExcitatory}, fixtureConnections(t, 0, fixtureExcitatory), excitatory),
			project("inhibitory", Cells{fixtureExcitatory, fixtureCells - fixtureExcitatory}, fixtureConnections(t, fixtureExcitatory, fixtureCells), inhibitory),
			project("external", external, pairs{one, one}, excitatory),
		},
	}
}

// run simulates for a time and returns the spikes of the cells numbered below
// count.
func run(t testing.TB, spec Spec, workers int, until sim.Time, count int) []Spike {
	t.Helper()
	n, err := Build(spec, workers)
	if err != nil {
		t.Fatal(err)
	}
	var all []Spike
	n.OnSpikes = func(spikes []Spike) error {
		for _, s := range spikes {
			if int(s.Cell) < count {
				all = append(all, s)
			}
		}
		return nil
	}
	if err := n.Run(until); err != nil {
		t.Fatal(err)
	}
	return all
}

// Every spike of NEST's iaf_psc_delta on a grid of 0.1 ms, one for one.
func TestGridFixture(t *testing.T) {
	spec := fixture(t, "lif-delta", false, 2, -10, nil, fixtureInputs(t, "ext_input_grid_steps.csv", sim.Millisecond/10))
	got := run(t, spec, 2, sim.Second, fixtureCells)
	want := readRows(t, "spikes_iaf_psc_delta.csv", true)
	if len(got) != len(want) || len(want) != 3964 {
		t.Fatalf("%d spikes, want %d", len(got), len(want))
	}
	for i, row := range want {
		step, cell := int64(number(t, row[0])), uint32(number(t, row[1]))
		if int64(got[i].Time/spec.Step) != step || got[i].Cell != cell {
			t.Fatalf("spike %d: cell %d at step %d, want cell %d at step %d", i, got[i].Cell, got[i].Time/spec.Step, cell, step)
		}
	}
}

// Every spike of the exact network, within 1e-10 ms, the reference being good to
// 3e-11: cells with exponential currents of 2 ms, off the grid.
func TestExactFixture(t *testing.T) {
	inputs := fixtureInputs(t, "ext_input_precise_ms.csv", sim.Millisecond)
	parameters := map[string]float64{"tau-excitatory": 2, "tau-inhibitory": 2, "capacitance": 250}
	spec := fixture(t, "lif-exp", true, 322.887416, -1614.43708, parameters, inputs)
	got := run(t, spec, 2, sim.Second, fixtureCells)
	want := readRows(t, "spikes_iaf_psc_exp_exact.csv", true)
	if len(got) != len(want) || len(want) != 4661 {
		t.Fatalf("%d spikes, want %d", len(got), len(want))
	}
	largest := 0.0
	for i, row := range want {
		at, cell := number(t, row[0]), uint32(number(t, row[1]))
		off := math.Abs((float64(got[i].Time)+float64(got[i].Part))/float64(sim.Millisecond) - at)
		if got[i].Cell != cell || off > 1e-10 {
			t.Fatalf("spike %d: cell %d at %v, want cell %d at %v ms", i, got[i].Cell, got[i].Time, cell, at)
		}
		largest = math.Max(largest, off)
	}
	t.Logf("largest difference %.2g ms", largest)
}
