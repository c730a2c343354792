package neuron

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"paracrine/sim"
)

// Counts follow the Poisson distribution (chi-squared over the counts expected
// at least ten times), for means below and above one and where the table begins
// above zero.
func TestPoissonDriveCounts(t *testing.T) {
	for _, rate := range []float64{0.5e3, 20e3, 700e3, 5e6} { // Hz; 0.05 to 500 a step
		d, err := NewPoissonDrive(7, "external", rate, 2, sim.Millisecond/10)
		if err != nil {
			t.Fatal(err)
		}
		const cells, steps = 1000, 200
		mean := rate * 1e-4
		counts := map[int]float64{}
		for step := range int64(steps) {
			dst := make([]float64, cells)
			d.Add(dst, 0, step)
			for _, x := range dst {
				counts[int(x/2)]++
			}
		}
		chi, classes, rest := 0.0, 0, float64(cells*steps)
		for k := 0; float64(k) < 2*mean+100; k++ {
			expected := cells * steps * distuv.Poisson{Lambda: mean}.Prob(float64(k))
			if expected >= 10 {
				chi += (counts[k] - expected) * (counts[k] - expected) / expected
				classes++
				rest -= counts[k]
			}
		}
		p := distuv.ChiSquared{K: float64(classes)}.Survival(chi)
		if p < 1e-4 || rest > 0.01*cells*steps {
			t.Errorf("mean %v: chi-squared %.1f in %d classes (p = %.2g), %v outside", mean, chi, classes, p, rest)
		}
	}
}

// What a cell receives does not depend on how cells are grouped.
func TestPoissonDriveParts(t *testing.T) {
	d, err := NewPoissonDrive(7, "external", 20e3, 1, sim.Millisecond/10)
	if err != nil {
		t.Fatal(err)
	}
	whole := make([]float64, 1500)
	d.Add(whole, 0, 3)
	for _, cut := range []int{1, 8, 511, 513, 1499} {
		left, right := make([]float64, cut), make([]float64, len(whole)-cut)
		d.Add(right, cut, 3)
		d.Add(left, 0, 3)
		for i, x := range slices.Concat(left, right) {
			if x != whole[i] {
				t.Fatalf("cut at %d: cell %d receives %v, else %v", cut, i, x, whole[i])
			}
		}
	}
}

// At exact times the intervals are exponential: mean and standard deviation are
// one over the rate; and asking in pieces changes nothing.
func TestPoissonDriveArrivals(t *testing.T) {
	const rate, cells = 100.0, 200 // Hz
	collect := func(piece sim.Time) (all []Arrival) {
		d, err := NewPoissonDrive(3, "external", rate, 1.5, sim.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		d.Reserve(cells)
		for cell := range cells {
			for from := sim.Time(0); from < 10*sim.Second; from += piece {
				all = d.Arrivals(cell, from, from+piece, all)
			}
		}
		return all
	}
	whole, pieces := collect(10*sim.Second), collect(sim.Second/4)
	if len(whole) != len(pieces) {
		t.Fatalf("%d arrivals in one piece, %d in forty", len(whole), len(pieces))
	}
	var sum, square, n float64
	for i, a := range whole {
		if a != pieces[i] {
			t.Fatalf("arrival %d: %v, in pieces %v", i, a, pieces[i])
		}
		if i > 0 && a.Time > whole[i-1].Time {
			interval := (a.Time - whole[i-1].Time).Milliseconds()
			sum, square, n = sum+interval, square+interval*interval, n+1
		}
	}
	mean := sum / n
	sd := math.Sqrt(square/n - mean*mean)
	// 200 000 intervals: the mean is known to 0.022 ms, the deviation to 0.03.
	if math.Abs(mean-10) > 0.1 || math.Abs(sd-10) > 0.15 {
		t.Errorf("intervals of %.3f ± %.3f ms, want 10 ± 10", mean, sd)
	}
}

func TestPoissonDriveRefuses(t *testing.T) {
	for _, rate := range []float64{-1, math.NaN(), math.Inf(1), 1e12} {
		if _, err := NewPoissonDrive(1, "x", rate, 1, sim.Millisecond); err == nil {
			t.Errorf("a rate of %v Hz is taken", rate)
		}
	}
	d, err := NewPoissonDrive(1, "x", 0, 1, sim.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]float64, 100)
	d.Add(dst, 0, 0)
	for _, x := range dst {
		if x != 0 {
			t.Fatal("spikes at a rate of 0 Hz")
		}
	}
}

func BenchmarkPoissonDrive(b *testing.B) {
	d, err := NewPoissonDrive(1, "external", 20e3, 0.1, sim.Millisecond/10)
	if err != nil {
		b.Fatal(err)
	}
	dst := make([]float64, 512)
	for step := int64(0); b.Loop(); step++ {
		d.Add(dst, 0, step)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(dst)), "ns/cell")
}
