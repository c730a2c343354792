package learning_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"paracrine/learning"
	"paracrine/modulator"
	"paracrine/neuron"
)

// carried adds to g, the cells' own part, what substances bring: every cell's own
// molecules in a field of their own, spread by the exponential of the Laplacian's
// matrix, heard through kernels of N × N and multiplied with traces, loop by loop.
func (f *formula) carried(g *learning.Gradient, psi func(t, b, p int) float64, traces func(take func(b, p, i, t int, x float64))) *learning.Gradient {
	n, kappa := len(f.net.Type), f.net.ReadoutDecay
	for alpha := range f.net.TypeNames {
		heard, rise := f.heardOf(f.concentrations(psi, alpha)), f.left(ofType(f.rule.Rise, alpha))
		slow, risen := 0.0, 0.0
		traces(func(b, p, i, t int, x float64) {
			if t == 0 {
				slow, risen = 0, 0
			}
			slow = kappa*slow + (1-kappa)*psi(t, b, p)*x
			risen = rise*risen + (1-rise)*slow
			f.add(g, p, i, heard[(t*f.trials+b)*n+p]*risen)
		})
	}
	return g
}

// ofType is the value of type α's ligand.
func ofType(values []float64, alpha int) float64 { return values[min(alpha, len(values)-1)] }

// left is what a step leaves of what goes with a time constant.
func (f *formula) left(tau float64) float64 {
	if tau == 0 {
		return 0
	}
	return math.Exp(-f.net.StepMS / tau)
}

// concentrations is what cell p hears at every step of the molecules of cell j of type
// α: step, trial, j, p.
func (f *formula) concentrations(psi func(t, b, p int) float64, alpha int) []float64 {
	n, kappa, kept := len(f.net.Type), f.net.ReadoutDecay, f.left(ofType(f.rule.Clearance, alpha))
	sites, at, step := f.places(ofType(f.rule.Diffusion, alpha))
	out := make([]float64, f.steps*f.trials*n*n)
	for b := range f.trials {
		for j := range n {
			if f.net.Type[j] != alpha {
				continue
			}
			field, low := make([]float64, sites), 0.0
			for t := range f.steps {
				low = kappa*low + (1-kappa)*psi(t, b, j)
				signal := 0.0
				for o, delta := range f.batch.Record.ErrorAt(t)[b*f.outputs : (b+1)*f.outputs] {
					signal += f.feedback[o*n+j] * delta
				}
				for i := range field {
					field[i] *= kept
				}
				field[at[j]] += (1 - kept) * float64(sites) * f.net.ReadoutGain / (1 - kappa) * signal * low
				next := make([]float64, sites)
				for to := range next {
					for from, share := range step.RawRowView(to) {
						next[to] += share * field[from]
					}
				}
				field = next
				for p := range n {
					out[((t*f.trials+b)*n+j)*n+p] = field[at[p]]
				}
			}
		}
	}
	return out
}

// places are the number of sites, the cells' own, and how a step spreads over them.
func (f *formula) places(coefficient float64) (sites int, at []int, step *mat.Dense) {
	at, step = make([]int, len(f.net.Type)), mat.NewDense(1, 1, []float64{1})
	switch {
	case f.rule.Through == "mixed":
		return 1, at, step
	case f.net.Field != nil:
		return f.net.Field.Sites(), f.net.FieldSite, stepOfDiffusion(*f.net.Field, coefficient*f.net.StepMS)
	}
	copy(at, f.net.Torus.Site)
	around := [3]modulator.Boundary{modulator.Periodic, modulator.Periodic, modulator.NoFlux}
	space := modulator.Space{Shape: [3]int{f.net.Torus.Columns, f.net.Torus.Rows, 1}, Spacing: f.net.Torus.Spacing, Boundary: around}
	return space.Sites(), at, stepOfDiffusion(space, coefficient*f.net.StepMS)
}

// stepOfDiffusion is the matrix exponential of D dt Δ: site by site, neighbour by
// neighbour.
func stepOfDiffusion(s modulator.Space, spread float64) *mat.Dense {
	sites, rate := s.Sites(), spread/(s.Spacing*s.Spacing)
	laplacian := mat.NewDense(sites, sites, nil)
	add := func(to, from int, x float64) { laplacian.Set(to, from, laplacian.At(to, from)+x) }
	for site := range sites {
		stride := 1
		for axis, points := range s.Shape {
			x := site / stride % points
			for _, to := range []int{x - 1, x + 1} {
				outside := to < 0 || to >= points
				if outside && s.Boundary[axis] == modulator.NoFlux {
					continue
				}
				add(site, site, -rate)
				if !outside || s.Boundary[axis] == modulator.Periodic {
					add(site+((to+points)%points-x)*stride, site, rate)
				}
			}
			stride *= points
		}
	}
	var step mat.Dense
	step.Exp(laplacian)
	return &step
}

