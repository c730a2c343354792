package scenarios

import (
	"os"
	"strings"
	"testing"
)

// brokenSimulations are mistakes in testdata/simulation.yaml: what is replaced,
// by what, and the errors it must give, file name left out.
var brokenSimulations = []struct{ name, old, new, want string }{
	{"unknown model", "model: lif-exp\n      parameters: {tau: 20 ms", "model: lif-exq\n      parameters: {tau: 20 ms", ""},
	{"unknown parameter", "{tau: 20 ms,", "{tou: 20 ms,", ""},
	{"parameter of another unit", "{tau: 20 ms,", "{tau: 20 mV,", ""},
	{"parameter without unit", "{tau: 20 ms,", "{tau: 20,", ""},
	{"parameter out of range", "{tau: 20 ms,", "{tau: 0 ms,", ""},
	{"distribution out of range", "{tau: 20 ms,", "{tau: {distribution: normal, mean: 20 ms, sd: 1 ms},", ""},
	{"bounds that leave nothing", "low: 15 mV}}", "low: 15 mV, high: 14 mV}}", ""},
	{"distribution without its key", "mean: 20 mV, sd: 1 mV, low", "mean: 20 mV, low", ""},
	{"key of another distribution", "{distribution: uniform, from: 0 mV, to: 15 mV}", "{distribution: uniform, from: 0 mV, to: 15 mV, sd: 1 mV}", ""},
	{"threshold that can lie below the reset", ", low: 15 mV}}", "}}", ""},
	{"reset above the threshold", "reset: 0 mV", "reset: 25 mV", ""},
	{"refractory period off the grid", "reset: 0 mV", "reset: 0 mV, refractory: 2.05 ms", ""},
	{"unknown variable at the start", "initial: {potential:", "initial: {voltage:", ""},
	{"model without an exact form", "model: lif-exp\n      parameters: {tau: 10 ms", "model: lif-cond-exp\n      timing: exact\n      parameters: {tau: 10 ms", ""},
	{"type twice", "name: inhibitory\n      count", "name: excitatory\n      count", ""},
	{"type named cells", "name: source\n", "name: cells\n", ""},
	{"no spike times", "      times: [10 ms, 20.5 ms]\n", "", ""},
	{"spike between steps", "20.5 ms]", "20.55 ms]", ""},
	{"spikes out of order", "[10 ms, 20.5 ms]", "[20.5 ms, 10 ms]", ""},
	{"spike lists for other cells", "[10 ms, 20.5 ms]", "[[10 ms], [20.5 ms]]", ""},
	{"spike times of a cell that has none", "parameters: {tau: 10 ms, threshold: 20 mV, reset: 0 mV}", "times: [1 ms]", ""},
	{"unknown target of an input", "to: [excitatory, inhibitory], kind", "to: [excitatory, inhibitry], kind", ""},
	{"input into sources", "to: [excitatory, inhibitory], kind: poisson", "to: cells, kind: poisson", ""},
	{"weight in another unit", "weight: 10 pA}", "weight: 0.1 mV}", ""},
	{"weight without unit", "weight: 20 pA", "weight: 20", ""},
	{"rate without unit", "rate: 8 kHz", "rate: 8000", ""},
	{"noise without its keys", "kind: poisson, rate: 8 kHz, weight: 10 pA", "kind: noise", ""},
	{"sine into exact cells", "  inputs:\n", "  timing: exact\n  inputs:\n    - {to: excitatory, kind: sine, amplitude: 100 pA, frequency: 5 Hz}\n", ""},
	{"unknown channel", "weight: 20 pA\n", "weight: 20 pA\n      channel: ampa\n", ""},
	{"weights of both signs", ", high: 0 pA}", "}", ""},
	{"zero delay", "delay: 1.5 ms", "delay: 0 ms", ""},
	{"negative delay", "delay: 1.5 ms", "delay: -1.5 ms", ""},
	{"delay off the grid", "delay: 1.5 ms", "delay: 1.55 ms", ""},
	{"delay below a step", "delay: 1.5 ms", "delay: 0.01 ms", ""},
	{"delays that can vanish", "{distribution: uniform, from: 1 ms, to: 2 ms}", "{distribution: exponential, mean: 2 ms}", ""},
	{"no delay", "      weight: 20 pA\n      delay: 1.5 ms\n", "      weight: 20 pA\n", ""},
	{"in-degree without number", "rule: fixed-in-degree, in-degree: 8", "rule: fixed-in-degree", ""},
	{"key of another rule", "rule: bernoulli, probability: 0.1", "rule: bernoulli, probability: 0.1, in-degree: 3", ""},
	{"probability above one", "probability: 0.1", "probability: 1.1", ""},
	{"distance without positions", "rule: bernoulli, probability: 0.1", "rule: distance, probability: 0.1, length: 100 µm", ""},
	{"autapses where there are none", "      to: excitatory\n      weight: 500 pA", "      to: excitatory\n      connection: {autapses: true}\n      weight: 500 pA", ""},
	{"types that are no neighbours", "from: inhibitory\n", "from: [excitatory, source]\n", ""},
	{"unknown source", "from: inhibitory\n", "from: inhibitor\n", ""},
	{"projection onto sources", "from: source\n      to: excitatory", "from: source\n      to: source", ""},
	{"plastic weight above its bound", "max-weight: 1000 pA", "max-weight: 400 pA", ""},
	{"bound of plasticity in another unit", "max-weight: 1000 pA", "max-weight: 1 mV", ""},
	{"warm-up beyond the end", "warm-up: 200 ms", "warm-up: 2 s", ""},
	{"duration off the grid", "duration: 1 s", "duration: 1000.05 ms", ""},
	{"window longer than a delay", "warm-up: 200 ms", "warm-up: 200 ms, window: 2 ms", ""},
	{"unknown variable", "variable: potential,", "variable: voltage,", ""},
	{"recorder without variable", "variable: potential, ", "", ""},
	{"recorded cell that does not exist", "cells: [0, 7]", "cells: [0, 80]", ""},
	{"more recorded cells than there are", "cells: 20}", "cells: 21}", ""},
	{"weights of an unknown projection", "{what: spikes, of: [excitatory, inhibitory], cells: 20}", "{what: weights, of: strat}", ""},
	{"band without unit", "from: 1 Hz", "from: 1", ""},
	{"band upside down", "from: 1 Hz, to: 100 Hz", "from: 100 Hz, to: 1 Hz", ""},
	{"unknown metric", "metric: mean-rate", "metric: rate", ""},
	{"file that is not there", "initial: {potential: {distribution: uniform, from: 0 mV, to: 15 mV}}", "initial: {potential: {file: none.csv}}", ""},
	{"task in a simulation", "simulation: {", "task: {name: sine}\nsimulation: {", ""},
	{"more cells than can be numbered", "count: 80", "count: 100000001", ""},
	// What the rules of connection say.
	{"more sources than there are", "in-degree: 8", "in-degree: 80", ""},
	{"one-to-one of unequal numbers", "rule: bernoulli, probability: 0.1", "rule: one-to-one", ""},
}

