package sim

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// The seeds are fixed, so these tests cannot fail by chance. Their bounds are
// those a right generator exceeds with a probability below 1e-4.
const sampleSize = 200_000

// sample returns n numbers of a distribution in ascending order.
func sample(n int, draw func(*Stream) float64) []float64 {
	s := NewStream(20, "distributions", 0)
	x := make([]float64, n)
	for i := range x {
		x[i] = draw(s)
	}
	slices.Sort(x)
	return x
}

// quantiler is what the continuous distributions of distuv are.
type quantiler interface {
	Quantile(p float64) float64
	Mean() float64
	Variance() float64
	Skewness() float64
	ExKurtosis() float64
}

func TestContinuousDistributions(t *testing.T) {
	for _, c := range []struct {
		name string
		draw func(*Stream) float64
		want quantiler
		tail float64 // standard error of the fourth moment, in units of n^-½
	}{
		{"Float64", (*Stream).Float64, distuv.Uniform{Min: 0, Max: 1}, 2},
		{"Normal", (*Stream).Normal, distuv.UnitNormal, math.Sqrt(24)},
		{"Exponential", (*Stream).Exponential, distuv.Exponential{Rate: 1}, 150},
	} {
		x := sample(sampleSize, c.draw)
		exact := make([]float64, len(x))
		for i := range exact {
			exact[i] = c.want.Quantile((float64(i) + 0.5) / sampleSize)
		}
		// Kolmogorov: P(D √n > 2.23) = 1e-4.
		if d := stat.KolmogorovSmirnov(x, nil, exact, nil); d*math.Sqrt(sampleSize) > 2.23 {
			t.Errorf("%s: Kolmogorov–Smirnov distance %v", c.name, d)
		}
		mean, variance := stat.MeanVariance(x, nil)
		sd := math.Sqrt(c.want.Variance())
		within(t, c.name+" mean", mean, c.want.Mean(), 4*sd/math.Sqrt(sampleSize))
		within(t, c.name+" variance", variance, c.want.Variance(),
			4*c.want.Variance()*math.Sqrt((c.want.ExKurtosis()+2)/sampleSize))
		within(t, c.name+" skewness", stat.Skew(x, nil), c.want.Skewness(), 4*c.tail/math.Sqrt(sampleSize))
		within(t, c.name+" kurtosis", stat.ExKurtosis(x, nil), c.want.ExKurtosis(), 4*c.tail/math.Sqrt(sampleSize))
	}
}

func within(t *testing.T, name string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %v, want %v ± %v", name, got, want, tolerance)
	}
}

// Each part of the ziggurat, tail and top included, gets its share: bins as
// fine as the layers, and beyond the last one.
func TestNormalInEveryLayer(t *testing.T) {
	const n = 1_000_000
	edges := []float64{zigguratR + 0.6, zigguratR + 0.3}
	for i := range ziggurat {
		if edge := ziggurat[i].inside; i%8 == 0 && edge > 0 {
			edges = append(edges, edge)
		}
	}
	slices.Sort(edges)
	signed := make([]float64, 0, 2*len(edges))
	for _, e := range edges {
		signed = append(signed, -e, e)
	}
	slices.Sort(signed)
	observed, expected := make([]float64, len(signed)+1), make([]float64, len(signed)+1)
	s := NewStream(21, "layers", 0)
	for range n {
		bin, _ := slices.BinarySearch(signed, s.Normal())
		observed[bin]++
	}
	below := 0.0
	for i := range expected {
		upto := 1.0
		if i < len(signed) {
			upto = distuv.UnitNormal.CDF(signed[i])
		}
		expected[i], below = n*(upto-below), upto
	}
	chiSquared(t, "Normal", observed, expected)
}

// chiSquared fails the test if the observed counts do not fit.
func chiSquared(t *testing.T, name string, observed, expected []float64) {
	t.Helper()
	limit := distuv.ChiSquared{K: float64(len(observed) - 1)}.Quantile(1 - 1e-4)
	if x := stat.ChiSquare(observed, expected); !(x < limit) {
		t.Errorf("%s: χ² = %.1f with %d bins, limit %.1f", name, x, len(observed), limit)
	}
}