// heardOf is Σ_s Σ_j c_jp,t+s K_s(j←p) for every step, trial and cell p.
func (f *formula) heardOf(concentrations []float64) []float64 {
	n := len(f.net.Type)
	kernels := f.kernelsOfReceptors()
	out := make([]float64, f.steps*f.trials*n)
	for t := range f.steps {
		for b := range f.trials {
			for lag, kernel := range kernels[:min(len(kernels), f.steps-1-t)] {
				for j := range n {
					for p := range n {
						c := concentrations[(((t+lag+1)*f.trials+b)*n+j)*n+p]
						out[(t*f.trials+b)*n+p] += c * kernel[j*n+p]
					}
				}
			}
		}
	}
	return out
}

// kernelsOfReceptors are K_s, s = 1 …: ModProp's, or those of receptors.
func (f *formula) kernelsOfReceptors() [][]float64 {
	n := len(f.net.Type)
	decay, gain := f.net.Cells.Membrane()
	lags := f.steps
	if f.rule.Taps > 0 {
		lags = f.rule.Taps
	}
	kernels := make([][]float64, lags)
	for s := range kernels {
		kernels[s] = make([]float64, n*n)
		for i := range kernels[s] {
			j, p := i/n, i%n
			if s == 0 {
				kernels[s][i] = gain[j] * f.returned[i]
				continue
			}
			if f.rule.Decay != nil {
				kernels[s][i] = f.left(ofType(f.rule.Decay, f.net.Type[j])) * kernels[s-1][i]
				continue
			}
			for k := range n {
				kernels[s][i] += gain[j] * f.returned[j*n+k] * f.mu[f.net.Type[k]] * kernels[s-1][k*n+p]
			}
			kernels[s][i] += decay[j] * kernels[s-1][i]
		}
	}
	return kernels
}

var chemistries = []string{
	"modprop:through=mixed", "modprop:through=mixed,clearance=6,weights=cell,taps=2", "modprop:through=mixed,clearance=3,decay=8,rise=2",
	"modprop:through=lattice,clearance=6,diffusion=80", "modprop:through=lattice,diffusion=0,clearance=3,decay=5,rise=1",
	"modprop:through=lattice,clearance=20,diffusion=400,taps=4,feedback=random,carrier=opponent",
}

// TestChemistryIsItsFormula compares every form with plain loops, to rounding.
func TestChemistryIsItsFormula(t *testing.T) {
	eachDiffusing(t, func(t *testing.T, c *circuit) {
		for _, rule := range chemistries {
			credit := c.credit(t, rule)
			want := newFormula(t, c, credit).gradientOf(t, credit)
			requireEqual(t, rule, c.gradient(t, rule), want, 1e-12)
			for _, form := range causalForms(credit.Rule) {
				requireEqual(t, form, c.forward(c.credit(t, form)), want, 1e-12)
			}
			eprop := c.gradient(t, "eprop:feedback="+credit.Rule.Feedback)
			requireDifferent(t, rule+" and e-prop", want, eprop)
		}
	})
}

// TestIdealIsModProp to the bit, by every form: it is what modprop means.
func TestIdealIsModProp(t *testing.T) {
	eachLive(t, func(t *testing.T, c *circuit) {
		for _, options := range []string{"weights=type", "weights=cell,mu=0.1", "taps=3", "route=state-space,mu=0.1", "route=events,mu=0.1"} {
			one := c.gradient(t, "modprop:through=ideal,clearance=50,diffusion=3,decay=9,rise=2,carrier=opponent,"+options)
			requireEqual(t, options+", a word apart", one, c.gradient(t, "modprop:"+options), 0)
			requireEqual(t, options, c.gradient(t, "modprop:through=ideal,"+options), c.gradient(t, "modprop:"+options), 0)
		}
	})
}

// TestMixedClearedAtOnce: with one tap it is MDGL, filtered apart; without a
// readout filter it is ModProp.
func TestMixedClearedAtOnce(t *testing.T) {
	eachDiffusing(t, func(t *testing.T, c *circuit) {
		for _, weights := range []string{"type", "cell"} {
			mdgl := "mdgl:causal=true,weights=" + weights
			c.identity(t, "modprop:through=mixed,taps=1,weights="+weights, mdgl)
			c.identity(t, "modprop:through=mixed,decay=0,weights="+weights, mdgl)
			if c.kappa > 0 {
				continue
			}
			c.identity(t, "modprop:through=mixed,taps=1,weights="+weights, "mdgl:weights="+weights)
			c.identity(t, "modprop:through=mixed,mu=0.1,weights="+weights, "modprop:mu=0.1,weights="+weights)
			c.identity(t, "modprop:through=mixed,clearance=1e-3,mu=0.1,weights="+weights, "modprop:mu=0.1,weights="+weights)
		}
	})
}

