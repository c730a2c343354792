package scenarios

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"paracrine/internal/units"
)

func init() {
	RegisterVersions("evidence-accumulation", "were there more cues on the left or on the right? (Bellec et al. 2020, Liu et al. 2021, Barretto-Bittar et al. 2026)",
		TaskVersion{"liu2021", func() Task {
			e := accumulation("liu2021")
			e.Delay = 800
			e.Spikes, e.Patterns, e.Window = poissonSpikes, distinctPatterns, lastStep
			return e
		}},
		TaskVersion{"bellec2020", func() Task {
			e := accumulation("bellec2020")
			e.SilenceFirst, e.Delay, e.Probability = true, 1050, 0.7
			return e
		}},
		TaskVersion{"barretto2026", func() Task {
			e := accumulation("barretto2026")
			e.SilenceFirst, e.Delay = true, 850
			e.Groups = []string{backgroundGroup, recallGroup, leftGroup, rightGroup}
			return e
		}})
}

// accumulation is what the versions have in common.
func accumulation(version string) *EvidenceAccumulation {
	return &EvidenceAccumulation{Version: version, Cues: 7, Cue: 100, Silence: 50, Recall: 150,
		Group: 10, Groups: slices.Clone(accumulationGroups), Spikes: bernoulliSpikes, Rate: hz(40), BackgroundRate: hz(10),
		Patterns: randomPatterns, Probability: 0.5, Window: wholeRecall}
}

// EvidenceAccumulation presents cues on the left or on the right, one after the
// other, and asks after a delay on which side there were more. Groups of inputs
// spike: left and right during their cues, recall while the answer is due, and
// background throughout. Class 1 is the right side. Loss: cross-entropy of the
// last step, or its mean over the recall. Sources: Bellec et al., Nature
// Communications 2020; Liu et al., PNAS 2021; Barretto-Bittar et al. 2026 (arXiv
// 2603.08949). What each calls noise or decision is background or recall here.
type EvidenceAccumulation struct {
	Version        string         `yaml:"version" json:"version" jsonschema_description:"whose parameters are the defaults of the others"`
	Cues           int            `yaml:"cues" json:"cues" jsonschema_description:"number of cues, odd"`
	Cue            units.Time     `yaml:"cue" json:"cue" jsonschema_description:"duration of each cue"`
	Silence        units.Time     `yaml:"silence" json:"silence" jsonschema_description:"time without a cue that belongs to each"`
	SilenceFirst   bool           `yaml:"silence-first" json:"silence-first" jsonschema_description:"whether the silence is before each cue or after it"`
	Delay          units.Time     `yaml:"delay" json:"delay" jsonschema_description:"time between the last cue (and its silence) and the recall"`
	Recall         units.Time     `yaml:"recall" json:"recall" jsonschema_description:"time at the end when the answer is due"`
	Group          int            `yaml:"group" json:"group" jsonschema_description:"number of inputs in each group"`
	Groups         []string       `yaml:"groups" json:"groups" jsonschema:"enum=left,enum=right,enum=recall,enum=background" jsonschema_description:"order of the groups among the inputs"`
	Spikes         string         `yaml:"spikes" json:"spikes" jsonschema:"enum=bernoulli,enum=poisson" jsonschema_description:"bernoulli: one at a step or none; poisson: counts, which may be larger"`
	Rate           units.Quantity `yaml:"rate" json:"rate" jsonschema:"format=non-negative-frequency" jsonschema_description:"rate of left, right and recall when active, otherwise 0"`
	BackgroundRate units.Quantity `yaml:"background-rate" json:"background-rate" jsonschema:"format=non-negative-frequency" jsonschema_description:"rate of the background, at all times"`
	Patterns       string         `yaml:"patterns" json:"patterns" jsonschema:"enum=random,enum=distinct" jsonschema_description:"random: a side, then every cue on it with the probability below; distinct: none of the 2^cues patterns twice in a batch before each was there once"`
	Probability    float64        `yaml:"probability" json:"probability" jsonschema:"minimum=0,maximum=1" jsonschema_description:"of a cue to be on the trial's side, which is left or right alike; with 0.5, cues are independent"`
	Window         string         `yaml:"window" json:"window" jsonschema:"enum=last-step,enum=recall" jsonschema_description:"when there is a learning signal: at the last step, or during the recall, averaged"`
}

