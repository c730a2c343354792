package learning

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// traffic is cells, what arrives at their synapses, and what a course needs
// of every step of a trial.
type traffic struct {
	course *course
	gain   []float64
	starts []int
	target []int32
	input  map[int][]arrival // per step
	psi    [][]float64       // per step, from the first again where they are at an end
	step   courseStep
	steps  int
	draw   *rand.Rand

	arrived []arrival // at the present step
}

type arrival struct {
	channel int
	u       float64
}

// courseShape is what a random course is drawn for.
type courseShape struct {
	cells, ligands, outputs, channels, fan, steps int
	adapts, resets, alike, alone, ungated, once   bool
	kappa, tau                                    float64
	seed                                          uint64
}

func (s courseShape) build() *traffic {
	draw := rand.New(rand.NewPCG(s.seed, 7))
	uniform := func(n int, low, high float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = low + (high-low)*draw.Float64()
		}
		return x
	}
	if s.once {
		s.ligands = 0
	}
	n, c := s.cells, s.ligands
	eta := math.Exp(-1 / s.tau)
	m := &course{
		cells: n, ligands: c, outputs: s.outputs, own: 1, shared: c + s.outputs,
		decay: uniform(n, eta*eta, eta), readout: s.kappa,
	}
	weights := &coefficients{
		feedback:   uniform(n*s.outputs, -1, 1),
		propagator: uniform(c*c, -0.5/float64(c+1), 0.5/float64(c+1)), first: uniform(n*c, -1, 1),
	}
	for l := range c {
		weights.propagator[l*c+l] = eta
	}
	if s.ungated {
		weights.ungated = uniform(n, 0, 0.4)
	}
	if s.resets {
		m.threshold = uniform(n, 0.3, 1)
	}
	if s.adapts {
		rho := math.Exp(-0.01 / s.tau)
		// Up to strengths at which what is left of ε^a after one step is 0 or less.
		m.adaptation = &adaptation{decay: uniform(n, rho*rho, rho), gain: uniform(n, 0.5, 1), strength: uniform(n, -0.2, 3)}
		for p := range n {
			m.adaptation.strength[p] = max(0, m.adaptation.strength[p])
		}
		m.own++
	}
	if s.alone && c > 0 {
		weights.selfDecay, weights.selfGain = uniform(n, eta*eta, eta), uniform(n, 0, 0.2)
		weights.selfMu = uniform(n, 0, 0.4)
		m.own++
	}
	messages := s.outputs * c
	if s.once {
		m.once, messages = true, n*s.outputs
		m.own++
	}
	gain := uniform(n, 0.5, 1)
	for p := range n {
		m.kind = append(m.kind, int32(p))
		if s.alike {
			m.decay[p], gain[p] = eta, 1
		}
	}
	a := &traffic{course: m, gain: gain, starts: []int{0}, input: map[int][]arrival{}, steps: s.steps, draw: draw,
		step: courseStep{coefficients: weights, message: make([]float64, messages), errors: make([]float64, s.outputs)}}
	for range s.channels {
		targets := draw.Perm(n)[:s.fan]
		slices.Sort(targets)
		for _, p := range targets {
			a.target = append(a.target, int32(p))
		}
		a.starts = append(a.starts, len(a.target))
	}
	for range s.steps {
		psi := uniform(n, -0.5, 1)
		for p := range psi {
			psi[p] = max(0, psi[p])
		}
		a.psi = append(a.psi, psi)
	}
	return a
}

// fire gives a channel spikes whose intervals are drawn by interval.
func (a *traffic) fire(channel int, interval func() int, u float64) {
	for t := interval() - 1; t < a.steps; t += interval() {
		a.input[t] = append(a.input[t], arrival{channel, u})
	}
}

// at is a step of the course. Message and errors are made from its number.
func (a *traffic) at(t int) courseStep {
	a.step.psi = a.psi[t%len(a.psi)]
	for i := range a.step.message {
		a.step.message[i] = math.Sin(float64(t+1) * (1.7 + float64(i)))
	}
	for i := range a.step.errors {
		a.step.errors[i] = 0
		if t%5 != 1 {
			a.step.errors[i] = math.Cos(float64(t) * (0.9 + float64(i)))
		}
	}
	return a.step
}

// byEvents are the gradients of all synapses by touching them at events only.
func (a *traffic) byEvents(s *eventTraces) []float64 {
	gradient := make([]float64, len(a.target))
	s.reset()
	for t := range a.steps {
		for _, in := range a.input[t] {
			addTo(gradient[a.starts[in.channel]:], s.arrive(in.channel, in.u))
		}
		s.elapse(a.at(t))
		s.turn(func(q int, taught []float64) { addTo(gradient[a.starts[q]:], taught) })
	}
	s.settleAll(func(q int, taught []float64) { addTo(gradient[a.starts[q]:], taught) })
	return gradient
}

func addTo(sums, x []float64) {
	for i, v := range x {
		sums[i] += v
	}
}

