package problem

import (
	"errors"
	"slices"
	"testing"

	"paracrine/learning"
)

// Options that came with spiking cells are taken by problems of either kind of
// cell, and change the gradient.
func TestProblemsTakeAdaptiveOptions(t *testing.T) {
	for _, name := range []string{"rate_mse_kappa_4types.json", "lif_mse_2types.json", "alif_mse_2types_bellec.json"} {
		p, _ := readFixture(t, name)
		if p.BFb == nil {
			t.Fatalf("%s has no random feedback", name)
		}
		for _, pair := range [][2]string{
			{"modprop:mu=mean-derivative,span=5", "modprop:mu=mean-derivative"},
			{"modprop:mu=mean-derivative,span=1,route=state-space", "modprop:mu=mean-derivative,span=2,route=state-space"},
			{"eprop:feedback=adaptive", "eprop"},
		} {
			a, b := creditOf(t, p, pair[0], Descent{}), creditOf(t, p, pair[1], Descent{})
			if distance(a.Gradient.Rec, b.Gradient.Rec) < 1e-6 {
				t.Errorf("%s: %s and %s have the same gradient", name, pair[0], pair[1])
			}
		}
		adaptive, random := creditOf(t, p, "eprop:feedback=adaptive", Descent{}), creditOf(t, p, "eprop:feedback=random", Descent{})
		if !slices.Equal(adaptive.Gradient.Rec, random.Gradient.Rec) {
			t.Errorf("%s: adaptive feedback does not begin at B_fb", name)
		}
		descent := Descent{Steps: 5, Rate: 0.05}
		adaptive, random = creditOf(t, p, "eprop:feedback=adaptive", descent), creditOf(t, p, "eprop:feedback=random", descent)
		if adaptive.Losses[1] != random.Losses[1] || adaptive.Losses[5] == random.Losses[5] {
			t.Errorf("%s: losses with adaptive feedback %v, random %v: the first step has the same feedback, the next has not", name, adaptive.Losses, random.Losses)
		}
		rule, err := learning.ParseRule("eprop:feedback=sparse")
		if err != nil {
			t.Fatal(err)
		}
		var refused *learning.RuleError
		if _, err := p.Gradients([]learning.Rule{rule}, Descent{}); !errors.As(err, &refused) {
			t.Errorf("%s: which of B_fb are kept is not known, but sparse feedback is %v", name, err)
		}
	}
}
