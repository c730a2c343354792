package modulator

import (
	"math"

	"paracrine/internal/kernel"
)

// Response is how the synapses onto each cell hear their own eligibility trace
// come back: g_t = Ā g_{t-1} + First[p] e_{t-1} for every ligand. Where a cell
// does not hear itself, the deviation d of its own response from its type's is
// a filter of its own, d_t = SelfDecay d_{t-1} − SelfFirst e_{t-1}, and μ d
// joins the trace that the ligands carry on.
type Response struct {
	Propagator Propagator
	First      []float64 // Cells × Ligands: c_v R
	SelfFirst  []float64 // Cells; nil when cells hear themselves
	SelfDecay  []float64 // Cells
	Mu         []float64 // Cells
}

// NewResponse derives the response from profiles, membranes per ligand and per
// cell, and the mean derivative mu of every cell. Cells that do not hear
// themselves must not adapt where credit sees it: d is one number.
func NewResponse(e *Expression, ligand, cell Membrane, mu []float64) *Response {
	r := &Response{
		Propagator: NewPropagator(e, ligand, mu),
		First:      make([]float64, len(e.Reception)),
		Mu:         mu,
	}
	for i, heard := range e.Reception {
		r.First[i] = ligand.Gain[i%e.Ligands] * heard
	}
	if e.Self != nil {
		r.SelfFirst, r.SelfDecay = make([]float64, e.Cells), make([]float64, e.Cells)
		for p, own := range e.Self {
			r.SelfFirst[p] = cell.Gain[p] * own
			r.SelfDecay[p] = cell.Decay[p] - cell.Gain[p]*own*mu[p]
		}
		for _, own := range cell.Own {
			r.SelfDecay[own.Ligand] -= float64(own.Taken * mu[own.Cell])
		}
	}
	return r
}

// Filter convolves the eligibility traces of all synapses onto each cell.
type Filter interface {
	// Heard is what the synapses onto cell p hear at this step of each ligand
	// and, in the last row, of their own cell: (Ligands+1) × synapses.
	Heard(p int) []float64
	// Hear takes the traces of the synapses onto cell p at this step; Heard then
	// gives the next step's.
	Hear(p int, trace []float64)
	// Reset forgets all traces.
	Reset()
}

// StateSpace is the recursive filter: Ligands numbers per synapse, every lag.
type StateSpace struct {
	Response *Response
	synapses int
	state    []float64 // Cells × (Ligands+1) × synapses
	next     []float64 // (Ligands+1) × synapses
	driven   []float64 // synapses
}

// NewStateSpace makes a filter for the given number of synapses onto every cell.
func NewStateSpace(r *Response, cells, synapses int) *StateSpace {
	rows := r.Propagator.Ligands + 1
	return &StateSpace{r, synapses, make([]float64, cells*rows*synapses),
		make([]float64, rows*synapses), make([]float64, synapses)}
}

// Heard implements Filter.
func (s *StateSpace) Heard(p int) []float64 {
	size := len(s.next)
	return s.state[p*size : (p+1)*size]
}

// Hear implements Filter.
func (s *StateSpace) Hear(p int, trace []float64) {
	r, c, n := s.Response, s.Response.Propagator.Ligands, s.synapses
	state := s.Heard(p)
	self := state[c*n:]
	copy(s.driven, trace)
	if r.SelfFirst != nil {
		kernel.Axpy(r.Mu[p], self, s.driven)
	}
	clear(s.next)
	for l := range c {
		kernel.Axpy(r.First[p*c+l], s.driven, s.next[l*n:(l+1)*n])
	}
	kernel.MatMul(c, n, c, r.Propagator.A, c, 1, state, n, s.next, n)
	if r.SelfFirst != nil {
		kernel.Axpy(r.SelfDecay[p], self, s.next[c*n:])
		kernel.Axpy(-r.SelfFirst[p], trace, s.next[c*n:])
	}
	copy(state, s.next)
}

// Reset implements Filter.
func (s *StateSpace) Reset() { clear(s.state) }

// Taps is the finite filter: the traces of the last Count steps are kept and
// weighted anew at every step. Count 0 keeps every trace since Reset.
type Taps struct {
	Response *Response
	Count    int
	synapses int
	history  [][][]float64 // cell, step (newest last), synapse
	heard    []float64
	impulse  [][]float64 // of one cell: step, Ligands+1
}

// NewTaps makes a filter with count taps for the synapses onto every cell.
func NewTaps(r *Response, cells, synapses, count int) *Taps {
	return &Taps{Response: r, Count: count, synapses: synapses,
		history: make([][][]float64, cells), heard: make([]float64, (r.Propagator.Ligands+1)*synapses)}
}

// Heard implements Filter.
func (f *Taps) Heard(p int) []float64 {
	n := f.synapses
	clear(f.heard)
	steps := f.history[p]
	response := f.impulseResponse(p, len(steps))
	for lag := range steps {
		trace := steps[len(steps)-1-lag]
		for l, tap := range response[lag] {
			if tap != 0 {
				kernel.Axpy(tap, trace, f.heard[l*n:(l+1)*n])
			}
		}
	}
	return f.heard
}

// impulseResponse is the taps F_1 … F_count of cell p, ligands first, itself last.
func (f *Taps) impulseResponse(p, count int) [][]float64 {
	r, c := f.Response, f.Response.Propagator.Ligands
	taps := f.impulse[:0]
	state, trace, self := make([]float64, c), 1.0, 0.0
	for range count {
		next := make([]float64, c+1)
		for l := range c {
			sum := r.First[p*c+l] * (trace + r.Mu[p]*self)
			for m := range c {
				sum = math.FMA(r.Propagator.A[l*c+m], state[m], sum)
			}
			next[l] = sum
		}
		if r.SelfFirst != nil {
			next[c] = r.SelfDecay[p]*self - r.SelfFirst[p]*trace
		}
		taps = append(taps, next)
		state, trace, self = next[:c], 0, next[c]
	}
	f.impulse = taps
	return taps
}

// Hear implements Filter.
func (f *Taps) Hear(p int, trace []float64) {
	steps := f.history[p]
	if f.Count > 0 && len(steps) == f.Count {
		oldest := steps[0]
		copy(steps, steps[1:])
		copy(oldest, trace)
		steps[len(steps)-1] = oldest
		return
	}
	f.history[p] = append(steps, append([]float64(nil), trace...))
}

// Reset implements Filter.
func (f *Taps) Reset() {
	for p := range f.history {
		f.history[p] = f.history[p][:0]
	}
}
