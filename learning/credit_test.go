package learning_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paracrine/internal/problem"
	"paracrine/learning"
	"paracrine/modulator"
	"paracrine/neuron"
)

func random() *rand.Rand { return rand.New(rand.NewPCG(3, 4)) }

// TestGuardHoldsTheRadius: whatever μ, the propagator decays; where it does
// already, μ is left as it is, and types keep their proportions.
func TestGuardHoldsTheRadius(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := plain()
		s.seed, s.strength = rapid.Uint64().Draw(t, "seed"), rapid.SampledFrom([]float64{0, 1, 10}).Draw(t, "strength")
		s.decay = rapid.SliceOfN(rapid.SampledFrom([]float64{0.3, 0.8, 0.99}), 1, 3).Draw(t, "decay")
		s.gain = rapid.SampledFrom([][]float64{nil, {1}}).Draw(t, "gain")
		scale := rapid.SampledFrom([]float64{0.01, 1, 100}).Draw(t, "μ")
		weights := rapid.SampledFrom([]string{"type", "cell"}).Draw(t, "weights")
		if len(s.decay) == 1 && rapid.Bool().Draw(t, "expression") {
			weights = "expression"
		}
		c := s.build(t)
		free := c.credit(t, fmt.Sprintf("modprop:weights=%s,mu=%g/%g/%g", weights, scale, 2*scale, 3*scale))
		guarded := c.credit(t, free.Rule.Given+",guard=on")
		wild, err := free.Radius()
		if err != nil {
			t.Fatal(err)
		}
		held, err := guarded.Radius()
		if err != nil {
			t.Fatal(err)
		}
		if free.Guarded() || !guarded.Guarded() || held > learning.RadiusBound*(1+1e-9) {
			t.Fatalf("radius %v is held at %v, allowed are %v", wild, held, learning.RadiusBound)
		}
		if wild <= learning.RadiusBound != slices.Equal(free.Mu(), guarded.Mu()) {
			t.Fatalf("at radius %v, μ %v becomes %v", wild, free.Mu(), guarded.Mu())
		}
		if first := guarded.Mu()[0]; math.Abs(guarded.Mu()[2]-3*first) > 1e-12*first {
			t.Fatalf("μ %v of types lose their proportions: %v", free.Mu(), guarded.Mu())
		}
	})
}

// TestGuardedGradientStaysFinite runs many more steps than an unguarded
// propagator could without leaving the floating-point numbers.
func TestGuardedGradientStaysFinite(t *testing.T) {
	s := plain()
	s.steps, s.strength, s.gain = 2000, 0.1, []float64{1}
	c := s.build(t)
	for _, weights := range []string{"type", "cell", "expression"} {
		rule := "modprop:mu=30,weights=" + weights
		if g := c.gradient(t, rule); !math.IsNaN(largest(g.Rec)) && largest(g.Rec) < 1e100 {
			t.Errorf("%s does not diverge without a guard", rule)
		}
		for _, route := range []string{"", ",route=state-space"} {
			if g := c.gradient(t, rule+",guard=on"+route); !(largest(g.Rec) < 1e6) {
				t.Errorf("%s diverges: %v", rule+",guard=on"+route, largest(g.Rec))
			}
		}
	}
}

func TestGuardComesFromRuleOrContext(t *testing.T) {
	net := plain().network(random())
	for _, want := range []struct {
		rule    string
		context bool
		guarded bool
	}{
		{"modprop", true, true}, {"modprop", false, false},
		{"modprop:guard=off", true, false}, {"modprop:guard=on", false, true},
		{"modprop:taps=5", true, false}, {"mdgl", true, false}, {"bptt", true, false},
	} {
		credit, err := learning.NewCredit(parse(t, want.rule), net, 1, nil, want.context)
		if err != nil {
			t.Fatal(err)
		}
		if credit.Guarded() != want.guarded {
			t.Errorf("%s in a context of guard %v: guarded %v", want.rule, want.context, credit.Guarded())
		}
	}
}

func TestMuComesFromRuleOrContext(t *testing.T) {
	net := plain().network(random())
	for _, want := range []struct {
		rule    string
		context []float64
		mu      []float64
	}{
		{"modprop", nil, []float64{0.25, 0.25, 0.25}},
		{"modprop", []float64{0.1}, []float64{0.1, 0.1, 0.1}},
		{"modprop", []float64{0.1, 0.2, 0.3}, []float64{0.1, 0.2, 0.3}},
		{"modprop:mu=0.4", []float64{0.1, 0.2, 0.3}, []float64{0.4, 0.4, 0.4}},
		{"modprop:mu=0.4/0.5/0.6", nil, []float64{0.4, 0.5, 0.6}},
		{"modprop:mu=mean-derivative", []float64{0.1}, []float64{0, 0, 0}},
	} {
		credit, err := learning.NewCredit(parse(t, want.rule), net, 1, want.context, false)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(credit.Mu(), want.mu) {
			t.Errorf("%s in a context of μ %v: %v, want %v", want.rule, want.context, credit.Mu(), want.mu)
		}
	}
}

