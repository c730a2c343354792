package learning

// NewDenseWorkspace makes room for records of the given size, for the dense
// sweep whatever the rule: the twin of the path from crossing to crossing.
func (c *Credit) NewDenseWorkspace(steps, trials int) *Workspace {
	return c.newDenseWorkspace(steps, trials)
}

// FollowsCrossings says whether a workspace is for the path from crossing to crossing.
func (w *Workspace) FollowsCrossings() bool { return w.events != nil }
