package scenarios

// Size is what a scenario needs.
type Size struct {
	Cells, Synapses, Steps int
	tile                   int // trials that advance together
	inputs, outputs        int
}

// Size counts cells, possible synapses and steps of a trial, without allocating
// any of them.
func (s *Scenario) Size() Size {
	n := s.cellCount()
	size := Size{Cells: n, Steps: s.Task.Steps(s.Network.Step), inputs: s.Task.Inputs(), outputs: s.Task.Outputs(),
		tile: min(tileTrials, s.Training.Batch)}
	if s.Learning.Update == "online" {
		size.tile = s.Training.Batch
	}
	size.Synapses = n * (size.inputs + n + size.outputs)
	return size
}

// Bytes estimates the memory of a run with a number of workers: weights with
// their transposes, masks and optimiser state, and each worker's tile of trials.
func (s Size) Bytes(workers int) int {
	perStep := s.tile * (s.Cells + s.inputs + 2*s.outputs)
	return 8*7*s.Synapses + 8*workers*perStep*s.Steps
}
