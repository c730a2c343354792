package learning

import (
	"paracrine/internal/kernel"
	"paracrine/modulator"
)

// sensitivity is real-time recurrent learning for one trial: the derivative of
// every potential with respect to every weight, carried forward,
//
//	V_t[j] = η_j V_{t-1}[j] + c_j ( Σ_k W_rec[j, k] ψ_k,t-1 V_{t-1}[k] + [j = p] pre_q )
//	dE/dW_pq += Σ_k δ_k,t y_k,t,   y_t = κ y_{t-1} + c_out Σ_j W_out[·, j] ψ_j,t V_t[j]
//
// and Σ_j pull_j ψ_j,t V_t[j] by what pulls at rates.
//
// Where cells spike, ψ (V − β A) stands for ψ V, with A_t = ρ A_{t-1} + c_a ψ (V − β A)_{t-1},
// and V loses ϑ ψ (V − β A)_{t-1} if the reset is differentiated.
//
// N × N·(N+M) numbers. Source: Williams & Zipser, Neural Computation 1989.
type sensitivity struct {
	net     *Network
	decay   []float64 // N: η
	gain    []float64 // N: c_v
	resets  bool      // the reset of spiking cells is differentiated
	v       []float64 // N × (N·P)
	gated   []float64 // N × (N·P): ψ V, or ψ (V − β A)
	raised  []float64 // N × (N·P): A; nil for rate cells
	outputs []float64 // K × (N·P): y
	pre     []float64 // P = N + M
	read    []float64 // N
	felt    []float64 // N × (N·P): Σ ∂z/∂W, where what pulls at rates is known late; else nil
}

func newSensitivity(c *Credit) *sensitivity {
	m, n, k := c.net.Size()
	width := n * (n + m)
	s := &sensitivity{
		net: c.net, resets: c.resets, v: make([]float64, n*width), gated: make([]float64, n*width),
		outputs: make([]float64, k*width), pre: make([]float64, n+m), read: make([]float64, n),
	}
	s.decay, s.gain = c.net.Cells.Membrane()
	if c.net.spiking() != nil {
		s.raised = make([]float64, n*width)
	}
	return s
}

// enter implements causalTrial: weights are read where they are, and there is no μ.
func (s *sensitivity) enter(*span, *modulator.Response) {}

// settle implements causalTrial: step leaves nothing.
func (s *sensitivity) settle(*Gradient) {}

func (s *sensitivity) reset() {
	clear(s.v)
	clear(s.gated)
	clear(s.raised)
	clear(s.outputs)
	clear(s.read)
	clear(s.felt)
}

func (s *sensitivity) step(g *Gradient, now moment) {
	net := s.net
	m, n, k := net.Size()
	copy(s.pre, now.before)
	copy(s.pre[n:], now.input)
	teachReadout(g, net, s.read, now.after, now.delta)
	width := n * (n + m)
	through := make([]float64, n*n)
	for j := range n {
		for q := range n {
			through[j*n+q] = s.gain[j] * net.Rec.W[j*n+q]
		}
		row := at(s.v, j, n)
		for i := range row {
			row[i] *= s.decay[j]
		}
		kernel.Axpy(s.gain[j], s.pre, row[j*(n+m):(j+1)*(n+m)])
	}
	kernel.MatMul(n, width, n, through, n, 1, s.gated, width, s.v, width)
	if now.psi != nil {
		s.spike(now.psi)
	} else {
		s.rectify(now.after)
	}
	for i := range s.outputs {
		s.outputs[i] *= net.ReadoutDecay
	}
	weighted := make([]float64, k*n)
	for i, w := range net.Out.W {
		weighted[i] = net.ReadoutGain * w
	}
	kernel.MatMul(k, width, n, weighted, n, 1, s.gated, width, s.outputs, width)
	for o, d := range now.delta {
		if d != 0 {
			s.add(g, d, at(s.outputs, o, k))
		}
	}
	s.regularise(g, now)
}

// regularise adds what pulls at rates teaches.
func (s *sensitivity) regularise(g *Gradient, now moment) {
	sensed := s.gated
	if now.late {
		if s.felt == nil {
			s.felt = make([]float64, len(s.gated))
		}
		sensed = s.felt
		kernel.Axpy(1, s.gated, sensed)
	}
	for j, pull := range now.pull {
		s.add(g, pull, at(sensed, j, len(now.pull)))
	}
}

// rectify computes ψ V of rate cells.
func (s *sensitivity) rectify(after []float64) {
	for j, z := range after {
		gated := at(s.gated, j, len(after))
		clear(gated)
		if z > 0 {
			copy(gated, at(s.v, j, len(after)))
		}
	}
}

// spike adds the reset to V, advances A and computes ψ (V − β A).
func (s *sensitivity) spike(psi []float64) {
	cells, n := s.net.spiking(), len(psi)
	for j, x := range psi {
		v, gated, raised := at(s.v, j, n), at(s.gated, j, n), at(s.raised, j, n)
		if s.resets {
			kernel.Axpy(-cells.Threshold[j], gated, v)
		}
		for i := range raised {
			raised[i] = float64(cells.AdaptationDecay[j]*raised[i]) + float64(cells.AdaptationGain[j]*gated[i])
			gated[i] = x * (v[i] - float64(cells.Adaptation[j]*raised[i]))
		}
	}
}

func (s *sensitivity) add(g *Gradient, d float64, y []float64) {
	m, n, _ := s.net.Size()
	for p := range n {
		row := at(y, p, n)
		kernel.Axpy(d, row[:n], g.Rec[p*n:(p+1)*n])
		kernel.Axpy(d, row[n:], g.In[p*m:(p+1)*m])
	}
}
