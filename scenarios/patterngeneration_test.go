package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"paracrine/internal/units"
	"paracrine/learning"
)

func defaultTask[T Task](t *testing.T, name string) T {
	t.Helper()
	task, is := taskKinds[name].Defaults().(T)
	if !is {
		t.Fatalf("no task %s", name)
	}
	return task
}

// A run has one input and one target, in training as in validation; another run
// has others.
func TestPatternGenerationIsFrozen(t *testing.T) {
	p := defaultTask[*PatternGeneration](t, "pattern-generation")
	first := fillTrial(p, 1, NewStreams(1, streamTraining, 0, 1))
	for i, again := range []Trial{
		fillTrial(p, 1, NewStreams(1, streamTraining, 99, 1)),
		fillTrial(p, 1, NewStreams(1, streamValidation, 3, 8)),
	} {
		if !reflect.DeepEqual(again, first) {
			t.Errorf("trial %d differs", i)
		}
	}
	other := fillTrial(p, 1, NewStreams(2, streamTraining, 0, 1))
	if reflect.DeepEqual(other.Input, first.Input) || reflect.DeepEqual(other.Target, first.Target) {
		t.Error("another run has the same input or target")
	}
}

// Every input has 50 Hz; in half the step, half the spikes of a step.
func TestPatternGenerationInput(t *testing.T) {
	p := defaultTask[*PatternGeneration](t, "pattern-generation")
	for _, step := range []units.Time{1, 0.5} {
		trial := fillTrial(p, step, NewStreams(1, streamTraining, 0, 1))
		perInput, total := make([]float64, 100), 0.0
		for i, x := range trial.Input {
			if x != 0 && x != 1 {
				t.Fatalf("%v spikes at a step", x)
			}
			perInput[i%100] += x
			total += x
		}
		lambda := 0.05 * float64(step)
		fitsBinomial(t, fmt.Sprintf("all inputs, step %v", step), total, float64(len(trial.Input)), lambda)
		expected := make([]float64, 100)
		for i := range expected {
			expected[i] = total / 100
		}
		chiSquared(t, fmt.Sprintf("inputs, step %v", step), perInput, expected)
	}
}

// The target is what is left of it after its sines are fitted: nothing. It
// starts at 0 and has a largest magnitude of 1.
func TestPatternGenerationTarget(t *testing.T) {
	p := defaultTask[*PatternGeneration](t, "pattern-generation")
	p.Periods = []units.Time{1000, 500, 250, 200} // whole numbers in a trial: orthogonal
	for seed := range uint64(20) {
		target := fillTrial(p, 1, NewStreams(seed, streamTraining, 0, 1)).Target
		largest, power, mean := 0.0, 0.0, 0.0
		for _, y := range target {
			largest = math.Max(largest, math.Abs(y))
			power += y * y / 1000
			mean += y / 1000
		}
		if target[0] != 0 || largest != 1 {
			t.Errorf("seed %d: begins at %v, largest magnitude %v", seed, target[0], largest)
		}
		explained, amplitudes := mean*mean, []float64{}
		for _, period := range p.Periods {
			c, s := 0.0, 0.0
			for i, y := range target {
				angle := 2 * math.Pi * float64(i) / float64(period)
				c += y * math.Cos(angle) / 500
				s += y * math.Sin(angle) / 500
			}
			explained += (c*c + s*s) / 2
			amplitudes = append(amplitudes, math.Hypot(c, s))
		}
		if math.Abs(explained-power) > 1e-12 {
			t.Errorf("seed %d: sines of the periods have power %v of %v", seed, explained, power)
		}
		for _, a := range amplitudes { // U(0.5, 2), all divided by the same
			for _, b := range amplitudes {
				if a > 4*b {
					t.Errorf("seed %d: amplitudes %v", seed, amplitudes)
				}
			}
		}
	}
}

// The loss is that of the recorded series: ½ Σ (y − y*)², no mean over steps.
func TestPatternGenerationLoss(t *testing.T) {
	p := defaultTask[*PatternGeneration](t, "pattern-generation")
	loss, weight := p.Loss(0.5)
	if loss != SquaredError || len(weight) != 2000 {
		t.Errorf("%s over %d steps", loss, len(weight))
	}
	for _, w := range weight {
		if w != 1 {
			t.Fatalf("a weight of %v", w)
		}
	}
}

