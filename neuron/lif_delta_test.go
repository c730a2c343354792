package neuron_test

import (
	"fmt"
	"math"
	"testing"
)

// A jump at the end of step k0 leaves w exp(−t/τ_m), t after it.
func TestDeltaKernel(t *testing.T) {
	for _, model := range []string{"lif-delta", "alif"} {
		c := gridOf(t, model, 2, tenth, uneven(values{"current": 0}))
		for range 7 {
			c.step()
		}
		c.arrive("jump", -3.5)
		for k := range 1000 {
			expectNear(t, fmt.Sprint(model, ", ", k, " steps after"), c.read("potential"), -68-3.5*math.Exp(-0.1*float64(k)/17), 1e-12, 68)
			c.step()
		}
	}
}

// What arrives in the refractory period, of 32 steps after the spike, is lost;
// what arrives in the step after it is not.
func TestDeltaInputInRefractoryPeriodIsLost(t *testing.T) {
	for _, model := range []string{"lif-delta", "alif"} {
		for _, arrival := range []struct {
			steps int
			want  float64
		}{{1, -64}, {32, -64}, {33, -68 + 4*math.Exp(-0.1/17) + 5}} {
			c := gridOf(t, model, 1, tenth, uneven(values{"current": 0}))
			if spikes := c.arrive("jump", 17); len(spikes) != 1 {
				t.Fatalf("%s: a jump to the threshold gives %d spikes", model, len(spikes))
			}
			c.steps(arrival.steps - 1)
			c.arrive("jump", 5)
			expectNear(t, fmt.Sprint(model, ", input ", arrival.steps, " steps after a spike"), c.read("potential"), arrival.want, 1e-15, 68)
		}
	}
}
