package learning

import (
	"fmt"
	"math"

	"paracrine/internal/kernel"
	"paracrine/modulator"
)

// Online learns while a sparse network runs, without end: a synapse is touched
// when its presynaptic cell spikes, before the spike is passed on, and what it
// has taught since it was last touched changes its weight then,
//
//	W_pq ← W_pq − rate · Σ over the steps since of dE/dW_pq
//
// (event-driven e-prop: Korcsak-Gorzo et al., arXiv 2511.21674; here for every
// credit kernel that is a sum over few messengers). It is touched once more where
// the block of BlockSteps ends in which the spike fell, and at the end of a block
// where it was silent for more than PatienceSteps, so that history is bounded; neither cuts a trace off. Messengers follow
// the weights: the mean of every type block is kept up to date at every touch.
//
// The methods that take a share may run at the same time for different shares.
// The order in a step is Deliver, Observe, for all shares; Readout, Teach; Advance
// for all shares.
type Online struct {
	Rate        float64 // of recurrent and input weights
	ReadoutRate float64 // of W_out
	BiasRate    float64 // of b

	net      *SparseNetwork
	feedback []float64 // K × N: B
	shares   []*onlineShare
	errors   []float64 // K: δ
	message  []float64 // K × ligands
	profile  *typeProfile
}

// PatienceSteps is after how many steps silent synapses are touched.
const PatienceSteps = 16 * BlockSteps

// onlineShare is what a share of the cells and the synapses onto them remember.
type onlineShare struct {
	*Rows
	traces *eventTraces
	now    courseStep
	read   []float64 // cells: r
	output []float64 // K: Σ W_out r over the share
	change []float64 // types × types: of the sums of type blocks
	learn  func(channel int, taught []float64)
}

// NewOnline prepares a rule for a network: eprop, or modprop with weights=type.
// A *RuleError says why a rule, or the network's cells, cannot learn so; another
// error what of the network does not fit together.
func NewOnline(net *SparseNetwork, rule Rule) (*Online, error) {
	if err := net.check(); err != nil {
		return nil, err
	}
	if err := rule.checkSparse(net); err != nil {
		return nil, err
	}
	outputs := len(net.Bias)
	o := &Online{net: net, feedback: net.Out, errors: make([]float64, outputs)}
	if rule.Feedback == "random" {
		o.feedback = net.RandomFeedback
	}
	if rule.Filters() {
		o.profile = newTypeProfile(net, rule)
		o.message = make([]float64, outputs*net.Types)
	}
	for i := range net.Shares {
		o.shares = append(o.shares, o.newShare(&net.Shares[i]))
	}
	return o, o.refresh()
}

// CheckSparse refuses rules that need more than a sparse network keeps, whose synapses
// learn at presynaptic spikes: all but eprop, and modprop with weights=type. resets
// says whether the reset is differentiated where the rule does not say so itself.
func (r Rule) CheckSparse(resets bool) error {
	refuse := func(problem string) error { return &RuleError{r.Given, problem} }
	switch {
	case r.Name != "eprop" && r.Name != "modprop":
		return refuse("cannot learn at presynaptic spikes; allowed are eprop and modprop")
	case r.Filters() && (r.Weights != "type" || r.Diagonal != "fill" || r.Form != "paper" || r.Taps != 0 || r.MeanDerivative || r.Dynamics != "leak" || r.Carried()):
		return refuse("at presynaptic spikes it learns with weights=type, diagonal=fill, form=paper, taps=all, dynamics=leak, through=ideal and a given mu")
	case r.Reset == "1" || r.Reset == "" && resets:
		return refuse("at presynaptic spikes ε belongs to the presynaptic cell; use reset=0")
	case r.Feedback != "symmetric" && r.Feedback != "random":
		return refuse("at presynaptic spikes it learns with feedback=symmetric, or feedback=random")
	}
	return nil
}

