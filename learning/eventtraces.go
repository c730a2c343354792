package learning

// eventTraces are the synapses of a network, each with what it remembers, that
// are touched only when something arrives at them. A synapse is then carried
// from the step it was left at to the present one, which takes a few products
// however long it was silent; all synapses of a channel were left at the same
// step.
type eventTraces struct {
	*history
	gain   []float64 // N: c_v
	starts []int     // channels + 1: where the synapses of a channel begin
	target []int32   // per synapse: the cell it ends on
	state  []float64 // synapses × (own + shared + 1)
	left   []int     // per channel: the step its synapses were left at; −1: nothing came yet
	taught []float64 // per synapse of one channel
	onward []stretch
	x, y   []float64 // a state on its way
}

// newEventTraces connects channels to cells: the synapses of channel q end on
// the cells target[starts[q]:starts[q+1]].
func newEventTraces(c *course, gain []float64, starts []int, target []int32) *eventTraces {
	s := &eventTraces{
		history: newHistory(c), gain: gain, starts: starts, target: target,
		state: make([]float64, len(target)*c.width()),
		left:  make([]int, len(starts)-1),
		x:     make([]float64, c.width()), y: make([]float64, c.width()),
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
	from, to, width := s.starts[channel], s.starts[channel+1], s.course.width()
	for i, p := range s.target[from:to] {
		s.state[(from+i)*width] += float64(s.gain[p] * u)
	}
	return taught
}

// settle carries all synapses of a channel to the present and returns what each
// has taught on the way.
func (s *eventTraces) settle(channel int) []float64 {
	from, to, width := s.starts[channel], s.starts[channel+1], s.course.width()
	taught := s.taught[:to-from]
	clear(taught)
	left := s.left[channel]
	if left < 0 || left == s.now {
		return taught
	}
	s.left[channel] = s.now
	target, state := s.target[from:to], s.state[from*width:to*width]
	onFoot, onward := s.way(s.onward[:0], left)
	s.onward = onward
	s.walk(state, target, left, onFoot)
	s.leap(state, target, onward)
	for i := range taught {
		last := &state[(i+1)*width-1]
		taught[i], *last = *last, 0
	}
	return taught
}

// walk takes synapses over the steps left … until−1, one by one.
func (s *eventTraces) walk(state []float64, target []int32, left, until int) {
	c, width := s.course, s.course.width()
	for t := left; t < until; t++ {
		c.courseStep = s.steps[t]
		for i, p := range target {
			c.advance(state[i*width:(i+1)*width], int(p))
		}
	}
}

// leap takes synapses over stretches.
func (s *eventTraces) leap(state []float64, target []int32, onward []stretch) {
	if len(onward) == 0 {
		return
	}
	c, width := s.course, s.course.width()
	for i, p := range target {
		x, y := s.x, s.y
		remembered := state[i*width : (i+1)*width]
		copy(x, remembered)
		for _, m := range onward {
			c.carry(y, x, c.of(m, int(p)), c.common(m))
			x, y = y, x
		}
		copy(remembered, x)
	}
}

// reset begins a new trial.
func (s *eventTraces) reset() {
	s.history.reset()
	clear(s.state)
	for q := range s.left {
		s.left[q] = -1
	}
}
