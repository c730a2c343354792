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
	{"noise without its keys", "kind: poisson, rate: 8 kHz, weight: 10 pA", "kind: noise", "20:7: network.inputs.background.interval: given nothing (needed with kind: noise); allowed a number with a unit of time (ms, s, us or µs), such as 20 ms\n20:7: network.inputs.background.sd: given nothing (needed with kind: noise); allowed a number with a unit of some quantity (ms, mV, pA, pF, nS, Hz, µm, 1/ms, mV/ms, nM, nM/ms, µm²/ms or µm³), such as 20 ms"},
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
	{"unknown metric", "metric: mean-rate", "metric: rate", "45:14: expect.0.metric: given \"rate\"; allowed mean-rate, cv, synchrony, spikes, mean-weight, concentration, released, occupancy"},
	{"file that is not there", "initial: {potential: {distribution: uniform, from: 0 mV, to: 15 mV}}", "initial: {potential: {file: none.csv}}", "10:35: network.cells.excitatory.initial.potential.file: given \"none.csv\"; allowed a file that can be read; its name is relative to the scenario's folder"},
	{"task in a simulation", "simulation: {", "task: {name: sine}\nsimulation: {", "40:1: task: given the unknown key \"task\"; allowed name, title, description, source, seed, network, modulators, simulation, record, expect"},
	{"more cells than can be numbered", "count: 80", "count: 100000001", "7:14: network.cells.excitatory.count: given 100000001; allowed a whole number from 1 to 100000000"},
	{"gated plasticity without modulator", plastic, "{kind: dopamine-stdp, potentiation: 1, depression: 1, max-weight: 1 nA}", "39:19: network.projections.start.plasticity.modulator: given nothing (needed with kind: dopamine-stdp); allowed text that is not empty"},
	{"unknown modulator", plastic, "{kind: dopamine-stdp, modulator: dopamin, potentiation: 1, depression: 1, max-weight: 1 nA}", "39:52: network.projections.start.plasticity.modulator: given \"dopamin\"; allowed dopamine (did you mean \"dopamine\"?)"},
	{"gated plasticity by what is not cleared", plasticToClearance, gatedToClearance + "sampling: 1 ms", "39:52: network.projections.start.plasticity.modulator: given \"dopamine\" (which is in one volume without clearance); allowed a modulator with a clearance, or field: {kind: lattice} or {kind: kernel}"},
	{"gated plasticity by a field without positions", plasticToClearance, gatedToClearance + "field: {kind: lattice, shape: [9, 9], spacing: 50 µm}", "36:11: network.projections.start.to: given \"excitatory\" (which has no positions); allowed types with positions, or field: {kind: mixed}\n50:16: modulators.dopamine.release.0.from: given \"excitatory\" (which has no positions); allowed types with positions, or field: {kind: mixed}\n51:33: modulators.dopamine.release.1.projection: given \"excitatory\" (which has no positions); allowed types with positions, or field: {kind: mixed}"},
	{"eligibility that does not decay", plastic, "{kind: dopamine-stdp, modulator: dopamine, potentiation: 1, depression: 1, max-weight: 1 nA, eligibility: -1 s}", "39:125: network.projections.start.plasticity.eligibility: given \"-1 s\" (is not positive); allowed a duration above 0 ms and up to 100 days"},
	{"negative potentiation", plastic, "{kind: dopamine-stdp, modulator: dopamine, potentiation: -1, depression: 1, max-weight: 1 nA}", "39:76: network.projections.start.plasticity.potentiation: given -1; allowed a number from 0"},
	{"bounds of gated plasticity upside down", plastic, "{kind: dopamine-stdp, modulator: dopamine, potentiation: 1, depression: 1, min-weight: 1 nA, max-weight: 0.1 nA}", "39:124: network.projections.start.plasticity.max-weight: given 100 pA; allowed values above 1000 pA"},
	{"weight below the bound of gated plasticity", plastic, "{kind: dopamine-stdp, modulator: dopamine, potentiation: 1, depression: 1, min-weight: 0.6 nA, max-weight: 1 nA}", "37:15: network.projections.start.weight: given 500 pA; allowed weights from 600 pA to max-weight, 1000 pA, between which plasticity keeps them"},
	{"modulator of plasticity that hears none", plastic, "{kind: stdp, modulator: dopamine, max-weight: 1 nA}", "39:43: network.projections.start.plasticity.modulator: given \"dopamine\"; allowed only with kind: dopamine-stdp"},
	{"negative clearance", "clearance: 200 ms", "clearance: -200 ms", "48:16: modulators.dopamine.clearance: given \"-200 ms\" (is not positive); allowed a duration above 0 ms and up to 100 days"},
	{"unknown field", "clearance: 200 ms", "clearance: 200 ms\n    field: {kind: latice}", "49:19: modulators.dopamine.field.kind: given \"latice\"; allowed mixed, lattice, kernel (did you mean \"lattice\"?)"},
	{"release from unknown cells", "from: excitatory, quantum", "from: excitatry, quantum", "50:16: modulators.dopamine.release.0.from: given \"excitatry\"; allowed cells, excitatory, inhibitory, source (did you mean \"excitatory\"?)"},
	{"release of nothing", "quantum: 0.5", "quantum: 0", "50:37: modulators.dopamine.release.0.quantum: given 0; allowed a number above 0 and up to 1e15"},
	{"release before the spike", "delay: 1 ms}\n      - {on", "delay: -1 ms}\n      - {on", "50:49: modulators.dopamine.release.0.delay: given \"-1 ms\" (is negative); allowed a duration from 0 ms to 100 days"},
	{"release that can be before the spike", "from: 1 s, to: 3 s", "from: -1 s, to: 3 s", "51:61: modulators.dopamine.release.1.delay: given a uniform distribution (it can be -1000 ms); allowed values from 0: bound it with low"},
	{"release by pairs of an unknown projection", "projection: start", "projection: stars", "51:33: modulators.dopamine.release.1.projection: given \"stars\"; allowed excitation, inhibition, start (did you mean \"start\"?)"},
	{"release by pairs of cells", "on: pairs, projection: start", "on: pairs, from: source", "51:9: modulators.dopamine.release.1.projection: given nothing (needed with on: pairs); allowed text that is not empty\n51:27: modulators.dopamine.release.1.from: given \"source\"; allowed only with on: spikes or bursts"},
	{"concentration of a projection", "{what: variable, of: excitatory, variable: potential, cells: [0, 7]}", "{what: concentration, of: start}", "43:31: record.1.of: given \"start\"; allowed dopamine"},
	{"mean weight of two projections", "{what: variable, of: excitatory, variable: potential, cells: [0, 7]}", "{what: mean-weight, of: [start, excitation]}", "43:29: record.1.of: given start, excitation; allowed one projection"},
	{"mean weight in another unit", "metric: mean-rate, of: excitatory", "metric: mean-weight, of: start", "45:44: expect.0.from: given 1 Hz; allowed a weight in pA\n45:54: expect.0.to: given 100 Hz; allowed a weight in pA"},
	// What the rules of connection say.
	{"more sources than there are", "in-degree: 8", "in-degree: 80", "25:54: network.projections.excitation.connection.in-degree: given 80; allowed 0 to 79, the number of sources of a cell, itself excluded, unless multapses are allowed"},
	{"one-to-one of unequal numbers", "rule: bernoulli, probability: 0.1", "rule: one-to-one", "31:19: network.projections.inhibition.connection: given one-to-one from 20 cells to 100; allowed equal numbers of cells"},
}

