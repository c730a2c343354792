package synapse_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"paracrine/synapse"
)

// pair is one synapse as a rule yields it.
type pair struct{ pre, post uint32 }

// connected is all synapses onto a range of targets, in the order yielded.
func connected(rule synapse.Rule, w synapse.Wiring, from, to int) []pair {
	var pairs []pair
	rule.Connect(w, from, to, func(b synapse.Batch) {
		for i, post := range b.Post {
			if int(post) >= from && int(post) < to {
				pairs = append(pairs, pair{b.Pre[i], post})
			}
		}
	})
	return pairs
}

// connectedAll is all synapses of a rule.
func connectedAll(rule synapse.Rule, w synapse.Wiring) []pair { return connected(rule, w, 0, w.Post) }

// degrees counts the synapses of each source and each target.
func degrees(pairs []pair, w synapse.Wiring) (out, in []int) {
	out, in = make([]int, w.Pre), make([]int, w.Post)
	for _, p := range pairs {
		out[p.pre]++
		in[p.post]++
	}
	return out, in
}

// multiplicity counts the synapses of each pair.
func multiplicity(pairs []pair) map[pair]int {
	count := make(map[pair]int)
	for _, p := range pairs {
		count[p]++
	}
	return count
}

// requireSimple fails where cells connect with their own copies or pairs have
// several synapses although that is excluded.
func requireSimple(t rapid.TB, pairs []pair, w synapse.Wiring, autapses, multapses bool) {
	t.Helper()
	for p, n := range multiplicity(pairs) {
		if !autapses && w.Shared && int(p.pre) == w.Offset+int(p.post) {
			t.Fatalf("source %d connects to target %d, which is itself", p.pre, p.post)
		}
		if !multapses && n > 1 {
			t.Fatalf("the pair %v has %d synapses", p, n)
		}
	}
}

// requireEvenly fails where counts are not as those of things falling with equal
// probability would be. Pearson's χ² has len(counts)−1 degrees of freedom, times
// the share of the multinomial variance that the counts have.
func requireEvenly(t *testing.T, what string, counts []int, varianceShare float64) {
	t.Helper()
	total := 0
	for _, c := range counts {
		total += c
	}
	mean := float64(total) / float64(len(counts))
	chi := 0.0
	for _, c := range counts {
		chi += (float64(c) - mean) * (float64(c) - mean) / mean
	}
	chi /= varianceShare
	law := distuv.ChiSquared{K: float64(len(counts) - 1)}
	if p := law.CDF(chi); p < 0.0005 || p > 0.9995 {
		t.Errorf("%s: χ² is %.1f for %d counts, a probability below of %.5f", what, chi, len(counts), p)
	}
}

// requireNear fails where a count is more than four standard deviations from
// its mean.
func requireNear(t *testing.T, what string, count int, mean, deviation float64) {
	t.Helper()
	if math.Abs(float64(count)-mean) > 4*deviation {
		t.Errorf("%s: %d, want %.1f ± %.1f", what, count, mean, deviation)
	}
}

// drawWiring is two populations, or overlapping ranges of cells of one.
func drawWiring(t *rapid.T, largest int) synapse.Wiring {
	w := synapse.Wiring{
		Pre:    rapid.IntRange(1, largest).Draw(t, "pre"),
		Post:   rapid.IntRange(1, largest).Draw(t, "post"),
		Shared: rapid.Bool().Draw(t, "shared"),
		Seed:   rapid.Uint64().Draw(t, "seed"),
		Index:  rapid.Uint64Range(0, 5).Draw(t, "index"),
	}
	if w.Shared {
		w.Offset = rapid.IntRange(-largest, largest).Draw(t, "offset")
	}
	w.PrePositions, w.PostPositions = scattered(w.Pre, w.Seed), scattered(w.Post, w.Seed+1)
	return w
}

// scattered is positions in a box of 100 × 100 × 20 µm.
func scattered(cells int, seed uint64) [][3]float64 {
	r := rand.New(rand.NewPCG(seed, 3))
	positions := make([][3]float64, cells)
	for i := range positions {
		positions[i] = [3]float64{100 * r.Float64(), 100 * r.Float64(), 20 * r.Float64()}
	}
	return positions
}

// numbered is what is drawn per synapse, its key and its place among those of
// the key, and which synapse it belongs to.
type numbered struct {
	key   uint64
	place int
	pair
	weight, delay float64
}

