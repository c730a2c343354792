package learning_test

import (
	"pgregory.net/rapid"

	"paracrine/learning"
	"paracrine/modulator"
	"paracrine/neuron"
)

// formula computes gradients as the sentence of the package comment says it,
//
//	dE/dW_pq = Σ_t Σ_s Σ_j L_j,t+s ψ_j,t+s K_s(j←p) e_pq,t
//
// with one loop per sum, kernels as N × N matrices and no recursion over credit:
// the slow, obvious twin of every form of every rule.
type formula struct {
	*circuit
	rule     learning.Rule
	mu       []float64 // per step and type
	signal   []float64 // step, trial, cell: L
	feedback []float64 // K × N: B
	returned []float64 // N × N: W_fb
}

func newFormula(t rapid.TB, c *circuit, credit *learning.Credit) *formula {
	t.Helper()
	f := &formula{circuit: c, rule: credit.Rule, feedback: c.net.Out.W}
	switch f.rule.Feedback {
	case "random", "adaptive":
		f.feedback = c.net.RandomFeedback
	case "sparse":
		f.feedback = make([]float64, len(c.net.RandomFeedback))
		for rank, i := range c.net.FeedbackOrder {
			if rank == 0 || float64(rank)+0.5 <= f.rule.Density*float64(len(f.feedback)) {
				f.feedback[i] = c.net.RandomFeedback[i]
			}
		}
	case "frozen":
		f.feedback = c.net.FrozenFeedback
	}
	for step := range c.steps {
		f.mu = append(f.mu, credit.MuAt(step)...)
	}
	f.returned = f.feedbackWeights(t)
	f.signal = f.signals()
	return f
}

func (f *formula) feedbackWeights(t rapid.TB) []float64 {
	n, w := f.cells, f.net.Rec.W
	if f.rule.Weights == "expression" {
		e := modulator.NewExpression(n, min(f.rule.Ligands, n))
		if err := e.Graded(w); err != nil {
			t.Fatal(err)
		}
		return e.Matrix()
	}
	if f.rule.Weights != "type" && f.rule.Weights != "existing" {
		return w
	}
	out := make([]float64, n*n)
	for j := range n {
		for p := range n {
			sum, count := 0.0, 0.0
			for i := range n {
				for q := range n {
					if f.net.Type[i] != f.net.Type[j] || f.net.Type[q] != f.net.Type[p] {
						continue
					}
					if f.rule.Weights == "existing" && w[i*n+q] == 0 {
						continue
					}
					sum += w[i*n+q]
					count++
				}
			}
			absent := f.rule.Weights == "existing" && w[j*n+p] == 0
			if absent || f.rule.Diagonal == "zero" && j == p {
				continue
			}
			out[j*n+p] = sum / count
		}
	}
	return out
}

// signals is L_j,t = Σ_{u≥t} c_out κ^(u−t) G_j,u with G = B δ, or what has spread of it.
func (f *formula) signals() []float64 {
	n, released := f.cells, f.released()
	if f.rule.Spreads() {
		released = f.spread(released)
	}
	out := make([]float64, f.steps*f.trials*n)
	for t := range f.steps {
		filter := f.net.ReadoutGain
		for u := t; u < f.steps; u++ {
			for i := range f.trials * n {
				out[t*f.trials*n+i] += filter * released[u*f.trials*n+i]
			}
			filter *= f.net.ReadoutDecay
		}
	}
	return out
}

// released is Σ_k B_jk δ_k,t by step, trial and cell j.
func (f *formula) released() []float64 {
	n, k := f.cells, f.outputs
	out := make([]float64, f.steps*f.trials*n)
	for i := range out {
		for o, delta := range f.batch.Record.Error[i/n*k : (i/n+1)*k] {
			out[i] += f.feedback[o*n+i%n] * delta
		}
	}
	return out
}

// muAt is what stands for ψ of cell p at step t.
func (f *formula) muAt(t, p int) float64 { return f.mu[t*len(f.net.TypeNames)+f.net.Type[p]] }

func (f *formula) psi(t, b, p int) float64 {
	if f.batch.Record.RateAt(t)[b*f.cells+p] > 0 {
		return 1
	}
	return 0
}

