package learning_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"paracrine/learning"
	"paracrine/modulator"
	"paracrine/neuron"
)

// eachLive runs a test on live circuits of several kinds, rate and spiking.
func eachLive(t *testing.T, run func(t *testing.T, c *circuit)) {
	t.Helper()
	eachRate(t, run)
	eachSpiking(t, run)
}

// eachSpiking runs a test on live circuits of spiking cells.
func eachSpiking(t *testing.T, run func(t *testing.T, c *circuit)) {
	t.Helper()
	reset := spiking()
	reset.spikes.reset, reset.spikes.surrogate, reset.seed = true, neuron.FastSigmoid, 7
	sparse := spiking()
	sparse.density, sparse.classes, sparse.last, sparse.kappa = 0.5, true, true, 0
	for name, s := range map[string]shape{"LIF": lif(), "ALIF": spiking(), "ALIF, reset differentiated": reset, "ALIF, sparse, classes": sparse} {
		t.Run(name, func(t *testing.T) {
			c := s.build(t)
			requireLive(t, c)
			run(t, c)
		})
	}
}

// eachRate runs a test on live circuits of rate cells.
func eachRate(t *testing.T, run func(t *testing.T, c *circuit)) {
	t.Helper()
	filtered := plain()
	filtered.kappa, filtered.seed, filtered.threshold = 0.8, 6, 0.1
	sparse := plain()
	sparse.density, sparse.classes, sparse.last, sparse.decay = 0.5, true, true, []float64{0.9}
	mixed := plain()
	mixed.decay, mixed.gain, mixed.strength, mixed.dead, mixed.always = []float64{0.5, 0.8, 0.9}, []float64{1, 0.5}, 0.5, 1, 1
	for name, s := range map[string]shape{"plain": plain(), "readout filter": filtered, "sparse, classes": sparse, "leaks differ": mixed} {
		t.Run(name, func(t *testing.T) {
			c := s.build(t)
			requireLive(t, c)
			run(t, c)
		})
	}
}

// identity asks that two rules give the same gradient.
func (c *circuit) identity(t rapid.TB, rule, other string) {
	t.Helper()
	requireEqual(t, rule+" against "+other, c.gradient(t, rule), c.gradient(t, other), 1e-12)
}

func TestMDGLWithoutFeedbackWeightsIsEprop(t *testing.T) {
	eachLive(t, func(t *testing.T, c *circuit) {
		eprop := c.gradient(t, "eprop")
		clear(c.net.Rec.W) // of the feedback only: the record was made with them
		c.net.Changed()
		for _, weights := range []string{"cell", "type", "existing"} {
			requireEqual(t, weights, c.gradient(t, "mdgl:weights="+weights), eprop, 1e-12)
		}
	})
}

func TestModPropWithOneTapIsMDGL(t *testing.T) {
	eachLive(t, func(t *testing.T, c *circuit) {
		for _, options := range []string{"weights=type", "weights=cell", "diagonal=zero", "feedback=random", "weights=cell,feedback=frozen"} {
			c.identity(t, "modprop:taps=1,"+options, "mdgl:"+options)
			c.identity(t, "modprop:taps=1,route=taps,"+options, "mdgl:"+options)
		}
	})
}

// TestModPropCellSpecificWithMuPsiIsBPTT puts ψ_j,t in the place of μ in
// ModProp's formula, which is the twin of the package's ModProp otherwise.
func TestModPropCellSpecificWithMuPsiIsBPTT(t *testing.T) {
	eachRate(t, func(t *testing.T, c *circuit) {
		f := newFormula(t, c, c.credit(t, "modprop:weights=cell"))
		requireEqual(t, "μ = ψ", f.gradient(c.steps, true), c.gradient(t, "bptt"), 1e-12)
		requireEqual(t, "μ", f.gradient(c.steps, false), c.gradient(t, "modprop:weights=cell"), 1e-12)
	})
}

// TestModPropCellSpecificIsBPTTWhereNoCellCrosses has cells whose ψ never changes:
// dead ones are of one type, those always active of the others.
func TestModPropCellSpecificIsBPTTWhereNoCellCrosses(t *testing.T) {
	s := plain()
	s.dead, s.always, s.strength = 3, 6, 0.5
	c := s.build(t)
	if crossing, silent, always := c.activity(); crossing != 0 || silent != 3 || always != 6 {
		t.Fatalf("%d cells cross their thresholds, %d are silent and %d always active", crossing, silent, always)
	}
	for _, mu := range []string{"0/1/1", "mean-derivative"} {
		c.identity(t, "modprop:weights=cell,mu="+mu, "bptt")
		c.identity(t, "modprop:weights=cell,route=state-space,mu="+mu, "bptt")
	}
	requireDifferent(t, "with another μ", c.gradient(t, "modprop:weights=cell,mu=0/0.5/0.5"), c.gradient(t, "bptt"))
}

func TestOneNeuronPerTypeMakesTypeSpecificEqualCellSpecific(t *testing.T) {
	s := plain()
	s.types, s.cells = 7, 7
	c := s.build(t)
	requireLive(t, c)
	for _, options := range []string{"mu=0.3", "mu=0.3,form=code", "taps=3", "mu=mean-derivative", "route=state-space", "mu=0.1/0.2/0.3/0.4/0.5/0.6/0.7"} {
		c.identity(t, "modprop:weights=type,"+options, "modprop:weights=cell,"+options)
	}
	c.identity(t, "modprop:diagonal=zero", "modprop:weights=cell")
	c.identity(t, "mdgl:weights=type", "mdgl:weights=cell")
	c.identity(t, "mdgl:weights=existing", "mdgl:weights=cell")
}