// checkSparse refuses a rule that a sparse network cannot learn by, as it is.
func (r Rule) checkSparse(net *SparseNetwork) error {
	refuse := func(problem string) error { return &RuleError{r.Given, problem} }
	if err := r.CheckSparse(net.Cells.ResetInTrace); err != nil {
		return err
	}
	if r.Feedback == "random" && net.RandomFeedback == nil {
		return refuse("feedback=random needs a network with random feedback (B_fb)")
	}
	decay, gain := net.Cells.Membrane()
	for p := range decay {
		if decay[p] != decay[0] || gain[p] != gain[0] {
			return refuse(fmt.Sprintf("at presynaptic spikes ε belongs to the presynaptic cell, but cells 0 and %d differ in membrane time constant", p))
		}
	}
	return r.CheckTypes(net.Types)
}

func (o *Online) newShare(rows *Rows) *onlineShare {
	net, outputs := o.net, len(o.net.Bias)
	n := rows.To - rows.From
	cells := net.Cells.Part(rows.From, rows.To)
	c := &course{cells: n, outputs: outputs, own: 1, decay: cells.Decay, readout: net.ReadoutDecay, kind: make([]int32, n)}
	if cells.Adapts() {
		c.adaptation = &adaptation{cells.AdaptationDecay, cells.AdaptationGain, cells.Adaptation}
		c.own++
	}
	if o.profile != nil {
		c.ligands = net.Types
	}
	c.shared = c.ligands + outputs
	for p := range c.kind {
		c.kind[p] = int32(net.Type[rows.From+p])
	}
	s := &onlineShare{
		Rows: rows, traces: newEventTraces(c, cells.Gain, rows.Starts, rows.Target),
		read: make([]float64, n), output: make([]float64, outputs), change: make([]float64, net.Types*net.Types),
	}
	s.now = courseStep{
		coefficients: &coefficients{feedback: make([]float64, n*outputs)},
		psi:          make([]float64, n), message: make([]float64, outputs*c.ligands), errors: o.errors,
	}
	s.learn = func(channel int, taught []float64) { o.learn(s, channel, taught) }
	return s
}

// Deliver lets u arrive at channels in the given order, each of which learns
// first, and adds what they bring to the currents of the share's cells.
func (o *Online) Deliver(share int, current []float64, channels []int, u []float64) {
	s := o.shares[share]
	for i, q := range channels {
		s.learn(q, s.traces.arrive(q, u[i]))
		s.deliver(current, q, u[i])
	}
}

// learn changes the weights of a channel's synapses by what they have taught, and
// holds Dale's law.
func (o *Online) learn(s *onlineShare, channel int, taught []float64) {
	from, sign := s.Starts[channel], o.net.sign(channel)
	weight := s.Weight[from:][:len(taught)]
	if o.profile == nil || channel >= len(o.net.Type) {
		for i, gradient := range taught {
			weight[i] = held(weight[i]-float64(o.Rate*gradient), sign)
		}
		return
	}
	beta, kind := o.net.Type[channel], s.traces.kind
	for i, p := range s.Target[from:][:len(taught)] {
		after := held(weight[i]-float64(o.Rate*taught[i]), sign)
		s.change[o.profile.block(int(kind[p]), beta)] += after - weight[i]
		weight[i] = after
	}
}

// held is a weight, or 0 where it has crossed zero against its sign.
func held(weight, sign float64) float64 {
	if weight*sign < 0 {
		return 0
	}
	return weight
}

// Observe takes z and ψ of the share's cells.
func (o *Online) Observe(share int, z, psi []float64) {
	s, outputs := o.shares[share], len(o.errors)
	copy(s.now.psi, psi)
	for j, x := range z {
		s.read[j] = float64(o.net.ReadoutDecay*s.read[j]) + float64(o.net.ReadoutGain*x)
	}
	n := len(o.net.Type)
	for k := range outputs {
		s.output[k] = 0
		for j, w := range o.net.Out[k*n+s.From : k*n+s.To] {
			s.output[k] += float64(w * s.read[j])
		}
	}
	if o.profile != nil {
		s.secrete(o)
	}
}

// secrete is m_kl = c_out Σ_j [type j = l] B_jk ψ_j over the share.
func (s *onlineShare) secrete(o *Online) {
	n, types := len(o.net.Type), o.net.Types
	clear(s.now.message)
	for j, psi := range s.now.psi {
		if psi == 0 {
			continue
		}
		for k := range o.errors {
			weight := float64(o.net.ReadoutGain * o.feedback[k*n+s.From+j])
			s.now.message[k*types+o.net.Type[s.From+j]] += float64(weight * psi)
		}
	}
}