// TestReceptorsWithTheLeakOfCells are ModProp's at μ = 0, since nothing is then
// passed on.
func TestReceptorsWithTheLeakOfCells(t *testing.T) {
	eachDiffusing(t, func(t *testing.T, c *circuit) {
		decay, _ := c.net.Cells.Membrane()
		leak := fmt.Sprintf("modprop:through=mixed,clearance=3,decay=%.17g", -c.net.StepMS/math.Log(decay[0]))
		c.identity(t, leak, "modprop:through=mixed,clearance=3,mu=0")
		requireDifferent(t, "μ", c.gradient(t, leak), c.gradient(t, "modprop:through=mixed,clearance=3,mu=0.25"))
	})
}

// TestFastDiffusionMixes: a lattice in which all is everywhere is one volume.
func TestFastDiffusionMixes(t *testing.T) {
	eachDiffusing(t, func(t *testing.T, c *circuit) {
		for _, options := range []string{"", ",clearance=7", ",clearance=7,decay=5,rise=2", ",weights=cell,clearance=4,taps=3"} {
			lattice, mixed := c.gradient(t, "modprop:through=lattice,diffusion=1e7"+options), c.gradient(t, "modprop:through=mixed"+options)
			requireEqual(t, options, lattice, mixed, 1e-9)
			requireDifferent(t, options, c.gradient(t, "modprop:through=lattice,diffusion=10"+options), mixed)
		}
	})
}

// TestWithoutDiffusionCellsHearThemselves: what one cell is told of its errors
// reaches the synapses onto it alone, and others as soon as ligands diffuse.
func TestWithoutDiffusionCellsHearThemselves(t *testing.T) {
	s := plain()
	s.autapses = true
	c := s.build(t)
	requireLive(t, c)
	const cell = 4
	moved := func(rule string) (own, others float64) {
		before := c.gradient(t, rule)
		for o := range c.outputs {
			c.net.FrozenFeedback[o*c.cells+cell]++
		}
		after := c.gradient(t, rule)
		for o := range c.outputs {
			c.net.FrozenFeedback[o*c.cells+cell]--
		}
		for i, x := range after.Rec {
			d := math.Abs(x - before.Rec[i])
			if i/c.cells == cell {
				own = math.Max(own, d)
			} else {
				others = math.Max(others, d)
			}
		}
		return own, others
	}
	rule := "modprop:through=lattice,feedback=frozen,clearance=5,diffusion="
	if own, others := moved(rule + "0"); own == 0 || others != 0 {
		t.Errorf("without diffusion a cell's own gradient moves by %v, others' by %v", own, others)
	}
	if own, others := moved(rule + "50"); own == 0 || others == 0 {
		t.Errorf("with diffusion a cell's own gradient moves by %v, others' by %v", own, others)
	}
}

// TestOpponentLigandsAreSignedOnes: receptors that are linear hear the difference.
func TestOpponentLigandsAreSignedOnes(t *testing.T) {
	eachDiffusing(t, func(t *testing.T, c *circuit) {
		for _, rule := range []string{"modprop:through=mixed,clearance=4", "modprop:through=lattice,clearance=4,diffusion=60,weights=cell", "modprop:through=lattice,weights=expression,decay=3,route=state-space"} {
			c.identity(t, rule+",carrier=opponent", rule)
		}
	})
}

// TestReleasesActAsMuch: however slow the clearance, all that is secreted at a step
// acts as much in the end, so a readout and traces that do not change are taught
// the same.
func TestReleasesActAsMuch(t *testing.T) {
	s := plain()
	s.always, s.decay, s.strength, s.inputs, s.steps, s.trials = s.cells, []float64{0}, 0.3, 1, 400, 1
	c := s.build(t)
	for i := range c.input[0] {
		c.input[0][i] = 1
	}
	clear(c.window)
	c.window[100] = 1
	c.batch.SetTrial(0, c.input[0], c.target[0], 0)
	c.run(t)
	want := c.gradient(t, "modprop:through=mixed,decay=0")
	for _, options := range []string{",clearance=4", ",clearance=9", ",clearance=9,rise=3"} {
		requireEqual(t, options, c.gradient(t, "modprop:through=mixed,decay=0"+options), want, 1e-9)
	}
	requireDifferent(t, "e-prop", c.gradient(t, "eprop"), want)
}

