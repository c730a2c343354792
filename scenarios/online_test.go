package scenarios

import (
	"errors"
	"slices"
	"testing"

	"paracrine/internal/trial"
	"paracrine/learning"
)

// onlineScenario is spikingScenario, trained by plain descent and with
// differentiated reset, trials of 100 ms.
func onlineScenario(t *testing.T, sets ...string) *Scenario {
	t.Helper()
	return spikingScenario(t, append([]string{"network.reset=differentiated", "training.batch=3",
		"learning={rule: 'eprop:route=events', optimiser: {name: sgd, rate: 0.02}}"}, sets...)...)
}

// gradientSum is an optimiser that sums gradients and leaves weights alone.
type gradientSum struct {
	learning.Optimiser
	sum   [][]float64
	steps int
}

func (o *gradientSum) Step(_, gradient [][]float64, _ float64) {
	o.steps++
	for i, g := range gradient {
		if len(o.sum) == i {
			o.sum = append(o.sum, make([]float64, len(g)))
		}
		for j, x := range g {
			o.sum[i][j] += x
		}
	}
}

// causalRules are rules whose synapses remember different things.
var causalRules = []string{"eprop:feedback=random", "mdgl", "modprop", "modprop:diagonal=zero"}

// Traces and filters go on across updates within the trial: with weights that stay
// as they are, the gradients of all intervals sum to that of the whole trial, by
// every route.
func TestOnlineTracesSurviveUpdates(t *testing.T) {
	for _, rule := range causalRules {
		whole := newTrainer(t, onlineScenario(t), rule, 1)
		want := &gradientSum{Optimiser: whole.optimiser}
		whole.optimiser = want
		learned(t, whole, 1)
		for _, route := range []string{"state-space", "events"} {
			for interval, updates := range map[string]int{"1 ms": 100, "7 ms": 15, "30 ms": 4} {
				trainer := newTrainer(t, onlineScenario(t, "learning.update=online", "learning.interval="+interval), withRoute(rule, route), 1)
				got := &gradientSum{Optimiser: trainer.optimiser}
				trainer.optimiser = got
				learned(t, trainer, 1)
				if got.steps != updates {
					t.Errorf("%s: %d updates every %s, want %d", rule, got.steps, interval, updates)
				}
				for i, name := range []string{"W_in", "W_rec", "W_out"} {
					if d := difference(want.sum[i], got.sum[i]); !(d < 1e-9) {
						t.Errorf("%s, route=%s, every %s: the gradients of %s are %v apart", rule, route, interval, name, d)
					}
				}
			}
		}
	}
}

// withRoute adds a route to a rule.
func withRoute(rule, route string) string {
	spec, err := ParseRuleSpec(rule)
	if err != nil {
		panic(err)
	}
	spec.set("route", route)
	return spec.String()
}

// An interval as long as the trial is an update per batch and, where that is one
// trial, per trial; a shorter one is not.
func TestOnlineOverTheTrialIsABatch(t *testing.T) {
	const iterations = 5
	for _, rule := range causalRules {
		for _, c := range []struct{ update, batch string }{{"batch", "3"}, {"trial", "1"}} {
			batch := "training.batch=" + c.batch
			want := learned(t, newTrainer(t, onlineScenario(t, batch, "learning.update="+c.update), rule, 1), iterations)
			for _, route := range []string{"state-space", "events"} {
				online := func(interval string) []float64 {
					s := onlineScenario(t, batch, "learning.update=online", "learning.interval="+interval)
					return learned(t, newTrainer(t, s, withRoute(rule, route), 1), iterations)
				}
				if d := difference(want, online("100 ms")); !(d < 1e-9) {
					t.Errorf("%s, route=%s: %v from an update per %s", rule, route, d, c.update)
				}
				if d := difference(want, online("50 ms")); !(d > 1e-6) {
					t.Errorf("%s, route=%s: updates every 50 ms are only %v from one per %s", rule, route, d, c.update)
				}
			}
		}
	}
}

// spikeTwin trains as updates at spikes do, the obvious way: traces of every step,
// and in every synapse the sum of what it was taught since it changed last.
type spikeTwin struct {
	trainer      *Trainer
	causal       learning.Causal
	batch        *trial.Batch
	step, waited *learning.Gradient
}

// iterate learns from the trials of one iteration.
func (s *spikeTwin) iterate(t *testing.T, iteration int) {
	t.Helper()
	trainer, count := s.trainer, s.trainer.scenario.Training.Batch
	s.step, s.waited = learning.NewGradient(trainer.Network), learning.NewGradient(trainer.Network)
	s.causal = trainer.Credit.NewCausal(count)
	var err error
	if s.batch, err = trial.New(trainer.Network, trainer.step, trainer.loss, trainer.window, count); err != nil {
		t.Fatal(err)
	}
	for i, one := range trainer.draw(trialRange{streamTraining, uint64(iteration * count), count}) {
		s.batch.SetTrial(i, one.Input, one.Target, one.Class)
	}
	s.batch.OnStep = func(step int) error {
		s.step.Clear()
		s.causal.Step(s.step, s.batch.Record, step)
		return nil
	}
	s.batch.OnAct = s.act
	if err := s.batch.Run(); err != nil {
		t.Fatal(err)
	}
}

