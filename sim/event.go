package sim

import "fmt"

// Action is what happens at an event: a batch such as "these cells spiked",
// "apply the weight update", "sample this recorder". The agenda costs per
// batch, so an action should do the work of many cells.
type Action interface {
	// Act is called when simulated time has reached now. Its error ends
	// [Agenda.Run].
	Act(now Time) error
}

// ActionFunc makes a function an [Action].
type ActionFunc func(now Time) error

// Act calls f.
func (f ActionFunc) Act(now Time) error { return f(now) }

// Event identifies a scheduled event, to cancel it. The zero Event identifies
// none.
type Event struct {
	entry    *entry
	sequence uint64
}

// entry is a scheduled event. Entries are reused; the sequence number tells
// whether an [Event] still means this use.
type entry struct {
	next, prev *entry  // neighbours in the circular queue of its phase
	bucket     *bucket // nil while the entry is free
	action     Action
	interval   Time // zero for an event that happens once
	sequence   uint64
	phase      Phase
}

// ActionError is the error of an action, with the place it occurred at.
type ActionError struct {
	Time  Time
	Phase Phase
	Err   error
}

// Error says when the action failed and why.
func (e *ActionError) Error() string {
	return fmt.Sprintf("sim: at %v, phase %v: %v", e.Time, e.Phase, e.Err)
}

// Unwrap returns the error of the action.
func (e *ActionError) Unwrap() error { return e.Err }

// PastError reports an event that was to be scheduled before the present: at an
// earlier time, or at this instant in a phase that is over.
type PastError struct {
	Time     Time
	Phase    Phase
	Now      Time
	NowPhase Phase
}

// Error says what was asked for and what is allowed.
func (e *PastError) Error() string {
	return fmt.Sprintf("sim: event at %v, phase %v, lies in the past: allowed from %v, phase %v",
		e.Time, e.Phase, e.Now, e.NowPhase)
}