// Readout writes y.
func (o *Online) Readout(y []float64) {
	copy(y, o.net.Bias)
	for _, s := range o.shares {
		for k, part := range s.output {
			y[k] += part
		}
	}
}

// Teach takes δ = ∂E/∂y of the step, and the weights as they are now into the
// messengers.
func (o *Online) Teach(delta []float64) error {
	copy(o.errors, delta)
	for k, d := range delta {
		o.net.Bias[k] -= float64(o.BiasRate * d)
	}
	clear(o.message)
	for _, s := range o.shares {
		for i, part := range s.now.message {
			o.message[i] += part
		}
	}
	return o.Follow()
}

// Follow takes the weights as they are now into the messengers.
func (o *Online) Follow() error {
	if o.profile == nil {
		return nil
	}
	for _, s := range o.shares {
		for i, change := range s.change {
			o.profile.sums[i] += change
		}
		clear(s.change)
	}
	return o.refresh()
}

// refresh takes the mean of every type block into the propagator.
func (o *Online) refresh() error {
	if o.profile == nil {
		return nil
	}
	response, err := o.profile.respond()
	if err != nil {
		return err
	}
	for _, s := range o.shares {
		s.now.coefficients = &coefficients{feedback: s.now.feedback, propagator: response.Propagator.A, first: response.First}
	}
	return nil
}

// Mu is the mean derivative per type, as the guard lets it be; modprop only.
func (o *Online) Mu() []float64 {
	mu := make([]float64, o.net.Types)
	for alpha := range mu {
		mu[alpha] = o.profile.scale * o.profile.mu[alpha] / max(1, o.profile.count[alpha])
	}
	return mu
}

// Radius is the spectral radius of the propagator Ā; modprop only.
func (o *Online) Radius() (float64, error) { return o.profile.propagator.Radius() }

// Guarded says whether μ is scaled down where Ā would reach the bound; modprop only.
func (o *Online) Guarded() bool { return o.profile.guard }

// Bound is the guard's; modprop only.
func (o *Online) Bound() float64 { return o.profile.bound }

// TypeTaps is F_s[α, β] = c_v Ā^(s−1) W̄ for s = 1 … count; modprop only.
func (o *Online) TypeTaps(count int) [][]float64 {
	first := make([]float64, len(o.profile.mean))
	for i, mean := range o.profile.mean {
		first[i] = o.profile.membrane.Gain[0] * mean
	}
	return o.profile.propagator.Taps(first, count)
}

// Advance takes the share's traces one step further, and learns the readout.
func (o *Online) Advance(share int) {
	s, n, outputs := o.shares[share], len(o.net.Type), len(o.errors)
	copy(s.now.message, o.message)
	for p := range s.read {
		for k := range outputs {
			s.now.feedback[p*outputs+k] = float64(o.net.ReadoutGain * o.feedback[k*n+s.From+p])
		}
	}
	s.traces.elapse(s.now)
	s.traces.turn(s.learn)
	if now := s.traces.now; now%BlockSteps == 0 {
		s.traces.settleSince(now-PatienceSteps, s.learn)
	}
	for k, d := range o.errors {
		kernel.Axpy(-o.ReadoutRate*d, s.read, o.net.Out[k*n+s.From:k*n+s.To])
	}
	o.holdReadout(s)
}

// holdReadout keeps weights of the readout that do not exist at 0, and holds Dale's law.
func (o *Online) holdReadout(s *onlineShare) {
	n := len(o.net.Type)
	if o.net.Signs == nil && o.net.OutExists == nil {
		return
	}
	for k := range o.errors {
		for j := s.From; j < s.To; j++ {
			i := k*n + j
			if o.net.OutExists != nil && !o.net.OutExists[i] {
				o.net.Out[i] = 0
			}
			o.net.Out[i] = held(o.net.Out[i], o.net.sign(j))
		}
	}
}

// Settle touches every synapse of the share, between two steps, and counts steps and
// blocks anew. Where all shares are
// settled and Follow was called, nothing but State is left of the past.
func (o *Online) Settle(share int) {
	s := o.shares[share]
	s.traces.settleAll(s.learn)
	s.traces.begin()
}

