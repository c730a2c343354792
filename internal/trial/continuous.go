package trial

import (
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
			return c.nonFinite("learning signal of readout", k, d)
		}
	}
	if err := c.Learner.Teach(c.delta); err != nil {
		return err
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

func (c *Continuous) nonFinite(quantity string, index int, value float64) error {
	return &learning.NonFiniteError{Quantity: quantity, Cell: index, Trial: -1, Step: c.step, Value: value}
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
