package experiment

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// variants are ways of learning that compute by different paths or carry
// different state.
var variants = map[string][]string{
	"events":             {"learning.rule=modprop"},
	"cell":               {"learning.rule=modprop:weights=cell"},
	"expression":         {"learning.rule=modprop:weights=expression,ligands=3"},
	"adaptive":           {"learning.rule=modprop:mu=mean-derivative"},
	"adaptive spans":     {"learning.rule=modprop:mu=mean-derivative,span=25"},
	"spans online":       {"learning.rule=modprop:mu=mean-derivative,span=25", "learning.update=online", "learning.interval=10 ms"},
	"adaptive ligands":   {"learning.rule=modprop:weights=expression,ligands=2,mu=mean-derivative"},
	"state space":        {"learning.rule=modprop:route=state-space"},
	"taps":               {"learning.rule=modprop:route=taps,taps=5"},
	"mixed":              {"learning.rule=modprop:through=mixed,clearance=20,mu=mean-derivative"},
	"lattice":            {"learning.rule=modprop:through=lattice,clearance=20,diffusion=10,carrier=opponent", "network.torus={rows: 1, columns: 11}"},
	"online, mixed":      {"learning.rule=modprop:through=mixed,clearance=20", "learning.update=online", "learning.interval=10 ms", "task.decision=20 ms"},
	"random feedback":    {"learning.rule=rflo"},
	"sparse feedback":    {"learning.rule=modprop:feedback=sparse,density=0.4"},
	"adaptive feedback":  {"learning.rule=modprop:feedback=adaptive", "learning.l2=1e-3"},
	"frozen feedback":    {"learning.rule=modprop:feedback=frozen"},
	"mdgl":               {"learning.rule=mdgl:weights=existing"},
	"bptt":               {"learning.rule=bptt"},
	"rtrl":               {"learning.rule=rtrl"},
	"sgd":                {"learning.rule=eprop", "learning.optimiser={name: sgd, rate: 0.01, momentum: 0.9}"},
	"trial":              {"learning.rule=modprop:mu=mean-derivative", "learning.update=trial"},
	"trial, expression":  {"learning.rule=modprop:weights=expression,ligands=3", "learning.update=trial"},
	"online":             {"learning.rule=modprop:weights=cell", "learning.update=online", "learning.interval=10 ms"},
	"online, expression": {"learning.rule=modprop:weights=expression,ligands=3,mu=mean-derivative", "learning.update=online", "learning.interval=25 ms"},
	"alignment":          {"learning.rule=modprop", "learning.alignment={every: 5, rules: [modprop, 'modprop:weights=expression,ligands=2', eprop]}"},
	"cosine, clip":       {"learning.rule=tbptt:window=20", "learning.schedule={name: cosine}", "learning.clip=0.01"},
	"small tile":         {"learning.rule=modprop", "training.batch=3", "training.validation.batch=1"},
	"even tiles":         {"learning.rule=modprop", "training.batch=16"},

	"spikes":             spikes("learning.rule=eprop:feedback=random", "learning.regularisation={rate: 10 Hz, coefficient: 30}"),
	"spikes, rates":      spikes("learning.rule=mdgl", "learning.regularisation={rate: 10 Hz, coefficient: 30, per: batch}"),
	"rewired, trial":     {"learning.rule=eprop", "learning.update=trial", "network.projections.0.connection={rule: fixed-in-degree, in-degree: 1}", "learning.rewiring={name: deep-r, temperature: 1e-3}"},
	"spikes, rewired":    spikes("learning.rule=modprop:mu=mean-derivative", "learning.rewiring={name: deep-r, l1: 1, temperature: 1e-2}"),
	"spikes, running":    spikes("learning.rule=eprop", "learning.regularisation={rate: 10 Hz, coefficient: 300, per: running, time-constant: 500 ms}"),
	"spikes, trial":      spikes("learning.rule=mdgl", "learning.regularisation={rate: 10 Hz, coefficient: 30}", "learning.update=trial"),
	"spikes, adaptive":   spikes("learning.rule=modprop:mu=mean-derivative"),
	"spikes, expression": spikes("learning.rule=modprop:weights=expression,ligands=3"),
	"spikes, bptt":       spikes("learning.rule=bptt"),
	"spikes, traces":     spikes("learning.rule=modprop:route=state-space"),
	"spikes, events":     spikes("learning.rule=modprop:route=events", "learning.update=online", "learning.interval=7 ms"),
	"spikes, arrivals":   spikes("learning.rule=mdgl:route=events", "learning.update=spikes", "learning.optimiser={name: sgd, rate: 0.01}", "learning.l2=0", "learning.clip=0"),
	"continuous": spikes("learning={rule: 'modprop:route=events,reset=0', update: spikes, optimiser: {name: sgd, rate: 0.01}, schedule: {name: cosine}}",
		"training={trials: continuous, iterations: 26, checkpoint: 10}"),
	"spikes, online":   spikes("learning.rule=eprop", "learning.update=online", "learning.interval=10 ms"),
	"spikes, torus":    onTorus("learning.rule=diffusion:feedback=frozen"),
	"spikes, lattice":  onTorus("learning.rule=modprop:through=lattice,clearance=20,diffusion=30,decay=10,rise=3"),
	"spikes, shuffled": onTorus("learning.rule=diffusion:shuffle=step"),
}

