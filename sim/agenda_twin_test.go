package sim

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// calendar is what the agenda and its twin both are.
type calendar interface {
	At(Time, Phase, Action) (Event, error)
	Every(start, interval Time, phase Phase, action Action) (Event, error)
	Cancel(Event) bool
	Run(until Time) error
	Now() Time
	Len() int
	Reset()
}

// list is the agenda's slow and obvious twin: all events in one slice, the next
// one found by looking at each.
type list struct {
	now      Time
	phase    Phase
	sequence uint64
	events   []listed
}

type listed struct {
	time, interval Time
	phase          Phase
	sequence       uint64
	action         Action
}

func (l *list) Now() Time { return l.now }
func (l *list) Len() int  { return len(l.events) }
func (l *list) Reset()    { l.now, l.phase, l.events = 0, Deliver, nil }

func (l *list) At(t Time, phase Phase, action Action) (Event, error) {
	return l.Every(t, 0, phase, action)
}

func (l *list) Every(start, interval Time, phase Phase, action Action) (Event, error) {
	if start < l.now || start == l.now && phase < l.phase {
		return Event{}, errors.New("past")
	}
	l.sequence++
	l.events = append(l.events, listed{start, interval, phase, l.sequence, action})
	return Event{sequence: l.sequence}, nil
}

func (l *list) Cancel(event Event) bool {
	n := len(l.events)
	l.events = slices.DeleteFunc(l.events, func(e listed) bool { return e.sequence == event.sequence })
	return len(l.events) < n
}

func (l *list) Run(until Time) error {
	for {
		next := -1
		for i, e := range l.events {
			if e.time < until && (next < 0 || e.before(l.events[next])) {
				next = i
			}
		}
		if next < 0 {
			l.now, l.phase = until, Deliver
			return nil
		}
		e := l.events[next]
		l.now, l.phase = e.time, e.phase
		if e.interval > 0 {
			l.events[next].time += e.interval
		} else {
			l.events = slices.Delete(l.events, next, next+1)
		}
		if err := e.action.Act(e.time); err != nil {
			return err
		}
	}
}

func (e listed) before(other listed) bool {
	switch {
	case e.time != other.time:
		return e.time < other.time
	case e.phase != other.phase:
		return e.phase < other.phase
	}
	return e.sequence < other.sequence
}

// life is a calendar with a random but reproducible course of things: what an
// event does depends on how many ran before it and on nothing else. So two
// calendars live the same life exactly if their order is the same.
type life struct {
	calendar calendar
	grid     Time
	chance   Stream
	events   []Event
	births   int
	course   []string // everything that happened, in order
}

// maxBirths bounds the events of a life.
const maxBirths = 250

func (l *life) note(format string, arguments ...any) {
	l.course = append(l.course, fmt.Sprintf(format, arguments...))
}

// delay is how far ahead an event lies: at the same instant, near or far, at the
// edge of the ring, on the grid or off it, or in the past.
func (l *life) delay() Time {
	grid, off := l.grid, Time(0)
	if l.chance.Bernoulli(0.3) {
		off = Time(l.chance.IntN(int(grid)))
	}
	switch l.chance.IntN(8) {
	case 0:
		return 0
	case 1:
		return off
	case 2:
		return Time(ringSteps-2+l.chance.IntN(5))*grid + off
	case 3:
		return Time(l.chance.IntN(4*ringSteps))*grid + off
	case 4:
		return -Time(l.chance.IntN(3))*grid + off
	}
	return Time(l.chance.IntN(6))*grid + off
}

// bear schedules an event, now and then a repeating one.
func (l *life) bear() {
	if l.births == maxBirths {
		return
	}
	l.births++
	name := l.births
	t := l.calendar.Now() + l.delay()
	phase := Phase(l.chance.IntN(phaseCount))
	action := ActionFunc(func(now Time) error { return l.act(name, now) })
	var event Event
	var err error
	if l.chance.Bernoulli(0.2) {
		event, err = l.calendar.Every(t, max(l.delay(), l.grid/2), phase, action)
	} else {
		event, err = l.calendar.At(t, phase, action)
	}
	l.note("bear %d at %d %v: %v", name, t, phase, err == nil)
	l.events = append(l.events, event)
}

// kill cancels an event, living or not.
func (l *life) kill() {
	if n := len(l.events); n > 0 {
		i := l.chance.IntN(n)
		l.note("kill %d: %v", i, l.calendar.Cancel(l.events[i]))
	}
}

var errLife = errors.New("an accident")

func (l *life) act(name int, now Time) error {
	l.note("%d at %d (%d), %d left", name, now, l.calendar.Now(), l.calendar.Len())
	for l.chance.Bernoulli(0.35) {
		l.bear()
	}
	if l.chance.Bernoulli(0.2) {
		l.kill()
	}
	if l.chance.Bernoulli(0.02) {
		return errLife
	}
	return nil
}

// live runs a life from a seed.
func live(c calendar, seed uint64) []string {
	l := &life{calendar: c, grid: 10, chance: *NewStream(seed, "life", 0)}
	for range 6 {
		for range l.chance.IntN(12) {
			l.bear()
		}
		until := c.Now() + max(0, l.delay())
		err := c.Run(until)
		l.note("run to %d: %v, now %d, %d left", until, errors.Is(err, errLife), c.Now(), c.Len())
		l.kill()
		if l.chance.Bernoulli(0.1) {
			c.Reset()
			l.note("reset")
		}
	}
	return l.course
}

// An agenda lives the same life as its twin: order, ties, far events, events off
// the grid, cancellation, events from events, repetition, errors and resets.
func TestAgendaEqualsList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		a, err := NewAgenda(10)
		if err != nil {
			t.Fatal(err)
		}
		want := live(new(list), seed)
		for trial := range 2 { // the second on used storage
			if diff := cmp.Diff(want, live(a, seed)); diff != "" {
				t.Fatalf("trial %d differs from the list (-list +agenda):\n%s", trial, diff)
			}
			a.Reset()
		}
	})
}

// The lives above are lively: they do what the test is about.
func TestLifeIsLively(t *testing.T) {
	acts, far := 0, 0
	for seed := range uint64(20) {
		a, err := NewAgenda(10)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range live(a, seed) {
			var name int
			if n, _ := fmt.Sscanf(line, "%d at", &name); n == 1 {
				acts++
			}
		}
		far += a.horizon.tree.Len() + len(a.horizon.spare)
	}
	if acts < 1000 || far < 100 {
		t.Errorf("only %d actions and %d buckets off the ring in 20 lives", acts, far)
	}
}
