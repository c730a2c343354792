package learning_test

import (
	"errors"
	"math"
	"testing"

	"paracrine/learning"
	"paracrine/neuron"
)

// TestGuardOfHugeMu: norms that overflow must not look like a small radius.
func TestGuardOfHugeMu(t *testing.T) {
	credit := plain().build(t).credit(t, "modprop:mu=1e200,guard=on")
	if r, err := credit.Radius(); err != nil || r > learning.RadiusBound {
		t.Errorf("guard=on leaves a radius of %g, %v", r, err)
	}
}

// TestGuardSeesTheSelfMode: a cell that does not hear itself has a mode
// η − c_v μ W̄_αα of its own. With two cells of one type W̄, which counts the
// diagonal, is half the weight, so type means bear twice the μ of cell weights.
func TestGuardSeesTheSelfMode(t *testing.T) {
	s := plain()
	s.cells, s.types, s.gain, s.steps, s.seed = 2, 1, []float64{1}, 300, 3
	c := s.build(t)
	copy(c.net.Rec.W, []float64{0, -0.3, -0.3, 0})
	c.net.Changed()
	c.run(t)
	cell, zero := c.credit(t, "modprop:weights=cell,mu=3,guard=on"), c.credit(t, "modprop:diagonal=zero,mu=3,guard=on")
	if got, want := zero.Mu()[0], 2*cell.Mu()[0]; math.Abs(got-want) > 1e-4 {
		t.Errorf("diagonal=zero is guarded to μ %v, want %v", got, want)
	}
	if r, err := zero.Radius(); err != nil || r > learning.RadiusBound || r < learning.RadiusBound-1e-3 {
		t.Errorf("radius %v, %v", r, err)
	}
}

// TestGuardWithSlowCells: a leak above RadiusBound leaves room for credit below 1.
func TestGuardWithSlowCells(t *testing.T) {
	s := plain()
	s.decay, s.strength = []float64{0.9999}, 0.1
	credit := s.build(t).credit(t, "modprop:mu=0.25,guard=on")
	if r, err := credit.Radius(); err != nil || credit.Mu()[0] == 0 || r > credit.Bound() || credit.Bound() >= 1 {
		t.Errorf("μ %v, radius %v, bound %v, %v", credit.Mu(), r, credit.Bound(), err)
	}
}

// TestMembranesWithinAType: rules whose cells share messengers need cells alike;
// cell-specific ones do not.
func TestMembranesWithinAType(t *testing.T) {
	c := plain().build(t)
	c.net.Cells.(*neuron.ReLU).Decay[1] = 0.7
	c.run(t)
	for rule, allowed := range map[string]bool{"modprop:weights=cell": true, "mdgl:weights=cell": true, "eprop": true, "modprop": false, "mdgl": false, "modprop:weights=expression": false} {
		_, err := learning.NewCredit(parse(t, rule), c.net, c.trials, nil, false)
		var refused *learning.RuleError
		if allowed != (err == nil) || !allowed && !errors.As(err, &refused) {
			t.Errorf("%s: %v", rule, err)
		}
	}
}

// TestMoreLagsThanSteps: memory goes with the trial, not with the lags asked for.
func TestMoreLagsThanSteps(t *testing.T) {
	c := plain().build(t)
	for many, exact := range map[string]string{
		"tbptt:window=2000000000": "bptt", "tbptt:hops=2000000000": "bptt",
		"modprop:taps=2000000000": "modprop", "modprop:taps=2000000000,weights=cell": "modprop:weights=cell",
	} {
		requireEqual(t, many, c.gradient(t, many), c.gradient(t, exact), tight)
	}
}

// TestUnstableMuAndLateCells: where the propagator amplifies, differences of
// running sums would lose everything; the sweep must not be taken by them.
func TestUnstableMuAndLateCells(t *testing.T) {
	s := plain()
	s.strength, s.steps, s.last = 6, 60, true
	c := s.build(t)
	for i := range c.net.In.W {
		c.net.In.W[i] = math.Abs(c.net.In.W[i])
	}
	c.net.Changed()
	for b := range c.input { // cells are silent until step 50
		for i := range c.input[b] {
			if i/s.inputs < s.steps-10 {
				c.input[b][i] = -math.Abs(c.input[b][i])
			}
		}
		c.batch.SetTrial(b, c.input[b], c.target[b], 0)
	}
	c.run(t)
	for _, rule := range []string{"modprop:mu=0.5", "modprop:mu=1", "modprop:mu=2", "modprop:mu=3"} {
		credit := c.credit(t, rule)
		dense := c.backward(credit, credit.NewDenseWorkspace(c.steps, c.trials))
		events := c.backward(credit, credit.NewWorkspace(c.steps, c.trials))
		if d := distance(events.In, dense.In); d > 1e-9 {
			t.Errorf("%s: W_in is off by %g", rule, d)
		}
	}
}
