package learning_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paracrine/learning"
	"paracrine/neuron"
)

// spikingFormula computes gradients on spiking cells as
//
//	dE/dW_pq = Σ_t ( L_p,t e_pq,t + X_p,t e_pq,t )
//
// from one eligibility trace per synapse, forward in time, and X_p,t, what a
// unit of cell p's output at step t does to the loss by way of other cells,
// followed forward through their potentials and raises: the slow, obvious twin.
type spikingFormula struct {
	*formula
	cells *neuron.AdaptiveSpiking
	reset bool
	exact bool // ψ stands for μ
}

func newSpikingFormula(t rapid.TB, c *circuit, credit *learning.Credit) *spikingFormula {
	t.Helper()
	f := &spikingFormula{formula: newFormula(t, c, credit), cells: c.net.Cells.(*neuron.AdaptiveSpiking)}
	f.reset = f.cells.ResetInTrace
	if f.rule.Reset != "" {
		f.reset = f.rule.Reset == "1"
	}
	return f
}

func (f *spikingFormula) psi(t, b, p int) float64 {
	return f.batch.Record.Psi[(t*f.trials+b)*len(f.net.Type)+p]
}

// taken is what a spike takes off the potential, as far as it is differentiated.
func (f *spikingFormula) taken(p int) float64 {
	if f.reset {
		return f.cells.Threshold[p]
	}
	return 0
}

// traces calls take with ∂s_p/∂W_pi = ε − β ε^a for every synapse and step; e is
// ψ times that.
func (f *spikingFormula) traces(take func(b, p, i, t int, x float64)) {
	for b := range f.trials {
		for p := range len(f.net.Type) {
			for i := range len(f.net.Type) + f.inputs {
				epsilon, raised, e := 0.0, 0.0, 0.0
				for t := range f.steps {
					epsilon = f.cells.Decay[p]*epsilon + f.cells.Gain[p]*f.pre(t, b, i) - f.taken(p)*e
					raised = f.cells.AdaptationDecay[p]*raised + f.cells.AdaptationGain[p]*e
					x := epsilon - f.cells.Adaptation[p]*raised
					e = f.psi(t, b, p) * x
					take(b, p, i, t, x)
				}
			}
		}
	}
}

// passage says what stands for ψ in cells that credit passes through: towards
// other cells, and towards the cell's own reset and adaptation.
func (f *spikingFormula) passage(t, b, k int) (others, own float64) {
	psi := f.psi(t, b, k)
	if f.rule.Name != "modprop" {
		return psi, psi
	}
	mu := f.muAt(t, k)
	if f.exact {
		mu = psi
	}
	switch {
	case f.rule.Form == "code":
		return mu, psi
	case f.rule.Dynamics == "full":
		return mu, mu
	}
	return mu, 0
}

// onward is what a unit that cell p sends at step t of trial b to the cells it
// drives does to the loss within lags steps.
func (f *spikingFormula) onward(b, p, t, lags int) float64 {
	n := len(f.net.Type)
	v, a, sent, sum := make([]float64, n), make([]float64, n), make([]float64, n), 0.0
	own := make([]float64, n)
	sent[p] = 1
	for u := t + 1; u < f.steps && u-t <= lags; u++ {
		f.advance(v, a, sent, own)
		for j := range n {
			x := v[j] - f.cells.Adaptation[j]*a[j]
			sum += f.signal[(u*f.trials+b)*n+j] * f.psi(u, b, j) * x
			others, self := f.passage(u, b, j)
			sent[j], own[j] = others*x, self*x
		}
	}
	return sum
}

// advance takes perturbations of all potentials and raises one step on.
func (f *spikingFormula) advance(v, a, sent, own []float64) {
	n := len(v)
	for j := range n {
		driven := 0.0
		for k := range n {
			driven += f.returned[j*n+k] * sent[k]
		}
		v[j] = f.cells.Decay[j]*v[j] + f.cells.Gain[j]*driven - f.taken(j)*own[j]
		a[j] = f.cells.AdaptationDecay[j]*a[j] + f.cells.AdaptationGain[j]*own[j]
	}
}

// upTo is the gradient of rules whose credit comes from up to lags steps later.
func (f *spikingFormula) upTo(lags int) *learning.Gradient {
	g := learning.NewGradient(f.net)
	f.readout(g)
	n := len(f.net.Type)
	onward := make([]float64, f.steps*f.trials*n)
	for i := range onward {
		onward[i] = f.onward(i/n%f.trials, i%n, i/n/f.trials, lags)
	}
	f.traces(func(b, p, i, t int, x float64) {
		at := (t*f.trials+b)*n + p
		psi := f.psi(t, b, p)
		heard := psi
		if f.rule.Form == "code" {
			heard = f.muAt(t, p)
		}
		f.add(g, p, i, (psi*f.signal[at]+heard*onward[at])*x)
	})
	return g
}

