package synapse_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"paracrine/synapse"
)

// TestBernoulliPairs asks of the number of synapses, of each source and of two
// pairs side by side whether they are as independent events would be.
func TestBernoulliPairs(t *testing.T) {
	w := synapse.Wiring{Pre: 50, Post: 4000, Seed: 2}
	for _, p := range []float64{0.02, 0.3, 0.9} {
		rule := synapse.Bernoulli{Probability: p}
		pairs := connectedAll(rule, w)
		requireNear(t, "synapses", len(pairs), rule.Expected(w), math.Sqrt(200_000*p*(1-p)))
		out, in := degrees(pairs, w)
		// The variance of a binomial count is 1 − p of its mean; conditioned on the
		// total, the sum of squares still has one degree of freedom per count but one.
		requireEvenly(t, "out-degrees", out, 1-p)
		requireEvenly(t, "in-degrees", in, 1-p)
		exists := multiplicity(pairs)
		neighbours := 0
		for pair := range exists {
			pair.pre++
			neighbours += exists[pair]
		}
		// 49 × 4000 neighbours; those that overlap are correlated: the variance is
		// n p²(1 − p²) + 2 n p³(1 − p), to first order in overlaps.
		n := 49. * 4000
		requireNear(t, "neighbours", neighbours, n*p*p, math.Sqrt(n*(p*p*(1-p*p)+2*p*p*p*(1-p))))
	}
}

func TestBernoulliIsSimple(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWiring(t, 30)
		rule := synapse.Bernoulli{
			Probability: rapid.SampledFrom([]float64{0, 0.01, 0.5, 0.99, 1}).Draw(t, "p"),
			Autapses:    rapid.Bool().Draw(t, "autapses"),
		}
		pairs := connectedAll(rule, w)
		requireSimple(t, pairs, w, rule.Autapses, false)
		if p := rule.Probability; (p == 0 || p == 1) && float64(len(pairs)) != rule.Expected(w) {
			t.Fatalf("%d synapses with probability %v, want %v", len(pairs), p, rule.Expected(w))
		}
	})
}

func TestBernoulliRefusals(t *testing.T) {
	w := synapse.Wiring{Pre: 2, Post: 2}
	requireRefused(t, []refusal{
		{synapse.Bernoulli{Probability: -0.1}, w, "probability -0.1; allowed: 0 to 1"},
		{synapse.Bernoulli{Probability: 1.5}, w, "probability 1.5; allowed: 0 to 1"},
		{synapse.Bernoulli{Probability: math.NaN()}, w, "probability NaN; allowed: 0 to 1"},
	})
	requireTaken(t, w, synapse.Bernoulli{}, synapse.Bernoulli{Probability: 1})
}
