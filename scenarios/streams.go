package scenarios

import "paracrine/sim"

// Streams is where the randomness of one trial comes from: the seed of the run,
// which trial of which purpose it is, and nothing else, so that it is the same
// on any worker.
type Streams struct {
	Trial sim.Stream // of this trial alone

	seed    uint64
	purpose sim.Purpose
	index   uint64
	batch   int
}

// NewStreams returns the streams of trial number index of a purpose, such as
// training, whose trials come in batches. A batch has at least one.
func NewStreams(seed uint64, purpose sim.Purpose, index uint64, batch int) *Streams {
	s := new(Streams)
	s.Reset(seed, purpose, index, batch)
	return s
}

// Reset turns s into the streams of another trial, at their beginning.
func (s *Streams) Reset(seed uint64, purpose sim.Purpose, index uint64, batch int) {
	s.Trial.Reset(seed, purpose, index)
	s.seed, s.purpose, s.index, s.batch = seed, purpose, index, batch
}

// Run returns a stream that every trial of the run has at its beginning, for
// what is drawn once: a frozen input, a target.
func (s *Streams) Run(what sim.Purpose) *sim.Stream { return sim.NewStream(s.seed, what, 0) }

// Batch returns a stream that every trial of this one's batch has at its
// beginning, for what the trials of a batch share out among them, and this
// trial's number in the batch.
func (s *Streams) Batch() (*sim.Stream, int) {
	batch := uint64(s.batch)
	return sim.NewStream(s.seed, "batches of "+s.purpose, s.index/batch), int(s.index % batch)
}
