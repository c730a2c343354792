package learning

import (
	"math/bits"

	"paracrine/internal/kernel"
)

// Workspace is the memory one worker needs for the backward form.
type Workspace struct {
	post     []float64     // (chunkSteps+1) × trials × N: h, what multiplies z_{t-1}
	filtered []float64     // Steps × trials × K: d, δ through the readout filter
	signal   []float64     // trials × N: L
	returned []float64     // trials × N: q = W_fbᵀ ℓ
	released []float64     // trials × ligands
	room     []float64     // for products with few weights
	levels   [][]float64   // ℓ truncated to 1, 2, … lags: trials × N each
	rates    []float64     // chunkSteps × trials × N: z of the cells that were active
	taught   []float64     // N × N: what those teach
	active   []int         // those
	none     []float64     // trials × N: zero
	lowPsi   []float64     // (Steps+1) × trials × N: ψ̄ where it is filtered apart
	adjoints *adjoints     // of spiking cells
	spread   *creditSpread // of rules whose learning signals spread in space
	messages *messages     // of rules whose credit substances carry
	span     *span         // the sweep is at
	through  []float64     // trials × N: c_v μ there
	mu       []float64     // trials × N: μ there, where cells spike
	arrivals *arrivals     // nil: matrix products only
	events   *crossings    // of rules whose credit is a sum over few channels
}

// chunkSteps is how many steps of h are kept before they go into the gradient:
// few enough to stay in a core's cache.
const chunkSteps = 32

// NewWorkspace makes room for records of the given size.
func (c *Credit) NewWorkspace(steps, trials int) *Workspace {
	if !c.hasChannels() {
		w := c.newDenseWorkspace(steps, trials)
		w.arrivals = newArrivals(c.net)
		return w
	}
	return &Workspace{
		filtered: make([]float64, steps*trials*c.net.Out.Post),
		events:   newCrossings(c, steps, trials),
	}
}

// newDenseWorkspace makes room for the sweep over all cells at every step.
func (c *Credit) newDenseWorkspace(steps, trials int) *Workspace {
	_, n, k := c.net.Size()
	w := &Workspace{
		post:     make([]float64, (chunkSteps+1)*trials*n),
		rates:    make([]float64, chunkSteps*trials*n),
		taught:   make([]float64, n*n),
		filtered: make([]float64, steps*trials*k),
		signal:   make([]float64, trials*n),
		returned: make([]float64, trials*n),
		none:     make([]float64, trials*n),
	}
	if c.weights != nil {
		w.room = make([]float64, 2*kernel.SparseRows*n)
	}
	if c.expression != nil {
		w.released = make([]float64, trials*c.expression.Ligands)
	}
	if c.Rule.Filters() {
		w.through = make([]float64, trials*n)
	}
	if c.net.spiking() != nil {
		w.mu = make([]float64, trials*n)
		w.adjoints = newAdjoints(c, steps, trials)
	} else {
		for range min(c.levels(), steps) {
			w.levels = append(w.levels, make([]float64, trials*n))
		}
	}
	if c.Rule.Spreads() {
		w.spread = c.newCreditSpread(steps, trials)
	}
	if c.Rule.Carried() {
		w.messages = c.newMessages(steps, trials)
	}
	if c.Rule.filtersApart() {
		w.lowPsi = make([]float64, (steps+1)*trials*n)
	}
	return w
}

// levels is how many truncations of ℓ are carried: none where h itself is ℓ.
func (c *Credit) levels() int {
	switch lags := c.Rule.lags(); {
	case c.isExact() || c.Rule.Form == "code" && lags == all || c.Rule.filtersApart():
		return 0
	case lags == all:
		return 1
	default:
		return lags
	}
}

// isExact says that credit takes every path with exact ψ: BPTT, or BPTT within chunks.
func (c *Credit) isExact() bool {
	return c.Rule.Name == "bptt" || c.Rule.Name == "rtrl" || c.Rule.Chunk > 0
}

// passesExactly says that ψ, not μ, stands for the cells passed through.
func (c *Credit) passesExactly() bool { return c.isExact() || c.Rule.Name == "tbptt" }

