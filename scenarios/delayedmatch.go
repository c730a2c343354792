package scenarios

import (
	"cmp"
	"fmt"

	"paracrine/internal/units"
)

func init() {
	RegisterTask("delayed-match", "do two cues, separated by a delay, agree? In spikes (Barretto-Bittar et al. 2026)",
		func() Task {
			return &DelayedMatch{Fixation: 50, Cue: 150, Delay: 700, Decision: 50,
				Group: 20, Rate: hz(40), BackgroundRate: hz(10), Probability: 0.5}
		})
}

// DelayedMatch presents two cues with a delay between them; each is present or
// absent, independently, and the class is 1 if both are alike. Four groups of
// inputs have a spike at a step with probability rate · step: background
// throughout, decision while the answer is due, cue 1 and cue 2 during theirs if
// it is present. Loss: cross-entropy, averaged over the decision. The hard variant
// has a second delay, before the decision. Source: Barretto-Bittar et al. 2026
// (arXiv 2603.08949).
type DelayedMatch struct {
	Fixation       units.Time     `yaml:"fixation" json:"fixation" jsonschema_description:"time before the first cue"`
	Cue            units.Time     `yaml:"cue" json:"cue" jsonschema_description:"duration of each cue"`
	Delay          units.Time     `yaml:"delay" json:"delay" jsonschema_description:"time between the cues"`
	SecondDelay    units.Time     `yaml:"second-delay" json:"second-delay" jsonschema_description:"time between the second cue and the decision; 500 ms in the hard variant, whose delay is 500 ms too"`
	Decision       units.Time     `yaml:"decision" json:"decision" jsonschema_description:"time at the end when the answer is due, and when there is a learning signal"`
	Group          int            `yaml:"group" json:"group" jsonschema_description:"number of inputs in each group"`
	Rate           units.Quantity `yaml:"rate" json:"rate" jsonschema:"format=non-negative-frequency" jsonschema_description:"rate of the cues and the decision when active, otherwise 0"`
	BackgroundRate units.Quantity `yaml:"background-rate" json:"background-rate" jsonschema:"format=non-negative-frequency" jsonschema_description:"rate of the background, at all times"`
	Probability    float64        `yaml:"probability" json:"probability" jsonschema:"minimum=0,maximum=1" jsonschema_description:"probability of a cue to be present"`
}

// The groups of inputs, by their number.
const (
	matchBackground = iota
	matchDecision
	matchCue1
	matchCue2
	matchGroups
)

// Inputs is four groups.
func (d *DelayedMatch) Inputs() int { return matchGroups * d.Group }

// Outputs is 2: different, alike.
func (d *DelayedMatch) Outputs() int { return 2 }

// matchTimes are the steps of a trial.
type matchTimes struct{ cue1, cue2, decision during }

func (d *DelayedMatch) times(step units.Time) matchTimes {
	after := func(previous int, pause, length units.Time) during {
		from := previous + pause.Steps(step)
		return during{from, from + length.Steps(step)}
	}
	var at matchTimes
	at.cue1 = after(0, d.Fixation, d.Cue)
	at.cue2 = after(at.cue1.to, d.Delay, d.Cue)
	at.decision = after(at.cue2.to, d.SecondDelay, d.Decision)
	return at
}

// Steps is up to the end of the decision.
func (d *DelayedMatch) Steps(step units.Time) int { return d.times(step).decision.to }

// Loss is the cross-entropy, averaged over the decision.
func (d *DelayedMatch) Loss(step units.Time) (Loss, []float64) {
	weight := make([]float64, d.Steps(step))
	average(weight[d.times(step).decision.from:])
	return CrossEntropy, weight
}

// Epochs are all stretches of the trial.
func (d *DelayedMatch) Epochs() []Epoch {
	var epochs []Epoch
	at := units.Time(0)
	for _, e := range []struct {
		name   string
		length units.Time
	}{{"fixation", d.Fixation}, {"cue 1", d.Cue}, {"delay", d.Delay}, {"cue 2", d.Cue}, {"second delay", d.SecondDelay}, {"decision", d.Decision}} {
		if e.length > 0 {
			epochs = append(epochs, Epoch{e.name, at, at + e.length})
		}
		at += e.length
	}
	return epochs
}

// Check refuses times off the grid of steps, empty groups, and more than a spike
// at every step.
func (d *DelayedMatch) Check(step units.Time) error {
	if !(d.Probability >= 0 && d.Probability <= 1) {
		return fmt.Errorf("probability: %v; must be from 0 to 1", d.Probability)
	}
	return cmp.Or(
		checkSteps("fixation", d.Fixation, step, 0),
		checkSteps("cue", d.Cue, step, 1),
		checkSteps("delay", d.Delay, step, 0),
		checkSteps("second-delay", d.SecondDelay, step, 0),
		checkSteps("decision", d.Decision, step, 1),
		checkGroup(d.Group),
		checkRate("rate", d.Rate, bernoulliSpikes, step),
		checkRate("background-rate", d.BackgroundRate, bernoulliSpikes, step),
	)
}

// Fill draws two cues and the spikes of all groups.
func (d *DelayedMatch) Fill(t *Trial, step units.Time, s *Streams) {
	first, second := s.Trial.Bernoulli(d.Probability), s.Trial.Bernoulli(d.Probability)
	in, at := newSpikeInput(t, d.Inputs(), bernoulliSpikes, step, &s.Trial), d.times(step)
	in.fire(d.inputsOf(matchBackground), during{0, at.decision.to}, d.BackgroundRate.Value)
	in.fire(d.inputsOf(matchDecision), at.decision, d.Rate.Value)
	t.Class, t.Condition = 0, 0
	if first {
		in.fire(d.inputsOf(matchCue1), at.cue1, d.Rate.Value)
		t.Condition += 2
	}
	if second {
		in.fire(d.inputsOf(matchCue2), at.cue2, d.Rate.Value)
		t.Condition++
	}
	if first == second {
		t.Class = 1
	}
}

// inputsOf is where a group is among the inputs.
func (d *DelayedMatch) inputsOf(number int) group {
	return group{number * d.Group, (number + 1) * d.Group}
}
