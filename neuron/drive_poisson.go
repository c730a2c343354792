package neuron

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"

	"paracrine/sim"
)

// PoissonDrive is an independent Poisson spike train for every cell: in a step
// the number of spikes is Poisson-distributed with mean rate·dt, and each adds
// the weight. Probabilities are held as multiples of 2⁻³².
type PoissonDrive struct {
	field  sim.Field
	weight float64
	rate   float64 // spikes per ps
	// below[k] is 2³² times the probability of at most least+k spikes; the last
	// is 2³². The spikes of a word w are those of the first k with w < below[k].
	below []uint64
	add   []float64 // weight × spikes, of each element of below
	// begin[w>>20] is where the search for k begins. It also ends there, which
	// the processor can guess, for all words but those among which below lies.
	begin [1 << 12]uint16

	seed    uint64
	purpose sim.Purpose
	streams []sim.Stream // per cell that receives spikes at exact times
	next    []float64    // the bits of the time of its next spike
	drawn   []float64    // how many words of its stream have been drawn
}

// mostPoissonMean bounds the spikes expected in a step; more is a current.
const mostPoissonMean = 1e6

// NewPoissonDrive makes a drive of the given rate (Hz) and weight for grid
// populations of the given step. The name tells its random numbers from those of
// other drives. The error names the rate and what is allowed.
func NewPoissonDrive(seed uint64, name string, rate, weight float64, step sim.Time) (*PoissonDrive, error) {
	mean := rate * step.Milliseconds() / 1000
	if !(rate >= 0 && mean <= mostPoissonMean) {
		return nil, fmt.Errorf("a rate of %g Hz; allowed are 0 to %g Hz, %g spikes in a step", rate, mostPoissonMean/step.Milliseconds()*1000, mostPoissonMean)
	}
	purpose := sim.Purpose(name + " spikes")
	d := &PoissonDrive{field: sim.NewField(seed, purpose), weight: weight, rate: rate / float64(sim.Second), seed: seed, purpose: purpose}
	d.tabulate(mean)
	return d, nil
}

// tabulate makes the inverse of the distribution function.
func (d *PoissonDrive) tabulate(mean float64) {
	const certain = 1 << 32
	least := 0
	if mean > 50 { // below this many the probability is less than 2⁻³²
		least = int(math.Max(0, mean-8*math.Sqrt(mean)-20))
	}
	for k := least; ; k++ {
		p := 1.0
		if mean > 0 {
			p = mathext.GammaIncRegComp(float64(k+1), mean) // P(at most k)
		}
		below := uint64(math.Round(p * certain))
		if float64(k) > mean && below >= certain {
			below = certain
		}
		d.below, d.add = append(d.below, below), append(d.add, d.weight*float64(k))
		if below >= certain {
			break
		}
	}
	k := uint16(0)
	for top := range d.begin {
		for uint64(top)<<20 >= d.below[k] {
			k++
		}
		d.begin[top] = k
	}
}

// fieldWords is how many cells' random words are made at a time.
const fieldWords = 512

// Add draws the spikes of a step.
func (d *PoissonDrive) Add(dst []float64, first int, step int64) {
	var words [fieldWords]uint32
	for len(dst) > 0 {
		n := min(len(dst), fieldWords)
		d.field.Fill(words[:n], first, step)
		d.addWords(dst[:n], words[:n])
		dst, first = dst[n:], first+n
	}
}

func (d *PoissonDrive) addWords(dst []float64, words []uint32) {
	below, add := d.below, d.add
	for i, word := range words {
		k := d.begin[word>>20]
		for uint64(word) >= below[k] {
			k++
		}
		dst[i] += add[k]
	}
}

// Reserve makes room for cells that receive spikes at exact times.
func (d *PoissonDrive) Reserve(cells int) {
	d.streams = make([]sim.Stream, cells)
	d.next, d.drawn = make([]float64, cells), make([]float64, cells)
	for i := range d.streams {
		d.streams[i].Reset(d.seed, d.purpose, uint64(i))
		d.setNext(i, d.after(i, 0))
	}
}

func (d *PoissonDrive) setNext(cell int, t sim.Time) {
	d.next[cell] = math.Float64frombits(uint64(t))
	d.drawn[cell] = float64(d.streams[cell].State())
}

// after draws the time of the spike of a cell that follows one at a time.
func (d *PoissonDrive) after(cell int, at sim.Time) sim.Time {
	if d.rate == 0 {
		return sim.MaxTime
	}
	wait := d.streams[cell].Exponential() / d.rate
	if !(wait < float64(sim.MaxTime-at)/2) {
		return sim.MaxTime
	}
	return at + max(1, sim.Time(math.Round(wait)))
}

// Arrivals appends the spikes of a cell after from and up to until.
func (d *PoissonDrive) Arrivals(cell int, _, until sim.Time, arrivals []Arrival) []Arrival {
	next := sim.Time(math.Float64bits(d.next[cell]))
	if next > until {
		return arrivals
	}
	if drawn := uint64(d.drawn[cell]); drawn != d.streams[cell].State() {
		d.streams[cell].SetState(drawn) // the state was restored
	}
	for next <= until {
		arrivals = append(arrivals, Arrival{Time: next, Weight: d.weight})
		next = d.after(cell, next)
	}
	d.setNext(cell, next)
	return arrivals
}

// State is the progress of the spikes at exact times.
func (d *PoissonDrive) State() []State {
	return []State{{"next spike", d.next, nil}, {"words drawn", d.drawn, nil}}
}
