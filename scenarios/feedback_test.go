package scenarios

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"paracrine/learning"
)

// trainerOf is a trainer of a scenario by a rule.
func trainerOf(t *testing.T, s *Scenario, rule string) *Trainer {
	t.Helper()
	r, err := learning.ParseRule(rule)
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := NewTrainer(s, r, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	return trainer
}

// iterate learns from a number of batches.
func iterate(t *testing.T, trainer *Trainer, count int) {
	t.Helper()
	for range count {
		if _, err := trainer.Iterate(); err != nil {
			t.Fatal(err)
		}
	}
}

// gapsTo is W_out − B, weight by weight.
func gapsTo(net *learning.Network) []float64 {
	gaps := slices.Clone(net.Out.W)
	for i, b := range net.AdaptiveFeedback {
		gaps[i] -= b
	}
	return gaps
}

// Under the same updates and a decay λ of both, every iteration takes the share
// rate·λ off the difference of W_out and B (Kolen & Pollack 1994), whatever is
// learnt; without a decay it stays.
func TestAdaptiveFeedbackApproachesTheReadout(t *testing.T) {
	const rate, iterations = 0.02, 25
	for _, lambda := range []float64{0, 2} {
		for _, update := range []string{"batch", "trial"} {
			s := spikingScenario(t, fmt.Sprintf("learning.optimiser={name: sgd, rate: %v}", rate), fmt.Sprintf("learning.l2=%v", lambda),
				"learning.regularisation.coefficient=1e-9", "learning.update="+update)
			trainer := trainerOf(t, s, "eprop:feedback=adaptive")
			net := trainer.Network
			if !slices.Equal(net.AdaptiveFeedback, net.RandomFeedback) {
				t.Fatal("adaptive feedback does not begin at random")
			}
			want, first := gapsTo(net), slices.Clone(net.AdaptiveFeedback)
			iterate(t, trainer, iterations)
			for i := range want {
				want[i] *= math.Pow(1-rate*lambda, iterations)
			}
			if d := difference(gapsTo(net), want); !(d <= 1e-12) {
				t.Errorf("l2 %v, per %s: W_out − B is off by %v", lambda, update, d)
			}
			if difference(net.AdaptiveFeedback, first) < 1e-3 || !slices.Equal(net.RandomFeedback, first) {
				t.Errorf("l2 %v, per %s: B has not moved, or what it began at has", lambda, update)
			}
		}
	}
}

// The feedback of a rule that trains it is the one that alignment replays with.
func TestAdaptiveFeedbackIsReplayed(t *testing.T) {
	s := spikingScenario(t, "learning.optimiser={name: sgd, rate: 0.02}", "learning.regularisation.coefficient=1e-9")
	trainer := trainerOf(t, s, "eprop:feedback=adaptive")
	iterate(t, trainer, 10)
	var rules []learning.Rule
	for _, text := range []string{"eprop:feedback=adaptive", "eprop:feedback=random"} {
		rule, err := learning.ParseRule(text)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, rule)
	}
	replayed, err := trainer.Align(rules)
	if err != nil {
		t.Fatal(err)
	}
	copy(trainer.Network.RandomFeedback, trainer.Network.AdaptiveFeedback)
	again, err := trainer.Align(rules)
	if err != nil {
		t.Fatal(err)
	}
	if replayed[0] == replayed[1] || again[1] != replayed[0] {
		t.Errorf("replayed with adaptive and random feedback: %v; with what was adaptive as random: %v", replayed, again)
	}
}

// A trainer that continues from a state does so to the bit, B and its moments
// included.
func TestAdaptiveFeedbackIsRestored(t *testing.T) {
	for _, optimiser := range []string{"{name: adam, rate: 1e-3}", "{name: sgd, rate: 0.02, momentum: 0.9}"} {
		s := spikingScenario(t, "learning.optimiser="+optimiser, "learning.l2=0.01")
		trainer, resumed := trainerOf(t, s, "eprop:feedback=adaptive"), trainerOf(t, s, "eprop:feedback=adaptive")
		iterate(t, trainer, 4)
		if err := resumed.Restore(trainer.State()); err != nil {
			t.Fatal(err)
		}
		iterate(t, trainer, 4)
		iterate(t, resumed, 4)
		for i, a := range trainer.Network.Arrays() {
			if !slices.Equal(a.Values, resumed.Network.Arrays()[i].Values) {
				t.Errorf("%s: %s differs", optimiser, a.Name)
			}
		}
	}
}

// Whatever the rule, the feedback and when weights change: absent synapses stay
// absent and weights keep the sign of the cell they leave, while others move.
func TestSpikingNetworksKeepMasksAndSigns(t *testing.T) {
	for _, rule := range []string{
		"bptt", "eprop:feedback=random", "eprop:feedback=sparse,density=0.3", "eprop:feedback=adaptive", "eprop:route=events,feedback=frozen",
		"mdgl:weights=existing", "modprop:mu=mean-derivative,span=20", "modprop:weights=expression,route=state-space", "modprop:route=events,feedback=adaptive",
	} {
		for _, update := range []string{"batch", "online"} {
			sets := []string{
				"network.dale=true", "network.cells.0.sign=excitatory", "network.cells.1.sign=inhibitory", "network.cells.1.parameters.tau=30 ms",
				"learning.optimiser={name: adam, rate: 5e-3}", "learning.l2=1e-3",
			}
			if update == "online" && rule == "bptt" {
				continue
			}
			for i := range 3 {
				sets = append(sets, fmt.Sprintf("network.projections.%d.connection={rule: bernoulli, probability: 0.4}", i))
			}
			s := spikingScenario(t, sets...)
			s.Learning.Update, s.Learning.Interval, s.Learning.Regularisation = update, 10, Regularisation{}
			trainer := trainerOf(t, s, rule)
			net := trainer.Network
			before := slices.Concat(net.In.W, net.Rec.W, net.Out.W)
			iterate(t, trainer, 15)
			keptMasksAndSigns(t, rule+", per "+update, net, before, trainer.signs)
		}
	}
}

// keptMasksAndSigns compares a trained network with its weights before.
func keptMasksAndSigns(t *testing.T, what string, net *learning.Network, before []float64, signs *learning.Signs) {
	t.Helper()
	after, exists := slices.Concat(net.In.W, net.Rec.W, net.Out.W), slices.Concat(net.In.Exists, net.Rec.Exists, net.Out.Exists)
	absent, moved := 0, 0
	for i, w := range after {
		switch {
		case exists[i] && w != before[i]:
			moved++
		case !exists[i]:
			absent++
			if w != 0 {
				t.Errorf("%s: weight %d of an absent synapse is %v", what, i, w)
			}
		}
		sign := signs.Inputs[i%len(signs.Inputs)]
		if from := len(net.In.W); i >= from {
			sign = signs.Cells[(i-from)%len(signs.Cells)]
		}
		if w*sign < 0 {
			t.Errorf("%s: weight %d, whose sign is %v, has become %v", what, i, sign, w)
		}
	}
	if absent < len(after)/4 || moved < len(after)/4 {
		t.Errorf("%s: of %d weights %d are absent and %d have moved, too few to tell", what, len(after), absent, moved)
	}
}
