package neuron

import (
	"fmt"
	"math"

	"paracrine/sim"
)

// NoiseCurrent is white noise, independent in every cell: a current that is drawn anew
// at every interval and holds until the next,
//
//	I(t) = mean + sd ξ_k,    k interval ≤ t < (k+1) interval,
//
// where ξ_k ~ N(0, 1) or, of a uniform one, U(−√3, √3), of the same variance.
//
// Its spectral density at low frequencies is sd² interval, so the fluctuations
// of a potential grow with the interval. What a cell receives depends on the
// seed, the name, the cell and k alone.
type NoiseCurrent struct {
	mean, sd       float64 // in the unit of the channel (pA)
	uniform        bool
	interval, step sim.Time
	seed           uint64
	purpose        sim.Purpose
}

// NewNoiseCurrent makes Gaussian noise for grid populations of the given step, of which
// the interval must be a multiple; a step of 0 is none. The name tells its random
// numbers from those of other drives. The error names what was given and what is
// allowed.
func NewNoiseCurrent(seed uint64, name string, mean, sd float64, interval, step sim.Time) (*NoiseCurrent, error) {
	switch {
	case !(sd >= 0) || math.IsInf(sd, 0):
		return nil, fmt.Errorf("a standard deviation of %g: allowed are values from 0", sd)
	case interval <= 0:
		return nil, fmt.Errorf("an interval of %v: allowed are times above 0", interval)
	case step > 0 && interval%step != 0:
		return nil, fmt.Errorf("an interval of %v: allowed are multiples of the step of %v", interval, step)
	}
	return &NoiseCurrent{mean, sd, false, interval, step, seed, sim.Purpose(name + " current")}, nil
}

// Uniform makes the noise uniform, between ±√3 sd about its mean, and returns it.
func (d *NoiseCurrent) Uniform() *NoiseCurrent {
	d.uniform = true
	return d
}

// draw is the next ξ of a stream.
func (d *NoiseCurrent) draw(s *sim.Stream) float64 {
	if d.uniform {
		return 2 * math.Sqrt(3) * (s.Float64() - 0.5)
	}
	return s.Normal()
}

const (
	// noiseGroup is how many cells draw from one stream, one after the other.
	noiseGroup = 64
	// noiseWords is how many words of its stream a group has for an interval; a
	// normal number takes hardly more than one, a uniform one one.
	noiseWords = 4 * noiseGroup
)

// Add adds the noise of the interval that holds the step.
func (d *NoiseCurrent) Add(dst []float64, first int, step int64) {
	k := int64(sim.Time(step) * d.step / d.interval)
	for len(dst) > 0 {
		n := min(noiseGroup-first%noiseGroup, len(dst))
		d.add(dst[:n], first, k)
		dst, first = dst[n:], first+n
	}
}

// add adds the noise of interval k to cells of one group.
func (d *NoiseCurrent) add(dst []float64, first int, k int64) {
	var stream sim.Stream
	stream.Reset(d.seed, d.purpose, uint64(first/noiseGroup))
	stream.SetState(uint64(k) * noiseWords)
	for range first % noiseGroup {
		d.draw(&stream)
	}
	for i := range dst {
		dst[i] += d.mean + float64(d.sd*d.draw(&stream))
	}
}

// Next is the current of a cell at a time and when the next is drawn.
func (d *NoiseCurrent) Next(cell int, from sim.Time) (current float64, until sim.Time) {
	k := from / d.interval
	var value [1]float64
	d.add(value[:], cell, int64(k))
	if k >= sim.MaxTime/d.interval {
		return value[0], sim.MaxTime
	}
	return value[0], (k + 1) * d.interval
}
