package learning_test

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"paracrine/learning"
	"paracrine/neuron"
)

// spikingKnobs are rules that differ in one knob each; all move the gradient.
var spikingKnobs = [][]string{
	{"bptt:reset=0", "bptt:reset=1"},
	{"eprop:reset=0", "eprop:reset=1"},
	{"mdgl:reset=0", "mdgl:reset=1"},
	{"modprop:reset=0", "modprop:reset=1"},
	{"modprop:form=code,reset=0", "modprop:form=code,reset=1"},
	{"modprop:route=state-space,reset=0", "modprop:route=state-space,reset=1"},
	{"modprop:mu=0", "modprop:mu=0.2", "modprop:mu=0.2/0.2/0.3", "modprop:mu=mean-derivative"},
	{"modprop:dynamics=leak", "modprop:dynamics=full", "modprop:form=code"},
	{"modprop:weights=cell", "modprop:weights=type", "modprop:weights=expression,ligands=2", "modprop:diagonal=zero"},
	{"mdgl:weights=cell", "mdgl:weights=type", "mdgl:weights=existing", "mdgl:diagonal=zero", "mdgl:causal=true"},
	{"eprop", "eprop:feedback=random", "eprop:feedback=frozen"},
	{"diffusion", "diffusion:k=0.5", "diffusion:radius=0", "diffusion:radius=2", "diffusion:shuffle=fixed", "diffusion:shuffle=step", "diffusion:feedback=random", "diffusion:reset=1"},
	{"modprop", "modprop:feedback=random", "modprop:taps=1", "modprop:taps=3"},
	{"tbptt:window=2", "tbptt:hops=2", "tbptt:chunk=2", "bptt", "eprop", "mdgl", "modprop"},
}

func TestSpikingKnobsMoveTheGradient(t *testing.T) {
	s := spiking()
	s.density, s.autapses = 0.8, true
	c := s.build(t)
	requireLive(t, c)
	for _, knob := range spikingKnobs {
		c.requireAllDifferent(t, knob)
	}
}

// TestSpikingConstantsMoveTheGradient changes one constant of the cells between
// a record and its gradient, so that activity and errors stay the same.
func TestSpikingConstantsMoveTheGradient(t *testing.T) {
	changes := map[string]func(*neuron.AdaptiveSpiking){
		"β":   func(p *neuron.AdaptiveSpiking) { p.Adaptation[1] += 0.5 },
		"ρ":   func(p *neuron.AdaptiveSpiking) { p.AdaptationDecay[0] = 0.5 },
		"c_a": func(p *neuron.AdaptiveSpiking) { p.AdaptationGain[0] = 2 },
		"ϑ":   func(p *neuron.AdaptiveSpiking) { p.Threshold[0] = 1 },
	}
	for name, change := range changes {
		for _, rule := range []string{"bptt:reset=1", "rtrl:reset=1", "eprop:reset=1", "mdgl:reset=1", "modprop:reset=1", "modprop:form=code,reset=1", "modprop:route=state-space,reset=1"} {
			s := spiking()
			s.autapses, s.types = true, 2 // cells 0 and 1 adapt
			s.spikes.beta = []float64{0.4, 0}
			c := s.build(t)
			before := c.gradient(t, rule)
			change(c.net.Cells.(*neuron.AdaptiveSpiking))
			requireDifferent(t, name+" by "+rule, c.gradient(t, rule), before)
		}
	}
}

// TestSurrogateMovesTheGradient leaves the spikes as they are.
func TestSurrogateMovesTheGradient(t *testing.T) {
	var gradients []*learning.Gradient
	var spikes []float64
	for surrogate := range neuron.Surrogates {
		for _, dampening := range []float64{0.3, 0.5} {
			s := spiking()
			s.spikes.surrogate, s.spikes.dampening = neuron.Surrogate(surrogate), dampening
			c := s.build(t)
			if spikes != nil && !slices.Equal(spikes, c.batch.Record.Rate) {
				t.Fatal("the surrogate changes the spikes")
			}
			spikes = c.batch.Record.Rate
			g := c.gradient(t, "bptt")
			for _, other := range gradients {
				requireDifferent(t, s.spikes.surrogate.String(), g, other)
			}
			gradients = append(gradients, g)
		}
	}
}

