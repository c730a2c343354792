package learning_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"paracrine/learning"
	"paracrine/neuron"
)

// driven is a network of one type of LIF cells with η = 0.8, c_v = 0.2, ϑ = 0.3, the
// reset differentiated, in which a unit that all cells pass on comes back to each
// as drive.
func driven(t rapid.TB, drive float64) *circuit {
	t.Helper()
	s := lif()
	s.types, s.autapses, s.threshold, s.spikes.reset = 1, true, 0.3, true
	c := s.build(t)
	for i := range c.net.Rec.W {
		c.net.Rec.W[i] = drive / (0.2 * float64(s.cells))
	}
	c.net.Changed()
	c.run(t)
	return c
}

// remains is the largest v − β a, over cells, of a unit that cell 0 passed on some
// steps before, cell by cell.
func (f *spikingFormula) remains(steps int) float64 {
	n := len(f.net.Type)
	v, a, sent, own, most := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), 0.0
	sent[0] = 1
	for range steps {
		f.advance(v, a, sent, own)
		most = 0
		for j := range n {
			x := v[j] - f.cells.Adaptation[j]*a[j]
			most = math.Max(most, math.Abs(x))
			sent[j], own[j] = f.muAt(0, j)*x, 0
			if f.rule.Dynamics == "full" {
				own[j] = sent[j]
			}
		}
	}
	return most
}

// TestGuardKnowsTheReset has drives at which credit would grow if cells had their leak
// alone: with their reset it is η + (drive − ϑ) μ by which all of it goes on, and
// η − ϑ μ what differs between cells.
func TestGuardKnowsTheReset(t *testing.T) {
	for name, c := range map[string]struct {
		drive, mu  float64
		leak, full float64 // μ in force
	}{
		"only the leak's guard cuts":        {0.5, 0.5, (learning.RadiusBound - 0.8) / 0.5, 0.5},
		"both cut":                          {1.2, 0.5, (learning.RadiusBound - 0.8) / 1.2, (learning.RadiusBound - 0.8) / 0.9},
		"neither cuts":                      {0.3, 0.5, 0.5, 0.5},
		"a reset that goes beyond what was": {0.01, 10, 10, (learning.RadiusBound + 0.8) / 0.3},
	} {
		net := driven(t, c.drive)
		for _, weights := range []string{"type", "cell", "expression,ligands=1"} {
			for dynamics, want := range map[string]float64{"leak": c.leak, "full": c.full} {
				rule := parse(t, "modprop:weights="+weights+",guard=on,dynamics="+dynamics)
				rule.Mu = []float64{c.mu}
				credit, err := learning.NewCredit(rule, net.net, net.trials, nil, false)
				if err != nil {
					t.Fatal(err)
				}
				if got := credit.Mu()[0]; math.Abs(got-want) > 1e-5*c.mu {
					t.Errorf("%s, %s: μ is %v, want %v", name, rule.Given, got, want)
				}
				if r, err := credit.Radius(); err != nil || r > credit.Bound() {
					t.Errorf("%s, %s: radius %v (%v)", name, rule.Given, r, err)
				}
				if weights != "type" {
					continue // all weights are equal, so it is the same filter
				}
				if left := newSpikingFormula(t, net, credit).remains(40000); !(left < 1e-6) {
					t.Errorf("%s, %s: %v of a unit is left after 40 s", name, rule.Given, left)
				}
			}
		}
	}
	free := driven(t, 1.2)
	if left := newSpikingFormula(t, free, free.credit(t, "modprop:mu=0.5,dynamics=full")).remains(1000); !(left > 1e6) {
		t.Errorf("unguarded, %v of a unit is left: nothing grows", left)
	}
}

