package spiketrain

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"

	"paracrine/sim"
)

const ms = sim.Millisecond

// A clock has the rate 1/period and no variation.
func TestClock(t *testing.T) {
	trains := NewTrains(2, 50*ms)
	for k := sim.Time(1); k <= 100; k++ {
		trains.Add(k*10*ms, 1)
	}
	rates := trains.Rates(0, 2, 1050*ms)
	// Spikes after 50 ms, up to 1000 ms: 95 of them within one second.
	if rates[0] != 0 || math.Abs(rates[1]-95) > 1e-12 {
		t.Errorf("rates %v Hz, want 0 and 95", rates)
	}
	if cv := trains.CV(0, 2); len(cv) != 1 || cv[0] != 0 {
		t.Errorf("CV %v, want one cell with 0", cv)
	}
}

// Intervals of 10 and 20 ms in turn: mean 15, and with n − 1 = 3 of 4
// deviations of 5², σ = √(100/3).
func TestCVByHand(t *testing.T) {
	trains := NewTrains(1, 0)
	for _, at := range []sim.Time{5, 15, 35, 45, 65} {
		trains.Add(at*ms, 0)
	}
	want := math.Sqrt(100.0/3) / 15
	if cv := trains.CV(0, 1); len(cv) != 1 || math.Abs(cv[0]-want) > 1e-14 {
		t.Errorf("CV %v, want %v", cv, want)
	}
}

// Poisson processes have CV 1, independent ones together Fano factor 1; gamma
// intervals of order 4 have CV 1/2.
func TestPoissonAndGamma(t *testing.T) {
	const cells, until, rate = 200, 20 * sim.Second, 20.0
	for _, c := range []struct {
		order int
		cv    float64
	}{{1, 1}, {4, 0.5}} {
		trains, activity := NewTrains(cells, 0), NewActivity(0, 2*ms)
		for cell := range uint32(cells) {
			s := sim.NewStream(3, "poisson", uint64(cell))
			for at := 0.0; ; {
				for range c.order {
					at += s.Exponential() * 1000 / rate / float64(c.order)
				}
				spike, err := sim.FromMilliseconds(at)
				if err != nil {
					t.Fatal(err)
				}
				if spike >= until {
					break
				}
				trains.Add(spike, cell)
				activity.Add(spike)
			}
		}
		// About 400 intervals a cell: the error of one cell's CV is below 5 %, of
		// the mean over 200 below 0.4 %.
		cv := stat.Mean(trains.CV(0, cells), nil)
		if math.Abs(cv-c.cv) > 0.01 {
			t.Errorf("order %d: CV %v, want %v", c.order, cv, c.cv)
		}
		mean := stat.Mean(trains.Rates(0, cells, until), nil)
		if math.Abs(mean-rate) > 0.3 { // 80000 spikes: 0.07 Hz for Poisson
			t.Errorf("order %d: rate %v Hz, want %v", c.order, mean, rate)
		}
		// 10000 bins: the error of F is √(2/10000) = 0.014. In short bins F of the
		// more regular trains is a little below 1.
		if f := Fano(activity.Counts(until)); math.Abs(f-1) > 0.06 {
			t.Errorf("order %d: Fano factor %v, want 1", c.order, f)
		}
		if p := Peak(activity.Counts(until), 2*ms); c.order == 1 && !math.IsNaN(p) {
			t.Errorf("Poisson processes have a spectral peak at %v Hz", p)
		}
	}
}

// N cells that fire together in a Poisson process have F = N; together in every
// tenth bin, F = N·(1 − 1/10) and a peak at a tenth of the bins' frequency.
func TestSynchrony(t *testing.T) {
	const cells = 40
	s := sim.NewStream(4, "bins", 0)
	together, clock := NewActivity(0, 2*ms), NewActivity(0, 2*ms)
	for bin := range 20000 {
		at := sim.Time(bin)*2*ms + ms
		for range cells {
			if bin%10 == 0 {
				clock.Add(at)
			}
		}
		if s.Float64() < 0.01 {
			for range cells {
				together.Add(at)
			}
		}
	}
	until := 40 * sim.Second
	// Bernoulli bins: F = N(1 − p) = 39.6.
	if f := Fano(together.Counts(until)); math.Abs(f-39.6) > 0.6 {
		t.Errorf("together: F %v, want 39.6", f)
	}
	if f := Fano(clock.Counts(until)); math.Abs(f-36) > 0.01 {
		t.Errorf("clock: F %v, want 36", f)
	}
	slow := NewActivity(0, 2*ms)
	for bin := range 20000 {
		at := sim.Time(bin)*2*ms + ms
		if s.Float64() < 0.5+0.4*math.Sin(2*math.Pi*23*at.Milliseconds()/1000) {
			slow.Add(at)
		}
	}
	if p := Peak(slow.Counts(until), 2*ms); math.Abs(p-23) > 0.5 { // resolution 1/(1024 × 2 ms)
		t.Errorf("peak at %v Hz, want 23", p)
	}
}

