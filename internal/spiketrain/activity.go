package spiketrain

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/stat"

	"paracrine/sim"
)

// Activity is the number of spikes of a population in bins of equal width: bin
// k holds those at times from+k·width < t ≤ from+(k+1)·width, so that the spike
// at the end of a step counts with that step.
type Activity struct {
	from, width sim.Time
	counts      []float64
}

// NewActivity counts from a time on in bins of a width, which must be positive.
func NewActivity(from, width sim.Time) *Activity { return &Activity{from: from, width: width} }

// Add counts a spike.
func (a *Activity) Add(at sim.Time) {
	if at <= a.from {
		return
	}
	bin := int((at - a.from - 1) / a.width)
	a.reach(bin + 1)
	a.counts[bin]++
}

// reach makes at least so many bins.
func (a *Activity) reach(bins int) {
	if missing := bins - len(a.counts); missing > 0 {
		a.counts = append(a.counts, make([]float64, missing)...)
	}
}

// Width is that of a bin.
func (a *Activity) Width() sim.Time { return a.width }

// Start is where a bin begins.
func (a *Activity) Start(bin int) sim.Time { return a.from + sim.Time(bin)*a.width }

// Counts are the spikes in every bin that is complete at a time.
func (a *Activity) Counts(until sim.Time) []float64 {
	whole := int(max(0, until-a.from) / a.width)
	a.reach(whole)
	return a.counts[:whole]
}

// Rates are the mean rates, in Hz, of a population's cells in every bin that is
// complete at a time.
func (a *Activity) Rates(cells int, until sim.Time) []float64 {
	counts := a.Counts(until)
	rates := make([]float64, len(counts))
	for i, n := range counts {
		rates[i] = n / (float64(cells) * a.width.Milliseconds() / 1000)
	}
	return rates
}

// All are the counts of all bins, complete or not, for a checkpoint.
func (a *Activity) All() []float64 { return a.counts }

// SetAll continues from what All returned.
func (a *Activity) SetAll(counts []float64) { a.counts = counts }

// Fano is the variance of counts over their mean,
//
//	F = Var(n) / ⟨n⟩
//
// the index of dispersion (Cox & Lewis, The Statistical Analysis of Series of
// Events, 1966). For the activity of a population it measures synchrony: the
// superposition of many independent trains is close to Poisson and has F ≈ 1
// in bins that are short against the intervals of a cell; N cells that fire
// together have F up to N. It is not a number without two bins and a spike.
func Fano(counts []float64) float64 {
	if len(counts) < 2 {
		return math.NaN()
	}
	mean, variance := stat.MeanVariance(counts, nil)
	if mean == 0 {
		return math.NaN()
	}
	return variance / mean
}

// leastPeriods is how often an oscillation must fit into the record to be told
// from a drift, and peakFactor by how much its power must exceed the mean: the
// largest of hundreds of independent bins of a flat spectrum, each exponential,
// stays below it (a chance of 1 in 1000 per 20 bins at ln 20000 ≈ 10).
const (
	leastPeriods = 4
	peakFactor   = 10
)

// segment is the most bins of one periodogram; longer records are averaged.
const segment = 1024

// Peak is the frequency, in Hz, at which the power of counts in bins of a width
// is largest, by Welch's method (IEEE Trans. Audio Electroacoust. 15, 1967)
// with segments that do not overlap. Without a clear peak it is not a number.
func Peak(counts []float64, width sim.Time) float64 {
	n := min(segment, len(counts))
	if n < 4*leastPeriods {
		return math.NaN()
	}
	power := periodogram(counts, n)
	best, sum := leastPeriods, 0.0
	for k := leastPeriods; k < len(power); k++ {
		sum += power[k]
		if power[k] > power[best] {
			best = k
		}
	}
	mean := sum / float64(len(power)-leastPeriods)
	if mean == 0 || power[best] < peakFactor*mean {
		return math.NaN()
	}
	return float64(best) / (float64(n) * width.Milliseconds() / 1000)
}

// periodogram is the mean power of segments of n bins, from zero frequency up.
func periodogram(counts []float64, n int) []float64 {
	transform := fourier.NewFFT(n)
	power := make([]float64, n/2+1)
	centred := make([]float64, n)
	for at := 0; at+n <= len(counts); at += n {
		part := counts[at : at+n]
		mean := stat.Mean(part, nil)
		for i, c := range part {
			// Hann's window keeps strong slow parts out of the other bins.
			centred[i] = (c - mean) * (0.5 - float64(0.5*math.Cos(2*math.Pi*float64(i)/float64(n))))
		}
		for k, c := range transform.Coefficients(nil, centred) {
			size := cmplx.Abs(c)
			power[k] += float64(size * size)
		}
	}
	return power
}
