package learning_test

import (
	"errors"
	"testing"

	"paracrine/learning"
)

// TestEventsFollowNewWeights changes recurrent and readout weights within the
// trial, at steps that are no borders of blocks, with and without settling
// first. What synapses remember and teach stays that of every step.
func TestEventsFollowNewWeights(t *testing.T) {
	for name, s := range map[string]shape{"rate": plain(), "spiking": spiking()} {
		s.steps, s.kappa = 60, 0.8
		for _, rule := range []string{"eprop", "mdgl", "mdgl:diagonal=zero", "mdgl:weights=cell", "mdgl:weights=existing", "modprop", "modprop:diagonal=zero", "modprop:weights=expression,ligands=2", "modprop:taps=1", "diffusion", "diffusion:shuffle=step"} {
			for _, settles := range []bool{false, true} {
				var all []*learning.Gradient
				for _, route := range []string{"route=events", "route=state-space"} {
					if rule == "modprop:taps=1" && route == "route=state-space" {
						route = "route=taps"
					}
					all = append(all, whileWeightsChange(t, s, withOption(rule, route), settles))
				}
				requireEqual(t, name+", "+rule, all[0], all[1], 1e-9)
			}
		}
	}
}

func whileWeightsChange(t *testing.T, s shape, rule string, settles bool) *learning.Gradient {
	t.Helper()
	c := s.build(t)
	requireLive(t, c)
	credit := c.credit(t, rule)
	causal := credit.NewCausal(c.trials)
	g := learning.NewGradient(c.net)
	for step := range c.steps {
		causal.Step(g, c.batch.Record, step)
		if step%23 != 5 {
			continue
		}
		if settles {
			causal.Settle(g)
		}
		for i := range c.net.Rec.W {
			c.net.Rec.W[i] *= 1.3 - 0.1*float64(i%5)
		}
		for i := range c.net.Out.W {
			c.net.Out.W[i] *= -0.7
		}
		c.net.Changed()
		if err := credit.Refresh(); err != nil {
			t.Fatal(err)
		}
		causal.Refresh()
	}
	causal.Settle(g)
	c.keepExisting(g)
	return g
}

// TestEventsTeachAtArrivals asks that a synapse teaches when something arrives
// at it, not before, and that settling leaves nothing and takes nothing twice.
func TestEventsTeachAtArrivals(t *testing.T) {
	c := spiking().build(t)
	requireLive(t, c)
	causal := c.credit(t, "modprop:route=events").NewCausal(c.trials)
	g := learning.NewGradient(c.net)
	for step := range c.steps {
		before := append([]float64(nil), g.Rec...)
		causal.Step(g, c.batch.Record, step)
		for q := range c.cells {
			spiked := false
			for b := range c.trials {
				spiked = spiked || c.batch.Record.RateBefore(step)[b*c.cells+q] > 0
			}
			for p := range c.cells {
				if at := p*c.cells + q; !spiked && g.Rec[at] != before[at] {
					t.Fatalf("step %d: cell %d did not spike, its synapse onto %d taught", step, q, p)
				}
			}
		}
	}
	causal.Settle(g)
	want := c.gradient(t, "modprop:route=adjoint")
	c.keepExisting(want)
	requireEqual(t, "settled", g, want, 1e-9)
	settled := append([]float64(nil), g.Rec...)
	causal.Settle(g)
	for i, x := range g.Rec {
		if x != settled[i] {
			t.Fatalf("settling twice taught synapse %d twice", i)
		}
	}
}

// TestEventsRefuse names what would need a number per cell or tap in every synapse.
func TestEventsRefuse(t *testing.T) {
	for _, rule := range []string{
		"mdgl:causal=true,route=events",
		"modprop:weights=cell,route=events", "modprop:taps=2,route=events", "bptt:route=events",
	} {
		_, err := learning.ParseRule(rule)
		var refused *learning.RuleError
		if !errors.As(err, &refused) || refused.Rule != rule {
			t.Errorf("%s: %v", rule, err)
		}
	}
}
