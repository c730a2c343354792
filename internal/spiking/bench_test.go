package spiking

import (
	"testing"
	"time"

	"paracrine/modulator"
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// measure builds a network, runs it on two workers and reports what it took.
func measure(b *testing.B, spec Spec, until sim.Time) {
	for b.Loop() {
		began := time.Now()
		n, err := Build(spec, 2)
		if err != nil {
			b.Fatal(err)
		}
		built := time.Now()
		if err := n.Run(until); err != nil {
			b.Fatal(err)
		}
		took := time.Since(built).Seconds()
		c := n.Count()
		b.ReportMetric(built.Sub(began).Seconds(), "s-to-build")
		b.ReportMetric(took/(until.Milliseconds()/1000), "s/biological-s")
		b.ReportMetric(float64(c.SynapticEvents)/took/1e6, "Mevents/s")
		b.ReportMetric(float64(c.Spikes)/float64(c.Cells)/(until.Milliseconds()/1000), "Hz")
		b.ReportMetric(float64(c.Bytes)/float64(c.Synapses), "bytes/synapse")
	}
}

// balanced is a network of the size of NEST's hpc_benchmark: 9000 excitatory
// and 2250 inhibitory cells with alpha-shaped currents, 9000 + 2250 synapses
// onto each, 126.6 million in all, delays of 1.5 ms; firing rates are set by the
// Poisson input; 700 Hz give about 7 Hz. Excitatory synapses onto excitatory
// cells learn if a rule is given.
func balanced(tb testing.TB, rate float64, weights sim.Distribution, stdp *synapse.STDP) Spec {
	tb.Helper()
	m, known := neuron.ModelNamed("lif-alpha")
	if !known {
		tb.Fatal("no lif-alpha")
	}
	const excitatory, inhibitory, step = 9000, 2250, sim.Millisecond / 10
	e, i, all := Cells{0, excitatory}, Cells{excitatory, inhibitory}, Cells{0, excitatory + inhibitory}
	rule := func(in int) synapse.Rule {
		return synapse.FixedInDegree{InDegree: in, Autapses: true, Multapses: true}
	}
	negative := sim.Constant(-5 * 0.2)
	drive := func(name string, to Cells) Drive {
		d, err := neuron.NewPoissonDrive(1, name, rate, 60, step)
		if err != nil {
			tb.Fatal(err)
		}
		return Drive{Name: name, To: to, Channel: "excitatory", Drive: d}
	}
	given := values(m, nil)
	return Spec{
		Step: step, Seed: 1,
		Populations: []Population{
			{Name: "excitatory", Model: m, Cells: excitatory, Values: given},
			{Name: "inhibitory", Model: m, Cells: inhibitory, Values: given},
		},
		Projections: []Projection{
			{Name: "excitatory → excitatory", From: e, To: e, Rule: rule(excitatory), Weight: weights, Delay: sim.Constant(1.5), STDP: stdp},
			{Name: "excitatory → inhibitory", From: e, To: i, Rule: rule(excitatory), Weight: weights, Delay: sim.Constant(1.5)},
			{Name: "inhibitory → all", From: i, To: all, Rule: rule(inhibitory), Weight: negative, Delay: sim.Constant(1.5)},
		},
		Drives: []Drive{drive("onto excitatory", e), drive("onto inhibitory", i)},
	}
}

// BenchmarkBalanced is 126.6 million synapses: static with a weight that all
// share, static with a weight each, and plastic.
func BenchmarkBalanced(b *testing.B) {
	spread := sim.Distribution{Kind: sim.NormalValues, A: 0.2, B: 0.05, Low: 0, High: 1}
	b.Run("shared", func(b *testing.B) {
		measure(b, balanced(b, 700, sim.Constant(0.2), nil), sim.Second/4)
	})
	b.Run("drawn", func(b *testing.B) { measure(b, balanced(b, 700, spread, nil), sim.Second/4) })
	b.Run("stdp", func(b *testing.B) {
		measure(b, balanced(b, 700, sim.Constant(0.2), &synapse.STDP{Rate: 1e-4, Asymmetry: 1.05, TauPlus: 15, TauMinus: 30, MaxWeight: 0.6}), sim.Second/4)
	})
}

// BenchmarkTiming is a sparse network of 10,000 cells with exponential currents,
// 100 inputs each, at about 1 Hz: from event to event, and in steps of 0.1 ms.
func BenchmarkTiming(b *testing.B) {
	for _, exact := range []bool{true, false} {
		name := map[bool]string{true: "exact", false: "grid-0.1ms"}[exact]
		b.Run(name, func(b *testing.B) { measure(b, sparse(b, exact), sim.Second) })
	}
}

// sparse is the network of BenchmarkTiming: currents differ, so that one cell in
// ten spikes by itself, and all inhibit each other.
func sparse(tb testing.TB, exact bool) Spec {
	tb.Helper()
	m, _ := neuron.ModelNamed("lif-exp")
	const count = 10_000
	all := Cells{0, count}
	currents := map[string]sim.Distribution{"current": {Kind: sim.NormalValues, A: 236, B: 12}}
	return Spec{
		Step: sim.Millisecond / 10, Seed: 1,
		Populations: []Population{{
			Name: "cells", Model: m, Cells: count, Exact: exact, Values: values(m, currents),
			Initial: map[string]Initial{"potential": {Drawn: sim.Distribution{Kind: sim.UniformValues, A: 0, B: 20}}},
		}},
		Projections: []Projection{{
			Name: "all → all", From: all, To: all, Rule: synapse.FixedInDegree{InDegree: 100, Autapses: true, Multapses: true},
			Weight: sim.Constant(-20), Delay: sim.Constant(1.5),
		}},
	}
}

// BenchmarkGated is 100,000 synapses over 5 s, from 1000 Poisson sources of 10 Hz
// onto 100 cells: plastic by STDP, and the same gated by what 50 dopamine cells of
// 10 Hz release, into one volume or into a lattice that is sampled every 10 ms.
func BenchmarkGated(b *testing.B) {
	gated := synapse.DopamineSTDP{Potentiation: 1e-3, Depression: 1.05e-3, TauPlus: 20, TauMinus: 20, Eligibility: 1000, Baseline: 0.1, MaxWeight: 100}
	stdp := synapse.STDP{Rate: 1e-4, Asymmetry: 1.05, TauPlus: 20, TauMinus: 20, MaxWeight: 100}
	b.Run("stdp", func(b *testing.B) { measure(b, feedforward(b, Projection{STDP: &stdp}), 5*sim.Second) })
	b.Run("gated", func(b *testing.B) { measure(b, feedforward(b, Projection{Gated: &gated}), 5*sim.Second) })
	b.Run("sampled", func(b *testing.B) {
		spec := feedforward(b, Projection{Gated: &gated})
		for i := range spec.Populations {
			spec.Populations[i].Positions = sheet(spec.Populations[i].Cells)
		}
		m := &spec.Modulators[0]
		m.Diffusion, m.Sampling, m.Releases[0].Quantum = 0.2, 10*sim.Millisecond, 2000
		m.Space = &modulator.Space{Shape: [3]int{20, 50, 1}, Spacing: 10}
		measure(b, spec, 5*sim.Second)
	})
}

// feedforward is the network of BenchmarkGated; plastic says how synapses learn.
func feedforward(tb testing.TB, plastic Projection) Spec {
	tb.Helper()
	source, _ := neuron.ModelNamed("poisson")
	cell, _ := neuron.ModelNamed("lif-exp")
	slow := values(source, map[string]sim.Distribution{"rate": sim.Constant(10)})
	plastic.Name, plastic.From, plastic.To, plastic.Rule = "sources → cells", Cells{0, 1000}, Cells{1050, 100}, synapse.AllToAll{}
	plastic.Weight, plastic.Delay = sim.Distribution{Kind: sim.UniformValues, A: 0, B: 20}, sim.Constant(1.5)
	return Spec{
		Step: sim.Millisecond / 10, Seed: 1,
		Populations: []Population{
			{Name: "sources", Model: source, Cells: 1000, Values: slow},
			{Name: "dopamine", Model: source, Cells: 50, Values: slow},
			{Name: "cells", Model: cell, Cells: 100, Values: values(cell, map[string]sim.Distribution{"current": sim.Constant(180)})},
		},
		Projections: []Projection{plastic},
		Modulators:  []Modulator{{Ligand: modulator.Ligand{Name: "dopamine", Clearance: 200}, Releases: []Release{{From: Cells{1000, 50}, Quantum: 1.0 / 200, Delay: sim.Constant(1)}}}},
	}
}