// drawn is the synapses onto a range of targets with what identifies what is
// drawn for them, ordered.
func drawn(rule synapse.Rule, w synapse.Wiring, from, to int) []numbered {
	var all []numbered
	places := make(map[uint64]int)
	rule.Connect(w, from, to, func(b synapse.Batch) {
		for i, post := range b.Post {
			n := numbered{key: b.Key, place: places[b.Key], pair: pair{b.Pre[i], post}}
			places[b.Key]++
			if b.Weight != nil {
				n.weight = b.Weight[i]
			}
			if b.Delay != nil {
				n.delay = b.Delay[i]
			}
			if int(post) >= from && int(post) < to {
				all = append(all, n)
			}
		}
	})
	return all
}

func orderNumbered(a, b numbered) int {
	if a.key != b.key {
		if a.key < b.key {
			return -1
		}
		return 1
	}
	return a.place - b.place
}

// drawRule is a rule that can connect the cells, of any kind.
func drawRule(t *rapid.T, w synapse.Wiring) synapse.Rule {
	rules := candidates(t, w)
	for {
		rule := rapid.SampledFrom(rules).Draw(t, "rule")
		if rule.Check(w) == nil {
			return rule
		}
	}
}

// candidates is a rule of each kind; the first can connect any cells.
func candidates(t *rapid.T, w synapse.Wiring) []synapse.Rule {
	autapses, multapses := rapid.Bool().Draw(t, "autapses"), rapid.Bool().Draw(t, "multapses")
	return []synapse.Rule{
		synapse.FixedInDegree{Autapses: true},
		synapse.FixedInDegree{rapid.IntRange(0, w.Pre).Draw(t, "in-degree"), autapses, multapses},
		synapse.FixedOutDegree{rapid.IntRange(0, w.Post).Draw(t, "out-degree"), autapses, multapses},
		synapse.FixedTotal{rapid.IntRange(0, w.Pre*w.Post).Draw(t, "total"), autapses, multapses},
		synapse.AllToAll{Autapses: autapses},
		synapse.OneToOne{},
		synapse.Bernoulli{Probability: rapid.Float64Range(0, 1).Draw(t, "probability"), Autapses: autapses},
		drawDistance(t, autapses),
		drawList(t, w),
	}
}

// drawDistance is a rule that depends on distance, of any profile.
func drawDistance(t *rapid.T, autapses bool) synapse.DistanceDependent {
	rule := synapse.DistanceDependent{
		Probability: rapid.Float64Range(0, 1).Draw(t, "p_max"),
		Profile: synapse.Profile{
			Kind:  rapid.SampledFrom(profiles).Draw(t, "profile"),
			Scale: rapid.Float64Range(1, 200).Draw(t, "scale"),
		},
		Autapses: autapses,
	}
	for axis := range rule.Extent {
		rule.Extent[axis] = rapid.SampledFrom([]float64{0, 100, 130}).Draw(t, "extent")
	}
	return rule
}

var profiles = []synapse.ProfileKind{synapse.GaussianProfile, synapse.ExponentialProfile, synapse.BoxProfile, synapse.LogisticProfile}

// drawList is a list of any synapses.
func drawList(t *rapid.T, w synapse.Wiring) *synapse.Explicit {
	list := new(synapse.Explicit)
	weights, delays := rapid.Bool().Draw(t, "weights"), rapid.Bool().Draw(t, "delays")
	for range rapid.IntRange(0, 50).Draw(t, "synapses") {
		list.Pre = append(list.Pre, uint32(rapid.IntRange(0, w.Pre-1).Draw(t, "source")))
		list.Post = append(list.Post, uint32(rapid.IntRange(0, w.Post-1).Draw(t, "target")))
		if weights {
			list.Weight = append(list.Weight, rapid.Float64Range(-5, 5).Draw(t, "weight"))
		}
		if delays {
			list.Delay = append(list.Delay, rapid.Float64Range(0.1, 5).Draw(t, "delay"))
		}
	}
	if weights && list.Weight == nil {
		list.Weight = []float64{}
	}
	return list
}

