package learning_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"paracrine/learning"
)

// drawShape draws circuits of every kind: sparse, dead and always active cells,
// thresholds, readout filters, learning windows, membranes that differ between
// types.
func drawShape(t *rapid.T) shape {
	s := shape{
		inputs:    rapid.IntRange(1, 3).Draw(t, "inputs"),
		cells:     rapid.IntRange(1, 20).Draw(t, "cells"),
		outputs:   rapid.IntRange(1, 3).Draw(t, "outputs"),
		types:     rapid.IntRange(1, 4).Draw(t, "types"),
		steps:     rapid.IntRange(1, 40).Draw(t, "steps"),
		trials:    rapid.SampledFrom([]int{1, 2, 3, 4, 5, 9}).Draw(t, "trials"),
		gain:      rapid.SampledFrom([][]float64{nil, {1}, {0.5, 1, 0.7}}).Draw(t, "gain"),
		threshold: rapid.SampledFrom([]float64{0, 0.2, -0.1}).Draw(t, "threshold"),
		kappa:     rapid.SampledFrom([]float64{0, 0.5, 0.9}).Draw(t, "kappa"),
		strength:  rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "strength"),
		density:   rapid.SampledFrom([]float64{1, 0.3, 0.1}).Draw(t, "density"),
		classes:   rapid.Bool().Draw(t, "classes"), last: rapid.Bool().Draw(t, "last"),
		gap: rapid.Bool().Draw(t, "gap"), twinned: rapid.Bool().Draw(t, "silence"),
		autapses: rapid.Bool().Draw(t, "autapses"), readoutOne: rapid.Bool().Draw(t, "c_out = 1"),
		seed: rapid.Uint64().Draw(t, "seed"),
	}
	s.types = min(s.types, s.cells)
	s.dead = rapid.IntRange(0, s.cells/3).Draw(t, "dead")
	s.always = rapid.IntRange(0, s.cells/3).Draw(t, "always")
	decays := []float64{0, 0.5, 0.8, 0.95}
	s.decay = rapid.SliceOfN(rapid.SampledFrom(decays), s.types, s.types).Draw(t, "decay")
	return s
}

// tight is how near all forms of a rule come while credit dies out.
const tight = 1e-9

// requireTwins compares every form the rule has with its formula: the form that
// NewWorkspace chooses, the dense sweep, state space and taps.
func requireTwins(t rapid.TB, c *circuit, rule string, tolerance float64) {
	t.Helper()
	credit := c.credit(t, rule)
	want := newFormula(t, c, credit).of()
	w := credit.NewWorkspace(c.steps, c.trials)
	requireEqual(t, rule+", backward", c.backward(credit, w), want, tolerance)
	requireEqual(t, rule+", backward in a used workspace", c.backward(credit, w), want, tolerance)
	requireEqual(t, rule+", dense sweep", c.backward(credit, credit.NewDenseWorkspace(c.steps, c.trials)), want, tolerance)
	requireEqual(t, rule+", arrival by arrival", c.backward(credit, credit.NewArrivalWorkspace(c.steps, c.trials)), want, tolerance)
	for _, form := range causalForms(credit.Rule) {
		requireEqual(t, form+", causal", c.forward(c.credit(t, form)), want, tolerance)
	}
	c.requireEvents(t, credit.Rule, want, tolerance)
}

// requireEvents computes the same gradient when something arrives, if the rule
// can be computed so. Absent synapses are left out of it.
func (c *circuit) requireEvents(t rapid.TB, r learning.Rule, want *learning.Gradient, tolerance float64) {
	t.Helper()
	form := withOption(r.Given, "route=events")
	events, err := learning.ParseRule(form)
	if err != nil {
		return
	}
	if _, err := learning.NewCredit(events, c.net, c.trials, nil, false); err != nil && refusedForward(r) {
		return
	}
	c.keepExisting(want)
	requireEqual(t, form, c.forward(c.credit(t, form)), want, tolerance)
}

// keepExisting sets the gradients of absent recurrent synapses to zero.
func (c *circuit) keepExisting(g *learning.Gradient) {
	for p := range c.cells {
		for q := range c.cells {
			if !c.net.Rec.Connected(p, q) {
				g.Rec[p*c.cells+q] = 0
			}
		}
	}
}

// withOption is a rule with another option.
func withOption(rule, option string) string {
	if strings.Contains(rule, ":") {
		return rule + "," + option
	}
	return rule + ":" + option
}

// causalForms are the rules by which the same gradient is computed forward.
func causalForms(r learning.Rule) []string {
	and := func(option string) string { return withOption(r.Given, option) }
	switch {
	case r.Name == "bptt":
		return []string{strings.Replace(r.Given, "bptt", "rtrl", 1)}
	case r.Name == "tbptt":
		return nil
	case r.Span > 0 && r.Taps > 0:
		return nil
	case r.Span > 0:
		return []string{and("route=state-space")}
	case r.Name == "modprop" && r.Taps > 0:
		return []string{and("route=taps")}
	case r.Name == "modprop":
		return []string{and("route=state-space"), and("route=taps")}
	}
	return []string{r.Given}
}

