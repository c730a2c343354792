package neuron_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"paracrine/neuron"
	"paracrine/sim"
)

// added is what a drive adds to n cells, from first on, in a step.
func added(d neuron.Drive, n, first int, step int64) []float64 {
	dst := make([]float64, n)
	d.Add(dst, first, step)
	return dst
}

func TestConstantCurrent(t *testing.T) {
	d := neuron.ConstantCurrent(-2.5)
	dst := []float64{1, 0}
	d.Add(dst, 7, 99)
	if !slices.Equal(dst, []float64{-1.5, -2.5}) {
		t.Errorf("added up to %v", dst)
	}
	if current, until := d.Next(3, sim.Second); current != -2.5 || until != sim.MaxTime {
		t.Errorf("%v until %v", current, until)
	}
}

func TestStepCurrent(t *testing.T) {
	const ms = sim.Millisecond
	d, err := neuron.NewStepCurrent([]sim.Time{2 * ms, 3 * ms, 10 * ms}, []float64{5, -1, 0}, ms)
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{0, 0, 5, -1, -1, -1, -1, -1, -1, -1, 0, 0}
	for step, current := range want {
		if got := added(d, 2, 4, int64(step)); !slices.Equal(got, []float64{current, current}) {
			t.Errorf("step %d: %v, want %v", step, got, current)
		}
	}
	for _, c := range []struct {
		from    sim.Time
		current float64
		until   sim.Time
	}{{0, 0, 2 * ms}, {2*ms - 1, 0, 2 * ms}, {2 * ms, 5, 3 * ms}, {4 * ms, -1, 10 * ms}, {10 * ms, 0, sim.MaxTime}, {sim.MaxTime, 0, sim.MaxTime}} {
		if current, until := d.Next(0, c.from); current != c.current || until != c.until {
			t.Errorf("at %v: %v until %v, want %v until %v", c.from, current, until, c.current, c.until)
		}
	}
}

func TestStepCurrentIsRefused(t *testing.T) {
	const ms = sim.Millisecond
	for _, c := range []struct {
		times    []sim.Time
		currents []float64
		step     sim.Time
		want     string
	}{
		{[]sim.Time{ms}, nil, ms, "1 times and 0 currents"},
		{[]sim.Time{-ms}, []float64{1}, ms, "at -1 ms"},
		{[]sim.Time{ms, ms}, []float64{1, 2}, ms, "at 1 ms after one at 1 ms"},
		{[]sim.Time{ms + 1}, []float64{1}, ms, "multiples of the step of 1 ms"},
		{[]sim.Time{ms + 1}, []float64{1}, 0, ""},
	} {
		_, err := neuron.NewStepCurrent(c.times, c.currents, c.step)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, step %v: %v", c.times, c.step, err)
		}
	}
}

// A quarter of a period is 25 steps of 0.1 ms at 100 Hz; mid-step values.
func TestSineCurrent(t *testing.T) {
	d := neuron.SineCurrent{Offset: 3, Amplitude: 2, Frequency: 100, Phase: math.Pi / 6, Step: tenth}
	for _, step := range []int64{0, 24, 25, 99, 100, 12345} {
		want := 3 + 2*math.Sin(2*math.Pi*0.01*(float64(step%100)+0.5)+math.Pi/6)
		for _, got := range added(d, 2, 0, step) {
			expectNear(t, "sine", got, want, 1e-12, 1)
		}
	}
	// After an hour the phase is still right.
	late := added(d, 1, 0, 36_000_025)[0]
	expectNear(t, "sine after an hour", late, added(d, 1, 0, 25)[0], 1e-6, 1)
}

