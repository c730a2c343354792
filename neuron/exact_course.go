package neuron

import (
	"fmt"
	"math"

	"paracrine/sim"
)

// Cells that advance from event to event keep their state as it was at their
// last event – an arrival, a spike, the end of the refractory period, a change
// of current – and never as it is at the end of a window. So a cell's course is
// the same to the bit however often it is advanced.

// Spans of time within a cell's course are picoseconds in float64.
const (
	// unforeseen stands for the time of the next spike where it has not been
	// worked out since the last event.
	unforeseen = -1
	// never is a span that no run is long enough for, and finite, so that a
	// state in which nothing happens is not taken for one that diverged.
	never = math.MaxFloat64
)

// margin is by how much, relative to the potentials involved, a bound must stay
// below threshold to rule a crossing out: more than the rounding errors of both,
// so that ruling out never contradicts the search.
const margin = 1e-9

// instant is a time and the part of a picosecond after it, 0 ≤ part < 1.
type instant struct {
	time sim.Time
	part float32
}

// latest is the greatest part.
const latest = 1 - 1./(1<<24)

// endOf is the last instant that belongs to a time.
func endOf(t sim.Time) instant { return instant{t, latest} }

func (i instant) after(other instant) bool {
	return i.time > other.time || i.time == other.time && i.part > other.part
}

// since is the span from another instant.
func (i instant) since(other instant) float64 {
	return float64(i.time-other.time) + (float64(i.part) - float64(other.part))
}

// plus is the instant a span later, the end of all time if that is not before
// it. No longer span leads to an earlier instant, and one of whole picoseconds
// keeps the part.
func (i instant) plus(span float64) instant {
	whole := math.Floor(span)
	if !(whole < float64(sim.MaxTime-i.time)) {
		return endOf(sim.MaxTime)
	}
	at, part := i.time+sim.Time(whole), float64(i.part)+(span-whole)
	if part >= 1 {
		at, part = at+1, part-1
	}
	return instant{at, min(float32(part), latest)}
}

// course holds when things happen to the cells of a population.
type course struct {
	// last is the time of the last event. A float64 has not the digits of a
	// sim.Time, and recorders and checkpoints know no other state: a value is
	// the float64 with the bits of the time, which is an ordinary number for
	// any time before 9.2185e18 ps.
	last []float64
	part []float64 // of a ps by which the last event is later
	held []float64 // ps left of the refractory period at the last event
	next []float64 // ps from the last event to the next spike, or unforeseen
}

func newCourse(cells int) course {
	c := course{make([]float64, cells), make([]float64, cells), make([]float64, cells), make([]float64, cells)}
	for i := range c.next {
		c.next[i] = unforeseen
	}
	return c
}

// moment is the course of one cell.
type moment struct {
	last       instant
	held, next float64
}

func (c *course) load(cell int) moment {
	return moment{instant{timeOf(c.last[cell]), float32(c.part[cell])}, c.held[cell], c.next[cell]}
}

// timeOf is the time whose bits a value of last has.
func timeOf(last float64) sim.Time { return sim.Time(math.Float64bits(last)) }

func (c *course) store(cell int, m moment) {
	c.last[cell], c.part[cell] = math.Float64frombits(uint64(m.last.time)), float64(m.last.part)
	c.held[cell], c.next[cell] = m.held, m.next
}

// State follows the variables of a model in its State.
func (c *course) State() []State {
	return []State{
		{"last event", c.last, nil}, {"part of last event", c.part, nil},
		{"refractory rest", c.held, nil}, {"next spike", c.next, nil},
	}
}

// silent reports whether a cell without arrivals is known not to spike up to a
// time, so that there is nothing to do. It is enough that the next spike is no
// nearer than the end of that time is to the beginning of the last event's.
func (c *course) silent(cell int, until sim.Time) bool {
	next := c.next[cell]
	return next != unforeseen && next >= float64(until-timeOf(c.last[cell])+1)
}

// Next is the time of a cell's next spike or, where it has not been worked out,
// the end of its refractory period.
func (c *course) Next(cell int) sim.Time {
	m := c.load(cell)
	if m.next == unforeseen {
		return m.last.plus(m.held).time
	}
	return m.last.plus(m.next).time
}

// spike is that of a cell at its last event.
func (m *moment) spike(cell int) Spike { return Spike{m.last.time, uint32(cell), m.last.part} }

// released reports whether the refractory period ends before an instant, and when.
func (m *moment) released(until instant) (end instant, released bool) {
	end = m.last.plus(m.held)
	return end, until.after(end)
}

// present is the beginning of a time, or the last event if that is later.
func (m *moment) present(at sim.Time) instant {
	if begin := (instant{time: at}); begin.after(m.last) {
		return begin
	}
	return m.last
}

// instant is when an arrival is.
func (a *Arrival) instant() instant { return instant{a.Time, a.Part} }

// sorted numbers what differs between the cells of a population: cells that are
// alike share one constants, which then stays in the cache.
func sorted[C comparable](cells int, of func(cell int) C) (kinds []C, kind []uint32) {
	known := map[C]uint32{}
	kind = make([]uint32, cells)
	for i := range kind {
		c := of(i)
		number, have := known[c]
		if !have {
			number = uint32(len(kinds))
			known[c], kinds = number, append(kinds, c)
		}
		kind[i] = number
	}
	return kinds, kind
}

// picoseconds is a span given in ms as a whole number of ps.
func picoseconds(ms float64) float64 { return math.Round(ms * float64(sim.Millisecond)) }

// rate is the reciprocal of a time constant given in ms, per ps.
func rate(tau float64) float64 { return 1 / (tau * float64(sim.Millisecond)) }

// checkReset refuses cells that would never stop spiking.
func checkReset(s Setting) error {
	reset, threshold := s.Values.Of("reset"), s.Values.Of("threshold")
	for i := range s.Cells {
		if !(reset[i] < threshold[i]) {
			return fmt.Errorf("%s: reset %g of cell %d: allowed are values below its threshold, %g", s.Name, reset[i], i, threshold[i])
		}
	}
	return nil
}
