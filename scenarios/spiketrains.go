package scenarios

import (
	"fmt"

	"paracrine/internal/units"
	"paracrine/sim"
)

// The ways to draw spikes at a rate; λ is the rate times the step.
const (
	bernoulliSpikes = "bernoulli" // one with probability λ, otherwise none
	poissonSpikes   = "poisson"   // a Poisson-distributed count of mean λ
)

// mostPoisson is the largest mean of a Poisson count.
const mostPoisson = 1000

// spikeInput is the input of a trial, filled with spike trains part by part.
type spikeInput struct {
	values []float64 // Steps × inputs, 0 where nothing was drawn yet
	inputs int
	spikes string  // the way to draw them
	perHz  float64 // spikes per step at 1 Hz
	stream *sim.Stream
}

// newSpikeInput is the silent input of a trial.
func newSpikeInput(t *Trial, inputs int, spikes string, step units.Time, stream *sim.Stream) spikeInput {
	clear(t.Input)
	return spikeInput{t.Input, inputs, spikes, float64(step) / 1000, stream}
}

// during is a stretch of steps, the last excluded.
type during struct{ from, to int }

// group is some neighbouring inputs, the last excluded.
type group struct{ from, to int }

// fire draws independent spike trains of a rate (Hz) on some channels. The cost
// is that of the spikes, not of the steps.
func (in spikeInput) fire(g group, d during, rate float64) {
	if in.spikes == poissonSpikes {
		in.count(g, d, rate*in.perHz)
		return
	}
	in.mark(g, d, rate*in.perHz)
}

// mark puts a spike at each step of each channel with a probability: the numbers
// of steps between spikes are geometrically distributed.
func (in spikeInput) mark(g group, d during, probability float64) {
	gap, size := sim.NewGeometric(probability), (d.to-d.from)*(g.to-g.from)
	for at := gap.Draw(in.stream); at < size; at += 1 + gap.Draw(in.stream) {
		in.values[in.index(g, d, at)] = 1
	}
}

// count puts a Poisson count at each step of each channel: a Poisson process,
// with exponentially distributed intervals, runs through all of them.
func (in spikeInput) count(g group, d during, mean float64) {
	if mean == 0 {
		return
	}
	size := float64((d.to - d.from) * (g.to - g.from))
	for at := in.stream.Exponential() / mean; at < size; at += in.stream.Exponential() / mean {
		in.values[in.index(g, d, int(at))]++
	}
}

// index is where entry at of a part, counted channel by channel and step by
// step, is in the input.
func (in spikeInput) index(g group, d during, at int) int {
	width := g.to - g.from
	return (d.from+at/width)*in.inputs + g.from + at%width
}

// checkRate refuses rates that a way to draw spikes cannot have.
func checkRate(name string, rate units.Quantity, spikes string, step units.Time) error {
	most, each := 1.0, "a spike at every step"
	if spikes == poissonSpikes {
		most, each = mostPoisson, fmt.Sprintf("%d spikes at every step", mostPoisson)
	}
	if perStep := rate.Value * float64(step) / 1000; !(perStep >= 0 && perStep <= most) {
		return fmt.Errorf("%s: %v; must be from 0 Hz to %v, which is %s of %v", name, rate, hz(most*1000/float64(step)), each, step)
	}
	return nil
}

// checkSteps refuses times that are not a whole number of steps, or too few.
func checkSteps(name string, t, step units.Time, least int) error {
	if !t.OnGrid(step) || t.Steps(step) < least {
		return fmt.Errorf("%s: %v; must be a whole number of steps of %v, at least %d", name, t, step, least)
	}
	return nil
}

// hz is a rate.
func hz(x float64) units.Quantity { return units.Quantity{Value: x, Unit: "Hz"} }
