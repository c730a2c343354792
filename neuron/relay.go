package neuron

import "paracrine/sim"

// A relay spikes once for every spike that arrives, whatever its weight, at the
// time it arrives.
var _ = register(Model{
	Name:     "relay",
	Meaning:  "repeats every spike that arrives, whatever its weight",
	Equation: "one spike at every arriving spike",
	Source:   "by definition; parrot_neuron of NEST",
	Inputs:   []Input{{Name: "spikes", Meaning: "spikes to repeat", Count: true}},
	Grid:     func(Setting) (Grid, error) { return gridRelay{}, nil },
	Exact:    func(Setting) (Exact, error) { return exactRelay{}, nil },
})

// gridRelay is a grid population of relays, which have no state.
type gridRelay struct{}

// Advance repeats what arrives at the end of the step.
func (gridRelay) Advance(from, to int, _ int64, input [][]float64, spikes []uint32) []uint32 {
	for i, arrived := range input[0][:to-from] {
		for ; arrived > 0; arrived-- {
			spikes = append(spikes, uint32(from+i))
		}
	}
	return spikes
}

// State is empty.
func (gridRelay) State() []State { return nil }

// exactRelay is a population of relays off the grid.
type exactRelay struct{}

// Advance repeats each arrival at its time.
func (exactRelay) Advance(cell int, arrivals []Arrival, _ sim.Time, spikes []Spike) []Spike {
	for _, a := range arrivals {
		spikes = append(spikes, Spike{a.Time, uint32(cell), a.Part})
	}
	return spikes
}

// Next is never: a relay spikes when something arrives.
func (exactRelay) Next(int) sim.Time { return sim.MaxTime }

// Inject does nothing: a relay has no membrane.
func (exactRelay) Inject(int, sim.Time, float64) {}

// Read returns 0: a relay has no variables.
func (exactRelay) Read(int, int, sim.Time) float64 { return 0 }

// State is empty.
func (exactRelay) State() []State { return nil }