// spikes makes the cells LIF and ALIF cells that answer their inputs.
func spikes(sets ...string) []string {
	return append([]string{
		"network.conventions=liu2021", "network.dale=false",
		"network.cells=[" +
			"{name: adapting, count: 8, sign: mixed, model: alif, parameters: {tau: 20 ms, threshold: 0.03, refractory: 3 ms, tau-adaptation: 100 ms, beta: 1.8}}," +
			"{name: plain, count: 3, sign: mixed, model: lif, parameters: {tau: 20 ms, threshold: 0.03}}]",
		"network.projections=[" +
			"{from: input, to: cells, weights: {distribution: normal, sd: 1}}," +
			"{from: cells, to: cells, connection: {rule: bernoulli, probability: 0.5}, weights: {distribution: normal, sd: 0.3}}," +
			"{from: cells, to: readout, weights: {distribution: normal, sd: 0.3}}]",
		"network.readout={filter: 10 ms}",
	}, sets...)
}

// onTorus gives spiking cells places, and connects near ones.
func onTorus(sets ...string) []string {
	return append(spikes("network.cells.plain.count=4", "network.torus={rows: 3, columns: 4, placement: scattered}",
		"network.projections.1.connection={rule: local}", "network.projections.2.connection={rule: fixed-total, synapses: 9}"), sets...)
}

// Same scenario and seed, same files to the bit, however many workers.
func TestReproducible(t *testing.T) {
	seen := map[string]string{}
	for name, sets := range variants {
		s := load(t, append(slices.Clone(sets), "training.iterations=9")...)
		first := train(t, s, Options{Workers: 1})
		for _, workers := range []int{1, 2, 3} {
			sameResults(t, name, first, train(t, s, Options{Workers: workers}))
		}
		weights, err := os.ReadFile(filepath.Join(first, "weights.npz"))
		if err != nil {
			t.Fatal(err)
		}
		if other, twice := seen[string(weights)]; twice && name != "alignment" && other != "alignment" {
			t.Errorf("%s and %s end with the same weights: the comparison shows nothing", name, other)
		}
		seen[string(weights)] = name
	}
}

// A comparison's runs are those of single runs.
func TestComparisonRunsAreRuns(t *testing.T) {
	s := load(t, "training.iterations=9")
	dir := t.TempDir()
	p := Plan{Rules: []string{"modprop:mu=mean-derivative"}, Seeds: []uint64{4}}
	if _, err := Compare(t.Context(), s, p, Options{Dir: dir, Workers: 2}); err != nil {
		t.Fatal(err)
	}
	alone := load(t, "training.iterations=9", "learning.rule=modprop:mu=mean-derivative", "seed=4")
	sameResults(t, "seed 4", train(t, alone, Options{Workers: 2}), filepath.Join(dir, "runs", "modprop_mu-mean-derivative", "seed-4"))
}

func TestSeedsDiffer(t *testing.T) {
	read := func(dir string) string {
		data, err := os.ReadFile(filepath.Join(dir, "metrics.csv"))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	a, b := train(t, load(t, "training.iterations=2"), Options{}), train(t, load(t, "training.iterations=2", "seed=2"), Options{})
	if read(a) == read(b) {
		t.Error("seeds 1 and 2 give the same metrics")
	}
}
