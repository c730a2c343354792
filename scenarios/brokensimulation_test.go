package scenarios

import (
	"os"
	"strings"
	"testing"
)

// brokenSimulations are mistakes in testdata/simulation.yaml: what is replaced,
// by what, and the errors it must give, file name left out.
var brokenSimulations = []struct{ name, old, new, want string }{
	{"unknown model", "model: lif-exp\n      parameters: {tau: 20 ms", "model: lif-exq\n      parameters: {tau: 20 ms", "8:14: network.cells.excitatory.model: given \"lif-exq\"; allowed adex, alif, izhikevich, lif-alpha, lif-cond-exp, lif-delta, lif-exp, poisson, regular, relay, spikes (did you mean \"lif-exp\"?)"},
	{"unknown parameter", "{tau: 20 ms,", "{tou: 20 ms,", "9:20: network.cells.excitatory.parameters.tou: given the unknown key \"tou\"; allowed tau, capacitance, rest, threshold, reset, refractory, tau-excitatory, tau-inhibitory, current (did you mean \"tau\"?)"},
	{"parameter of another unit", "{tau: 20 ms,", "{tau: 20 mV,", "9:25: network.cells.excitatory.parameters.tau: given \"20 mV\" (has the unknown unit \"mV\"); allowed a number with a unit of time (ms, s, us or µs), such as 20 ms"},
	{"parameter without unit", "{tau: 20 ms,", "{tau: 20,", "9:25: network.cells.excitatory.parameters.tau: given 20 (has no unit); allowed a number with a unit of time (ms, s, us or µs), such as 20 ms"},
	{"parameter out of range", "{tau: 20 ms,", "{tau: 0 ms,", `9:25: network.cells.excitatory.parameters.tau: given "0 ms" (is not positive); allowed a duration above 0 ms and up to 100 days`},
	{"distribution out of range", "{tau: 20 ms,", "{tau: {distribution: normal, mean: 20 ms, sd: 1 ms},", "9:25: network.cells.excitatory.parameters.tau: given a normal distribution (it can be as low as one likes); allowed values above 0: bound it with low"},
	{"bounds that leave nothing", "low: 15 mV}}", "low: 15 mV, high: 14 mV}}", "9:43: network.cells.excitatory.parameters.threshold: given a distribution (nothing of it lies between low and high); allowed bounds that leave something to draw"},
	{"distribution without its key", "mean: 20 mV, sd: 1 mV, low", "mean: 20 mV, low", "9:43: network.cells.excitatory.parameters.threshold.sd: given nothing (needed with distribution: normal); allowed a number with a unit of voltage (mV, V, uV or µV), such as 20 mV"},
	{"key of another distribution", "{distribution: uniform, from: 0 mV, to: 15 mV}", "{distribution: uniform, from: 0 mV, to: 15 mV, sd: 1 mV}", "10:79: network.cells.excitatory.initial.potential.sd: given \"1 mV\"; allowed only with distribution: normal"},
	{"threshold that can lie below the reset", ", low: 15 mV}}", "}}", "9:43: network.cells.excitatory.parameters.threshold: given a normal distribution; allowed what is always above the reset of 0 mV: bound it with low"},
	{"reset above the threshold", "reset: 0 mV", "reset: 25 mV", "14:57: network.cells.inhibitory.parameters.reset: given 25 mV; allowed what is always below the threshold of 20 mV, so that a cell does not spike again at once"},
	{"refractory period off the grid", "reset: 0 mV", "reset: 0 mV, refractory: 2.05 ms", "14:75: network.cells.inhibitory.parameters.refractory: given 2.05 ms; allowed a whole number of steps of 0.1 ms (network.resolution), or timing: exact"},
	{"unknown variable at the start", "initial: {potential:", "initial: {voltage:", "10:17: network.cells.excitatory.initial.voltage: given the unknown key \"voltage\"; allowed potential, excitatory, inhibitory"},
	{"model without an exact form", "model: lif-exp\n      parameters: {tau: 10 ms", "model: lif-cond-exp\n      timing: exact\n      parameters: {tau: 10 ms", "14:15: network.cells.inhibitory.timing: given exact (cells of the model lif-cond-exp have no exact form); allowed grid, or for the type inhibitory alone timing: grid\n21:92: network.inputs.background.weight: given 10 pA; allowed a number with a unit of conductance (nS, uS or µS), such as 20 nS, which is what excitatory of the model lif-cond-exp takes\n25:11: network.projections.excitation.to: given excitatory, inhibitory (some on the grid and some exact); allowed types of one timing; two projections reach both\n27:15: network.projections.excitation.weight: given 20 pA; allowed a number with a unit of conductance (nS, uS or µS), such as 20 nS, which is what excitatory of the model lif-cond-exp takes\n31:11: network.projections.inhibition.to: given excitatory, inhibitory (some on the grid and some exact); allowed types of one timing; two projections reach both\n33:44: network.projections.inhibition.weight.mean: given -100 pA; allowed a number with a unit of conductance (nS, uS or µS), such as 20 nS, which is what inhibitory of the model lif-cond-exp takes"},
	{"type twice", "name: inhibitory\n      count", "name: excitatory\n      count", "11:13: network.cells.1.name: given \"excitatory\" (which cells.0 has); allowed a name of its own\n20:43: network.inputs.background.to.1: given \"inhibitory\"; allowed cells, excitatory, excitatory, source\n24:24: network.projections.excitation.to.1: given \"inhibitory\"; allowed cells, excitatory, excitatory, source\n29:13: network.projections.inhibition.from: given \"inhibitory\"; allowed cells, excitatory, excitatory, source\n30:24: network.projections.inhibition.to.1: given \"inhibitory\"; allowed cells, excitatory, excitatory, source\n42:37: record.0.of.1: given \"inhibitory\"; allowed cells, excitatory, excitatory, source"},
	{"type named cells", "name: source\n", "name: cells\n", "15:13: network.cells.cells.name: given \"cells\" (which stands for all types); allowed any name but cells\n35:13: network.projections.start.from: given \"source\"; allowed cells, excitatory, inhibitory, cells"},
	{"no spike times", "      times: [10 ms, 20.5 ms]\n", "", "15:7: network.cells.source.times: given nothing (needed with model: spikes); allowed a list of times, a list of one list of times for each cell, or a mapping with a file"},
	{"spike between steps", "20.5 ms]", "20.55 ms]", "18:22: network.cells.source.times.1: given 20.55 ms (lies between steps); allowed a whole number of steps of 0.1 ms (network.resolution), or timing: exact"},
	{"spikes out of order", "[10 ms, 20.5 ms]", "[20.5 ms, 10 ms]", "18:24: network.cells.source.times.1: given 10 ms (is before the last); allowed times in ascending order"},
	{"spike lists for other cells", "[10 ms, 20.5 ms]", "[[10 ms], [20.5 ms]]", "18:14: network.cells.source.times: given 2 lists of times; allowed one list for each of the 4 cells, or one of times for all"},
	{"spike times of a cell that has none", "parameters: {tau: 10 ms, threshold: 20 mV, reset: 0 mV}", "times: [1 ms]", "14:7: network.cells.inhibitory.times: given the unknown key \"times\"; allowed name, count, model, timing, positions, parameters, initial"},
	{"unknown target of an input", "to: [excitatory, inhibitory], kind", "to: [excitatory, inhibitry], kind", "20:43: network.inputs.background.to.1: given \"inhibitry\"; allowed cells, excitatory, inhibitory, source (did you mean \"inhibitory\"?)"},
	{"input into sources", "to: [excitatory, inhibitory], kind: poisson", "to: cells, kind: poisson", "20:30: network.inputs.background.to: given \"source\" (cells of the model spikes receive nothing); allowed cells that receive spikes"},
	{"weight in another unit", "weight: 10 pA}", "weight: 0.1 mV}", "20:92: network.inputs.background.weight: given 0.1 mV; allowed a number with a unit of current (pA or nA), such as 20 pA, which is what excitatory of the model lif-exp takes"},
	{"weight without unit", "weight: 20 pA", "weight: 20", "26:15: network.projections.excitation.weight: given 20; allowed a number with a unit of current (pA or nA), such as 20 pA, which is what excitatory of the model lif-exp takes"},
	{"rate without unit", "rate: 8 kHz", "rate: 8000", "20:77: network.inputs.background.rate: given 8000 (has no unit); allowed a number with a unit of frequency (Hz or kHz), such as 20 Hz"},
	{"noise without its keys", "kind: poisson, rate: 8 kHz, weight: 10 pA", "kind: noise", "20:7: network.inputs.background.interval: given nothing (needed with kind: noise); allowed a number with a unit of time (ms, s, us or µs), such as 20 ms\n20:7: network.inputs.background.sd: given nothing (needed with kind: noise); allowed a number with a unit of some quantity (ms, mV, pA, pF, nS, Hz, µm, 1/ms or mV/ms), such as 20 ms"},
	{"sine into exact cells", "  inputs:\n", "  timing: exact\n  inputs:\n    - {to: excitatory, kind: sine, amplitude: 100 pA, frequency: 5 Hz}\n", "21:30: network.inputs.0.kind: given sine (excitatory has timing: exact, which needs a current that is constant between changes); allowed constant, step, poisson, or timing: grid"},
	{"unknown channel", "weight: 20 pA\n", "weight: 20 pA\n      channel: ampa\n", "27:16: network.projections.excitation.channel: given \"ampa\" (which the model lif-exp does not have); allowed excitatory, inhibitory"},
	{"weights of both signs", ", high: 0 pA}", "}", "32:15: network.projections.inhibition.weight: given a normal distribution (of either sign, and the model lif-exp has a channel for each); allowed weights of one sign, bounded with low or high, or a channel: excitatory, inhibitory"},
	{"zero delay", "delay: 1.5 ms", "delay: 0 ms", "27:14: network.projections.excitation.delay: given \"0 ms\" (is not positive); allowed a duration above 0 ms and up to 100 days"},
	{"negative delay", "delay: 1.5 ms", "delay: -1.5 ms", "27:14: network.projections.excitation.delay: given \"-1.5 ms\" (is not positive); allowed a duration above 0 ms and up to 100 days"},
	{"delay off the grid", "delay: 1.5 ms", "delay: 1.55 ms", "27:14: network.projections.excitation.delay: given 1.55 ms; allowed a whole number of steps of 0.1 ms (network.resolution)"},
	{"delay below a step", "delay: 1.5 ms", "delay: 0.01 ms", "27:14: network.projections.excitation.delay: given 0.01 ms; allowed delays from 0.1 ms: within the smallest delay cells cannot influence each other"},
	{"delays that can vanish", "{distribution: uniform, from: 1 ms, to: 2 ms}", "{distribution: exponential, mean: 2 ms}", "33:14: network.projections.inhibition.delay: given an exponential distribution (it can be 0 ms); allowed delays from 0.1 ms: bound it with low"},
	{"no delay", "      weight: 20 pA\n      delay: 1.5 ms\n", "      weight: 20 pA\n", "22:7: network.projections.excitation.delay: given nothing; allowed the delay of the synapses, a number with its unit, or a mapping of a distribution"},
	{"in-degree without number", "rule: fixed-in-degree, in-degree: 8", "rule: fixed-in-degree", "25:19: network.projections.excitation.connection.in-degree: given nothing (needed with rule: fixed-in-degree); allowed a whole number from 1 to 1000000000"},
	{"key of another rule", "rule: bernoulli, probability: 0.1", "rule: bernoulli, probability: 0.1, in-degree: 3", "31:66: network.projections.inhibition.connection.in-degree: given 3; allowed only with rule: fixed-in-degree"},
	{"probability above one", "probability: 0.1", "probability: 1.1", "31:50: network.projections.inhibition.connection.probability: given 1.1; allowed a number above 0 and up to 1"},
	{"distance without positions", "rule: bernoulli, probability: 0.1", "rule: distance, probability: 0.1, length: 100 µm", "31:26: network.projections.inhibition.connection.rule: given distance (inhibitory has no positions); allowed types with positions, or another rule"},
	{"autapses where there are none", "      to: excitatory\n      weight: 500 pA", "      to: excitatory\n      connection: {autapses: true}\n      weight: 500 pA", "37:30: network.projections.start.connection.autapses: given true; allowed false, since no cell is at both ends of this projection"},
	{"types that are no neighbours", "from: inhibitory\n", "from: [excitatory, source]\n", "29:13: network.projections.inhibition.from: given excitatory, source; allowed types that follow one another in network.cells; without inhibitory in between, two projections are needed"},
	{"unknown source", "from: inhibitory\n", "from: inhibitor\n", "29:13: network.projections.inhibition.from: given \"inhibitor\"; allowed cells, excitatory, inhibitory, source (did you mean \"inhibitory\"?)"},
	{"projection onto sources", "from: source\n      to: excitatory", "from: source\n      to: source", "36:11: network.projections.start.to: given \"source\" (cells of the model spikes receive nothing); allowed cells that receive spikes"},
	{"plastic weight above its bound", "max-weight: 1000 pA", "max-weight: 400 pA", "37:15: network.projections.start.weight: given 500 pA; allowed weights from 0 to max-weight, 400 pA, between which plasticity keeps them"},
	{"bound of plasticity in another unit", "max-weight: 1000 pA", "max-weight: 1 mV", "39:44: network.projections.start.plasticity.max-weight: given 1 mV; allowed a number with the unit of the weight, such as 500 pA"},
	{"warm-up beyond the end", "warm-up: 200 ms", "warm-up: 2 s", "40:38: simulation.warm-up: given 2000 ms; allowed less than the duration, 1000 ms"},
	{"duration off the grid", "duration: 1 s", "duration: 1000.05 ms", "40:24: simulation.duration: given 1000.05 ms; allowed a whole number of steps of 0.1 ms (network.resolution)"},
	{"window longer than a delay", "warm-up: 200 ms", "warm-up: 200 ms, window: 2 ms", "40:54: simulation.window: given 2 ms; allowed at most the smallest delay, 1 ms"},
	{"unknown variable", "variable: potential,", "variable: voltage,", "43:48: record.1.variable: given \"voltage\" (which cells of excitatory do not have); allowed potential, excitatory, inhibitory"},
	{"recorder without variable", "variable: potential, ", "", "43:5: record.1.variable: given nothing (needed with what: variable); allowed text that is not empty"},
	{"recorded cell that does not exist", "cells: [0, 7]", "cells: [0, 80]", "43:70: record.1.cells.1: given 80; allowed numbers below 80, that of the cells of excitatory"},
	{"more recorded cells than there are", "cells: 20}", "cells: 21}", "42:57: record.0.cells: given 21; allowed at most the 20 cells of inhibitory"},
	{"weights of an unknown projection", "{what: spikes, of: [excitatory, inhibitory], cells: 20}", "{what: weights, of: stat}", "42:25: record.0.of: given \"stat\"; allowed excitation, inhibition, start (did you mean \"start\"?)"},
	{"band without unit", "from: 1 Hz", "from: 1", "45:47: expect.0.from: given 1; allowed a number with a unit of frequency (Hz or kHz), such as 20 Hz"},
	{"band upside down", "from: 1 Hz, to: 100 Hz", "from: 100 Hz, to: 1 Hz", "45:59: expect.0.to: given 1 Hz (the band begins at 100 Hz); allowed at least 100 Hz"},
	{"unknown metric", "metric: mean-rate", "metric: rate", "45:14: expect.0.metric: given \"rate\"; allowed mean-rate, cv, synchrony, spikes, mean-weight"},
	{"file that is not there", "initial: {potential: {distribution: uniform, from: 0 mV, to: 15 mV}}", "initial: {potential: {file: none.csv}}", "10:35: network.cells.excitatory.initial.potential.file: given \"none.csv\"; allowed a file that can be read; its name is relative to the scenario's folder"},
	{"task in a simulation", "simulation: {", "task: {name: sine}\nsimulation: {", "40:1: task: given the unknown key \"task\"; allowed name, title, description, source, seed, network, modulators, simulation, record, expect"},
	{"more cells than can be numbered", "count: 80", "count: 100000001", "7:14: network.cells.excitatory.count: given 100000001; allowed a whole number from 1 to 100000000"},
	{"gated plasticity without modulator", plastic, "{kind: dopamine-stdp, potentiation: 1, depression: 1, max-weight: 1 nA}", "39:19: network.projections.start.plasticity.modulator: given nothing (needed with kind: dopamine-stdp); allowed text that is not empty"},
	{"unknown modulator", plastic, "{kind: dopamine-stdp, modulator: dopamin, potentiation: 1, depression: 1, max-weight: 1 nA}", "39:52: network.projections.start.plasticity.modulator: given \"dopamin\"; allowed dopamine (did you mean \"dopamine\"?)"},
	{"eligibility that does not decay", plastic, "{kind: dopamine-stdp, modulator: dopamine, potentiation: 1, depression: 1, max-weight: 1 nA, eligibility: -1 s}", "39:125: network.projections.start.plasticity.eligibility: given \"-1 s\" (is not positive); allowed a duration above 0 ms and up to 100 days"},
	{"negative potentiation", plastic, "{kind: dopamine-stdp, modulator: dopamine, potentiation: -1, depression: 1, max-weight: 1 nA}", "39:76: network.projections.start.plasticity.potentiation: given -1; allowed a number from 0"},
	{"bounds of gated plasticity upside down", plastic, "{kind: dopamine-stdp, modulator: dopamine, potentiation: 1, depression: 1, min-weight: 1 nA, max-weight: 0.1 nA}", "39:124: network.projections.start.plasticity.max-weight: given 100 pA; allowed values above 1000 pA"},
	{"weight below the bound of gated plasticity", plastic, "{kind: dopamine-stdp, modulator: dopamine, potentiation: 1, depression: 1, min-weight: 0.6 nA, max-weight: 1 nA}", "37:15: network.projections.start.weight: given 500 pA; allowed weights from 600 pA to max-weight, 1000 pA, between which plasticity keeps them"},
	{"modulator of plasticity that hears none", plastic, "{kind: stdp, modulator: dopamine, max-weight: 1 nA}", "39:43: network.projections.start.plasticity.modulator: given \"dopamine\"; allowed only with kind: dopamine-stdp"},
	{"negative clearance", "clearance: 200 ms", "clearance: -200 ms", "48:16: modulators.dopamine.clearance: given \"-200 ms\" (is not positive); allowed a duration above 0 ms and up to 100 days"},
	{"unknown field", "clearance: 200 ms", "clearance: 200 ms\n    field: latice", "49:12: modulators.dopamine.field: given \"latice\"; allowed mixed"},
	{"release from unknown cells", "from: excitatory, quantum", "from: excitatry, quantum", "50:16: modulators.dopamine.release.0.from: given \"excitatry\"; allowed cells, excitatory, inhibitory, source (did you mean \"excitatory\"?)"},
	{"release of nothing", "quantum: 0.5", "quantum: 0", "50:37: modulators.dopamine.release.0.quantum: given 0; allowed a number above 0"},
	{"release before the spike", "delay: 1 ms}\n      - {on", "delay: -1 ms}\n      - {on", "50:49: modulators.dopamine.release.0.delay: given \"-1 ms\" (is negative); allowed a duration from 0 ms to 100 days"},
	{"release that can be before the spike", "from: 1 s, to: 3 s", "from: -1 s, to: 3 s", "51:61: modulators.dopamine.release.1.delay: given a uniform distribution (it can be -1000 ms); allowed values from 0: bound it with low"},
	{"release by pairs of an unknown projection", "projection: start", "projection: stars", "51:33: modulators.dopamine.release.1.projection: given \"stars\"; allowed excitation, inhibition, start (did you mean \"start\"?)"},
	{"release by pairs of cells", "on: pairs, projection: start", "on: pairs, from: source", "51:9: modulators.dopamine.release.1.projection: given nothing (needed with on: pairs); allowed text that is not empty\n51:27: modulators.dopamine.release.1.from: given \"source\"; allowed only with on: spikes"},
	{"concentration of a projection", "{what: variable, of: excitatory, variable: potential, cells: [0, 7]}", "{what: concentration, of: start}", "43:31: record.1.of: given \"start\"; allowed dopamine"},
	{"mean weight of two projections", "{what: variable, of: excitatory, variable: potential, cells: [0, 7]}", "{what: mean-weight, of: [start, excitation]}", "43:29: record.1.of: given start, excitation; allowed one projection"},
	{"mean weight in another unit", "metric: mean-rate, of: excitatory", "metric: mean-weight, of: start", "45:44: expect.0.from: given 1 Hz; allowed a weight in pA\n45:54: expect.0.to: given 100 Hz; allowed a weight in pA"},
	// What the rules of connection say.
	{"more sources than there are", "in-degree: 8", "in-degree: 80", "25:54: network.projections.excitation.connection.in-degree: given 80; allowed 0 to 79, the number of sources of a cell, itself excluded, unless multapses are allowed"},
	{"one-to-one of unequal numbers", "rule: bernoulli, probability: 0.1", "rule: one-to-one", "31:19: network.projections.inhibition.connection: given one-to-one from 20 cells to 100; allowed equal numbers of cells"},
}

