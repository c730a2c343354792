package scenarios

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"paracrine/internal/units"
)

// Of every version of every task: trials come from their streams alone, the
// learning window is as long as the trial, and epochs are in order and within it.
func TestTasks(t *testing.T) {
	for _, kind := range TaskKinds() {
		checkTask(t, kind.Name, kind.Defaults())
		for _, v := range kind.Versions {
			checkTask(t, kind.Name, v.Defaults())
		}
	}
}

func checkTask(t *testing.T, name string, task Task) {
	t.Helper()
	const step = units.Time(1)
	if err := task.Check(step); err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	steps := task.Steps(step)
	fill := func(seed, index uint64) Trial { return fillTrial(task, step, NewStreams(seed, "a test", index, 4)) }
	first := fill(1, 0)
	if !reflect.DeepEqual(first, fill(1, 0)) || reflect.DeepEqual(first.Input, fill(2, 0).Input) {
		t.Errorf("%s: a trial is not its streams'", name)
	}
	_, frozen := task.(Frozen)
	other := fillTrial(task, step, NewStreams(1, "another test", 5, 3))
	if frozen && !reflect.DeepEqual(first, other) || !frozen && reflect.DeepEqual(first.Input, other.Input) {
		t.Errorf("%s: frozen is %v, which its trials are not", name, frozen)
	}
	if _, window := task.Loss(step); len(window) != steps {
		t.Errorf("%s: a window of %d steps in a trial of %d", name, len(window), steps)
	}
	last := units.Time(0)
	for _, e := range task.Epochs() {
		if e.Name == "" || e.From < last || e.To <= e.From || e.To > units.Time(steps)*step {
			t.Errorf("%s: epoch %+v", name, e)
		}
		last = e.To
	}
}

// fillTrial makes one trial where another one was before.
func fillTrial(task Task, step units.Time, s *Streams) Trial {
	steps := task.Steps(step)
	trial := Trial{Input: make([]float64, steps*task.Inputs()), Target: make([]float64, steps*task.Outputs()), Class: 7, Condition: 7}
	for i := range trial.Input {
		trial.Input[i] = 7
	}
	for i := range trial.Target {
		trial.Target[i] = 7
	}
	task.Fill(&trial, step, s)
	return trial
}

func TestDelayedXOREpochs(t *testing.T) {
	d := &DelayedXOR{Cue: 20, Delay: 10}
	if got, want := d.Epochs(), []Epoch{{"cue 1", 0, 20}, {"delay", 20, 30}, {"cue 2", 30, 50}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	d.Delay = 0
	if got, want := d.Epochs(), []Epoch{{"cue 1", 0, 20}, {"cue 2", 20, 40}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A decision comes after the second cue, holds the loss and changes nothing before.
func TestDelayedXORDecision(t *testing.T) {
	d := &DelayedXOR{Cue: 20, Delay: 10, Amplitude: 2, Width: 5, Noise: 0.1}
	_, last := d.Loss(1)
	if want := append(make([]float64, 49), 1); !reflect.DeepEqual(last, want) {
		t.Errorf("without a decision steps count %v", last)
	}
	later := *d
	later.Decision = 4
	if got, want := later.Epochs()[3], (Epoch{"decision", 50, 54}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	_, weight := later.Loss(1)
	if want := append(make([]float64, 50), 0.25, 0.25, 0.25, 0.25); !reflect.DeepEqual(weight, want) {
		t.Errorf("of a decision steps count %v", weight)
	}
	for i := range uint64(8) {
		without := fillTrial(d, 1, NewStreams(1, streamTraining, i, 8))
		with := fillTrial(&later, 1, NewStreams(1, streamTraining, i, 8))
		if len(with.Input) != 2*54 || with.Class != without.Class || !reflect.DeepEqual(with.Input[:100], without.Input) {
			t.Fatalf("trial %d of class %d differs from that of class %d before the decision", i, with.Class, without.Class)
		}
		for at, x := range with.Input[100:] {
			if math.Abs(x) > 1 {
				t.Errorf("trial %d has an input of %v at step %d", i, x, 50+at/2)
			}
		}
	}
	for _, wrong := range []units.Time{-1, 0.5} {
		later.Decision = wrong
		if err := later.Check(1); err == nil || !strings.Contains(err.Error(), "decision") {
			t.Errorf("a decision of %v: %v", wrong, err)
		}
	}
}
