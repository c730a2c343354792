package learning

// eventTraces are the synapses of a network, each with what it remembers, that
// are touched only when something arrives at them. A synapse left at time t is
// carried to the present over the stretches of its cell, which takes the same
// two products however long it was silent; all synapses of a channel were left
// at the same time.
type eventTraces struct {
	*stretches
	gain   []float64 // N: c_v
	starts []int     // channels + 1: where the synapses of a channel begin
	target []int32   // per synapse: the cell it ends on
	state  []float64 // synapses × (own + shared)
	left   []int     // per channel: the time its synapses were left at; −1: nothing came yet
	taught []float64 // per synapse of one channel
	x      []float64 // one state and what it taught
}

// newEventTraces connects channels to cells: the synapses of channel q end on
// the cells target[starts[q]:starts[q+1]].
func newEventTraces(c *course, gain []float64, starts []int, target []int32) *eventTraces {
	s := &eventTraces{
		stretches: newStretches(c), gain: gain, starts: starts, target: target,
		state: make([]float64, len(target)*(c.own+c.shared)),
		left:  make([]int, len(starts)-1),
		x:     make([]float64, c.width()),
	}
	most := 0
	for q := range s.left {
		most = max(most, starts[q+1]-starts[q])
		s.left[q] = -1
	}
	s.taught = make([]float64, most)
	return s
}

// arrive lets u arrive at all synapses of a channel at the present step, before
// advance, and returns what each has taught since it was last touched; the next
// call overwrites it.
func (s *eventTraces) arrive(channel int, u float64) []float64 {
	taught := s.settle(channel)
	s.left[channel] = s.now
	from, to := s.starts[channel], s.starts[channel+1]
	remembered := s.course.own + s.course.shared
	for i, p := range s.target[from:to] {
		s.state[(from+i)*remembered] += float64(s.gain[p] * u)
	}
	return taught
}

// settle carries all synapses of a channel to the present and returns what each
// has taught on the way.
func (s *eventTraces) settle(channel int) []float64 {
	from, to := s.starts[channel], s.starts[channel+1]
	taught := s.taught[:to-from]
	left := s.left[channel]
	if left < 0 || left == s.now {
		clear(taught)
		return taught
	}
	s.left[channel] = s.now
	first, second := s.between(left)
	own, shared, width := s.course.own, s.course.shared, s.course.width()
	common := s.course.cells * own * width
	state := s.state[from*(width-1) : to*(width-1)]
	x := s.x
	for i, p := range s.target[from:to] {
		remembered := state[i*(width-1) : (i+1)*(width-1)]
		copy(x, remembered)
		x[width-1] = 0
		at := int(p) * own * width
		carry(x, s.spare, first[at:at+own*width], first[common:], own, shared)
		if second != nil {
			carry(x, s.spare, second[at:at+own*width], second[common:], own, shared)
		}
		copy(remembered, x)
		taught[i] = x[width-1]
	}
	return taught
}

// reset begins a new trial.
func (s *eventTraces) reset() {
	s.stretches.reset()
	clear(s.state)
	for q := range s.left {
		s.left[q] = -1
	}
}