func noise(t testing.TB, name string, interval sim.Time) *neuron.NoiseCurrent {
	t.Helper()
	d, err := neuron.NewNoiseCurrent(5, name, 10, 3, interval, tenth)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Whatever the range that is asked for, and on the grid or off it, a cell
// receives the same; it changes with every interval and only then.
func TestNoiseBelongsToCellAndInterval(t *testing.T) {
	d := noise(t, "noise", 5*tenth)
	whole := added(d, 300, 0, 10)
	for _, r := range [][2]int{{0, 1}, {63, 65}, {64, 128}, {1, 299}, {200, 300}} {
		for step := int64(10); step < 15; step++ {
			if !slices.Equal(added(d, r[1]-r[0], r[0], step), whole[r[0]:r[1]]) {
				t.Errorf("cells %v, step %d: not the noise of all cells in step 10", r, step)
			}
		}
	}
	for cell, want := range whole {
		for _, at := range []sim.Time{10 * tenth, 10*tenth + 1, 15*tenth - 1} {
			if current, until := d.Next(cell, at); current != want || until != 15*tenth {
				t.Fatalf("cell %d at %v: %v until %v, want %v until 1.5 ms", cell, at, current, until, want)
			}
		}
	}
	for _, other := range [][]float64{added(d, 300, 0, 9), added(d, 300, 0, 15), added(noise(t, "other", 5*tenth), 300, 0, 10)} {
		for i := range whole {
			if other[i] == whole[i] {
				t.Errorf("cell %d: the same noise in another interval, or of another name", i)
			}
		}
	}
}

// Of n = 200·2000 values the mean is within 4.5 sd/√n of the mean, the variance
// within 4.5 sd² √(2/n) of the variance, and correlations of cells and of
// intervals are within 4.5/√n of 0. The seed is fixed: the test passes or fails
// for good.
func TestNoiseStatistics(t *testing.T) {
	checkWhite(t, noise(t, "noise", tenth))
	checkWhite(t, noise(t, "noise", tenth).Uniform())
}

func checkWhite(t *testing.T, d *neuron.NoiseCurrent) {
	t.Helper()
	const cells, steps, n = 200, 2000, 200 * 2000
	var sum, squares, neighbours, lagged float64
	before := make([]float64, cells)
	for step := range int64(steps) {
		now := added(d, cells, 0, step)
		for i := range now {
			x := (now[i] - 10) / 3
			now[i] = x
			sum += x
			squares += x * x
			lagged += x * before[i]
			if i > 0 {
				neighbours += x * now[i-1]
			}
		}
		before = now
	}
	root := math.Sqrt(n)
	expectNear(t, "mean", sum/n, 0, 4.5/root, 1)
	expectNear(t, "variance", squares/n, 1, 4.5*math.Sqrt2/root, 1)
	expectNear(t, "correlation of neighbours", neighbours/n, 0, 4.5/root, 1)
	expectNear(t, "correlation in time", lagged/n, 0, 4.5/root, 1)
}

// Uniform noise stays within √3 sd and is found at least 1.7 sd away as often as a
// uniform number is, 1 − 1.7/√3 of the time, where normal numbers are 0.0891 of it:
// within 4.5 standard deviations of the count.
func TestUniformNoise(t *testing.T) {
	const n = 64_000
	far := 0
	for _, x := range added(noise(t, "noise", tenth).Uniform(), n, 0, 7) {
		switch away := math.Abs(x-10) / 3; {
		case away > math.Sqrt(3)+1e-12:
			t.Fatalf("%v is more than √3 standard deviations away", x)
		case away > 1.7:
			far++
		}
	}
	p := 1 - 1.7/math.Sqrt(3)
	expectNear(t, "part beyond 1.7 sd", float64(far)/n, p, 4.5*math.Sqrt(p*(1-p)/n), 1)
}

func TestNoiseIsRefused(t *testing.T) {
	for _, c := range []struct {
		sd       float64
		interval sim.Time
		want     string
	}{
		{-1, tenth, "deviation of -1"}, {math.NaN(), tenth, "deviation of NaN"}, {math.Inf(1), tenth, "deviation of +Inf"},
		{1, 0, "interval of 0 s"}, {1, tenth / 2, "multiples of the step of 100 µs"},
	} {
		if _, err := neuron.NewNoiseCurrent(1, "n", 0, c.sd, c.interval, tenth); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("sd %v, interval %v: %v", c.sd, c.interval, err)
		}
	}
}
