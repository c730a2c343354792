package learning

import "paracrine/internal/kernel"

// course is one step of what every synapse remembers, linear in it, with
// coefficients of the cell it ends on and of the time. Before step t a synapse
// holds ε⁻ (the trace without what arrives at t), ε^a, d, g and y; what arrives,
// u, adds c_v u to ε⁻. Then
//
//	e = ψ (ε − β ε^a),                     y_k ← κ y_k + B_pk (e + ψ d) + Σ_l m_kl g_l,
//	taught += Σ_k δ_k y_k,                 g ← Ā g + First_p (e + μ d),
//	ε⁻ ← η ε − ϑ e,    ε^a ← ρ ε^a + c_a e,    d ← selfDecay d − selfFirst e
//
// with the readout's c_out in B and m. ε^a is there if some cell adapts, d if
// cells do not hear themselves, ϑ e if the reset is differentiated; form=code has
// μ ε for what messengers hear of e. Rules whose messengers are heard once have
// neither g nor d but f, the last step's e, of which y_k takes m_pk f. Where learning
// signals L spread in space there is one y, which belongs to the cell,
//
//	y ← κ y + c_out e,      taught += L_p y
//
// What pulls at the rate of the cell (RateRegularisation) adds pull_p e to taught.
//
// A synapse on its way is a row of width numbers: its own but ε, shared, taught, ε,
// 0 …, so that what is kept where ε is the channel's comes first. What becomes of one
// unit of each are the rows of a stretch, ε's before the others of its cell.
type course struct {
	cells, ligands, outputs int
	own, shared             int // how many of (ε⁻, ε^a, d or f), and ligands + outputs

	decay      []float64 // N: η
	threshold  []float64 // N: ϑ; nil when the reset is not differentiated
	adaptation *adaptation
	once       bool    // messengers are heard at the next step only
	byField    bool    // learning signals spread in space
	gain       float64 // c_out, where they do
	readout    float64 // κ
	kind       []int32 // N: the row of First of every cell

	courseStep // the present one
}

// courseStep is what differs from step to step.
type courseStep struct {
	*coefficients
	psi     []float64 // N
	message []float64 // K × ligands: c_out m; N × K where messengers are heard once
	errors  []float64 // K: δ; N: L where learning signals spread in space
	pull    []float64 // N: ∂E_rate/∂z; nil where nothing pulls at rates
}

// adaptation is ρ, c_a and β of every cell.
type adaptation struct{ decay, gain, strength []float64 }

// coefficients are those that follow the weights.
type coefficients struct {
	feedback []float64 // N × K: c_out B
	ungated  []float64 // N: μ of form=code, where messengers carry μ ε on, not e; nil otherwise

	// How messengers hear the trace.
	propagator []float64 // ligands × ligands: Ā
	first      []float64 // kinds × ligands

	// Where cells do not hear themselves; nil otherwise: d's decay and gain, and
	// the μ with which it goes on to the messengers.
	selfDecay, selfGain, selfMu []float64 // N
}

// lane is what the width of rows is a multiple of (kernel.Carry).
const lane = 4

// width is how many numbers a row takes.
func (c *course) width() int { return (c.trace() + lane) / lane * lane }

// trace is where in a row ε⁻ is.
func (c *course) trace() int { return c.own + c.shared }

// taught is where in a row that is which the synapse has taught.
func (c *course) taught() int { return c.trace() - 1 }

// ear is where in a row g begins; before it lie ε^a and d or f, or the one y.
func (c *course) ear() int { return c.own - 1 }

// alike says whether ε is the same at all synapses of a channel, and so the
// channel's: cells forget alike and none of their own spikes take part.
func (c *course) alike(gain []float64) bool {
	if c.threshold != nil {
		return false
	}
	for p := range c.decay {
		if c.decay[p] != c.decay[0] || gain[p] != gain[0] {
			return false
		}
	}
	return true
}

// writeStep makes m the stretch of the present step.
func (c *course) writeStep(m stretch) {
	clear(m)
	width := c.width()
	for p := range c.cells {
		c.writeCell(m[p*c.own*width:(p+1)*c.own*width], p)
	}
	c.writeCommon(m[c.cells*c.own*width:])
}

