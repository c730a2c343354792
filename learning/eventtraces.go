package learning

import "paracrine/internal/kernel"

// eventTraces are the synapses of a network, each with what it remembers, that
// are touched only when something arrives at them, and once more where the block
// of steps ends in which something arrived. A synapse is then carried from where
// it was left to the present step, which takes a few products however long it
// was silent; all synapses of a channel were left at the same step.
type eventTraces struct {
	*history
	gain    []float64 // N: c_v
	starts  []int     // channels + 1: where the synapses of a channel begin
	target  []int32   // per synapse: the cell it ends on
	cells   kernel.Cells
	epsilon []float64 // per channel: ε; nil where its synapses differ in it
	state   []float64 // synapses × kept: the first numbers of their rows
	kept    int       // without taught and ε where ε is the channel's
	left    []int     // per channel: the step its synapses were left at; −1: nothing came yet
	taught  []float64 // by the channel that was settled last
	onward  []stretch // that it took
	x, y    []float64 // rows of a channel on their way
}

// newEventTraces connects channels to cells: the synapses of channel q end on
// the cells target[starts[q]:starts[q+1]].
func newEventTraces(c *course, gain []float64, starts []int, target []int32) *eventTraces {
	s := &eventTraces{
		history: newHistory(c), gain: gain, starts: starts, target: target,
		cells: kernel.CellsOf(target, c.cells), left: make([]int, len(starts)-1), kept: c.trace() + 1,
	}
	if c.alike(gain) {
		s.kept = c.taught()
		s.epsilon = make([]float64, len(s.left))
	}
	s.state = make([]float64, len(target)*s.kept)
	most := 0
	for q := range s.left {
		most = max(most, starts[q+1]-starts[q])
		s.left[q] = -1
	}
	s.taught = make([]float64, most)
	s.x, s.y = make([]float64, most*c.width()), make([]float64, most*c.width())
	return s
}

// arrive lets u arrive at all synapses of a channel at the present step, before
// advance, and returns what each has taught since it was last touched; the next
// call overwrites it.
func (s *eventTraces) arrive(channel int, u float64) []float64 {
	taught := s.settle(channel)
	if s.left[channel] < 0 {
		s.park(channel)
	}
	if s.epsilon != nil {
		s.epsilon[channel] += float64(s.gain[0] * u)
		return taught
	}
	from, to := s.starts[channel], s.starts[channel+1]
	for i, p := range s.target[from:to] {
		s.state[(from+i)*s.kept+s.trace()] += float64(s.gain[p] * u)
	}
	return taught
}

// turn ends the block in progress if it is complete: what was left in it is taken
// to its end, and teach told what each channel has taught. It belongs between two
// steps, before anything arrives or is settled.
func (s *eventTraces) turn(teach func(channel int, taught []float64)) {
	if s.ended() {
		s.turnBack()
		s.settleLate(teach)
		s.finish()
	}
}

// settleLate settles the channels that were left in the block that has ended, after
// turnBack.
func (s *eventTraces) settleLate(teach func(channel int, taught []float64)) {
	for _, q := range s.late {
		if left := s.left[q]; left < s.now {
			teach(q, s.follow(q, s.steps[left%BlockSteps]))
		}
	}
	s.late = s.late[:0]
}

// settleSince settles the channels that were left before a step and not since.
func (s *eventTraces) settleSince(step int, teach func(channel int, taught []float64)) {
	if !s.crossed(step / BlockSteps) {
		return
	}
	for q, left := range s.left {
		if left >= 0 && left < step {
			teach(q, s.settle(q))
		}
	}
	s.forget()
}

// settleAll settles every channel and tells teach what each has taught.
func (s *eventTraces) settleAll(teach func(channel int, taught []float64)) {
	for q := range s.left {
		teach(q, s.settle(q))
	}
}

// begin counts steps from now, where all channels wait with what they remember.
func (s *eventTraces) begin() {
	s.history.reset()
	for q := range s.left {
		s.left[q] = -1
		s.park(q)
	}
}

// bytes is the memory of what synapses and channels remember.
func (s *eventTraces) bytes() int { return 8 * (len(s.state) + len(s.epsilon) + len(s.left)) }

// reset begins a new trial.
func (s *eventTraces) reset() {
	s.history.reset()
	clear(s.state)
	clear(s.epsilon)
	for q := range s.left {
		s.left[q] = -1
	}
}

// park leaves the synapses of a channel at the present step.
func (s *eventTraces) park(channel int) {
	s.left[channel] = s.now
	if s.now%BlockSteps == 0 {
		s.wait()
		return
	}
	if len(s.late) == 0 {
		s.since = s.now % BlockSteps
	}
	s.late = append(s.late, channel)
}

// settle carries all synapses of a channel to the present and returns what each
// has taught on the way.
func (s *eventTraces) settle(channel int) []float64 {
	left := s.left[channel]
	switch {
	case left < 0 || left == s.now:
		s.onward = s.onward[:0]
	case left%BlockSteps == 0:
		kernel.Fetch(s.stateOf(channel)) // nobody may have touched it for long
		s.onward = s.way(s.onward[:0], left/BlockSteps)
	default:
		s.onward = s.within(s.onward[:0], left)
	}
	return s.follow(channel, s.onward...)
}

// follow takes all synapses of a channel over stretches to the present and returns
// what each has taught on the way.
func (s *eventTraces) follow(channel int, onward ...stretch) []float64 {
	taught := s.taught[:s.starts[channel+1]-s.starts[channel]]
	if len(onward) == 0 {
		clear(taught)
		return taught
	}
	if len(taught) > 0 {
		s.travel(channel, taught, onward)
	}
	s.park(channel)
	return taught
}

// travel takes the synapses of a channel over stretches.
func (s *eventTraces) travel(channel int, taught []float64, onward []stretch) {
	s.x, s.y = s.x[:len(taught)*s.width()], s.y[:len(taught)*s.width()]
	cells := s.cells.Slice(s.starts[channel], s.starts[channel+1])
	s.depart(s.y, s.remembered(channel), cells, onward[0])
	for _, m := range onward[1:] {
		s.x, s.y = s.y, s.x
		s.carry(s.y, s.rows(s.x), cells, m)
	}
	s.keep(channel, taught)
}

// stateOf is what the synapses of a channel remember.
func (s *eventTraces) stateOf(channel int) []float64 {
	return s.state[s.starts[channel]*s.kept : s.starts[channel+1]*s.kept]
}

// remembered are the rows of a channel as they were kept.
func (s *eventTraces) remembered(channel int) kernel.Rows {
	x := kernel.Rows{X: s.stateOf(channel), Row: s.kept}
	if s.epsilon != nil {
		x.Lead = s.epsilon[channel:]
	} else {
		x.Lead, x.LeadRow = x.X[s.trace():], s.kept
	}
	return x
}

// keep remembers the rows y of a channel, and writes what each has taught.
func (s *eventTraces) keep(channel int, taught []float64) {
	kernel.Pack(s.stateOf(channel), taught, s.y, s.width(), s.kept, s.course.taught())
	if s.epsilon != nil {
		s.epsilon[channel] = s.y[s.trace()]
	}
}
