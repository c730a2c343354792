package scenarios

import (
	"slices"

	"paracrine/neuron"
)

// population makes the cells of a network that trains.
func (s *Scenario) population() neuron.Population {
	if s.Network.spiking() {
		return s.spikingCells()
	}
	return s.rateCells()
}

// eachCell calls for every cell with its number and its type.
func (s *Scenario) eachCell(do func(p int, c CellType)) {
	p := 0
	for _, c := range s.Network.Cells {
		for range c.Count {
			do(p, c)
			p++
		}
	}
}

func (s *Scenario) rateCells() *neuron.ReLU {
	cells := neuron.NewReLU(s.cellCount())
	s.eachCell(func(p int, c CellType) {
		cells.Decay[p] = neuron.Decay(float64(s.Network.Step), float64(c.Parameters.Tau))
		cells.Gain[p] = scale(s.Network.InputScale, cells.Decay[p])
		cells.Threshold[p] = c.Parameters.Threshold
	})
	return cells
}

func (s *Scenario) spikingCells() *neuron.AdaptiveSpiking {
	n := &s.Network
	cells := neuron.NewAdaptiveSpiking(s.cellCount())
	cells.AtThreshold = n.Spike == atThreshold
	cells.ResetInTrace = n.Reset == differentiated
	cells.Surrogate = neuron.Surrogate(slices.Index(neuron.Surrogates, n.Surrogate.Name))
	cells.Dampening, cells.Steepness = n.Surrogate.Dampening, n.Surrogate.Steepness
	s.eachCell(func(p int, c CellType) {
		cells.Decay[p] = neuron.Decay(float64(n.Step), float64(c.Parameters.Tau))
		cells.Gain[p] = scale(n.InputScale, cells.Decay[p])
		cells.Threshold[p] = c.Parameters.Threshold
		cells.SilentSteps[p] = n.silentSteps(c.Parameters.Refractory)
		if c.Model == "alif" {
			cells.AdaptationDecay[p] = neuron.Decay(float64(n.Step), float64(c.Parameters.TauAdaptation))
			cells.AdaptationGain[p] = scale(n.AdaptationScale, cells.AdaptationDecay[p])
			cells.Adaptation[p] = c.Parameters.Beta
		}
	})
	return cells
}

// types are the type of every cell, and the names of types.
func (s *Scenario) types() (kind []int, names []string) {
	for alpha, c := range s.Network.Cells {
		names = append(names, c.Name)
		kind = append(kind, slices.Repeat([]int{alpha}, c.Count)...)
	}
	return kind, names
}
