package neuron

import (
	"math"
	"testing"

	"paracrine/sim"
)

// twinCell is a cell of a network that is simulated by another method: times are
// float64 ms, currents and potentials are advanced together from one happening
// in the whole network to the next, and a crossing is looked for in short steps.
type twinCell struct {
	w         expTwin // as of now; pulls are R I
	free      float64 // end of the refractory period
	threshold float64
	delta     bool
}

// twinMessage is a jump on its way, of a potential or of R I.
type twinMessage struct {
	at, jump float64
	cell     int
}

// advance takes a cell from one time to another, between which it is either free
// or not and does not spike.
func (c *twinCell) advance(from, to float64) {
	if from >= c.free {
		c.w.start = c.w.potential(to - from)
	}
	c.w.pullEx *= math.Exp(-(to - from) / c.w.excitatory)
	c.w.pullIn *= math.Exp(-(to - from) / c.w.inhibitory)
}

// crossing is the first time in (from, to] at which the cell is above threshold.
func (c *twinCell) crossing(from, to float64) float64 {
	if from < c.free {
		return math.Inf(1)
	}
	const step = 0.01
	for low := 0.0; low < to-from; low += step {
		if high := min(low+step, to-from); c.w.potential(high) > c.threshold {
			return from + c.w.bisect(low, high, c.threshold)
		}
	}
	return math.Inf(1)
}

// receive is a jump, which a delta cell that is held loses.
func (c *twinCell) receive(now, jump float64) {
	switch {
	case c.delta && now > c.free:
		c.w.start += jump
	case c.delta:
	case jump > 0:
		c.w.pullEx += jump
	default:
		c.w.pullIn += jump
	}
}

type twinSpike struct {
	at   float64
	cell int
}

// twinNetwork is what is simulated; connected[i] are the cells that i reaches.
type twinNetwork struct {
	cells     []twinCell
	connected [][]int
	jump      func(source int) float64
	delay     float64
	way       []twinMessage
}

// happening is the next time at which anything happens, a message or a release
// from the refractory period, no later than until.
func (n *twinNetwork) happening(now, until float64) float64 {
	next := until
	for _, m := range n.way {
		next = min(next, m.at)
	}
	for _, c := range n.cells {
		if c.free > now {
			next = min(next, c.free)
		}
	}
	return next
}

// first is the first spike up to a time, if there is one.
func (n *twinNetwork) first(now, until float64) (twinSpike, bool) {
	spike := twinSpike{math.Inf(1), 0}
	for i := range n.cells {
		c := &n.cells[i]
		if c.w.start >= c.threshold && now >= c.free {
			return twinSpike{now, i}, true
		}
		if at := c.crossing(now, until); at < spike.at {
			spike = twinSpike{at, i}
		}
	}
	return spike, !math.IsInf(spike.at, 1)
}

func (n *twinNetwork) run(until float64) []twinSpike {
	var spikes []twinSpike
	for now := 0.0; now < until; {
		next := n.happening(now, until)
		spike, spiked := n.first(now, next)
		if spiked {
			next = spike.at
		}
		for i := range n.cells {
			n.cells[i].advance(now, next)
		}
		now = next
		if spiked {
			spikes = append(spikes, spike)
			n.cells[spike.cell].w.start, n.cells[spike.cell].free = 0, now+2
			for _, target := range n.connected[spike.cell] {
				n.way = append(n.way, twinMessage{now + n.delay, n.jump(spike.cell), target})
			}
			continue
		}
		kept := n.way[:0]
		for _, m := range n.way {
			if m.at == now {
				n.cells[m.cell].receive(now, m.jump)
			} else {
				kept = append(kept, m)
			}
		}
		n.way = kept
	}
	return spikes
}

// Random networks off the grid, of cells that differ and are driven by currents
// about threshold, spike as a network simulated by another method.
func TestExactNetworksSpikeAsTheTwin(t *testing.T) {
	for seed := range uint64(6) {
		compareWithTwin(t, seed, seed%2 == 0)
	}
}

func compareWithTwin(t *testing.T, seed uint64, delta bool) {
	const cells, until, delay = 12, 150.0, 0.7
	unit := 20.0 // of a jump of R I, mV
	if delta {
		unit = 1.5
	}
	s := sim.NewStream(seed, "twin", 0)
	twin, fast := &twinNetwork{delay: delay}, &network{size: cells, delay: inTime(t, delay)}
	twin.jump = func(source int) float64 {
		if source < cells*3/4 {
			return unit
		}
		return -2 * unit
	}
	fast.weight = func(source int) (float64, int32) {
		w := twin.jump(source)
		if w < 0 && !delta {
			return w, 1
		}
		return w, 0
	}
	parameters := Values{}
	for i := range cells {
		w := expTwin{
			tau: 8 + 20*s.Float64(), excitatory: 1 + 4*s.Float64(), inhibitory: 1 + 9*s.Float64(),
			start: 20 * s.Float64(), target: 18 + 6*s.Float64(),
		}
		for name, x := range map[string]float64{
			"tau": w.tau, "capacitance": w.tau, "current": w.target, "tau-excitatory": w.excitatory, "tau-inhibitory": w.inhibitory,
			"rest": 0, "threshold": 20, "reset": 0, "refractory": 2,
		} {
			parameters[name] = append(parameters[name], x)
		}
		var targets []int
		for j := range cells {
			if s.Bernoulli(0.3) {
				targets = append(targets, j)
			}
		}
		for range s.IntN(20) {
			at := inTime(t, until*s.Float64())
			twin.way = append(twin.way, twinMessage{at.Milliseconds(), unit, i})
			fast.external = append(fast.external, message{Arrival: Arrival{Time: at, Weight: unit}, cell: i})
		}
		twin.cells = append(twin.cells, twinCell{w: w, threshold: 20, delta: delta})
		twin.connected, fast.targets = append(twin.connected, targets), append(fast.targets, targets)
	}
	fast.cells = population(t, parameters, delta)
	for i, c := range twin.cells {
		fast.cells.State()[0].Values[i] = c.w.start
	}
	compareSpikes(t, fast.run(inTime(t, until), sim.Second), twin.run(until))
}

// population is cells of the given parameters.
func population(t *testing.T, parameters Values, delta bool) Exact {
	of := newExactLIFExp
	if delta {
		of = newExactLIFDelta
	}
	p, err := of(Setting{Cells: len(parameters["tau"]), Values: parameters})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func compareSpikes(t *testing.T, got []Spike, want []twinSpike) {
	if len(got) != len(want) || len(want) < 30 {
		t.Fatalf("%d spikes, want %d", len(got), len(want))
	}
	for i, w := range want {
		if int(got[i].Cell) != w.cell || math.Abs(milliseconds(got[i])-w.at) > 1e-11 {
			t.Fatalf("spike %d of %d is %v, want %v", i, len(want), got[i], w)
		}
	}
}
