package learning_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"paracrine/learning"
	"paracrine/modulator"
	"paracrine/sim"
)

// fields are lattices of one to three axes with every boundary.
var fields = map[string]modulator.Space{
	"a line without flux":         {Shape: [3]int{7, 1, 1}, Spacing: 15},
	"a line that absorbs":         {Shape: [3]int{7, 1, 1}, Spacing: 15, Boundary: [3]modulator.Boundary{modulator.Absorbing}},
	"a ring":                      {Shape: [3]int{1, 6, 1}, Spacing: 15, Boundary: [3]modulator.Boundary{0, modulator.Periodic}},
	"a sheet without flux":        {Shape: [3]int{4, 5, 1}, Spacing: 20},
	"a torus":                     {Shape: [3]int{4, 4, 1}, Spacing: 20, Boundary: [3]modulator.Boundary{modulator.Periodic, modulator.Periodic}},
	"a sheet that absorbs":        {Shape: [3]int{5, 4, 1}, Spacing: 20, Boundary: [3]modulator.Boundary{modulator.Absorbing, modulator.Absorbing}},
	"a block with all boundaries": {Shape: [3]int{3, 4, 3}, Spacing: 20, Boundary: [3]modulator.Boundary{modulator.NoFlux, modulator.Periodic, modulator.Absorbing}},
}

// in puts the circuit's cells anywhere in a field, some at one site.
func (c *circuit) in(field modulator.Space) {
	c.net.Field, c.net.FieldSite = &field, make([]int, c.cells)
	r := rand.New(rand.NewPCG(c.seed, 19))
	for p := range c.net.FieldSite {
		c.net.FieldSite[p] = r.IntN(field.Sites())
	}
}

// differing is a chemistry in which every type's ligand has properties of its own.
var differing = learning.Chemistry{Clearance: []float64{3, 12, 6}, Diffusion: []float64{40, 5, 5}, Decay: []float64{4, 9, 2}, Rise: []float64{0, 3, 1}}

// withoutReceptors is the same, heard through ModProp's propagator.
func withoutReceptors(c learning.Chemistry) learning.Chemistry {
	c.Decay, c.Rise = nil, nil
	return c
}

// TestCreditIsReleasedAsEverythingElse: what cells secrete, put into the fields of the
// simulation engine event by event and read at every step, is what credit's
// concentrations are, in one volume and with every boundary. What is negative is
// released as an opponent there. A ligand that a step clears is read a step later,
// so releases are larger by what is cleared until then.
func TestCreditIsReleasedAsEverythingElse(t *testing.T) {
	for name, field := range fields {
		for _, through := range []string{"mixed", "lattice", "lattice,carrier=opponent"} {
			t.Run(name+" "+through, func(t *testing.T) {
				s := lif()
				c := s.build(t)
				requireLive(t, c)
				c.in(field)
				c.net.Chemistry = withoutReceptors(differing)
				credit := c.credit(t, "modprop:through="+through)
				w := credit.NewDenseWorkspace(c.steps, c.trials)
				c.backward(credit, w)
				for b := range c.trials {
					for alpha := range c.net.TypeNames {
						c.requireReleased(t, credit, w.Heard(), b, alpha)
					}
				}
			})
		}
	}
}

// requireReleased compares the concentrations of type α's ligand in a trial, of
// Steps × trials × ligands × sites, with those of two fields of the engine.
func (c *circuit) requireReleased(t *testing.T, credit *learning.Credit, heard []float64, b, alpha int) {
	t.Helper()
	sites, at, scale := 1, make([]int, c.cells), 1.0
	ligand := modulator.Ligand{Name: "credit", Clearance: ofType(credit.Rule.Clearance, alpha), Diffusion: ofType(credit.Rule.Diffusion, alpha)}
	engine := func() modulator.Field {
		field, err := modulator.NewMixed(ligand, modulator.UnitVolume)
		if err != nil {
			t.Fatal(err)
		}
		return field
	}
	if credit.Rule.Through == "lattice" {
		h := c.net.Field.Spacing
		sites, at, scale = c.net.Field.Sites(), c.net.FieldSite, h*h*h/modulator.UnitVolume
		engine = func() modulator.Field {
			field, err := modulator.NewLattice(ligand, *c.net.Field)
			if err != nil {
				t.Fatal(err)
			}
			return field
		}
	}
	positive, negative, all := engine(), engine(), make([]int, sites)
	for i := range all {
		all[i] = i
	}
	left := math.Exp(-c.net.StepMS / ligand.Clearance)
	f := newFormula(t, c, credit)
	low, largest, worst := make([]float64, c.cells), 0.0, 0.0
	for step := range c.steps {
		now := sim.Time(step) * sim.Millisecond
		for j := range c.cells {
			psi := c.batch.Record.PsiAt(step)[b*c.cells+j]
			low[j] = c.kappa*low[j] + (1-c.kappa)*psi
			if c.net.Type[j] != alpha {
				continue
			}
			secreted := f.released()[(step*c.trials+b)*c.cells+j] * low[j] * c.net.ReadoutGain / (1 - c.kappa)
			field := positive
			if secreted < 0 {
				field = negative
			}
			amount := math.Abs(secreted) * (1 - left) / left * float64(sites) * scale
			if err := field.Release(now, at[j], amount); err != nil {
				t.Fatal(err)
			}
		}
		plus, minus := make([]float64, sites), make([]float64, sites)
		if err := errors.Join(positive.Read(now+sim.Millisecond, all, plus), negative.Read(now+sim.Millisecond, all, minus)); err != nil {
			t.Fatal(err)
		}
		types := len(c.net.TypeNames)
		for i := range all {
			got := heard[((step*c.trials+b)*types+alpha)*sites+i]
			largest = math.Max(largest, math.Max(plus[i], minus[i]))
			worst = math.Max(worst, math.Abs(got-(plus[i]-minus[i])))
		}
	}
	if largest == 0 || !(worst <= 1e-12*largest) {
		t.Fatalf("trial %d, type %d: differs by %v of concentrations up to %v", b, alpha, worst, largest)
	}
}

