package sim

import (
	"errors"
	"fmt"
)

// Agenda is the order of what happens in simulated time. Events are ordered by
// time, then by phase, then by the order in which they were scheduled; a
// repeating event keeps, in every repetition, the place it was scheduled at.
//
// Near events on the grid live in a ring of buckets, far ones and those off the
// grid in a balanced tree; which of the two holds an event never shows in the
// order. Storage is reused: after the first trials of their kind an agenda
// allocates nothing, neither to schedule nor to run nor to repeat.
//
// An Agenda is not safe for use by several goroutines at once.
type Agenda struct {
	resolution Time
	now        Time
	step       int64 // the last step of the grid at or before now
	phase      Phase // the phase at which now has arrived
	running    bool
	sequence   uint64 // of the event scheduled last
	pending    int
	ring       ring
	horizon    *horizon
	free       *entry   // unused entries, linked by next
	scratch    []*entry // for sorting
}

// NewAgenda returns an empty agenda at time zero. The grid has steps of
// the resolution, which must be positive; events may lie off it.
func NewAgenda(resolution Time) (*Agenda, error) {
	if resolution <= 0 {
		return nil, fmt.Errorf("sim: agenda with resolution %v: allowed are positive times", resolution)
	}
	a := &Agenda{resolution: resolution, horizon: newHorizon()}
	for i := range a.ring.buckets {
		a.ring.buckets[i].owner, a.ring.buckets[i].slot = a, i
	}
	return a, nil
}

// Now returns the present: the time of the event that runs, else the time up to
// which the agenda has run.
func (a *Agenda) Now() Time { return a.now }

// Len returns the number of events that are scheduled. A repeating event counts
// once.
func (a *Agenda) Len() int { return a.pending }

// At schedules an action for time t. Within [Agenda.Run] an event may be
// scheduled at the present instant in the present phase, where it runs after
// those already scheduled, or in a later phase; anything before is a
// [*PastError].
func (a *Agenda) At(t Time, phase Phase, action Action) (Event, error) {
	if err := a.check(t, phase, action); err != nil {
		return Event{}, err
	}
	return a.schedule(t, 0, phase, action), nil
}

// Every schedules an action for time start and for every interval after it,
// until it is cancelled or time ends. The interval must be positive.
func (a *Agenda) Every(start, interval Time, phase Phase, action Action) (Event, error) {
	if interval <= 0 {
		return Event{}, fmt.Errorf("sim: event every %v: allowed are positive intervals", interval)
	}
	if err := a.check(start, phase, action); err != nil {
		return Event{}, err
	}
	return a.schedule(start, interval, phase, action), nil
}

// check returns an error if an event must not be scheduled.
func (a *Agenda) check(t Time, phase Phase, action Action) error {
	switch {
	case int(phase) >= phaseCount:
		return fmt.Errorf("sim: event in %v: allowed are %v to %v", phase, Deliver, Act)
	case action == nil:
		return fmt.Errorf("sim: event at %v, phase %v, without an action", t, phase)
	case t < a.now, t == a.now && phase < a.phase:
		return &PastError{Time: t, Phase: phase, Now: a.now, NowPhase: a.phase}
	}
	return nil
}

func (a *Agenda) schedule(t, interval Time, phase Phase, action Action) Event {
	e := a.free
	if e == nil {
		e = new(entry)
	} else {
		a.free = e.next
	}
	a.sequence++
	a.pending++
	e.action, e.interval, e.sequence, e.phase = action, interval, a.sequence, phase
	a.place(e, t)
	return Event{e, e.sequence}
}

// place puts e into the bucket of time t.
func (a *Agenda) place(e *entry, t Time) {
	if step := int64(t / a.resolution); Time(step)*a.resolution == t && step-a.step < ringSteps {
		b := a.ring.at(step)
		b.time = t
		b.push(e)
		return
	}
	a.horizon.at(t, a).push(e)
}

// Cancel removes an event, also a repeating one and also from within its own
// action, and reports whether it was still scheduled.
func (a *Agenda) Cancel(event Event) bool {
	e := event.entry
	if e == nil || e.sequence != event.sequence || e.bucket == nil || e.bucket.owner != a {
		return false
	}
	a.unplace(e)
	a.release(e)
	return true
}

// unplace takes e out of its bucket.
func (a *Agenda) unplace(e *entry) {
	b := e.bucket
	b.remove(e)
	e.bucket = nil
	if b.occupied == 0 {
		a.emptied(b)
	}
}

// emptied returns a bucket without events to the place it came from.
func (a *Agenda) emptied(b *bucket) {
	if b.slot == offRing {
		a.horizon.drop(b)
		return
	}
	a.ring.emptied(b.slot)
}

// release makes e available for another event.
func (a *Agenda) release(e *entry) {
	e.action = nil
	e.next, e.prev = a.free, nil
	a.free = e
	a.pending--
}

var errRunning = errors.New("sim: Run called from within an action of the same agenda")

// Run processes every event with time before until, in order, those scheduled
// meanwhile included, and then makes until the present. The interval is half
// open: events at until itself wait for the next Run, so that Run(x), Run(y)
// does the same as Run(y).
//
// The first error of an action ends the run as an [*ActionError]. The present
// is then the instant and phase of that action, which is done; what follows it
// is still scheduled.
func (a *Agenda) Run(until Time) error {
	if a.running {
		return errRunning
	}
	if until < a.now {
		return fmt.Errorf("sim: run until %v: the present is %v already", until, a.now)
	}
	a.running = true
	defer func() { a.running = false }()
	for b := a.next(); b != nil && b.time < until; b = a.next() {
		if err := a.act(b); err != nil {
			return err
		}
	}
	if a.now < until {
		a.advance(until)
	}
	a.phase = Deliver
	return nil
}

// next returns the first bucket with events, or nil. If both the ring and the
// horizon hold events of that instant, it joins them.
func (a *Agenda) next() *bucket {
	near, far := a.ring.first(a.step), a.horizon.near
	switch {
	case far == nil:
		return near
	case near == nil || far.time < near.time:
		return far
	case far.time == near.time:
		far.moveTo(near)
		a.horizon.drop(far)
	}
	return near
}

// act runs the first event of b. A repeating event is scheduled again before
// its action, so that the action can cancel it.
func (a *Agenda) act(b *bucket) error {
	if b.time != a.now {
		a.advance(b.time)
	}
	e := b.first(&a.scratch)
	a.phase = e.phase
	action := e.action
	a.unplace(e)
	if e.interval > 0 && a.now <= MaxTime-e.interval {
		a.place(e, a.now+e.interval)
	} else {
		a.release(e)
	}
	if err := action.Act(a.now); err != nil {
		return &ActionError{Time: a.now, Phase: a.phase, Err: err}
	}
	return nil
}

// advance makes t the present.
func (a *Agenda) advance(t Time) {
	a.now = t
	a.step = int64(t / a.resolution)
}

// Reset removes all events and returns to time zero, keeping storage for the
// next trial. It panics when called from within an action of the agenda.
func (a *Agenda) Reset() {
	if a.running {
		panic("sim: Reset called from within an action of the same agenda")
	}
	for b := a.next(); b != nil; b = a.next() {
		for b.occupied != 0 {
			e := b.first(&a.scratch)
			a.unplace(e)
			a.release(e)
		}
	}
	a.advance(0)
	a.phase = Deliver
}
