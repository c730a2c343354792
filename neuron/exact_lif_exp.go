package neuron

import (
	"math"

	"paracrine/sim"
)

// Between events the currents of a lif-exp cell decay and its potential,
// relative to rest, is
//
//	V(t) = A + (V₀ − A) e^(−t/τ_m) + R I_ex g_ex(t) + R I_in g_in(t)
//	A = R I,  R = τ_m/C_m,  g(t) = τ/(τ − τ_m) (e^(−t/τ) − e^(−t/τ_m))
//
// The next spike is found without missing a crossing by a recursion over the
// exponentials. G(t) = e^(t/τ_m) (V(t) − V_th) has the sign of V − V_th, and its
// derivative that of the drive above threshold,
//
//	h(t) = A − V_th + R I_ex e^(−t/τ_ex) + R I_in e^(−t/τ_in)
//
// which turns at most once, where R I_ex/τ_ex e^(−t/τ_ex) = −R I_in/τ_in e^(−t/τ_in).
// So there are at most two stretches with h > 0; G can reach 0 from below only in
// these, and does so where it is above 0 at the end.

// exactLIFExp is a population of lif-exp cells that advance from event to event.
type exactLIFExp struct {
	course
	potential  []float64 // V − E_L, mV
	excitatory []float64 // pA
	inhibitory []float64 // pA
	injected   []float64 // pA, beside the constant current
	rest       []float64 // mV
	kinds      []expKind
	kind       []uint32
}

// expKind is the constants of a cell: times in ps, potentials in mV relative to
// rest.
type expKind struct {
	rate                   float64 // 1/τ_m
	resistance             float64 // τ_m/C_m, mV/pA
	current                float64 // pA
	threshold              float64
	reset                  float64
	refractory             float64
	excitatory, inhibitory expKernel
}

// expCell is a cell at its last event.
type expCell struct {
	moment
	potential  float64
	excitatory float64 // pA
	inhibitory float64 // pA
	target     float64 // A
}

func newExactLIFExp(s Setting) (Exact, error) {
	p := &exactLIFExp{
		course:    newCourse(s.Cells),
		potential: make([]float64, s.Cells), injected: make([]float64, s.Cells),
		excitatory: make([]float64, s.Cells), inhibitory: make([]float64, s.Cells),
		rest: s.Values.Of("rest"),
	}
	p.kinds, p.kind = sorted(s.Cells, func(i int) expKind { return expKindOf(s.Values, i) })
	return p, checkReset(s)
}

func expKindOf(v Values, i int) expKind {
	tau, excitatory, inhibitory := v.Of("tau")[i], v.Of("tau-excitatory")[i], v.Of("tau-inhibitory")[i]
	rest := v.Of("rest")[i]
	return expKind{
		rate: rate(tau), resistance: tau / v.Of("capacitance")[i], current: v.Of("current")[i],
		threshold: v.Of("threshold")[i] - rest, reset: v.Of("reset")[i] - rest,
		refractory: picoseconds(v.Of("refractory")[i]),
		excitatory: newExpKernel(tau, excitatory), inhibitory: newExpKernel(tau, inhibitory),
	}
}

// Advance takes a cell through its arrivals.
func (p *exactLIFExp) Advance(cell int, arrivals []Arrival, until sim.Time, spikes []Spike) []Spike {
	if len(arrivals) == 0 && p.silent(cell, until) {
		return spikes
	}
	k, c := &p.kinds[p.kind[cell]], p.load(cell)
	for len(arrivals) > 0 {
		at := arrivals[0].instant()
		for k.fires(&c, at) {
			spikes = append(spikes, c.spike(cell))
		}
		k.move(&c, at)
		arrivals = c.receive(arrivals)
	}
	for k.fires(&c, endOf(until)) {
		spikes = append(spikes, c.spike(cell))
	}
	p.store(cell, c)
	return spikes
}

// Inject changes the current of a cell that has been advanced to that time.
func (p *exactLIFExp) Inject(cell int, at sim.Time, current float64) {
	k, c := &p.kinds[p.kind[cell]], p.load(cell)
	k.move(&c, c.present(at))
	p.injected[cell] = current
	p.store(cell, c)
}

