package spiketrain

import (
	"fmt"
	"math"

	"paracrine/sim"
)

// Trains measures every cell's train from a time on, in constant memory: how
// many spikes, and the mean and variance of the intervals between them.
type Trains struct {
	from  sim.Time
	cells []train
}

// train is one cell. Mean and variance are updated by Welford's recurrence
// (Technometrics 4, 1962), which loses no digits to large sums.
type train struct {
	spikes     uint64
	last       sim.Time // of the spikes counted
	mean       float64  // of the intervals, ms
	deviations float64  // Σ (interval − mean)², ms²
}

// NewTrains measures as many cells after a time: a warm-up up to it leaves
// no mark.
func NewTrains(cells int, from sim.Time) *Trains {
	return &Trains{from: from, cells: make([]train, cells)}
}

// Add counts a spike. A cell's spikes must come in order of time.
func (t *Trains) Add(at sim.Time, cell uint32) {
	if at <= t.from {
		return
	}
	c := &t.cells[cell]
	if c.spikes > 0 {
		interval := (at - c.last).Milliseconds()
		change := interval - c.mean
		c.mean += change / float64(c.spikes)
		c.deviations += float64(change * (interval - c.mean))
	}
	c.spikes++
	c.last = at
}

// Rates are the rates, in Hz, of the cells from first to first+count at a time
// when all spikes before it have been added. They are not a number before
// counting has begun.
func (t *Trains) Rates(first, count int, until sim.Time) []float64 {
	seconds := (until - t.from).Milliseconds() / 1000
	rates := make([]float64, count)
	for i := range rates {
		rates[i] = math.NaN()
		if seconds > 0 {
			rates[i] = float64(t.cells[first+i].spikes) / seconds
		}
	}
	return rates
}

// leastIntervals is how many intervals a coefficient of variation needs.
const leastIntervals = 2

// CV are the coefficients of variation of the intervals between spikes,
//
//	CV = σ/μ,  σ² = Σ (interval − μ)² / (n − 1)
//
// of the cells from first to first+count that have at least two intervals: 0
// for a clock, 1 for a Poisson process. Over n intervals of a Poisson process
// the mean of CV² is n/(n+1), so that few intervals show as too regular.
func (t *Trains) CV(first, count int) []float64 {
	var all []float64
	for _, c := range t.cells[first : first+count] {
		if c.spikes <= leastIntervals || c.mean <= 0 {
			continue
		}
		all = append(all, math.Sqrt(c.deviations/float64(c.spikes-2))/c.mean)
	}
	return all
}

// Words are all that was measured, for a checkpoint.
func (t *Trains) Words() []uint64 {
	words := make([]uint64, 0, wordsPerCell*len(t.cells))
	for _, c := range t.cells {
		words = append(words, c.spikes, uint64(c.last), math.Float64bits(c.mean), math.Float64bits(c.deviations))
	}
	return words
}

const wordsPerCell = 4

// SetWords continues from what Words returned for as many cells.
func (t *Trains) SetWords(words []uint64) error {
	if len(words) != wordsPerCell*len(t.cells) {
		return fmt.Errorf("spike trains of %d words, not %d for %d cells", len(words), wordsPerCell*len(t.cells), len(t.cells))
	}
	for i := range t.cells {
		w := words[wordsPerCell*i:]
		t.cells[i] = train{w[0], sim.Time(w[1]), math.Float64frombits(w[2]), math.Float64frombits(w[3])}
	}
	return nil
}

// Spikes is how many spikes of the cells from first to first+count were
// counted.
func (t *Trains) Spikes(first, count int) uint64 {
	sum := uint64(0)
	for _, c := range t.cells[first : first+count] {
		sum += c.spikes
	}
	return sum
}
