package synapse_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"paracrine/synapse"
)

func TestFixedInDegree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWiring(t, 30)
		rule := synapse.FixedInDegree{
			InDegree:  rapid.IntRange(0, w.Pre).Draw(t, "in-degree"),
			Autapses:  rapid.Bool().Draw(t, "autapses"),
			Multapses: rapid.Bool().Draw(t, "multapses"),
		}
		if rule.Check(w) != nil {
			t.Skip("too few sources")
		}
		pairs := connectedAll(rule, w)
		_, in := degrees(pairs, w)
		for post, n := range in {
			if n != rule.InDegree {
				t.Fatalf("target %d has %d synapses, want %d", post, n, rule.InDegree)
			}
		}
		if float64(len(pairs)) != rule.Expected(w) {
			t.Fatalf("%d synapses, expected %v", len(pairs), rule.Expected(w))
		}
		requireSimple(t, pairs, w, rule.Autapses, rule.Multapses)
	})
}

// TestInDegreeSources asks whether all sources are equally probable, where few
// of them are taken, where most are, and where each target excludes another
// one. Without replacement the variance is 1 − (in-degree − 1)/(sources − 1) of
// that with it, that of the hypergeometric distribution.
func TestInDegreeSources(t *testing.T) {
	w := synapse.Wiring{Pre: 50, Post: 5000, Seed: 1}
	for name, c := range map[string]struct {
		rule          synapse.FixedInDegree
		varianceShare float64
	}{
		"with replacement": {synapse.FixedInDegree{InDegree: 20, Multapses: true}, 1},
		"without":          {synapse.FixedInDegree{InDegree: 20}, 1 - 19./49},
		"most":             {synapse.FixedInDegree{InDegree: 40}, 1 - 39./49},
	} {
		out, _ := degrees(connectedAll(c.rule, w), w)
		requireEvenly(t, name, out, c.varianceShare)
	}
}

// TestSourcesOtherThanItself counts how far, around the ring of cells, a source is
// from its target when a cell may not be its own: all distances but 0 alike.
func TestSourcesOtherThanItself(t *testing.T) {
	for _, rule := range []synapse.FixedInDegree{{InDegree: 7, Multapses: true}, {InDegree: 4}, {InDegree: 15}} {
		w := synapse.Wiring{Pre: 20, Post: 20, Shared: true}
		counts := make([]int, 20)
		for w.Seed = range 300 {
			for _, p := range connectedAll(rule, w) {
				counts[(p.pre+20-p.post)%20]++
			}
		}
		if counts[0] != 0 {
			t.Errorf("%#v: %d autapses", rule, counts[0])
		}
		share := 1.0
		if !rule.Multapses {
			share = 1 - float64(rule.InDegree-1)/18
		}
		requireEvenly(t, "distance", counts[1:], share)
	}
}

// TestInDegreePairsAreIndependent counts how often two given sources meet in one
// target: without replacement, with probability k(k−1)/(n(n−1)).
func TestInDegreePairsAreIndependent(t *testing.T) {
	w := synapse.Wiring{Pre: 10, Post: 20_000, Seed: 4}
	for _, k := range []int{3, 8} {
		have := make([][10]bool, w.Post)
		for _, p := range connectedAll(synapse.FixedInDegree{InDegree: k}, w) {
			have[p.post][p.pre] = true
		}
		both := 0
		for _, h := range have {
			if h[2] && h[7] {
				both++
			}
		}
		p := float64(k*(k-1)) / 90
		requireNear(t, "targets of both", both, p*20_000, math.Sqrt(20_000*p*(1-p)))
	}
}

func TestInDegreeRefusals(t *testing.T) {
	shared := synapse.Wiring{Pre: 10, Post: 10, Shared: true}
	requireRefused(t, []refusal{
		{synapse.FixedInDegree{InDegree: -1}, shared, "in-degree -1; allowed: 0 to 9, the number of sources of a cell, itself excluded, unless multapses are allowed"},
		{synapse.FixedInDegree{InDegree: 10}, shared, "in-degree 10; allowed: 0 to 9, the number of sources of a cell, itself excluded, unless multapses are allowed"},
		{synapse.FixedInDegree{InDegree: 11, Autapses: true}, shared, "in-degree 11; allowed: 0 to 10, the number of sources of a cell, unless multapses are allowed"},
		{synapse.FixedInDegree{InDegree: 1, Multapses: true}, synapse.Wiring{Pre: 1, Post: 2, Shared: true}, "in-degree 1; allowed: 0 to 0, for a cell has no sources, itself excluded"},
		{synapse.FixedInDegree{InDegree: math.MaxInt32 + 1, Multapses: true}, shared, "in-degree 2147483648; allowed: 0 to 2147483647"},
	})
	requireTaken(t, shared, synapse.FixedInDegree{InDegree: 9}, synapse.FixedInDegree{InDegree: 10, Autapses: true}, synapse.FixedInDegree{InDegree: 100, Multapses: true})
}

// TestInDegreeAllocatesNothingPerTarget connects more targets with the same
// number of allocations.
func TestInDegreeAllocatesNothingPerTarget(t *testing.T) {
	w := synapse.Wiring{Pre: 100, Post: 1000}
	for _, rule := range []synapse.FixedInDegree{{InDegree: 20, Multapses: true}, {InDegree: 20}, {InDegree: 80}} {
		few := testing.AllocsPerRun(5, func() { rule.Connect(w, 0, 1, func(synapse.Batch) {}) })
		many := testing.AllocsPerRun(5, func() { rule.Connect(w, 0, w.Post, func(synapse.Batch) {}) })
		if many > few {
			t.Errorf("%#v: %v allocations for 1000 targets, %v for one", rule, many, few)
		}
	}
}
