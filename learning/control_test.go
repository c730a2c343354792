package learning_test

import (
	"fmt"
	"strings"
	"testing"

	"paracrine/learning"
)

// live is a circuit on which every knob has something to move.
func live(t *testing.T) *circuit {
	t.Helper()
	s := plain()
	s.kappa, s.dead, s.always, s.density, s.autapses = 0.7, 1, 1, 0.8, true
	c := s.build(t)
	requireLive(t, c)
	return c
}

func TestCircuitIsLive(t *testing.T) {
	c := live(t)
	crossing, silent, always := c.activity()
	if crossing < 4 || silent == 0 || always == 0 {
		t.Errorf("%d cells cross their thresholds, %d are silent, %d always active: want all three kinds", crossing, silent, always)
	}
}

// TestDeadCircuitIsNotLive asks the check itself whether it can fail.
func TestDeadCircuitIsNotLive(t *testing.T) {
	dead := plain()
	dead.dead = dead.cells
	if problem := dead.build(t).notLive(t); !strings.Contains(problem, "0 cells cross") {
		t.Errorf("a circuit of dead cells: %q", problem)
	}
	always := plain()
	always.always, always.strength = always.cells, 0.2
	if problem := always.build(t).notLive(t); !strings.Contains(problem, "0 cells cross") {
		t.Errorf("a circuit of cells that are always active: %q", problem)
	}
	perfect := plain().build(t)
	clear(perfect.window)
	perfect.run(t)
	if problem := perfect.notLive(t); !strings.Contains(problem, "is zero") {
		t.Errorf("a circuit without errors: %q", problem)
	}
}

// TestKnobsMoveTheGradient turns one knob of a rule at a time.
func TestKnobsMoveTheGradient(t *testing.T) {
	c := live(t)
	for _, knob := range []struct {
		name   string
		values []string
	}{
		{"mu", []string{"modprop:mu=0", "modprop:mu=0.2", "modprop:mu=0.3", "modprop:mu=0.2/0.2/0.3", "modprop:mu=0.3/0.2/0.2", "modprop:mu=mean-derivative", "modprop:mu=mean-derivative,span=8", "modprop:mu=mean-derivative,span=2"}},
		{"mu at the synapse", []string{"modprop:form=code,taps=1,mu=0.2", "modprop:form=code,taps=1,mu=0.3"}},
		{"modprop's weights", []string{"modprop:weights=cell", "modprop:weights=type", "modprop:weights=expression,ligands=2"}},
		{"mdgl's weights", []string{"mdgl:weights=cell", "mdgl:weights=type", "mdgl:weights=existing"}},
		{"feedback", []string{"eprop:feedback=symmetric", "eprop:feedback=random", "eprop:feedback=frozen", "eprop:feedback=sparse,density=0.3", "eprop:feedback=sparse,density=0.6"}},
		{"mdgl's feedback", []string{"mdgl:feedback=symmetric", "mdgl:feedback=random", "mdgl:feedback=frozen"}},
		{"modprop's feedback", []string{"modprop:feedback=symmetric", "modprop:feedback=random", "modprop:feedback=frozen"}},
		{"taps", []string{"modprop:taps=1", "modprop:taps=2", "modprop:taps=5", "modprop:taps=all"}},
		{"form", []string{"modprop:form=paper", "modprop:form=code"}},
		{"diagonal", []string{"modprop:diagonal=fill", "modprop:diagonal=zero"}},
		{"mdgl's diagonal", []string{"mdgl:diagonal=fill", "mdgl:diagonal=zero"}},
		{"causal", []string{"mdgl:causal=false", "mdgl:causal=true"}},
		{"ligands", []string{"modprop:weights=expression,ligands=1", "modprop:weights=expression,ligands=2", "modprop:weights=expression,ligands=3", "modprop:weights=expression,ligands=9"}},
		{"k", []string{"diffusion:k=0", "diffusion:k=0.5", "diffusion:k=0.75", "diffusion:k=1"}},
		{"radius", []string{"diffusion:radius=0", "diffusion:radius=1", "diffusion:radius=2"}},
		{"shuffle", []string{"diffusion:shuffle=none", "diffusion:shuffle=fixed", "diffusion:shuffle=step"}},
		{"diffusion's feedback", []string{"diffusion:feedback=symmetric", "diffusion:feedback=random", "diffusion:feedback=frozen"}},
		{"through", []string{"modprop:through=ideal", "modprop:through=mixed", "modprop:through=lattice"}},
		{"clearance", []string{"modprop:through=mixed,clearance=0", "modprop:through=mixed,clearance=1", "modprop:through=mixed,clearance=5"}},
		{"diffusion of ligands", []string{"modprop:through=lattice,diffusion=0", "modprop:through=lattice,diffusion=50", "modprop:through=lattice,diffusion=500"}},
		{"decay", []string{"modprop:through=mixed", "modprop:through=mixed,decay=0", "modprop:through=mixed,decay=4", "modprop:through=mixed,decay=9"}},
		{"rise", []string{"modprop:through=mixed,decay=4,rise=0", "modprop:through=mixed,decay=4,rise=1", "modprop:through=mixed,decay=4,rise=6"}},
		{"feedback through chemistry", []string{"modprop:through=lattice,feedback=symmetric", "modprop:through=lattice,feedback=random", "modprop:through=lattice,feedback=frozen"}},
		{"weights through chemistry", []string{"modprop:through=lattice,weights=cell", "modprop:through=lattice,weights=type", "modprop:through=lattice,weights=expression,ligands=2"}},
		{"window", []string{"tbptt:window=1", "tbptt:window=2", "tbptt:window=6", "bptt"}},
		{"hops", []string{"tbptt:hops=1", "tbptt:hops=2", "tbptt:hops=5", "bptt"}},
		{"chunk", []string{"tbptt:chunk=1", "tbptt:chunk=2", "tbptt:chunk=5", "bptt"}},
		{"guard", []string{"modprop:mu=3,guard=off", "modprop:mu=3,guard=on"}},
	} {
		t.Run(knob.name, func(t *testing.T) { c.requireAllDifferent(t, knob.values) })
	}
}