// brokenSubstances are the same in testdata/substances.yaml.
var brokenSubstances = []struct{ name, old, new, want string }{
	{"negative diffusion", "diffusion: 1e-6 cm²/s", "diffusion: -1 µm²/s", "22:16: modulators.peptide.diffusion: given \"-1 µm²/s\" (is negative); allowed a diffusion from 0 µm²/ms"},
	{"diffusion in another unit", "diffusion: 1e-6 cm²/s", "diffusion: 1 µm/ms", "22:16: modulators.peptide.diffusion: given \"1 µm/ms\" (has the unknown unit \"µm/ms\"); allowed a number with a unit of diffusion (µm²/ms, um2/ms, µm²/s, um2/s, cm²/s or cm2/s), such as 20 µm²/ms"},
	{"half-maximal concentration of zero", "ec50: 10 nM, hill", "ec50: 0 nM, hill", "27:31: modulators.peptide.receptors.0.ec50: given \"0 nM\" (is not positive); allowed a concentration above 0 nM"},
	{"concentration without unit", "ec50: 10 nM, hill", "ec50: 10, hill", "27:31: modulators.peptide.receptors.0.ec50: given 10 (has no unit); allowed a number with a unit of concentration (nM, pM, uM or µM), such as 20 nM"},
	{"clearance beside uptake", "    uptake:", "    clearance: 1 s\n    uptake:", "30:16: modulators.amine.clearance: given 1000 ms (beside uptake); allowed clearance or uptake, not both"},
	{"unit where it is known", "    uptake:", "    unit: µM\n    uptake:", "30:11: modulators.amine.unit: given \"µM\"; allowed no unit: where the field has points, in a volume and with receptors it is nM"},
	{"step too long for uptake", "step: 100 ms", "step: 2 s", "31:67: modulators.amine.field.step: given 2000 ms; allowed at most 1250 ms = K_m/(4 V_max), so that uptake stays stable and exact enough"},
	{"uptake without step", ", step: 100 ms", "", "31:12: modulators.amine.field.step: given nothing; allowed a step above 0 ms and up to 1250 ms = K_m/(4 V_max), by which uptake is split from diffusion"},
	{"step without uptake", "fraction: 0.2,", "fraction: 0.2, step: 1 ms,", "23:86: modulators.peptide.field.step: given 1 ms; allowed no step: without uptake the field advances in closed form"},
	{"uptake that does nothing", "max: 20 nM/s", "max: 0 nM/s", "30:19: modulators.amine.uptake.max: given \"0 nM/s\" (is not positive); allowed a concentration per time above 0 nM/ms"},
	{"lattice without spacing", ", spacing: 40 µm", "", "31:12: modulators.amine.field.spacing: given nothing (needed with kind: lattice); allowed a number with a unit of length (µm, um or mm), such as 20 µm"},
	{"lattice of no points", "shape: [10, 10]", "shape: [10, 0]", "31:40: modulators.amine.field.shape.1: given 0; allowed a whole number from 1 to 1024"},
	{"lattice too large", "shape: [20, 20, 12]", "shape: [1024, 1024, 1024]", "23:35: modulators.peptide.field.shape: given [1024 1024 1024] (1073741824 points); allowed 1 to 16777216 points in all"},
	{"unknown boundary", "[absorbing, absorbing, no-flux]", "[absorbing, reflecting, no-flux]", "23:102: modulators.peptide.field.boundary.1: given \"reflecting\"; allowed no-flux, periodic, absorbing"},
	{"boundaries of other axes", "[absorbing, absorbing, no-flux]", "[absorbing, absorbing]", "23:90: modulators.peptide.field.boundary: given a list of 2; allowed one of 3, for each axis of the shape"},
	{"boundary of one point", "shape: [10, 10]", "boundary: [periodic], shape: [10, 1]", "31:38: modulators.amine.field.boundary: given periodic where there is one point (boundary along y); allowed no-flux"},
	{"origin of other axes", "depth: 20 µm", "depth: 20 µm, origin: [0 µm]", "31:97: modulators.amine.field.origin: given a list of 1; allowed one of 2, for each axis of the shape"},
	{"volume of a lattice", "depth: 20 µm", "volume: 1 mm³", "31:83: modulators.amine.field.volume: given \"1 mm³\"; allowed only with kind: mixed"},
	{"cell outside the lattice", "shape: [20, 20, 12]", "shape: [20, 5, 12]", "23:35: modulators.peptide.field.shape: given [20 5 12] (cell 0 of somatostatin lies outside: its position along y is -75 µm); allowed a lattice that holds all cells which release or hear peptide; this one reaches from -50 to 50 µm"},
	{"kernel without step", amineField, "field: {kind: kernel, shape: [10, 10], spacing: 40 µm, k: 0.9}", "30:12: modulators.amine.field.step: given nothing; allowed a step above 0 ms, at whose multiples the points share out what they hold"},
	{"kernel that keeps what is not said", amineField, "field: {kind: kernel, shape: [10, 10], spacing: 40 µm, step: 1 ms}", "30:12: modulators.amine.field.k: given nothing (needed with kind: kernel); allowed a number from 0 to 1"},
	{"kernel that makes molecules", amineField, "field: {kind: kernel, shape: [10, 10], spacing: 40 µm, step: 1 ms, k: 1.1}", "30:75: modulators.amine.field.k: given 1.1; allowed a number from 0 to 1"},
	{"kernel that meets itself", amineField, "field: {kind: kernel, shape: [10, 4], spacing: 40 µm, step: 1 ms, k: 1, radius: 2}", "30:85: modulators.amine.field.radius: given 2; allowed whole numbers from 0 to 1, with which 2r+1 sites fit around 10 × 4 points"},
	{"kernel of three axes", amineField, "field: {kind: kernel, shape: [10, 10, 3], spacing: 40 µm, step: 1 ms, k: 1}", "30:34: modulators.amine.field.shape: given a list of 3; allowed one of 2, for a plane"},
	{"kernel with an end", amineField, "field: {kind: kernel, shape: [10, 10], spacing: 40 µm, step: 1 ms, k: 1, boundary: [absorbing]}", "30:88: modulators.amine.field.boundary: given a list; allowed only with kind: lattice"},
	{"kernel beside clearance", amineField, "clearance: 1 s\n    diffusion: 1 µm²/ms\n    field: {kind: kernel, shape: [10, 10], spacing: 40 µm, step: 1 ms, k: 1}", "30:16: modulators.amine.clearance: given 1000 ms; allowed no clearance with field: {kind: kernel}, whose steps spread and clear; or field: {kind: lattice}\n31:16: modulators.amine.diffusion: given 1 µm²/ms; allowed no diffusion with field: {kind: kernel}, whose steps spread and clear; or field: {kind: lattice}"},
	{"kernel beside uptake", "kind: lattice, shape: [10, 10]", "kind: kernel, k: 1, shape: [10, 10]", "30:13: modulators.amine.uptake: given a mapping; allowed no uptake with field: {kind: kernel}, whose steps spread and clear; or field: {kind: lattice}"},
	{"k of a lattice", "depth: 20 µm", "depth: 20 µm, k: 0.5", "31:92: modulators.amine.field.k: given 0.5; allowed only with kind: kernel"},
	{"release without positions", "from: pyramidal, probability", "from: remote, probability", "33:16: modulators.amine.release.0.from: given \"remote\" (which has no positions); allowed types with positions, or field: {kind: mixed}"},
	{"receptors without positions", "on: somatostatin, ec50", "on: remote, ec50", "35:14: modulators.amine.receptors.0.on: given \"remote\" (which has no positions); allowed types with positions, or field: {kind: mixed}"},
	{"probability of a burst", "calcium: 50 ms", "calcium: 50 ms, probability: 0.5", "25:71: modulators.peptide.release.0.probability: given 0.5; allowed only with on: spikes"},
	{"vesicles that single spikes release", "threshold: 1.5", "threshold: 1", "25:69: modulators.peptide.release.0.threshold: given 1; allowed numbers above the jump, 1, so that single spikes do not release"},
	{"pool of less than a vesicle", "pool: 20", "pool: 0.5", "25:80: modulators.peptide.release.0.pool: given 0.5; allowed a number from 1"},
	{"burst without calcium", "calcium: 50 ms, ", "", "25:9: modulators.peptide.release.0.calcium: given nothing (needed with on: bursts); allowed a number with a unit of time (ms, s, us or µs), such as 20 ms"},
	{"receptors on unknown cells", "on: pyramidal, ec50: 10 nM", "on: pyramidall, ec50: 10 nM", "27:14: modulators.peptide.receptors.0.on: given \"pyramidall\"; allowed cells, pyramidal, somatostatin, spindle, remote, source (did you mean \"pyramidal\"?)"},
	{"two receptors of a type", "on: [somatostatin, spindle]", "on: [somatostatin, pyramidal]", "28:14: modulators.peptide.receptors.1.on: given \"pyramidal\" (which has a receptor of peptide already); allowed each type once"},
	{"threshold that does not shift", "on: pyramidal, ec50: 10 nM", "on: spindle, ec50: 10 nM", "27:88: modulators.peptide.receptors.0.effect.kind: given threshold (that of spindle, cells of the model izhikevich, does not shift); allowed current, gain, or cells of another model or timing\n28:14: modulators.peptide.receptors.1.on: given \"spindle\" (which has a receptor of peptide already); allowed each type once"},
	{"threshold of exact cells", "density: 2, effect: {kind: gain, size: -0.5}", "effect: {kind: threshold, size: 1 mV}", "41:49: modulators.hormone.receptors.0.effect.kind: given threshold (that of remote, cells of the model lif-exp with timing: exact, does not shift); allowed current, gain, or cells of another model or timing"},
	{"threshold in another unit", "size: 3 mV", "size: 3", "27:107: modulators.peptide.receptors.0.effect.size: given 3; allowed a number with a unit of voltage (mV, V, uV or µV), such as 20 mV, which is what threshold of the model lif-exp takes"},
	{"effect of no size", "kind: gain, size: -0.5}}\n  - name: amine", "kind: gain}}\n  - name: amine", "28:60: modulators.peptide.receptors.1.effect.size: given nothing; allowed mV with kind: threshold; the unit of the current, as pA, with kind: current; a number with kind: gain"},
	{"threshold that shifts to the reset", "size: -4 mV", "size: -25 mV", "42:69: modulators.hormone.receptors.1.effect.size: given -25 mV (it can take the threshold of pyramidal to -5 mV); allowed shifts that together leave it above the reset of 0 mV"},
	{"gain that turns round", "size: -0.5}}\n      - {on: pyramidal, ec50: 1 nM", "size: -0.6}}\n      - {on: pyramidal, ec50: 1 nM", "41:73: modulators.hormone.receptors.0.effect.size: given -0.6; allowed numbers from -0.5, with which all receptors together leave nothing of an input"},
	{"gain of sources", "on: remote", "on: source", "41:61: modulators.hormone.receptors.0.effect.kind: given gain (cells of the model spikes have no synaptic input to scale); allowed another effect\n48:40: record.3.at: given \"remote\" (which has no receptors of hormone); allowed types that have"},
	{"current of sources", "on: somatostatin, ec50: 1 µM", "on: source, ec50: 1 µM", "35:14: modulators.amine.receptors.0.on: given \"source\" (which has no positions); allowed types with positions, or field: {kind: mixed}\n35:49: modulators.amine.receptors.0.effect.kind: given current (cells of the model spikes take none); allowed another effect"},
	{"unknown current", "size: 0.1 nA", "size: 0.1 nA, channel: sodium", "35:87: modulators.amine.receptors.0.effect.channel: given \"sodium\" (no current of the model lif-exp); allowed current"},
	{"current in another unit", "size: 0.1 nA", "size: 0.1 mV", "35:70: modulators.amine.receptors.0.effect.size: given 0.1 mV; allowed a number with a unit of current (pA or nA), such as 20 pA, which is what current of the model lif-exp takes"},
	{"channel of a gain", "kind: gain, size: -0.5}}\n  - name: amine", "kind: gain, size: -0.5, channel: current}}\n  - name: amine", "28:94: modulators.peptide.receptors.1.effect.channel: given \"current\"; allowed only with kind: current"},
	{"sampling off the grid", "diffusion: 1e-6 cm²/s", "diffusion: 1e-6 cm²/s\n    sampling: 0.25 ms", "23:15: modulators.peptide.sampling: given 0.25 ms; allowed a whole number of steps of 0.1 ms (network.resolution)"},
	{"field of one volume", "of: peptide, plane: xz", "of: hormone, plane: xz", "45:23: record.0.of: given \"hormone\" (which is in one volume); allowed a modulator with field: {kind: lattice} or {kind: kernel}, or what: concentration"},
	{"field of an unknown modulator", "of: peptide, plane: xz", "of: peptid, plane: xz", "45:23: record.0.of: given \"peptid\"; allowed peptide, amine, hormone (did you mean \"peptide\"?)"},
	{"occupancy without receptors", "at: [pyramidal, remote]", "at: [pyramidal, spindle]", "48:40: record.3.at: given \"spindle\" (which has no receptors of hormone); allowed types that have"},
	{"occupancy of nobody", "at: [pyramidal, remote], ", "", "48:5: record.3.at: given nothing; allowed a cell type with receptors of hormone, or a list of them"},
	{"occupancy between samples", "every: 20 ms", "every: 15 ms", "48:78: record.3.every: given 15 ms; allowed a multiple of the modulator's sampling, 10 ms"},
	{"concentration where there are no positions", "of: amine, at: pyramidal", "of: amine, at: remote", "46:42: record.1.at: given \"remote\" (which has no positions); allowed types with positions, or field: {kind: mixed}\n46:57: record.1.cells: given 5; allowed at most the 3 cells of remote"},
	{"cells of no type", "of: amine, at: pyramidal", "of: amine", "46:45: record.1.cells: given a choice of cells; allowed at: with their types"},
	{"band of a concentration without unit", "from: 0 nM, to: 1 µM", "from: 0, to: 1", "51:46: expect.0.from: given 0; allowed a number with a unit of concentration (nM, pM, uM or µM), such as 20 nM\n51:53: expect.0.to: given 1; allowed a number with a unit of concentration (nM, pM, uM or µM), such as 20 nM"},
	{"band of occupancy without receptors", "metric: occupancy, of: hormone", "metric: occupancy, of: pyramidal", "52:29: expect.1.of: given \"pyramidal\"; allowed peptide, amine, hormone"},
	{"layers of other cells", "cells: 40, depth", "cells: 41, depth", "9:43: network.cells.pyramidal.positions.layers: given a layer of 20 cells where 19 of 60 are left; allowed layers that together hold every cell once"},
}

