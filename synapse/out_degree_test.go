package synapse_test

import (
	"testing"

	"pgregory.net/rapid"

	"paracrine/synapse"
)

func TestFixedOutDegree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWiring(t, 30)
		rule := synapse.FixedOutDegree{
			OutDegree: rapid.IntRange(0, w.Post).Draw(t, "out-degree"),
			Autapses:  rapid.Bool().Draw(t, "autapses"),
			Multapses: rapid.Bool().Draw(t, "multapses"),
		}
		if rule.Check(w) != nil {
			t.Skip("too few targets")
		}
		pairs := connectedAll(rule, w)
		out, _ := degrees(pairs, w)
		for pre, n := range out {
			if n != rule.OutDegree {
				t.Fatalf("source %d has %d synapses, want %d", pre, n, rule.OutDegree)
			}
		}
		if float64(len(pairs)) != rule.Expected(w) {
			t.Fatalf("%d synapses, expected %v", len(pairs), rule.Expected(w))
		}
		requireSimple(t, pairs, w, rule.Autapses, rule.Multapses)
	})
}

// TestOutDegreeTargets asks whether all targets are equally probable; without
// replacement with the variance of the hypergeometric distribution.
func TestOutDegreeTargets(t *testing.T) {
	w := synapse.Wiring{Pre: 5000, Post: 50, Seed: 1}
	for _, c := range []struct {
		rule          synapse.FixedOutDegree
		varianceShare float64
	}{
		{synapse.FixedOutDegree{OutDegree: 20, Multapses: true}, 1},
		{synapse.FixedOutDegree{OutDegree: 20}, 1 - 19./49},
	} {
		_, in := degrees(connectedAll(c.rule, w), w)
		requireEvenly(t, "in-degrees", in, c.varianceShare)
	}
}

func TestOutDegreeRefusals(t *testing.T) {
	shared := synapse.Wiring{Pre: 4, Post: 10, Shared: true, Offset: -3}
	requireRefused(t, []refusal{
		{synapse.FixedOutDegree{OutDegree: 10}, shared, "out-degree 10; allowed: 0 to 9, the number of targets of a cell, itself excluded, unless multapses are allowed"},
		{synapse.FixedOutDegree{OutDegree: 11, Autapses: true}, shared, "out-degree 11; allowed: 0 to 10, the number of targets of a cell, unless multapses are allowed"},
	})
	apart := shared
	apart.Offset = 4
	requireTaken(t, shared, synapse.FixedOutDegree{OutDegree: 9}, synapse.FixedOutDegree{OutDegree: 10, Autapses: true})
	requireTaken(t, apart, synapse.FixedOutDegree{OutDegree: 10})
}
