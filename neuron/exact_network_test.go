package neuron

import (
	"cmp"
	"container/heap"
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"paracrine/sim"
)

// message is a spike on its way.
type message struct {
	Arrival
	cell, sequence int
}

// messages is a heap by time, then by the order in which they were sent.
type messages []message

func (m messages) Len() int { return len(m) }
func (m messages) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(m[i].Time, m[j].Time), cmp.Compare(m[i].Part, m[j].Part), m[i].sequence-m[j].sequence) < 0
}
func (m messages) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *messages) Push(x any)   { *m = append(*m, x.(message)) }
func (m *messages) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}

// network is a population and who reaches whom, advanced the slow and obvious
// way: all cells together from one message to the next.
type network struct {
	cells    Exact
	size     int
	targets  [][]int
	weight   func(source int) (weight float64, channel int32)
	delay    sim.Time
	external messages
}

// run returns the spikes in order of time, then of cell. All cells are advanced
// at least once every longest.
func (n *network) run(until, longest sim.Time) []Spike {
	var all []Spike
	way := slices.Clone(n.external)
	for i := range way {
		way[i].sequence = i
	}
	heap.Init(&way)
	sequence := len(way)
	arrivals := make([][]Arrival, n.size)
	for now := sim.Time(0); now < until; {
		now = min(until, now+min(longest, n.delay))
		if len(way) > 0 {
			now = min(now, way[0].Time)
		}
		for len(way) > 0 && way[0].Time == now {
			m := heap.Pop(&way).(message)
			arrivals[m.cell] = append(arrivals[m.cell], m.Arrival)
		}
		first := len(all)
		for i := range n.size {
			all = n.cells.Advance(i, arrivals[i], now, all)
			arrivals[i] = arrivals[i][:0]
		}
		inOrder(all[first:])
		for _, s := range all[first:] {
			w, channel := n.weight(int(s.Cell))
			for _, target := range n.targets[s.Cell] {
				heap.Push(&way, message{Arrival{Time: s.Time + n.delay, Weight: w, Channel: channel, Part: s.Part}, target, sequence})
				sequence++
			}
		}
	}
	inOrder(all)
	return all
}

// inOrder sorts by time, then by cell.
func inOrder(spikes []Spike) {
	slices.SortStableFunc(spikes, func(a, b Spike) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Cell, b.Cell))
	})
}

// milliseconds is the time of a spike, part and all.
func milliseconds(s Spike) float64 { return (float64(s.Time) + float64(s.Part)) / ms }

// rows reads a file of the reference network without its heading, if it has one.
func rows(t testing.TB, name string, heading bool) [][]string {
	t.Helper()
	file, err := os.Open("../internal/spiking/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if heading {
		return all[1:]
	}
	return all
}