// State is what a settled learner goes on from, weights included, by name. What is
// written to it takes effect with Restored.
func (o *Online) State() map[string][]float64 {
	state := map[string][]float64{"W_out": o.net.Out, "b_out": o.net.Bias}
	if o.profile != nil {
		state["sums of type blocks"] = o.profile.sums
	}
	for i, s := range o.shares {
		share := fmt.Sprintf("share %d ", i)
		state[share+"weights"], state[share+"read"] = s.Weight, s.read
		state[share+"traces"], state[share+"epsilon"] = s.traces.state, s.traces.epsilon
	}
	return state
}

// Restored goes on from a State that was written.
func (o *Online) Restored() error {
	for _, s := range o.shares {
		s.traces.begin()
	}
	return o.refresh()
}

// Memory is the bytes that synapses take, weights, targets and all they
// remember, and the bytes of history that cells keep for them.
func (o *Online) Memory() (synapses, history int) {
	for _, s := range o.shares {
		synapses += s.Bytes() + s.traces.bytes()
		history += s.traces.history.bytes()
	}
	return synapses, history
}

// typeProfile is how types hear each other, from the mean weights of type blocks.
// In it a cell stands for all of its type.
type typeProfile struct {
	types       int
	sums, pairs []float64 // types × types: of the weights of block post α, pre β; of its pairs of cells
	mean        []float64
	count       []float64 // per type: n
	mu          []float64 // per type: n μ, before the guard
	scale       float64   // of μ by the guard
	propagator  modulator.Propagator
	one         []int // the type of the cell that stands for it
	membrane    modulator.Membrane
	expression  *modulator.Expression
	guard       bool
	bound       float64
}

func newTypeProfile(net *SparseNetwork, rule Rule) *typeProfile {
	c := net.Types
	decay, gain := net.Cells.Membrane()
	p := &typeProfile{
		types: c, sums: make([]float64, c*c), pairs: make([]float64, c*c), mean: make([]float64, c*c),
		count: make([]float64, c), mu: make([]float64, c), expression: modulator.NewExpression(c, c), guard: rule.Guard != "off",
		bound: math.Max(RadiusBound, (1+decay[0])/2),
	}
	for _, alpha := range net.Type {
		p.count[alpha]++
	}
	for alpha := range c {
		mu := DefaultMu
		if rule.Mu != nil {
			mu = rule.Mu[alpha%len(rule.Mu)]
		}
		p.mu[alpha] = float64(p.count[alpha] * mu)
		p.one = append(p.one, alpha)
		p.membrane.Decay, p.membrane.Gain = append(p.membrane.Decay, decay[0]), append(p.membrane.Gain, gain[0])
		for beta := range c {
			p.pairs[p.block(alpha, beta)] = p.count[alpha] * p.count[beta]
		}
	}
	for i := range net.Shares {
		p.add(net, &net.Shares[i])
	}
	return p
}

func (p *typeProfile) block(post, pre int) int { return post*p.types + pre }

// add adds the recurrent weights of a share to the sums.
func (p *typeProfile) add(net *SparseNetwork, rows *Rows) {
	for q, beta := range net.Type {
		for i := rows.Starts[q]; i < rows.Starts[q+1]; i++ {
			p.sums[p.block(net.Type[rows.From+int(rows.Target[i])], beta)] += rows.Weight[i]
		}
	}
}

// respond is what follows from the sums: the propagator, guarded, and First by type.
func (p *typeProfile) respond() (*modulator.Response, error) {
	for i, pairs := range p.pairs {
		if pairs > 0 {
			p.mean[i] = p.sums[i] / pairs
		}
	}
	p.expression.Typewise(p.mean, p.one, false)
	p.scale = 1
	mu := p.mu
	if p.guard {
		scale, err := modulator.Guard(p.expression, p.membrane, mu, p.bound)
		if err != nil {
			return nil, err
		}
		if scale < 1 {
			p.scale, mu = scale, make([]float64, p.types)
			for alpha := range mu {
				mu[alpha] = float64(scale * p.mu[alpha])
			}
		}
	}
	response := modulator.NewResponse(p.expression, p.membrane, p.membrane, mu)
	p.propagator = response.Propagator
	return response, nil
}
