package scenarios

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paracrine/internal/spiking"
	"paracrine/modulator"
	"paracrine/neuron"
	"paracrine/sim"
)

// openSimulation opens what must be a simulation, and makes its network.
func openSimulation(t testing.TB, name string, sets ...string) (*Simulation, spiking.Spec) {
	t.Helper()
	d, err := Open(name, sets)
	if err != nil {
		t.Fatal(err)
	}
	s, simulates := d.(*Simulation)
	if !simulates {
		t.Fatalf("%s is no simulation", name)
	}
	spec, _, err := s.Prepare(math.Inf(1), 1)
	if err != nil {
		t.Fatal(err)
	}
	return s, spec
}

// count simulates a built-in scenario and counts the spikes of some types.
func count(t testing.TB, name string, of CellTypes, sets ...string) int {
	t.Helper()
	s, spec := openSimulation(t, name, sets...)
	n, err := spiking.Build(spec, 2)
	if err != nil {
		t.Fatal(err)
	}
	spikes, counted := 0, s.Cells(of)
	n.OnSpikes = func(batch []spiking.Spike) error {
		for _, spike := range batch {
			if i := int(spike.Cell) - counted.First; i >= 0 && i < counted.Count {
				spikes++
			}
		}
		return nil
	}
	if err := n.Run(simulated(s.Run.Duration)); err != nil {
		t.Fatal(err)
	}
	return spikes
}

// The built-in networks of which every spike is known have as many as their
// references: NEST's for the small ones, for the rings those that follow from the
// time from an arrival to a spike, τ_m ln(4/3).
func TestKnownSpikes(t *testing.T) {
	period, rings := 10+10*math.Log(4.0/3), 0
	for r := range 10 {
		rings += int((10_000 - 1 - float64(r)) / period)
	}
	for name, c := range map[string]struct {
		of   CellTypes
		want int
	}{
		"small-grid":  {CellTypes{"excitatory", "inhibitory"}, 3964},
		"small-exact": {CellTypes{"excitatory", "inhibitory"}, 4661},
		"busyring":    {CellTypes{"rings"}, rings},
	} {
		if got := count(t, name, c.of); got != c.want {
			t.Errorf("%s: %d spikes, want %d", name, got, c.want)
		}
	}
}

// Every built-in simulation makes a network that can be built, of the size its
// paper says where it has one.
func TestBuiltinNetworks(t *testing.T) {
	synapses := map[string]float64{
		"brunel":          12_500 * 1250,
		"brette-cuba":     0.02 * 4000 * 3999,
		"brette-coba":     0.02 * 4000 * 3999,
		"izhikevich-2003": 1000 * 1000,
		"izhikevich-2007": 1000*100 + 1,
		"busyring":        1000 + 10,
		"small-grid":      1000 + 100,
		"small-exact":     1000 + 100,

		"peptide-diffusion": 0,
	}
	for _, b := range Builtin() {
		if !b.Simulation {
			continue
		}
		_, spec := openSimulation(t, b.Name)
		cost, err := spiking.Estimate(spec, 1)
		want, said := synapses[b.Name]
		if err != nil || said && math.Abs(cost.Synapses-want) > 0.5 {
			t.Errorf("%s: %v synapses, %v; want %v", b.Name, cost.Synapses, err, want)
		}
	}
}

// Parameters that share a random number lie on the curve of the paper's script:
// c = −65 + 15 r², d = 8 − 6 r², and so 6 (c + 65) = 15 (8 − d).
func TestSharedDraws(t *testing.T) {
	_, spec := openSimulation(t, "izhikevich-2003")
	c, d := spec.Populations[0].Each["reset"], spec.Populations[0].Each["d"]
	if len(c) != 800 || len(d) != 800 {
		t.Fatalf("%d and %d values", len(c), len(d))
	}
	sum := 0.0
	for i := range c {
		if math.Abs(6*(c[i]+65)-15*(8-d[i])) > 1e-9 || c[i] < -65 || c[i] > -50 {
			t.Fatalf("cell %d: c %v, d %v", i, c[i], d[i])
		}
		sum += c[i]
	}
	// The mean of r² is 1/3, its standard deviation √(4/45).
	if got, sd := sum/800, 15*math.Sqrt(4.0/45/800); math.Abs(got+60) > 4*sd {
		t.Errorf("mean of c %v, want −60 ± %v", got, sd)
	}
	recovery := spec.Populations[1].Initial["recovery"].Each
	for i, b := range spec.Populations[1].Each["b"] {
		if math.Abs(recovery[i]-b*-65) > 1e-9 {
			t.Fatalf("cell %d: u %v, b %v", i, recovery[i], b)
		}
	}
}

