package neuron

import "paracrine/sim"

// source is a population that spikes by itself. What sets its models apart is
// the time of each spike given the one before; the state of a cell is when it
// spikes next and how many spikes came before that, so that time passing costs
// nothing but a comparison.
type source struct {
	next  []float64 // time of the next spike, whole ps: exact for 2.5 hours, within 1 ps for 5, …; never for none
	count []float64 // spikes before it
	timetable
	dt float64 // step of a grid population, ps
}

// timetable is the spike times of a population's cells, in ps.
type timetable interface {
	// spike is the time of spike number n of a cell, from 0, given that of the
	// spike before, or never. For n = 0 the time before is 0.
	spike(cell int, n, before float64) float64
}

func newSource(s Setting, t timetable) *source {
	p := &source{make([]float64, s.Cells), make([]float64, s.Cells), t, float64(s.Step)}
	for i := range p.next {
		p.schedule(i, 0)
	}
	return p
}

// schedule sets a cell's next spike: the n-th, if it is within the range of
// sim.Time. A time that is not a number is that of a source with rate 0.
func (p *source) schedule(cell int, n float64) float64 {
	at := p.spike(cell, n, p.next[cell])
	if !(at < float64(sim.MaxTime)) {
		at = never
	}
	p.next[cell], p.count[cell] = at, n
	return at
}

// follow moves a cell to its next spike and returns its time.
func (p *source) follow(cell int) float64 { return p.schedule(cell, p.count[cell]+1) }

// State is when each cell spikes next and its number of spikes before that.
func (p *source) State() []State {
	return []State{{"next spike", p.next, nil}, {"spikes", p.count, nil}}
}

// gridSource emits each spike at the end of the step in which its time lies.
type gridSource struct{ *source }

// Advance emits the spikes of a step; there is nothing to advance but them.
func (p gridSource) Advance(from, to int, step int64, _ [][]float64, spikes []uint32) []uint32 {
	end := float64(step+1) * p.dt
	for i, next := range p.next[from:to] {
		for next <= end {
			spikes = append(spikes, uint32(from+i))
			next = p.follow(from + i)
		}
	}
	return spikes
}

// exactSource emits each spike at its time.
type exactSource struct{ *source }

// Advance emits the spikes of a cell up to and including until.
func (p exactSource) Advance(cell int, _ []Arrival, until sim.Time, spikes []Spike) []Spike {
	for next := p.next[cell]; next < never && sim.Time(next) <= until; next = p.follow(cell) {
		spikes = append(spikes, Spike{Time: sim.Time(next), Cell: uint32(cell)})
	}
	return spikes
}

// Next is the time of a cell's next spike.
func (p exactSource) Next(cell int) sim.Time {
	if next := p.next[cell]; next < never && next < float64(sim.MaxTime) {
		return sim.Time(next)
	}
	return sim.MaxTime
}

// Inject does nothing: a source has no membrane.
func (p exactSource) Inject(int, sim.Time, float64) {}

// Read returns 0: a source has no variables.
func (p exactSource) Read(int, int, sim.Time) float64 { return 0 }

// sourceOf makes both forms of a model from its timetable.
func sourceOf(table func(Setting) (timetable, error)) (func(Setting) (Grid, error), func(Setting) (Exact, error)) {
	grid := func(s Setting) (Grid, error) {
		t, err := table(s)
		if err != nil {
			return nil, err
		}
		return gridSource{newSource(s, t)}, nil
	}
	exact := func(s Setting) (Exact, error) {
		s.Step = 0
		t, err := table(s)
		if err != nil {
			return nil, err
		}
		return exactSource{newSource(s, t)}, nil
	}
	return grid, exact
}

// spans is a parameter in ms as whole numbers of ps, cell by cell.
func spans(s Setting, name string) []float64 {
	ps := make([]float64, s.Cells)
	for i, ms := range s.Values.Of(name)[:s.Cells] {
		ps[i] = picoseconds(ms)
	}
	return ps
}
