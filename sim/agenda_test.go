package sim

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mustAgenda returns an agenda with a grid of 1 ms.
func mustAgenda(t *testing.T) *Agenda {
	t.Helper()
	a, err := NewAgenda(Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// must fails the test on an error of At, Every.
func must(t *testing.T) func(Event, error) Event {
	return func(e Event, err error) Event {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
}

// diary is a series of actions that write down their names.
type diary []string

func (d *diary) write(name string) Action {
	return ActionFunc(func(Time) error { *d = append(*d, name); return nil })
}

func (d *diary) expect(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, []string(*d)); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func nothing(Time) error { return nil }

func TestOrderAtOneInstant(t *testing.T) {
	a, d := mustAgenda(t), diary{}
	for phase := Act; phase < Phase(phaseCount); phase-- { // wraps around below Deliver
		must(t)(a.At(Millisecond, phase, d.write(phase.String())))
	}
	must(t)(a.At(Millisecond, Emit, d.write("emit again")))
	must(t)(a.At(Millisecond-1, Act, d.write("before")))
	if err := a.Run(Second); err != nil {
		t.Fatal(err)
	}
	d.expect(t, "before", "deliver", "advance", "emit", "emit again", "modulate", "learn", "record", "act")
}

// A repeating event keeps the place it was scheduled at, whatever the intervals
// are and however the events came to the instant.
func TestRepetitionKeepsOrder(t *testing.T) {
	a, d := mustAgenda(t), diary{}
	const far = 2 * ringSteps * Millisecond
	must(t)(a.At(far, Learn, d.write("far")))
	must(t)(a.Every(Millisecond, Millisecond, Learn, d.write("each")))
	must(t)(a.Every(far/2, far/2, Learn, d.write("seldom")))
	must(t)(a.At(far-Millisecond, Act, ActionFunc(func(Time) error {
		_, err := a.At(far, Learn, d.write("late"))
		return err
	})))
	if err := a.Run(far); err != nil {
		t.Fatal(err)
	}
	d = nil
	if err := a.Run(far + 1); err != nil {
		t.Fatal(err)
	}
	d.expect(t, "far", "each", "seldom", "late")
}

func TestRunIsHalfOpen(t *testing.T) {
	a, d := mustAgenda(t), diary{}
	must(t)(a.Every(0, Millisecond, Deliver, d.write("x")))
	for _, c := range []struct {
		until Time
		count int
	}{{0, 0}, {1, 1}, {Millisecond, 1}, {Millisecond, 1}, {3 * Millisecond, 3}} {
		if err := a.Run(c.until); err != nil {
			t.Fatal(err)
		}
		if len(d) != c.count || a.Now() != c.until || a.Len() != 1 {
			t.Errorf("after Run(%v): %d events ran, %d wait, now is %v; want %d, 1", c.until, len(d), a.Len(), a.Now(), c.count)
		}
	}
	if err := a.Run(Millisecond); err == nil {
		t.Error("ran back in time")
	}
}

func TestPastIsRefused(t *testing.T) {
	a := mustAgenda(t)
	attempt := func(at Time, phase Phase, allowed bool) func(Time) error {
		return func(Time) error {
			_, err := a.At(at, phase, ActionFunc(nothing))
			var past *PastError
			if allowed != (err == nil) || !allowed && !errors.As(err, &past) {
				t.Errorf("at %v, %v, from %v: %v", at, phase, a.Now(), err)
			}
			return nil
		}
	}
	const now = 2 * Millisecond
	must(t)(a.At(now, Learn, ActionFunc(attempt(now, Emit, false))))
	must(t)(a.At(now, Learn, ActionFunc(attempt(now, Learn, true))))
	must(t)(a.At(now, Learn, ActionFunc(attempt(now, Act, true))))
	must(t)(a.At(now, Learn, ActionFunc(attempt(now-1, Act, false))))
	must(t)(a.At(now, Learn, ActionFunc(attempt(now+1, Deliver, true))))
	if err := a.Run(Second); err != nil {
		t.Fatal(err)
	}
	if err := attempt(Second, Deliver, true)(0); err != nil {
		t.Fatal(err)
	}
}

func TestActionErrorStopsRun(t *testing.T) {
	a, d := mustAgenda(t), diary{}
	cause := errors.New("voltage is NaN")
	must(t)(a.Every(2*Millisecond, Millisecond, Advance, ActionFunc(func(now Time) error {
		if now == 2*Millisecond {
			return cause
		}
		return nil
	})))
	must(t)(a.At(2*Millisecond, Emit, d.write("rest")))
	err := a.Run(Second)
	var at *ActionError
	if !errors.As(err, &at) || !errors.Is(err, cause) || at.Time != 2*Millisecond || at.Phase != Advance {
		t.Fatalf("got %v", err)
	}
	if want := "sim: at 2 ms, phase advance: voltage is NaN"; err.Error() != want {
		t.Errorf("error reads %q, want %q", err, want)
	}
	if a.Now() != 2*Millisecond || a.Len() != 2 || len(d) != 0 {
		t.Errorf("stopped at %v with %d events left and %v done", a.Now(), a.Len(), d)
	}
	if _, err := a.At(a.Now(), Deliver, ActionFunc(nothing)); err == nil {
		t.Error("a phase that is over took an event")
	}
	if err := a.Run(Second); err != nil {
		t.Fatal(err)
	}
	d.expect(t, "rest")
}

func TestCancel(t *testing.T) {
	a, d := mustAgenda(t), diary{}
	var self Event
	count := 0
	self = must(t)(a.Every(0, Millisecond, Deliver, ActionFunc(func(Time) error {
		if count++; count == 3 && !a.Cancel(self) {
			t.Error("an event could not cancel itself")
		}
		return nil
	})))
	for _, at := range []Time{Millisecond, Millisecond + 1, Second} {
		e := must(t)(a.At(at, Emit, d.write("cancelled")))
		if other := mustAgenda(t); other.Cancel(e) {
			t.Error("cancelled in an agenda it does not belong to")
		}
		if !a.Cancel(e) || a.Cancel(e) {
			t.Error("an event must be cancelled once")
		}
	}
	// The storage of the last is used again; its name must not mean the new one.
	done := must(t)(a.At(Millisecond, Emit, d.write("kept")))
	if err := a.Run(2 * Second); err != nil {
		t.Fatal(err)
	}
	if a.Cancel(done) || a.Cancel(self) || a.Cancel(Event{}) {
		t.Error("cancelled what was over")
	}
	if count != 3 || a.Len() != 0 {
		t.Errorf("ran %d times, %d left, want 3, 0", count, a.Len())
	}
	d.expect(t, "kept")
}

func TestResetForgets(t *testing.T) {
	a, d := mustAgenda(t), diary{}
	var events []Event
	for _, at := range []Time{0, 5 * Millisecond, 5*Millisecond + 1, Second} {
		events = append(events, must(t)(a.Every(at, Millisecond, Emit, d.write("old"))))
	}
	if err := a.Run(3 * Millisecond); err != nil {
		t.Fatal(err)
	}
	a.Reset()
	if a.Len() != 0 || a.Now() != 0 || slices.ContainsFunc(events, a.Cancel) {
		t.Errorf("%d events left at %v", a.Len(), a.Now())
	}
	d = nil
	must(t)(a.At(0, Deliver, d.write("new")))
	if err := a.Run(2 * Second); err != nil {
		t.Fatal(err)
	}
	d.expect(t, "new")
}

func TestEndOfTime(t *testing.T) {
	a, d := mustAgenda(t), diary{}
	must(t)(a.Every(MaxTime-10, 6, Emit, d.write("x")))
	must(t)(a.At(MaxTime, Emit, d.write("never")))
	if err := a.Run(MaxTime); err != nil {
		t.Fatal(err)
	}
	d.expect(t, "x", "x")
}

func TestBadEvents(t *testing.T) {
	if _, err := NewAgenda(0); err == nil {
		t.Error("a resolution of zero was accepted")
	}
	a := mustAgenda(t)
	for _, c := range []struct {
		name string
		err  error
	}{
		{"negative time", second(a.At(-1, Deliver, ActionFunc(nothing)))},
		{"phase 7", second(a.At(0, Phase(phaseCount), ActionFunc(nothing)))},
		{"without an action", second(a.At(0, Deliver, nil))},
		{"interval of zero", second(a.Every(0, 0, Deliver, ActionFunc(nothing)))},
		{"negative interval", second(a.Every(0, -1, Deliver, ActionFunc(nothing)))},
		{"no action to repeat", second(a.Every(0, 1, Deliver, nil))},
	} {
		if c.err == nil || !strings.HasPrefix(c.err.Error(), "sim: ") {
			t.Errorf("%s: %v", c.name, c.err)
		}
	}
	if a.Len() != 0 {
		t.Errorf("%d bad events were scheduled", a.Len())
	}
}

func second(_ Event, err error) error { return err }

func TestAgendaWithinItsOwnAction(t *testing.T) {
	a := mustAgenda(t)
	must(t)(a.At(0, Act, ActionFunc(func(Time) error {
		if err := a.Run(Second); !errors.Is(err, errRunning) {
			t.Errorf("Run in an action: %v", err)
		}
		defer func() {
			if recover() == nil {
				t.Error("Reset in an action did not panic")
			}
		}()
		a.Reset()
		return nil
	})))
	if err := a.Run(Second); err != nil {
		t.Fatal(err)
	}
}

// Trials of the same kind allocate nothing in the end: near, off the grid, far,
// repeated, scheduled from events and cancelled.
func TestTrialsDoNotAllocate(t *testing.T) {
	a := mustAgenda(t)
	var events tick
	var step int
	chain := ActionFunc(func(now Time) error {
		step++
		e, err := a.At(now+Millisecond/3, Emit, &events)
		if step%3 == 0 {
			a.Cancel(e)
		}
		return err
	})
	trial := func() {
		a.Reset()
		step = 0
		for i := range Time(400) {
			must(t)(a.At(i*7*Millisecond+i%2, Record, &events))
		}
		must(t)(a.Every(0, Millisecond, Deliver, chain))
		must(t)(a.Every(0, 2*Millisecond, Deliver, &events))
		must(t)(a.Every(0, Millisecond/7, Learn, &events))
		if err := a.Run(900 * Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	for range 5 { // the tree's nodes take a few trials to reach their final sizes
		trial()
	}
	if n := testing.AllocsPerRun(10, trial); n != 0 {
		t.Errorf("%v allocations in a trial", n)
	}
}

func TestPhaseString(t *testing.T) {
	if got := Learn.String() + " " + Phase(9).String(); got != "learn phase(9)" {
		t.Error(got)
	}
}
