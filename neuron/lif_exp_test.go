package neuron_test

import (
	"fmt"
	"math"
	"testing"
)

// A spike of weight w at time 0 gives the current w exp(−t/τ_s) and the potential
//
//	V − E_L = (w/C_m) τ_m τ_s/(τ_s − τ_m) (exp(−t/τ_s) − exp(−t/τ_m)),  (w/C_m) t exp(−t/τ_m) for τ_s = τ_m
func TestExponentialKernel(t *testing.T) {
	for _, tauSyn := range []float64{0.3, 2, 16.9, 17, 60} {
		for _, channel := range []string{"excitatory", "inhibitory"} {
			c := gridOf(t, "lif-exp", 2, tenth, uneven(values{"current": 0, "tau-" + channel: tauSyn}))
			const w = 150.
			c.arrive(channel, w)
			for k := range 1500 {
				ms := 0.1 * float64(k)
				want := w / 230 * ms * math.Exp(-ms/17)
				if tauSyn != 17 {
					want = w / 230 * 17 * tauSyn / (tauSyn - 17) * (math.Exp(-ms/tauSyn) - math.Exp(-ms/17))
				}
				at := fmt.Sprint(channel, " of ", tauSyn, " ms, ", k, " steps after")
				expectNear(t, "current, "+at, c.read(channel), w*math.Exp(-ms/tauSyn), 1e-12, w)
				expectNear(t, "potential, "+at, c.read("potential"), -68+want, 1e-12, 68)
				c.step()
			}
		}
	}
}

// The current of a spike flows on in the refractory period, in which V rests.
func TestCurrentsFlowInTheRefractoryPeriod(t *testing.T) {
	for _, c := range []struct {
		model   string
		current func(ms float64) float64
	}{
		{"lif-exp", func(ms float64) float64 { return 90 * math.Exp(-ms/2) }},
		{"lif-alpha", func(ms float64) float64 { return 90 * ms / 2 * math.Exp(1-ms/2) }},
	} {
		cell := gridOf(t, c.model, 1, tenth, uneven(values{"current": 60000}))
		for len(cell.step()) == 0 {
		}
		cell.set("excitatory", 0)
		cell.arrive("excitatory", 90)
		for k := range 30 {
			expectNear(t, c.model+" current", cell.read("excitatory"), c.current(0.1*float64(k)), 1e-12, 90)
			expectNear(t, c.model+" potential", cell.read("potential"), -64, 0, 1)
			cell.step()
		}
	}
}

// What arrives at the end of a step moves V in the next, not in its own.
func TestArrivalsActFromTheNextStep(t *testing.T) {
	for _, model := range []string{"lif-exp", "lif-alpha", "lif-cond-exp"} {
		c := gridOf(t, model, 1, tenth, uneven(values{"current": 0}))
		c.arrive("excitatory", 40)
		if v := c.read("potential"); v != -68 {
			t.Errorf("%s: V is %v at the end of the step of the arrival", model, v)
		}
		if c.step(); c.read("potential") == -68 {
			t.Errorf("%s: V has not moved a step later", model)
		}
	}
}