// Gradient adds the rule's dE/dW over a record to g. It runs backward with
//
//	d_t = κ d_{t+1} + c_out δ_t,                L_t = B d_t
//	ℓ_t = η ℓ_{t+1} + c_v (ψ_t L_t + μ_t q_t),  q_t = W_fbᵀ ℓ_{t+1}
//	h_t = η h_{t+1} + c_v ψ_t (L_t + q_t)       (form=code: ψ_t L_t + μ q_t)
//	dE/dW_rec = Σ_t h_t z_{t-1}ᵀ,  dE/dW_in = Σ_t h_t x_tᵀ,  dE/dW_out = Σ_t d_t z_tᵀ
//
// h_t z_{t-1} summed over t is L ψ ε with the eligibility trace ε = Σ η^s c_v z,
// its sums exchanged. Rules differ in which of the terms they have: e-prop has no
// q, MDGL an ℓ of one lag, BPTT has ψ_t for μ.
//
// Spiking cells have more than one state: adjoints. Learning signals may reach cells
// by way of others near them: creditSpread. Substances may bring q: messages.
//
// Where credit is a sum over few channels of rate cells the sums are taken from threshold
// crossing to threshold crossing instead (crossings).
func (c *Credit) Gradient(g *Gradient, r *Record, w *Workspace) {
	c.filterErrors(r, w)
	c.collectReadout(g, r, w)
	if w.events != nil {
		w.events.addTo(g, r, w.filtered)
		return
	}
	w.span = nil
	for _, level := range w.levels {
		clear(level)
	}
	if w.adjoints != nil {
		w.adjoints.begin(r, c.Rates)
	}
	if w.spread != nil {
		w.spread.begin(r)
	}
	if c.Rule.filtersApart() {
		c.filterPsi(r, w)
	}
	if w.messages != nil {
		w.messages.begin(r, w.lowPsi)
	}
	_, n, _ := c.net.Size()
	row := r.Trials * n
	carry := w.none[:row]
	for to := r.Steps; to > 0; to -= chunkSteps {
		from := max(0, to-chunkSteps)
		copy(w.post[(to-from)*row:], carry)
		for t := to - 1; t >= from; t-- {
			c.enterSpan(w, t)
			if w.adjoints != nil {
				c.stepBackSpiking(r, w, t, t-from)
			} else {
				c.stepBack(r, w, t, t-from)
			}
		}
		c.collect(g, r, w, from, to)
		carry = w.post[:row]
	}
	if w.arrivals != nil {
		w.arrivals.settle(g, n, c.net.In.Pre)
	}
}

// enterSpan takes the μ of step t where the step before it has another one.
func (c *Credit) enterSpan(w *Workspace, t int) {
	if !c.Rule.Filters() || w.span == c.spanAt(t) {
		return
	}
	w.span = c.spanAt(t)
	n := len(w.span.cell)
	for i := range w.through {
		w.through[i] = c.gain[i] * w.span.cell[i%n]
	}
	for i := range w.mu {
		w.mu[i] = w.span.cell[i%n]
	}
}

// filterErrors computes d_t, the errors as seen through the readout filter.
func (c *Credit) filterErrors(r *Record, w *Workspace) {
	row := r.Trials * c.net.Out.Post
	for t := r.Steps - 1; t >= 0; t-- {
		d := w.filtered[t*row : (t+1)*row]
		if !c.reaches(r, t) {
			clear(d)
			continue
		}
		delta := r.ErrorAt(t)
		for i := range d {
			d[i] = c.net.ReadoutGain * delta[i]
			if t < r.LastError {
				d[i] += float64(c.net.ReadoutDecay * w.filtered[(t+1)*row+i])
			}
		}
	}
}

// reaches says whether an error can reach the cells at step t.
func (c *Credit) reaches(r *Record, t int) bool {
	return t <= r.LastError && (c.net.ReadoutDecay > 0 || t >= r.FirstError)
}

// signalAt writes L of step t to l: zero, and false, where none reaches the cells.
func (c *Credit) signalAt(l []float64, r *Record, w *Workspace, t int) bool {
	k := c.net.Out.Post
	reached := c.reaches(r, t)
	if reached {
		c.signal(l, w.filtered[t*r.Trials*k:(t+1)*r.Trials*k], r.Trials)
	} else {
		clear(l)
	}
	if w.spread != nil && w.spread.addTo(l, r, t) {
		reached = true
	}
	return reached
}

// stepBack computes h_t, which is row slot of w.post, from h_{t+1} in the row after it.
func (c *Credit) stepBack(r *Record, w *Workspace, t, slot int) {
	_, n, _ := c.net.Size()
	row := r.Trials * n
	h, next := w.post[slot*row:(slot+1)*row], w.post[(slot+1)*row:(slot+2)*row]
	decay, gain, ones := c.decay[:row], c.gain[:row], c.ones[:row]
	rate, q := r.RateAt(t), w.returned[:row]

	var own []float64 // ψ L; nil while no error reaches this step
	l := w.signal[:row]
	if c.signalAt(l, r, w, t) {
		kernel.Gate(l, l, rate)
		own = l
	}
	if c.Rule.Chunk > 0 && (t+1)%c.Rule.Chunk == 0 {
		next = w.none[:row]
	}
	lags := c.Rule.lags()
	switch {
	case lags == 0:
		clear(q)
	case c.Rule.Causal:
		c.causalMessages(q, r, w, t)
	case w.messages != nil:
		copy(q, w.messages.at(t, row))
	case len(w.levels) == 0:
		c.backOver(q, next, r.Trials, w)
	default:
		c.backOver(q, w.levels[len(w.levels)-1][:row], r.Trials, w)
	}

	// What the synapse itself sees.
	if c.Rule.Form == "code" {
		kernel.Filter(h, decay, next, w.through[:row], q)
	} else {
		gated := h
		kernel.Gate(gated, q, rate)
		kernel.Filter(h, decay, next, gain, gated)
	}
	if own != nil {
		kernel.Filter(h, ones, h, gain, own)
	}
	c.advanceLevels(r, w, rate, own)
	if c.Rule.Window > 0 {
		copy(h, w.levels[len(w.levels)-1])
	}
}