// TestAdaptiveMu: the first batch is taken whole, later ones to one tenth.
func TestAdaptiveMu(t *testing.T) {
	credit, err := learning.NewCredit(parse(t, "modprop:mu=mean-derivative"), plain().network(random()), 1, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	if !credit.NeedsObservation() {
		t.Error("an adaptive μ needs no first batch")
	}
	for _, batch := range []struct{ psi, mu []float64 }{
		{[]float64{0.5, 0.2, 0}, []float64{0.5, 0.2, 0}},
		{[]float64{0.6, 0.2, 1}, []float64{0.51, 0.2, 0.1}},
		{[]float64{0, 0.2, 1}, []float64{0.459, 0.2, 0.19}},
	} {
		credit.Observe(batch.psi)
		if err := credit.Refresh(); err != nil {
			t.Fatal(err)
		}
		if distance(credit.Mu(), batch.mu) > 1e-15 || credit.NeedsObservation() {
			t.Errorf("after a mean ψ of %v, μ is %v, want %v", batch.psi, credit.Mu(), batch.mu)
		}
	}
	constant, err := learning.NewCredit(parse(t, "modprop:mu=0.3"), plain().network(random()), 1, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	constant.Observe([]float64{1, 1, 1})
	if err := constant.Refresh(); err != nil {
		t.Fatal(err)
	}
	if constant.NeedsObservation() || constant.Mu()[0] != 0.3 {
		t.Errorf("a constant μ follows ψ: %v", constant.Mu())
	}
}

func TestNewCreditRefuses(t *testing.T) {
	s := plain()
	s.decay = []float64{0.5, 0.8, 0.9}
	between := s.network(random())
	within := s.network(random())
	within.Cells.(*neuron.ReLU).Gain[1] = 0.3
	without := plain().network(random())
	without.RandomFeedback = nil
	unordered := plain().network(random())
	unordered.FeedbackOrder = nil
	for _, refused := range []struct {
		rule    string
		net     *learning.Network
		mu      []float64
		problem string
	}{
		{"modprop:mu=1/2", between, nil, "mu has 2 values, the network has 3 cell types; allowed are 1 or 3"},
		{"modprop", between, []float64{1, 2}, "mu has 2 values, the network has 3 cell types"},
		{"rflo", without, nil, "feedback=random, but the network has no fixed random feedback (B_fb)"},
		{"eprop:feedback=adaptive", without, nil, "feedback=adaptive, but the network has no fixed random feedback (B_fb)"},
		{"eprop:feedback=sparse", without, nil, "feedback=sparse, but the network has no fixed random feedback (B_fb)"},
		{"eprop:feedback=sparse", unordered, nil, "feedback=sparse, but nothing says which weights of B_fb are kept; set the others to zero there and use feedback=random"},
		{"modprop:weights=expression", between, nil, "cells 0 and 3 share ligands but have different membrane time constants; use weights=cell, or weights=type with one time constant per type"},
		{"modprop", within, nil, "cells 0 and 1 share ligands but have different membrane time constants; use weights=cell, or weights=type with one time constant per type"},
	} {
		_, err := learning.NewCredit(parse(t, refused.rule), refused.net, 1, refused.mu, true)
		if want := (&learning.RuleError{Rule: refused.rule, Problem: refused.problem}).Error(); err == nil || err.Error() != want {
			t.Errorf("%s is refused with\n%v\nwant\n%v", refused.rule, err, want)
		}
	}
	if _, err := learning.NewCredit(parse(t, "modprop"), between, 1, nil, true); err != nil {
		t.Errorf("types may differ in leak: %v", err)
	}
}

// TestNonFiniteWeightsAreRefused: a propagator that is no matrix of numbers has
// no radius to guard.
func TestNonFiniteWeightsAreRefused(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		net := plain().network(random())
		net.Rec.W[5] = bad
		net.Changed()
		for _, rule := range []string{"modprop", "modprop:weights=cell"} {
			if _, err := learning.NewCredit(parse(t, rule), net, 1, nil, true); err == nil {
				t.Errorf("%s takes a weight of %v", rule, bad)
			}
		}
	}
}

func TestRulesWithoutPropagatorHaveNoRadius(t *testing.T) {
	c := plain().build(t)
	for _, rule := range []string{"bptt", "eprop", "mdgl"} {
		if radius, err := c.credit(t, rule).Radius(); err != nil || !math.IsNaN(radius) {
			t.Errorf("%s: radius %v (%v)", rule, radius, err)
		}
	}
}

// TestCreditRestored: a rule that continues from its state does so to the bit.
func TestCreditRestored(t *testing.T) {
	for _, rule := range []string{
		"modprop:weights=expression,ligands=3,guard=on,mu=2", "modprop:mu=mean-derivative", "modprop:mu=mean-derivative,span=5", "modprop",
		"modprop:weights=expression,ligands=2,mu=mean-derivative,route=state-space", "mdgl:weights=existing", "eprop:feedback=frozen",
	} {
		t.Run(rule, func(t *testing.T) {
			s := plain()
			s.decay = []float64{0.8}
			c := s.build(t)
			credit := c.credit(t, rule)
			for range 3 {
				c.learn(t, credit, 0.003)
			}
			weights := slices.Clone(c.net.Rec.W)
			state := credit.State()
			resumed := s.build(t)
			for i, a := range resumed.net.Arrays() {
				copy(a.Values, c.net.Arrays()[i].Values)
			}
			resumed.net.Changed()
			again, err := learning.NewCredit(credit.Rule, resumed.net, c.trials, nil, false)
			if err != nil {
				t.Fatal(err)
			}
			if err := again.Restore(state); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				c.learn(t, credit, 0.003)
				resumed.learn(t, again, 0.003)
			}
			if slices.Equal(c.net.Rec.W, weights) {
				t.Fatal("nothing was learnt")
			}
			for i, a := range c.net.Arrays() {
				if !slices.Equal(a.Values, resumed.net.Arrays()[i].Values) {
					t.Errorf("%s differs after resuming", a.Name)
				}
			}
			if !slices.Equal(credit.Mu(), again.Mu()) {
				t.Errorf("μ %v, resumed %v", credit.Mu(), again.Mu())
			}
		})
	}
}