// cut is the exact gradient of errors that count: the error at step t is asked
// whether it counts for what comes in at step u. It follows a unit of input.
func (f *spikingFormula) cut(counts func(u, t int) bool) *learning.Gradient {
	g := learning.NewGradient(f.net)
	f.readout(g)
	n := len(f.net.Type)
	for b := range f.trials {
		for p := range n {
			for u := range f.steps {
				v, a, z, reached := make([]float64, n), make([]float64, n), make([]float64, n), 0.0
				for t := u; t < f.steps; t++ {
					f.advance(v, a, z, z)
					if t == u {
						v[p] = f.cells.Gain[p]
					}
					for j := range n {
						z[j] = f.psi(t, b, j) * (v[j] - f.cells.Adaptation[j]*a[j])
						if counts(u, t) {
							reached += f.signal[(t*f.trials+b)*n+j] * z[j]
						}
					}
				}
				for i := range n + f.inputs {
					f.add(g, p, i, reached*f.pre(u, b, i))
				}
			}
		}
	}
	return g
}

// filteredSeparately is MDGL as its authors learn online.
func (f *spikingFormula) filteredSeparately() *learning.Gradient {
	g := f.upTo(0)
	n, kappa := len(f.net.Type), f.net.ReadoutDecay
	low := make([]float64, (f.steps+1)*f.trials*n)
	for t := range f.steps {
		for i := range f.trials * n {
			low[(t+1)*f.trials*n+i] = kappa*low[t*f.trials*n+i] + (1-kappa)*f.psi(t, i/n, i%n)
		}
	}
	trace := 0.0
	f.traces(func(b, p, i, t int, x float64) {
		if t == 0 {
			trace = 0
		}
		trace = kappa*trace + (1-kappa)*f.psi(t, b, p)*x
		if t+1 == f.steps {
			return
		}
		for j := range n {
			signal := 0.0
			for o, delta := range f.batch.Record.ErrorAt(t + 1)[b*f.outputs : (b+1)*f.outputs] {
				signal += f.feedback[o*n+j] * delta
			}
			f.add(g, p, i, signal*low[((t+2)*f.trials+b)*n+j]*f.cells.Gain[j]*f.returned[j*n+p]*trace)
		}
	})
	return g
}

func (f *spikingFormula) of() *learning.Gradient {
	switch r := f.rule; {
	case r.Name == "bptt" || r.Name == "rtrl":
		return f.cut(func(int, int) bool { return true })
	case r.Window > 0:
		return f.cut(func(u, t int) bool { return t < u+r.Window })
	case r.Chunk > 0:
		return f.cut(func(u, t int) bool { return u/r.Chunk == t/r.Chunk })
	case r.Hops > 0:
		return f.upTo(r.Hops)
	case r.Causal:
		return f.filteredSeparately()
	case r.Carried():
		return f.carried(f.upTo(0), f.psi, f.traces)
	case r.Name == "eprop" || r.Name == "rflo" || r.Spreads():
		return f.upTo(0)
	case r.Name == "mdgl":
		return f.upTo(1)
	case r.Taps > 0:
		return f.upTo(r.Taps)
	}
	return f.upTo(f.steps)
}

// drawSpiking draws circuits of spiking cells of every kind.
func drawSpiking(t *rapid.T) shape {
	s := drawShape(t)
	s.cells, s.steps, s.trials = min(s.cells, 10), min(s.steps, 25), min(s.trials, 3)
	s.types, s.dead, s.always = min(s.types, s.cells), min(s.dead, s.cells/3), 0
	s.threshold = rapid.SampledFrom([]float64{0.1, 0.3, 1}).Draw(t, "threshold above 0")
	s.spikes = &spikes{
		beta:        rapid.SliceOfN(rapid.SampledFrom([]float64{0, 0.2, 1.5}), s.types, s.types).Draw(t, "β"),
		rho:         rapid.SampledFrom([]float64{0, 0.8, 0.99}).Draw(t, "ρ"),
		gain:        rapid.SampledFrom([]float64{1, 0.2, 0}).Draw(t, "c_a"),
		silent:      rapid.IntRange(0, 4).Draw(t, "silent"),
		surrogate:   rapid.SampledFrom([]neuron.Surrogate{neuron.PiecewiseLinear, neuron.Exponential, neuron.FastSigmoid, neuron.ArcTan}).Draw(t, "surrogate"),
		dampening:   rapid.SampledFrom([]float64{0.3, 0.1}).Draw(t, "γ"),
		reset:       rapid.Bool().Draw(t, "reset"),
		atThreshold: rapid.Bool().Draw(t, "at threshold"),
	}
	return s
}