// amineField is what mistakes in a field of kind kernel replace.
const amineField = "uptake: {max: 20 nM/s, half: 100 nM}\n    field: {kind: lattice, shape: [10, 10], spacing: 40 µm, step: 100 ms, depth: 20 µm}"

// plastic is what mistakes in plasticity replace.
const plastic = "{kind: stdp, max-weight: 1000 pA}"

// betweenPlastic is what lies in the file between plasticity and the clearance of
// its modulator.
const betweenPlastic = `
simulation: {duration: 1 s, warm-up: 200 ms}
record:
  - {what: spikes, of: [excitatory, inhibitory], cells: 20}
  - {what: variable, of: excitatory, variable: potential, cells: [0, 7]}
expect:
  - {metric: mean-rate, of: excitatory, from: 1 Hz, to: 100 Hz, source: none}
modulators:
  - name: dopamine
    `

// plasticToClearance is what mistakes in plasticity and its modulator replace, and
// gatedToClearance what by, up to a key of the modulator.
const (
	plasticToClearance = plastic + betweenPlastic + "clearance: 200 ms"
	gatedToClearance   = "{kind: dopamine-stdp, modulator: dopamine, potentiation: 1, depression: 1, max-weight: 1 nA}" + betweenPlastic
)

func simulationFile(t testing.TB) string { return fileIn(t, "testdata/simulation.yaml") }

func substancesFile(t testing.TB) string { return fileIn(t, "testdata/substances.yaml") }

func fileIn(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
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
func TestBrokenSimulations(t *testing.T) { checkBroken(t, simulationFile(t), brokenSimulations) }

func TestBrokenSubstances(t *testing.T) { checkBroken(t, substancesFile(t), brokenSubstances) }

func checkBroken(t *testing.T, base string, broken []struct{ name, old, new, want string }) {
	t.Helper()
	if _, err := parseSimulation("f", base); err != nil {
		t.Fatal(err)
	}
	for _, c := range broken {
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