// The spike at the end of a step belongs to the bin that ends there.
func TestBins(t *testing.T) {
	a := NewActivity(10*ms, 5*ms)
	for _, at := range []sim.Time{10 * ms, 10*ms + 1, 15 * ms, 15*ms + 1, 31 * ms} {
		a.Add(at)
	}
	counts := a.Counts(34 * ms)
	want := []float64{2, 1, 0, 0}
	if len(counts) != len(want) {
		t.Fatalf("counts %v, want %v", counts, want)
	}
	for i := range want {
		if counts[i] != want[i] {
			t.Errorf("counts %v, want %v", counts, want)
		}
	}
	if rates := a.Rates(4, 34*ms); rates[0] != 100 {
		t.Errorf("2 spikes of 4 cells in 5 ms are %v Hz, want 100", rates[0])
	}
	if a.Start(2) != 20*ms {
		t.Errorf("bin 2 starts at %v", a.Start(2))
	}
}

// Without data nothing is claimed.
func TestNothing(t *testing.T) {
	trains := NewTrains(3, 100*ms)
	trains.Add(99*ms, 0)
	if r := trains.Rates(0, 1, 100*ms); !math.IsNaN(r[0]) {
		t.Errorf("rate %v before counting", r)
	}
	if cv := trains.CV(0, 3); len(cv) != 0 {
		t.Errorf("CV %v of silent cells", cv)
	}
	if f := Fano(make([]float64, 10)); !math.IsNaN(f) {
		t.Errorf("Fano factor %v of silence", f)
	}
	if p := Peak(nil, ms); !math.IsNaN(p) {
		t.Errorf("peak %v of nothing", p)
	}
	if e := Edges([]float64{math.NaN()}, 0); e != nil {
		t.Errorf("edges %v of nothing", e)
	}
}

// A measure continued from its words is the one that was not interrupted.
func TestWords(t *testing.T) {
	whole, half := NewTrains(3, 10*ms), NewTrains(3, 10*ms)
	s := sim.NewStream(5, "words", 0)
	at := sim.Time(0)
	for i := range 300 {
		if i == 150 {
			rest := NewTrains(3, 10*ms)
			if err := rest.SetWords(half.Words()); err != nil {
				t.Fatal(err)
			}
			half = rest
		}
		at += sim.Time(s.Float64() * float64(ms))
		whole.Add(at, uint32(i%3))
		half.Add(at, uint32(i%3))
	}
	for i, w := range whole.Words() {
		if half.Words()[i] != w {
			t.Fatalf("word %d differs", i)
		}
	}
	if NewTrains(2, 0).SetWords(whole.Words()) == nil {
		t.Error("words of other cells are taken")
	}
}

// Rates that are multiples of 4 Hz are not binned finer than that.
func TestLeastWidth(t *testing.T) {
	edges := Edges([]float64{52, 56, 56, 56, 56, 56, 60, 64}, 4)
	if width := edges[1] - edges[0]; width != 5 {
		t.Errorf("edges %v, want 5 apart", edges)
	}
}

// Every value is in a bar, at both ends too.
func TestHistogram(t *testing.T) {
	for _, values := range [][]float64{{3}, {0, 0, 0}, {-1, 0, 1, 10}, {0.1, 0.2, 0.3, 1e6}, {5, 5.5, 6, 6.5, 7, math.Inf(1)},
		{-3e-199}, {0, 3e-199}, {0.57, 0.58, 0.59, 0.61}, {1e299, math.Nextafter(1e299, 2e299)}} {
		edges := Edges(values, 0)
		counts := Count(edges, values)
		sum, finite := 0.0, 0
		for _, n := range counts {
			sum += n
		}
		for _, v := range values {
			if !math.IsInf(v, 0) {
				finite++
				if v < edges[0] || v > edges[len(edges)-1] {
					t.Errorf("%v lies outside %v", v, edges)
				}
			}
		}
		if int(sum) != finite || len(edges) != len(counts)+1 || len(counts) > mostBins+2 {
			t.Errorf("%v: %v between %v", values, counts, edges)
		}
	}
}
