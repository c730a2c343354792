package neuron_test

import (
	"fmt"
	"math"
	"testing"
)

// A spike of weight w at time 0 gives the current w (t/τ) exp(1 − t/τ), which is
// w at t = τ, and with d = 1/τ − 1/τ_m the potential
//
//	V − E_L = (w e/(τ C_m)) (exp(−t/τ_m) − (1 + t d) exp(−t/τ))/d²,  (w e/(τ C_m)) (t²/2) exp(−t/τ) for d = 0
func TestAlphaKernel(t *testing.T) {
	for _, tauSyn := range []float64{0.3, 2, 12, 17, 60} {
		for _, channel := range []string{"excitatory", "inhibitory"} {
			c := gridOf(t, "lif-alpha", 130, tenth, uneven(values{"current": 0, "tau-" + channel: tauSyn}))
			const w = 150.
			c.arrive(channel, w)
			d, peak := 1/tauSyn-1./17, 0.0
			for k := range 1500 {
				ms := 0.1 * float64(k)
				want := ms * ms / 2 * math.Exp(-ms/tauSyn)
				if tauSyn != 17 {
					want = (math.Exp(-ms/17) - (1+ms*d)*math.Exp(-ms/tauSyn)) / (d * d)
				}
				want *= w * math.E / (tauSyn * 230)
				at := fmt.Sprint(channel, " of ", tauSyn, " ms, ", k, " steps after")
				peak = max(peak, c.read(channel))
				expectNear(t, "current, "+at, c.read(channel), w*ms/tauSyn*math.Exp(1-ms/tauSyn), 1e-12, w)
				expectNear(t, "potential, "+at, c.read("potential"), -68+want, 1e-12, 68)
				c.step()
			}
			expectNear(t, "peak of the current", peak, w, 1e-12, w) // τ is a number of steps
			last := c.state("potential")
			for i, v := range last.Values {
				if v != last.Values[0] {
					t.Fatalf("cell %d differs from cell 0", i)
				}
			}
		}
	}
}