// TestKernelFieldIsDiffusion: a field of modulator.Stencil, taken through a trial by
// hand, and its amounts told to cells as errors of their own by e-prop, is diffusing
// credit to the bit.
func TestKernelFieldIsDiffusion(t *testing.T) {
	s := plain()
	s.outputs, s.gap = s.cells, true
	c := s.build(t)
	requireLive(t, c)
	n := c.cells
	clear(c.net.RandomFeedback)
	for p := range n {
		c.net.RandomFeedback[p*n+p] = 1
	}
	want := c.gradient(t, "diffusion:k=0.6,feedback=random")
	requireDifferent(t, "e-prop", c.gradient(t, "eprop:feedback=random"), want)
	stencil := modulator.Stencil{Torus: c.net.Torus, Radius: 1, Kept: 0.6}
	r := c.batch.Record
	for b := range c.trials {
		field := make([]float64, c.net.Torus.Sites())
		for step := range c.steps {
			stencil.Spread(field, make([]float64, stencil.Room()))
			delta := r.ErrorAt(step)[b*n : (b+1)*n]
			for p, site := range c.net.Torus.Site {
				field[site] += delta[p]
				delta[p] = field[site]
			}
		}
	}
	r.FirstError, r.LastError = 0, c.steps-1
	eprop := c.credit(t, "eprop:feedback=random")
	got := c.backward(eprop, eprop.NewDenseWorkspace(c.steps, c.trials))
	requireEqual(t, "kernel", &learning.Gradient{Rec: got.Rec, In: got.In}, &learning.Gradient{Rec: want.Rec, In: want.In}, 0)
}

func TestChemistryRefuses(t *testing.T) {
	for rule, says := range map[string]string{
		"modprop:clearance=5":                             "clearance belongs to substances; give through=mixed or through=lattice too",
		"modprop:diffusion=5":                             "diffusion belongs to substances",
		"modprop:through=mixed,rise=5":                    "rise belongs to receptors of their own; give decay too",
		"modprop:through=mixed,decay=5,mu=0.3":            "receptors with a filter of their own, in which mu, guard and taps have no meaning",
		"modprop:through=mixed,clearance=-1":              "clearance=-1; allowed are numbers of ms from 0, as 50 or 50ms",
		"modprop:through=mixed,clearance=inf":             "clearance=inf; allowed",
		"modprop:through=lattice,diffusion=5ms":           "diffusion=5ms; allowed are numbers of µm²/ms from 0",
		"modprop:through=mixed,mu=mean-derivative,span=5": "span=5 changes μ within the trial, and with through=mixed receptors have one filter",
		"modprop:through=mixed,diagonal=zero":             "through=mixed has cells that cannot tell their own molecules from those of others",
		"modprop:through=mixed,form=code":                 "form=code is what a script differentiates",
		"modprop:through=lattice,dynamics=full":           "dynamics=full has filters that differ",
		"modprop:through=lattice,route=events":            "route=events does not; use another route",
		"modprop:through=well":                            "through=well; allowed are ideal, mixed, lattice",
		"mdgl:through=mixed":                              `unknown option "through"`,
		"modprop:through=mixed,decay=5,rise=2,carrier":    "is not option=value",
	} {
		_, err := learning.ParseRule(rule)
		var named *learning.RuleError
		if !errors.As(err, &named) || named.Rule != rule || !strings.Contains(named.Problem, says) {
			t.Errorf("%s: %v, want %q", rule, err, says)
		}
	}
	for _, same := range [][2]string{{"5", "5ms"}, {"5", "5 ms"}} {
		one, other := parse(t, "modprop:through=mixed,clearance="+same[0]), parse(t, "modprop:through=mixed,clearance="+same[1])
		if !slices.Equal(one.Clearance, []float64{5}) || !slices.Equal(other.Clearance, []float64{5}) {
			t.Errorf("%s and %s are %v and %v, want 5", same[0], same[1], one.Clearance, other.Clearance)
		}
	}
	for _, unit := range []string{"µm²/ms", "um2/ms", "μm²/ms", "um^2/ms"} {
		if r := parse(t, "modprop:through=lattice,diffusion=0.5"+unit); !slices.Equal(r.Diffusion, []float64{0.5}) {
			t.Errorf("0.5%s is %v", unit, r.Diffusion)
		}
	}
}

