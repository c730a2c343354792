package learning_test

import (
	"errors"
	"strings"
	"testing"

	"paracrine/learning"
	"paracrine/modulator"
	"paracrine/sim"
)

// spread is G_t = D G_{t-1} + released_t at every cell, with a dense matrix D
// over the sites: the twin of the stencil that runs through a trial.
func (f *formula) spread(released []float64) []float64 {
	n, sites := f.cells, f.net.Torus.Sites()
	heard := make([]float64, len(released))
	d := f.stepMatrix()
	for b := range f.trials {
		field := make([]float64, sites)
		for t := range f.steps {
			next := make([]float64, sites)
			for to := range sites {
				for from := range sites {
					next[to] += d[to][from] * field[from]
				}
			}
			at := f.sites(t)
			for p := range n {
				next[at[p]] += released[(t*f.trials+b)*n+p]
			}
			for p := range n {
				heard[(t*f.trials+b)*n+p] = next[at[p]]
			}
			field = next
		}
	}
	return heard
}

// stepMatrix is D: [to][from].
func (f *formula) stepMatrix() [][]float64 {
	torus, side := f.net.Torus, 2*f.rule.Radius+1
	d := make([][]float64, torus.Sites())
	for to := range d {
		d[to] = make([]float64, torus.Sites())
		for row := range side {
			for column := range side {
				i := (to/torus.Columns + row - f.rule.Radius + torus.Rows) % torus.Rows
				j := (to%torus.Columns + column - f.rule.Radius + torus.Columns) % torus.Columns
				d[to][i*torus.Columns+j] = f.rule.Kept / float64(side*side)
			}
		}
	}
	return d
}

// sites is where the cells are at step t.
func (f *formula) sites(t int) []int {
	order := make([]int, f.cells)
	switch f.rule.Shuffle {
	case "fixed":
		sim.NewStream(f.net.Seed, "shuffled sites", 0).Perm(order)
	case "step":
		sim.NewStream(f.net.Seed, "sites shuffled at every step", uint64(t)).Perm(order)
	default:
		for p := range order {
			order[p] = p
		}
	}
	sites := make([]int, f.cells)
	for p, q := range order {
		sites[p] = f.net.Torus.Site[q]
	}
	return sites
}

var diffusions = []string{
	"diffusion", "diffusion:k=0.3,radius=2", "diffusion:k=1,radius=0", "diffusion:feedback=random",
	"diffusion:shuffle=fixed", "diffusion:shuffle=step,feedback=frozen",
}

// eachDiffusing runs a test on live circuits of rate, LIF and ALIF cells, with
// and without a readout filter, whose errors begin late, stop and end early.
func eachDiffusing(t *testing.T, test func(t *testing.T, c *circuit)) {
	for name, s := range map[string]shape{"rate": plain(), "lif": lif(), "alif": spiking()} {
		for filter, kappa := range map[string]float64{"": 0, " filtered": 0.8} {
			t.Run(name+filter, func(t *testing.T) {
				s.kappa, s.density, s.gap = kappa, 0.8, true
				c := s.build(t)
				clear(c.window[:3])
				clear(c.window[c.steps-5:])
				c.run(t)
				requireLive(t, c)
				test(t, c)
			})
		}
	}
}

// TestDiffusionIsItsMatrix compares every form with the dense matrix, to rounding.
func TestDiffusionIsItsMatrix(t *testing.T) {
	eachDiffusing(t, func(t *testing.T, c *circuit) {
		for _, rule := range diffusions {
			credit := c.credit(t, rule)
			want := newFormula(t, c, credit).gradientOf(t, credit)
			requireEqual(t, rule, c.gradient(t, rule), want, 1e-12)
			requireEqual(t, rule+", step by step", c.forward(credit), want, 1e-12)
			c.requireEvents(t, credit.Rule, want, 1e-12)
		}
	})
}

// gradientOf is the rule's, on cells of any kind.
func (f *formula) gradientOf(t *testing.T, credit *learning.Credit) *learning.Gradient {
	if f.batch.Record.Psi != nil {
		return newSpikingFormula(t, f.circuit, credit).of()
	}
	return f.of()
}

