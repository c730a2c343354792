package neuron_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// membranes are the models that, without synaptic input, are a leaky membrane
// with a fixed reset, and must agree with its closed forms.
var membranes = []struct {
	model string
	given values // what removes all else
}{
	{"lif-delta", nil},
	{"lif-exp", nil},
	{"lif-alpha", nil},
	{"lif-cond-exp", nil},
	{"alif", values{"adaptation": 0}},
}

// uneven are parameters of which no two are equal and none is zero.
func uneven(more values) values {
	v := values{"tau": 17, "capacitance": 230, "rest": -68, "threshold": -51, "reset": -64, "refractory": 3.2, "current": 120}
	for name, x := range more {
		v[name] = x
	}
	return v
}

func forMembranes(t *testing.T, test func(t *testing.T, model string, given values)) {
	for _, m := range membranes {
		t.Run(m.model, func(t *testing.T) { test(t, m.model, uneven(m.given)) })
	}
}

// Under a constant current V − E_L = R I (1 − exp(−t/τ_m)), R = τ_m/C_m; after
// the injected one ends, that part decays.
func TestMembraneResponse(t *testing.T) {
	forMembranes(t, func(t *testing.T, model string, given values) {
		c := gridOf(t, model, 3, tenth, given)
		const resistance, injected, on, steps = 17. / 230, -75., 400, 1200
		for i := range c.channel("current") {
			c.channel("current")[i] = injected
		}
		for k := 1; k <= steps; k++ {
			if c.step(); k == on {
				clear(c.channel("current"))
			}
			ms := 0.1 * float64(k)
			want := -68 - resistance*120*math.Expm1(-ms/17)
			want += resistance * injected * (math.Exp(-max(ms-0.1*on, 0)/17) - math.Exp(-ms/17))
			expectNear(t, fmt.Sprint("potential after ", k, " steps"), c.read("potential"), want, 1e-12, 68)
		}
	})
}

// From V_reset a constant current takes n steps to the threshold, the first n
// with R I + (V_reset − E_L − R I) exp(−n dt/τ_m) ≥ V_th − E_L, and the
// refractory period is added; without enough current there is no spike.
func TestRateUnderCurrent(t *testing.T) {
	forMembranes(t, func(t *testing.T, model string, given values) {
		for _, current := range []float64{229, 231, 260, 400, 1500, 30000} {
			given["current"] = current
			c := gridOf(t, model, 1, tenth, given)
			spikes := c.steps(8000)
			limit := 17. / 230 * current
			if limit < 17 {
				if len(spikes) > 0 {
					t.Errorf("%v pA: spikes at %v, below the least current that fires", current, spikes)
				}
				continue
			}
			first := int(math.Ceil(17 / 0.1 * math.Log(limit/(limit-17))))
			interval := 32 + int(math.Ceil(17/0.1*math.Log((limit-4)/(limit-17))))
			var want []int
			for k := first - 1; k < 8000; k += interval {
				want = append(want, k)
			}
			if !slices.Equal(spikes, want) {
				t.Errorf("%v pA: spikes in steps %v, want %v", current, spikes, want)
			}
		}
	})
}

// After a spike V stays at V_reset for exactly t_ref, whatever current flows.
func TestRefractoryPeriod(t *testing.T) {
	forMembranes(t, func(t *testing.T, model string, given values) {
		for _, c := range []struct {
			refractory float64
			steps      int
		}{{0, 0}, {0.1, 1}, {2, 20}, {3.24, 32}, {3.26, 33}} {
			given["refractory"], given["current"] = c.refractory, 20000
			cell := gridOf(t, model, 1, tenth, given)
			for len(cell.step()) == 0 {
			}
			clamped := 0
			for cell.read("potential") == -64 {
				clamped++
				cell.step()
			}
			if clamped-1 != c.steps {
				t.Errorf("%v ms: held at the reset for %d steps, want %d", c.refractory, clamped-1, c.steps)
			}
		}
	})
}

func TestResetBelowThreshold(t *testing.T) {
	forMembranes(t, func(t *testing.T, model string, given values) {
		given["reset"] = given["threshold"]
		m, s := setting(t, model, 2, tenth, given)
		_, err := m.Grid(s)
		if err == nil || !strings.Contains(err.Error(), "cells: reset -51 of cell 0") {
			t.Errorf("reset at the threshold: %v", err)
		}
	})
}
