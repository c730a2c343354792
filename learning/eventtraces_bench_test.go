package learning

import (
	"fmt"
	"math"
	"testing"
	"time"

	"paracrine/internal/kernel"
)

// biological is a network of 100 ALIF cells that are reached by 100 synapses
// each, with two messengers and two readouts; channels fire at random with the
// given rate, in hertz.
func biological(rate, millisecond float64, steps int) *traffic {
	s := courseShape{
		cells: 100, ligands: 2, outputs: 2, channels: 200, fan: 50, steps: steps,
		adapts: true, alike: true, kappa: 0.95, tau: 20 * millisecond, seed: 3,
	}
	a := s.build()
	a.psi = a.psi[:64] // again and again: in a simulation ψ was just computed, and is near
	for q := range s.channels {
		a.fire(q, func() int { return 1 + int(a.draw.ExpFloat64()*1000*millisecond/rate) }, 1)
	}
	return a
}

// BenchmarkSynapticEvent reports the time per synaptic event and, apart, per
// cell and step, at presynaptic rates from 100 Hz to 1 Hz and steps of 1 ms and
// 0.1 ms. Time is taken when a channel has had three times to spike, since what comes
// first is cheaper. Both are sums over steps of each step's time in the run that was fastest
// there, less what reading the clock takes, so that other programs count little. The
// clock is the one that is read without a system call: those empty the caches of
// what is timed.
func BenchmarkSynapticEvent(b *testing.B) {
	for _, millisecond := range []float64{1, 10} {
		for _, rate := range []float64{100, 10, 5, 1} {
			before := int(3 / rate * 1000 * millisecond)
			a := biological(rate, millisecond, before+int(max(1, 4/rate)*1000*millisecond))
			for _, near := range []bool{false, true} {
				name := fmt.Sprintf("%gHz/%gms", rate, 1/millisecond)
				if near {
					name += "/near"
				}
				b.Run(name, func(b *testing.B) { a.benchmark(b, before, near) })
			}
		}
	}
}

// benchmark times the steps from the given one, near with what events take fetched
// from memory before.
func (a *traffic) benchmark(b *testing.B, from int, near bool) {
	s := newEventTraces(a.course, a.gain, a.starts, a.target)
	a.byEvents(s)
	touching, advancing := newStopwatch(a.steps), newStopwatch(a.steps)
	for b.Loop() {
		s.reset()
		for t := range a.steps {
			a.timeStep(s, t, touching, advancing, near)
		}
	}
	events := 0
	for t := from; t < a.steps; t++ {
		for _, in := range a.input[t] {
			events += a.starts[in.channel+1] - a.starts[in.channel]
		}
	}
	b.ReportMetric(touching.since(from)/float64(events), "ns/event")
	b.ReportMetric(advancing.since(from)/float64((a.steps-from)*a.course.cells), "ns/cell-step")
}

// timeStep takes one step, arrivals first, and times what belongs to events and
// what to the step.
func (a *traffic) timeStep(s *eventTraces, t int, touching, advancing *stopwatch, near bool) {
	touched, advanced := 0.0, 0.0
	a.arrived = append(a.arrived[:0], a.input[t]...) // who has just spiked is known
	if near {
		for _, in := range a.arrived {
			s.bringNear(in.channel)
		}
	}
	if len(a.arrived) > 0 {
		touched += touching.busy(func() {
			for _, in := range a.arrived {
				s.arrive(in.channel, in.u)
			}
		})
	}
	now := a.at(t)
	advanced += advancing.busy(func() { s.elapse(now) })
	if s.ended() {
		advanced += advancing.busy(s.turnBack)
		if len(s.late) > 0 {
			touched += touching.busy(func() { s.settleLate(func(int, []float64) {}) })
		}
		advanced += advancing.busy(s.finish)
	}
	touching.least[t], advancing.least[t] = min(touching.least[t], touched), min(advancing.least[t], advanced)
}

// bringNear reads what settle is going to take.
func (s *eventTraces) bringNear(channel int) {
	target := s.target[s.starts[channel]:s.starts[channel+1]]
	read(s.stateOf(channel))
	read(target)
	left := s.left[channel]
	if left < 0 || left%BlockSteps != 0 || left == s.now {
		return
	}
	place := &s.waiting[s.find(left/BlockSteps)]
	place.channels++ // way takes one away
	of := s.own * s.width()
	for _, m := range s.way(nil, left/BlockSteps) {
		for _, p := range target {
			read(m[int(p)*of:][:of])
		}
	}
}

// total is of all that was read, so that reading is not left out.
var total float64

func read[T int32 | float64](x []T) {
	for _, v := range x {
		total += float64(v)
	}
}

// stopwatch keeps the least time that each step took in several runs, in
// nanoseconds.
type stopwatch struct {
	reading float64 // what reading the clock adds
	least   []float64
}

func newStopwatch(steps int) *stopwatch {
	w := &stopwatch{least: make([]float64, steps)}
	w.reading = math.Inf(1)
	for range 1000 {
		w.reading = min(w.reading, busy(func() {}))
	}
	for t := range w.least {
		w.least[t] = math.Inf(1)
	}
	return w
}

func (w *stopwatch) busy(f func()) float64 { return busy(f) - w.reading }

// since is the time from a step on.
func (w *stopwatch) since(step int) float64 {
	sum := 0.0
	for _, x := range w.least[step:] {
		sum += x
	}
	return sum
}

// busy is how long f takes, in nanoseconds.
func busy(f func()) float64 {
	begin := time.Now()
	f()
	return float64(time.Since(begin))
}

// BenchmarkEventsAgainstEveryStep computes the same gradients at 5 Hz and 1 ms by
// touching synapses at events and at every step, and reports how much faster
// the former is, the work per cell and step included.
func BenchmarkEventsAgainstEveryStep(b *testing.B) {
	for _, fan := range []int{10, 100} { // synapses per cell: of two channels per cell
		a := biological(5, 1, 2000).thinned(fan / 2)
		s := newEventTraces(a.course, a.gain, a.starts, a.target)
		a.byEvents(s)
		b.Run(fmt.Sprintf("%d synapses per cell", fan), func(b *testing.B) {
			events, steps := math.Inf(1), math.Inf(1)
			for b.Loop() {
				events = min(events, busy(func() { a.byEvents(s) }))
				steps = min(steps, busy(func() { a.everyStep() }))
			}
			b.ReportMetric(steps/events, "times")
		})
	}
}

// thinned keeps the first synapses of every channel.
func (a *traffic) thinned(fan int) *traffic {
	thin := *a
	thin.starts, thin.target = []int{0}, nil
	for q := range a.starts[1:] {
		thin.target = append(thin.target, a.target[a.starts[q]:][:fan]...)
		thin.starts = append(thin.starts, len(thin.target))
	}
	return &thin
}

// everyStep takes every synapse through every step.
func (a *traffic) everyStep() {
	c, stretches := a.course, newStretches(a.course)
	step := stretches.take()
	width, cells := c.width(), kernel.CellsOf(a.target, c.cells)
	state, next := make([]float64, len(a.target)*width), make([]float64, len(a.target)*width)
	for t := range a.steps {
		for _, in := range a.input[t] {
			for i := a.starts[in.channel]; i < a.starts[in.channel+1]; i++ {
				state[i*width+c.trace()] += float64(a.gain[a.target[i]] * in.u)
			}
		}
		c.courseStep = a.at(t)
		stretches.writeStep(step)
		c.carry(next, c.rows(state), cells, step)
		state, next = next, state
	}
}