func simulationFile(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("testdata/simulation.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// parseSimulation reads a simulation and makes its network.
func parseSimulation(file, text string, sets ...string) (*Simulation, error) {
	d, err := ParseAny(file, []byte(text), sets)
	if err != nil {
		return nil, err
	}
	s := d.(*Simulation)
	_, err = s.Spec()
	return s, err
}

// Every mistake is refused where it is, with what is allowed there.
func TestBrokenSimulations(t *testing.T) {
	base := simulationFile(t)
	if _, err := parseSimulation("f", base); err != nil {
		t.Fatal(err)
	}
	for _, c := range brokenSimulations {
		t.Run(c.name, func(t *testing.T) {
			if strings.Count(base, c.old) == 0 {
				t.Fatalf("no %q in the file", c.old)
			}
			_, err := parseSimulation("f", strings.Replace(base, c.old, c.new, 1))
			checkErrors(t, err)
			if got := unplaced(err); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// unplaced is an error without the name of the file f in front of its lines.
func unplaced(err error) string {
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, "f:")
	}
	return strings.Join(lines, "\n")
}

// brokenTables are mistakes in CSV files: the replacement in the simulation that
// names the file, its contents, and the errors.
var brokenTables = []struct{ name, old, new, table, want string }{
	{"empty file", drawn, fileValue, "", ""},
	{"column of another unit", drawn, fileValue, "potential_pA\n1\n", ""},
	{"column without unit", drawn, fileValue, "potential\n1\n", ""},
	{"no number", drawn, fileValue, "potential_mV\n1\nx\n", ""},
	{"not finite", drawn, fileValue, "potential_mV\n1\nNaN\n", ""},
	{"too few values", drawn, fileValue, "potential_mV\n1\n2\n", ""},
	{"too many values", drawn, fileValue, "potential_mV\n" + strings.Repeat("1\n", 81), ""},
	{"more fields than columns", drawn, fileValue, "potential_mV\n1,2\n", ""},
	{"parameter out of range", "{tau: 10 ms,", "{tau: {file: t.csv},", "tau_ms\n10\n-1\n", ""},
	{"spike of a cell that does not exist", "[10 ms, 20.5 ms]", "{file: t.csv}", "cell,time_ms\n0,1\n4,2\n", ""},
	{"listed spike between steps", "[10 ms, 20.5 ms]", "{file: t.csv}", "cell,time_ms\n0,1.05\n", ""},
	{"listed spikes out of order", "[10 ms, 20.5 ms]", "{file: t.csv}", "time_ms,cell\n2,1\n1,1\n", ""},
	{"synapse of a cell that does not exist", drawnRule, listRule, "source,target\n0,0\n20,3\n", ""},
	{"synapse onto a cell that does not exist", drawnRule, listRule, "source,target\n0,100\n", ""},
	{"weight twice", drawnRule, listRule, "source,target,weight\n0,0,-1\n", ""},
	{"listed weight that is not finite", drawnRule, listRule, "source,target,weight\n0,0,inf\n", ""},
	{"listed delay of zero", drawnRule, listRule, "source,target,delay\n0,0,0\n", ""},
}

// What brokenTables replace, and by what.
const (
	drawn     = "{distribution: uniform, from: 0 mV, to: 15 mV}"
	fileValue = "{file: t.csv}"
	drawnRule = "{rule: bernoulli, probability: 0.1}"
	listRule  = "{rule: list, file: t.csv}"
)

// Mistakes in CSV files are refused with their line and column.
func TestBrokenTables(t *testing.T) {
	base := simulationFile(t)
	for _, c := range brokenTables {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("t.csv", []byte(c.table), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := parseSimulation("f", strings.Replace(base, c.old, c.new, 1))
			checkErrors(t, err)
			if got := unplaced(err); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
