package neuron_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"paracrine/neuron"
	"paracrine/sim"
)

func exactFrom(t testing.TB, m neuron.Model, s neuron.Setting) neuron.Exact {
	t.Helper()
	p, err := m.Exact(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// timesOf are the spike times of a cell off the grid, asked for in windows.
func timesOf(p neuron.Exact, cell int, until, window sim.Time) []sim.Time {
	var spikes []neuron.Spike
	for at := window; at <= until; at += window {
		spikes = p.Advance(cell, nil, at, spikes)
	}
	times := []sim.Time{}
	for _, s := range spikes {
		times = append(times, s.Time)
	}
	return times
}

// sources are the models with something to emit within a second.
var sources = map[string]func(t testing.TB, cells int) (neuron.Model, neuron.Setting){
	"poisson": func(t testing.TB, cells int) (neuron.Model, neuron.Setting) {
		return setting(t, "poisson", cells, sim.Millisecond, values{"rate": 800})
	},
	"regular": func(t testing.TB, cells int) (neuron.Model, neuron.Setting) {
		return setting(t, "regular", cells, sim.Millisecond, values{"period": 0.7, "phase": 0.3})
	},
	"spikes": func(t testing.TB, cells int) (neuron.Model, neuron.Setting) {
		m, s := setting(t, "spikes", cells, sim.Millisecond, nil)
		for range cells {
			s.Times = append(s.Times, []sim.Time{3 * sim.Millisecond, 3 * sim.Millisecond, 900 * sim.Millisecond})
		}
		return m, s
	},
}

// On the grid a source spikes at the ends of the steps that hold the exact
// times, as often; off the grid windows do not matter.
func TestSourcesOnAndOffTheGrid(t *testing.T) {
	for name, of := range sources {
		t.Run(name, func(t *testing.T) {
			m, s := of(t, 5)
			times := timesOf(exactFrom(t, m, s), 3, sim.Second, sim.Second)
			if fine := timesOf(exactFrom(t, m, s), 3, sim.Second, sim.Millisecond/4); !slices.Equal(fine, times) {
				t.Errorf("%d spikes in windows of 0.25 ms, %d in one of 1 s, or other times", len(fine), len(times))
			}
			var ends, got []int64
			for _, at := range times {
				ends = append(ends, int64((at+sim.Millisecond-1)/sim.Millisecond))
			}
			grid := gridFrom(t, m, s)
			for range 1000 {
				for _, cell := range grid.step() {
					if cell == 3 {
						got = append(got, grid.at)
					}
				}
			}
			if len(times) == 0 || !slices.Equal(got, ends) {
				t.Errorf("%d spikes on the grid, %d off it, or in other steps", len(got), len(ends))
			}
		})
	}
}

// A cell spikes the same whatever other cells there are and however they are
// grouped.
func TestSourcesDoNotDependOnGrouping(t *testing.T) {
	for name, of := range sources {
		t.Run(name, func(t *testing.T) {
			few, many := gridFrom(t, first(of(t, 10)), second(of(t, 10))), gridFrom(t, first(of(t, 40)), second(of(t, 40)))
			for range 500 {
				var parts []uint32
				for from := 0; from < 40; from += 8 {
					parts = many.grid.Advance(from, from+8, few.at, nil, parts)
				}
				parts = slices.DeleteFunc(parts, func(cell uint32) bool { return cell >= 10 })
				if whole := few.step(); !slices.Equal(parts, whole) {
					t.Fatalf("step %d: %v in groups among forty cells, %v of ten", few.at, parts, whole)
				}
			}
		})
	}
}

func first(m neuron.Model, _ neuron.Setting) neuron.Model    { return m }
func second(_ neuron.Model, s neuron.Setting) neuron.Setting { return s }

// State is enough to go on from.
func TestSourcesGoOnFromTheirState(t *testing.T) {
	for name, of := range sources {
		t.Run(name, func(t *testing.T) {
			m, s := of(t, 6)
			whole, resumed := gridFrom(t, m, s), gridFrom(t, m, s)
			whole.steps(321)
			for i, state := range whole.grid.State() {
				copy(resumed.grid.State()[i].Values, state.Values)
			}
			resumed.at = whole.at
			if want, got := whole.steps(600), resumed.steps(600); len(want) == 0 || !slices.Equal(got, want) {
				t.Errorf("resumed: spikes in steps %v, want %v", got, want)
			}
		})
	}
}

// Spikes of a Poisson process at rate λ: intervals are exponential, so counted in
// ten classes of equal probability χ² has 9 degrees of freedom and is below 33.7
// with probability 0.9999; counts in bins of 5 ms have mean and variance λ 5 ms;
// counts of two cells, and of neighbouring bins, are uncorrelated.
func TestPoissonStatistics(t *testing.T) {
	const rate, cells, bins = 400., 50, 4000 // 20 s
	m, s := setting(t, "poisson", cells, sim.Millisecond, values{"rate": rate})
	p := exactFrom(t, m, s)
	var classes [10]float64
	counts := make([][]float64, cells)
	intervals := 0.0
	for cell := range cells {
		counts[cell] = make([]float64, bins)
		before := sim.Time(0)
		for _, at := range timesOf(p, cell, bins*5*sim.Millisecond, sim.Second) {
			u := -math.Expm1(-rate * (at - before).Milliseconds() / 1000)
			classes[min(9, int(10*u))]++
			counts[cell][int((at-1)/(5*sim.Millisecond))]++
			before = at
			intervals++
		}
	}
	chi := 0.0
	for _, n := range classes {
		chi += (n - intervals/10) * (n - intervals/10) / (intervals / 10)
	}
	if chi > 33.7 {
		t.Errorf("intervals: χ² = %v in classes %v", chi, classes)
	}
	const n, mean = cells * bins, rate * 0.005
	var sum, squares, between, lagged float64
	for cell := range cells {
		for k, x := range counts[cell] {
			x -= mean
			sum += x
			squares += x * x
			between += x * (counts[(cell+1)%cells][k] - mean)
			lagged += x * (counts[cell][(k+1)%bins] - mean)
		}
	}
	// The variance of a squared Poisson deviation is μ + 2μ².
	expectNear(t, "mean count", sum/n, 0, 4.5*math.Sqrt(mean/n), 1)
	expectNear(t, "variance of counts", squares/n, mean, 4.5*math.Sqrt((mean+2*mean*mean)/n), 1)
	expectNear(t, "covariance of cells", between/n, 0, 4.5*mean/math.Sqrt(n), 1)
	expectNear(t, "covariance of bins", lagged/n, 0, 4.5*mean/math.Sqrt(n), 1)
}

func TestPoissonStartsAndStops(t *testing.T) {
	m, s := setting(t, "poisson", 20, sim.Millisecond, values{"rate": 2000, "start": 100, "stop": 300})
	p := exactFrom(t, m, s)
	spikes := 0
	for cell := range 20 {
		times := timesOf(p, cell, sim.Second, sim.Second)
		spikes += len(times)
		for _, at := range times {
			if at < 100*sim.Millisecond || at > 300*sim.Millisecond {
				t.Errorf("cell %d spikes at %v", cell, at)
			}
		}
	}
	// 20 cells × 0.2 s × 2000 Hz, within 4.5 standard deviations.
	expectNear(t, "number of spikes", float64(spikes), 8000, 4.5*math.Sqrt(8000), 1)
}

func TestSilentSources(t *testing.T) {
	for _, given := range []values{{"rate": 0}, {"rate": 1e-300}, {"rate": 1000, "start": 2000}} {
		m, s := setting(t, "poisson", 3, sim.Millisecond, given)
		if spikes := timesOf(exactFrom(t, m, s), 1, sim.Second, sim.Second); len(spikes) > 0 {
			t.Errorf("%v: spikes at %v", given, spikes)
		}
	}
	m, s := setting(t, "poisson", 1, sim.Millisecond, values{"rate": 0})
	p := exactFrom(t, m, s)
	if spikes := p.Advance(0, nil, sim.MaxTime, nil); len(spikes) > 0 || math.IsInf(p.State()[0].Values[0], 0) {
		t.Errorf("to the end of time: %v, next at %v", spikes, p.State()[0].Values)
	}
}

func TestRegularTimes(t *testing.T) {
	const us = sim.Microsecond
	for _, c := range []struct {
		given values
		want  []sim.Time
	}{
		{values{"period": 0.7}, []sim.Time{700 * us, 1400 * us, 2100 * us}},
		{values{"period": 0.7, "phase": 0.3}, []sim.Time{300 * us, 1000 * us, 1700 * us}},
		{values{"period": 0.7, "phase": 1.5}, []sim.Time{1500 * us, 2200 * us}},
	} {
		m, s := setting(t, "regular", 2, tenth, c.given)
		if got := timesOf(exactFrom(t, m, s), 1, 2200*us, 10*us); !slices.Equal(got, c.want) {
			t.Errorf("%v: spikes at %v, want %v", c.given, got, c.want)
		}
	}
}

// On the grid a listed time goes to the nearest step: 1.04 ms to 1.0 ms, which is
// the end of step 9.
func TestListedTimesOnTheGrid(t *testing.T) {
	const us = sim.Microsecond
	m, s := setting(t, "spikes", 2, tenth, nil)
	s.Times = [][]sim.Time{{100 * us, 1040 * us, 1060 * us, 1060 * us}, nil}
	if got, want := gridFrom(t, m, s).steps(100), []int{0, 9, 10, 10}; !slices.Equal(got, want) {
		t.Errorf("spikes in steps %v, want %v", got, want)
	}
	if got := timesOf(exactFrom(t, m, s), 0, 2000*us, us); !slices.Equal(got, s.Times[0]) {
		t.Errorf("off the grid: %v, want %v", got, s.Times[0])
	}
}

func TestListedTimesAreRefused(t *testing.T) {
	const ms = sim.Millisecond
	for _, c := range []struct {
		times [][]sim.Time
		want  string
	}{
		{[][]sim.Time{{ms}}, "times of 1 cells"},
		{[][]sim.Time{{ms}, {2 * ms, ms}}, "at 1 ms of cell 1 after one at 2 ms"},
		{[][]sim.Time{{0}, nil}, "at 0 s of cell 0: the first step ends at 100 µs"},
		{[][]sim.Time{{-ms}, nil}, "at -1 ms of cell 0"},
	} {
		m, s := setting(t, "spikes", 2, tenth, nil)
		s.Times = c.times
		if _, err := m.Grid(s); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v", c.times, err)
		}
	}
}

// A relay spikes as often as spikes arrive, with the arrivals of a step in its
// own; off the grid at their times.
func TestRelay(t *testing.T) {
	c := gridOf(t, "relay", 4, tenth, nil)
	copy(c.channel("spikes"), []float64{0, 2, 0, 1})
	if got := c.step(); !slices.Equal(got, []uint32{1, 1, 3}) {
		t.Errorf("spikes %v", got)
	}
	if !c.model.Inputs[0].Count {
		t.Error("weights are not ignored")
	}
	m, s := setting(t, "relay", 4, tenth, nil)
	got := exactFrom(t, m, s).Advance(2, []neuron.Arrival{{Time: 5, Weight: -3}, {Time: 5}, {Time: 9}}, 20, nil)
	if want := []neuron.Spike{{Time: 5, Cell: 2}, {Time: 5, Cell: 2}, {Time: 9, Cell: 2}}; !slices.Equal(got, want) {
		t.Errorf("off the grid: %v, want %v", got, want)
	}
}
