package trial

import (
	"cmp"
	"fmt"
	"math"
	"sync"

	"paracrine/learning"
	"paracrine/neuron"
)

// Continuous runs a sparse network that learns online, in one run without end.
// Shares of the network are dealt out to workers; whatever their number, every
// sum over shares is taken in the same order.
type Continuous struct {
	Learner *learning.Online
	Workers int // 0 is 1

	net    *learning.SparseNetwork
	shares []part
	rate   []float64 // N: z
	before []float64 // N: z one step ago
	psi    []float64 // N
	fired  []int     // cells with z ≠ 0, and the inputs after them
	height []float64 // what arrives from each
	output []float64 // K: y
	delta  []float64 // K: ∂E/∂y
	step   int
}

// part is the cells of a share.
type part struct {
	from, to int
	cells    neuron.Trials
	current  []float64
	bad      int // cell whose potential is not finite; −1
}

// NewContinuous puts a network at rest.
func NewContinuous(net *learning.SparseNetwork, learner *learning.Online) *Continuous {
	n, outputs := len(net.Type), len(net.Bias)
	c := &Continuous{
		Learner: learner, net: net,
		rate: make([]float64, n), before: make([]float64, n), psi: make([]float64, n),
		output: make([]float64, outputs), delta: make([]float64, outputs),
	}
	for _, s := range net.Shares {
		c.shares = append(c.shares, part{s.From, s.To, net.Cells.Part(s.From, s.To).Begin(1), make([]float64, s.To-s.From), -1})
	}
	return c
}

// Step takes the network one step further. Inputs lists those that are not zero,
// u what arrives at each; compare is given y and writes ∂E/∂y. A
// *learning.NonFiniteError names cell or readout and step.
func (c *Continuous) Step(inputs []int, u []float64, compare func(delta, y []float64)) error {
	c.collect(inputs, u)
	c.rate, c.before = c.before, c.rate
	c.each(c.advance)
	if err := c.check(); err != nil {
		return err
	}
	c.Learner.Readout(c.output)
	compare(c.delta, c.output)
	for k, d := range c.delta {
		if math.IsNaN(d) || math.IsInf(d, 0) {
			return c.nonFinite(fmt.Sprintf("learning signal of readout %d", k), -1, d)
		}
	}
	if err := c.Learner.Teach(c.delta); err != nil {
		return cmp.Or(c.checkWeights(), err)
	}
	c.each(c.Learner.Advance)
	c.step++
	return nil
}

// collect lists what arrives at this step: spikes of the last, then inputs.
func (c *Continuous) collect(inputs []int, u []float64) {
	c.fired, c.height = c.fired[:0], c.height[:0]
	for q, z := range c.rate {
		if z != 0 {
			c.fired, c.height = append(c.fired, q), append(c.height, z)
		}
	}
	for i, q := range inputs {
		c.fired, c.height = append(c.fired, len(c.rate)+q), append(c.height, u[i])
	}
}

// advance takes the cells of a share one step further.
func (c *Continuous) advance(share int) {
	s := &c.shares[share]
	clear(s.current)
	c.Learner.Deliver(share, s.current, c.fired, c.height)
	z, psi := c.rate[s.from:s.to], c.psi[s.from:s.to]
	s.cells.Step(z, psi, c.before[s.from:s.to], s.current)
	for i, v := range s.cells.Potential() {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			s.bad = i
			return
		}
	}
	c.Learner.Observe(share, z, psi)
}

// check names the first cell whose potential is not finite.
func (c *Continuous) check() error {
	for i := range c.shares {
		if s := &c.shares[i]; s.bad >= 0 {
			return c.nonFinite("potential", s.from+s.bad, s.cells.Potential()[s.bad])
		}
	}
	return nil
}

func (c *Continuous) nonFinite(quantity string, cell int, value float64) error {
	return &learning.NonFiniteError{Quantity: quantity, Cell: cell, Trial: -1, Step: c.step, Value: value}
}

// Settle makes every synapse learn what it has taught so far, between two steps;
// State is then all that goes on. A *learning.NonFiniteError names a weight.
func (c *Continuous) Settle() error {
	c.each(c.Learner.Settle)
	return cmp.Or(c.checkWeights(), c.Learner.Follow())
}

// checkWeights names the first weight onto a cell that is not finite.
func (c *Continuous) checkWeights() error {
	for i := range c.net.Shares {
		if err := c.checkRows(&c.net.Shares[i]); err != nil {
			return err
		}
	}
	return nil
}

func (c *Continuous) checkRows(rows *learning.Rows) error {
	q := 0
	for i, w := range rows.Weight {
		if !math.IsNaN(w) && !math.IsInf(w, 0) {
			continue
		}
		for rows.Starts[q+1] <= i {
			q++
		}
		from := fmt.Sprintf("cell %d", q)
		if input := q - len(c.rate); input >= 0 {
			from = fmt.Sprintf("input %d", input)
		}
		return c.nonFinite("weight of the synapse from "+from, rows.From+int(rows.Target[i]), w)
	}
	return nil
}

// State is what a settled run goes on from, by name; Restore takes it back.
func (c *Continuous) State() map[string][]float64 {
	state := c.Learner.State()
	state["step"], state["z"] = []float64{float64(c.step)}, c.rate
	for i, s := range c.shares {
		for j, values := range s.cells.State() {
			state[fmt.Sprintf("share %d cells %d", i, j)] = values
		}
	}
	return state
}

// Restore goes on from a State of a run of a network with the same cells and
// synapses. It refuses one of another shape and then changes nothing.
func (c *Continuous) Restore(state map[string][]float64) error {
	own := c.State()
	for name, values := range own {
		if len(state[name]) != len(values) {
			return fmt.Errorf("%s has %d values, the network needs %d", name, len(state[name]), len(values))
		}
	}
	c.step = int(state["step"][0])
	for name, values := range own {
		copy(values, state[name])
	}
	return c.Learner.Restored()
}

// each calls do for every share.
func (c *Continuous) each(do func(share int)) {
	if c.Workers <= 1 {
		for i := range c.shares {
			do(i)
		}
		return
	}
	var workers sync.WaitGroup
	for w := range c.Workers {
		workers.Go(func() {
			for i := w; i < len(c.shares); i += c.Workers {
				do(i)
			}
		})
	}
	workers.Wait()
}

// Fired is z of every cell at the last step.
func (c *Continuous) Fired() []float64 { return c.rate }