// What a file says reaches the network in base units.
func TestSpec(t *testing.T) {
	text := strings.NewReplacer("tau: 20 ms", "tau: 0.02 s", "weight: 20 pA", "weight: 0.02 nA", "delay: 1.5 ms", "delay: 1500 us").Replace(simulationFile(t))
	s, err := parseSimulation("f", text)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := s.Spec()
	if err != nil {
		t.Fatal(err)
	}
	if spec.Step != sim.Millisecond/10 || len(spec.Populations) != 3 || len(spec.Projections) != 3 || len(spec.Drives) != 2 {
		t.Fatalf("%+v", spec)
	}
	p := spec.Populations[0]
	threshold := sim.Distribution{Kind: sim.NormalValues, A: 20, B: 1, Low: 15, High: math.Inf(1)}
	if p.Values["tau"] != sim.Constant(20) || p.Values["threshold"] != threshold || p.Values["rest"] != sim.Constant(0) {
		t.Errorf("parameters %+v", p.Values)
	}
	if got := p.Initial["potential"].Drawn; got != (sim.Distribution{Kind: sim.UniformValues, A: 0, B: 15}) {
		t.Errorf("initial potential %v", got)
	}
	e := spec.Projections[0]
	if e.Weight != sim.Constant(20) || e.Delay != sim.Constant(1.5) || e.From != (spiking.Cells{First: 0, Count: 80}) || e.To != (spiking.Cells{First: 0, Count: 100}) {
		t.Errorf("excitation %+v", e)
	}
	if start := spec.Projections[2]; start.From != (spiking.Cells{First: 100, Count: 4}) || start.STDP == nil || start.STDP.MaxWeight != 1000 {
		t.Errorf("start %+v", start)
	}
	uniform := sim.Distribution{Kind: sim.UniformValues, A: 1000, B: 3000}
	if m := spec.Modulators; len(m) != 1 || m[0].Clearance != 200 || len(m[0].Releases) != 2 ||
		m[0].Releases[0] != (spiking.Release{From: spiking.Cells{First: 0, Count: 80}, Probability: 1, Quantum: 0.5, Delay: sim.Constant(1)}) ||
		m[0].Releases[1] != (spiking.Release{Within: 10 * sim.Millisecond, Pairs: 2, Quantum: 0.2, Delay: uniform}) {
		t.Errorf("modulators %+v", m)
	}
	if times := spec.Populations[2].Times; len(times) != 4 || times[3][1] != 20500*sim.Microsecond {
		t.Errorf("times %v", times)
	}
	if d := spec.Drives[1]; d.Channel != "excitatory" || d.To != (spiking.Cells{First: 80, Count: 20}) || d.Name == spec.Drives[0].Name {
		t.Errorf("drive %+v", d)
	}
}

// simulationVariants override testdata/simulation.yaml in ways that reach every
// branch of the schema; every one makes a network.
var simulationVariants = [][]string{
	nil,
	{"network.timing=exact", "seed=7", "simulation.window=0.3 ms", "network.inputs.0={to: excitatory, kind: constant, amplitude: 100 pA}"},
	{"network.inputs.0={name: a, to: cells, kind: step, steps: [{at: 0 ms, amplitude: 1 nA}, {at: 5 ms, amplitude: 0 pA}]}", "network.cells.2={name: source, count: 4, model: lif-exp}", "network.projections.start.plasticity={kind: none}"},
	{"network.inputs.0={to: excitatory, kind: sine, amplitude: 100 pA, mean: 3 pA, frequency: 10 Hz, phase: 90}"},
	{"network.inputs.0={to: excitatory, kind: noise, sd: 100 pA, interval: 1 ms}"},
	{"network.projections.start.plasticity={kind: tsodyks-markram, facilitation: 1 s}", "network.projections.start.channel=excitatory"},
	{"network.projections.start.plasticity={kind: stdp, max-weight: 1 nA, rate: 0, mu-plus: 0.5, tau-minus: 34 ms}"},
	{"network.projections.start.plasticity={kind: dopamine-stdp, modulator: dopamine, potentiation: 0.01, depression: 0, min-weight: -1 nA, max-weight: 1 nA, baseline: -0.1}", "modulators.dopamine.release.0={from: cells, quantum: 1}", "modulators.dopamine.field={kind: mixed, volume: 1e6 µm³}"},
	{"network.projections.start.plasticity={kind: dopamine-stdp, modulator: dopamine, potentiation: 0.01, depression: 0, max-weight: 1 nA}", "network.cells.0.positions={layout: lattice, shape: [10, 8], spacing: 50 µm}", "modulators.dopamine.field={kind: lattice, shape: [10, 8], spacing: 50 µm}"},
	{"network.projections.start.plasticity={kind: dopamine-stdp, modulator: dopamine, potentiation: 0.01, depression: 0, max-weight: 1 nA}", "network.cells.0.positions={layout: lattice, shape: [10, 8], spacing: 50 µm}", "modulators.dopamine={name: dopamine, release: [{from: excitatory, quantum: 100}], field: {kind: kernel, shape: [10, 8], spacing: 50 µm, step: 1 ms, k: 0.9}}"},
	{"record.0={what: mean-weight, of: start, every: 10 ms}", "record.1={what: concentration, of: dopamine}", "expect.0={metric: mean-weight, of: start, from: -1 nA, to: 1 nA, source: x}"},
	{"network.projections.1.connection={rule: fixed-out-degree, out-degree: 5, multapses: true}", "network.projections.0.connection={rule: fixed-total, synapses: 500}"},
	{"network.projections.1.weight={distribution: lognormal, median: 3 pA, sigma: 0.5}", "network.projections.1.delay={distribution: exponential, mean: 2 ms, low: 0.5 ms, high: 5 ms}"},
	{"network.projections.0.connection={rule: distance, probability: 0.5, length: 0.1 mm, period: [1 mm, 1 mm]}", "network.projections.0.to=excitatory", "network.cells.0.positions={layout: lattice, shape: [10, 8], spacing: 50 µm}"},
	{"network.projections.0.connection={rule: distance, profile: box, probability: 1, length: 100 um}", "network.projections.0.to=excitatory", "network.cells.0.positions={layout: uniform, extent: [1 mm, 0.5 mm, 100 µm]}"},
	{"network.cells.source.times=[[1 ms], [], [2 ms, 3 ms], [0.1 s]]"},
	{"network.inputs=[]", "network.projections=[]", "modulators=[]", "record=[]", "expect=[]"},
	{"record.0={what: weights, of: start, every: 10 ms, to: parquet}", "record.1={what: rates, of: cells, to: memory}"},
	{"expect.0={metric: synchrony, of: cells, from: 0, to: 1.5, source: x}"},
}

