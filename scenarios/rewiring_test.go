package scenarios

import (
	"slices"
	"testing"

	"paracrine/learning"
)

// sparseScenario is spikingScenario with sparse projections that are rewired.
func sparseScenario(t *testing.T, sets ...string) *Scenario {
	t.Helper()
	return spikingScenario(t, append([]string{
		"network.projections=[" +
			"{from: input, to: plain, connection: {rule: fixed-in-degree, in-degree: 6}, weights: {distribution: normal, sd: 0.5}}," +
			"{from: input, to: adaptive, weights: {distribution: normal, sd: 0.5}}," +
			"{from: cells, to: plain, connection: {rule: bernoulli, probability: 0.4}, weights: {distribution: normal, sd: 0.1}}," +
			"{from: cells, to: adaptive, connection: {rule: bernoulli, probability: 0.3, autapses: true}, weights: {distribution: normal, sd: 0.1}}," +
			"{from: cells, to: readout, connection: {rule: bernoulli, probability: 0.5}, weights: {distribution: normal, sd: 0.1}}]",
		"network.inhibitory-inputs=8", "network.cells.0.sign=excitatory", "network.cells.1.sign=inhibitory", "network.dale=true",
		"learning.optimiser={name: adam, rate: 0.01}", "learning.regularisation.coefficient=1e-9",
		"learning.rewiring={name: deep-r, l1: 0.1, temperature: 1e-2}",
	}, sets...)...)
}

// synapses counts those of every projection.
func synapses(s *Scenario, net *learning.Network) []int {
	counts := make([]int, len(s.Network.Projections))
	for i, p := range s.Network.Projections {
		b := s.block(net, p)
		for post := b.post[0]; post < b.post[1]; post++ {
			for pre := b.pre[0]; pre < b.pre[1]; pre++ {
				if b.matrix.Connected(post, pre) {
					counts[i]++
				}
			}
		}
	}
	return counts
}

// Every projection keeps its number of synapses, Dale's law holds, no autapse
// comes up where there may be none; and yet other pairs are connected in the end,
// in the sparse projections and in no other.
func TestRewiring(t *testing.T) {
	for _, update := range []string{"batch", "trial"} {
		s := sparseScenario(t, "learning.update="+update)
		trainer := newTrainer(t, s, "eprop", 1)
		net := trainer.Network
		before := synapses(s, net)
		at := [][]bool{slices.Clone(net.In.Exists), slices.Clone(net.Rec.Exists), slices.Clone(net.Out.Exists)}
		for range 30 {
			if _, err := trainer.Iterate(); err != nil {
				t.Fatal(err)
			}
			if now := synapses(s, net); !slices.Equal(now, before) {
				t.Fatalf("%v synapses become %v", before, now)
			}
		}
		for i, a := range net.Arrays()[:3] {
			if slices.Equal(at[i], a.Exists) {
				t.Errorf("update per %s: the same synapses in %s", update, a.Name)
			}
			for j, w := range a.Values {
				if !a.Exists[j] && w != 0 {
					t.Errorf("%s[%d] is %v without a synapse", a.Name, j, w)
				}
			}
		}
		for j, w := range slices.Concat(net.Rec.W, net.Out.W) {
			if w*s.signs(1).Cells[j%10] < 0 {
				t.Errorf("weight %d from cell %d is %v", j, j%10, w)
			}
		}
		for j, w := range net.In.W {
			if w*s.signs(1).Inputs[j%20] < 0 {
				t.Errorf("weight %d from input %d is %v", j, j%20, w)
			}
		}
		for p := range 6 {
			if net.Rec.Connected(p, p) {
				t.Errorf("cell %d has an autapse", p)
			}
		}
	}
}

// Synapses that come and go have their traces in every route: they learn alike.
func TestRewiringInEveryRoute(t *testing.T) {
	const iterations = 10
	net := func(rule string) *learning.Network {
		s := sparseScenario(t)
		s.Learning.Regularisation = Regularisation{}
		trainer := newTrainer(t, s, rule, 1)
		learned(t, trainer, iterations)
		if m, err := trainer.Validate(); err != nil || !(m.Activity > 0.01) {
			t.Fatalf("%v spikes per step (%v): too few to learn from", m.Activity, err)
		}
		return trainer.Network
	}
	want := net("modprop:route=adjoint")
	if old, err := sparseScenario(t).Build(1); err != nil || slices.Equal(old.Rec.Exists, want.Rec.Exists) {
		t.Errorf("the same synapses after %d iterations (%v): the comparison shows nothing", iterations, err)
	}
	for _, route := range []string{"events", "state-space"} {
		got := net("modprop:route=" + route)
		if !slices.Equal(got.Rec.Exists, want.Rec.Exists) || !slices.Equal(got.In.Exists, want.In.Exists) {
			t.Errorf("route=%s connects other cells than route=adjoint", route)
		}
		if d := difference(want.Rec.W, got.Rec.W); !(d < 1e-9) {
			t.Errorf("route=%s: %v from the weights of route=adjoint", route, d)
		}
	}
}

// A trainer that takes over from another's state goes on to the bit, with the
// other's synapses.
func TestRewiringResumes(t *testing.T) {
	begin := func() *Trainer { return newTrainer(t, sparseScenario(t), "eprop", 1) }
	whole := begin()
	learned(t, whole, 5)
	state := map[string][]float64{}
	for name, values := range whole.State() {
		state[name] = slices.Clone(values)
	}
	resumed := begin()
	if slices.Equal(resumed.Network.Rec.Exists, whole.Network.Rec.Exists) {
		t.Fatal("the same synapses at the start: the comparison shows nothing")
	}
	if err := resumed.Restore(state); err != nil {
		t.Fatal(err)
	}
	learned(t, whole, 5)
	learned(t, resumed, 5)
	for i, a := range whole.Network.Arrays() {
		if b := resumed.Network.Arrays()[i]; !slices.Equal(a.Values, b.Values) || !slices.Equal(a.Exists, b.Exists) {
			t.Errorf("%s goes on in another way", a.Name)
		}
	}
}