// Rules with few channels: they go from crossing to crossing where cells do not
// differ in leak.
var fewChannels = []string{
	"eprop", "eprop:feedback=random", "eprop:feedback=frozen", "rflo", "rflo:feedback=frozen",
	"eprop:feedback=sparse,density=0.3", "rflo:feedback=adaptive", "modprop:mu=0.1,guard=on,feedback=sparse,density=0.5",
	"mdgl", "mdgl:feedback=random",
	"modprop:mu=0.1,guard=on", "modprop:mu=0.2,guard=on,feedback=random", "modprop:mu=0.1,guard=on,form=code",
	"modprop:mu=mean-derivative,guard=on", "modprop:mu=mean-derivative,span=5,guard=on", "modprop:mu=mean-derivative,span=2,taps=4", "modprop:taps=1", "modprop:taps=3", "modprop:taps=3,form=code",
	"modprop:weights=expression,ligands=1,mu=0.1,guard=on",
	"modprop:weights=expression,ligands=3,mu=0.1,guard=on", "modprop:weights=expression,ligands=2,form=code,taps=2",
}

// Rules that take the dense sweep whatever the cells.
var manyChannels = []string{
	"bptt", "tbptt:window=1", "tbptt:window=5", "tbptt:hops=1", "tbptt:hops=4", "tbptt:chunk=1", "tbptt:chunk=7",
	"mdgl:weights=cell", "mdgl:weights=existing", "mdgl:weights=type,diagonal=zero",
	"mdgl:causal=true", "mdgl:weights=cell,causal=true", "mdgl:weights=existing,causal=true,feedback=random",
	"modprop:weights=cell,mu=0.1,guard=on", "modprop:weights=cell,mu=0.1,guard=on,form=code", "modprop:weights=cell,taps=2",
	"modprop:taps=100,mu=0.05", "modprop:diagonal=zero,mu=0.05,guard=on", "modprop:diagonal=zero,mu=0.05,guard=on,form=code,feedback=frozen",
	"modprop:diagonal=zero,taps=4",
	"modprop:through=mixed,mu=0.1,guard=on", "modprop:through=mixed,clearance=5,taps=3", "modprop:through=mixed,clearance=2,decay=7,rise=3,feedback=random",
	"modprop:through=lattice,clearance=4,diffusion=90,mu=0.1,guard=on,carrier=opponent", "modprop:through=lattice,weights=cell,taps=2,diffusion=300,clearance=9",
	"modprop:through=lattice,weights=expression,ligands=2,decay=4,diffusion=0,carrier=opponent,feedback=frozen",
	"diffusion", "diffusion:radius=2,feedback=random", "diffusion:k=1,radius=0,feedback=frozen", "diffusion:shuffle=fixed", "diffusion:k=0.9,shuffle=step",
	"modprop:weights=cell,mu=mean-derivative,span=4,guard=on", "modprop:weights=cell,mu=mean-derivative,span=1,taps=3",
	"modprop:mu=mean-derivative,span=3,guard=on,form=code", "modprop:diagonal=zero,mu=mean-derivative,span=7,guard=on",
	"modprop:mu=mean-derivative,span=3,taps=1,form=code",
}

func TestFormsAgree(t *testing.T) {
	t.Run("one leak", rapid.MakeCheck(func(t *rapid.T) {
		rule := rapid.SampledFrom(slices.Concat(fewChannels, manyChannels)).Draw(t, "rule")
		s := drawShape(t)
		s.decay = s.decay[:1]
		if strings.Contains(rule, "expression") && s.gain != nil {
			s.gain = s.gain[:1]
		}
		requireTwins(t, s.build(t), rule, tight)
	}))
	t.Run("leaks differ between types", rapid.MakeCheck(func(t *rapid.T) {
		rules := slices.DeleteFunc(slices.Concat(fewChannels, manyChannels), func(rule string) bool {
			return strings.Contains(rule, "expression")
		})
		rule := rapid.SampledFrom(rules).Draw(t, "rule")
		requireTwins(t, drawShape(t).build(t), rule, tight)
	}))
}

// TestFormsAgreeOnALiveCircuit makes sure that no rule is left to chance.
func TestFormsAgreeOnALiveCircuit(t *testing.T) {
	s := plain()
	s.dead, s.always, s.density, s.kappa = 1, 1, 0.6, 0.7
	c := s.build(t)
	requireLive(t, c)
	for _, rule := range fewChannels {
		if !c.credit(t, rule).NewWorkspace(s.steps, s.trials).FollowsCrossings() {
			t.Errorf("%s does not go from crossing to crossing", rule)
		}
		requireTwins(t, c, rule, tight)
	}
	for _, rule := range manyChannels {
		requireTwins(t, c, rule, tight)
	}
}

