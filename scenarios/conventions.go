package scenarios

import (
	"slices"

	"cmp"
	"fmt"

	"paracrine/internal/units"
	"paracrine/neuron"
)

// convention is how a paper writes the equations that others write otherwise.
type convention struct {
	spiking        bool   // of spiking cells, or of rate cells
	input          string // c_v
	adaptation     string // c_a
	readout        string // c_out
	refractoriness string
	spike          string
	reset          string
}

// Values of the keys that override a convention.
const (
	oneMinusDecay     = "one-minus-decay"
	one               = "one"
	afterSpike        = "after-spike"
	withSpike         = "with-spike"
	aboveThreshold    = "above-threshold"
	atThreshold       = "at-threshold"
	notDifferentiated = "not-differentiated"
	differentiated    = "differentiated"
)

// conventions are the presets. How refractory steps are counted, what happens at
// threshold and whether the reset is differentiated, liu2021 and barretto2026 have
// from the authors' scripts; where others leave it open they have the convention
// of the code of Bellec et al. 2020.
var conventions = map[string]convention{
	"liu2022":             {input: oneMinusDecay, readout: oneMinusDecay},
	"bellec2020-evidence": {true, one, one, oneMinusDecay, withSpike, atThreshold, notDifferentiated},
	"bellec2020-pattern":  {true, oneMinusDecay, oneMinusDecay, oneMinusDecay, withSpike, aboveThreshold, notDifferentiated},
	"liu2021":             {true, oneMinusDecay, oneMinusDecay, oneMinusDecay, afterSpike, aboveThreshold, differentiated},
	"barretto2026":        {true, oneMinusDecay, oneMinusDecay, oneMinusDecay, afterSpike, aboveThreshold, notDifferentiated},
}

// applyConventions gives what was left open the preset's values.
func (s *Scenario) applyConventions() {
	n, preset := &s.Network, conventions[s.Network.Conventions]
	n.InputScale = cmp.Or(n.InputScale, preset.input)
	n.AdaptationScale = cmp.Or(n.AdaptationScale, preset.adaptation)
	n.Readout.Scale = cmp.Or(n.Readout.Scale, preset.readout)
	n.Refractoriness = cmp.Or(n.Refractoriness, preset.refractoriness)
	n.Spike = cmp.Or(n.Spike, preset.spike)
	n.Reset = cmp.Or(n.Reset, preset.reset)
}

// spiking says whether the network's cells spike.
func (n *Network) spiking() bool { return conventions[n.Conventions].spiking }

// adapts says whether some cell has an adaptation.
func (n *Network) adapts() bool {
	return slices.ContainsFunc(n.Cells, func(c CellType) bool { return c.Model == "alif" })
}

// silentSteps is how many steps after a spike are silent.
func (n *Network) silentSteps(refractory units.Time) int {
	convention := neuron.SpikeOutside
	if n.Refractoriness == withSpike {
		convention = neuron.SpikeWithin
	}
	return convention.SilentSteps(refractory.Steps(n.Step))
}

// checkModels refuses cells whose equations the conventions do not have. As
// conventions are of rate cells or of spiking cells, no network mixes the two.
func (n *Network) checkModels(c *checker) {
	allowed := "relu, or conventions of spiking cells"
	if n.spiking() {
		allowed = "lif, alif, or conventions of rate cells"
	}
	for i, cell := range n.Cells {
		at := path{"network", "cells"}.item(i)
		if (cell.Model != "relu") != n.spiking() {
			c.refuse(at.at("model"), because(quote(cell.Model), "the network has the conventions "+n.Conventions), allowed)
		}
		if refractory := cell.Parameters.Refractory; !refractory.OnGrid(n.Step) || refractory.Steps(n.Step) > mostSteps {
			c.refuse(at.at("parameters", "refractory"), refractory.String(),
				fmt.Sprintf("a whole number of steps of %v, at most %d", n.Step, mostSteps))
		}
	}
}
