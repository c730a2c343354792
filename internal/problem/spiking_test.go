package problem

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// readme computes one trial of a spiking problem from its arrays alone, as the
// notes to the fixtures state model and rules: one trace per synapse, forward.
type readme struct {
	*Problem
	reset float64     // 1 where the reset is differentiated
	z     [][]float64 // T × N
	psi   [][]float64 // T × N
	l     [][]float64 // T × N: ∂E/∂z through the readout only
	loss  float64
}

func newReadme(p *Problem, trial int, reset float64) *readme {
	r := &readme{Problem: p, reset: reset}
	r.spike(trial)
	r.read(trial)
	return r
}

func (r *readme) input(trial, t int) []float64 {
	h := r.Hyper
	return r.X[(trial*h.T+t)*h.Inputs:][:h.Inputs]
}

// before is z of the step before step t.
func (r *readme) before(t int) []float64 {
	if t == 0 {
		return make([]float64, r.Hyper.N)
	}
	return r.z[t-1]
}

func (r *readme) beta(j int) float64 {
	if r.Hyper.Model == "lif" {
		return 0
	}
	return r.Beta[j]
}

func (r *readme) spike(trial int) {
	h := r.Hyper
	v, a, rest := make([]float64, h.N), make([]float64, h.N), make([]int, h.N)
	for t := range h.T {
		z, psi, before := make([]float64, h.N), make([]float64, h.N), r.before(t)
		for j := range h.N {
			current := 0.0
			for q := range h.N {
				current += r.WRec[j*h.N+q] * before[q]
			}
			for m, x := range r.input(trial, t) {
				current += r.WIn[j*h.Inputs+m] * x
			}
			v[j] = h.Eta*v[j] + h.CV*current - h.Threshold*before[j]
			a[j] = h.Rho*a[j] + h.CA*before[j]
			if rest[j]--; rest[j] >= 0 {
				continue
			}
			s := (v[j] - h.Threshold - r.beta(j)*a[j]) / h.Threshold
			psi[j] = h.Gamma / h.Threshold * math.Max(0, 1-math.Abs(s))
			if s > 0 {
				z[j], rest[j] = 1, h.RefractorySteps
			}
		}
		r.z, r.psi = append(r.z, z), append(r.psi, psi)
	}
}

// read computes the loss and L of a trial.
func (r *readme) read(trial int) {
	h := r.Hyper
	filtered := make([]float64, h.N)
	for range h.T {
		r.l = append(r.l, make([]float64, h.N))
	}
	for t, z := range r.z {
		y := append([]float64(nil), r.BOut...)
		for j := range filtered {
			filtered[j] = h.Kappa*filtered[j] + h.COut*z[j]
			for k := range y {
				y[k] += r.WOut[j*h.Outputs+k] * filtered[j]
			}
		}
		for k, delta := range r.compare(trial, t, y) {
			for u := t; u >= 0; u-- {
				for j := range h.N {
					r.l[u][j] += h.COut * math.Pow(h.Kappa, float64(t-u)) * r.WOut[j*h.Outputs+k] * delta
				}
			}
		}
	}
}

// compare adds to the loss and returns δ.
func (r *readme) compare(trial, t int, y []float64) []float64 {
	h := r.Hyper
	weight, delta := r.LossWeight[t]/float64(h.B), make([]float64, len(y))
	if h.Loss == "mse" {
		for k := range y {
			d := y[k] - r.Target[(trial*h.T+t)*h.Outputs+k]
			delta[k] = weight * d
			r.loss += weight / 2 * d * d
		}
		return delta
	}
	sum := 0.0
	for k := range y {
		delta[k] = math.Exp(y[k])
		sum += delta[k]
	}
	r.loss -= weight * math.Log(delta[r.Class[trial]]/sum)
	for k := range y {
		delta[k] = weight * delta[k] / sum
	}
	delta[r.Class[trial]] -= weight
	return delta
}

// typeMeans is W_fb: the mean of each block, zeros and the diagonal included.
func (r *readme) typeMeans() []float64 {
	h := r.Hyper
	w := make([]float64, h.N*h.N)
	for j := range h.N {
		for p := range h.N {
			sum, pairs := 0.0, 0.0
			for i := range h.N {
				for q := range h.N {
					if r.Type[i] == r.Type[j] && r.Type[q] == r.Type[p] {
						sum += r.WRec[i*h.N+q]
						pairs++
					}
				}
			}
			w[j*h.N+p] = sum / pairs
		}
	}
	return w
}

// credit is Z of e-prop, or of MDGL or ModProp with returned as W_fb.
func (r *readme) credit(rule string, returned []float64) [][]float64 {
	h := r.Hyper
	out, next := make([][]float64, h.T), make([]float64, h.N)
	for t := h.T - 1; t >= 0; t-- {
		out[t] = append([]float64(nil), r.l[t]...)
		lambda := make([]float64, h.N)
		for p := range h.N {
			heard := 0.0
			if rule != "eprop" {
				for j := range h.N {
					heard += returned[j*h.N+p] * next[j]
				}
			}
			out[t][p] += h.CV * heard
			lambda[p] = r.psi[t][p] * r.l[t][p]
			if rule == "modprop" {
				lambda[p] += h.Eta*next[p] + h.CV*h.Mu[r.Type[p]]*heard
			}
		}
		next = lambda
	}
	return out
}