func TestZigguratLayersHaveEqualArea(t *testing.T) {
	tail := math.Sqrt(math.Pi/2) * math.Erfc(zigguratR/math.Sqrt2)
	within(t, "area of the base", zigguratR*math.Exp(-zigguratR*zigguratR/2)+tail, zigguratArea, 1e-17)
	for i := 1; i < zigguratLayers; i++ {
		layer := ziggurat[i]
		within(t, fmt.Sprintf("area of layer %d", i), layer.scale*0x1p53*layer.rise, zigguratArea, 1e-14)
		within(t, fmt.Sprintf("top of layer %d", i), layer.low+layer.rise, math.Exp(-layer.inside*layer.inside/2), 1e-13)
	}
}

func TestIntN(t *testing.T) {
	for _, n := range []int{1, 2, 7, 1000} {
		s := NewStream(22, "integers", uint64(n))
		observed, expected := make([]float64, n), make([]float64, n)
		for range 100 * n {
			observed[s.IntN(n)]++
		}
		for i := range expected {
			expected[i] = 100
		}
		if n > 1 {
			chiSquared(t, fmt.Sprintf("IntN(%d)", n), observed, expected)
		}
	}
	// With 3/4 of the words' range an uncorrected product would favour thirds.
	const n = 3 << 61
	s := NewStream(22, "integers", 0)
	observed, expected := make([]float64, 3), []float64{1e5, 1e5, 1e5}
	for range 300_000 {
		observed[s.IntN(n)%3]++
	}
	chiSquared(t, "IntN(3·2⁶¹) mod 3", observed, expected)
}

func TestPoisson(t *testing.T) {
	for _, mean := range []float64{0, 0.1, 3, 9.99, 10, 11.5, 40, 1000, 1e6} {
		s := NewStream(23, "counts", math.Float64bits(mean))
		x := make([]float64, sampleSize)
		for i := range x {
			x[i] = float64(s.Poisson(mean))
		}
		m, v := stat.MeanVariance(x, nil)
		within(t, fmt.Sprintf("Poisson(%v) mean", mean), m, mean, 4*math.Sqrt(mean/sampleSize))
		within(t, fmt.Sprintf("Poisson(%v) variance", mean), v, mean, 4*math.Sqrt((mean+2*mean*mean)/sampleSize))
		if mean > 0 && mean <= 1000 {
			poissonChiSquared(t, mean, x)
		}
	}
}

// poissonChiSquared compares counts one by one where at least ten are expected.
func poissonChiSquared(t *testing.T, mean float64, x []float64) {
	law := distuv.Poisson{Lambda: mean}
	counts := make(map[float64]float64)
	for _, k := range x {
		counts[k]++
	}
	var observed, expected []float64
	restObserved, restExpected := float64(len(x)), float64(len(x))
	for k := 0.; k < 2*mean+50; k++ {
		if e := law.Prob(k) * float64(len(x)); e >= 10 {
			observed, expected = append(observed, counts[k]), append(expected, e)
			restObserved -= counts[k]
			restExpected -= e
		}
	}
	chiSquared(t, fmt.Sprintf("Poisson(%v)", mean), append(observed, restObserved), append(expected, restExpected))
}

// Every order of four things comes up equally often.
func TestPermutationsAreFair(t *testing.T) {
	s := NewStream(24, "orders", 0)
	const rounds = 24_000
	for name, permute := range map[string]func(p []int){
		"Perm": func(p []int) { s.Perm(p) },
		"Shuffle": func(p []int) {
			for i := range p {
				p[i] = i
			}
			s.Shuffle(len(p), func(i, j int) { p[i], p[j] = p[j], p[i] })
		},
	} {
		counts := make(map[[4]int]float64)
		for range rounds {
			var p [4]int
			permute(p[:])
			counts[p]++
		}
		observed, expected := make([]float64, 0, 24), make([]float64, 0, 24)
		for _, n := range counts {
			observed, expected = append(observed, n), append(expected, rounds/24)
		}
		if len(observed) != 24 {
			t.Fatalf("%s: %d of 24 orders", name, len(observed))
		}
		chiSquared(t, name, observed, expected)
	}
}

// Streams of neighbouring indices, and successive numbers of one, are not
// correlated.
func TestStreamsAreUncorrelated(t *testing.T) {
	const n = 100_000
	a, b := NewStream(25, "neighbours", 0), NewStream(25, "neighbours", 1)
	x, y := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i], y[i] = a.Normal(), b.Normal()
	}
	bound := 4 / math.Sqrt(n)
	within(t, "correlation of neighbours", stat.Correlation(x, y, nil), 0, bound)
	for _, lag := range []int{1, 2, 7, 8} {
		within(t, fmt.Sprintf("correlation at lag %d", lag), stat.Correlation(x[lag:], x[:n-lag], nil), 0, bound)
	}
}
