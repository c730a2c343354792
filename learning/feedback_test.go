package learning_test

import (
	"slices"
	"testing"

	"paracrine/learning"
)

func TestFeedbackOfEveryWeightIsRandomFeedback(t *testing.T) {
	eachLive(t, func(t *testing.T, c *circuit) {
		c.identity(t, "modprop:feedback=sparse,density=1", "modprop:feedback=random")
		c.identity(t, "modprop:feedback=adaptive", "modprop:feedback=random")
	})
}

// TestOneWeightOfFeedbackTeachesOneCell: where no credit goes on, only the cell
// that the weight belongs to learns.
func TestOneWeightOfFeedbackTeachesOneCell(t *testing.T) {
	c := plain().build(t)
	requireLive(t, c)
	taught := c.net.FeedbackOrder[0] % c.cells
	g := c.gradient(t, "eprop:feedback=sparse,density=1e-9")
	for p := range c.cells {
		if learns := largest(g.Rec[p*c.cells:(p+1)*c.cells]) > 0; learns != (p == taught) {
			t.Errorf("cell %d learns: %v; the feedback reaches cell %d", p, learns, taught)
		}
	}
}

// TestAdaptiveFeedbackIsTaughtAsTheReadout: B has the gradient of W_out and a
// decay of its own, joins neither norm nor alignment, and is what credit uses.
func TestAdaptiveFeedbackIsTaughtAsTheReadout(t *testing.T) {
	c := plain().build(t)
	requireLive(t, c)
	without := c.gradient(t, "eprop:feedback=adaptive")
	if without.Feedback != nil || len(c.net.Arrays()) != 4 {
		t.Error("B is trained where nobody asked for it")
	}
	c.net.AdaptFeedback()
	g := c.gradient(t, "eprop:feedback=adaptive")
	aligned := learning.Align(g, without)
	g.TeachFeedback(c.net, 0.5)
	for i, b := range c.net.AdaptiveFeedback {
		if b != c.net.RandomFeedback[i] || g.Feedback[i] != g.Out[i]+0.5*b {
			t.Fatalf("B[%d] begins at %v and has the gradient %v; random feedback is %v, the gradient of W_out %v", i, b, g.Feedback[i], c.net.RandomFeedback[i], g.Out[i])
		}
	}
	if again := learning.Align(g, without); again != aligned {
		t.Errorf("aligned %v, with the gradient of B %v", aligned, again)
	}
	feedback := slices.Clone(g.Feedback)
	norm := without.Clip(0)
	if got := g.Clip(norm / 4); got != norm {
		t.Errorf("norm %v, with the gradient of B %v", norm, got)
	}
	for i, x := range feedback {
		feedback[i] = x / 4
	}
	if d := distance(g.Feedback, feedback); !(d <= 1e-15) {
		t.Errorf("clipped to a quarter, the gradient of B is off by %v", d)
	}
	before := c.gradient(t, "eprop:feedback=adaptive")
	c.net.AdaptiveFeedback[0] += 1
	requireDifferent(t, "after B has changed", c.gradient(t, "eprop:feedback=adaptive"), before)
	requireEqual(t, "random feedback", c.gradient(t, "eprop:feedback=random"), before, 0)
}
