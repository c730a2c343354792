package sim

import (
	"container/heap"
	"fmt"
	"testing"
)

// A trial as a clocked network runs it: four periodic events at each of 900
// steps, and others that are scheduled once, before it begins.
const benchSteps = 900

var benchPhases = [...]Phase{Deliver, Advance, Learn, Record}

// tick counts the events that ran.
type tick int

func (t *tick) Act(Time) error { *t++; return nil }

// onceAt spreads the events that happen once over the trial.
func onceAt(i int, interval Time) Time { return Time(i*7919%benchSteps) * interval }

// BenchmarkTrial compares the agenda with a binary heap; the last two cases are
// the agenda's slow side, where its ring is of no use.
func BenchmarkTrial(b *testing.B) {
	for _, once := range []int{0, 1000, 10000} {
		b.Run(fmt.Sprintf("agenda/once=%d", once), func(b *testing.B) {
			benchmarkAgenda(b, Millisecond, Millisecond, once)
		})
		b.Run(fmt.Sprintf("heap/once=%d", once), func(b *testing.B) { benchmarkHeap(b, once) })
	}
	b.Run("agenda-off-grid/once=1000", func(b *testing.B) { benchmarkAgenda(b, Millisecond, Millisecond-1, 1000) })
	b.Run("agenda-far/once=1000", func(b *testing.B) { benchmarkAgenda(b, Microsecond, Millisecond, 1000) })
}

// reportPerEvent gives the cost of one event, scheduling and the action's call
// included.
func reportPerEvent(b *testing.B, events tick) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(events), "ns/event")
	b.ReportMetric(0, "ns/op")
}

func benchmarkAgenda(b *testing.B, resolution, interval Time, once int) {
	b.ReportAllocs()
	a, err := NewAgenda(resolution)
	if err != nil {
		b.Fatal(err)
	}
	var events tick
	for b.Loop() {
		a.Reset()
		for _, phase := range benchPhases {
			if _, err := a.Every(0, interval, phase, &events); err != nil {
				b.Fatal(err)
			}
		}
		for i := range once {
			if _, err := a.At(onceAt(i, interval), Deliver, &events); err != nil {
				b.Fatal(err)
			}
		}
		if err := a.Run(benchSteps * interval); err != nil {
			b.Fatal(err)
		}
	}
	reportPerEvent(b, events)
}

// heapEvent and eventHeap are what one writes first: a binary heap of events.
type heapEvent struct {
	time, interval Time
	phase          Phase
	sequence       int
	action         Action
}

type eventHeap []heapEvent

func (h eventHeap) Len() int      { return len(h) }
func (h eventHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *eventHeap) Push(x any)   { *h = append(*h, x.(heapEvent)) }
func (h eventHeap) Less(i, j int) bool {
	x, y := &h[i], &h[j]
	if x.time != y.time {
		return x.time < y.time
	}
	if x.phase != y.phase {
		return x.phase < y.phase
	}
	return x.sequence < y.sequence
}

func (h *eventHeap) Pop() any {
	old := *h
	*h = old[:len(old)-1]
	return nil // the event has been read at the top, and boxing it would cost
}

func benchmarkHeap(b *testing.B, once int) {
	b.ReportAllocs()
	var events tick
	var h eventHeap
	for b.Loop() {
		h = h[:0]
		for i, phase := range benchPhases {
			h = append(h, heapEvent{interval: Millisecond, phase: phase, sequence: i, action: &events})
		}
		for i := range once {
			h = append(h, heapEvent{time: onceAt(i, Millisecond), sequence: len(h), action: &events})
		}
		heap.Init(&h)
		for h[0].time < benchSteps*Millisecond {
			e := &h[0]
			if err := e.action.Act(e.time); err != nil {
				b.Fatal(err)
			}
			if e.interval > 0 {
				e.time += e.interval
				heap.Fix(&h, 0)
			} else {
				heap.Pop(&h)
			}
		}
	}
	reportPerEvent(b, events)
}
