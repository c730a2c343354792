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

// coefficients are those that follow the weights. New ones take the place of others;
// only feedback may be written over.
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
