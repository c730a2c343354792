package scenarios

import (
	"cmp"
	"fmt"

	"paracrine/internal/units"
	"paracrine/sim"
)

func init() {
	RegisterTask("pattern-generation", "draw a sum of sines from spikes that are the same in every trial (Bellec et al. 2020)",
		func() Task {
			return &PatternGeneration{Duration: 1000, Channels: 100, Rate: hz(50), Periods: []units.Time{1000, 500, 333, 200}}
		})
}

// PatternGeneration asks for a fixed one-dimensional pattern when the same spikes
// arrive. Every input has a spike at every step with probability rate · step,
// drawn once for a run; the target is a sum of sines with amplitude U(0.5, 2) and
// phase U(0, 2π) each, minus its first value, divided by its largest magnitude,
// drawn once for a run, too. Every trial is the same. Loss: ½ Σ_t (y − y*)².
// Source: Bellec et al., Nature Communications 2020.
type PatternGeneration struct {
	Duration units.Time     `yaml:"duration" json:"duration" jsonschema:"description=length of a trial"`
	Channels int            `yaml:"inputs" json:"inputs" jsonschema:"description=number of inputs"`
	Rate     units.Quantity `yaml:"input-rate" json:"input-rate" jsonschema:"format=positive-frequency,description=mean rate of each input's spikes"`
	Periods  []units.Time   `yaml:"periods" json:"periods" jsonschema:"description=periods of the sines"`
}

// Inputs is the number of spike trains.
func (p *PatternGeneration) Inputs() int { return p.Channels }

// Outputs is 1.
func (p *PatternGeneration) Outputs() int { return 1 }

// Steps is the duration.
func (p *PatternGeneration) Steps(step units.Time) int { return p.Duration.Steps(step) }

// Loss is the squared error summed over the trial, halved.
func (p *PatternGeneration) Loss(step units.Time) (Loss, []float64) {
	weight := make([]float64, p.Steps(step))
	for i := range weight {
		weight[i] = 1
	}
	return SquaredError, weight
}

// Epochs is none: one pattern fills the trial.
func (p *PatternGeneration) Epochs() []Epoch { return nil }

// Frozen says that every trial is the same.
func (p *PatternGeneration) Frozen() {}

// Check refuses empty patterns and inputs, times off the grid of steps, and more
// than a spike at every step.
func (p *PatternGeneration) Check(step units.Time) error {
	if p.Channels < 1 {
		return fmt.Errorf("inputs: %d; must be at least 1", p.Channels)
	}
	return cmp.Or(
		checkSteps("duration", p.Duration, step, 2),
		checkRate("input-rate", p.Rate, bernoulliSpikes, step),
		checkPeriods(p.Periods),
	)
}

// What a run draws once.
const (
	streamFrozenInput  sim.Purpose = "pattern generation input"
	streamFrozenTarget sim.Purpose = "pattern generation target"
)

// Fill writes the input and the target of the run.
func (p *PatternGeneration) Fill(t *Trial, step units.Time, s *Streams) {
	in := newSpikeInput(t, p.Channels, bernoulliSpikes, step, s.Run(streamFrozenInput))
	in.fire(group{0, p.Channels}, during{0, p.Steps(step)}, p.Rate.Value)
	sumOfSines(t.Target, p.Periods, step, s.Run(streamFrozenTarget))
}
