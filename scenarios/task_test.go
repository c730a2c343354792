package scenarios

import (
	"reflect"
	"testing"

	"paracrine/internal/units"
	"paracrine/sim"
)

// Of every task: trials come from their stream alone, the learning window is as
// long as the trial, and epochs are in order and within it.
func TestTasks(t *testing.T) {
	const step = units.Time(1)
	for _, kind := range TaskKinds() {
		task := kind.Defaults()
		if err := task.Check(step); err != nil {
			t.Errorf("%s: %v", kind.Name, err)
			continue
		}
		steps := task.Steps(step)
		fill := func(index uint64) Trial {
			trial := Trial{Input: make([]float64, steps*task.Inputs()), Target: make([]float64, steps*task.Outputs())}
			task.Fill(&trial, step, sim.NewStream(1, "a test", index))
			return trial
		}
		first := fill(0)
		if !reflect.DeepEqual(first, fill(0)) || reflect.DeepEqual(first.Input, fill(1).Input) {
			t.Errorf("%s: a trial is not its stream's", kind.Name)
		}
		if _, window := task.Loss(step); len(window) != steps {
			t.Errorf("%s: a window of %d steps in a trial of %d", kind.Name, len(window), steps)
		}
		last := units.Time(0)
		for _, e := range task.Epochs() {
			if e.Name == "" || e.From < last || e.To <= e.From || e.To > units.Time(steps)*step {
				t.Errorf("%s: epoch %+v", kind.Name, e)
			}
			last = e.To
		}
	}
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