// advanceLevels takes every truncation of ℓ one step back. A truncation to s
// lags continues the one to s−1; with every lag kept there is one, which
// continues itself.
func (c *Credit) advanceLevels(r *Record, w *Workspace, rate, own []float64) {
	if len(w.levels) == 0 {
		return
	}
	row := len(rate)
	decay, gain, ones, q := c.decay[:row], c.gain[:row], c.ones[:row], w.returned[:row]
	everyLag := c.Rule.lags() == all
	for s := len(w.levels) - 1; s >= 0; s-- {
		level := w.levels[s][:row]
		source := level
		if !everyLag {
			if s == 0 {
				clear(level)
				break
			}
			source = w.levels[s-1][:row]
			c.backOver(q, source, r.Trials, w)
		}
		through := gain
		if c.passesExactly() {
			kernel.Gate(q, q, rate)
		} else {
			through = w.through[:row]
		}
		kernel.Filter(level, decay, source, through, q)
	}
	if own != nil {
		for _, level := range w.levels {
			kernel.Filter(level[:row], ones, level[:row], gain, own)
		}
	}
}

// collect adds what h of steps from … to−1 teaches: addition by addition where
// little arrived, else one matrix product per array.
func (c *Credit) collect(g *Gradient, r *Record, w *Workspace, from, to int) {
	m, n, _ := c.net.Size()
	rows := (to - from) * r.Trials
	h, input := w.post[:rows*n], r.Input[from*r.Trials*m:to*r.Trials*m]
	if w.arrivals == nil || !w.arrivals.addInput(h, input, n, m) {
		kernel.MatMul(n, m, rows, h, 1, n, input, m, g.In, m)
	}
	if w.arrivals == nil || !w.arrivals.addCells(h, r, n, from, to) {
		c.collectActive(g, r, w, from, to)
	}
}

// collectActive multiplies h with the rates of cells that were active. Synapses
// from cells that were silent throughout learn nothing and are left out.
func (c *Credit) collectActive(g *Gradient, r *Record, w *Workspace, from, to int) {
	n := c.net.Cells.Size()
	rows := (to - from) * r.Trials
	w.active = r.AppendActive(w.active[:0], from, to)
	active := len(w.active)
	for i := range rows {
		rate, few := r.Rate[(from*r.Trials+i)*n:][:n], w.rates[i*active:]
		for j, q := range w.active {
			few[j] = rate[q]
		}
	}
	clear(w.taught)
	kernel.MatMul(n, active, rows, w.post, 1, n, w.rates, active, w.taught, active)
	for p := range n {
		row, taught := g.Rec[p*n:(p+1)*n], w.taught[p*active:]
		for j, q := range w.active {
			row[q] += taught[j]
		}
	}
}

// collectReadout adds the gradients of W_out and b.
func (c *Credit) collectReadout(g *Gradient, r *Record, w *Workspace) {
	_, n, k := c.net.Size()
	from, to := r.FirstError, r.LastError+1
	if c.net.ReadoutDecay > 0 {
		from = 0
	}
	if from >= to {
		return
	}
	if c.net.spiking() != nil {
		c.collectSpikes(g.Out, r, w, from, to)
	} else {
		after := r.Rate[(from+1)*r.Trials*n:]
		kernel.MatMul(k, n, (to-from)*r.Trials, w.filtered[from*r.Trials*k:], 1, k, after, n, g.Out, n)
	}
	for t := r.FirstError; t <= r.LastError; t++ {
		for i, delta := range r.ErrorAt(t) {
			g.Bias[i%k] += delta
		}
	}
}

// collectSpikes adds the gradient of W_out by steps from … to−1, spike by spike.
func (c *Credit) collectSpikes(out []float64, r *Record, w *Workspace, from, to int) {
	_, n, k := c.net.Size()
	per := words(n)
	for i, word := range r.Active[(from+1)*r.Trials*per : (to+1)*r.Trials*per] {
		d := w.filtered[(from*r.Trials+i/per)*k:][:k]
		for ; word != 0; word &= word - 1 {
			p := i%per*64 + bits.TrailingZeros64(word)
			for o, x := range d {
				out[o*n+p] += x
			}
		}
	}
}
