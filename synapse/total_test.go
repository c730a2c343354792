package synapse_test

import (
	"testing"

	"pgregory.net/rapid"

	"paracrine/synapse"
)

func TestFixedTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWiring(t, 20)
		rule := synapse.FixedTotal{
			Total:     rapid.IntRange(0, w.Pre*w.Post).Draw(t, "total"),
			Autapses:  rapid.Bool().Draw(t, "autapses"),
			Multapses: rapid.Bool().Draw(t, "multapses"),
		}
		if rule.Check(w) != nil {
			t.Skip("too few pairs")
		}
		pairs := connectedAll(rule, w)
		if len(pairs) != rule.Total || rule.Expected(w) != float64(rule.Total) {
			t.Fatalf("%d synapses, %v expected, want %d", len(pairs), rule.Expected(w), rule.Total)
		}
		requireSimple(t, pairs, w, rule.Autapses, rule.Multapses)
	})
}

// TestTotalPairs asks whether all pairs are equally probable, over many
// projections of few cells, one of which has no autapse to give up: Without
// replacement the variance is (pairs − total)/(pairs − 1) of that with it.
func TestTotalPairs(t *testing.T) {
	for name, c := range map[string]struct {
		rule          synapse.FixedTotal
		varianceShare float64
	}{
		"with replacement": {synapse.FixedTotal{Total: 9, Multapses: true}, 1},
		"few":              {synapse.FixedTotal{Total: 6}, (17 - 6) / 16.},
		"most":             {synapse.FixedTotal{Total: 13}, (17 - 13) / 16.},
		"half":             {synapse.FixedTotal{Total: 8}, (17 - 8) / 16.},
	} {
		w := synapse.Wiring{Pre: 4, Post: 5, Shared: true, Offset: 1} // copies are pairs (1,0), (2,1), (3,2)
		counts := make(map[pair]int)
		for w.Seed = range 3000 {
			for _, p := range connectedAll(c.rule, w) {
				counts[p]++
			}
		}
		if len(counts) != 17 {
			t.Errorf("%s: %d different pairs, want 17", name, len(counts))
		}
		var list []int
		for _, n := range counts {
			list = append(list, n)
		}
		requireEvenly(t, name, list, c.varianceShare)
	}
}

// TestTotalDegrees asks whether targets and sources share a large total evenly:
// with replacement, both degrees are multinomial.
func TestTotalDegrees(t *testing.T) {
	w := synapse.Wiring{Pre: 70, Post: 60, Seed: 5}
	out, in := degrees(connectedAll(synapse.FixedTotal{Total: 50_000, Multapses: true}, w), w)
	requireEvenly(t, "out-degrees", out, 1)
	requireEvenly(t, "in-degrees", in, 1)
}

func TestTotalRefusals(t *testing.T) {
	shared := synapse.Wiring{Pre: 4, Post: 5, Shared: true}
	requireRefused(t, []refusal{
		{synapse.FixedTotal{Total: 17}, shared, "total 17; allowed: 0 to 16, the number of pairs without autapses"},
		{synapse.FixedTotal{Total: 21, Autapses: true}, shared, "total 21; allowed: 0 to 20, the number of pairs"},
		{synapse.FixedTotal{Total: -1, Multapses: true}, shared, "total -1; allowed: 0 to 2147483647"},
		{synapse.FixedTotal{Total: 1, Multapses: true}, synapse.Wiring{Pre: 1, Post: 1, Shared: true}, "total 1; allowed: 0 to 0, the number of pairs without autapses"},
	})
	requireTaken(t, shared, synapse.FixedTotal{Total: 16}, synapse.FixedTotal{Total: 20, Autapses: true}, synapse.FixedTotal{Total: 1000, Multapses: true})
}