// credited is L ψ: what cell j secretes at step t of trial b.
func (f *formula) credited(t, b, j int) float64 {
	return f.signal[(t*f.trials+b)*f.cells+j] * f.psi(t, b, j)
}

// pre is the activity of presynaptic channel i at step t: cells, then inputs.
func (f *formula) pre(t, b, i int) float64 {
	if i < f.cells {
		return f.batch.Record.RateBefore(t)[b*f.cells+i]
	}
	return f.batch.Record.InputAt(t)[b*f.inputs+i-f.cells]
}

// add adds x to the gradient of the synapse from channel i to cell p.
func (f *formula) add(g *learning.Gradient, p, i int, x float64) {
	if i < f.cells {
		g.Rec[p*f.cells+i] += x
		return
	}
	g.In[p*f.inputs+i-f.cells] += x
}

// readout adds the gradients of W_out and b.
func (f *formula) readout(g *learning.Gradient) {
	n, k := f.cells, f.outputs
	for b := range f.trials {
		r := make([]float64, n)
		for t := range f.steps {
			for j := range n {
				r[j] = f.net.ReadoutDecay*r[j] + f.net.ReadoutGain*f.batch.Record.RateAt(t)[b*n+j]
			}
			for o := range k {
				delta := f.batch.Record.ErrorAt(t)[b*k+o]
				g.Bias[o] += delta
				for j := range n {
					g.Out[o*n+j] += delta * r[j]
				}
			}
		}
	}
}

// eligible calls take with ε_pi,t for every synapse and step.
func (f *formula) eligible(take func(b, p, i, t int, epsilon float64)) {
	for b := range f.trials {
		for p := range f.cells {
			for i := range f.cells + f.inputs {
				epsilon := 0.0
				for t := range f.steps {
					epsilon = f.net.Cells.(*neuron.ReLU).Decay[p]*epsilon + f.net.Cells.(*neuron.ReLU).Gain[p]*f.pre(t, b, i)
					take(b, p, i, t, epsilon)
				}
			}
		}
	}
}

// gradient is the rule's with lags taps (those of the whole trial when more).
// With exact, ψ_t of every cell passed through stands for μ.
func (f *formula) gradient(lags int, exact bool) *learning.Gradient {
	g := learning.NewGradient(f.net)
	f.readout(g)
	heard := f.heard(lags, exact)
	f.eligible(func(b, p, i, t int, epsilon float64) {
		at := (t*f.trials+b)*f.cells + p
		x := f.credited(t, b, p) * epsilon
		if f.rule.Form == "code" {
			x += heard[at] * f.muAt(t, p) * epsilon
		} else {
			x += heard[at] * f.psi(t, b, p) * epsilon
		}
		f.add(g, p, i, x)
	})
	return g
}

// heard is Σ_s Σ_j L_j,t+s ψ_j,t+s K_s(j←p) for every step, trial and cell p.
func (f *formula) heard(lags int, exact bool) []float64 {
	n := f.cells
	out := make([]float64, f.steps*f.trials*n)
	for b := range f.trials {
		for t := range f.steps {
			var kernel []float64
			for s := 1; s <= lags && t+s < f.steps; s++ {
				kernel = f.nextKernel(kernel, b, t+s-1, exact)
				for j := range n {
					m := f.credited(t+s, b, j)
					for p := range n {
						out[(t*f.trials+b)*n+p] += m * kernel[j*n+p]
					}
				}
			}
		}
	}
	return out
}

// nextKernel is K_1 = c_v W_fb, K_{s+1} = (η + c_v W_fb diag(μ)) K_s; the cells
// passed through are those of step t.
func (f *formula) nextKernel(kernel []float64, b, t int, exact bool) []float64 {
	n, cells := f.cells, f.net.Cells.(*neuron.ReLU)
	next := make([]float64, n*n)
	for j := range n {
		for p := range n {
			if kernel == nil {
				next[j*n+p] = cells.Gain[j] * f.returned[j*n+p]
				continue
			}
			sum := 0.0
			for k := range n {
				through := f.muAt(t, k)
				if exact {
					through = f.psi(t, b, k)
				}
				sum += f.returned[j*n+k] * through * kernel[k*n+p]
			}
			next[j*n+p] = cells.Decay[j]*kernel[j*n+p] + cells.Gain[j]*sum
		}
	}
	return next
}

