package neuron_test

import (
	"math"
	"testing"

	"paracrine/sim"
)

// conducting makes one lif-cond-exp cell, far from threshold, with conductances
// at the start.
func conducting(t *testing.T, step sim.Time, ex, in float64) *cells {
	t.Helper()
	c := gridOf(t, "lif-cond-exp", 1, step, values{"threshold": 1000, "rest": -49, "reset": -60, "current": 30})
	c.set("potential", -57)
	c.set("excitatory", ex)
	c.set("inhibitory", in)
	return c
}

// The reference is the same equation by classical Runge-Kutta, written here, in
// steps of 1 µs.
func TestConductancesConvergeWithOrderFour(t *testing.T) {
	const ms, ex, in = 16., 25., 60.
	slope := func(at, v float64) float64 {
		return -(v+49)/20 + (-ex*math.Exp(-at/5)*v-in*math.Exp(-at/10)*(v+80)+30)/200
	}
	v, h := -57.0, 0.001
	for k := range int(ms / h) {
		at := float64(k) * h
		k1 := slope(at, v)
		k2 := slope(at+h/2, v+h/2*k1)
		k3 := slope(at+h/2, v+h/2*k2)
		k4 := slope(at+h, v+h*k3)
		v += h / 6 * (k1 + 2*k2 + 2*k3 + k4)
	}
	run := func(step sim.Time) float64 {
		c := conducting(t, step, ex, in)
		c.steps(int(16 * sim.Millisecond / step))
		return c.read("potential")
	}
	expectOrder(t, "potential", 4, v, []sim.Time{2 * sim.Millisecond, sim.Millisecond, sim.Millisecond / 2, sim.Millisecond / 4}, run)
	expectNear(t, "potential at 0.1 ms", run(tenth), v, 1e-8, 1)
}

// Conductances decay by their exact propagators, and each takes its own arrivals.
func TestConductancesDecay(t *testing.T) {
	for channel, tau := range map[string]float64{"excitatory": 5, "inhibitory": 10} {
		c := gridOf(t, "lif-cond-exp", 1, tenth, nil)
		c.arrive(channel, 6)
		for k := range 500 {
			expectNear(t, channel, c.read(channel), 6*math.Exp(-0.1*float64(k)/tau), 1e-12, 6)
			c.step()
		}
	}
	for _, in := range gridOf(t, "lif-cond-exp", 1, tenth, nil).model.Inputs {
		if in.Magnitude != (in.Name == "inhibitory") {
			t.Errorf("%s: weights below zero stand for their magnitude: %v", in.Name, in.Magnitude)
		}
	}
}

// However large conductances are, V stays between the reversal potentials and
// goes to the mean of those weighted by conductance.
func TestConductancesAreStable(t *testing.T) {
	for _, g := range []float64{1e2, 1e4, 1e6, 1e9} {
		c := conducting(t, sim.Millisecond, g, 2*g)
		for range 3 {
			c.step()
			if v := c.read("potential"); !(v > -80 && v < 0) {
				t.Errorf("%v nS: V is %v", g, v)
			}
		}
	}
	// Without much to forget, V is where leak, current and conductances balance
	// at the end: here at 10 nS leak × −49 mV + 30 pA against g and 2 g.
	ex, in := 1e4*math.Exp(-1./5), 2e4*math.Exp(-1./10)
	c := conducting(t, sim.Millisecond, 1e4, 2e4)
	c.step()
	expectNear(t, "V under large conductances", c.read("potential"), (10*-49+30-80*in)/(10+ex+in), 1e-12, 80)
}
