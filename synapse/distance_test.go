package synapse_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"paracrine/synapse"
)

// apart is the distance of two points, the short way round where axes are rings.
func apart(a, b, extent [3]float64) float64 {
	sum := 0.0
	for axis := range a {
		d := math.Abs(a[axis] - b[axis])
		if extent[axis] > 0 {
			d = math.Min(d, extent[axis]-d)
		}
		sum += d * d
	}
	return math.Sqrt(sum)
}

// profileAt is f(d) as the documentation has it.
func profileAt(p synapse.Profile, d float64) float64 {
	switch p.Kind {
	case synapse.GaussianProfile:
		return math.Exp(-d * d / (2 * p.Scale * p.Scale))
	case synapse.ExponentialProfile:
		return math.Exp(-d / p.Scale)
	case synapse.LogisticProfile:
		return 1 / (1 + math.Exp(d*d/(4*p.Scale)))
	}
	if d <= p.Scale {
		return 1
	}
	return 0
}

func TestProfiles(t *testing.T) {
	for _, kind := range profiles {
		for _, d := range []float64{0, 1, 9.99, 10.01, 35, 200} {
			p := synapse.Profile{Kind: kind, Scale: 10}
			if got, want := p.At(d*d), profileAt(p, d); math.Abs(got-want) > 1e-12*want {
				t.Errorf("profile %d at %v µm is %v, want %v", kind, d, got, want)
			}
		}
	}
}

// TestDistanceProfiles recovers P(d) from the share of pairs connected in bins of
// distance: the sum of independent events of different probabilities, four
// standard deviations.
func TestDistanceProfiles(t *testing.T) {
	w := synapse.Wiring{Pre: 700, Post: 500, Seed: 3, PrePositions: scattered(700, 1), PostPositions: scattered(500, 2)}
	for name, rule := range map[string]synapse.DistanceDependent{
		"gaussian":     {Probability: 0.8, Profile: synapse.Profile{Kind: synapse.GaussianProfile, Scale: 15}},
		"exponential":  {Probability: 1, Profile: synapse.Profile{Kind: synapse.ExponentialProfile, Scale: 10}},
		"box":          {Probability: 0.3, Profile: synapse.Profile{Kind: synapse.BoxProfile, Scale: 25}},
		"logistic":     {Probability: 0.9, Profile: synapse.Profile{Kind: synapse.LogisticProfile, Scale: 100}},
		"rings":        {Probability: 0.8, Profile: synapse.Profile{Kind: synapse.GaussianProfile, Scale: 20}, Extent: [3]float64{100, 100, 0}},
		"everywhere":   {Probability: 0.02, Profile: synapse.Profile{Kind: synapse.GaussianProfile, Scale: 1e6}},
		"wide and few": {Probability: 0.001, Profile: synapse.Profile{Kind: synapse.ExponentialProfile, Scale: 50}},
	} {
		t.Run(name, func(t *testing.T) {
			pairs := multiplicity(connectedAll(rule, w))
			requireProfile(t, rule, w, pairs)
		})
	}
}

func requireProfile(t *testing.T, rule synapse.DistanceDependent, w synapse.Wiring, pairs map[pair]int) {
	t.Helper()
	const bins, width = 15, 10.0
	var found [bins]int
	var mean, variance [bins]float64
	total := 0.0
	for pre, a := range w.PrePositions {
		for post, b := range w.PostPositions {
			d := apart(a, b, rule.Extent)
			p := rule.Probability * profileAt(rule.Profile, d)
			bin := min(int(d/width), bins-1)
			found[bin] += pairs[pair{uint32(pre), uint32(post)}]
			mean[bin] += p
			variance[bin] += p * (1 - p)
			total += p
		}
	}
	for bin := range found {
		if math.Abs(float64(found[bin])-mean[bin]) > 4*math.Sqrt(variance[bin])+0.5 {
			t.Errorf("from %v µm on: %d synapses, want %.1f ± %.1f", float64(bin)*width, found[bin], mean[bin], math.Sqrt(variance[bin]))
		}
	}
	if got := rule.Expected(w); math.Abs(got-total) > 1e-9*total {
		t.Errorf("%v synapses expected, want %v", got, total)
	}
}