// TestRulesDiffer asks for differences wherever theory has them.
func TestRulesDiffer(t *testing.T) {
	live(t).requireAllDifferent(t, []string{
		"bptt", "tbptt:window=4", "tbptt:hops=4", "tbptt:chunk=4", "eprop", "rflo",
		"mdgl", "mdgl:weights=cell", "mdgl:causal=true", "modprop", "modprop:weights=cell", "modprop:form=code",
		"modprop:weights=expression,ligands=2", "diffusion",
	})
}

func (c *circuit) requireAllDifferent(t *testing.T, rules []string) {
	t.Helper()
	var gradients []*learning.Gradient
	for i, rule := range rules {
		g := c.gradient(t, rule)
		if largest(g.Rec) == 0 || largest(g.In) == 0 {
			t.Fatalf("the gradient by %s is zero", rule)
		}
		for j, other := range gradients {
			requireDifferent(t, rule+" and "+rules[j], g, other)
		}
		gradients = append(gradients[:i:i], g)
	}
}

// TestFeedbackWeightsMoveTheGradient changes W_rec of the feedback and not of the
// activity, and asks which rules see it.
func TestFeedbackWeightsMoveTheGradient(t *testing.T) {
	for rule, sees := range map[string]bool{
		"eprop": false, "rflo": false, "diffusion": false, "mdgl": true, "mdgl:weights=cell": true, "mdgl:weights=existing": true,
		"modprop": true, "modprop:weights=cell": true, "modprop:weights=expression,ligands=2": true, "bptt": true, "tbptt:hops=2": true,
	} {
		t.Run(rule, func(t *testing.T) {
			c := live(t)
			before := c.gradient(t, rule)
			c.net.Rec.W[1] += 2
			c.net.Rec.W[3*c.cells+5] -= 1
			c.net.Changed()
			after := c.gradient(t, rule)
			if sees {
				requireDifferent(t, "W̄", after, before)
			} else {
				requireEqual(t, "without W̄", after, before, 0)
			}
		})
	}
}

// TestCreditHoldsWeightsUntilRefreshed: type means and ligands are those of the
// last Refresh.
func TestCreditHoldsWeightsUntilRefreshed(t *testing.T) {
	for _, rule := range []string{"mdgl", "mdgl:weights=existing", "modprop", "modprop:weights=expression,ligands=2"} {
		c := live(t)
		credit := c.credit(t, rule)
		w := credit.NewWorkspace(c.steps, c.trials)
		before := c.backward(credit, w)
		c.net.Rec.W[3*c.cells+5] += 3
		c.net.Changed()
		requireEqual(t, rule+" before Refresh", c.backward(credit, w), before, 0)
		if err := credit.Refresh(); err != nil {
			t.Fatal(err)
		}
		requireDifferent(t, rule+" after Refresh", c.backward(credit, w), before)
	}
}

// TestReadoutFilterMovesTheGradient: κ changes every rule's gradient.
func TestReadoutFilterMovesTheGradient(t *testing.T) {
	var circuits []*circuit
	for _, kappa := range []float64{0, 0.5, 0.9} {
		s := plain()
		s.kappa = kappa
		circuits = append(circuits, s.build(t))
	}
	for _, rule := range []string{"bptt", "rtrl", "tbptt:window=5", "eprop", "mdgl", "mdgl:causal=true", "modprop", "modprop:route=state-space", "modprop:weights=cell", "diffusion"} {
		var gradients []*learning.Gradient
		for i, c := range circuits {
			gradients = append(gradients, c.gradient(t, rule))
			for j := range i {
				requireDifferent(t, fmt.Sprintf("%s with κ = %v and %v", rule, c.kappa, circuits[j].kappa), gradients[i], gradients[j])
			}
		}
	}
}
