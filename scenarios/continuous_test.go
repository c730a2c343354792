package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"paracrine/internal/trial"
	"paracrine/learning"
	"paracrine/neuron"
	"paracrine/sim"
)

// continuousScenario is a network of four types under Dale's law, connected by every
// rule, that learns from trials of 100 ms without a break.
func continuousScenario(t *testing.T, sets ...string) *Scenario {
	t.Helper()
	s, err := Load("pattern-generation", append([]string{
		"task.duration=100 ms", "task.inputs=20", "network.dale=true", "network.inhibitory-inputs=6",
		"network.cells=[" +
			"{name: a, count: 9, sign: excitatory, model: alif, parameters: {tau: 20 ms, threshold: 0.03, refractory: 3 ms, tau-adaptation: 100 ms, beta: 0.5}}," +
			"{name: b, count: 6, sign: excitatory, model: lif, parameters: {tau: 20 ms, threshold: 0.03}}," +
			"{name: c, count: 6, sign: inhibitory, model: lif, parameters: {tau: 20 ms, threshold: 0.02}}," +
			"{name: d, count: 3, sign: mixed, model: alif, parameters: {tau: 20 ms, threshold: 0.03, tau-adaptation: 50 ms, beta: 1}}]",
		"network.torus={rows: 4, columns: 6, placement: scattered}",
		"network.projections=[" +
			"{from: input, to: cells, connection: {rule: fixed-in-degree, in-degree: 12}, weights: {distribution: normal, mean: 0.1, sd: 0.1}}," +
			"{from: a, to: cells, connection: {rule: local, sigma: 0.2}, weights: {distribution: normal, sd: 0.1}}," +
			"{from: b, to: a, connection: {rule: fixed-total, synapses: 31}, weights: {distribution: constant, mean: 0.05}}," +
			"{from: c, to: cells, connection: {rule: bernoulli, probability: 0.4, autapses: true}, weights: {distribution: normal, sd: 0.2}}," +
			"{from: d, to: d, weights: {distribution: normal, sd: 0.1}}," +
			"{from: a, to: readout, weights: {distribution: normal, sd: 0.3}}," +
			"{from: c, to: readout, connection: {rule: bernoulli, probability: 0.7}, weights: {distribution: normal, sd: 0.3}}]",
		"network.readout={filter: 20 ms, bias: true}",
		"learning={rule: 'modprop:route=events', update: spikes, optimiser: {name: sgd, rate: 0.001}}",
		"training={trials: continuous, iterations: 3}",
		"expect=[]",
	}, sets...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// onMatrices is a continuous scenario with separate trials, of which there is one at a
// time.
func onMatrices(s *Scenario) *Scenario {
	separate := *s
	separate.Training.Trials, separate.Training.Batch = "separate", 1
	separate.Training.Validation = Validation{Every: 1, Batch: 1}
	return &separate
}

func newContinuous(t *testing.T, s *Scenario, workers int) *Continuous {
	t.Helper()
	rule, err := s.Learning.Rule.Parse()
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewContinuous(s, rule, s.Seed, workers)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// dense fills matrices, [post, pre], with the synapses of rows.
func dense(net *learning.SparseNetwork) (in, rec []float64) {
	n := len(net.Type)
	in, rec = make([]float64, n*net.Inputs), make([]float64, n*n)
	for _, rows := range net.Shares {
		for q := range n + net.Inputs {
			for i := rows.Starts[q]; i < rows.Starts[q+1]; i++ {
				if post := rows.From + int(rows.Target[i]); q < n {
					rec[post*n+q] = rows.Weight[i]
				} else {
					in[post*net.Inputs+q-n] = rows.Weight[i]
				}
			}
		}
	}
	return in, rec
}

// A sparse network is that on matrices, to the bit.
func TestSparseNetworkIsTheOneOnMatrices(t *testing.T) {
	s := continuousScenario(t)
	want, err := s.Build(3)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.BuildSparse(3)
	if err != nil {
		t.Fatal(err)
	}
	in, rec := dense(got)
	for name, pair := range map[string][2][]float64{
		"W_in": {in, want.In.W}, "W_rec": {rec, want.Rec.W}, "W_out": {got.Out, want.Out.W}, "B": {got.RandomFeedback, want.RandomFeedback},
		"signs of cells": {got.Signs.Cells, s.signs(3).Cells}, "signs of inputs": {got.Signs.Inputs, s.signs(3).Inputs},
		"η": {got.Cells.Decay, want.Cells.(*neuron.AdaptiveSpiking).Decay}, "κ": {{got.ReadoutDecay}, {want.ReadoutDecay}},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s is %v, on matrices %v", name, pair[0], pair[1])
		}
	}
	if !slices.Equal(got.Type, want.Type) || !slices.Equal(got.OutExists, want.Out.Exists) {
		t.Error("other types, or another readout")
	}
	if n := want.In.Synapses() + want.Rec.Synapses(); got.Synapses() != n {
		t.Errorf("%d synapses, on matrices %d", got.Synapses(), n)
	}
}

// continuousTwin learns as continuous trials do, the obvious way: matrices, traces of
// every step, and in every synapse the sum of what it was taught since it was touched.
type continuousTwin struct {
	spikeTwin
	trial int   // steps of a trial
	last  []int // by channel, cells first: the step of its trial in which it was touched last
}

// newContinuousTwin prepares some trials, one after the other, as one, each with a
// learning window.
func newContinuousTwin(t *testing.T, s *Scenario, rule string, trials int, window trial.Window) *continuousTwin {
	t.Helper()
	w := &continuousTwin{spikeTwin: spikeTwin{trainer: newTrainer(t, onMatrices(s), rule, 1)}}
	trainer := w.trainer
	_, n, _ := trainer.Network.Size()
	w.trial, w.last = len(window), slices.Repeat([]int{-1}, n+s.Task.Inputs())
	w.step, w.waited = learning.NewGradient(trainer.Network), learning.NewGradient(trainer.Network)
	w.causal = trainer.Credit.NewCausal(1)
	var err error
	if w.batch, err = trial.New(trainer.Network, sim.Millisecond, trainer.loss, slices.Repeat(window, trials), 1); err != nil {
		t.Fatal(err)
	}
	var input, target []float64
	for i := range trials {
		one := trainer.draw(trialRange{streamTraining, uint64(i), 1})[0]
		input, target = append(input, one.Input...), append(target, one.Target...)
	}
	w.batch.SetTrial(0, input, target, 0)
	w.batch.OnStep = func(step int) error {
		w.step.Clear()
		w.causal.Step(w.step, w.batch.Record, step)
		return nil
	}
	w.batch.OnAct = w.act
	return w
}

// act changes weights between a step and the next: the readout's, and those of synapses
// at which something is about to arrive, or whose block or trial ends.
func (w *continuousTwin) act(step int) error {
	net := w.trainer.Network
	w.waited.Add(w.step)
	w.change(2, true, nil)
	w.change(3, true, nil)
	touched := w.touched(step)
	n := net.Cells.Size()
	w.change(1, false, touched[:n])
	w.change(0, false, touched[n:])
	net.Changed()
	err := w.trainer.Credit.Refresh()
	w.causal.Refresh()
	return err
}

// touched is 1 for every channel whose synapses are touched after a step.
func (w *continuousTwin) touched(step int) []float64 {
	r, next := w.batch.Record, (step+1)%w.trial
	arriving := slices.Clone(r.RateAt(step))
	if step+1 < r.Steps {
		arriving = append(arriving, r.InputAt(step+1)...)
	}
	all := make([]float64, len(w.last))
	for q, last := range w.last {
		arrives := q < len(arriving) && arriving[q] != 0
		blockEnds := next%learning.BlockSteps == 0 && (last > next-learning.BlockSteps || last >= 0 && last < next-learning.PatienceSteps)
		if arrives || blockEnds || next == 0 {
			all[q], w.last[q] = 1, next
		}
	}
	return all
}

// Continuous trials are one long trial of the twin, whether synapses remember
// messengers or not, with learning signals all the time or in part of it; and what they
// teach is not lost between trials.
func TestContinuousAgreesWithMatrices(t *testing.T) {
	for _, c := range []struct {
		rule, length string
		silent       int // steps without a learning signal at the beginning of a trial
	}{
		{"eprop", "100 ms", 0}, {"modprop", "100 ms", 0}, {"modprop", "600 ms", 0}, {"modprop:feedback=random", "100 ms", 70},
		{"modprop:mu=0.1/0.2/0/0.4", "100 ms", 0},
	} {
		name := fmt.Sprintf("%s, %s, %d steps of silence", c.rule, c.length, c.silent)
		s := continuousScenario(t, "learning.rule="+withRoute(c.rule, "events"), "task.duration="+c.length)
		got := newContinuous(t, s, 2)
		clear(got.window[:c.silent])
		const trials = 3
		twin := newContinuousTwin(t, s, withRoute(c.rule, "state-space"), trials, got.window)
		if err := twin.batch.Run(); err != nil {
			t.Fatal(err)
		}
		loss := 0.0
		for range trials {
			m, err := got.Iterate()
			if err != nil {
				t.Fatal(err)
			}
			loss += m.Loss
		}
		if d := math.Abs(loss-twin.batch.Loss(0)) / loss; !(d < 1e-9) {
			t.Errorf("%s: the losses are %v apart", name, d)
		}
		twin.compare(t, name, got)
		if c.rule != "eprop" {
			sameFilter(t, name, got.Learner, twin.trainer.Credit)
		}
	}
}

// compare asks for what the twin has learned, to 1e-9 of the largest change.
func (w *continuousTwin) compare(t *testing.T, name string, c *Continuous) {
	t.Helper()
	first, err := c.scenario.Build(c.seed)
	if err != nil {
		t.Fatal(err)
	}
	in, rec := dense(c.Network)
	for i, got := range [][]float64{in, rec, c.Network.Out, c.Network.Bias} {
		want, before := w.trainer.Network.Arrays()[i], first.Arrays()[i]
		if d := difference(change(want.Values, before.Values), change(got, before.Values)); !(d < 1e-9) {
			t.Errorf("%s: what %s learned is %v from the twin's", name, want.Name, d)
		}
	}
}

// sameFilter compares what is recorded of ModProp's messengers.
func sameFilter(t *testing.T, rule string, got *learning.Online, want *learning.Credit) {
	t.Helper()
	radius, errGot := got.Radius()
	other, errWant := want.Radius()
	for name, pair := range map[string][2][]float64{
		"μ": {got.Mu(), want.Mu()}, "F": {slices.Concat(got.TypeTaps(30)...), slices.Concat(want.TypeTaps(30)...)},
		"radius and bound": {{radius, got.Bound()}, {other, want.Bound()}},
	} {
		if d := difference(pair[1], pair[0]); !(d < 1e-9) {
			t.Errorf("%s: %s is %v apart", rule, name, d)
		}
	}
	if errGot != nil || errWant != nil || got.Guarded() != want.Guarded() {
		t.Errorf("%s: %v, %v, guarded %v, on matrices %v", rule, errGot, errWant, got.Guarded(), want.Guarded())
	}
}

// change is what weights became, less what they were.
func change(after, before []float64) []float64 {
	all := make([]float64, len(after))
	for i := range all {
		all[i] = after[i] - before[i]
	}
	return all
}

// The first trial shows what it shows on matrices, as long as next to nothing is
// learned: regressions and classes, every step counted or the last.
func TestContinuousMeasures(t *testing.T) {
	evidence := []string{"task={name: evidence-accumulation, cues: 1, delay: 30 ms}"}
	for name, sets := range map[string][]string{"pattern": nil, "evidence": evidence} {
		s := continuousScenario(t, append(sets, "learning.optimiser.rate=1e-300", "network.inhibitory-inputs=0")...)
		want, err := newTrainer(t, onMatrices(s), "eprop", 1).Iterate()
		if err != nil {
			t.Fatal(err)
		}
		got, err := newContinuous(t, s, 1).Iterate()
		if err != nil {
			t.Fatal(err)
		}
		same := got.Accuracy == want.Accuracy || math.IsNaN(got.Accuracy) && math.IsNaN(want.Accuracy)
		if !(math.Abs(got.Loss-want.Loss) <= 1e-12*want.Loss) || !(math.Abs(got.Activity-want.Activity) < 1e-15) || !same {
			t.Errorf("%s: loss, accuracy, activity %v, %v, %v; on matrices %v, %v, %v", name,
				got.Loss, got.Accuracy, got.Activity, want.Loss, want.Accuracy, want.Activity)
		}
	}
}

// A later trial begins where the one before ended: its loss is not that of the first.
func TestContinuousLearns(t *testing.T) {
	c := newContinuous(t, continuousScenario(t, "network.readout.bias=false", "learning.optimiser.rate=0.01"), 1)
	var losses []float64
	for range 60 {
		m, err := c.Iterate()
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, m.Loss)
	}
	if first, last := losses[0], losses[len(losses)-1]; !(last < 0.5*first) {
		t.Errorf("the loss went from %v to %v", first, last)
	}
	if slices.ContainsFunc(c.Network.Bias, func(b float64) bool { return b != 0 }) {
		t.Errorf("biases that do not learn are %v", c.Network.Bias)
	}
	if c.Seconds() != 6 || c.Iteration() != 60 {
		t.Errorf("%v s, %d trials", c.Seconds(), c.Iteration())
	}
}

// What continuous trials cannot do is refused at its place, with the remedy.
func TestContinuousRefuses(t *testing.T) {
	for _, c := range []struct{ set, says, remedy string }{
		{"learning.update=trial", `learning.update: given "trial"`, "allowed spikes, or training.trials: separate"},
		{"learning.rule=mdgl:route=events", `learning.rule: given "mdgl:route=events"`, "allowed eprop and modprop"},
		{"learning.rule=modprop:route=events,weights=cell", "weights=type", ""},
		{"learning.rule=modprop", "use route=events", ""},
		{"learning.rule=eprop:route=events,reset=1", "use reset=0", ""},
		{"network.reset=differentiated", "use reset=0", ""},
		{"learning.rule=eprop:route=events,feedback=sparse", "feedback=symmetric", ""},
		{"learning.optimiser={name: adam, rate: 0.1}", `learning.optimiser.name: given "adam"`, "allowed sgd"},
		{"learning.alignment={every: 5}", "learning.alignment: given an alignment", "allowed none"},
		{"learning.regularisation={rate: 10 Hz, coefficient: 1}", "learning.regularisation", "training.trials: separate"},
		{"learning.rewiring={name: deep-r}", "learning.rewiring", "update: batch, trial"},
		{"network.projections.3.weights={distribution: balanced}", `network.projections.3.weights.distribution: given "balanced"`, "allowed normal, constant"},
		{"network.cells.c.parameters.tau=10 ms", "network.cells.c.parameters.tau: given 10 ms", "allowed 20 ms, that of a"},
		{"training.batch=4", "training.batch: given 4", "only with trials: separate"},
		{"training.validation={every: 3}", "training.validation", "only with trials: separate"},
	} {
		data := continuousScenario(t).YAML()
		_, err := Parse("f.yaml", data, []string{c.set})
		var wrong FileErrors
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.remedy) {
			t.Errorf("%s: %v", c.set, err)
		}
	}
	rate := []string{"training={trials: continuous, iterations: 3}", "learning={rule: 'modprop:route=events', update: spikes, optimiser: {name: sgd, rate: 0.1}}"}
	if _, err := Load("delayed-xor-short", rate); err == nil || !strings.Contains(err.Error(), `training.trials: given "continuous" (the cells do not spike)`) {
		t.Errorf("rate cells: %v", err)
	}
}

// The estimate counts synapses, not pairs: it does not grow with the square of cells,
// and is about what a run holds.
func TestSparseSize(t *testing.T) {
	s, err := Load("online-sheet", []string{"network.cells.0.count=200", "network.cells.1.count=200", "network.cells.2.count=50", "network.cells.3.count=50", "task.duration=400 ms"})
	if err != nil {
		t.Fatal(err)
	}
	before := heap()
	c := newContinuous(t, s, 1)
	if _, err := c.Iterate(); err != nil {
		t.Fatal(err)
	}
	held := heap() - before
	size := s.Size()
	if plastic, _ := s.plasticSynapses(); plastic != float64(c.Network.Synapses()) {
		t.Errorf("%v plastic synapses counted, there are %d", plastic, c.Network.Synapses())
	}
	if ratio := size.live(1) / held; !(ratio > 0.8 && ratio < 1.6) {
		t.Errorf("%s estimated, %s held", Bytes(size.live(1)), Bytes(held))
	}
}