// The groups of inputs.
const (
	leftGroup       = "left"
	rightGroup      = "right"
	recallGroup     = "recall"
	backgroundGroup = "background"
)

var accumulationGroups = []string{leftGroup, rightGroup, recallGroup, backgroundGroup}

// The ways to draw on which side the cues are.
const (
	randomPatterns   = "random"
	distinctPatterns = "distinct"
)

// The learning windows.
const (
	lastStep    = "last-step"
	wholeRecall = "recall"
)

// Bounds of the number of cues: a pattern is a number of so many bits, and
// distinct ones are drawn from a list of all.
const (
	mostCues         = 31
	mostDistinctCues = 9
)

// Inputs is four groups.
func (e *EvidenceAccumulation) Inputs() int { return len(accumulationGroups) * e.Group }

// Outputs is 2: left, right.
func (e *EvidenceAccumulation) Outputs() int { return 2 }

// Steps is the cues with their silence, the delay and the recall.
func (e *EvidenceAccumulation) Steps(step units.Time) int {
	return e.recallFrom(step) + e.Recall.Steps(step)
}

// recallFrom is the first step of the recall.
func (e *EvidenceAccumulation) recallFrom(step units.Time) int {
	return e.Cues*(e.Cue.Steps(step)+e.Silence.Steps(step)) + e.Delay.Steps(step)
}

// onset is when a cue begins.
func (e *EvidenceAccumulation) onset(cue int) units.Time {
	at := units.Time(cue) * (e.Cue + e.Silence)
	if e.SilenceFirst {
		at += e.Silence
	}
	return at
}

// Loss is the cross-entropy in the learning window.
func (e *EvidenceAccumulation) Loss(step units.Time) (Loss, []float64) {
	weight := make([]float64, e.Steps(step))
	window := weight[e.recallFrom(step):]
	if e.Window == lastStep {
		window = window[len(window)-1:]
	}
	average(window)
	return CrossEntropy, weight
}

// average gives the steps of a learning window the weights of a mean.
func average(window []float64) {
	for i := range window {
		window[i] = 1 / float64(len(window))
	}
}

// Epochs are the cues, the delay from the end of the last one, and the recall.
func (e *EvidenceAccumulation) Epochs() []Epoch {
	var epochs []Epoch
	for i := range e.Cues {
		epochs = append(epochs, Epoch{fmt.Sprintf("cue %d", i+1), e.onset(i), e.onset(i) + e.Cue})
	}
	last := epochs[len(epochs)-1].To
	recall := units.Time(e.Cues)*(e.Cue+e.Silence) + e.Delay
	if recall > last {
		epochs = append(epochs, Epoch{"delay", last, recall})
	}
	return append(epochs, Epoch{"recall", recall, recall + e.Recall})
}

// Check refuses numbers of cues that leave no answer or are too many, times off
// the grid of steps, rates there cannot be, and groups that are not all there.
func (e *EvidenceAccumulation) Check(step units.Time) error {
	return cmp.Or(
		e.checkCues(),
		checkSteps("cue", e.Cue, step, 1),
		checkSteps("silence", e.Silence, step, 0),
		checkSteps("delay", e.Delay, step, 0),
		checkSteps("recall", e.Recall, step, 1),
		checkGroup(e.Group),
		e.checkGroups(),
		checkRate("rate", e.Rate, e.Spikes, step),
		checkRate("background-rate", e.BackgroundRate, e.Spikes, step),
	)
}