// TestChemistryNeedsStepsAndPlaces of known length.
func TestChemistryNeedsStepsAndPlaces(t *testing.T) {
	c := plain().build(t)
	refused := func(rule, says string) {
		t.Helper()
		_, err := learning.NewCredit(parse(t, rule), c.net, c.trials, nil, false)
		var named *learning.RuleError
		if !errors.As(err, &named) || named.Rule != rule || !strings.Contains(named.Problem, says) {
			t.Errorf("%s: %v, want %q", rule, err, says)
		}
	}
	c.net.Torus.Spacing = 0
	refused("modprop:through=lattice", "give the torus a spacing")
	c.net.Torus = nil
	refused("modprop:through=lattice", "give the network a torus")
	c.gradient(t, "modprop:through=mixed")
	c.net.StepMS = 0
	refused("modprop:through=mixed", "the length of this network's steps is not known")
	c.gradient(t, "modprop")
}

// TestEffectiveTapsAreTaught measures by hand what a unit of secretion teaches: the
// gradient of a trial in which one cell meets one error, of the traces lag by lag.
func TestEffectiveTapsAreTaught(t *testing.T) {
	const before, after = 12, 15
	s := plain()
	s.types, s.outputs, s.decay, s.always, s.trials, s.steps, s.inputs, s.strength = 2, s.cells, []float64{0.7}, s.cells, 1, 200, 1, 0.3
	c := s.build(t)
	clear(c.net.RandomFeedback)
	const secretes = 7
	c.net.RandomFeedback[secretes] = 1
	torus := c.net.Torus
	beside := torus.Site[secretes]/torus.Columns*torus.Columns + (torus.Site[secretes]+1)%torus.Columns
	for p, site := range torus.Site {
		if p != 2 && site == beside {
			torus.Site[p] = torus.Site[2]
		}
	}
	torus.Site[2] = beside
	for _, rule := range []string{"", ",clearance=4", ",clearance=4,decay=6,rise=2", ",clearance=2,taps=3"} {
		for _, level := range []string{"mixed", "lattice"} {
			rule := "modprop:feedback=random,mu=0.1,through=" + level + rule
			if strings.Contains(rule, "decay") {
				rule = strings.Replace(rule, "mu=0.1,", "", 1)
			}
			if level == "lattice" {
				rule += ",diffusion=90"
			}
			credit := c.credit(t, rule)
			taps := credit.EffectiveTaps(before, after)
			if taps.From != -before || len(taps.Mean) != before+after+1 {
				t.Fatalf("%s: %d lags from %d", rule, len(taps.Mean), taps.From)
			}
			for d := -before; d <= after; d++ {
				heard := [2]float64{c.taught(t, credit, secretes, 30, 30-d), c.taught(t, credit, 2, 30, 30-d)}
				want := [2]float64{taps.Mean[d+before][c.net.Type[secretes]*2+c.net.Type[secretes]], taps.Mean[d+before][c.net.Type[secretes]*2+c.net.Type[2]]}
				if level == "lattice" {
					want[0], want[1] = taps.Own[d+before][c.net.Type[secretes]*2+c.net.Type[secretes]], taps.Neighbour[d+before][c.net.Type[secretes]*2+c.net.Type[2]]
				}
				for i := range want {
					if math.Abs(heard[i]-want[i]) > 1e-9*(1+math.Abs(want[i])) {
						t.Fatalf("%s at lag %d: %v taught, by the taps %v", rule, d, heard, want)
					}
				}
			}
		}
	}
}

// taught is what an error of 1 of output 0 at step t teaches of the trace e that a
// synapse onto cell p has at step u alone: a cell without leak has the trace of an
// input for one step.
func (c *circuit) taught(t *testing.T, credit *learning.Credit, p, step, u int) float64 {
	t.Helper()
	cells := c.net.Cells.(*neuron.ReLU)
	leak, gain := cells.Decay, cells.Gain
	r := c.batch.Record
	clear(r.Input)
	clear(r.Error)
	r.InputAt(u)[0] = 1
	r.ErrorAt(step)[0] = 1
	r.FirstError, r.LastError = step, step
	g := c.backward(credit, credit.NewWorkspace(c.steps, c.trials))
	r.InputAt(u)[0] = 0
	if u+1 < c.steps {
		// ε of an input at u is c_v η^(s−u); less η times the same a step later it is c_v at u alone.
		r.InputAt(u + 1)[0] = leak[p]
		later := c.backward(credit, credit.NewWorkspace(c.steps, c.trials))
		for i := range g.In {
			g.In[i] -= later.In[i]
		}
	}
	own := 0.0
	if p == 7 && u == step {
		own = 1
	}
	return g.In[p]/gain[p] - own
}
