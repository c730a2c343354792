package scenarios

import (
	"fmt"
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/mat"

	"paracrine/learning"
	"paracrine/modulator"
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// The purposes of the random streams a run draws from.
const (
	streamWeights     sim.Purpose = "initial weights"
	streamConnections sim.Purpose = "connections"
	streamPlaces      sim.Purpose = "places on the torus"
	streamFeedback    sim.Purpose = "random feedback"
	streamSigns       sim.Purpose = "signs of inputs"
	streamTraining    sim.Purpose = "training trials"
	streamValidation  sim.Purpose = "validation trials"
)

// Build makes the scenario's network with the initial weights of a seed, on matrices.
func (s *Scenario) Build(seed uint64) (*learning.Network, error) {
	n := s.cellCount()
	net := &learning.Network{
		Cells:  s.population(),
		Torus:  s.torus(seed),
		StepMS: float64(s.Network.Step),
		In:     synapse.NewDense(n, s.Task.Inputs()),
		Rec:    synapse.NewDense(n, n),
		Out:    synapse.NewDense(s.Task.Outputs(), n),
		Bias:   make([]float64, s.Task.Outputs()),
	}
	net.Type, net.TypeNames = s.types()
	net.ReadoutDecay, net.ReadoutGain = s.readoutFilter()
	for _, d := range []*synapse.Dense{net.In, net.Rec, net.Out} {
		d.Exists = make([]bool, len(d.W))
	}
	for i, p := range s.Network.Projections {
		if err := s.connect(s.block(net, p), i, net.Torus, seed); err != nil {
			return nil, err
		}
	}
	net.Changed()
	net.FrozenFeedback = append([]float64(nil), net.Out.W...)
	net.RandomFeedback = randomFeedback(net.Out, seed)
	net.FeedbackOrder = make([]int, len(net.Out.W))
	sim.NewStream(seed, streamFeedback, 1).Perm(net.FeedbackOrder)
	net.Seed = seed
	return net, nil
}

func (s *Scenario) cellCount() int {
	n := 0
	for _, c := range s.Network.Cells {
		n += c.Count
	}
	return n
}

// readoutFilter is κ and c_out.
func (s *Scenario) readoutFilter() (decay, gain float64) {
	r := s.Network.Readout
	if r.Filter > 0 {
		decay = neuron.Decay(float64(s.Network.Step), float64(r.Filter))
	}
	return decay, scale(r.Scale, decay)
}

// scale is the factor on what enters a leaky state: c_v of cells, c_out of the readout.
func scale(name string, decay float64) float64 {
	if name == one {
		return 1
	}
	return 1 - decay
}

// signs are the signs of the outgoing weights of cells and inputs: +1, −1, or 0
// for mixed.
func (s *Scenario) signs(seed uint64) *learning.Signs {
	signs := &learning.Signs{Inputs: make([]float64, s.Task.Inputs())}
	for _, c := range s.Network.Cells {
		sign := map[string]float64{"excitatory": 1, "inhibitory": -1}[c.Sign]
		for range c.Count {
			signs.Cells = append(signs.Cells, sign)
		}
	}
	inhibitory := s.Network.InhibitoryInputs
	if inhibitory == 0 {
		return signs
	}
	for i := range signs.Inputs {
		signs.Inputs[i] = 1
		if i < inhibitory {
			signs.Inputs[i] = -1
		}
	}
	sim.NewStream(seed, streamSigns, 0).Shuffle(len(signs.Inputs), func(i, j int) {
		signs.Inputs[i], signs.Inputs[j] = signs.Inputs[j], signs.Inputs[i]
	})
	return signs
}

// signsFrom are the signs of what a projection comes from, all cells or all inputs.
func (s *Scenario) signsFrom(p Projection, seed uint64) []float64 {
	if p.From == fromInput {
		return s.signs(seed).Inputs
	}
	return s.signs(seed).Cells
}

// cells is the range of cell numbers a projection's end names.
func (s *Scenario) cells(name string) (from, to int) {
	for _, c := range s.Network.Cells {
		to = from + c.Count
		if c.Name == name {
			return from, to
		}
		from = to
	}
	return 0, to
}

// ends are what a projection joins, as ranges of cells, inputs or outputs.
type ends struct {
	post, pre [2]int
	recurrent bool
}

func (s *Scenario) ends(p Projection) ends {
	e := ends{post: [2]int{0, s.Task.Outputs()}, pre: [2]int{0, s.Task.Inputs()}, recurrent: p.From != fromInput && p.To != toReadout}
	if p.From != fromInput {
		e.pre[0], e.pre[1] = s.cells(p.From)
	}
	if p.To != toReadout {
		e.post[0], e.post[1] = s.cells(p.To)
	}
	return e
}

// sources is the number of cells or inputs that a projection comes from.
func (e ends) sources() int { return e.pre[1] - e.pre[0] }

// block is a projection's part of one of the network's matrices.
type block struct {
	ends
	matrix *synapse.Dense
	array  int // which of Network.Arrays that is
}

func (s *Scenario) block(net *learning.Network, p Projection) block {
	b := block{s.ends(p), net.Rec, 1}
	switch {
	case p.From == fromInput:
		b.matrix, b.array = net.In, 0
	case p.To == toReadout:
		b.matrix, b.array = net.Out, 2
	}
	return b
}

// connect makes the synapses of a projection, by its index, and their first weights.
func (s *Scenario) connect(b block, index int, torus *modulator.Torus, seed uint64) error {
	p, exists := s.Network.Projections[index], s.drawSynapses(index, torus, seed)
	for post := b.post[0]; post < b.post[1]; post++ {
		copy(b.matrix.Exists[post*b.matrix.Pre+b.pre[0]:], exists(post))
	}
	if p.Weights.Distribution == "balanced" {
		if err := b.balance(s.signsFrom(p, seed), p, sim.NewStream(seed, streamWeights, uint64(index))); err != nil {
			return fmt.Errorf("projection %s → %s: %w", p.From, p.To, err)
		}
		return nil
	}
	weights := s.drawWeights(index, seed)
	for post := b.post[0]; post < b.post[1]; post++ {
		for i, w := range weights() {
			if pre := b.pre[0] + i; b.matrix.Connected(post, pre) {
				b.matrix.W[post*b.matrix.Pre+pre] = w
			}
		}
	}
	return nil
}

// drawSynapses decides which synapses of a projection, by its index, exist. What it
// returns is to be called for every target in their order, and says so for every
// source, until it is called again.
func (s *Scenario) drawSynapses(index int, torus *modulator.Torus, seed uint64) func(post int) []bool {
	p := s.Network.Projections[index]
	e, c := s.ends(p), p.Connection
	if c.Rule == "local" || c.Rule == "fixed-total" {
		return e.draw(c, torus, seed, uint64(index))
	}
	stream := sim.NewStream(seed, streamConnections, uint64(index))
	exists, order := make([]bool, e.sources()), make([]int, e.sources())
	return func(post int) []bool {
		clear(exists)
		e.choose(exists, order, post, c, stream)
		return exists
	}
}

// drawWeights draws the first weights of a projection, by its index, for all pairs,
// whether they have a synapse or not, under Dale's law with the signs of the sources.
// What it returns is to be called once for every target.
func (s *Scenario) drawWeights(index int, seed uint64) func() []float64 {
	p := s.Network.Projections[index]
	e, stream := s.ends(p), sim.NewStream(seed, streamWeights, uint64(index))
	signs, weights := s.signsFrom(p, seed)[e.pre[0]:e.pre[1]], make([]float64, e.sources())
	return func() []float64 {
		for i := range weights {
			w := p.Weights.Mean
			if p.Weights.Distribution == "normal" {
				w += float64(p.Weights.SD * stream.Normal())
			}
			if s.Network.Dale && signs[i] != 0 {
				w = math.Copysign(w, signs[i])
			}
			weights[i] = w
		}
		return weights
	}
}

// choose decides which synapses onto a cell exist; order is room for the sources.
func (e ends) choose(exists []bool, order []int, post int, c Connection, stream *sim.Stream) {
	allowed := order[:0]
	for i := range exists {
		if e.recurrent && e.pre[0]+i == post && !c.Autapses {
			continue
		}
		allowed = append(allowed, i)
	}
	switch c.Rule {
	case "fixed-in-degree":
		stream.Shuffle(len(allowed), func(i, j int) { allowed[i], allowed[j] = allowed[j], allowed[i] })
		for _, i := range allowed[:min(c.InDegree, len(allowed))] {
			exists[i] = true
		}
	case "bernoulli":
		for _, i := range allowed {
			exists[i] = stream.Bernoulli(c.Probability)
		}
	default:
		for _, i := range allowed {
			exists[i] = true
		}
	}
}

// balance fills the block with the initial weights of Liu et al. 2022: a square
// matrix of |N(0,1)| with presynaptic signs, inhibition scaled in every row to
// cancel excitation (so each cell's inputs have zero mean), the whole scaled to
// the spectral radius; then what does not exist is removed. A readout takes the
// first rows of such a matrix; more cells than inputs take rows drawn at random.
func (b block) balance(signs []float64, p Projection, stream *sim.Stream) error {
	n := b.sources()
	w := make([]float64, n*n)
	for post := range n {
		row := w[post*n : (post+1)*n]
		for pre := range row {
			row[pre] = stream.Normal()
			if sign := signs[b.pre[0]+pre]; sign != 0 {
				row[pre] = sign * math.Abs(row[pre])
			}
		}
		cancel(row)
	}
	radius, err := spectralRadius(w, n)
	if err != nil {
		return err
	}
	if radius == 0 {
		return fmt.Errorf("balanced weights of %d sources vanish; more of them, or another distribution, are needed", n)
	}
	targets := b.post[1] - b.post[0]
	for post := range targets {
		row := post
		if targets > n {
			row = stream.IntN(n)
		}
		for pre := range n {
			at := (b.post[0]+post)*b.matrix.Pre + b.pre[0] + pre
			if b.matrix.Exists[at] {
				b.matrix.W[at] = w[row*n+pre] * (p.Weights.SpectralRadius / radius)
			}
		}
	}
	return nil
}

// cancel makes a row sum to zero: by scaling its negative part, or where that
// is impossible by subtracting its mean.
func cancel(row []float64) {
	positive, negative := 0.0, 0.0
	for _, x := range row {
		positive += math.Max(x, 0)
		negative += math.Max(-x, 0)
	}
	for i, x := range row {
		switch {
		case positive == 0 || negative == 0:
			row[i] -= (positive - negative) / float64(len(row))
		case x < 0:
			row[i] *= positive / negative
		}
	}
}

func spectralRadius(w []float64, n int) (float64, error) {
	var eigen mat.Eigen
	if !eigen.Factorize(mat.NewDense(n, n, w), mat.EigenNone) {
		return 0, fmt.Errorf("the eigenvalues of the initial weights did not converge")
	}
	radius := 0.0
	for _, v := range eigen.Values(nil) {
		radius = math.Max(radius, cmplx.Abs(v))
	}
	return radius, nil
}

// randomFeedback is B for feedback=random: independent normal weights as large,
// in the mean square, as the initial readout weights.
func randomFeedback(out *synapse.Dense, seed uint64) []float64 {
	square := 0.0
	for _, w := range out.W {
		square += float64(w * w)
	}
	sd := math.Sqrt(square / float64(len(out.W)))
	stream := sim.NewStream(seed, streamFeedback, 0)
	b := make([]float64, len(out.W))
	for i := range b {
		b[i] = sd * stream.Normal()
	}
	return b
}