// TestCrossingsOfManyCells has more cells than a word has bits.
func TestCrossingsOfManyCells(t *testing.T) {
	for _, cells := range []int{63, 64, 65, 130} {
		s := plain()
		s.cells, s.trials, s.kappa = cells, 2, 0.5
		c := s.build(t)
		requireLive(t, c)
		for _, rule := range []string{"eprop", "modprop:guard=on", "modprop:guard=on,form=code", "modprop:taps=2"} {
			credit := c.credit(t, rule)
			w := credit.NewWorkspace(c.steps, c.trials)
			if !w.FollowsCrossings() {
				t.Errorf("%s of %d cells does not go from crossing to crossing", rule, cells)
			}
			requireEqual(t, rule, c.backward(credit, w), c.backward(credit, credit.NewDenseWorkspace(c.steps, c.trials)), tight)
		}
	}
}

// TestFormsAgreeWhereCreditGrows has μ at which the propagator amplifies.
func TestFormsAgreeWhereCreditGrows(t *testing.T) {
	s := plain()
	s.strength, s.steps = 6, 40
	c := s.build(t)
	requireLive(t, c)
	for _, rule := range []string{"modprop:mu=3", "modprop:mu=3,form=code", "modprop:mu=2,weights=cell", "modprop:weights=expression,ligands=2,mu=2", "modprop:mu=3,diagonal=zero"} {
		radius, err := c.credit(t, rule).Radius()
		if err != nil || radius < 1.05 {
			t.Errorf("%s: radius %v (%v), which does not grow", rule, radius, err)
		}
		requireTwins(t, c, rule, 1e-6)
	}
}

// TestWorkspaceServesSmallerBatches gives a workspace first a record of fewer
// steps and trials than it has room for, then one that fills it.
func TestWorkspaceServesSmallerBatches(t *testing.T) {
	s := plain()
	s.kappa = 0.7
	small := s.build(t)
	s.steps, s.trials = s.steps+11, s.trials+2
	large := s.build(t)
	_, psi := small.batch.Activity()
	for _, rule := range slices.Concat(fewChannels, manyChannels) {
		credit, err := learning.NewCredit(parse(t, rule), large.net, s.trials, nil, false)
		if err != nil {
			t.Fatal(err)
		}
		credit.Observe(psi)
		if err := credit.Refresh(); err != nil {
			t.Fatal(err)
		}
		w := credit.NewWorkspace(s.steps, s.trials)
		requireEqual(t, rule+", few trials", small.backward(credit, w), small.gradient(t, rule), 1e-12)
		requireEqual(t, rule+", many", large.backward(credit, w), large.backward(credit, credit.NewWorkspace(s.steps, s.trials)), 0)
	}
}

// TestGradientAdds asks that a gradient is added to what is there.
func TestGradientAdds(t *testing.T) {
	c := plain().build(t)
	for _, rule := range []string{"bptt", "modprop", "modprop:weights=cell", "eprop"} {
		credit := c.credit(t, rule)
		once := c.gradient(t, rule)
		twice := c.gradient(t, rule)
		credit.Gradient(twice, c.batch.Record, credit.NewWorkspace(c.steps, c.trials))
		once.Add(once)
		requireEqual(t, rule, twice, once, 1e-14)
	}
}

// TestCausalResetBeginsAnew asks that nothing of a trial is remembered in the
// next, in a form that has room for more trials.
func TestCausalResetBeginsAnew(t *testing.T) {
	s := plain()
	s.kappa = 0.8
	c := s.build(t)
	for _, rule := range []string{"rtrl", "eprop", "mdgl", "mdgl:causal=true", "modprop:route=state-space", "modprop:route=taps", "modprop:taps=3,route=taps", "modprop:route=events", "modprop:route=events,mu=mean-derivative,span=5",
		"diffusion:shuffle=step", "diffusion:shuffle=step,route=events",
		"modprop:through=lattice,clearance=9,diffusion=50,decay=5,rise=2,route=state-space"} {
		credit := c.credit(t, rule)
		want := c.forward(credit)
		causal := credit.NewCausal(c.trials + 2)
		var got *learning.Gradient
		for range 2 {
			causal.Reset()
			got = learning.NewGradient(c.net)
			for step := range c.steps {
				r := c.batch.Record
				causal.Step(got, r, step)
			}
			causal.Settle(got)
		}
		requireEqual(t, rule, got, want, 0)
	}
}

// TestFewWeights compares credit that passes through the few weights that are not
// 0, eight trials at a time and one left over, with credit through all, to the bit.
func TestFewWeights(t *testing.T) {
	for _, rule := range []string{"bptt", "tbptt:window=3", "mdgl:weights=existing", "modprop:weights=cell"} {
		s := spiking()
		s.density, s.trials, s.cells = 0.2, 9, 19
		c := s.build(t)
		requireLive(t, c)
		credit := c.credit(t, rule)
		w := credit.NewDenseWorkspace(c.steps, c.trials)
		few := c.backward(credit, w)
		if !credit.MultiplyAll() {
			t.Fatalf("%s: a fifth of the weights is not few", rule)
		}
		requireEqual(t, rule, few, c.backward(credit, w), 0)
	}
}