// TestModulatorsAreTheirFormula compares every form with plain loops, to rounding,
// where types' ligands differ.
func TestModulatorsAreTheirFormula(t *testing.T) {
	eachDiffusing(t, func(t *testing.T, c *circuit) {
		for _, name := range []string{"a line that absorbs", "a block with all boundaries"} {
			c.in(fields[name])
			for rule, chemistry := range map[string]learning.Chemistry{
				"modprop:through=lattice":                               differing,
				"modprop:through=lattice,weights=cell,carrier=opponent": differing,
				"modprop:through=mixed":                                 withoutReceptors(differing),
			} {
				c.net.Chemistry = chemistry
				credit := c.credit(t, rule)
				want := newFormula(t, c, credit).gradientOf(t, credit)
				requireEqual(t, name+", "+rule, c.gradient(t, rule), want, 1e-12)
				for _, form := range causalForms(credit.Rule) {
					requireEqual(t, name+", "+form, c.forward(c.credit(t, form)), want, 1e-12)
				}
			}
		}
	})
}

// TestRulesTakeTheModulators of the network where their options do not say otherwise.
func TestRulesTakeTheModulators(t *testing.T) {
	s := plain()
	c := s.build(t)
	requireLive(t, c)
	given := func(chemistry learning.Chemistry, rule string) *learning.Gradient {
		c.net.Chemistry = chemistry
		return c.gradient(t, "modprop:through=lattice"+rule)
	}
	none, all := learning.Chemistry{}, learning.Chemistry{Carrier: "opponent", Clearance: []float64{9}, Diffusion: []float64{70}, Decay: []float64{5}, Rise: []float64{2}}
	want := given(none, ",carrier=opponent,clearance=9,diffusion=70,decay=5,rise=2")
	requireEqual(t, "all from the modulators", given(all, ""), want, 0)
	requireEqual(t, "some from either", given(all, ",clearance=9,decay=5"), want, 0)
	same := learning.Chemistry{Clearance: []float64{9, 9, 9}, Diffusion: []float64{70, 70, 70}, Decay: []float64{5, 5, 5}, Rise: []float64{2, 2, 2}}
	requireEqual(t, "types alike", given(same, ",carrier=opponent"), want, 0)
	for name, options := range map[string]string{"clearance": ",clearance=3", "diffusion": ",diffusion=0", "decay": ",decay=1", "rise": ",decay=5,rise=0"} {
		other := given(all, options)
		requireDifferent(t, name, other, want)
		requireEqual(t, name+" for one for each type", given(same, options+",carrier=opponent"), other, 0)
	}
	requireEqual(t, "ideal", c.gradient(t, "modprop:through=ideal"), c.gradient(t, "modprop"), 0)
}

// TestAbsorbedCreditIsLost, more of it the farther it comes.
func TestAbsorbedCreditIsLost(t *testing.T) {
	c := plain().build(t)
	space := fields["a line without flux"]
	weight := func(diffusion float64) float64 {
		c.in(space)
		c.net.Chemistry = learning.Chemistry{Clearance: []float64{5}, Diffusion: []float64{diffusion}, Decay: []float64{0}}
		sum := 0.0
		for _, tap := range c.credit(t, "modprop:through=lattice").EffectiveTaps(60, 0).Mean {
			sum += tap[0]
		}
		return sum
	}
	kept := weight(0)
	if drift := math.Abs(weight(100)/kept - 1); !(drift <= 1e-12) {
		t.Errorf("without flux, diffusion changes the mean by %v", drift)
	}
	space.Boundary[0] = modulator.Absorbing
	if near, far := weight(10)/kept, weight(100)/kept; !(far < near && near < 1) {
		t.Errorf("with absorbing ends %v is left with little diffusion, %v with much", near, far)
	}
}

// TestModulatorsThatDoNotFit are refused.
func TestModulatorsThatDoNotFit(t *testing.T) {
	c := plain().build(t)
	for _, test := range []struct {
		chemistry   learning.Chemistry
		rule, wants string
	}{
		{learning.Chemistry{Clearance: []float64{1, 2}}, "modprop:through=mixed", "2 modulators for 3 cell types; allowed are 1 or 3"},
		{differing, "modprop:through=mixed,weights=expression", "its ligands belong to no cell type"},
		{differing, "modprop:through=mixed,mu=0.1", "a filter of their own, in which mu, guard and taps have no meaning"},
		{differing, "modprop:through=lattice,taps=3", "a filter of their own"},
	} {
		c.net.Chemistry = test.chemistry
		_, err := learning.NewCredit(parse(t, test.rule), c.net, c.trials, nil, false)
		var named *learning.RuleError
		if !errors.As(err, &named) || named.Rule != test.rule || !strings.Contains(named.Problem, test.wants) {
			t.Errorf("%s: %v, want %q", test.rule, err, test.wants)
		}
		c.gradient(t, "modprop:mu=0.1")
	}
}