// Read returns the potential in mV or a synaptic current in pA.
func (p *exactLIFExp) Read(cell, variable int, at sim.Time) float64 {
	k, c := &p.kinds[p.kind[cell]], p.load(cell)
	k.move(&c, c.present(at))
	return [...]float64{c.potential + p.rest[cell], c.excitatory, c.inhibitory}[variable]
}

// State is the variables of the model, then the injected current and the course.
func (p *exactLIFExp) State() []State {
	return append([]State{
		{"potential", p.potential, p.rest}, {"excitatory", p.excitatory, nil}, {"inhibitory", p.inhibitory, nil},
		{"injected", p.injected, nil},
	}, p.course.State()...)
}

func (p *exactLIFExp) load(cell int) expCell {
	k := &p.kinds[p.kind[cell]]
	return expCell{
		p.course.load(cell), p.potential[cell], p.excitatory[cell], p.inhibitory[cell],
		float64(k.resistance * (k.current + p.injected[cell])),
	}
}

func (p *exactLIFExp) store(cell int, c expCell) {
	p.course.store(cell, c.moment)
	p.potential[cell], p.excitatory[cell], p.inhibitory[cell] = c.potential, c.excitatory, c.inhibitory
}

// receive adds the arrivals of the time of the first to the currents and returns
// the others.
func (c *expCell) receive(arrivals []Arrival) []Arrival {
	at := arrivals[0].instant()
	for len(arrivals) > 0 && arrivals[0].instant() == at {
		if arrivals[0].Channel == 0 {
			c.excitatory += arrivals[0].Weight
		} else {
			c.inhibitory += arrivals[0].Weight
		}
		arrivals = arrivals[1:]
	}
	return arrivals
}

// fires lets the cell spike once if it does so up to an instant.
func (k *expKind) fires(c *expCell, until instant) bool {
	if c.held > 0 {
		end, released := c.released(until)
		if !released {
			return false
		}
		k.decay(c, c.held)
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
	k.decay(c, c.next)
	c.moment = moment{at, k.refractory, unforeseen}
	c.potential = k.reset
	return true
}

// move makes an instant that is not before the last event the last event.
func (k *expKind) move(c *expCell, at instant) {
	t := at.since(c.last)
	if c.held > 0 {
		held := min(t, c.held)
		k.decay(c, held)
		c.held -= held
		t -= held
	}
	c.last, c.next = at, unforeseen
	if t > 0 {
		p := k.pathOf(c)
		excitatory, inhibitory := k.decay(c, t)
		c.potential = c.target + p.rise(t, math.Exp(-t*k.rate), excitatory, inhibitory)
	}
}

// decay lets the currents decay for a span and returns by which factors.
func (k *expKind) decay(c *expCell, t float64) (excitatory, inhibitory float64) {
	if c.excitatory != 0 || k.alike() {
		excitatory = math.Exp(-t * k.excitatory.rate)
		c.excitatory = float64(c.excitatory * excitatory)
	}
	inhibitory = excitatory
	if c.inhibitory != 0 {
		if !k.alike() {
			inhibitory = math.Exp(-t * k.inhibitory.rate)
		}
		c.inhibitory = float64(c.inhibitory * inhibitory)
	}
	return excitatory, inhibitory
}

// staysBelow reports whether the potential surely stays below threshold for a span,
// since it rises at most as fast as the currents above zero would lift it now.
// It also notes where the potential never gets there.
func (k *expKind) staysBelow(c *expCell, span float64) bool {
	p := k.pathOf(c)
	tolerance := p.tolerance()
	if p.limit() < -tolerance {
		c.next = never
		return true
	}
	pull := max(p.excitatory, 0) + max(p.inhibitory, 0) - p.start
	return p.excess+p.start+float64(max(pull, 0)*span*k.rate) < -tolerance
}

// crossing is the span in ps from the last event to the spike that follows if
// nothing arrives, or never.
func (k *expKind) crossing(c *expCell) float64 {
	if c.potential >= k.threshold {
		return 0
	}
	p := k.pathOf(c)
	return p.crossing()
}
