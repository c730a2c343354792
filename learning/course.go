package learning

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

	courseStep // the present one

	next  []float64 // ligands
	spare []float64 // width
}

// courseStep is what differs from step to step.
type courseStep struct {
	*coefficients
	psi     []float64 // N
	message []float64 // K × ligands: c_out m; N × K where messengers are heard once
	errors  []float64 // K: δ; N: L where learning signals spread in space
}

// adaptation is ρ, c_a and β of every cell.
type adaptation struct{ decay, gain, strength []float64 }

// coefficients are those that follow the weights; they are shared by steps and
// never written again.
type coefficients struct {
	feedback []float64 // N × K: c_out B
	ungated  []float64 // N: μ of form=code, where messengers carry μ ε on, not e; nil otherwise

	// How messengers hear the trace.
	propagator []float64 // ligands × ligands: Ā
	first      []float64 // N × ligands

	// Where cells do not hear themselves; nil otherwise: d's decay and gain, and
	// the μ with which it goes on to the messengers.
	selfDecay, selfGain, selfMu []float64 // N
}

// width is how many numbers a synapse's state and what it taught take.
func (c *course) width() int { return c.own + c.shared + 1 }

// advance takes the state x of a synapse onto cell p, and what it taught, one
// step on.
func (c *course) advance(x []float64, p int) {
	psi, epsilon := c.psi[p], x[0]
	e := float64(psi * epsilon)
	if a := c.adaptation; a != nil {
		e -= float64(psi * float64(a.strength[p]*x[1]))
		x[1] = float64(a.decay[p]*x[1]) + float64(a.gain[p]*e)
	}
	x[0] = float64(c.decay[p] * epsilon)
	if c.threshold != nil {
		x[0] -= float64(c.threshold[p] * e)
	}
	heard := e
	if c.ungated != nil {
		heard = float64(c.ungated[p] * epsilon)
	}
	if c.byField {
		y := float64(c.readout*x[c.own-1]) + float64(c.gain*e)
		x[c.own-1] = y
		x[c.own] += float64(c.errors[p] * y)
		return
	}
	if c.once {
		c.hearOnce(x, p, e, heard)
		return
	}
	voiced := e
	if own := c.selfDecay; own != nil {
		d := &x[c.own-1]
		before := *d
		*d = float64(own[p]*before) - float64(c.selfGain[p]*heard)
		voiced += float64(psi * before)
		heard += float64(c.selfMu[p] * before)
	}
	c.share(x[c.own:], p, voiced, heard)
}

// hearOnce takes f, y and what was taught one step on.
func (c *course) hearOnce(x []float64, p int, e, heard float64) {
	k := c.outputs
	feedback, message := c.feedback[p*k:(p+1)*k], c.message[p*k:(p+1)*k]
	y, f := x[c.own:c.own+k], x[c.own-1]
	taught := x[c.own+k]
	for i, before := range y {
		now := float64(c.readout*before) + float64(feedback[i]*e) + float64(message[i]*f)
		y[i] = now
		taught += float64(c.errors[i] * now)
	}
	x[c.own+k], x[c.own-1] = taught, heard
}

// share takes g, y and what was taught one step on, for a synapse onto cell p
// whose trace is voiced to the readout and heard by the messengers.
func (c *course) share(x []float64, p int, voiced, heard float64) {
	g, y := x[:c.ligands], x[c.ligands:c.shared]
	feedback := c.feedback[p*c.outputs : (p+1)*c.outputs]
	taught := x[c.shared]
	for k, before := range y {
		now := float64(c.readout*before) + float64(feedback[k]*voiced)
		for l, m := range c.message[k*len(g) : (k+1)*len(g)] {
			now += float64(m * g[l])
		}
		y[k] = now
		taught += float64(c.errors[k] * now)
	}
	x[c.shared] = taught
	if len(g) == 0 {
		return
	}
	first := c.first[p*len(g) : (p+1)*len(g)]
	for l := range c.next {
		sum := float64(first[l] * heard)
		for m, a := range c.propagator[l*len(g) : (l+1)*len(g)] {
			sum += float64(a * g[m])
		}
		c.next[l] = sum
	}
	copy(g, c.next)
}
