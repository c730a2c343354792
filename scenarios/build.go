package scenarios

import (
	"fmt"
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/mat"

	"paracrine/learning"
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

// Build makes the scenario's network with the initial weights of a seed.
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
	s.addTypes(net)
	s.setReadout(net)
	if err := s.setModulators(net); err != nil {
		return nil, err
	}
	for _, d := range []*synapse.Dense{net.In, net.Rec, net.Out} {
		d.Exists = make([]bool, len(d.W))
	}
	for i, p := range s.Network.Projections {
		if err := s.connect(net, p, seed, uint64(i)); err != nil {
			return nil, fmt.Errorf("projection %s → %s: %w", p.From, p.To, err)
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

func (s *Scenario) setReadout(net *learning.Network) {
	r := s.Network.Readout
	if r.Filter > 0 {
		net.ReadoutDecay = neuron.Decay(float64(s.Network.Step), float64(r.Filter))
	}
	net.ReadoutGain = scale(r.Scale, net.ReadoutDecay)
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

// block is a projection's part of one of the network's matrices.
type block struct {
	matrix    *synapse.Dense
	array     int // which of Network.Arrays that is
	post, pre [2]int
	recurrent bool
}

func (s *Scenario) block(net *learning.Network, p Projection) block {
	var b block
	switch {
	case p.From == fromInput:
		b.matrix, b.array, b.pre = net.In, 0, [2]int{0, net.In.Pre}
	case p.To == "readout":
		b.matrix, b.array, b.post = net.Out, 2, [2]int{0, net.Out.Post}
	default:
		b.matrix, b.array, b.recurrent = net.Rec, 1, true
	}
	if p.From != fromInput {
		b.pre[0], b.pre[1] = s.cells(p.From)
	}
	if p.To != "readout" {
		b.post[0], b.post[1] = s.cells(p.To)
	}
	return b
}

func (s *Scenario) connect(net *learning.Network, p Projection, seed, index uint64) error {
	b := s.block(net, p)
	switch p.Connection.Rule {
	case "local", "fixed-total":
		b.draw(p.Connection, net.Torus, seed, index)
	default:
		b.choose(p.Connection, sim.NewStream(seed, streamConnections, index))
	}
	stream, from := sim.NewStream(seed, streamWeights, index), s.signsFrom(p, seed)
	if p.Weights.Distribution == "balanced" {
		return b.balance(from, p, stream)
	}
	for post := b.post[0]; post < b.post[1]; post++ {
		for pre := b.pre[0]; pre < b.pre[1]; pre++ {
			w := p.Weights.Mean
			if p.Weights.Distribution == "normal" {
				w += float64(p.Weights.SD * stream.Normal())
			}
			if b.matrix.Connected(post, pre) {
				b.matrix.W[post*b.matrix.Pre+pre] = w
			}
		}
	}
	if s.Network.Dale {
		b.align(from)
	}
	return nil
}

// align gives every weight the sign of its presynaptic cell or input, keeping its size.
func (b block) align(signs []float64) {
	for post := b.post[0]; post < b.post[1]; post++ {
		for pre := b.pre[0]; pre < b.pre[1]; pre++ {
			if w := &b.matrix.W[post*b.matrix.Pre+pre]; signs[pre] != 0 {
				*w = math.Copysign(*w, signs[pre])
			}
		}
	}
}

// choose decides which synapses exist.
func (b block) choose(c Connection, stream *sim.Stream) {
	exists := b.matrix.Exists
	order := make([]int, b.pre[1]-b.pre[0])
	for post := b.post[0]; post < b.post[1]; post++ {
		row := exists[post*b.matrix.Pre+b.pre[0] : post*b.matrix.Pre+b.pre[1]]
		allowed := order[:0]
		for i := range row {
			if b.recurrent && b.pre[0]+i == post && !c.Autapses {
				continue
			}
			allowed = append(allowed, i)
		}
		switch c.Rule {
		case "fixed-in-degree":
			stream.Shuffle(len(allowed), func(i, j int) { allowed[i], allowed[j] = allowed[j], allowed[i] })
			allowed = allowed[:min(c.InDegree, len(allowed))]
			for _, i := range allowed {
				row[i] = true
			}
		case "bernoulli":
			for _, i := range allowed {
				row[i] = stream.Bernoulli(c.Probability)
			}
		default:
			for _, i := range allowed {
				row[i] = true
			}
		}
	}
}

// balance fills the block with the initial weights of Liu et al. 2022: a square
// matrix of |N(0,1)| with presynaptic signs, inhibition scaled in every row to
// cancel excitation (so each cell's inputs have zero mean), the whole scaled to
// the spectral radius; then what does not exist is removed. A readout takes the
// first rows of such a matrix; more cells than inputs take rows drawn at random.
func (b block) balance(signs []float64, p Projection, stream *sim.Stream) error {
	n := b.pre[1] - b.pre[0]
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