// byStep is the slow, obvious twin: every synapse at every step, one line per
// equation.
func (a *traffic) byStep() []float64 {
	c := a.course
	gradient := make([]float64, len(a.target))
	n := len(a.target)
	epsilon, slow, self, reset, last := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	g, y := make([][]float64, n), make([][]float64, n)
	for i := range n {
		g[i], y[i] = make([]float64, c.ligands), make([]float64, c.outputs)
	}
	for t := range a.steps {
		now := a.at(t)
		u := make([]float64, len(a.starts)-1)
		for _, in := range a.input[t] {
			u[in.channel] += in.u
		}
		for q := range u {
			for i := a.starts[q]; i < a.starts[q+1]; i++ {
				p := int(a.target[i])
				epsilon[i] = c.decay[p]*epsilon[i] - reset[i] + a.gain[p]*u[q]
				e := now.psi[p] * epsilon[i]
				if c.adaptation != nil {
					e = now.psi[p] * (epsilon[i] - c.adaptation.strength[p]*slow[i])
					slow[i] = c.adaptation.decay[p]*slow[i] + c.adaptation.gain[p]*e
				}
				if c.threshold != nil {
					reset[i] = c.threshold[p] * e
				}
				for k := range y[i] {
					y[i][k] = c.readout*y[i][k] + now.feedback[p*c.outputs+k]*(e+now.psi[p]*self[i])
					if c.once {
						y[i][k] += now.message[p*c.outputs+k] * last[i]
					}
					for l := range g[i] {
						y[i][k] += now.message[k*c.ligands+l] * g[i][l]
					}
					gradient[i] += now.errors[k] * y[i][k]
				}
				heard := e
				if now.ungated != nil {
					heard = now.ungated[p] * epsilon[i]
				}
				last[i] = heard
				old := append([]float64(nil), g[i]...)
				for l := range old {
					g[i][l] = now.first[p*c.ligands+l] * heard
					if now.selfMu != nil {
						g[i][l] += now.first[p*c.ligands+l] * now.selfMu[p] * self[i]
					}
					for m := range old {
						g[i][l] += now.propagator[l*c.ligands+m] * old[m]
					}
				}
				if now.selfDecay != nil {
					self[i] = now.selfDecay[p]*self[i] - now.selfGain[p]*heard
				}
			}
		}
	}
	return gradient
}

func requireNear(t rapid.TB, got, want []float64, tolerance float64) {
	t.Helper()
	largest := 0.0
	for _, x := range want {
		largest = max(largest, math.Abs(x))
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tolerance*largest) {
			t.Fatalf("synapse %d: %v by events, %v step by step (largest %v)", i, got[i], want[i], largest)
		}
	}
}

// TestEventsAgreeWithEveryStep draws networks of every kind: sizes, adaptation,
// reset, readout filters, messengers, intervals from 1 step to silence.
func TestEventsAgreeWithEveryStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := courseShape{
			cells: rapid.IntRange(1, 6).Draw(t, "cells"), ligands: rapid.IntRange(0, 3).Draw(t, "ligands"),
			outputs: rapid.IntRange(1, 3).Draw(t, "outputs"), channels: rapid.IntRange(1, 5).Draw(t, "channels"),
			steps:  rapid.IntRange(1, 300).Draw(t, "steps"),
			adapts: rapid.Bool().Draw(t, "adapts"), resets: rapid.Bool().Draw(t, "resets"),
			alike: rapid.Bool().Draw(t, "alike"),
			alone: rapid.Bool().Draw(t, "alone"), ungated: rapid.Bool().Draw(t, "ungated"),
			once:  rapid.Bool().Draw(t, "once"),
			kappa: rapid.SampledFrom([]float64{0, 0.5, 0.97}).Draw(t, "kappa"),
			tau:   rapid.SampledFrom([]float64{0.3, 5, 20, 300}).Draw(t, "tau"),
			seed:  rapid.Uint64().Draw(t, "seed"),
		}
		s.fan = rapid.IntRange(1, s.cells).Draw(t, "fan")
		a := s.build()
		for q := range s.channels {
			longest := rapid.SampledFrom([]int{1, 2, 20, 150, 1000}).Draw(t, "longest interval")
			a.fire(q, func() int { return 1 + a.draw.IntN(longest) }, 1)
		}
		synapses := newEventTraces(a.course, a.gain, a.starts, a.target)
		want := a.byStep()
		requireNear(t, a.byEvents(synapses), want, 1e-9)
		requireNear(t, a.byEvents(synapses), want, 1e-9) // in a second trial
	})
}

// TestEventsAfterLongSilence has intervals of thousands of steps, over which ε
// of a fast membrane falls below the smallest number.
func TestEventsAfterLongSilence(t *testing.T) {
	for _, tau := range []float64{2, 20, 2000} {
		for _, interval := range []int{1, 999, 4096, 9999, 10000} {
			s := courseShape{cells: 2, ligands: 2, outputs: 1, channels: 2, fan: 2, steps: 10100, adapts: true, resets: true, alone: true, kappa: 0.95, tau: tau, seed: 5}
			a := s.build()
			a.fire(0, func() int { return interval }, 1)
			a.input[3] = append(a.input[3], arrival{1, 0.5})
			want := a.byStep()
			if want[0] == 0 || want[len(want)-1] == 0 {
				t.Fatalf("τ %v, interval %d: a gradient is zero", tau, interval)
			}
			requireNear(t, a.byEvents(newEventTraces(a.course, a.gain, a.starts, a.target)), want, 1e-9)
		}
	}
}
