package learning

import "paracrine/internal/kernel"

// sensitivity is real-time recurrent learning for one trial: the derivative of
// every potential with respect to every weight, carried forward,
//
//	V_t[j] = η_j V_{t-1}[j] + c_j ( Σ_k W_rec[j, k] ψ_k,t-1 V_{t-1}[k] + [j = p] pre_q )
//	dE/dW_pq += Σ_k δ_k,t y_k,t,   y_t = κ y_{t-1} + c_out Σ_j W_out[·, j] ψ_j,t V_t[j]
//
// N × N·(N+M) numbers. Source: Williams & Zipser, Neural Computation 1989.
type sensitivity struct {
	net     *Network
	v       []float64 // N × (N·P)
	gated   []float64 // N × (N·P): ψ V
	outputs []float64 // K × (N·P): y
	pre     []float64 // P = N + M
	read    []float64 // N
}

func newSensitivity(net *Network) *sensitivity {
	m, n, k := net.Size()
	width := n * (n + m)
	return &sensitivity{
		net: net, v: make([]float64, n*width), gated: make([]float64, n*width),
		outputs: make([]float64, k*width), pre: make([]float64, n+m), read: make([]float64, n),
	}
}

func (s *sensitivity) refresh() {}

func (s *sensitivity) reset() {
	clear(s.v)
	clear(s.gated)
	clear(s.outputs)
	clear(s.read)
}

func (s *sensitivity) step(g *Gradient, x, before, after, delta []float64) {
	net := s.net
	m, n, k := net.Size()
	copy(s.pre, before)
	copy(s.pre[n:], x)
	teachReadout(g, net, s.read, after, delta)
	width := n * (n + m)
	through := make([]float64, n*n)
	for j := range n {
		for q := range n {
			through[j*n+q] = net.Cells.Gain[j] * net.Rec.W[j*n+q]
		}
		row := at(s.v, j, n)
		for i := range row {
			row[i] *= net.Cells.Decay[j]
		}
		kernel.Axpy(net.Cells.Gain[j], s.pre, row[j*(n+m):(j+1)*(n+m)])
	}
	kernel.MatMul(n, width, n, through, n, 1, s.gated, width, s.v, width)
	for j, z := range after {
		gated := at(s.gated, j, n)
		clear(gated)
		if z > 0 {
			copy(gated, at(s.v, j, n))
		}
	}
	for i := range s.outputs {
		s.outputs[i] *= net.ReadoutDecay
	}
	weighted := make([]float64, k*n)
	for i, w := range net.Out.W {
		weighted[i] = net.ReadoutGain * w
	}
	kernel.MatMul(k, width, n, weighted, n, 1, s.gated, width, s.outputs, width)
	for o, d := range delta {
		if d != 0 {
			s.add(g, d, at(s.outputs, o, k))
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