// TestModPropCellSpecificWithMuPsiIsBPTTOnLIF puts ψ_j,t in the place of μ: with
// neither adaptation nor reset the filter is then exact, and else it is not.
func TestModPropCellSpecificWithMuPsiIsBPTTOnLIF(t *testing.T) {
	withPsi := func(c *circuit, rule string) *learning.Gradient {
		f := newSpikingFormula(t, c, c.credit(t, rule))
		f.exact = true
		return f.upTo(c.steps)
	}
	c := lif().build(t)
	requireLive(t, c)
	requireEqual(t, "LIF", withPsi(c, "modprop:weights=cell,reset=0"), c.gradient(t, "bptt:reset=0"), 1e-12)
	requireDifferent(t, "reset", withPsi(c, "modprop:weights=cell,reset=1"), c.gradient(t, "bptt:reset=1"))
	c = spiking().build(t)
	requireDifferent(t, "adaptation", withPsi(c, "modprop:weights=cell,reset=0"), c.gradient(t, "bptt:reset=0"))
}

func TestDynamicsAreLeakOnLIFWhoseResetIsNotDifferentiated(t *testing.T) {
	c := lif().build(t)
	requireLive(t, c)
	for _, route := range []string{"", ",route=state-space", ",route=taps"} {
		c.identity(t, "modprop:dynamics=full"+route, "modprop:dynamics=leak"+route)
	}
	requireDifferent(t, "with the reset", c.gradient(t, "modprop:dynamics=full,reset=1"), c.gradient(t, "modprop:dynamics=leak,reset=1"))
	c = spiking().build(t)
	requireDifferent(t, "with adaptation", c.gradient(t, "modprop:dynamics=full"), c.gradient(t, "modprop:dynamics=leak"))
}

func TestOneSpikingNeuronPerType(t *testing.T) {
	s := spiking()
	s.types, s.cells = 7, 7
	c := s.build(t)
	requireLive(t, c)
	for _, options := range []string{"mu=0.3", "mu=0.3,form=code,reset=1", "taps=3,reset=1", "mu=mean-derivative", "route=state-space,reset=1", "dynamics=full"} {
		c.identity(t, "modprop:weights=type,"+options, "modprop:weights=cell,"+options)
	}
	c.identity(t, "mdgl:weights=type", "mdgl:weights=cell")
}

// TestAdaptationWithoutBetaIsLIF has raises that no threshold feels.
func TestAdaptationWithoutBetaIsLIF(t *testing.T) {
	s := spiking()
	s.spikes.beta = []float64{0}
	without := s.build(t)
	s.spikes.beta = []float64{1e-300, 0, 1e-300}
	tiny := s.build(t)
	for _, rule := range []string{"bptt:reset=1", "eprop:reset=1", "mdgl", "modprop", "modprop:route=state-space", "rtrl"} {
		requireEqual(t, rule, tiny.gradient(t, rule), without.gradient(t, rule), 1e-12)
	}
}

// TestResetFollowsTheConventionOfThePopulation where a rule does not say.
func TestResetFollowsTheConventionOfThePopulation(t *testing.T) {
	for _, reset := range []bool{false, true} {
		s := spiking()
		s.spikes.reset = reset
		c := s.build(t)
		option := map[bool]string{false: "reset=0", true: "reset=1"}
		for _, rule := range []string{"bptt", "rtrl", "eprop", "mdgl", "modprop", "modprop:route=taps"} {
			requireEqual(t, rule, c.gradient(t, rule), c.gradient(t, withOption(rule, option[reset])), 0)
			requireDifferent(t, rule, c.gradient(t, rule), c.gradient(t, withOption(rule, option[!reset])))
		}
	}
}

