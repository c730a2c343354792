package spiking

import (
	"testing"
	"time"

	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// brunel is the network of Brunel (J. Comput. Neurosci. 8, 2000), model A:
// 10,000 excitatory and 2500 inhibitory cells, each receiving 1000 excitatory
// and 250 inhibitory synapses of 0.1 mV and −g · 0.1 mV after 1.5 ms, and
// external spikes at nu times the rate that would just reach threshold.
func brunel(tb testing.TB, g, nu float64) Spec {
	tb.Helper()
	m, _ := neuron.ModelNamed("lif-delta")
	values := map[string]sim.Distribution{}
	for _, p := range m.Parameters {
		values[p.Name] = sim.Constant(p.Default)
	}
	values["reset"] = sim.Constant(10)
	const excitatory, inhibitory, jump, step = 10_000, 2500, 0.1, sim.Millisecond / 10
	all := Cells{0, excitatory + inhibitory}
	rate := nu * 20 / (jump * 20e-3) // Hz: threshold / (J τ_m)
	project := func(name string, from Cells, in int, weight float64) Projection {
		return Projection{
			Name: name, From: from, To: all, Rule: synapse.FixedInDegree{InDegree: in, Autapses: true, Multapses: true},
			Weight: sim.Constant(weight), Delay: sim.Constant(1.5),
		}
	}
	drive := func(name string, to Cells) Drive {
		d, err := neuron.NewPoissonDrive(1, name, rate, jump, step)
		if err != nil {
			tb.Fatal(err)
		}
		return Drive{Name: name, To: to, Channel: "jump", Drive: d}
	}
	e, i := Cells{0, excitatory}, Cells{excitatory, inhibitory}
	return Spec{
		Step: step, Seed: 1,
		Populations: []Population{
			{Name: "excitatory", Model: m, Cells: excitatory, Values: values},
			{Name: "inhibitory", Model: m, Cells: inhibitory, Values: values},
		},
		Projections: []Projection{
			project("excitatory → all", e, excitatory/10, jump),
			project("inhibitory → all", i, inhibitory/10, -g*jump),
		},
		Drives: []Drive{drive("onto excitatory", e), drive("onto inhibitory", i)},
	}
}

// BenchmarkBrunel is one second of the network of 12,500 cells and 15.6 million
// synapses in its asynchronous irregular state (g = 5, ν = 2 ν_θ, about 38 Hz),
// on two workers, Poisson input included.
func BenchmarkBrunel(b *testing.B) {
	for b.Loop() {
		began := time.Now()
		n, err := Build(brunel(b, 5, 2), 2)
		if err != nil {
			b.Fatal(err)
		}
		built := time.Now()
		if err := n.Run(sim.Second); err != nil {
			b.Fatal(err)
		}
		took := time.Since(built).Seconds()
		c := n.Count()
		b.ReportMetric(built.Sub(began).Seconds(), "s-to-build")
		b.ReportMetric(took, "s/biological-s")
		b.ReportMetric(float64(c.SynapticEvents)/took/1e6, "Mevents/s")
		b.ReportMetric(float64(c.Spikes)/float64(c.Cells), "Hz")
		b.ReportMetric(float64(c.Bytes)/float64(c.Synapses), "bytes/synapse")
	}
}
