package learning

import "paracrine/internal/kernel"

// cellStep writes what a step makes of one unit of each of a synapse's own numbers,
// for every cell,
//
//	(the row of x) = gate_x · emission + rest_x,
//
// where gate is e of one unit, emission what comes of one unit of e, and rest what
// comes of x otherwise; gate is 0 for d, f and the one y, of which no e comes. What is
// the cells' own, c_a, ϑ and c_out, is written once, what follows the weights when
// they change, and the rest at every step, each in a loop over cells.
type cellStep struct {
	*course
	gate     []float64     // cells × own
	emission []float64     // cells × width
	written  *coefficients // those that emission holds
}

func newCellStep(c *course) *cellStep {
	s := &cellStep{course: c, gate: make([]float64, c.cells*c.own), emission: make([]float64, c.cells*c.width())}
	for p := range c.cells {
		row := s.row(s.emission, p)
		if c.adaptation != nil {
			row[0] = c.adaptation.gain[p]
		}
		if c.threshold != nil {
			row[c.trace()] = -c.threshold[p]
		}
		if c.byField {
			row[c.ear()-1] = c.gain
		}
	}
	return s
}

// row is that of cell p.
func (s *cellStep) row(rows []float64, p int) []float64 { return rows[p*s.width():][:s.width()] }

// write writes the rows of all cells at the present step.
func (s *cellStep) write(cells []float64) {
	s.writeGate()
	s.hear()
	if s.byField {
		s.voiceField()
	} else {
		s.voice()
	}
	kernel.Outer(cells, s.gate, s.emission, s.own, s.width())
	s.addRest(cells)
}

// writeGate writes e of one unit of ε and of ε^a.
func (s *cellStep) writeGate() {
	gate, own := s.gate, s.own
	for p, psi := range s.psi {
		gate[p*own] = psi
	}
	if s.adaptation != nil {
		strength := s.adaptation.strength[:len(s.psi)]
		for p, psi := range s.psi {
			gate[p*own+1] = -float64(psi * strength[p])
		}
	}
}

// hear writes what messengers hear of one unit of e, and cells of themselves.
func (s *cellStep) hear() {
	if s.byField || s.ungated != nil || s.written == s.coefficients {
		return
	}
	s.written = s.coefficients
	for p := range s.cells {
		s.hearAt(s.row(s.emission, p), p, 1)
	}
}

// hearAt writes what messengers hear of a trace at cell p, and the cell of itself.
func (s *cellStep) hearAt(row []float64, p int, heard float64) {
	switch {
	case s.once:
		row[s.ear()-1] = heard
		return
	case s.selfDecay != nil:
		row[s.ear()-1] = -float64(s.selfGain[p] * heard)
	}
	s.hearMessengers(row, p, heard)
}

// hearMessengers writes g of a trace at cell p.
func (s *cellStep) hearMessengers(row []float64, p int, heard float64) {
	first := s.first[int(s.kind[p])*s.ligands:][:s.ligands]
	g := row[s.ear():][:len(first)]
	for l, r := range first {
		g[l] = float64(r * heard)
	}
}

// voice writes y, and what is taught, of one unit of e.
func (s *cellStep) voice() {
	for p := range s.cells {
		s.voiceAt(s.row(s.emission, p), s.feedback[p*s.outputs:], 1)
	}
	s.addPull()
}

// voiceAt writes y of a trace with the given weights, and what it teaches.
func (s *cellStep) voiceAt(row, weights []float64, e float64) {
	y, taught := row[s.ear()+s.ligands:][:s.outputs], 0.0
	weights, errors := weights[:len(y)], s.errors[:len(y)]
	for k, weight := range weights {
		y[k] = float64(weight * e)
		taught += float64(errors[k] * y[k])
	}
	row[s.taught()] = taught
}

// voiceField does so where learning signals spread in space.
func (s *cellStep) voiceField() {
	for p, l := range s.errors {
		s.row(s.emission, p)[s.taught()] = float64(l * s.gain)
	}
	s.addPull()
}

// addPull adds what pulls at rates to what one unit of e teaches.
func (s *cellStep) addPull() {
	for p, pull := range s.pull {
		s.row(s.emission, p)[s.taught()] += pull
	}
}

// addRest adds what becomes of one unit otherwise.
func (s *cellStep) addRest(cells []float64) {
	width, of := s.width(), s.own*s.width()
	addEach(cells[s.trace():], of, s.decay)
	if s.adaptation != nil {
		addEach(cells[width:], of, s.adaptation.decay)
	}
	for p, mu := range s.ungated {
		s.hearAt(cells[p*of:][:width], p, mu)
	}
	if s.byField || s.once || s.selfDecay != nil {
		for p := range s.cells {
			s.writeLast(cells[(p+1)*of-width:(p+1)*of], p)
		}
	}
}

// addEach adds numbers[i] to to[i·every].
func addEach(to []float64, every int, numbers []float64) {
	for i, x := range numbers {
		to[i*every] += x
	}
}

// writeLast writes what becomes of one unit of d or f, or of the one y, at cell p.
func (s *cellStep) writeLast(row []float64, p int) {
	switch {
	case s.byField:
		row[s.ear()-1] = s.readout
		row[s.taught()] = float64(s.errors[p] * s.readout)
	case s.once:
		s.voiceAt(row, s.message[p*s.outputs:], 1)
	default:
		row[s.ear()-1] = s.selfDecay[p]
		s.voiceAt(row, s.feedback[p*s.outputs:], s.psi[p])
		s.hearMessengers(row, p, s.selfMu[p])
	}
}
