package neuron

import (
	"math"

	"paracrine/sim"
)

// Between events the potential of a lif-delta cell, relative to rest, is
//
//	V(t) = A + (V₀ − A) exp(−t/τ_m),   A = (τ_m/C_m) I
//
// which reaches the threshold, where A is above it, at
//
//	t = τ_m ln((A − V₀)/(A − V_th))
//
// What arrives in the refractory period, or just as it ends, is lost, as on the
// grid.

// exactLIFDelta is a population of lif-delta cells that advance from event to
// event.
type exactLIFDelta struct {
	course
	potential []float64 // V − E_L, mV
	injected  []float64 // pA, beside the constant current
	rest      []float64 // mV
	kinds     []deltaKind
	kind      []uint32
}

// deltaKind is the constants of a cell: times in ps, potentials in mV relative
// to rest.
type deltaKind struct {
	rate       float64 // 1/τ_m
	resistance float64 // τ_m/C_m, mV/pA
	current    float64 // pA
	threshold  float64
	reset      float64
	refractory float64
}

// deltaCell is a cell at its last event.
type deltaCell struct {
	moment
	potential float64
	target    float64 // A
}

func newExactLIFDelta(s Setting) (Exact, error) {
	p := &exactLIFDelta{
		course:    newCourse(s.Cells),
		potential: make([]float64, s.Cells), injected: make([]float64, s.Cells),
		rest: s.Values.Of("rest"),
	}
	v := s.Values
	p.kinds, p.kind = sorted(s.Cells, func(i int) deltaKind {
		tau, rest := v.Of("tau")[i], p.rest[i]
		return deltaKind{
			rate: rate(tau), resistance: tau / v.Of("capacitance")[i], current: v.Of("current")[i],
			threshold: v.Of("threshold")[i] - rest, reset: v.Of("reset")[i] - rest,
			refractory: picoseconds(v.Of("refractory")[i]),
		}
	})
	return p, checkReset(s)
}

// Advance takes a cell through its arrivals: all of one time are added before
// the threshold is looked at.
func (p *exactLIFDelta) Advance(cell int, arrivals []Arrival, until sim.Time, spikes []Spike) []Spike {
	if len(arrivals) == 0 && p.silent(cell, until) {
		return spikes
	}
	k, c := &p.kinds[p.kind[cell]], p.load(cell)
	for len(arrivals) > 0 {
		at := arrivals[0].instant()
		for k.fires(&c, at) {
			spikes = append(spikes, c.spike(cell))
		}
		arrivals = k.receive(&c, arrivals)
	}
	for k.fires(&c, endOf(until)) {
		spikes = append(spikes, c.spike(cell))
	}
	p.store(cell, c)
	return spikes
}

// Inject changes the current of a cell that has been advanced to that time.
func (p *exactLIFDelta) Inject(cell int, at sim.Time, current float64) {
	k, c := &p.kinds[p.kind[cell]], p.load(cell)
	k.move(&c, c.present(at))
	p.injected[cell] = current
	p.store(cell, c)
}

// Read returns the potential in mV.
func (p *exactLIFDelta) Read(cell, _ int, at sim.Time) float64 {
	k, c := &p.kinds[p.kind[cell]], p.load(cell)
	k.move(&c, c.present(at))
	return c.potential + p.rest[cell]
}

// State is the potential, then the injected current and the course.
func (p *exactLIFDelta) State() []State {
	return append([]State{{"potential", p.potential, p.rest}, {"injected", p.injected, nil}}, p.course.State()...)
}

func (p *exactLIFDelta) load(cell int) deltaCell {
	k := &p.kinds[p.kind[cell]]
	return deltaCell{p.course.load(cell), p.potential[cell], float64(k.resistance * (k.current + p.injected[cell]))}
}

func (p *exactLIFDelta) store(cell int, c deltaCell) {
	p.course.store(cell, c.moment)
	p.potential[cell] = c.potential
}

// receive takes the cell to the first of its arrivals and adds those of that
// time; it returns the others.
func (k *deltaKind) receive(c *deltaCell, arrivals []Arrival) []Arrival {
	at := arrivals[0].instant()
	lost := c.held > 0
	k.move(c, at)
	for len(arrivals) > 0 && arrivals[0].instant() == at {
		if !lost {
			c.potential += arrivals[0].Weight
		}
		arrivals = arrivals[1:]
	}
	return arrivals
}

// fires lets the cell spike once if it does so up to an instant.
func (k *deltaKind) fires(c *deltaCell, until instant) bool {
	if c.held > 0 {
		end, released := c.released(until)
		if !released {
			return false
		}
		c.moment = moment{end, 0, unforeseen}
	}
	if c.next == unforeseen {
		if k.staysBelow(c, until.since(c.last)) {
			return false
		}
		c.next = k.crossing(c)
	}
	at := c.last.plus(c.next)
	if at.after(until) {
		return false
	}
	c.moment = moment{at, k.refractory, unforeseen}
	c.potential = k.reset
	return true
}

// move makes an instant that is not before the last event the last event. In the
// refractory period, in which nothing happens, that remains the spike, so that the
// period ends to the bit when it should.
func (k *deltaKind) move(c *deltaCell, at instant) {
	if c.held > 0 {
		return
	}
	c.potential = c.target + float64((c.potential-c.target)*math.Exp(-at.since(c.last)*k.rate))
	c.last, c.next = at, unforeseen
}

// staysBelow reports whether the potential surely stays below threshold for a span:
// it rises at most as fast as it does now, if it is drawn above threshold at all.
func (k *deltaKind) staysBelow(c *deltaCell, span float64) bool {
	if c.potential < k.threshold && c.target <= k.threshold {
		c.next = never
		return true
	}
	highest := c.potential + float64(max(c.target-c.potential, 0)*span*k.rate)
	return highest < k.threshold-float64(margin*(math.Abs(k.threshold)+math.Abs(c.potential)+math.Abs(c.target)))
}

// crossing is the span from the last event to the spike that follows if nothing
// arrives, or never: the root above as τ_m ln(1 + (V_th − V₀)/(A − V_th)), which
// loses no digits near threshold.
func (k *deltaKind) crossing(c *deltaCell) float64 {
	if c.potential >= k.threshold {
		return 0
	}
	excess := c.target - k.threshold
	if !(excess > 0) {
		return never
	}
	return math.Log1p((k.threshold-c.potential)/excess) / k.rate
}