func TestRefusedOnCells(t *testing.T) {
	rate, adaptive, reset := plain().build(t), spiking().build(t), lif().build(t)
	for _, c := range []struct {
		net  *learning.Network
		rule string
		why  string // empty where it is accepted
	}{
		{rate.net, "bptt:reset=1", "rate cells have no reset"},
		{rate.net, "modprop:reset=0", "rate cells have no reset"},
		{adaptive.net, "modprop:form=code,route=state-space", "use route=adjoint"},
		{adaptive.net, "modprop:form=code,route=taps", "use route=adjoint"},
		{adaptive.net, "modprop:dynamics=full,route=state-space", ""},
		{adaptive.net, "modprop:dynamics=full,route=events", ""},
		{adaptive.net, "modprop:dynamics=full,diagonal=zero,route=state-space", "use diagonal=fill or route=adjoint"},
		{reset.net, "modprop:dynamics=full,diagonal=zero,route=state-space,reset=1", ""},
		{adaptive.net, "modprop:form=code,dynamics=full", "belongs to form=paper"},
		{adaptive.net, "modprop:form=code,route=adjoint", ""},
		{reset.net, "modprop:form=code,route=state-space,reset=1", "use route=adjoint"},
		{reset.net, "modprop:form=code,route=state-space,reset=0", ""},
	} {
		rule, err := learning.ParseRule(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		_, err = learning.NewCredit(rule, c.net, 1, nil, false)
		var refused *learning.RuleError
		switch {
		case c.why == "" && err != nil:
			t.Errorf("%s is refused: %v", c.rule, err)
		case c.why != "" && (!errors.As(err, &refused) || !strings.Contains(err.Error(), c.why)):
			t.Errorf("%s: the error %v does not say %q", c.rule, err, c.why)
		}
	}
	for rule, refused := range map[string]bool{"modprop:form=code": true, "modprop:dynamics=full": false, "bptt": true, "modprop": false, "eprop": false} {
		if err := adaptive.credit(t, rule).CheckCausal(); (err != nil) != refused {
			t.Errorf("%s online: %v", rule, err)
		}
	}
	adaptive.net.Cells.(*neuron.AdaptiveSpiking).Threshold[3] = 0
	rule, err := learning.ParseRule("eprop")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := learning.NewCredit(rule, adaptive.net, 1, nil, false); err == nil || !strings.Contains(err.Error(), "cell 3") {
		t.Errorf("a threshold of 0 gives %v", err)
	}
}

// TestRateRegularisation compares what it adds with c (f − target)/T/B times
// the sum of traces, f a trial's own rate or a given mean; of exact rules, with
// BPTT of a loss that is that linear. Backward and forward.
func TestRateRegularisation(t *testing.T) {
	eachSpiking(t, func(t *testing.T, c *circuit) {
		mean := normal(rand.New(rand.NewPCG(c.seed, 31)), len(c.net.Type), 0.3)
		for name, rates := range map[string]learning.RateRegularisation{
			"own rates":  {Strength: 40, Target: 0.1},
			"mean rates": {Strength: 40, Target: 0.1, Mean: mean, Trials: c.trials + 2},
		} {
			pull := c.pull(rates)
			if largest(pull) == 0 {
				t.Fatal("nothing pulls")
			}
			for _, rule := range []string{"eprop", "mdgl", "mdgl:causal=true", "modprop", "modprop:dynamics=full", "modprop:taps=3", "modprop:through=mixed,clearance=3",
				"diffusion", "tbptt:window=3", "tbptt:chunk=4", "bptt:reset=1"} {
				credit := c.credit(t, rule)
				f := newSpikingFormula(t, c, credit)
				f.signal = pull
				want := f.upTo(0)
				if strings.Contains(rule, "bptt") {
					want = f.of()
				}
				clear(want.Out)
				clear(want.Bias)
				want.Add(c.gradient(t, rule))
				credit.Rates = rates
				requireEqual(t, name+" by "+rule, c.backward(credit, credit.NewWorkspace(c.steps, c.trials)), want, tight)
				for _, form := range causalForms(credit.Rule) {
					forward := c.credit(t, form)
					forward.Rates = rates
					requireEqual(t, name+" by "+form+", forward", c.forward(forward), want, tight)
				}
				if events := withOption(rule, "route=events"); rates.Mean != nil && accepted(events) {
					forward := c.credit(t, events)
					forward.Rates = rates
					got := c.forward(forward)
					c.keepExisting(got)
					c.keepExisting(want)
					requireEqual(t, name+" by "+events, got, want, tight)
				}
			}
		}
	})
}

// accepted says whether there is such a rule.
func accepted(rule string) bool {
	_, err := learning.ParseRule(rule)
	return err == nil
}

// pull is c (f − target)/T/B of every step, trial and cell.
func (c *circuit) pull(rates learning.RateRegularisation) []float64 {
	n := len(c.net.Type)
	pull := make([]float64, c.steps*c.trials*n)
	for i := range c.trials * n {
		f := 0.0
		for step := range c.steps {
			f += c.batch.Record.RateAt(step)[i] / float64(c.steps)
		}
		if rates.Mean != nil {
			f = rates.Mean[i%n]
		}
		for step := range c.steps {
			pull[step*c.trials*n+i] = rates.Strength * (f - rates.Target) / float64(c.steps*cmp.Or(rates.Trials, c.trials))
		}
	}
	return pull
}

// TestRatesOfNewTrials asks that what one trial felt is forgotten in the next.
func TestRatesOfNewTrials(t *testing.T) {
	c := spiking().build(t)
	for _, rule := range []string{"eprop", "rtrl:reset=1"} {
		credit := c.credit(t, rule)
		credit.Rates = learning.RateRegularisation{Strength: 40, Target: 0.1}
		want := c.forward(credit)
		requireDifferent(t, rule+" without the pull", c.gradient(t, rule), want)
		causal := credit.NewCausal(c.trials)
		for range 2 {
			causal.Reset()
			got := learning.NewGradient(c.net)
			for step := range c.steps {
				causal.Step(got, c.batch.Record, step)
			}
			requireEqual(t, rule, got, want, 0)
		}
	}
}