func TestSimulationRoundTrip(t *testing.T) {
	base := simulationFile(t)
	for _, sets := range simulationVariants {
		s, err := parseSimulation("small.yaml", base, sets...)
		if err != nil {
			t.Errorf("%v: %v", sets, err)
			continue
		}
		checkRoundTrip(t, s)
	}
	s, err := parseSimulation("substances.yaml", substancesFile(t))
	if err != nil {
		t.Fatal(err)
	}
	checkRoundTrip(t, s)
}

// Substances become modulators of the network, type by type and in its units, and
// their lattices lie around the origin.
func TestSubstancesOfTheNetwork(t *testing.T) {
	s, err := parseSimulation("substances.yaml", substancesFile(t))
	if err != nil {
		t.Fatal(err)
	}
	spec, err := s.Spec()
	if err != nil {
		t.Fatal(err)
	}
	peptide, amine, hormone := spec.Modulators[0], spec.Modulators[1], spec.Modulators[2]
	if peptide.Ligand != (modulator.Ligand{Name: "peptide", Diffusion: 0.1, Clearance: 10_000}) || peptide.Sampling != 10*sim.Millisecond {
		t.Errorf("peptide %+v", peptide)
	}
	if want := (modulator.Space{Shape: [3]int{20, 20, 12}, Spacing: 20, Origin: [3]float64{-190, -190, -110}, Fraction: 0.2,
		Boundary: [3]modulator.Boundary{modulator.Absorbing, modulator.Absorbing, modulator.NoFlux}}); *peptide.Space != want {
		t.Errorf("space %+v, want %+v", *peptide.Space, want)
	}
	if want := (modulator.DenseCore{Jump: 1, Calcium: 50, Threshold: 1.5, Pool: 20, Refill: 60_000, Quantum: 5000}); *peptide.Releases[0].Vesicles != want {
		t.Errorf("vesicles %+v", *peptide.Releases[0].Vesicles)
	}
	cells := func(first, count int) spiking.Cells { return spiking.Cells{First: first, Count: count} }
	if r := peptide.Receptors; len(r) != 3 || r[0] != (spiking.Receptor{Receptor: modulator.Receptor{HalfMaximal: 10, Hill: 1.5, Density: 1, Rise: 100, Decay: 2000},
		To: cells(0, 60), Effect: spiking.Effect{Kind: spiking.ShiftThreshold, Size: 3}}) || r[1].To != cells(60, 16) || r[2].To != cells(76, 2) ||
		r[2].Effect != (spiking.Effect{Kind: spiking.ScaleGain, Size: -0.5}) {
		t.Errorf("receptors %+v", r)
	}
	if amine.Uptake != (modulator.Uptake{Max: 0.02, Half: 100}) || amine.Step != 100*sim.Millisecond || amine.Space.Depth != 20 ||
		amine.Receptors[0].Effect != (spiking.Effect{Kind: spiking.AddCurrent, Size: 100, Channel: "current"}) || amine.Receptors[0].HalfMaximal != 1000 {
		t.Errorf("amine %+v", amine)
	}
	if hormone.Space != nil || hormone.Volume != 1e7 || len(hormone.Releases) != 5 || hormone.Receptors[0].Density != 2 {
		t.Errorf("hormone %+v", hormone)
	}
	for i, position := range spec.Populations[0].Positions {
		if deep := i >= 40; deep != (position[2] > 0) || math.Abs(math.Abs(position[2])-50) > 10 {
			t.Errorf("cell %d is at %v", i, position)
		}
	}
}