// TestGuardWithSlowAdaptation: an adaptation slower than RadiusBound leaves room
// for credit below 1, and takes some of what would grow.
func TestGuardWithSlowAdaptation(t *testing.T) {
	s := spiking()
	s.spikes.rho, s.spikes.reset = 0.9998, true
	c := s.build(t)
	for _, rule := range []string{"modprop:mu=3,guard=on,dynamics=full", "modprop:weights=cell,mu=3,guard=on,dynamics=full", "modprop:weights=expression,ligands=2,mu=3,guard=on,dynamics=full"} {
		credit := c.credit(t, rule)
		bound := credit.Bound()
		if math.Abs(bound-0.9999) > 1e-12 {
			t.Errorf("%s: the bound is %v, want 0.9999", rule, bound)
		}
		if r, err := credit.Radius(); err != nil || r > bound || credit.Mu()[0] == 0 {
			t.Errorf("%s: radius %v at μ %v (%v)", rule, r, credit.Mu(), err)
		}
		f := newSpikingFormula(t, c, credit)
		if early, late := f.remains(1000), f.remains(120000); !(late < 1e-3*early) {
			t.Errorf("%s: of a unit %v is left after 1 s, %v after 2 minutes", rule, early, late)
		}
	}
}

// TestGuardOfDynamicsScalesEachSpan, only where credit would grow.
func TestGuardOfDynamicsScalesEachSpan(t *testing.T) {
	net := driven(t, 1.2).net
	credit, err := learning.NewCredit(parse(t, "modprop:mu=mean-derivative,span=1,dynamics=full"), net, 1, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	credit.Observe([]float64{0.1, 0.5})
	if err := credit.Refresh(); err != nil {
		t.Fatal(err)
	}
	for step, want := range []float64{0.1, (learning.RadiusBound - 0.8) / 0.9} {
		if got := credit.MuAt(step)[0]; math.Abs(got-want) > 1e-6 {
			t.Errorf("μ at step %d is %v, want %v", step, got, want)
		}
	}
}

// TestDynamicsOfCellsThatDifferWithinAType: their ligand is divided among them.
func TestDynamicsOfCellsThatDifferWithinAType(t *testing.T) {
	s := spiking()
	s.spikes.reset = true
	c := s.build(t)
	requireLive(t, c)
	cells := c.net.Cells.(*neuron.AdaptiveSpiking)
	cells.Threshold[2], cells.AdaptationDecay[8] = 0.4, 0.5
	c.net.TypeNames = c.net.TypeNames[:1]
	clear(c.net.Type)
	c.types = 1
	c.run(t)
	for _, rule := range []string{"modprop:dynamics=full,mu=0.2", "modprop:dynamics=full,mu=mean-derivative,span=7", "modprop:dynamics=full,weights=expression,ligands=2"} {
		requireSpikingTwins(t, c, rule)
	}
}

// TestDynamicsFollowNewWeights changes weights within the trial: forms that go
// forward stay equal, and are not that of the leak.
func TestDynamicsFollowNewWeights(t *testing.T) {
	s := spiking()
	s.steps, s.spikes.reset = 60, true
	for _, rule := range []string{"modprop:dynamics=full", "modprop:weights=expression,ligands=2,dynamics=full"} {
		events, states := whileWeightsChange(t, s, rule+",route=events", false), whileWeightsChange(t, s, rule+",route=state-space", false)
		requireEqual(t, rule, events, states, tight)
		requireDifferent(t, rule+" against the leak", states, whileWeightsChange(t, s, strings.TrimSuffix(rule, "full")+"leak,route=state-space", false))
	}
}

// TestTapsOfDynamics compares F with what a unit from a cell of every type does to
// the cells of every type, cell by cell.
func TestTapsOfDynamics(t *testing.T) {
	s := spiking()
	s.spikes.reset = true
	c := s.build(t)
	credit := c.credit(t, "modprop:dynamics=full,mu=0.3/0.2/0.5")
	f := newSpikingFormula(t, c, credit)
	n, types := len(c.net.Type), c.types
	const lags = 9
	taps := credit.TypeTaps(lags)
	for beta := range types {
		v, a, sent, own := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
		sent[beta*n/types] = 1
		for lag := range lags {
			f.advance(v, a, sent, own)
			for j, alpha := range c.net.Type {
				x := v[j] - f.cells.Adaptation[j]*a[j]
				if got := taps[lag][alpha*types+beta]; math.Abs(got-x) > 1e-12 {
					t.Fatalf("F_%d[%d, %d] is %v, in cell %d it is %v", lag+1, alpha, beta, got, j, x)
				}
				sent[j] = f.muAt(0, j) * x
				own[j] = sent[j]
			}
		}
	}
}
