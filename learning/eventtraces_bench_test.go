package learning

import (
	"fmt"
	"testing"
	"time"
)

// biological is a network of 200 ALIF cells that are reached by 100 synapses
// each, with two messengers and two readouts, of which 20 s are recorded at
// most; channels fire at random with the given rate, in hertz.
func biological(rate, millisecond float64, seconds float64) *traffic {
	s := courseShape{
		cells: 200, ligands: 2, outputs: 2, channels: 200, fan: 100, steps: int(seconds * 1000 * millisecond),
		adapts: true, kappa: 0.95, tau: 20 * millisecond, seed: 3,
	}
	a := s.build()
	for q := range s.channels {
		a.fire(q, func() int { return 1 + int(a.draw.ExpFloat64()*1000*millisecond/rate) }, 1)
	}
	return a
}

// BenchmarkSynapticEvent reports the time per synaptic event and, apart, per
// cell and step, at presynaptic rates from 100 Hz to 1 Hz and steps of 1 ms and 0.1 ms.
func BenchmarkSynapticEvent(b *testing.B) {
	for _, millisecond := range []float64{1, 10} {
		for _, rate := range []float64{100, 10, 5, 1} {
			a := biological(rate, millisecond, min(2, 200/rate)/millisecond*max(1, millisecond/2))
			b.Run(fmt.Sprintf("%gHz/%gms", rate, 1/millisecond), func(b *testing.B) { a.benchmark(b) })
		}
	}
}

func (a *traffic) benchmark(b *testing.B) {
	s := newEventTraces(a.course, a.gain, a.starts, a.target)
	a.byEvents(s)
	var touching, advancing time.Duration
	for b.Loop() {
		s.reset()
		for t := range a.steps {
			now := a.at(t)
			start := time.Now()
			for _, in := range a.input[t] {
				s.arrive(in.channel, in.u)
			}
			middle := time.Now()
			s.advance(now)
			touching += middle.Sub(start)
			advancing += time.Since(middle)
		}
	}
	b.ReportMetric(float64(touching.Nanoseconds())/float64(b.N)/float64(a.events), "ns/event")
	b.ReportMetric(float64(advancing.Nanoseconds())/float64(b.N)/float64(a.steps*a.course.cells), "ns/cell-step")
}

// BenchmarkEventsAgainstEveryStep computes the same gradients at 5 Hz and 1 ms by
// touching synapses at events and at every step.
func BenchmarkEventsAgainstEveryStep(b *testing.B) {
	a := biological(5, 1, 2)
	s := newEventTraces(a.course, a.gain, a.starts, a.target)
	b.Run("events", func(b *testing.B) {
		for b.Loop() {
			a.byEvents(s)
		}
	})
	b.Run("every step", func(b *testing.B) {
		width := a.course.width()
		for b.Loop() {
			clear(s.state)
			for t := range a.steps {
				for _, in := range a.input[t] {
					for i := a.starts[in.channel]; i < a.starts[in.channel+1]; i++ {
						s.state[i*width] += float64(a.gain[a.target[i]] * in.u)
					}
				}
				a.course.courseStep = a.at(t)
				for i, p := range a.target {
					a.course.advance(s.state[i*width:(i+1)*width], int(p))
				}
			}
		}
	})
}