func (e *EvidenceAccumulation) checkCues() error {
	switch {
	case e.Cues < 1 || e.Cues > mostCues:
		return fmt.Errorf("cues: %d; must be from 1 to %d", e.Cues, mostCues)
	case e.Cues%2 == 0:
		return fmt.Errorf("cues: %d; must be odd, so that one side has more", e.Cues)
	case e.Patterns == distinctPatterns && e.Cues > mostDistinctCues:
		return fmt.Errorf("cues: %d; must be at most %d with patterns: %s", e.Cues, mostDistinctCues, distinctPatterns)
	}
	return e.checkProbability()
}

func (e *EvidenceAccumulation) checkProbability() error {
	switch {
	case !(e.Probability >= 0 && e.Probability <= 1):
		return fmt.Errorf("probability: %v; must be from 0 to 1", e.Probability)
	case e.Patterns == distinctPatterns && e.Probability != 0.5:
		return fmt.Errorf("probability: %v; must be 0.5 with patterns: %s", e.Probability, distinctPatterns)
	}
	return nil
}

// checkGroup refuses groups of no inputs.
func checkGroup(size int) error {
	if size < 1 {
		return fmt.Errorf("group: %d; must be at least 1", size)
	}
	return nil
}

func (e *EvidenceAccumulation) checkGroups() error {
	if !slices.Equal(slices.Sorted(slices.Values(e.Groups)), slices.Sorted(slices.Values(accumulationGroups))) {
		return fmt.Errorf("groups: [%s]; must be a list of %s, each once", strings.Join(e.Groups, ", "), strings.Join(accumulationGroups, ", "))
	}
	return nil
}

// Fill draws the sides of the cues and the spikes of all groups.
func (e *EvidenceAccumulation) Fill(t *Trial, step units.Time, s *Streams) {
	pattern := e.pattern(s)
	in := newSpikeInput(t, e.Inputs(), e.Spikes, step, &s.Trial)
	for i := range e.Cues {
		side := leftGroup
		if pattern>>(e.Cues-1-i)&1 == 1 {
			side = rightGroup
		}
		onset := e.onset(i).Steps(step)
		in.fire(e.inputsOf(side), during{onset, onset + e.Cue.Steps(step)}, e.Rate.Value)
	}
	steps := e.Steps(step)
	in.fire(e.inputsOf(recallGroup), during{e.recallFrom(step), steps}, e.Rate.Value)
	in.fire(e.inputsOf(backgroundGroup), during{0, steps}, e.BackgroundRate.Value)
	t.Condition = pattern
	t.Class = 0
	if 2*bits.OnesCount(uint(pattern)) > e.Cues {
		t.Class = 1
	}
}

// inputsOf is where a group is among the inputs.
func (e *EvidenceAccumulation) inputsOf(name string) group {
	at := slices.Index(e.Groups, name)
	return group{at * e.Group, (at + 1) * e.Group}
}

// pattern draws the sides of the cues: a bit for each, the first cue's the
// highest, 1 for the right.
func (e *EvidenceAccumulation) pattern(s *Streams) int {
	if e.Patterns == distinctPatterns {
		return e.distinctPattern(s)
	}
	side, pattern := int(s.Trial.Uint64()&1), 0
	for range e.Cues {
		cue := side
		if !s.Trial.Bernoulli(e.Probability) {
			cue = 1 - side
		}
		pattern = pattern<<1 | cue
	}
	return pattern
}

// distinctPattern takes the trial's turn in an order of all patterns that is
// drawn for its batch; a batch of more trials than patterns begins it again.
func (e *EvidenceAccumulation) distinctPattern(s *Streams) int {
	var order [1 << mostDistinctCues]int
	patterns := order[:1<<e.Cues]
	stream, number := s.Batch()
	stream.Perm(patterns)
	return patterns[number%len(patterns)]
}
