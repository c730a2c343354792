package scenarios

import "testing"

// A trial shares its own numbers with no other, those of its batch with the
// batch, those of the run with all of them.
func TestStreams(t *testing.T) {
	type numbers struct {
		trial, batch, run uint64
		number            int
	}
	of := func(s *Streams) numbers {
		batch, number := s.Batch()
		return numbers{s.Trial.Uint64(), batch.Uint64(), s.Run("a test").Uint64(), number}
	}
	a := of(NewStreams(1, streamTraining, 6, 4))
	if a != of(NewStreams(1, streamTraining, 6, 4)) || a.number != 2 {
		t.Errorf("%+v", a)
	}
	for name, c := range map[string]struct {
		other       *Streams
		batch, run  bool // shared
		withinBatch int
	}{
		"the same batch":    {NewStreams(1, streamTraining, 7, 4), true, true, 3},
		"the next batch":    {NewStreams(1, streamTraining, 8, 4), false, true, 0},
		"another purpose":   {NewStreams(1, streamValidation, 6, 4), false, true, 2},
		"another run":       {NewStreams(2, streamTraining, 6, 4), false, false, 2},
		"batches of a size": {NewStreams(1, streamTraining, 5, 5), true, true, 0}, // batch 1, too
	} {
		b := of(c.other)
		if a.trial == b.trial || (a.batch == b.batch) != c.batch || (a.run == b.run) != c.run || b.number != c.withinBatch {
			t.Errorf("%s: %+v beside %+v", name, b, a)
		}
	}
}