func TestPatternGenerationRefuses(t *testing.T) {
	refusesTask(t, "pattern-generation", []refusedTask{
		{"duration: 0.5 ms", "task.duration: given 0.5 ms; allowed a whole number of steps of 1 ms, at least 2"},
		{"inputs: 0", "task.inputs: given 0; allowed at least 1"},
		{"input-rate: 2 kHz", "task.input-rate: given 2000 Hz; allowed from 0 Hz to 1000 Hz, which is a spike at every step of 1 ms"},
		{"input-rate: 0 Hz", `task.input-rate: given "0 Hz" (is not positive); allowed a frequency above 0 Hz`},
		{"input-rate: 50", "task.input-rate: given 50 (has no unit); allowed a number with a unit of frequency (Hz or kHz), such as 20 Hz"},
		{"periods: []", "task.periods: given none; allowed a list of at least one time"},
		{"periods: [1 s, 0 ms]", "task.periods.1: given 0 ms; allowed positive"},
	})
}

func TestPatternGenerationTrains(t *testing.T) { trains(t, "{name: pattern-generation}") }

// Its trial is drawn once: whatever the purpose and number, trainers show the one
// that Fill would make, from the same memory.
func TestPatternGenerationIsDrawnOnce(t *testing.T) {
	trainer := newTrainer(t, spikingScenario(t), "eprop", 2)
	first := trainer.draw(trialRange{streamTraining, 5, 2})[0]
	for _, r := range []trialRange{{streamTraining, 5, 2}, {streamTraining, 12, 3}, {streamValidation, 3, 1}} {
		drawn := trainer.draw(r)
		if len(drawn) != r.count {
			t.Errorf("%d trials, want %d", len(drawn), r.count)
		}
		for i, trial := range drawn {
			want := fillTrial(trainer.scenario.Task, 1, NewStreams(1, r.purpose, r.first+uint64(i), 7))
			want.Class, want.Condition = trial.Class, trial.Condition
			if !reflect.DeepEqual(trial, want) {
				t.Errorf("trial %d of %+v is not what the task makes", i, r)
			}
			if &trial.Input[0] != &first.Input[0] {
				t.Errorf("trial %d of %+v was drawn again", i, r)
			}
		}
	}
}

// refusedTask is a parameter of a task and the error it must give.
type refusedTask struct{ parameters, want string }

func refusesTask(t *testing.T, name string, cases []refusedTask) {
	t.Helper()
	for _, c := range cases {
		_, err := Parse("f", small(t), []string{fmt.Sprintf("task={name: %s, %s}", name, c.parameters)})
		checkErrors(t, err)
		if got := fmt.Sprint(err); !strings.HasSuffix(got, ": "+c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.parameters, got, c.want)
		}
	}
}

// trains runs a small network on a task: losses are finite, and every matrix
// has a gradient.
func trains(t *testing.T, task string) {
	t.Helper()
	s, err := Parse("f", small(t), []string{"task=" + task, "expect=[]", "learning.optimiser.rate=1e-5", "training.validation.batch=2"})
	if err != nil {
		t.Fatal(err)
	}
	trainer := newTrainer(t, s, "eprop", 1)
	for range 2 {
		m, err := trainer.Iterate()
		if err != nil || !(m.Loss > 0) || math.IsInf(m.Loss, 0) {
			t.Fatalf("%s: loss %v, %v", task, m.Loss, err)
		}
	}
	if m, err := trainer.Validate(); err != nil || !(m.Loss > 0) || math.IsInf(m.Loss, 0) {
		t.Fatalf("%s: validation loss %v, %v", task, m.Loss, err)
	}
	_, gradients, err := trainer.runTiles(trialRange{streamTraining, 0, 4}, 4, []*learning.Credit{trainer.Credit})
	if err != nil {
		t.Fatal(err)
	}
	for i, array := range trainer.Network.Arrays() {
		size := 0.0
		for _, x := range gradients[0].Arrays()[i] {
			size += math.Abs(x)
		}
		if !(size > 0) || math.IsInf(size, 0) {
			t.Errorf("%s: the gradient of %s sums to %v", task, array.Name, size)
		}
	}
}