// jacobians is the exact gradient by way of ∂v_t/∂v_u, N × N for every pair of
// steps; counts says whether the error at step t reaches the input at step u.
func (f *formula) jacobians(counts func(u, t int) bool) *learning.Gradient {
	g := learning.NewGradient(f.net)
	f.readout(g)
	n, cells := f.cells, f.net.Cells.(*neuron.ReLU)
	for b := range f.trials {
		for u := range f.steps {
			through := make([]float64, n*n) // ∂v_t/∂I_u
			for p := range n {
				through[p*n+p] = cells.Gain[p]
			}
			reached := make([]float64, n)
			for t := u; t < f.steps; t++ {
				if t > u {
					through = f.advance(through, b, t)
				}
				for j := range n {
					m := f.credited(t, b, j)
					for p := range n {
						if counts(u, t) {
							reached[p] += m * through[j*n+p]
						}
					}
				}
			}
			for p, x := range reached {
				for i := range n + f.inputs {
					f.add(g, p, i, x*f.pre(u, b, i))
				}
			}
		}
	}
	return g
}

// advance takes ∂v/∂I from step t−1 to t.
func (f *formula) advance(through []float64, b, t int) []float64 {
	n, cells := f.cells, f.net.Cells.(*neuron.ReLU)
	next := make([]float64, n*n)
	for j := range n {
		for p := range n {
			sum := 0.0
			for k := range n {
				sum += f.net.Rec.W[j*n+k] * f.psi(t-1, b, k) * through[k*n+p]
			}
			next[j*n+p] = cells.Decay[j]*through[j*n+p] + cells.Gain[j]*sum
		}
	}
	return next
}

// filteredSeparately is MDGL as its authors learn online: ψ of the sender and
// the trace of the receiver each pass a low-pass filter of their own.
func (f *formula) filteredSeparately() *learning.Gradient {
	g := f.gradient(0, false)
	n, kappa := f.cells, f.net.ReadoutDecay
	psi := make([]float64, f.steps*f.trials*n)
	for t := range f.steps {
		for i := range f.trials * n {
			psi[t*f.trials*n+i] = (1 - kappa) * f.psi(t, i/n, i%n)
			if t > 0 {
				psi[t*f.trials*n+i] += kappa * psi[(t-1)*f.trials*n+i]
			}
		}
	}
	trace := 0.0 // ē of the synapse eligible is at
	f.eligible(func(b, p, i, t int, epsilon float64) {
		if t == 0 {
			trace = 0
		}
		trace = kappa*trace + (1-kappa)*f.psi(t, b, p)*epsilon
		if t+1 == f.steps {
			return
		}
		for j := range n {
			signal := 0.0
			for o, delta := range f.batch.Record.ErrorAt(t + 1)[b*f.outputs : (b+1)*f.outputs] {
				signal += f.feedback[o*n+j] * delta
			}
			message := signal * psi[((t+1)*f.trials+b)*n+j] * f.net.Cells.(*neuron.ReLU).Gain[j] * f.returned[j*n+p]
			f.add(g, p, i, message*trace)
		}
	})
	return g
}

// of is the formula of the rule, whichever it is.
func (f *formula) of() *learning.Gradient {
	r := f.rule
	switch {
	case r.Name == "bptt" || r.Name == "rtrl":
		return f.jacobians(func(int, int) bool { return true })
	case r.Window > 0:
		return f.jacobians(func(u, t int) bool { return t < u+r.Window })
	case r.Chunk > 0:
		return f.jacobians(func(u, t int) bool { return u/r.Chunk == t/r.Chunk })
	case r.Hops > 0:
		return f.gradient(r.Hops, true)
	case r.Causal:
		return f.filteredSeparately()
	case r.Carried():
		return f.carried(f.gradient(0, false), f.psi, f.eligible)
	case r.Name == "eprop" || r.Name == "rflo" || r.Spreads():
		return f.gradient(0, false)
	case r.Name == "mdgl":
		return f.gradient(1, false)
	case r.Taps > 0:
		return f.gradient(r.Taps, false)
	}
	return f.gradient(f.steps, false)
}
