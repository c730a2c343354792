package learning

import (
	"slices"

	"paracrine/internal/kernel"
	"paracrine/modulator"
	"paracrine/synapse"
)

// events is the forward form of a rule for one trial that touches a synapse
// only when its presynaptic cell spikes or its input is not zero, and once more a
// few steps later: what it has taught since the last time is computed then, and
// when it is settled (eventTraces). It is exact: no trace is cut off, and its
// cost does not depend on how long a synapse was silent.
type events struct {
	c        *Credit
	synapses *eventTraces
	profile  *modulator.Expression // of rules whose messengers carry credit on; else nil
	now      courseStep
	feedback []float64 // K × N: B in force
	read     []float64 // N: r, the filtered rates

	space          *Workspace // of rules whose messengers are heard once
	sent, returned []float64  // N

	field    *creditField // of rules whose learning signals spread in space
	released []float64    // N
}

func newEvents(c *Credit, now *span, response *modulator.Response) *events {
	_, n, k := c.net.Size()
	s := &events{c: c, read: make([]float64, n)}
	m := c.newCourse(response)
	messages := k * m.ligands
	if m.once {
		messages = n * k
		s.sent, s.returned, s.space = make([]float64, n), make([]float64, n), &Workspace{}
		if c.expression != nil {
			s.space.released = make([]float64, c.expression.Ligands)
		}
	}
	errors := k
	if m.byField {
		s.field, s.released, errors = c.newCreditField(1), make([]float64, n), n
	}
	s.now = courseStep{psi: make([]float64, n), message: make([]float64, messages), errors: make([]float64, errors)}
	starts, target := c.net.channels()
	_, gain := c.net.Cells.Membrane()
	s.synapses = newEventTraces(m, gain, starts, target)
	s.enter(now, response)
	return s
}

// newCourse makes the course of the traces of a rule.
func (c *Credit) newCourse(response *modulator.Response) *course {
	_, n, k := c.net.Size()
	decay, _ := c.net.Cells.Membrane()
	m := &course{cells: n, outputs: k, own: 1, decay: decay, readout: c.net.ReadoutDecay}
	if spiking := c.net.spiking(); spiking != nil {
		if c.resets {
			m.threshold = spiking.Threshold
		}
		if spiking.Adapts() {
			m.adaptation = &adaptation{spiking.AdaptationDecay, spiking.AdaptationGain, spiking.Adaptation}
			m.own++
		}
	}
	if response != nil {
		m.ligands = response.Propagator.Ligands
	}
	m.once = c.Rule.lags() == 1
	if m.once || response != nil && response.SelfFirst != nil {
		m.own++
	}
	m.shared = m.ligands + k
	if m.byField = c.Rule.Spreads(); m.byField {
		m.own, m.shared, m.gain = m.own+1, 0, c.net.ReadoutGain
	}
	m.kind = make([]int32, n)
	for p := range m.kind {
		m.kind[p] = int32(p)
	}
	return m
}

// channels lists the existing synapses by what they come from: recurrent cells
// first, then inputs. Those of channel q end on target[starts[q]:starts[q+1]].
func (n *Network) channels() (starts []int, target []int32) {
	starts = []int{0}
	for _, from := range []*synapse.Dense{n.Rec, n.In} {
		for q := range from.Pre {
			for p := range from.Post {
				if from.Connected(p, q) {
					target = append(target, int32(p))
				}
			}
			starts = append(starts, len(target))
		}
	}
	return starts, target
}

// enter implements causalTrial: steps to come have the feedback, μ and response now in force.
func (s *events) enter(span *span, response *modulator.Response) {
	_, n, k := s.c.net.Size()
	s.feedback = s.c.feedback
	now := &coefficients{feedback: make([]float64, n*k)}
	for p := range n {
		for o := range k {
			now.feedback[p*k+o] = float64(s.c.net.ReadoutGain * s.feedback[o*n+p])
		}
	}
	if s.c.Rule.Form == "code" {
		now.ungated = slices.Clone(span.cell)
	}
	if response != nil {
		s.profile, _ = s.c.profiles()
		now.propagator, now.first = response.Propagator.A, response.First
		now.selfDecay, now.selfGain, now.selfMu = response.SelfDecay, response.SelfFirst, slices.Clone(response.Mu)
	}
	s.now.coefficients = now
}