// TestDiffusionWithoutFieldIsEProp: with k = 0 nothing is left of what was
// released before, wherever it spread and whoever is there.
func TestDiffusionWithoutFieldIsEProp(t *testing.T) {
	eachDiffusing(t, func(t *testing.T, c *circuit) {
		eprop := c.credit(t, "eprop")
		want := c.backward(eprop, eprop.NewDenseWorkspace(c.steps, c.trials))
		for _, options := range []string{"", ",radius=2", ",radius=0", ",shuffle=fixed", ",shuffle=step"} {
			rule := "diffusion:k=0" + options
			requireEqual(t, rule, c.gradient(t, rule), want, 0)
			for _, route := range []string{",route=state-space", ",route=events"} {
				requireEqual(t, rule+route, c.gradient(t, rule+route), c.gradient(t, "eprop:"+route[1:]), 1e-14)
			}
		}
	})
}

// TestDiffusionIsTheSameEverywhere moves all cells by as many rows and columns.
func TestDiffusionIsTheSameEverywhere(t *testing.T) {
	c := live(t)
	want := map[string]*learning.Gradient{}
	for _, rule := range diffusions {
		want[rule] = c.gradient(t, rule)
	}
	torus := c.net.Torus
	for p, site := range torus.Site {
		row, column := (site/torus.Columns+2)%torus.Rows, (site%torus.Columns+4)%torus.Columns
		torus.Site[p] = row*torus.Columns + column
	}
	for _, rule := range diffusions {
		requireEqual(t, rule, c.gradient(t, rule), want[rule], 0)
	}
	torus.Site[0], torus.Site[4] = torus.Site[4], torus.Site[0]
	for _, rule := range diffusions {
		if rule != "diffusion:k=1,radius=0" {
			requireDifferent(t, rule+" and other places", c.gradient(t, rule), want[rule])
		}
	}
}

// TestDiffusionBroadcastsWhereEverythingMeets: with k = 1 and a stencil as large
// as the torus all cells hear, beside themselves, one and the same.
func TestDiffusionBroadcastsWhereEverythingMeets(t *testing.T) {
	s := plain()
	s.last = false
	c := s.build(t)
	c.net.Torus = &modulator.Torus{Rows: 3, Columns: 3}
	want := c.gradient(t, "diffusion:k=1")
	c.net.Torus.Site = []int{8, 1, 3, 2, 7, 0, 4, 6, 5}
	requireEqual(t, "other places", c.gradient(t, "diffusion:k=1"), want, 1e-12)
	requireEqual(t, "places that change", c.gradient(t, "diffusion:k=1,shuffle=step"), want, 1e-12)
	requireDifferent(t, "e-prop", c.gradient(t, "eprop"), want)
}

// TestShuffledPlacesFollowTheSeed: the same for a seed, others for another.
func TestShuffledPlacesFollowTheSeed(t *testing.T) {
	c := live(t)
	for _, rule := range []string{"diffusion:shuffle=fixed", "diffusion:shuffle=step", "diffusion:shuffle=step,route=events"} {
		c.net.Seed = 1
		first := c.gradient(t, rule)
		requireEqual(t, rule, c.gradient(t, rule), first, 0)
		c.net.Seed = 2
		requireDifferent(t, rule+" of another seed", c.gradient(t, rule), first)
	}
}

func TestDiffusionNeedsATorus(t *testing.T) {
	c := plain().build(t)
	for _, refused := range []struct {
		torus *modulator.Torus
		rule  string
		says  string
	}{
		{nil, "diffusion", "the cells of this network have no place; give the network a torus"},
		{&modulator.Torus{Rows: 2, Columns: 4}, "diffusion:radius=0", "no site for each of 9 cells"},
		{&modulator.Torus{Rows: 2, Columns: 5}, "diffusion", "radius=1 on a torus of 2 rows and 5 columns; allowed are whole numbers up to 0"},
		{&modulator.Torus{Rows: 5, Columns: 4}, "diffusion:radius=2", "up to 1"},
		{&modulator.Torus{Rows: 3, Columns: 3, Site: make([]int, 9)}, "diffusion", "cells 0 and 1 at site 0"},
	} {
		c.net.Torus = refused.torus
		_, err := learning.NewCredit(parse(t, refused.rule), c.net, c.trials, nil, false)
		var named *learning.RuleError
		if !errors.As(err, &named) || named.Rule != refused.rule || !strings.Contains(named.Problem, refused.says) {
			t.Errorf("%s on %+v: %v, want %q", refused.rule, refused.torus, err, refused.says)
		}
		if _, err := learning.NewCredit(parse(t, "eprop"), c.net, c.trials, nil, false); err != nil {
			t.Errorf("eprop on %+v: %v", refused.torus, err)
		}
	}
}
