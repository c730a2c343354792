package scenarios

import (
	"fmt"
	"math"
	"slices"

	"paracrine/internal/units"
)

func init() {
	RegisterTask("delayed-xor", "do two cues, separated by a delay, agree? (Liu et al. 2022)",
		func() Task {
			return &DelayedXOR{Cue: 100, Delay: 700, Amplitude: 2, Width: 25, Baseline: 0.02, Noise: 0.01}
		})
}

// DelayedXOR presents a cue on input 1, a delay, then a cue on input 2; each
// cue is present or absent with probability ½, independently, and the class is
// 1 if both are alike. A present cue is a Gaussian bump,
//
//	x(t) = baseline + amplitude · exp(−t²/(2 width²)),  t measured from the middle of the cue,
//
// an absent one the baseline; noise N(0, sd) is added to both inputs at every
// step. Loss: cross-entropy of the last step. Source: Liu et al., NeurIPS 2022. A
// decision of our own may follow the second cue, without input but noise; the loss
// is then the mean over its steps.
type DelayedXOR struct {
	Cue       units.Time `yaml:"cue" json:"cue" jsonschema:"description=duration of each cue"`
	Delay     units.Time `yaml:"delay" json:"delay" jsonschema:"description=time between the cues"`
	Decision  units.Time `yaml:"decision" json:"decision" jsonschema:"description=time after the second cue over which the loss is averaged; 0: the loss is that of the last step"`
	Amplitude float64    `yaml:"amplitude" json:"amplitude" jsonschema:"description=height of a present cue above baseline"`
	Width     units.Time `yaml:"width" json:"width" jsonschema:"description=standard deviation of the cue's Gaussian in time"`
	Baseline  float64    `yaml:"baseline" json:"baseline" jsonschema:"description=input without a cue"`
	Noise     float64    `yaml:"noise" json:"noise" jsonschema:"description=standard deviation of the input noise at every step"`
}

// Inputs is 2: one channel per cue.
func (d *DelayedXOR) Inputs() int { return 2 }

// Outputs is 2: different, alike.
func (d *DelayedXOR) Outputs() int { return 2 }

// Steps is twice the cue, the delay and the decision.
func (d *DelayedXOR) Steps(step units.Time) int {
	return 2*d.Cue.Steps(step) + d.Delay.Steps(step) + d.Decision.Steps(step)
}

// Loss is the cross-entropy of the decision, or of the last step.
func (d *DelayedXOR) Loss(step units.Time) (Loss, []float64) {
	weight := make([]float64, d.Steps(step))
	counts := max(1, d.Decision.Steps(step))
	for i := range counts {
		weight[len(weight)-1-i] = 1 / float64(counts)
	}
	return CrossEntropy, weight
}

// Epochs are the cues, the delay and the decision.
func (d *DelayedXOR) Epochs() []Epoch {
	second := d.Cue + d.Delay
	epochs := []Epoch{{"cue 1", 0, d.Cue}, {"delay", d.Cue, second}, {"cue 2", second, second + d.Cue}, {"decision", second + d.Cue, second + d.Cue + d.Decision}}
	return slices.DeleteFunc(epochs, func(e Epoch) bool { return e.From == e.To })
}

// Check refuses times off the grid of steps and widths that are not positive.
func (d *DelayedXOR) Check(step units.Time) error {
	switch {
	case d.Cue.Steps(step) < 1 || !d.Cue.OnGrid(step):
		return fmt.Errorf("cue: %v; must be a whole number of steps of %v, at least one", d.Cue, step)
	case !d.Delay.OnGrid(step):
		return fmt.Errorf("delay: %v; must be a whole number of steps of %v", d.Delay, step)
	case !d.Decision.OnGrid(step):
		return fmt.Errorf("decision: %v; must be a whole number of steps of %v", d.Decision, step)
	case d.Decision < 0:
		return fmt.Errorf("decision: %v; must be 0 or more", d.Decision)
	case d.Width <= 0:
		return fmt.Errorf("width: %v; must be positive", d.Width)
	case d.Delay < 0:
		return fmt.Errorf("delay: %v; must be 0 or more", d.Delay)
	case d.Noise < 0:
		return fmt.Errorf("noise: %v; must be 0 or more", d.Noise)
	}
	return nil
}

// Fill draws two cues and writes the inputs.
func (d *DelayedXOR) Fill(t *Trial, step units.Time, s *Streams) {
	cue := d.Cue.Steps(step)
	first, second := s.Trial.Uint64()&1, s.Trial.Uint64()&1
	for i := range t.Input {
		t.Input[i] = d.Baseline + d.Noise*s.Trial.Normal()
	}
	if first == 1 {
		d.addCue(t.Input, 0, 0, cue)
	}
	if second == 1 {
		d.addCue(t.Input, 1, d.Steps(step)-d.Decision.Steps(step)-cue, cue)
	}
	t.Condition = int(2*first + second)
	t.Class = 0
	if first == second {
		t.Class = 1
	}
}

// addCue adds the bump to a channel; the middle of the samples −T/2 … T/2 is the peak.
func (d *DelayedXOR) addCue(input []float64, channel, from, steps int) {
	for i := range steps {
		at := 0.0
		if steps > 1 {
			at = (float64(i)/float64(steps-1) - 0.5) * float64(d.Cue)
		}
		input[(from+i)*2+channel] += d.Amplitude * math.Exp(-at*at/(2*float64(d.Width*d.Width)))
	}
}
