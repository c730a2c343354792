package scenarios

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"paracrine/sim"
)

// chiSquared fails the test if the observed counts do not fit; the seeds are
// fixed, so a correct program always passes.
func chiSquared(t *testing.T, what string, observed, expected []float64) {
	t.Helper()
	limit := distuv.ChiSquared{K: float64(len(observed) - 1)}.Quantile(1 - 1e-4)
	if x := stat.ChiSquare(observed, expected); !(x < limit) {
		t.Errorf("%s: χ² = %.1f with %d bins, limit %.1f: %v, expected %v", what, x, len(observed), limit, observed, expected)
	}
}

// fitsBinomial fails the test if the number of successes in independent trials
// is improbable.
func fitsBinomial(t *testing.T, what string, successes, trials, p float64) {
	t.Helper()
	chiSquared(t, what, []float64{successes, trials - successes}, []float64{trials * p, trials * (1 - p)})
}

// spikesIn draws one part of an input of 8 channels and 5000 steps.
func spikesIn(g group, d during, spikes string, rate float64) []float64 {
	trial := Trial{Input: make([]float64, 8*5000)}
	trial.Input[3] = 7 // of the trial before
	in := newSpikeInput(&trial, 8, spikes, 1, sim.NewStream(1, "a test", 0))
	in.fire(g, d, rate)
	return trial.Input
}

// Bernoulli spikes are as probable at every step of every channel of their
// group, whatever was before them and beside them; there are none elsewhere.
func TestBernoulliSpikes(t *testing.T) {
	const p = 0.2
	g, d := group{2, 6}, during{500, 4500}
	input := spikesIn(g, d, bernoulliSpikes, 1000*p)
	at := func(step, channel int) float64 { return input[step*8+channel] }
	channel, beside, before := make([]float64, 4), make([]float64, 4), make([]float64, 4)
	outside := 0.0
	for step := range 5000 {
		for c := range 8 {
			x := at(step, c)
			if step < d.from || step >= d.to || c < g.from || c >= g.to {
				outside += x
				continue
			}
			if x != 0 && x != 1 {
				t.Fatalf("%v spikes at a step", x)
			}
			channel[c-g.from] += x
			if c+1 < g.to && c%2 == 0 {
				beside[int(2*x+at(step, c+1))]++
			}
			if step%2 == 0 {
				before[int(2*x+at(step+1, c))]++
			}
		}
	}
	if outside != 0 {
		t.Errorf("%v spikes elsewhere", outside)
	}
	for c, n := range channel {
		fitsBinomial(t, fmt.Sprintf("channel %d", c), n, 4000, p)
	}
	pairs := func(n float64) []float64 {
		return []float64{n * (1 - p) * (1 - p), n * (1 - p) * p, n * p * (1 - p), n * p * p}
	}
	chiSquared(t, "channels side by side", beside, pairs(8000))
	chiSquared(t, "steps one after the other", before, pairs(8000))
}

// Poisson spikes are counts with the Poisson distribution, above 1 as well.
func TestPoissonSpikes(t *testing.T) {
	const mean = 0.7
	g, d := group{2, 6}, during{500, 4500}
	input := spikesIn(g, d, poissonSpikes, 1000*mean)
	observed := make([]float64, 6) // the last: 5 or more
	total, inside := 0.0, 0.0
	for i, x := range input {
		total += x
		if step, c := i/8, i%8; step >= d.from && step < d.to && c >= g.from && c < g.to {
			observed[min(int(x), 5)]++
			inside += x
		}
	}
	if total != inside {
		t.Errorf("%v spikes elsewhere", total-inside)
	}
	poisson := distuv.Poisson{Lambda: mean}
	expected := make([]float64, 6)
	for k := range 5 {
		expected[k] = 16000 * poisson.Prob(float64(k))
	}
	expected[5] = 16000 * (1 - poisson.CDF(4))
	chiSquared(t, "counts", observed, expected)
}

func TestSpikesAtTheEndsOfTheirRange(t *testing.T) {
	const entries = 8 * 50
	for _, c := range []struct {
		spikes     string
		rate, mean float64
		sd         float64
	}{
		{bernoulliSpikes, 0, 0, 0},
		{bernoulliSpikes, 1000, 1, 0},
		{poissonSpikes, 0, 0, 0},
		{poissonSpikes, 1000 * mostPoisson, mostPoisson, math.Sqrt(mostPoisson / entries)},
	} {
		mean := 0.0
		for _, x := range spikesIn(group{0, 8}, during{100, 150}, c.spikes, c.rate) {
			mean += x / entries
		}
		if math.Abs(mean-c.mean) > 4*c.sd+1e-9 {
			t.Errorf("%s at %v Hz: %v spikes at a step, want %v", c.spikes, c.rate, mean, c.mean)
		}
	}
}
