package learning

import (
	"fmt"
	"math"
	"slices"
)

// The feedback B (K × N) of the learning signal L = B d:
//
//	symmetric   W_outᵀ (the shape of W_out, transposed where it is used)
//	random      fixed (Lillicrap et al. 2016)
//	sparse      random, all but a share of it zero
//	frozen      the initial W_outᵀ
//	adaptive    random at first, then changed by the updates of W_out
//
// Under the same updates Δ and a decay of both, B ← B + Δ − λB, W ← W + Δ − λW,
// their difference decays: B comes to be W_outᵀ although no synapse is told
// another's weight (Kolen & Pollack 1994; Akrout et al. 2019; adaptive e-prop,
// Bellec et al. 2020). Without a decay their difference stays as it began.

// AdaptFeedback makes B an array that is trained with the others. It begins at
// the fixed random feedback.
func (n *Network) AdaptFeedback() { n.AdaptiveFeedback = slices.Clone(n.RandomFeedback) }

// sparseFeedback is the random feedback with a share of its weights, at least
// one: the first in order.
func (n *Network) sparseFeedback(density float64) []float64 {
	b := make([]float64, len(n.RandomFeedback))
	kept := max(1, int(math.Round(density*float64(len(b)))))
	for _, i := range n.FeedbackOrder[:kept] {
		b[i] = n.RandomFeedback[i]
	}
	return b
}

// TeachFeedback gives an adaptive B the gradient of W_out, and its own decay by
// the given strength. It belongs before Shrink, which adds that of W_out.
func (g *Gradient) TeachFeedback(net *Network, strength float64) {
	for i, b := range net.AdaptiveFeedback {
		g.Feedback[i] = g.Out[i] + float64(strength*b)
	}
}

// chooseFeedback refuses what the network lacks and makes a sparse B.
func (c *Credit) chooseFeedback() error {
	name := c.Rule.Feedback
	switch {
	case name == "symmetric" || name == "frozen":
		return nil
	case c.net.RandomFeedback == nil:
		return &RuleError{c.Rule.Given, fmt.Sprintf("feedback=%s, but the network has no fixed random feedback (B_fb)", name)}
	case name == "sparse" && c.net.FeedbackOrder == nil:
		return &RuleError{c.Rule.Given, "feedback=sparse, but nothing says which weights of B_fb are kept; set the others to zero there and use feedback=random"}
	case name == "sparse":
		c.feedback = c.net.sparseFeedback(c.Rule.Density)
	}
	return nil
}

// refreshFeedback follows weights that have changed.
func (c *Credit) refreshFeedback() {
	switch c.Rule.Feedback {
	case "sparse": // never changes
	case "random":
		c.feedback = c.net.RandomFeedback
	case "frozen":
		c.feedback = c.net.FrozenFeedback
	case "adaptive":
		c.feedback = c.net.AdaptiveFeedback
		if c.feedback == nil { // where no rule trains it
			c.feedback = c.net.RandomFeedback
		}
	default:
		c.feedback = c.net.Out.W
	}
}
