package learning

// NewDenseWorkspace makes room for records of the given size, for the dense
// sweep whatever the rule: the twin of the path from crossing to crossing.
func (c *Credit) NewDenseWorkspace(steps, trials int) *Workspace {
	_, n, k := c.net.Size()
	w := &Workspace{
		post:     make([]float64, (chunkSteps+1)*trials*n),
		rates:    make([]float64, chunkSteps*trials*n),
		taught:   make([]float64, n*n),
		filtered: make([]float64, steps*trials*k),
		signal:   make([]float64, trials*n),
		returned: make([]float64, trials*n),
		none:     make([]float64, trials*n),
	}
	if c.expression != nil {
		w.released = make([]float64, trials*c.expression.Ligands)
	}
	for range c.levels() {
		w.levels = append(w.levels, make([]float64, trials*n))
	}
	if c.Rule.Causal {
		w.lowPsi = make([]float64, (steps+1)*trials*n)
	}
	return w
}

// FollowsCrossings says whether a workspace is for the path from crossing to crossing.
func (w *Workspace) FollowsCrossings() bool { return w.events != nil }
