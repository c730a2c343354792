package scenarios

import (
	"reflect"
	"testing"

	"paracrine/internal/units"
)

func TestDelayedMatchTimes(t *testing.T) {
	d := defaultTask[*DelayedMatch](t, "delayed-match")
	if d.Steps(1) != 1100 || d.Inputs() != 80 || d.Outputs() != 2 {
		t.Errorf("%d steps, %d inputs, %d outputs", d.Steps(1), d.Inputs(), d.Outputs())
	}
	if got, want := d.Epochs(), []Epoch{{"fixation", 0, 50}, {"cue 1", 50, 200}, {"delay", 200, 900}, {"cue 2", 900, 1050}, {"decision", 1050, 1100}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	checkWindow(t, d, 1100, 50)
	hard := *d
	hard.SecondDelay = 500
	if got, want := hard.Epochs()[4:], []Epoch{{"second delay", 1050, 1550}, {"decision", 1550, 1600}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	checkWindow(t, &hard, 1600, 50)
	short := DelayedMatch{Cue: 10, Decision: 5, Group: 1}
	if got, want := short.Epochs(), []Epoch{{"cue 1", 0, 10}, {"cue 2", 10, 20}, {"decision", 20, 25}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// The cues, read off the spikes, are the condition, and the class says whether
// they are alike. Groups have their rates when active and are silent otherwise;
// also in half the step, and in the hard variant.
func TestDelayedMatchTrials(t *testing.T) {
	const perMillisecond = 2
	for _, secondDelay := range []int{0, 500} {
		d := defaultTask[*DelayedMatch](t, "delayed-match")
		d.SecondDelay = units.Time(secondDelay)
		var cues, decision, background, total tally
		conditions := make([]float64, 4)
		groupOf := func(n *tally, trial Trial, number, from, to int) {
			for _, half := range []int{0, 10} {
				n.add(trial, 80, 20*number+half, from*perMillisecond, to*perMillisecond)
			}
		}
		for i := range uint64(200) {
			trial := fillTrial(d, 1./perMillisecond, NewStreams(1, streamTraining, i, 64))
			condition := 0
			for k, from := range []int{50, 900} {
				var cue tally
				groupOf(&cue, trial, 2+k, from, from+150)
				condition *= 2
				if cue.spikes > 0 {
					condition++
					groupOf(&cues, trial, 2+k, from, from+150)
				}
			}
			class := map[int]int{0: 1, 1: 0, 2: 0, 3: 1}[condition]
			if trial.Class != class || trial.Condition != condition {
				t.Errorf("trial %d: class %d and condition %d, its cues say %d and %d", i, trial.Class, trial.Condition, class, condition)
			}
			conditions[condition]++
			end := 1100 + secondDelay
			groupOf(&decision, trial, 1, end-50, end)
			groupOf(&background, trial, 0, 0, end)
			for number := range 4 {
				groupOf(&total, trial, number, 0, end)
			}
		}
		cues.fits(t, "cues", 0.04/perMillisecond, false)
		decision.fits(t, "decision", 0.04/perMillisecond, false)
		background.fits(t, "background", 0.01/perMillisecond, false)
		if elsewhere := total.spikes - cues.spikes - decision.spikes - background.spikes; elsewhere != 0 {
			t.Errorf("%v spikes where there should be none", elsewhere)
		}
		chiSquared(t, "conditions", conditions, []float64{50, 50, 50, 50})
	}
}

// Cues are present with their probability, independently.
func TestDelayedMatchCues(t *testing.T) {
	const trials, p = 4000, 0.3
	d := &DelayedMatch{Cue: 1, Decision: 1, Group: 1, Rate: hz(1000), BackgroundRate: hz(0), Probability: p}
	conditions := make([]float64, 4)
	for i := range uint64(trials) {
		conditions[fillTrial(d, 1, NewStreams(2, streamTraining, i, 64)).Condition]++
	}
	chiSquared(t, "conditions", conditions, []float64{trials * (1 - p) * (1 - p), trials * (1 - p) * p, trials * p * (1 - p), trials * p * p})
}

func TestDelayedMatchRefuses(t *testing.T) {
	refusesTask(t, "delayed-match", []refusedTask{
		{"fixation: 0.5 ms", "task.fixation: given 0.5 ms; allowed a whole number of steps of 1 ms, at least 0"},
		{"cue: 0 ms", "task.cue: given 0 ms; allowed a whole number of steps of 1 ms, at least 1"},
		{"delay: 1.25 s, cue: 20.1 ms", "task.cue: given 20.1 ms; allowed a whole number of steps of 1 ms, at least 1"},
		{"delay: 0.7 ms", "task.delay: given 0.7 ms; allowed a whole number of steps of 1 ms, at least 0"},
		{"second-delay: 500.5 ms", "task.second-delay: given 500.5 ms; allowed a whole number of steps of 1 ms, at least 0"},
		{"decision: 0 ms", "task.decision: given 0 ms; allowed a whole number of steps of 1 ms, at least 1"},
		{"group: 0", "task.group: given 0; allowed at least 1"},
		{"rate: 1001 Hz", "task.rate: given 1001 Hz; allowed from 0 Hz to 1000 Hz, which is a spike at every step of 1 ms"},
		{"background-rate: 2 kHz", "task.background-rate: given 2000 Hz; allowed from 0 Hz to 1000 Hz, which is a spike at every step of 1 ms"},
		{"probability: -0.1", "task.probability: given -0.1; allowed a number from 0 to 1"},
		{"hard: true", `task.hard: given the unknown key "hard"; allowed name, fixation, cue, delay, second-delay, decision, group, rate, background-rate, probability`},
	})
	d := defaultTask[*DelayedMatch](t, "delayed-match")
	d.Probability = 1.5
	if err := d.Check(1); err == nil {
		t.Error("a probability of 1.5 is accepted")
	}
}

func TestDelayedMatchTrains(t *testing.T) {
	trains(t, "{name: delayed-match}")
	trains(t, "{name: delayed-match, second-delay: 500 ms}")
}
