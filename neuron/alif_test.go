package neuron_test

import (
	"fmt"
	"math"
	"testing"
)

// After a spike the threshold is up by β and decays, in the refractory period as
// well; a later spike adds to what is left.
func TestThresholdRisesAndDecays(t *testing.T) {
	c := gridOf(t, "alif", 1, tenth, uneven(values{"current": 0, "adaptation": 1.5, "tau-adaptation": 90}))
	if spikes := c.arrive("jump", 20); len(spikes) != 1 {
		t.Fatal("no spike")
	}
	for k := range 500 {
		expectNear(t, fmt.Sprint("rise after ", k, " steps"), c.read("raise"), 1.5*math.Exp(-0.1*float64(k)/90), 1e-12, 1)
		c.step()
	}
	left := c.read("raise") * math.Exp(-0.1/90)
	c.set("potential", -68)
	if spikes := c.arrive("jump", 17+left-1e-9); len(spikes) != 0 {
		t.Error("spike below the raised threshold")
	}
	left *= math.Exp(-0.1 / 90)
	c.set("potential", -68)
	if spikes := c.arrive("jump", 17+left+1e-9); len(spikes) != 1 {
		t.Error("no spike above the raised threshold")
	}
	expectNear(t, "rise after the second spike", c.read("raise"), left+1.5, 1e-12, 1)
}

// In the long run a cell fires at the interval T at which its threshold, raised
// by β/(exp(T/τ_a) − 1) just before a spike, is where V arrives: from V_reset
// after t_ref, V = R I + (V_reset − E_L − R I) exp(−(T − t_ref)/τ_m). On the grid T
// may come out one step longer.
func TestRateAdapts(t *testing.T) {
	given := uneven(values{"current": 500, "adaptation": 2, "tau-adaptation": 150})
	spikes := gridOf(t, "alif", 1, tenth, given).steps(60000)
	drive := 17. / 230 * 500
	excess := func(T float64) float64 {
		return drive + (4-drive)*math.Exp(-(T-3.2)/17) - 17 - 2/math.Expm1(T/150)
	}
	low, high := 3.3, 1000.0
	for range 60 {
		if mid := (low + high) / 2; excess(mid) < 0 {
			low = mid
		} else {
			high = mid
		}
	}
	n := len(spikes)
	mean := 0.1 * float64(spikes[n-1]-spikes[n-101]) / 100
	if mean < low-1e-9 || mean > low+0.1 {
		t.Errorf("interval in the long run: %v ms, want %v to %v", mean, low, low+0.1)
	}
	if begin := 0.1 * float64(spikes[1]-spikes[0]); begin > 0.7*mean {
		t.Errorf("the first interval of %v ms is not shorter than the last of %v", begin, mean)
	}
}
