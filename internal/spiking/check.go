package spiking

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"paracrine/sim"
)

// NonFiniteError says that a quantity of a cell is no longer a finite number.
type NonFiniteError struct {
	Population string
	Cell       int // of the population
	Quantity   string
	Value      float64
	Time       sim.Time // the end of the step
}

// Error names population, cell, quantity and time.
func (e *NonFiniteError) Error() string {
	return fmt.Sprintf("%s of cell %d of %s became %v at %v", e.Quantity, e.Cell, e.Population, e.Value, e.Time)
}

// RunawayError says that a population fires faster than allowed.
type RunawayError struct {
	Population  string
	Rate, Limit float64  // Hz
	Span        sim.Time // over which the rate is taken
	Time        sim.Time // its end
}

// Error names population, rate, time and limit.
func (e *RunawayError) Error() string {
	return fmt.Sprintf("%s fired at %.0f Hz in the %v before %v: the network runs away (limit %g Hz)", e.Population, e.Rate, e.Span, e.Time, e.Limit)
}

// check looks for values of a block that are not finite.
func (n *Network) check(p *population, b *block, step int64) error {
	for _, w := range b.watched {
		if !finite(w.Values) {
			return n.nonFinite(p, b.from, w.Name, w.Values, sim.Time(step+1)*n.spec.Step)
		}
	}
	return nil
}

// checkExact looks for values of a share that are not finite.
func (n *Network) checkExact(p *population, s *share) error {
	for _, state := range p.exact.State()[:len(p.Model.Variables)] {
		if values := state.Values[s.from:s.to]; !finite(values) {
			return n.nonFinite(p, s.from, state.Name, values, n.now)
		}
	}
	return nil
}

func (n *Network) nonFinite(p *population, first int, name string, values []float64, at sim.Time) error {
	for i, x := range values {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return &NonFiniteError{Population: p.Name, Cell: first + i, Quantity: name, Value: x, Time: at}
		}
	}
	return nil
}

// finite reports whether all values are: x − x is 0 for those and NaN for the
// others. Four sums do not wait for each other.
func finite(values []float64) bool {
	var a, b, c, d float64
	for ; len(values) >= 4; values = values[4:] {
		a += values[0] - values[0]
		b += values[1] - values[1]
		c += values[2] - values[2]
		d += values[3] - values[3]
	}
	for _, x := range values {
		a += x - x
	}
	return a+b+c+d == 0
}

// runawaySpan is how long, or a window longer, a rate is averaged before it
// stops a run.
const runawaySpan = 50 * sim.Millisecond

// watchRates stops a run of which a population fires faster than allowed.
func (n *Network) watchRates() error {
	if n.Runaway == 0 {
		return nil
	}
	for k, p := range n.populations {
		spikes := 0
		for _, step := range n.sources {
			spikes += len(step[k])
		}
		at := int((n.now-1)/n.window) % len(p.recent)
		if (n.now-n.span)%n.window == 0 {
			p.recent[at] = 0
		}
		p.recent[at] += float64(spikes)
		span := sim.Time(len(p.recent)) * n.window
		rate := floats.Sum(p.recent) / float64(p.Cells) / span.Milliseconds() * 1000
		if n.now >= span && rate > n.Runaway {
			return &RunawayError{Population: p.Name, Rate: rate, Limit: n.Runaway, Span: span, Time: n.now}
		}
	}
	return nil
}