// spikingRules are the rules of spiking cells, with and without the reset.
func spikingRules() []string {
	var rules []string
	for _, rule := range slices.Concat(fewChannels, manyChannels, []string{
		"modprop:dynamics=full,mu=0.1", "modprop:dynamics=full,weights=cell,mu=0.1", "modprop:dynamics=full,taps=3,diagonal=zero",
		"modprop:dynamics=full,diagonal=zero,mu=0.1", "modprop:dynamics=full,weights=expression,ligands=2,mu=mean-derivative", "modprop:dynamics=full,taps=3",
		"modprop:weights=cell,form=code,taps=3,mu=0.1", "modprop:dynamics=full,mu=mean-derivative,span=6", "modprop:dynamics=full,mu=mean-derivative,guard=on",
	}) {
		rules = append(rules, withOption(rule, "reset=0"), withOption(rule, "reset=1"))
	}
	return rules
}

// requireSpikingTwins compares every form the rule has with its formula.
func requireSpikingTwins(t rapid.TB, c *circuit, rule string) {
	t.Helper()
	credit := c.credit(t, rule)
	want := newSpikingFormula(t, c, credit).of()
	w := credit.NewWorkspace(c.steps, c.trials)
	requireEqual(t, rule+", backward", c.backward(credit, w), want, tight)
	requireEqual(t, rule+", backward in a used workspace", c.backward(credit, w), want, tight)
	requireEqual(t, rule+", matrix product", c.backward(credit, credit.NewDenseWorkspace(c.steps, c.trials)), want, tight)
	requireEqual(t, rule+", arrival by arrival", c.backward(credit, credit.NewArrivalWorkspace(c.steps, c.trials)), want, tight)
	for _, form := range causalForms(credit.Rule) {
		r, err := learning.ParseRule(form)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := learning.NewCredit(r, c.net, c.trials, nil, false); err != nil && refusedForward(r) {
			continue
		}
		requireEqual(t, form+", causal", c.forward(c.credit(t, form)), want, tight)
	}
	c.requireEvents(t, credit.Rule, want, tight)
}

// refusedForward says whether some networks of spiking cells have no forward form of
// a rule (Credit.CheckCausal).
func refusedForward(r learning.Rule) bool {
	return r.Form == "code" || r.Dynamics == "full" && r.Diagonal == "zero"
}

func TestSpikingFormsAgree(t *testing.T) {
	rules := spikingRules()
	rapid.Check(t, func(t *rapid.T) {
		rule := rapid.SampledFrom(rules).Draw(t, "rule")
		s := drawSpiking(t)
		s.decay = s.decay[:1]
		if s.gain != nil {
			s.gain = s.gain[:1]
		}
		requireSpikingTwins(t, s.build(t), rule)
	})
}

// TestSpikingFormsAgreeOnLiveCircuits makes sure that no rule is left to chance.
func TestSpikingFormsAgreeOnLiveCircuits(t *testing.T) {
	eachSpiking(t, func(t *testing.T, c *circuit) {
		for _, rule := range spikingRules() {
			requireSpikingTwins(t, c, rule)
		}
	})
}

// TestSpikesOfTheRecord computes spikes and ψ of a batch from the equations.
func TestSpikesOfTheRecord(t *testing.T) {
	eachSpiking(t, func(t *testing.T, c *circuit) {
		cells, n := c.net.Cells.(*neuron.AdaptiveSpiking), len(c.net.Type)
		for b := range c.trials {
			v, a, z, silent := make([]float64, n), make([]float64, n), make([]float64, n), make([]int, n)
			for step := range c.steps {
				before := slices.Clone(z)
				for p := range n {
					current := 0.0
					for q := range n {
						current += c.net.Rec.At(p, q) * before[q]
					}
					for i := range c.inputs {
						current += c.net.In.At(p, i) * c.input[b][step*c.inputs+i]
					}
					v[p] = cells.Decay[p]*v[p] + cells.Gain[p]*current - cells.Threshold[p]*before[p]
					a[p] = cells.AdaptationDecay[p]*a[p] + cells.AdaptationGain[p]*before[p]
					s := (v[p] - cells.Threshold[p] - cells.Adaptation[p]*a[p]) / cells.Threshold[p]
					psi := cells.Dampening / cells.Threshold[p] * max(0, 1-math.Abs(s))
					if cells.Surrogate == neuron.FastSigmoid {
						psi = cells.Dampening / cells.Threshold[p] / (1 + math.Abs(s)) / (1 + math.Abs(s))
					}
					z[p] = 0
					switch {
					case silent[p] > 0:
						silent[p]--
						psi = 0
					case s > 0:
						z[p], silent[p] = 1, cells.SilentSteps[p]
					}
					at := b*n + p
					if got := c.batch.Record.RateAt(step)[at]; got != z[p] {
						t.Fatalf("trial %d, step %d, cell %d: z = %v, want %v", b, step, p, got, z[p])
					}
					if got := c.batch.Record.PsiAt(step)[at]; math.Abs(got-psi) > 1e-12 {
						t.Fatalf("trial %d, step %d, cell %d: ψ = %v, want %v", b, step, p, got, psi)
					}
				}
			}
		}
	})
}
