package neuron_test

import (
	"slices"
	"testing"

	"paracrine/sim"
)

// script is the published program (Izhikevich 2003, p. 1572) for n cells, line by
// line: what fired is reset and delivered at the beginning of a step.
type script struct{ v, u, a, b, c, d []float64 }

func (s *script) step(weights [][]float64, input []float64) (fired []uint32) {
	current := slices.Clone(input)
	for i := range s.v {
		if s.v[i] >= 30 {
			fired = append(fired, uint32(i))
			s.v[i] = s.c[i]
			s.u[i] += s.d[i]
		}
	}
	for i := range s.v {
		for _, j := range fired {
			current[i] += weights[i][j]
		}
	}
	for i := range s.v {
		for range 2 {
			v := s.v[i]
			s.v[i] = v + float64(0.5*(float64(0.04*float64(v*v))+float64(5*v)+140-s.u[i]+current[i]))
		}
		s.u[i] += float64(s.a[i] * (float64(s.b[i]*s.v[i]) - s.u[i]))
	}
	return fired
}

// A network of 40 cells in steps of 1 ms, spikes delivered with a delay of one
// step, does what the script does.
func TestIzhikevichIsThePublishedScript(t *testing.T) {
	const n, steps = 40, 1000
	stream := sim.NewStream(1, "script", 0)
	m, s := setting(t, "izhikevich", n, sim.Millisecond, nil)
	weights := make([][]float64, n)
	for i := range n {
		r := stream.Float64()
		if i < 32 {
			s.Values["reset"][i], s.Values["d"][i] = -65+15*r*r, 8-6*r*r
		} else {
			s.Values["a"][i], s.Values["b"][i], s.Values["d"][i] = 0.02+0.08*r, 0.25-0.05*r, 2
		}
		for j := range n {
			w := 12 * stream.Float64()
			if j >= 32 {
				w = -24 * stream.Float64()
			}
			weights[i] = append(weights[i], w)
		}
	}
	of := s.Values.Of
	paper := &script{make([]float64, n), make([]float64, n), of("a"), of("b"), of("reset"), of("d")}
	for i := range n {
		paper.v[i], paper.u[i] = of("reset")[i], of("b")[i]*of("reset")[i]
	}
	c := gridFrom(t, m, s)
	var spikes []uint32
	total := 0
	for k := range steps {
		input := make([]float64, n)
		for i := range input {
			input[i] = 5 * stream.Normal()
		}
		jump := c.channel("jump")
		copy(c.channel("current"), input)
		clear(jump)
		for i := range jump {
			for _, j := range spikes {
				jump[i] += weights[i][j]
			}
		}
		if fired := paper.step(weights, input); !slices.Equal(fired, spikes) {
			t.Fatalf("step %d: %v fired, in the script %v", k, spikes, fired)
		}
		total += len(spikes)
		spikes = c.step()
	}
	if total < 200 {
		t.Errorf("%d spikes are no test", total)
	}
}

// The reference is Runge-Kutta in steps of 1 µs.
func TestIzhikevichConvergesWithOrderOne(t *testing.T) {
	slopes := func(v, u float64) (dv, du float64) { return 0.04*v*v + 5*v + 140 - u + 3, 0.02 * (0.2*v - u) }
	v, u, h := -72.0, -13.0, 0.001
	for range 20000 {
		a1, b1 := slopes(v, u)
		a2, b2 := slopes(v+h/2*a1, u+h/2*b1)
		a3, b3 := slopes(v+h/2*a2, u+h/2*b2)
		a4, b4 := slopes(v+h*a3, u+h*b3)
		v += h / 6 * (a1 + 2*a2 + 2*a3 + a4)
		u += h / 6 * (b1 + 2*b2 + 2*b3 + b4)
	}
	for name, reference := range map[string]float64{"potential": v, "recovery": u} {
		expectOrder(t, name, 1, reference, []sim.Time{50 * sim.Microsecond, 25 * sim.Microsecond, 12500 * sim.Nanosecond}, func(step sim.Time) float64 {
			c := gridOf(t, "izhikevich", 1, step, values{"current": 3})
			c.set("potential", -72)
			c.set("recovery", -13)
			if spikes := c.steps(int(20 * sim.Millisecond / step)); len(spikes) > 0 {
				t.Fatalf("spikes at %v", spikes)
			}
			return c.read(name)
		})
	}
}

// A cell rests where 0.04 V² + (5 − b) V + 140 = 0: at −70 mV for b = 0.2.
func TestIzhikevichRests(t *testing.T) {
	c := gridOf(t, "izhikevich", 1, sim.Millisecond, nil)
	c.steps(3000)
	expectNear(t, "V at rest", c.read("potential"), -70, 1e-9, 1)
	expectNear(t, "u at rest", c.read("recovery"), -14, 1e-9, 1)
}

// A spike changes V by its weight, whatever the step, as the step becomes short.
func TestIzhikevichJump(t *testing.T) {
	c := gridOf(t, "izhikevich", 1, sim.Microsecond, nil)
	c.set("potential", -70)
	c.set("recovery", -14)
	c.arrive("jump", 2)
	expectNear(t, "V after a jump", c.read("potential"), -68, 2e-3, 1)
}

// Fig. 2 of the paper, I = 10: regular spiking slows down, fast spiking is faster
// and does not, chattering fires in bursts.
func TestIzhikevichFiringPatterns(t *testing.T) {
	intervals := func(given values) []float64 {
		given["current"] = 10
		spikes := gridOf(t, "izhikevich", 1, sim.Millisecond/20, given).steps(20000)
		var between []float64
		for i := 1; i < len(spikes); i++ {
			between = append(between, 0.05*float64(spikes[i]-spikes[i-1]))
		}
		if len(between) < 8 {
			t.Fatalf("%v: intervals %v", given, between)
		}
		return between
	}
	regular := intervals(values{})
	n := len(regular)
	if regular[n-1] < 1.5*regular[0] || spread(regular[n/2:]) > 1 {
		t.Errorf("regular spiking: %v", regular)
	}
	fast := intervals(values{"a": 0.1, "d": 2})
	if m := len(fast); m < 3*n || spread(fast[m/2:]) > 1 || fast[m-1] > 1.3*fast[1] {
		t.Errorf("fast spiking: %v", fast)
	}
	chattering := intervals(values{"reset": -50, "d": 2})
	slices.Sort(chattering)
	if m := len(chattering); chattering[m/2] > 6 || chattering[m-3] < 25 {
		t.Errorf("chattering: %v", chattering)
	}
}