// TestWithoutKappaThereIsNoReadoutFilter has κ so small that it takes the way
// through the filter, and none.
func TestWithoutKappaThereIsNoReadoutFilter(t *testing.T) {
	without := plain()
	tiny := plain()
	tiny.kappa = 1e-300
	a, b := without.build(t), tiny.build(t)
	requireLive(t, a)
	for _, rule := range []string{"bptt", "rtrl", "eprop", "mdgl", "mdgl:causal=true", "modprop", "modprop:route=state-space", "modprop:route=taps", "modprop:weights=cell"} {
		requireEqual(t, rule, b.gradient(t, rule), a.gradient(t, rule), 1e-12)
	}
}

func TestTBPTTAsLongAsTheTrialIsBPTT(t *testing.T) {
	eachLive(t, func(t *testing.T, c *circuit) {
		for _, cut := range []string{"window", "hops", "chunk"} {
			for _, length := range []int{c.steps, c.steps + 7} {
				c.identity(t, fmt.Sprintf("tbptt:%s=%d", cut, length), "bptt")
			}
			requireDifferent(t, cut, c.gradient(t, fmt.Sprintf("tbptt:%s=3", cut)), c.gradient(t, "bptt"))
		}
	})
}

func TestRTRLIsBPTT(t *testing.T) {
	eachLive(t, func(t *testing.T, c *circuit) { c.identity(t, "rtrl", "bptt") })
}

func TestAsManyLigandsAsCellsIsCellSpecific(t *testing.T) {
	s := plain()
	s.density = 0.6
	c := s.build(t)
	requireLive(t, c)
	for _, options := range []string{"mu=0.3", "form=code", "taps=2", "route=state-space", "route=taps"} {
		for _, ligands := range []int{c.cells, c.cells + 20} {
			expression := fmt.Sprintf("modprop:weights=expression,ligands=%d,%s", ligands, options)
			requireEqual(t, expression, c.gradient(t, expression), c.gradient(t, "modprop:weights=cell,"+options), 1e-11)
		}
	}
}

// TestAsManyLigandsAsTypesIsTypeSpecificInBlocks has weights that are equal
// within each block of types: their rank is the number of types.
func TestAsManyLigandsAsTypesIsTypeSpecificInBlocks(t *testing.T) {
	s := plain()
	s.autapses = true
	c := s.build(t)
	requireLive(t, c)
	mean := modulator.TypeMeans(c.net.Rec.W, c.net.Type, c.types)
	for j, alpha := range c.net.Type {
		for p, beta := range c.net.Type {
			c.net.Rec.W[j*c.cells+p] = mean[alpha*c.types+beta]
		}
	}
	c.net.Changed()
	c.run(t)
	for _, options := range []string{"mu=0.3", "form=code", "taps=2"} {
		want := c.gradient(t, "modprop:weights=type,"+options)
		requireEqual(t, options, c.gradient(t, "modprop:weights=expression,ligands=3,"+options), want, 1e-11)
		requireEqual(t, options, c.gradient(t, "modprop:weights=cell,"+options), want, 1e-11)
	}
}

func TestMDGLFilteredSeparatelyWithoutKappaIsMDGL(t *testing.T) {
	c := plain().build(t)
	requireLive(t, c)
	for _, weights := range []string{"cell", "type", "existing"} {
		c.identity(t, "mdgl:causal=true,weights="+weights, "mdgl:weights="+weights)
	}
}

func TestRFLOIsEpropWithRandomFeedback(t *testing.T) {
	eachLive(t, func(t *testing.T, c *circuit) {
		c.identity(t, "rflo", "eprop:feedback=random")
		c.identity(t, "rflo:feedback=frozen", "eprop:feedback=frozen")
	})
}

// TestDynamicsAreLeakOnRateCells: there is neither adaptation nor reset to follow.
func TestDynamicsAreLeakOnRateCells(t *testing.T) {
	c := plain().build(t)
	c.identity(t, "modprop:dynamics=full", "modprop:dynamics=leak")
}

func TestFeedbackFromTheInitialReadoutIsSymmetricAtFirst(t *testing.T) {
	c := plain().build(t)
	c.net.FrozenFeedback = append([]float64(nil), c.net.Out.W...)
	c.identity(t, "modprop:feedback=frozen", "modprop")
	c.net.Out.W[0] += 1
	c.net.Changed()
	requireDifferent(t, "after W_out has changed", c.gradient(t, "modprop:feedback=frozen"), c.gradient(t, "modprop"))
}

// TestReadoutGradientsAreTheSameForAllRules: credit ends at the cells.
func TestReadoutGradientsAreTheSameForAllRules(t *testing.T) {
	eachLive(t, func(t *testing.T, c *circuit) {
		want := c.gradient(t, "bptt")
		for _, rule := range []string{"eprop", "rflo", "mdgl", "modprop", "modprop:route=state-space", "tbptt:chunk=2"} {
			got := c.gradient(t, rule)
			requireEqual(t, rule, &learning.Gradient{Out: got.Out, Bias: got.Bias}, &learning.Gradient{Out: want.Out, Bias: want.Bias}, 1e-12)
		}
	})
}