// reset implements causalTrial.
func (s *events) reset() {
	s.synapses.reset()
	clear(s.read)
	if s.field != nil {
		s.field.begin(0)
	}
}

// step implements causalTrial.
func (s *events) step(g *Gradient, m moment) {
	s.turn(g)
	for q, z := range m.before {
		if z != 0 {
			s.teach(g, q, s.synapses.arrive(q, z))
		}
	}
	for i, x := range m.input {
		if x != 0 {
			s.teach(g, len(m.before)+i, s.synapses.arrive(len(m.before)+i, x))
		}
	}
	teachReadout(g, s.c.net, s.read, m.after, m.delta)
	s.observe(m)
	s.synapses.elapse(s.now)
}

// observe fills in what the course is at this step.
func (s *events) observe(m moment) {
	s.now.pull = m.pull
	if s.field != nil {
		s.field.step(s.now.errors, s.released, m.delta)
	} else {
		copy(s.now.errors, m.delta)
	}
	copy(s.now.psi, m.psi)
	if m.psi == nil {
		for j, z := range m.after {
			s.now.psi[j] = 0
			if z > 0 {
				s.now.psi[j] = 1
			}
		}
	}
	switch {
	case s.profile != nil:
		s.secrete()
	case s.space != nil:
		s.tell()
	}
}

// secrete is m_kl = c_out Σ_j S_jl B_jk ψ_j, what all cells secrete of each
// ligand per unit of each output's error.
func (s *events) secrete() {
	c, n := s.profile.Ligands, len(s.now.psi)
	clear(s.now.message)
	for j, psi := range s.now.psi {
		if psi == 0 {
			continue
		}
		for k := range s.now.errors {
			weight := s.c.net.ReadoutGain * psi * s.feedback[k*n+j]
			kernel.Axpy(weight, s.profile.Secretion[j*c:(j+1)*c], s.now.message[k*c:(k+1)*c])
		}
	}
}

// tell is m_pk = c_out Σ_j W_fb,jp c_v,j B_jk ψ_j, what cell p is told by those
// it drives per unit of each output's error.
func (s *events) tell() {
	n, outputs := len(s.now.psi), len(s.now.errors)
	for k := range outputs {
		for j, psi := range s.now.psi {
			s.sent[j] = s.c.net.ReadoutGain * s.c.gain[j] * psi * s.feedback[k*n+j]
		}
		clear(s.returned)
		s.c.back(s.returned, s.sent, 1, s.space)
		for p, told := range s.returned {
			s.now.message[p*outputs+k] = told
		}
	}
}

// settle implements causalTrial.
func (s *events) settle(g *Gradient) {
	s.turn(g)
	s.synapses.settleAll(func(q int, taught []float64) { s.teach(g, q, taught) })
}

// turn adds what was taught to the end of a block of steps, where one has ended.
func (s *events) turn(g *Gradient) {
	s.synapses.turn(func(q int, taught []float64) { s.teach(g, q, taught) })
}

// teach adds what the synapses of a channel have taught.
func (s *events) teach(g *Gradient, channel int, taught []float64) {
	m, n, _ := s.c.net.Size()
	gradient, column, row := g.Rec, channel, n
	if channel >= n {
		gradient, column, row = g.In, channel-n, m
	}
	for i, p := range s.synapses.target[s.synapses.starts[channel]:][:len(taught)] {
		gradient[int(p)*row+column] += taught[i]
	}
}

// checkEvents refuses rules whose synapses would have to remember a number per
// cell or per tap.
func (r *Rule) checkEvents() string {
	switch {
	case r.Route != "events":
		return ""
	case r.Causal:
		return "causal=true filters ψ and the trace apart, which route=events does not; use another route"
	case r.Taps > 1:
		return "route=events keeps one lag or every lag; use route=taps or route=adjoint"
	case r.lags() == all && r.Weights == "cell":
		return "with weights=cell a synapse would remember a number per cell, which route=events does not; use weights=type, weights=expression or route=adjoint"
	}
	return ""
}
