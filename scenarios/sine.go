package scenarios

import (
	"errors"
	"fmt"
	"math"

	"paracrine/internal/units"
	"paracrine/sim"
)

func init() {
	RegisterTask("sine", "draw a sum of sines at the pace of a clock, a target at every step",
		func() Task {
			return &Sine{Duration: 500, Clock: 5, Amplitude: 1, Noise: 0.05, Periods: []units.Time{500, 250, 166, 100}, Pattern: 1}
		})
}

// Sine asks for a fixed one-dimensional pattern, a sum of sines with amplitude
// U(0.5, 2) and phase U(0, 2π) each, minus its first value, divided by its
// largest magnitude (the target of the pattern-generation task of Bellec et al.
// 2020, on rate cells). The inputs are a clock: bump i of Clock is
//
//	x_i(t) = amplitude · max(0, cos(2π(t/duration − i/Clock)))² + N(0, noise)
//
// Loss: ½(y − y*)², averaged over the steps.
type Sine struct {
	Duration  units.Time   `yaml:"duration" json:"duration" jsonschema:"description=length of a trial"`
	Clock     int          `yaml:"clock" json:"clock" jsonschema:"description=number of clock inputs"`
	Amplitude float64      `yaml:"amplitude" json:"amplitude" jsonschema:"description=height of a clock bump"`
	Noise     float64      `yaml:"noise" json:"noise" jsonschema:"description=standard deviation of the input noise at every step"`
	Periods   []units.Time `yaml:"periods" json:"periods" jsonschema:"description=periods of the sines"`
	Pattern   uint64       `yaml:"pattern" json:"pattern" jsonschema:"description=which pattern: seed of its amplitudes and phases"`
}

// Inputs is one per clock bump.
func (s *Sine) Inputs() int { return s.Clock }

// Outputs is 1.
func (s *Sine) Outputs() int { return 1 }

// Steps is the duration.
func (s *Sine) Steps(step units.Time) int { return s.Duration.Steps(step) }

// Loss is the mean squared error over the trial, halved.
func (s *Sine) Loss(step units.Time) (Loss, []float64) {
	weight := make([]float64, s.Steps(step))
	for i := range weight {
		weight[i] = 1 / float64(len(weight))
	}
	return SquaredError, weight
}

// Epochs is none: one pattern fills the trial.
func (s *Sine) Epochs() []Epoch { return nil }

// Check refuses empty patterns and clocks, and times off the grid of steps.
func (s *Sine) Check(step units.Time) error {
	switch {
	case s.Duration.Steps(step) < 2 || !s.Duration.OnGrid(step):
		return fmt.Errorf("duration: %v; must be a whole number of steps of %v, at least two", s.Duration, step)
	case s.Clock < 1:
		return fmt.Errorf("clock: %d; must be at least 1", s.Clock)
	case s.Noise < 0:
		return fmt.Errorf("noise: %v; must be 0 or more", s.Noise)
	}
	return checkPeriods(s.Periods)
}

// checkPeriods refuses periods in which a sine does not advance.
func checkPeriods(periods []units.Time) error {
	if len(periods) == 0 {
		return errors.New("periods: none; must be a list of at least one time")
	}
	for i, p := range periods {
		if p <= 0 {
			return fmt.Errorf("periods[%d]: %v; must be positive", i, p)
		}
	}
	return nil
}

// streamPattern draws the pattern; it depends on Pattern, not on the run's seed.
const streamPattern sim.Purpose = "sine pattern"

// Fill writes the clock with fresh noise, and the pattern.
func (s *Sine) Fill(t *Trial, step units.Time, streams *Streams) {
	for i := range s.Steps(step) {
		phase := float64(i) / float64(s.Steps(step))
		for c := range s.Clock {
			bump := math.Max(0, math.Cos(2*math.Pi*(phase-float64(c)/float64(s.Clock))))
			t.Input[i*s.Clock+c] = s.Amplitude*bump*bump + s.Noise*streams.Trial.Normal()
		}
	}
	s.pattern(t.Target, step)
}

func (s *Sine) pattern(target []float64, step units.Time) {
	sumOfSines(target, s.Periods, step, sim.NewStream(s.Pattern, streamPattern, 0))
}

// sumOfSines fills a target with sines of some periods, amplitudes U(0.5, 2) and
// phases U(0, 2π), summed, minus the first value, divided by the largest
// magnitude (Bellec et al. 2020).
func sumOfSines(target []float64, periods []units.Time, step units.Time, stream *sim.Stream) {
	clear(target)
	for _, period := range periods {
		amplitude, phase := 0.5+float64(1.5*stream.Float64()), 2*math.Pi*stream.Float64()
		for i := range target {
			target[i] += float64(amplitude * math.Sin(2*math.Pi*float64(i)*float64(step)/float64(period)+phase))
		}
	}
	first, largest := target[0], 0.0
	for i := range target {
		target[i] -= first
		largest = math.Max(largest, math.Abs(target[i]))
	}
	for i := range target {
		if largest > 0 {
			target[i] /= largest
		}
	}
}