// synapses calls take with the presynaptic activity of every synapse: recurrent
// ones, then those of inputs.
func (r *readme) synapses(trial int, in, rec []float64, take func(p int, pre func(t int) float64) float64) {
	h := r.Hyper
	for p := range h.N {
		for q := range h.N {
			if p != q {
				rec[p*h.N+q] += take(p, func(t int) float64 { return r.before(t)[q] })
			}
		}
		for m := range h.Inputs {
			in[p*h.Inputs+m] += take(p, func(t int) float64 { return r.input(trial, t)[m] })
		}
	}
}

// local is Σ_t Z e of one synapse onto cell p.
func (r *readme) local(credit [][]float64) func(p int, pre func(t int) float64) float64 {
	h := r.Hyper
	return func(p int, pre func(t int) float64) float64 {
		ev, ea, e, sum := 0.0, 0.0, 0.0, 0.0
		for t := range h.T {
			ev = h.Eta*ev + h.CV*pre(t) - r.reset*h.Threshold*e
			ea = h.Rho*ea + h.CA*e
			e = r.psi[t][p] * (ev - r.beta(p)*ea)
			sum += credit[t][p] * e
		}
		return sum
	}
}

// exact follows the derivative of every cell by one weight onto cell p.
func (r *readme) exact(p int, pre func(t int) float64) float64 {
	h := r.Hyper
	v, a, z, sum := make([]float64, h.N), make([]float64, h.N), make([]float64, h.N), 0.0
	for t := range h.T {
		after := make([]float64, h.N)
		for j := range h.N {
			current := 0.0
			for k := range h.N {
				current += r.WRec[j*h.N+k] * z[k]
			}
			if j == p {
				current += pre(t)
			}
			v[j] = h.Eta*v[j] + h.CV*current - r.reset*h.Threshold*z[j]
			a[j] = h.Rho*a[j] + h.CA*z[j]
			after[j] = r.psi[t][j] * (v[j] - r.beta(j)*a[j])
			sum += r.l[t][j] * after[j]
		}
		z = after
	}
	return sum
}

// drawSpikingProblem is a random problem of spiking cells, of up to four types.
func drawSpikingProblem(t *rapid.T) *Problem {
	p := drawProblem(t)
	h := &p.Hyper
	h.Model = rapid.SampledFrom([]string{"lif", "alif"}).Draw(t, "model")
	h.Threshold = rapid.SampledFrom([]float64{0.1, 0.3, 0.6}).Draw(t, "threshold above 0")
	h.Gamma, h.Surrogate = rapid.SampledFrom([]float64{0.3, 1}).Draw(t, "gamma"), "piecewise-linear"
	h.RefractorySteps = rapid.IntRange(0, 3).Draw(t, "n_ref")
	if rapid.Bool().Draw(t, "c_v = 1") {
		h.CV = 1
	}
	if h.Model == "alif" {
		h.Rho, h.CA = rapid.SampledFrom([]float64{0.5, 0.95}).Draw(t, "rho"), rapid.SampledFrom([]float64{1, 0.05}).Draw(t, "c_a")
		p.Beta = rapid.SliceOfN(rapid.SampledFrom([]float64{0, 0.12, 1}), h.N, h.N).Draw(t, "beta")
	}
	for i := range p.X {
		p.X[i] *= 4
	}
	return p
}

func TestSpikingRulesAreThoseOfTheReadme(t *testing.T) {
	spikes, silent := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawSpikingProblem(t)
		rule := rapid.SampledFrom([]string{"bptt", "rtrl", "eprop", "mdgl", "mdgl:weights=cell", "modprop", "modprop:weights=cell", "modprop:route=state-space"}).Draw(t, "rule")
		reset := rapid.SampledFrom([]string{"0", "1"}).Draw(t, "reset")
		name, _, hasOptions := strings.Cut(rule, ":")
		text := rule + ":reset=" + reset
		if hasOptions {
			text = rule + ",reset=" + reset
		}
		got := mustCredit(t, p, text)
		in, rec, loss := make([]float64, len(p.WIn)), make([]float64, len(p.WRec)), 0.0
		for b := range p.Hyper.B {
			r := newReadme(p, b, map[string]float64{"0": 0, "1": 1}[reset])
			loss += r.loss
			for _, z := range r.z {
				for _, s := range z {
					if s > 0 {
						spikes++
					} else {
						silent++
					}
				}
			}
			if name == "bptt" || name == "rtrl" {
				r.synapses(b, in, rec, r.exact)
				continue
			}
			returned := r.typeMeans()
			if rule == name+":weights=cell" {
				returned = p.WRec
			}
			r.synapses(b, in, rec, r.local(r.credit(name, returned)))
		}
		if math.Abs(got.Loss-loss) > 1e-12*(1+loss) {
			t.Fatalf("loss %v, want %v", got.Loss, loss)
		}
		nearOf(t, text+": W_in", got.Gradient.In, in)
		nearOf(t, text+": W_rec", got.Gradient.Rec, rec)
	})
	// How many problems are drawn depends on -short, the share of spikes hardly.
	if 100*spikes < silent || 100*silent < spikes {
		t.Errorf("%d spikes at %d silent steps are no test", spikes, silent)
	}
}

// nearOf asks for 1e-9 of the largest element.
func nearOf(t *rapid.T, what string, got, want []float64) {
	t.Helper()
	largest := 0.0
	for _, x := range want {
		largest = math.Max(largest, math.Abs(x))
	}
	if d := distance(got, want); !(d <= 1e-9*largest+1e-15) {
		t.Fatalf("%s differs by %g of %g", what, d, largest)
	}
}
