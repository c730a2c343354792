package synapse_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paracrine/synapse"
)

// TestAllToAll compares with two loops over all pairs.
func TestAllToAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWiring(t, 20)
		rule := synapse.AllToAll{Autapses: rapid.Bool().Draw(t, "autapses")}
		var want []pair
		for post := range w.Post {
			for pre := range w.Pre {
				if rule.Autapses || !w.Shared || pre != w.Offset+post {
					want = append(want, pair{uint32(pre), uint32(post)})
				}
			}
		}
		if got := connectedAll(rule, w); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		if rule.Expected(w) != float64(len(want)) {
			t.Fatalf("%v synapses expected, want %d", rule.Expected(w), len(want))
		}
	})
}
