package spiking

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat"

	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// siegert is the rate in Hz of a lif cell under white noise of mean μ and
// standard deviation σ, in mV (Siegert 1951; Brunel 2000, eq. 21):
//
//	1/ν = t_ref + τ √π ∫ exp(u²)(1 + erf u) du   from (V_r − μ)/σ to (V_th − μ)/σ
func siegert(mu, sigma, tau, refractory, threshold, reset float64) float64 {
	f := func(u float64) float64 {
		if u < -20 {
			return 1 / (math.SqrtPi * -u) // the leading term, to 0.2 %
		}
		return math.Exp(u*u) * math.Erfc(-u)
	}
	integral := quad.Fixed(f, (reset-mu)/sigma, (threshold-mu)/sigma, 200, quad.Legendre{}, 0)
	return 1 / (refractory + tau*math.SqrtPi*integral)
}

// meanField is the rate at which a network of the kind of Brunel 2000 keeps
// itself going: each cell receives in excitatory spikes of jump, a quarter as
// many inhibitory ones of −g jump, and external ones.
func meanField(in, jump, g, external float64) float64 {
	const tau, refractory = 20e-3, 2e-3
	rate := func(nu float64) float64 {
		mu := jump * tau * (external + in*nu*(1-g/4))
		sigma := jump * math.Sqrt(tau*(external+in*nu*(1+g*g/4)))
		return siegert(mu, sigma, tau, refractory, 20, 10)
	}
	low, high := 0.0, 500.0
	for range 60 {
		if middle := (low + high) / 2; rate(middle) > middle {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// The theory itself: without synapses a cell that is driven far above threshold
// with little noise fires at the rate of its f–I curve; and for the network of
// Brunel 2000, table 1, AI, it gives 38 Hz.
func TestMeanField(t *testing.T) {
	want := 1 / (2e-3 + 20e-3*math.Log((30.0-10)/(30-20)))
	if got := siegert(30, 0.05, 20e-3, 2e-3, 20, 10); math.Abs(got-want) > 0.01 {
		t.Errorf("without noise %v Hz, want %v", got, want)
	}
	if got := meanField(1000, 0.1, 5, 20_000); math.Abs(got-38) > 1 {
		t.Errorf("Brunel's network in the asynchronous state: %v Hz, the paper has 38.0", got)
	}
}

// A simulated network in the asynchronous irregular state fires at the rate of
// the mean-field theory, irregularly and without common rhythm: 4000 + 1000
// cells with 400 + 100 synapses each. The theory knows neither the grid nor that
// jumps are finite, hence 10 %.
func TestNetworkFiresAtTheRateOfTheory(t *testing.T) {
	const excitatory, inhibitory, jump, g, step = 4000, 1000, 0.2, 5, sim.Millisecond / 10
	const external = 10_000.0 // Hz: twice what would just reach threshold
	m, _ := neuron.ModelNamed("lif-delta")
	all := Cells{0, excitatory + inhibitory}
	project := func(name string, from Cells, in int, weight float64) Projection {
		return Projection{
			Name: name, From: from, To: all, Rule: synapse.FixedInDegree{InDegree: in, Autapses: true, Multapses: true},
			Weight: sim.Constant(weight), Delay: sim.Constant(1.5),
		}
	}
	drive, err := neuron.NewPoissonDrive(2, "external", external, jump, step)
	if err != nil {
		t.Fatal(err)
	}
	spec := Spec{
		Step: step, Seed: 2,
		Populations: []Population{{
			Name: "cells", Model: m, Cells: all.Count, Values: values(m, map[string]sim.Distribution{"reset": sim.Constant(10)}),
		}},
		Projections: []Projection{
			project("excitatory", Cells{0, excitatory}, 400, jump),
			project("inhibitory", Cells{excitatory, inhibitory}, 100, -g*jump),
		},
		Drives: []Drive{{Name: "external", To: all, Channel: "jump", Drive: drive}},
	}
	const begin, end = 200 * sim.Millisecond, 900 * sim.Millisecond
	last, intervals := make([]sim.Time, all.Count), make([][]float64, all.Count)
	counted := 0.0
	for _, s := range run(t, spec, 2, end, math.MaxInt) {
		if s.Time <= begin {
			continue
		}
		counted++
		if last[s.Cell] != 0 {
			intervals[s.Cell] = append(intervals[s.Cell], (s.Time - last[s.Cell]).Milliseconds())
		}
		last[s.Cell] = s.Time
	}
	rate := counted / float64(all.Count) / (end - begin).Milliseconds() * 1000
	if want := meanField(400, jump, g, external); math.Abs(rate-want) > 0.1*want {
		t.Errorf("%.1f Hz, the theory has %.1f", rate, want)
	}
	var cvs []float64
	for _, of := range intervals {
		if len(of) >= 5 {
			mean, sd := stat.MeanStdDev(of, nil)
			cvs = append(cvs, sd/mean)
		}
	}
	if cv := stat.Mean(cvs, nil); cv < 0.5 || cv > 1.1 {
		t.Errorf("the intervals of a cell vary by %.2f, want irregular spikes", cv)
	}
}