// plastic is what mistakes in plasticity replace.
const plastic = "{kind: stdp, max-weight: 1000 pA}"

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
	{"empty file", drawn, fileValue, "", "t.csv:1:1: given an empty file; allowed the columns potential_mV, named in the first line"},
	{"column of another unit", drawn, fileValue, "potential_pA\n1\n", "t.csv:1:1: given the column \"potential_pA\"; allowed the columns potential_mV, each once, named in the first line"},
	{"column without unit", drawn, fileValue, "potential\n1\n", "t.csv:1:1: given the column \"potential\"; allowed the columns potential_mV, each once, named in the first line"},
	{"no number", drawn, fileValue, "potential_mV\n1\nx\n", "t.csv:3:1: given \"x\"; allowed a finite number"},
	{"not finite", drawn, fileValue, "potential_mV\n1\nNaN\n", "t.csv:3:1: given \"NaN\"; allowed a finite number"},
	{"too few values", drawn, fileValue, "potential_mV\n1\n2\n", "10:35: network.cells.excitatory.initial.potential.file: given \"t.csv\" (it has 2 values); allowed one for each of the 80 cells of excitatory"},
	{"too many values", drawn, fileValue, "potential_mV\n" + strings.Repeat("1\n", 81), "t.csv:82:1: given a value too many; allowed one for each of the 80 cells of excitatory"},
	{"more fields than columns", drawn, fileValue, "potential_mV\n1,2\n", "t.csv:2:1: given a line that is not CSV (wrong number of fields); allowed as many numbers as the first line has columns, with commas between them"},
	{"parameter out of range", "{tau: 10 ms,", "{tau: {file: t.csv},", "tau_ms\n10\n-1\n", "t.csv:3:1: given -1; allowed values above 0"},
	{"spike of a cell that does not exist", "[10 ms, 20.5 ms]", "{file: t.csv}", "cell,time_ms\n0,1\n4,2\n", "t.csv:3:1: given \"4\"; allowed a whole number from 0 to 3"},
	{"listed spike between steps", "[10 ms, 20.5 ms]", "{file: t.csv}", "cell,time_ms\n0,1.05\n", "t.csv:2:3: given 1.05 ms (lies between steps); allowed a whole number of steps of 0.1 ms (network.resolution), or timing: exact"},
	{"listed spikes out of order", "[10 ms, 20.5 ms]", "{file: t.csv}", "time_ms,cell\n2,1\n1,1\n", "t.csv:3:1: given 1 ms (is before the last); allowed times in ascending order"},
	{"synapse of a cell that does not exist", drawnRule, listRule, "source,target\n0,0\n20,3\n", "t.csv:3:1: given source \"20\"; allowed a cell from 0 to 19"},
	{"synapse onto a cell that does not exist", drawnRule, listRule, "source,target\n0,100\n", "t.csv:2:3: given target \"100\"; allowed a cell from 0 to 99"},
	{"weight twice", drawnRule, listRule, "source,target,weight\n0,0,-1\n", "32:15: network.projections.inhibition.weight: given a normal distribution (the file has weights); allowed no weight, or a file without"},
	{"listed weight that is not finite", drawnRule, listRule, "source,target,weight\n0,0,inf\n", "t.csv:2:5: given weight \"inf\"; allowed a finite number"},
	{"listed delay of zero", drawnRule, listRule, "source,target,delay\n0,0,0\n", "t.csv:2:5: given delay \"0\"; allowed more than 0 ms"},
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