func number(t testing.TB, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func inTime(t testing.TB, ms float64) sim.Time {
	t.Helper()
	at, err := sim.FromMilliseconds(ms)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// setting is cells that are all alike.
func setting(cells int, values map[string]float64) Setting {
	s := Setting{Cells: cells, Name: "cells", Values: Values{}}
	for name, x := range values {
		s.Values[name] = slices.Repeat([]float64{x}, cells)
	}
	return s
}

// reference is the network of internal/spiking/testdata/README.md, of cells that
// are yet to be made.
func reference(t testing.TB, input string, unit, excitatory, inhibitory, external float64, inhibitoryChannel int32) *network {
	n := &network{size: 100, targets: make([][]int, 100), delay: 1500 * sim.Microsecond}
	for _, row := range rows(t, "connections.csv", true) {
		source := int(number(t, row[0]))
		n.targets[source] = append(n.targets[source], int(number(t, row[1])))
	}
	n.weight = func(source int) (float64, int32) {
		if source < 80 {
			return excitatory, 0
		}
		return inhibitory, inhibitoryChannel
	}
	for _, row := range rows(t, input, true) {
		for _, when := range strings.Fields(row[1]) {
			at := inTime(t, number(t, when)*unit) + n.delay
			n.external = append(n.external, message{Arrival: Arrival{Time: at, Weight: external}, cell: int(number(t, row[0]))})
		}
	}
	return n
}

// start sets the potentials of the reference network.
func start(t testing.TB, cells Exact) {
	for i, row := range rows(t, "v_init.csv", false) {
		cells.State()[0].Values[i] = number(t, row[0])
	}
}

func expReference(t testing.TB) *network {
	n := reference(t, "ext_input_precise_ms.csv", 1, 322.887416, -1614.43708, 322.887416, 1)
	n.cells = mustExp(t, 100, map[string]float64{})
	start(t, n.cells)
	return n
}

// mustExp makes lif-exp cells of the given parameters, the others as in the
// reference network.
func mustExp(t testing.TB, cells int, values map[string]float64) Exact {
	t.Helper()
	all := map[string]float64{
		"tau": 20, "capacitance": 250, "rest": 0, "threshold": 20, "reset": 0, "refractory": 2, "current": 0,
		"tau-excitatory": 2, "tau-inhibitory": 2,
	}
	for name, x := range values {
		all[name] = x
	}
	p, err := newExactLIFExp(setting(cells, all))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mustDelta(t testing.TB, cells int, values map[string]float64) Exact {
	t.Helper()
	all := map[string]float64{
		"tau": 20, "capacitance": 1, "rest": 0, "threshold": 20, "reset": 0, "refractory": 2, "current": 0,
	}
	for name, x := range values {
		all[name] = x
	}
	p, err := newExactLIFDelta(setting(cells, all))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// NEST's spikes from its step-size independent solution, good to 3e-11 ms.
func TestExactExpNetworkSpikesAsTheReference(t *testing.T) {
	want := rows(t, "spikes_iaf_psc_exp_exact.csv", true)
	got := expReference(t).run(sim.Second, sim.Second)
	if len(got) != len(want) || len(want) != 4661 {
		t.Errorf("%d spikes, want %d", len(got), len(want))
	}
	largest := 0.0
	for i, row := range want[:min(len(want), len(got))] {
		away := math.Abs(number(t, row[0]) - milliseconds(got[i]))
		if largest = max(largest, away); away > 1e-10 || got[i].Cell != uint32(number(t, row[1])) {
			t.Fatalf("spike %d is of cell %d at %v ms, want %v", i, got[i].Cell, milliseconds(got[i]), row)
		}
	}
	t.Logf("largest deviation %.3g ms", largest)
}

// On the grid's own times, delta cells off the grid do as those on it.
func TestExactDeltaNetworkSpikesAsTheGridReference(t *testing.T) {
	want := rows(t, "spikes_iaf_psc_delta.csv", true)
	n := reference(t, "ext_input_grid_steps.csv", 0.1, 2, -10, 2, 0)
	n.cells = mustDelta(t, 100, nil)
	start(t, n.cells)
	got := n.run(sim.Second, sim.Second)
	if len(got) != len(want) || len(want) != 3964 {
		t.Errorf("%d spikes, want %d", len(got), len(want))
	}
	for i, row := range want[:min(len(want), len(got))] {
		step := sim.Time(number(t, row[0])) * 100 * sim.Microsecond
		if got[i] != (Spike{Time: step, Cell: uint32(number(t, row[1]))}) {
			t.Fatalf("spike %d is %v, want %v", i, got[i], row)
		}
	}
}

// Advancing cells more often, between messages, must not change a bit.
func TestExactNetworkDoesNotDependOnTheWindow(t *testing.T) {
	const until = 100 * sim.Millisecond
	want := expReference(t).run(until, sim.Second)
	if got := expReference(t).run(until, 10000019); !slices.Equal(got, want) || len(got) < 300 {
		t.Errorf("advanced 10 times as often: %d spikes, not the same %d", len(got), len(want))
	}
}