// act changes weights at the end of a step: those of the cells, whose synapses
// have heard of the steps before only, and those of the readout.
func (s *spikeTwin) act(step int) error {
	r, net := s.batch.Record, s.trainer.Network
	last := step == r.Steps-1
	if last {
		s.waited.Add(s.step)
	}
	s.change(0, last, r.InputAt(step))
	s.change(1, last, r.RateBefore(step))
	if !last {
		s.waited.Add(s.step)
	}
	s.change(2, last, r.RateAt(step))
	if s.trainer.scenario.Network.Readout.Bias {
		s.change(3, true, nil)
	}
	net.Changed()
	err := s.trainer.Credit.Refresh()
	s.causal.Refresh()
	return err
}

// change applies to one of the network's arrays what its synapses wait with: all
// of it, or where one of the trials has a spike.
func (s *spikeTwin) change(array int, all bool, z []float64) {
	a, waited := s.trainer.Network.Arrays()[array], s.waited.Arrays()[array]
	for i := range a.Values {
		spiked := all
		for j := i % a.Cols; j < len(z); j += a.Cols {
			spiked = spiked || z[j] != 0
		}
		if !spiked {
			continue
		}
		if a.Exists == nil || a.Exists[i] {
			a.Values[i] -= s.trainer.Rate() * waited[i]
		}
		waited[i] = 0
	}
	if s.trainer.signs != nil {
		s.trainer.signs.Hold(s.trainer.Network)
	}
}

// Updates at spikes are those of the twin, for rules whose synapses remember
// different things, with and without sparsity and Dale's law; and they are neither
// updates at every step nor per batch.
func TestUpdatesAtSpikes(t *testing.T) {
	const iterations = 3
	sparse := []string{"network.dale=true", "network.inhibitory-inputs=7", "network.cells.0.sign=excitatory", "network.cells.1.sign=inhibitory",
		"network.projections.1.connection={rule: bernoulli, probability: 0.5}", "network.projections.2.connection={rule: bernoulli, probability: 0.7}"}
	for name, sets := range map[string][]string{"dense": {"network.readout.bias=true"}, "sparse": sparse} {
		for _, rule := range causalRules {
			learn := func(update, route string, with ...string) *Trainer {
				s := onlineScenario(t, slices.Concat(sets, with, []string{"learning.update=" + update})...)
				return newTrainer(t, s, withRoute(rule, route), 1)
			}
			trainer := learn("spikes", "events")
			twin := &spikeTwin{trainer: learn("spikes", "state-space")}
			for i := range iterations {
				learned(t, trainer, 1)
				twin.iterate(t, i)
			}
			for i, want := range twin.trainer.Network.Arrays() {
				if want.Name == "b_out" && name == "sparse" {
					continue // without biases
				}
				if d := difference(want.Values, trainer.Network.Arrays()[i].Values); !(d < 1e-9) {
					t.Errorf("%s, %s: %s is %v from the twin's", name, rule, want.Name, d)
				}
			}
			for _, other := range []*Trainer{learn("batch", "events"), learn("online", "events", "learning.interval=1 ms")} {
				if d := difference(trainer.Network.Rec.W, learned(t, other, iterations)); !(d > 1e-7) {
					t.Errorf("%s, %s: update: %s is only %v apart", name, rule, other.scenario.Learning.Update, d)
				}
			}
		}
	}
}

// Loss falls with every way of updating.
func TestSpikingCellsLearnWithinTheTrial(t *testing.T) {
	for _, update := range []string{"trial", "online", "spikes"} {
		sets := []string{"training.batch=1", "learning.update=" + update}
		if update == "online" {
			sets = append(sets, "learning.interval=10 ms")
		}
		trainer := newTrainer(t, onlineScenario(t, sets...), "eprop:feedback=random,route=events", 1)
		first, err := trainer.Validate()
		if err != nil {
			t.Fatal(err)
		}
		learned(t, trainer, 150)
		if last, err := trainer.Validate(); err != nil || !(last.Loss < 0.5*first.Loss) {
			t.Errorf("update per %s: loss from %v to %v (%v)", update, first.Loss, last.Loss, err)
		}
	}
}

// A gradient that is not finite stops a run, wherever its weight would change.
func TestUpdatesAtSpikesStopAtNonFinite(t *testing.T) {
	trainer := newTrainer(t, onlineScenario(t, "learning.update=spikes", "learning.optimiser.rate=1e200"), "eprop:route=events", 1)
	for range 20 {
		_, err := trainer.Iterate()
		var found *learning.NonFiniteError
		if errors.As(err, &found) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Error("a rate of 1e200 goes on")
}

// Updates within the trial refuse what takes the whole of it; those at spikes, a
// route in which nothing waits for one.
func TestRulesWithinTheTrialAreChecked(t *testing.T) {
	online, spikes := onlineScenario(t, "learning.update=online", "learning.interval=10 ms"), onlineScenario(t, "learning.update=spikes")
	for _, c := range []struct {
		s       *Scenario
		rule    string
		accepts bool
	}{
		{online, "eprop", true}, {online, "modprop:route=events", true}, {online, "rtrl", true},
		{online, "bptt", false}, {online, "tbptt:window=5", false}, {online, "modprop:route=adjoint", false},
		{spikes, "eprop:route=events", true}, {spikes, "mdgl:route=events", true},
		{spikes, "eprop", false}, {spikes, "modprop:route=state-space", false}, {spikes, "rtrl", false}, {spikes, "bptt", false},
	} {
		spec, err := ParseRuleSpec(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		c.s.Learning.Rule = spec
		if err := c.s.CheckRule(); (err == nil) != c.accepts {
			t.Errorf("update: %s, %s: %v", c.s.Learning.Update, c.rule, err)
		}
	}
}
