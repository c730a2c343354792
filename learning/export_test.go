package learning

// NewDenseWorkspace makes room for records of the given size, for the dense
// sweep whatever the rule: the twin of the path from crossing to crossing.
func (c *Credit) NewDenseWorkspace(steps, trials int) *Workspace {
	return c.newDenseWorkspace(steps, trials)
}

// FollowsCrossings says whether a workspace is for the path from crossing to crossing.
func (w *Workspace) FollowsCrossings() bool { return w.events != nil }

// NewArrivalWorkspace is a dense workspace that collects gradients arrival by
// arrival however many there are.
func (c *Credit) NewArrivalWorkspace(steps, trials int) *Workspace {
	w := c.newDenseWorkspace(steps, trials)
	w.arrivals = newArrivals(c.net)
	w.arrivals.share = 1
	return w
}

// MultiplyAll has W_fb multiplied with its zeros, and says whether it was not.
func (c *Credit) MultiplyAll() bool {
	few := c.few != nil
	c.few = nil
	return few
}

// Collect makes the learner give away what synapses teach, and learn nothing.
func (o *Online) Collect(take func(post, channel int, taught float64)) {
	for _, s := range o.shares {
		s.learn = func(channel int, taught []float64) {
			for i, p := range s.Target[s.Starts[channel]:][:len(taught)] {
				take(s.From+int(p), channel, taught[i])
			}
		}
	}
}
