package scenarios

import (
	"errors"
	"math"
	"slices"
	"testing"

	"paracrine/learning"
	"paracrine/neuron"
)

// spikingScenario is pattern generation by LIF and ALIF cells, small, with
// values overridden as --set does.
func spikingScenario(t *testing.T, sets ...string) *Scenario {
	t.Helper()
	s, err := Load("pattern-generation", append([]string{
		"task.duration=100 ms", "task.inputs=20",
		"network.cells=[{name: plain, count: 6, sign: mixed, model: lif, parameters: {tau: 30 ms, threshold: 0.03, refractory: 5 ms}}," +
			"{name: adaptive, count: 4, sign: mixed, model: alif, parameters: {tau: 20 ms, threshold: 0.03, tau-adaptation: 200 ms, beta: 1.8}}]",
		"network.projections.0.weights.sd=0.5",
	}, sets...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func builtCells(t *testing.T, s *Scenario) *neuron.AdaptiveSpiking {
	t.Helper()
	net, err := s.Build(1)
	if err != nil {
		t.Fatal(err)
	}
	return net.Cells.(*neuron.AdaptiveSpiking)
}

// TestNetworkKnowsItsSeed: rules that draw themselves draw by it.
func TestNetworkKnowsItsSeed(t *testing.T) {
	net, err := spikingScenario(t).Build(7)
	if err != nil {
		t.Fatal(err)
	}
	if net.Seed != 7 {
		t.Errorf("the network of seed 7 has seed %d", net.Seed)
	}
}

// Each preset writes the equations as its paper does: c_v, c_a and the steps that
// a refractory period of 5 ms silences (NEST counts the spike's own, the scripts of
// Liu et al. 2021 and Barretto-Bittar et al. 2026 do not).
func TestPresetsOfSpikingCells(t *testing.T) {
	eta, rho, kappa := math.Exp(-1.0/20), math.Exp(-1.0/200), math.Exp(-1.0/30)
	for _, c := range []struct {
		preset      string
		input, adds float64
		atThreshold bool
		silent      int
		reset       bool
	}{
		{"bellec2020-evidence", 1, 1, true, 4, false},
		{"bellec2020-pattern", 1 - eta, 1 - rho, false, 4, false},
		{"liu2021", 1 - eta, 1 - rho, false, 5, true},
		{"barretto2026", 1 - eta, 1 - rho, false, 5, false},
	} {
		s := spikingScenario(t, "network.conventions="+c.preset)
		cells := builtCells(t, s)
		if got := cells.Gain[9]; got != c.input {
			t.Errorf("%s: c_v %v, want %v", c.preset, got, c.input)
		}
		if got := cells.AdaptationGain[9]; got != c.adds {
			t.Errorf("%s: c_a %v, want %v", c.preset, got, c.adds)
		}
		if cells.AtThreshold != c.atThreshold || cells.ResetInTrace != c.reset || cells.SilentSteps[0] != c.silent {
			t.Errorf("%s: at threshold %v, reset differentiated %v, %d silent steps", c.preset, cells.AtThreshold, cells.ResetInTrace, cells.SilentSteps[0])
		}
		if cells.Decay[9] != eta || cells.AdaptationDecay[9] != rho || cells.Adaptation[9] != 1.8 || cells.Threshold[9] != 0.03 {
			t.Errorf("%s: adaptive cell has η %v, ρ %v, β %v, ϑ %v", c.preset, cells.Decay[9], cells.AdaptationDecay[9], cells.Adaptation[9], cells.Threshold[9])
		}
		if cells.Adaptation[0] != 0 || cells.SilentSteps[9] != 0 {
			t.Errorf("%s: β %v of a lif cell, %d silent steps of a cell without refractory period", c.preset, cells.Adaptation[0], cells.SilentSteps[9])
		}
		net, err := s.Build(1)
		if err != nil {
			t.Fatal(err)
		}
		if net.ReadoutGain != 1-kappa {
			t.Errorf("%s: c_out %v, want %v", c.preset, net.ReadoutGain, 1-kappa)
		}
	}
}

// A key beside the preset overrides it.
func TestKeysOverridePresets(t *testing.T) {
	cells := builtCells(t, spikingScenario(t, "network.conventions=liu2021", "network.input-scale=one", "network.adaptation-scale=one",
		"network.refractoriness=after-spike", "network.spike=at-threshold", "network.reset=differentiated",
		"network.surrogate={name: arctan, dampening: 0.5, steepness: 2}"))
	if cells.Gain[9] != 1 || cells.AdaptationGain[9] != 1 || cells.SilentSteps[0] != 5 || !cells.AtThreshold || !cells.ResetInTrace {
		t.Errorf("c_v %v, c_a %v, %d silent steps, at threshold %v, reset differentiated %v",
			cells.Gain[9], cells.AdaptationGain[9], cells.SilentSteps[0], cells.AtThreshold, cells.ResetInTrace)
	}
	if cells.Surrogate != neuron.ArcTan || cells.Dampening != 0.5 || cells.Steepness != 2 {
		t.Errorf("surrogate %v, dampening %v, steepness %v", cells.Surrogate, cells.Dampening, cells.Steepness)
	}
}

// The file writes β as a number; it is the paper's 1.7 in units in which a spike
// is an input of 1 − η to potentials and of 1 − ρ to thresholds.
func TestEvidenceAccumulationOfBellec2020(t *testing.T) {
	s, err := Load("evidence-accumulation-bellec2020", nil)
	if err != nil {
		t.Fatal(err)
	}
	cells := builtCells(t, s)
	beta := 1.7 * (1 - math.Exp(-1.0/2000)) / (1 - math.Exp(-1.0/20))
	if got := cells.Adaptation[0]; math.Abs(got/beta-1) > 1e-4 || cells.Adaptation[99] != 0 || cells.Gain[0] != 1 || s.Task.Steps(1) != 2250 {
		t.Errorf("β %v (want %v) and %v, c_v %v, %d steps", got, beta, cells.Adaptation[99], cells.Gain[0], s.Task.Steps(1))
	}
}

// newTrainer prepares a scenario, by a rule and with seed 1.
func newTrainer(tb testing.TB, s *Scenario, rule string, workers int) *Trainer {
	tb.Helper()
	parsed, err := learning.ParseRule(rule)
	if err != nil {
		tb.Fatal(err)
	}
	trainer, err := NewTrainer(s, parsed, 1, workers)
	if err != nil {
		tb.Fatal(err)
	}
	return trainer
}

// rateGradient is the gradient of W_rec over the first batch, by e-prop and tiles
// of some size.
func rateGradient(t *testing.T, s *Scenario, size int) []float64 {
	t.Helper()
	trainer := newTrainer(t, s, "eprop", 2)
	trials := trialRange{streamTraining, 0, s.Training.Batch}
	if err := trainer.regularise(trials); err != nil {
		t.Fatal(err)
	}
	_, g, err := trainer.runTiles(trials, size, []*learning.Credit{trainer.Credit})
	if err != nil {
		t.Fatal(err)
	}
	return g[0].Rec
}

// difference is the largest of two gradients, in units of the largest element.
func difference(a, b []float64) float64 {
	most, apart := 0.0, 0.0
	for i := range a {
		most, apart = math.Max(most, math.Abs(a[i])), math.Max(apart, math.Abs(a[i]-b[i]))
	}
	return apart / most
}

// Every trial of pattern generation is the same, so the regularisation of rates
// is, per trial and per batch, that of one trial, which the loss series of NEST
// confirm.
func TestRegularisationOfAlikeTrials(t *testing.T) {
	const regularisation = "learning.regularisation={rate: 10 Hz, coefficient: 1e6, per: "
	one := rateGradient(t, spikingScenario(t, regularisation+"trial}"), 1)
	without := rateGradient(t, spikingScenario(t, `learning.regularisation={rate: 10 Hz, coefficient: 1e-9}`), 1)
	if d := difference(one, without); !(d > 0.1) {
		t.Fatalf("the regularisation changes the gradient by %v of it: the test shows nothing", d)
	}
	for _, per := range []string{"trial", "batch"} {
		for _, size := range []int{1, 2} {
			many := rateGradient(t, spikingScenario(t, regularisation+per+"}", "training.batch=3"), size)
			if d := difference(one, many); !(d < 1e-12) {
				t.Errorf("per %s, tiles of %d: %v from the gradient of one trial", per, size, d)
			}
		}
	}
}

// Trials that differ have a mean rate of their batch, whatever the tiles; it is
// another regularisation than that of their own rates.
func TestRegularisationOfDifferentTrials(t *testing.T) {
	evidence := func(per string) *Scenario {
		s, err := Load("evidence-accumulation", []string{"task.cues=1", "task.delay=20 ms", "training.batch=5",
			"learning.regularisation={rate: 10 Hz, coefficient: 1e4, per: " + per + "}"})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, per := range []string{"trial", "batch"} {
		if d := difference(rateGradient(t, evidence(per), 1), rateGradient(t, evidence(per), 3)); !(d < 1e-12) {
			t.Errorf("per %s: tiles of 1 and of 3 trials are %v apart", per, d)
		}
	}
	if d := difference(rateGradient(t, evidence("trial"), 3), rateGradient(t, evidence("batch"), 3)); !(d > 1e-3) {
		t.Errorf("per trial and per batch are %v apart", d)
	}
}

// runningTwin trains like a regularisation by running average, written out: the
// average after n updates is αⁿ rate + (1−α) Σ_k α^(n−1−k) f_k, of rates f_k that
// are counted in a pass of their own. It returns W_rec.
func runningTwin(t *testing.T, s *Scenario, rate, timeConstant float64, updates int) []float64 {
	t.Helper()
	trainer := newTrainer(t, s, "mdgl", 1)
	batch, steps := s.Training.Batch, len(trainer.window)
	if s.Learning.Update == "trial" {
		batch = 1
	}
	alpha := math.Exp(-float64(batch*steps) / timeConstant)
	var seen [][]float64
	for n := range updates {
		mean := make([]float64, s.cellCount())
		for p := range mean {
			mean[p] = math.Pow(alpha, float64(n)) * rate
			for k, f := range seen {
				mean[p] += (1 - alpha) * math.Pow(alpha, float64(n-1-k)) * f[p]
			}
		}
		trials := trialRange{streamTraining, uint64(n * batch), batch}
		trainer.Credit.Rates = learning.RateRegularisation{Strength: s.Learning.Regularisation.Coefficient, Target: rate, Trials: batch, Mean: mean}
		_, g, err := trainer.runTiles(trials, batch, []*learning.Credit{trainer.Credit})
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, countedRates(t, trainer, trials))
		if err := errors.Join(trainer.update(g[0]), trainer.Credit.Refresh()); err != nil {
			t.Fatal(err)
		}
	}
	return trainer.Network.Rec.W
}

// countedRates is, per cell, the spikes per step over trials, counted in the
// record of one trial after another.
func countedRates(t *testing.T, trainer *Trainer, trials trialRange) []float64 {
	t.Helper()
	rates := make([]float64, trainer.scenario.cellCount())
	b, err := trainer.workers[0].batch(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range trainer.draw(trials) {
		b.SetTrial(0, trial.Input, trial.Target, trial.Class)
		if err := b.Run(); err != nil {
			t.Fatal(err)
		}
		for step := range b.Record.Steps {
			for p, z := range b.Record.RateAt(step) {
				rates[p] += z / float64(trials.count*b.Record.Steps)
			}
		}
	}
	return rates
}

// learned is W_rec after some iterations.
func learned(t *testing.T, trainer *Trainer, iterations int) []float64 {
	t.Helper()
	for range iterations {
		if _, err := trainer.Iterate(); err != nil {
			t.Fatal(err)
		}
	}
	return trainer.Network.Rec.W
}

// A running average of rates is the weighted sum of those before, per batch and
// per trial; how long it remembers matters, and it is not the batch's own rate.
func TestRegularisationByRunningAverage(t *testing.T) {
	evidence := func(update, regularisation string) *Scenario {
		s, err := Load("evidence-accumulation", []string{"task.cues=1", "task.delay=20 ms", "training.batch=3", "learning.update=" + update,
			"network.projections.0.weights={distribution: normal, sd: 2}", "learning.regularisation={rate: 10 Hz, coefficient: 1e4, " + regularisation + "}"})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const iterations = 4
	for update, perIteration := range map[string]int{"batch": 1, "trial": 3} {
		s := evidence(update, "per: running, time-constant: 2 s")
		got := learned(t, newTrainer(t, s, "mdgl", 2), iterations)
		want := runningTwin(t, s, 0.01, 2000, iterations*perIteration)
		if d := difference(want, got); !(d < 1e-12) {
			t.Errorf("update per %s: %v from the weights of the twin", update, d)
		}
		for _, other := range []string{"per: running, time-constant: 4 s", "per: batch", "per: trial"} {
			if d := difference(got, learned(t, newTrainer(t, evidence(update, other), "mdgl", 2), iterations)); !(d > 1e-6) {
				t.Errorf("update per %s: %s is %v apart", update, other, d)
			}
		}
	}
}

// Forward with the trial the regularisation is the one that runs backward, and
// online over the whole trial it is that of a batch; shorter intervals are not.
func TestRegularisationWithinTheTrial(t *testing.T) {
	const iterations = 3
	train := func(rule, pull string, sets ...string) []float64 {
		s := onlineScenario(t, append(sets, "learning.rule='"+rule+"'", "learning.regularisation={rate: 10 Hz, coefficient: "+pull+"}")...)
		return learned(t, newTrainer(t, s, rule, 2), iterations)
	}
	online := func(interval string) []string {
		return []string{"learning.update=online", "learning.interval=" + interval}
	}
	for _, per := range []string{"per: trial", "per: running, time-constant: 2 s"} {
		pull := "1e4, " + per
		for _, rule := range []string{"eprop", "modprop"} {
			forward := withRoute(rule, "state-space")
			want := train(rule, pull)
			if d := difference(want, train(rule, "1e-9")); !(d > 1e-3) {
				t.Errorf("%s, %s: the regularisation moves weights by %v of them: the test shows nothing", rule, per, d)
			}
			forms := map[string][]float64{"forward": train(forward, pull), "online": train(forward, pull, online("100 ms")...)}
			if per != "per: trial" {
				events := withRoute(rule, "events")
				forms["at events"] = train(events, pull)
				spikes := func(pull string) []float64 { return train(events, pull, "learning.update=spikes") }
				if d := difference(spikes(pull), spikes("1e-9, "+per)); !(d > 1e-3) {
					t.Errorf("%s, %s: updates at spikes feel no regularisation: %v", rule, per, d)
				}
			}
			for name, got := range forms {
				if d := difference(want, got); !(d < 1e-9) {
					t.Errorf("%s, %s, %s: %v from backward over batches", rule, per, name, d)
				}
			}
			if d := difference(want, train(forward, pull, online("20 ms")...)); !(d > 1e-6) {
				t.Errorf("%s, %s: updates every 20 ms are only %v apart", rule, per, d)
			}
		}
	}
}

// A rule that comes from elsewhere than the file is refused, too, where it
// cannot take the regularisation.
func TestRegularisationAtEvents(t *testing.T) {
	s := spikingScenario(t)
	for _, per := range []string{"trial", "batch", "running"} {
		s.Learning.Regularisation.Per = per
		for _, route := range []string{"state-space", "taps", "adjoint", "events"} {
			s.Learning.Rule = RuleSpec{Name: "modprop", Options: map[string]string{"route": route}}
			if err := s.CheckRule(); (err == nil) != (route != "events" || per != "trial") {
				t.Errorf("route=%s, per: %s: %v", route, per, err)
			}
		}
	}
	s.Learning.Regularisation = Regularisation{}
	s.Learning.Rule = RuleSpec{Name: "modprop", Options: map[string]string{"route": "events"}}
	if err := s.CheckRule(); err != nil {
		t.Error(err)
	}
}

// Loss falls: spiking cells learn by every kind of rule, in a task that is short
// enough for a test.
func TestSpikingCellsLearn(t *testing.T) {
	for _, text := range []string{"eprop:feedback=random", "mdgl", "modprop", "bptt"} {
		s := spikingScenario(t, "learning.optimiser.rate=5e-3", "learning.regularisation.coefficient=1e-9")
		trainer := newTrainer(t, s, text, 1)
		var first, last float64
		for i := range 150 {
			m, err := trainer.Iterate()
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = m.Loss
			}
			last = m.Loss
		}
		if !(last < 0.5*first) {
			t.Errorf("%s: loss from %v to %v", text, first, last)
		}
	}
}

// TestBalancedInputs: inputs that inhibit are as many as asked for; balanced
// weights cancel at every cell, and keep their signs in training, in which some
// come to zero.
func TestBalancedInputs(t *testing.T) {
	s := spikingScenario(t, "network.inhibitory-inputs=7", "network.dale=true",
		"network.projections.0.weights={distribution: balanced}", "learning.l1=0.1", "learning.optimiser.rate=0.1")
	rule, err := learning.ParseRule("eprop")
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := NewTrainer(s, rule, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	in := trainer.Network.In
	start, inhibitory := slices.Clone(in.W), 0
	for i := range in.Pre {
		if start[i] < 0 {
			inhibitory++
		}
	}
	if inhibitory != 7 {
		t.Errorf("%d of %d inputs inhibit, want 7", inhibitory, in.Pre)
	}
	for p := range in.Post {
		sum := 0.0
		for _, w := range start[p*in.Pre : (p+1)*in.Pre] {
			sum += w
		}
		if math.Abs(sum) > 1e-12 {
			t.Errorf("the inputs of cell %d sum to %v", p, sum)
		}
	}
	if _, err := trainer.Iterate(); err != nil {
		t.Fatal(err)
	}
	gone := 0
	for i, w := range in.W {
		if w*start[i] < 0 {
			t.Errorf("weight %d went from %v to %v", i, start[i], w)
		}
		if w == 0 {
			gone++
		}
	}
	if gone == 0 || gone == len(in.W) {
		t.Errorf("%d of %d weights came to zero", gone, len(in.W))
	}
}