// TestRangesJoinToTheWhole connects ranges of targets one by one: synapses, their
// order within keys, and so what is drawn for them, are those of one range.
func TestRangesJoinToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWiring(t, 40)
		rule := drawRule(t, w)
		want := drawn(rule, w, 0, w.Post)
		cuts := rapid.SliceOfN(rapid.IntRange(0, w.Post), 0, 4).Draw(t, "cuts")
		slices.Sort(cuts)
		var got []numbered
		from := 0
		for _, to := range append(cuts, w.Post) {
			got = append(got, drawn(rule, w, from, to)...)
			from = to
		}
		slices.SortFunc(got, orderNumbered)
		slices.SortFunc(want, orderNumbered)
		if !slices.Equal(got, want) {
			t.Fatalf("%#v, cut at %v:\n%v\nwhole:\n%v", rule, cuts, got, want)
		}
	})
}

// TestProjectionsDiffer compares seeds and projections: each connects others.
func TestProjectionsDiffer(t *testing.T) {
	rule := synapse.FixedInDegree{InDegree: 20}
	base := synapse.Wiring{Pre: 100, Post: 10, Seed: 1, Index: 1}
	other, later := base, base
	other.Seed = 2
	later.Index = 2
	want := connectedAll(rule, base)
	if !slices.Equal(connectedAll(rule, base), want) {
		t.Error("the same projection connects other cells")
	}
	if slices.Equal(connectedAll(rule, other), want) || slices.Equal(connectedAll(rule, later), want) {
		t.Error("another seed or projection connects the same cells")
	}
}

// refusal is a rule that cannot connect some cells, and what is said about it.
type refusal struct {
	rule synapse.Rule
	w    synapse.Wiring
	want string
}

// requireRefused fails where a refusal does not name the key, what was given and
// what is allowed.
func requireRefused(t *testing.T, refusals []refusal) {
	t.Helper()
	for _, c := range refusals {
		err := c.rule.Check(c.w)
		var keyed *synapse.KeyError
		if !errors.As(err, &keyed) || err.Error() != c.want {
			t.Errorf("%#v: %v, want %s", c.rule, err, c.want)
		}
	}
}

// requireTaken fails where a rule that can connect the cells is refused.
func requireTaken(t *testing.T, w synapse.Wiring, rules ...synapse.Rule) {
	t.Helper()
	for _, rule := range rules {
		if err := rule.Check(w); err != nil {
			t.Errorf("%#v is refused: %v", rule, err)
		}
	}
}

func TestTooManyCellsAreRefused(t *testing.T) {
	const tooMany = math.MaxInt32 + 1
	requireRefused(t, []refusal{
		{synapse.FixedInDegree{InDegree: 1}, synapse.Wiring{Pre: tooMany, Post: 1}, fmt.Sprintf("from %d cells; allowed: 1 to 2147483647 cells", tooMany)},
		{synapse.FixedInDegree{InDegree: 1}, synapse.Wiring{Pre: 1}, "to 0 cells; allowed: 1 to 2147483647 cells"},
	})
}

// benchmarkRule gives the cost per synapse of one pass over all targets.
func benchmarkRule(b *testing.B, rule synapse.Rule, w synapse.Wiring) {
	if err := rule.Check(w); err != nil {
		b.Fatal(err)
	}
	synapses := 0
	count := func(batch synapse.Batch) { synapses += len(batch.Pre) }
	for b.Loop() {
		rule.Connect(w, 0, w.Post, count)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(synapses), "ns/synapse")
}

// BenchmarkConnect generates about a million synapses: 1000 onto each of 1000
// targets from 10 000 sources where the rule can.
func BenchmarkConnect(b *testing.B) {
	w := synapse.Wiring{Pre: 10_000, Post: 1000, Seed: 1}
	w.PrePositions, w.PostPositions = scattered(w.Pre, 1), scattered(w.Post, 2)
	for _, c := range []struct {
		name string
		rule synapse.Rule
	}{
		{"in-degree-multapses", synapse.FixedInDegree{InDegree: 1000, Multapses: true}},
		{"in-degree", synapse.FixedInDegree{InDegree: 1000}},
		{"out-degree", synapse.FixedOutDegree{OutDegree: 100}},
		{"total-multapses", synapse.FixedTotal{Total: 1_000_000, Multapses: true}},
		{"total", synapse.FixedTotal{Total: 1_000_000}},
		{"all-to-all", synapse.AllToAll{}},
		{"bernoulli", synapse.Bernoulli{Probability: 0.1}},
		{"gaussian", synapse.DistanceDependent{Probability: 1, Profile: synapse.Profile{Scale: 10}}},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkRule(b, c.rule, w) })
	}
}
