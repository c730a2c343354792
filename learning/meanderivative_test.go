package learning_test

import (
	"fmt"
	"slices"
	"testing"

	"paracrine/learning"
)

// TestMuFollowsTheTrial compares μ of every step with the mean of ψ over the
// steps of its span, the cells of the type and the trials; the last span is short.
func TestMuFollowsTheTrial(t *testing.T) {
	const span = 7
	eachLive(t, func(t *testing.T, c *circuit) {
		credit := c.credit(t, fmt.Sprintf("modprop:weights=cell,mu=mean-derivative,span=%d", span))
		psi := (&formula{circuit: c}).psi
		if c.batch.Record.Psi != nil {
			psi = (&spikingFormula{formula: &formula{circuit: c}}).psi
		}
		moves := false
		for step := range c.steps {
			sum, count := make([]float64, c.types), make([]float64, c.types)
			for u := step / span * span; u < min(step/span*span+span, c.steps); u++ {
				for b := range c.trials {
					for p, alpha := range c.net.Type {
						sum[alpha] += psi(u, b, p)
						count[alpha]++
					}
				}
			}
			for alpha := range sum {
				sum[alpha] /= count[alpha]
			}
			if d := distance(credit.MuAt(step), sum); !(d <= 1e-12) {
				t.Fatalf("μ at step %d is %v, ψ is on the mean %v", step, credit.MuAt(step), sum)
			}
			moves = moves || gap(sum, credit.MuAt(0)) > 0.01
		}
		if !moves {
			t.Fatal("the activity does not change within the trial")
		}
		if end := credit.MuAt(c.steps + 100); !slices.Equal(end, credit.MuAt(c.steps-1)) {
			t.Errorf("after the last step observed μ is %v, not that of its end", end)
		}
	})
}

// TestSpansAreFollowedEachForItself: of each span the first mean is taken whole,
// later ones to one tenth; a shorter trial leaves the spans it does not reach, a
// longer one begins new ones.
func TestSpansAreFollowedEachForItself(t *testing.T) {
	s := plain()
	s.types = 1
	credit, err := learning.NewCredit(parse(t, "modprop:mu=mean-derivative,span=2"), s.network(random()), 1, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, batch := range []struct{ psi, mu []float64 }{
		{[]float64{0.25, 0.75, 0.5}, []float64{0.5, 0.5, 0.5}},
		{[]float64{1, 0}, []float64{0.5, 0.5, 0.5}},
		{[]float64{0, 0, 0.25, 0.25, 1, 0}, []float64{0.45, 0.45, 0.475, 0.475, 0.5, 0.5}},
	} {
		credit.Observe(batch.psi)
		if err := credit.Refresh(); err != nil {
			t.Fatal(err)
		}
		for step, mu := range batch.mu {
			if d := gap(credit.MuAt(step), []float64{mu}); !(d <= 1e-15) {
				t.Errorf("after ψ of %v μ at step %d is %v, want %v", batch.psi, step, credit.MuAt(step), mu)
			}
		}
	}
	if d := gap(credit.Mu(), []float64{(0.45 + 0.475 + 0.5) / 3}); !(d <= 1e-15) {
		t.Errorf("the mean over spans is %v", credit.Mu())
	}
}

// TestOneSpanIsTheMeanOfTheTrial to the bit, in every form.
func TestOneSpanIsTheMeanOfTheTrial(t *testing.T) {
	eachLive(t, func(t *testing.T, c *circuit) {
		for _, options := range []string{"guard=on", "weights=cell,guard=on,form=code", "route=state-space", "route=events", "taps=3"} {
			rule := "modprop:mu=mean-derivative," + options
			for _, length := range []int{c.steps, c.steps + 3} {
				requireEqual(t, rule, c.gradient(t, fmt.Sprintf("%s,span=%d", rule, length)), c.gradient(t, rule), 0)
			}
			requireDifferent(t, rule, c.gradient(t, rule+",span=3"), c.gradient(t, rule))
		}
	})
}

// TestModPropWithMuOfEveryStepIsBPTT: with one trial, one cell per type and spans
// of one step μ_t is ψ_t, and where cells neither adapt nor have their reset
// differentiated nothing else is missing.
func TestModPropWithMuOfEveryStepIsBPTT(t *testing.T) {
	rate, leaky := plain(), lif()
	rate.kappa, rate.density = 0.7, 0.6
	for name, s := range map[string]shape{"rate": rate, "LIF": leaky} {
		t.Run(name, func(t *testing.T) {
			s.cells, s.types, s.trials = 7, 7, 1
			c := s.build(t)
			requireLive(t, c)
			bptt := c.gradient(t, "bptt")
			for _, rule := range []string{
				"modprop:", "modprop:weights=cell,", "modprop:form=code,", "modprop:weights=cell,form=code,", "modprop:diagonal=zero,", "modprop:dynamics=full,",
				"modprop:route=state-space,", "modprop:route=events,", "modprop:route=state-space,weights=cell,", "modprop:route=state-space,form=code,", "modprop:route=events,form=code,",
			} {
				rule += "mu=mean-derivative,span="
				got := c.gradient(t, rule+"1")
				c.keepExisting(got)
				want := learning.NewGradient(c.net)
				want.Add(bptt)
				c.keepExisting(want)
				requireEqual(t, rule+"1", got, want, 1e-12)
				requireDifferent(t, rule+"2", c.gradient(t, rule+"2"), bptt)
			}
		})
	}
}

// TestGuardScalesEachSpan: μ is scaled in the spans in which credit would grow,
// and only there.
func TestGuardScalesEachSpan(t *testing.T) {
	s := plain()
	s.strength = 12
	net := s.network(random())
	for _, weights := range []string{"type", "cell"} {
		credit, err := learning.NewCredit(parse(t, "modprop:mu=mean-derivative,span=1,weights="+weights), net, 1, nil, true)
		if err != nil {
			t.Fatal(err)
		}
		credit.Observe([]float64{0.01, 0.02, 0.03, 1, 2, 3})
		if err := credit.Refresh(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(credit.MuAt(0), []float64{0.01, 0.02, 0.03}) {
			t.Errorf("weights=%s: μ is %v where credit dies out", weights, credit.MuAt(0))
		}
		grown := credit.MuAt(1)
		if !(grown[0] < 0.99) || distance(grown, []float64{grown[0], 2 * grown[0], 3 * grown[0]}) > 1e-12 {
			t.Errorf("weights=%s: μ is %v where credit would grow", weights, grown)
		}
		if radius, err := credit.Radius(); err != nil || radius > learning.RadiusBound || radius < learning.RadiusBound-1e-4 {
			t.Errorf("weights=%s: the largest radius is %v (%v)", weights, radius, err)
		}
	}
}