// TestLigandsAreTracked: profiles are decomposed once and follow from then on.
func TestLigandsAreTracked(t *testing.T) {
	c := plain().build(t)
	credit, err := learning.NewCredit(parse(t, "modprop:weights=expression,ligands=3"), c.net, 1, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	want := modulator.NewExpression(c.cells, 3)
	if err := want.Graded(c.net.Rec.W); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if !slices.Equal(credit.State().Reception, want.Reception) {
			t.Fatalf("reception %v, want %v", credit.State().Reception, want.Reception)
		}
		for i := range c.net.Rec.W {
			c.net.Rec.W[i] += 0.1 * math.Sin(float64(i))
		}
		c.net.Changed()
		want.Track(c.net.Rec.W)
		if err := credit.Refresh(); err != nil {
			t.Fatal(err)
		}
	}
}

// learn takes one step of gradient descent.
func (c *circuit) learn(t *testing.T, credit *learning.Credit, rate float64) {
	t.Helper()
	c.run(t)
	g := learning.NewGradient(c.net)
	if credit.Rule.IsCausal() {
		g = c.forward(credit)
	} else {
		credit.Gradient(g, c.batch.Record, credit.NewWorkspace(c.steps, c.trials))
	}
	for i, a := range c.net.Arrays() {
		for j, slope := range g.Arrays()[i] {
			a.Values[j] -= rate * slope
		}
	}
	c.net.Changed()
	_, psi := c.batch.Activity()
	credit.Observe(psi)
	if err := credit.Refresh(); err != nil {
		t.Fatal(err)
	}
}

// TestTypeTapsEqualReference compares the filter taps that reports show with
// those of the independent reference.
func TestTypeTapsEqualReference(t *testing.T) {
	for _, name := range []string{"rate_mse_2types", "rate_mse_kappa_4types", "rate_ce_last_2types"} {
		path := filepath.Join("..", "internal", "problem", "testdata", name+".json")
		p, err := problem.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var reference struct {
			Filters struct {
				Taps [][][]float64 `json:"taps_fill"`
			}
		}
		if err := json.Unmarshal(data, &reference); err != nil {
			t.Fatal(err)
		}
		for _, rule := range []string{"modprop", "modprop:weights=cell"} {
			credit, err := learning.NewCredit(parse(t, rule), p.Network(), 1, p.Hyper.Mu, false)
			if err != nil {
				t.Fatal(err)
			}
			for s, taps := range credit.TypeTaps(len(reference.Filters.Taps)) {
				if d := distance(taps, slices.Concat(reference.Filters.Taps[s]...)); !(d <= 1e-10) {
					t.Errorf("%s, %s: F_%d is off by %g", name, rule, s+1, d)
				}
			}
		}
	}
}

// TestCausalTakesNewWeights: within a trial, what is heard follows the weights
// after Refresh, and nothing is forgotten.
func TestCausalTakesNewWeights(t *testing.T) {
	for _, rule := range []string{"mdgl", "modprop:route=state-space", "modprop:route=taps", "modprop:weights=cell,route=state-space", "modprop:taps=3,route=taps", "rtrl", "eprop"} {
		c := plain().build(t)
		credit := c.credit(t, rule)
		through := func(halfway func(learning.Causal)) *learning.Gradient {
			g, r, causal := learning.NewGradient(c.net), c.batch.Record, credit.NewCausal(c.trials)
			for step := range c.steps {
				if step == c.steps/2 {
					halfway(causal)
				}
				causal.Step(g, r, step)
			}
			return g
		}
		want := c.forward(credit)
		requireEqual(t, rule+" refreshed without a change", through(learning.Causal.Refresh), want, 0)
		changed := through(func(causal learning.Causal) {
			for i := range c.net.Rec.W {
				c.net.Rec.W[i] *= 2
			}
			c.net.Changed()
			if err := credit.Refresh(); err != nil {
				t.Fatal(err)
			}
			causal.Refresh()
		})
		if rule == "eprop" {
			requireEqual(t, rule, changed, want, 0)
		} else {
			requireDifferent(t, rule, changed, want)
		}
	}
}