// writeCell writes what becomes of one unit of each of a synapse's own numbers
// at cell p, in rows that are 0.
func (c *course) writeCell(rows []float64, p int) {
	psi, width := c.psi[p], c.width()
	trace, last := rows[:width], rows[(c.own-1)*width:c.own*width]
	trace[c.trace()] = c.decay[p]
	heard := psi
	if c.ungated != nil {
		heard = c.ungated[p]
	}
	if psi != 0 || heard != 0 {
		c.emit(trace, p, psi, heard)
	}
	if a := c.adaptation; a != nil {
		slow := rows[width:][:width]
		slow[0] = a.decay[p]
		if psi != 0 {
			trace[0] = float64(a.gain[p] * psi)
			less := -float64(psi * a.strength[p])
			slow[0] += float64(a.gain[p] * less)
			if c.ungated != nil {
				heard = 0
			} else {
				heard = less
			}
			c.emit(slow, p, less, heard)
		}
	}
	switch {
	case c.byField:
		c.voiceAlone(last, p, c.readout)
	case c.once:
		c.voice(last, c.message[p*c.outputs:], 1)
	case c.selfDecay != nil:
		last[c.ear()-1] = c.selfDecay[p]
		c.voice(last, c.feedback[p*c.outputs:], psi)
		c.hear(last, p, c.selfMu[p])
	}
}

// emit writes what comes of a trace e, of which messengers hear something else
// with form=code.
func (c *course) emit(row []float64, p int, e, heard float64) {
	if c.threshold != nil {
		row[c.trace()] -= float64(c.threshold[p] * e)
	}
	if c.byField {
		c.voiceAlone(row, p, float64(c.gain*e))
	} else {
		c.voice(row, c.feedback[p*c.outputs:], e)
	}
	if c.pull != nil {
		row[c.taught()] += float64(c.pull[p] * e)
	}
	switch {
	case c.byField:
		return
	case c.once:
		row[c.ear()-1] = heard
		return
	case c.selfDecay != nil:
		row[c.ear()-1] = -float64(c.selfGain[p] * heard)
	}
	c.hear(row, p, heard)
}

// voice writes y, and what is taught, of a trace with the given weights.
func (c *course) voice(row, weights []float64, e float64) {
	y, taught := row[c.ear()+c.ligands:][:c.outputs], 0.0
	weights, errors := weights[:len(y)], c.errors[:len(y)]
	for k, weight := range weights {
		now := float64(weight * e)
		y[k] = now
		taught += float64(errors[k] * now)
	}
	row[c.taught()] = taught
}

// voiceAlone writes the one y of cell p, and what is taught, where learning
// signals spread in space.
func (c *course) voiceAlone(row []float64, p int, y float64) {
	row[c.ear()-1] = y
	row[c.taught()] = float64(c.errors[p] * y)
}

// hear writes what messengers hear at cell p.
func (c *course) hear(row []float64, p int, heard float64) {
	first := c.first[int(c.kind[p])*c.ligands:][:c.ligands]
	g := row[c.ear():][:len(first)]
	for l, r := range first {
		g[l] = r * heard
	}
}

// writeCommon writes what becomes of one unit of each g and y, and of what was taught.
func (c *course) writeCommon(rows []float64) {
	width := c.width()
	rows[c.shared*width+c.taught()] = 1
	if c.byField {
		return
	}
	for l := range c.ligands {
		row := rows[l*width : (l+1)*width]
		for m := range c.ligands {
			row[c.ear()+m] = c.propagator[m*c.ligands+l]
		}
		for k, delta := range c.errors {
			m := c.message[k*c.ligands+l]
			row[c.ear()+c.ligands+k] = m
			row[c.taught()] += float64(delta * m)
		}
	}
	for k, delta := range c.errors {
		row := rows[(c.ligands+k)*width:][:width]
		row[c.ear()+c.ligands+k] = c.readout
		row[c.taught()] = delta * c.readout
	}
}

// carry takes rows x of synapses onto the given cells over a stretch, into dst.
func (c *course) carry(dst []float64, x kernel.Rows, cells kernel.Cells, m stretch) {
	common := c.cells * c.own * c.width()
	kernel.Carry(dst, x, c.width(), c.own, cells, m[:common], m[common:])
}

// depart does so with rows that have taught nothing yet, whatever they say.
func (c *course) depart(dst []float64, x kernel.Rows, cells kernel.Cells, m stretch) {
	common := c.cells * c.own * c.width()
	kernel.Carry(dst, x, c.width(), c.own, cells, m[:common], m[common:len(m)-c.width()])
}

// rows are synapses on their way.
func (c *course) rows(x []float64) kernel.Rows {
	return kernel.Rows{Lead: x[c.trace():], LeadRow: c.width(), X: x, Row: c.width()}
}