// A field of kind kernel is a plane whose axes are rings, and goes in steps.
func TestKernelOfTheNetwork(t *testing.T) {
	s, err := parseSimulation("substances.yaml", strings.Replace(substancesFile(t), amineField, "field: {kind: kernel, shape: [10, 8], spacing: 40 µm, depth: 20 µm, step: 5 ms, k: 0.75}", 1))
	if err != nil {
		t.Fatal(err)
	}
	checkRoundTrip(t, s)
	spec, err := s.Spec()
	if err != nil {
		t.Fatal(err)
	}
	space := modulator.Space{Shape: [3]int{10, 8, 1}, Spacing: 40, Origin: [3]float64{-180, -140, 0}, Depth: 20, Fraction: 1,
		Boundary: [3]modulator.Boundary{modulator.Periodic, modulator.Periodic, modulator.NoFlux}}
	if m := spec.Modulators[1]; *m.Space != space || *m.Kernel != (spiking.Kernel{Radius: 1, Kept: 0.75}) || m.Step != 5*sim.Millisecond {
		t.Errorf("%+v on %+v with %+v", m, *m.Space, *m.Kernel)
	}
	if spec.Modulators[0].Kernel != nil || spec.Modulators[2].Kernel != nil {
		t.Error("a lattice or a volume has a kernel")
	}
}

// The resolved file of a scenario with tables reads them wherever it lies.
func TestResolvedFindsTables(t *testing.T) {
	folder := t.TempDir()
	text := strings.Replace(simulationFile(t), drawnRule, listRule, 1)
	for name, data := range map[string]string{"s.yaml": text, "t.csv": "source,target\n0,1\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{filepath.Join(folder, "s.yaml"), "small-grid"} {
		s, _ := openSimulation(t, name)
		copied := filepath.Join(t.TempDir(), "copy.yaml")
		if err := os.WriteFile(copied, s.YAML(), 0o644); err != nil {
			t.Fatal(err)
		}
		again, _ := openSimulation(t, copied)
		if string(again.YAML()) != string(s.YAML()) {
			t.Errorf("%s: the copy differs:\n%s", name, again.YAML())
		}
	}
}

// A network that does not fit memory is refused before it is made, where it is
// largest.
func TestSimulationThatDoesNotFit(t *testing.T) {
	for _, c := range []struct {
		sets []string
		want string
	}{
		{[]string{"network.cells.0.count=100000000"}, "network.cells.excitatory.count: given 100000000 (their state needs 12 GB of memory); allowed what fits the 1 GB of this machine: fewer cells"},
		{[]string{"network.cells.0.count=1000000", "network.projections.0.connection={rule: all-to-all}"}, "allowed what fits the 1 GB of this machine: fewer synapses, or fewer cells"},
	} {
		d, err := ParseAny("f", []byte(simulationFile(t)), c.sets)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = d.(*Simulation).Prepare(1e9, 2)
		checkErrors(t, err)
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
}

// A simulation is refused where something trains, and says what takes it.
func TestLoadRefusesSimulations(t *testing.T) {
	_, err := Load("brunel", nil)
	checkErrors(t, err)
	if !strings.Contains(err.Error(), "simulation: given a simulation") || !strings.Contains(err.Error(), "paracrine run") {
		t.Error(err)
	}
}

// Every model can be named in a scenario, with every parameter at its default,
// in its unit.
func TestModelsInScenarios(t *testing.T) {
	for _, m := range neuron.Models() {
		if m.Grid == nil && m.Exact == nil || m.Name == sourceModel {
			continue
		}
		timing := "grid"
		if m.Grid == nil {
			timing = "exact"
		}
		s, err := parseSimulation("f", "{name: a, title: a, simulation: {duration: 1 s}, network: {timing: "+timing+", cells: [{name: a, count: 2, model: "+m.Name+"}]}}")
		if err != nil {
			t.Errorf("%s: %v", m.Name, err)
			continue
		}
		for _, p := range m.Parameters {
			if v := s.Network.Cells[0].Parameters[p.Name]; v.One.Value != p.Default || v.One.Unit != p.Unit {
				t.Errorf("%s: %s is %v, want %v %s", m.Name, p.Name, v.One, p.Default, p.Unit)
			}
		}
	}
}
