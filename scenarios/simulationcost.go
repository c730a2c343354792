package scenarios

import (
	"fmt"
	"time"

	"paracrine/internal/spiking"
	"paracrine/sim"
)

// Prepare is the network of a simulation and what it will take on a number of
// workers. A network that does not fit so many bytes of memory is refused before
// any of it is allocated, at the part that takes most.
func (s *Simulation) Prepare(have float64, workers int) (spiking.Spec, spiking.Cost, error) {
	if err := s.checkCellMemory(have); err != nil {
		return spiking.Spec{}, spiking.Cost{}, err
	}
	spec, err := s.Spec()
	if err != nil {
		return spec, spiking.Cost{}, err
	}
	cost, err := spiking.Estimate(spec, workers)
	if err != nil {
		return spec, cost, s.refuse(path{simulationKey, "window"}, s.Run.Window.String(), err.Error())
	}
	if cost.Peak > have {
		return spec, cost, s.refuseSynapses(spec, cost, have)
	}
	return spec, cost, nil
}

// checkCellMemory refuses more cells than fit, whatever connects them.
func (s *Simulation) checkCellMemory(have float64) error {
	need, most, largest := 0.0, 0.0, 0
	for i, g := range s.Network.Cells {
		m := g.model()
		bytes := 8 * float64(g.Count) * float64(len(m.Parameters)+len(m.Variables)+len(m.Inputs))
		need += bytes
		if bytes > most {
			most, largest = bytes, i
		}
	}
	if need <= have {
		return nil
	}
	return s.refuse(path{"network", "cells"}.item(largest).at("count"),
		because(fmt.Sprint(s.Network.Cells[largest].Count), fmt.Sprintf("their state needs %s of memory", Bytes(most))),
		fmt.Sprintf("what fits the %s of this machine: fewer cells", Bytes(have)))
}

// refuseSynapses words that a network does not fit.
func (s *Simulation) refuseSynapses(spec spiking.Spec, cost spiking.Cost, have float64) error {
	if most := s.largestField(); most >= 0 && 2*cost.Modulators > cost.Peak {
		return s.refuse(path{"modulators"}.item(most).at("field", "shape"),
			because(fmt.Sprint(s.Modulators[most].Field.Shape), fmt.Sprintf("modulators need %s of memory", Bytes(cost.Modulators))),
			fmt.Sprintf("what fits the %s of this machine: fewer points, or a larger spacing", Bytes(have)))
	}
	if len(spec.Projections) == 0 {
		return s.refuse(path{"network", "cells"}, fmt.Sprintf("%d cells, which need %s of memory", cost.Cells, Bytes(cost.Peak)),
			fmt.Sprintf("what fits the %s of this machine: fewer cells", Bytes(have)))
	}
	most, largest := 0.0, 0
	for i, p := range spec.Projections {
		if n := p.Rule.Expected(spec.Wiring(i)); n > most {
			most, largest = n, i
		}
	}
	c := s.Network.Projections[largest].Connection
	return s.refuse(path{"network", "projections"}.item(largest).at("connection"),
		because(c.Rule, fmt.Sprintf("about %.3g synapses; the network needs %s of memory", most, Bytes(cost.Peak))),
		fmt.Sprintf("what fits the %s of this machine: fewer synapses, or fewer cells", Bytes(have)))
}

// largestField is the number of the modulator on the largest lattice; −1 without one.
func (s *Simulation) largestField() int {
	most, largest := 0, -1
	for i, m := range s.Modulators {
		if space := m.Field.space(); space != nil && space.Sites() > most {
			most, largest = space.Sites(), i
		}
	}
	return largest
}

// RunTime is about how long a simulation takes.
type RunTime struct {
	Build, Simulate time.Duration
	Sampled         sim.Time // simulated time from which the second was taken
}

// What measuring may cost.
const (
	mostMeasured = 1e8 // synapses
	measureTime  = 500 * time.Millisecond
)

// Measurable says whether a network is small enough to be built for a
// measurement.
func Measurable(c spiking.Cost) bool { return c.Synapses <= mostMeasured }

// Measure builds a network and simulates its beginning on a number of workers.
// The error is one of building or simulating it.
func (s *Simulation) Measure(spec spiking.Spec, workers int) (RunTime, error) {
	var t RunTime
	began := time.Now()
	network, err := spiking.Build(spec, workers)
	if err != nil {
		return t, err
	}
	t.Build = time.Since(began)
	began = time.Now()
	end := simulated(s.Run.Duration)
	for network.Now() < end && time.Since(began) < measureTime {
		if err := network.Run(min(end, network.Now()+network.Window())); err != nil {
			return t, err
		}
	}
	t.Sampled = network.Now()
	t.Simulate = seconds(time.Since(began).Seconds() * float64(end) / float64(max(1, t.Sampled)))
	return t, nil
}