// TestDistancePairsAreIndependent compares the spread of the numbers of synapses
// over many projections with that of independent pairs: the variance of 2000
// counts is within four standard deviations, 4·√(2/2000) of itself.
func TestDistancePairsAreIndependent(t *testing.T) {
	w := synapse.Wiring{Pre: 60, Post: 1, PrePositions: scattered(60, 1), PostPositions: scattered(1, 2)}
	rule := synapse.DistanceDependent{Probability: 0.9, Profile: synapse.Profile{Scale: 40}}
	variance := 0.0
	for _, a := range w.PrePositions {
		p := rule.Probability * profileAt(rule.Profile, apart(a, w.PostPositions[0], rule.Extent))
		variance += p * (1 - p)
	}
	mean, squares := rule.Expected(w), 0.0
	const projections = 2000
	for w.Seed = range projections {
		d := float64(len(connectedAll(rule, w))) - mean
		squares += d * d
	}
	if ratio := squares / projections / variance; math.Abs(ratio-1) > 4*math.Sqrt(2./projections) {
		t.Errorf("the variance is %v of that of independent pairs", ratio)
	}
}

func TestDistanceIsSimple(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWiring(t, 60)
		autapses := rapid.Bool().Draw(t, "autapses")
		requireSimple(t, connectedAll(drawDistance(t, autapses), w), w, autapses, false)
	})
}

// TestBoxOfProbabilityOne connects exactly the pairs within the radius.
func TestBoxOfProbabilityOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWiring(t, 80)
		w.Shared = false
		rule := drawDistance(t, true)
		rule.Probability, rule.Profile.Kind = 1, synapse.BoxProfile
		pairs := multiplicity(connectedAll(rule, w))
		for pre, a := range w.PrePositions {
			for post, b := range w.PostPositions {
				p := pair{uint32(pre), uint32(post)}
				if near := apart(a, b, rule.Extent) <= rule.Profile.Scale; near != (pairs[p] == 1) {
					t.Fatalf("%v is connected %d times at %v µm", p, pairs[p], apart(a, b, rule.Extent))
				}
			}
		}
	})
}

// TestExpectedOfManyPairs compares the estimate with a number known: a box that
// holds everything.
func TestExpectedOfManyPairs(t *testing.T) {
	w := synapse.Wiring{Pre: 20_000, Post: 1000, Shared: true, PrePositions: scattered(20_000, 1), PostPositions: scattered(1000, 2)}
	rule := synapse.DistanceDependent{Probability: 0.5, Profile: synapse.Profile{Kind: synapse.BoxProfile, Scale: 1000}}
	if got, want := rule.Expected(w), 0.5*19_999*1000; math.Abs(got-want) > 1e-9*want {
		t.Errorf("%v synapses expected, want %v", got, want)
	}
}

func TestDistanceRefusals(t *testing.T) {
	w := synapse.Wiring{Pre: 2, Post: 1, PrePositions: [][3]float64{{0, 0, 0}, {50, 0, 0}}, PostPositions: [][3]float64{{0, 9, 0}}}
	good := synapse.DistanceDependent{Probability: 0.5, Profile: synapse.Profile{Scale: 10}, Extent: [3]float64{50, 9, 0}}
	requireTaken(t, w, good)
	bad := func(change func(*synapse.DistanceDependent)) synapse.DistanceDependent {
		rule := good
		change(&rule)
		return rule
	}
	missing, infinite := w, w
	missing.PrePositions = nil
	infinite.PostPositions = [][3]float64{{0, math.Inf(1), 0}}
	requireRefused(t, []refusal{
		{bad(func(r *synapse.DistanceDependent) { r.Probability = 2 }), w, "probability 2; allowed: 0 to 1"},
		{bad(func(r *synapse.DistanceDependent) { r.Profile.Scale = 0 }), w, "scale 0 µm; allowed: more than 0 µm"},
		{bad(func(r *synapse.DistanceDependent) {
			r.Profile = synapse.Profile{Kind: synapse.LogisticProfile, Scale: math.Inf(1)}
		}), w, "scale +Inf µm²; allowed: more than 0 µm²"},
		{bad(func(r *synapse.DistanceDependent) { r.Profile.Kind = 9 }), w, "profile 9; allowed: gaussian, exponential, box or logistic"},
		{bad(func(r *synapse.DistanceDependent) { r.Extent[0] = 49 }), w, "extent 49 µm along x; allowed: at least the 50 µm over which positions spread, or 0 for an axis that is no ring"},
		{bad(func(r *synapse.DistanceDependent) { r.Extent[2] = math.NaN() }), w, "extent NaN µm along z; allowed: at least the 0 µm over which positions spread, or 0 for an axis that is no ring"},
		{good, missing, "positions 0 for 2 source cells; allowed: one for every cell"},
		{good, infinite, "positions +Inf µm along y for target cell 0; allowed: −1e+09 to 1e+09 µm"},
	})
}
