package trial_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"paracrine/internal/trial"
	"paracrine/learning"
	"paracrine/modulator"
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// sheet is a network of adaptive cells of four types that fire at a few hertz,
// each with the given number of recurrent synapses and ten from inputs.
type sheet struct {
	cells, inDegree, inputs, outputs, shares int
	weight                                   float64 // standard deviation of recurrent weights times √in-degree
	rate                                     float64 // of inputs, spikes per step
	rule                                     string
	dale                                     bool // cells of type 3 inhibit and are not read, all others excite
	window                                   int  // steps after which the run is settled, over and over; 0 is never
}

func (s sheet) build(t testing.TB) (*learning.SparseNetwork, *learning.Online) {
	t.Helper()
	net := &learning.SparseNetwork{
		Cells: s.population(), Types: 4, Inputs: s.inputs,
		Out: make([]float64, s.outputs*s.cells), Bias: make([]float64, s.outputs),
		ReadoutDecay: math.Exp(-1.0 / 20), ReadoutGain: 1,
	}
	draw := rand.New(rand.NewPCG(1, 2))
	for i := range net.Out {
		net.Out[i] = draw.NormFloat64() / math.Sqrt(float64(s.cells))
	}
	for p := range s.cells {
		net.Type = append(net.Type, p%4)
	}
	for i := range s.shares {
		net.Shares = append(net.Shares, s.rows(t, i*s.cells/s.shares, (i+1)*s.cells/s.shares))
	}
	if s.dale {
		s.takeSides(net)
	}
	rule, err := learning.ParseRule(s.rule)
	if err != nil {
		t.Fatal(err)
	}
	learner, err := learning.NewOnline(net, rule)
	if err != nil {
		t.Fatal(err)
	}
	return net, learner
}

// takeSides gives weights the signs of the cells and inputs they come from; those of
// cells are squared, so that many are near 0.
func (s sheet) takeSides(net *learning.SparseNetwork) {
	net.Signs = &learning.Signs{Cells: slices.Repeat([]float64{1}, s.cells), Inputs: slices.Repeat([]float64{1}, s.inputs)}
	net.OutExists = slices.Repeat([]bool{true}, len(net.Out))
	for p, alpha := range net.Type {
		if alpha == 3 {
			net.Signs.Cells[p] = -1
		}
	}
	for i, w := range net.Out {
		net.OutExists[i] = net.Type[i%s.cells] != 3
		net.Out[i] = math.Abs(w)
		if !net.OutExists[i] {
			net.Out[i] = 0
		}
	}
	for _, rows := range net.Shares {
		for q, sign := range net.Signs.Cells {
			for i := rows.Starts[q]; i < rows.Starts[q+1]; i++ {
				rows.Weight[i] *= math.Copysign(rows.Weight[i], sign)
			}
		}
	}
}

// population is cells with a membrane of 20 ms and thresholds that rise by a
// tenth and fall in 200 ms, in half of the types.
func (s sheet) population() *neuron.AdaptiveSpiking {
	cells := neuron.NewAdaptiveSpiking(s.cells)
	for p := range s.cells {
		cells.Decay[p], cells.AdaptationDecay[p] = math.Exp(-1.0/20), math.Exp(-1.0/200)
		cells.Gain[p], cells.AdaptationGain[p], cells.Threshold[p] = 1, 1, 1
		cells.SilentSteps[p] = 4
		if p%2 == 0 {
			cells.Adaptation[p] = 0.1
		}
	}
	return cells
}

func (s sheet) rows(t testing.TB, from, to int) learning.Rows {
	t.Helper()
	grow := func(index uint64, pre, inDegree int, shared bool, weight sim.Distribution) *synapse.Sparse {
		grown, err := synapse.Grow(synapse.Growth{
			Wiring: synapse.Wiring{Pre: pre, Post: s.cells, Shared: shared, Seed: 7, Index: index},
			Rule:   synapse.FixedInDegree{InDegree: inDegree}, Weight: weight, Plastic: true,
			Delay: sim.Constant(1), Unit: sim.Millisecond,
		}, from, to, 0, to-from)
		if err != nil {
			t.Fatal(err)
		}
		return grown
	}
	deviation := s.weight / math.Sqrt(float64(s.inDegree))
	return learning.NewRows(from, to,
		grow(0, s.cells, s.inDegree, true, sim.Distribution{Kind: sim.NormalValues, A: 0, B: deviation}),
		grow(1, s.inputs, min(10, s.inputs), false, sim.Constant(0.15)))
}

// drive is input spikes drawn anew at every step.
func (s sheet) drive(draw *rand.Rand) (inputs []int, u []float64) {
	for i := range s.inputs {
		if draw.Float64() < s.rate {
			inputs, u = append(inputs, i), append(u, 1)
		}
	}
	return inputs, u
}

// small is a lively sheet: thirty cells, three readouts.
func small(rule string) sheet {
	return sheet{cells: 30, inDegree: 12, inputs: 5, outputs: 3, shares: 3, weight: 1.5, rate: 0.3, rule: rule}
}

// target is what readout k should say at a step.
func target(step, k int) float64 { return math.Sin(float64(step)*(0.03+0.02*float64(k))) + 0.2 }

// run takes a sheet through steps of its drive.
func (s sheet) run(t testing.TB, net *learning.SparseNetwork, learner *learning.Online, workers, steps int) (spikes float64) {
	t.Helper()
	c := trial.NewContinuous(net, learner)
	c.Workers = workers
	return s.advance(t, c, rand.New(rand.NewPCG(3, 4)), 0, steps)
}

// advance takes a run through some of its steps and counts spikes.
func (s sheet) advance(t testing.TB, c *trial.Continuous, draw *rand.Rand, from, to int) (spikes float64) {
	t.Helper()
	for step := from; step < to; step++ {
		inputs, u := s.drive(draw)
		if err := c.Step(inputs, u, func(delta, y []float64) {
			for k := range delta {
				delta[k] = y[k] - target(step, k)
			}
		}); err != nil {
			t.Fatal(err)
		}
		for _, z := range c.Fired() {
			spikes += z
		}
		if s.window > 0 && (step+1)%s.window == 0 {
			if err := c.Settle(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return spikes
}

// twin is the slow, obvious form of learning at presynaptic spikes: matrices, and
// every synapse at every step, one line per equation.
type twin struct {
	sheet
	net                 *learning.SparseNetwork
	rate, readoutRate   float64
	biasRate            float64
	messengers          bool
	exists              [][]bool    // N × (N + M)
	w, epsilon, slow    [][]float64 // N × (N + M)
	sum                 [][]float64 // N × (N + M): what was taught since the last touch
	g, y                [][][]float64
	read, voltage, rise []float64
	silent              []int
	z                   []float64
	last                []int // N + M: step of the last touch; −1
}

func newTwin(s sheet, net *learning.SparseNetwork) *twin {
	n, all := s.cells, s.cells+s.inputs
	matrix := func() [][]float64 {
		m := make([][]float64, n)
		for p := range m {
			m[p] = make([]float64, all)
		}
		return m
	}
	w := &twin{
		sheet: s, net: net, w: matrix(), epsilon: matrix(), slow: matrix(), sum: matrix(),
		read: make([]float64, n), voltage: make([]float64, n), rise: make([]float64, n), silent: make([]int, n), z: make([]float64, n),
		messengers: s.rule != "eprop",
		last:       slices.Repeat([]int{-1}, all),
	}
	for range n {
		w.exists = append(w.exists, make([]bool, all))
		g, y := make([][]float64, all), make([][]float64, all)
		for q := range all {
			g[q], y[q] = make([]float64, net.Types), make([]float64, s.outputs)
		}
		w.g, w.y = append(w.g, g), append(w.y, y)
	}
	w.eachSynapse(func(p, q int, weight *float64) { w.exists[p][q], w.w[p][q] = true, *weight })
	return w
}

// eachSynapse visits the sparse network's.
func (w *twin) eachSynapse(visit func(p, q int, weight *float64)) {
	for _, rows := range w.net.Shares {
		for q := range w.cells + w.inputs {
			for i := rows.Starts[q]; i < rows.Starts[q+1]; i++ {
				visit(rows.From+int(rows.Target[i]), q, &rows.Weight[i])
			}
		}
	}
}

// touch learns what the synapses of a channel have taught.
func (w *twin) touch(q, step int) {
	for p := range w.cells {
		w.w[p][q] = w.held(q, w.w[p][q]-w.rate*w.sum[p][q])
		w.sum[p][q] = 0
	}
	w.last[q] = step
}

// held is a weight out of a channel under Dale's law.
func (w *twin) held(q int, weight float64) float64 {
	switch {
	case !w.dale:
	case q < w.cells && w.net.Type[q] == 3:
		return min(weight, 0)
	default:
		return max(weight, 0)
	}
	return weight
}

// means is W̄.
func (w *twin) means() [][]float64 {
	mean, pairs := make([][]float64, w.net.Types), make([][]float64, w.net.Types)
	for alpha := range mean {
		mean[alpha], pairs[alpha] = make([]float64, w.net.Types), make([]float64, w.net.Types)
	}
	for p, alpha := range w.net.Type {
		for q, beta := range w.net.Type {
			mean[alpha][beta] += w.w[p][q]
			pairs[alpha][beta]++
		}
	}
	for alpha := range mean {
		for beta := range mean {
			mean[alpha][beta] /= pairs[alpha][beta]
		}
	}
	return mean
}

// mu is the rule's, or the default scaled by the guard, with profiles cell by cell.
func (w *twin) mu(mean [][]float64) float64 {
	if w.rule == "modprop:mu=0.02,guard=off" {
		return 0.02
	}
	e := modulator.NewExpression(w.cells, w.net.Types)
	e.Typewise(slices.Concat(mean...), w.net.Type, false)
	decay, gain := w.net.Cells.Membrane()
	m := modulator.Membrane{Decay: decay[:w.net.Types], Gain: gain[:w.net.Types]}
	scale, err := modulator.Guard(e, m, slices.Repeat([]float64{learning.DefaultMu}, w.cells), learning.RadiusBound)
	if err != nil {
		panic(err)
	}
	return scale * learning.DefaultMu
}

// step is one step, as Continuous and Online describe it. Blocks are counted from
// the beginning of the window.
func (w *twin) step(step int, inputs []int) {
	cells, inWindow := w.net.Cells, step
	if w.window > 0 {
		inWindow = step % w.window
	}
	u := make([]float64, w.cells+w.inputs)
	copy(u, w.z)
	for _, i := range inputs {
		u[w.cells+i] = 1
	}
	for q, x := range u {
		if x != 0 {
			w.touch(q, inWindow)
		}
	}
	psi := make([]float64, w.cells)
	for p := range w.cells {
		current := 0.0
		for q, x := range u {
			current += w.w[p][q] * x
		}
		w.voltage[p] = cells.Decay[p]*w.voltage[p] + cells.Gain[p]*current - cells.Threshold[p]*w.z[p]
		w.rise[p] = cells.AdaptationDecay[p]*w.rise[p] + cells.AdaptationGain[p]*w.z[p]
	}
	for p := range w.cells {
		over := (w.voltage[p] - cells.Threshold[p] - cells.Adaptation[p]*w.rise[p]) / cells.Threshold[p]
		psi[p], w.z[p] = cells.Dampening/cells.Threshold[p]*max(0, 1-math.Abs(over)), 0
		switch {
		case w.silent[p] > 0:
			w.silent[p]--
			psi[p] = 0
		case over > 0:
			w.z[p], w.silent[p] = 1, cells.SilentSteps[p]
		}
		w.read[p] = w.net.ReadoutDecay*w.read[p] + w.net.ReadoutGain*w.z[p]
	}
	delta := make([]float64, w.outputs)
	for k := range delta {
		y := w.net.Bias[k]
		for p, r := range w.read {
			y += w.net.Out[k*w.cells+p] * r
		}
		delta[k] = y - target(step, k)
	}
	w.trace(u, psi, delta)
	w.settle(inWindow)
	for k, d := range delta {
		w.net.Bias[k] -= w.biasRate * d
		for p, r := range w.read {
			if i := k*w.cells + p; !w.dale || w.net.Type[p] != 3 {
				w.net.Out[i] = w.held(p, w.net.Out[i]-w.readoutRate*d*r)
			}
		}
	}
}

// trace takes every synapse one step further.
func (w *twin) trace(u, psi, delta []float64) {
	cells, types, mean := w.net.Cells, w.net.Types, w.means()
	mu, count := w.mu(mean), make([]float64, types)
	for _, alpha := range w.net.Type {
		count[alpha]++
	}
	message := make([][]float64, w.outputs)
	for k := range message {
		message[k] = make([]float64, types)
		for j, alpha := range w.net.Type {
			message[k][alpha] += w.net.Out[k*w.cells+j] * psi[j]
		}
	}
	for p, alpha := range w.net.Type {
		for q, exists := range w.exists[p] {
			if !exists {
				continue
			}
			epsilon := cells.Decay[p]*w.epsilon[p][q] + cells.Gain[p]*u[q]
			w.epsilon[p][q] = epsilon
			e := psi[p] * (epsilon - cells.Adaptation[p]*w.slow[p][q])
			w.slow[p][q] = cells.AdaptationDecay[p]*w.slow[p][q] + cells.AdaptationGain[p]*e
			g := w.g[p][q]
			for k, d := range delta {
				heard := w.net.Out[k*w.cells+p] * e
				for l := range g {
					heard += message[k][l] * g[l]
				}
				w.y[p][q][k] = w.net.ReadoutDecay*w.y[p][q][k] + w.net.ReadoutGain*heard
				w.sum[p][q] += d * w.y[p][q][k]
			}
			if !w.messengers {
				continue
			}
			next := make([]float64, types)
			for l := range next {
				next[l] = cells.Decay[p]*g[l] + cells.Gain[p]*mean[l][alpha]*e
				for m := range g {
					next[l] += cells.Gain[p] * mean[l][m] * count[m] * mu * g[m]
				}
			}
			copy(g, next)
		}
	}
}

// settle touches, at the end of a block, the channels at which something arrived
// within it, or nothing for long.
func (w *twin) settle(step int) {
	end := step + 1
	if end == w.window {
		for q := range w.last {
			w.touch(q, 0)
		}
		return
	}
	if end%learning.BlockSteps != 0 {
		return
	}
	for q, last := range w.last {
		late := last > end-learning.BlockSteps
		forgotten := last >= 0 && last < end-learning.PatienceSteps
		if late || forgotten {
			w.touch(q, end)
		}
	}
}

// TestContinuousAgreesWithEveryStep learns for long beside the twin: weights and
// readout stay the same, and have changed. Under Dale's law some weights have come to
// 0; windows end within a block.
func TestContinuousAgreesWithEveryStep(t *testing.T) {
	signed := small("modprop")
	signed.dale = true
	windows := small("modprop:mu=0.02,guard=off")
	windows.dale, windows.window = true, 300
	for _, s := range []sheet{small("modprop"), small("modprop:mu=0.02,guard=off"), small("eprop"), signed, windows} {
		rule := fmt.Sprintf("%s, Dale's law %v, windows of %d", s.rule, s.dale, s.window)
		net, learner := s.build(t)
		learner.Rate, learner.ReadoutRate, learner.BiasRate = 1e-5, 1e-4, 2e-4
		same, _ := s.build(t)
		w := newTwin(s, same)
		w.rate, w.readoutRate, w.biasRate = learner.Rate, learner.ReadoutRate, learner.BiasRate
		const steps = 1500
		spikes := s.run(t, net, learner, 1, steps)
		draw := rand.New(rand.NewPCG(3, 4))
		for step := range steps {
			inputs, _ := s.drive(draw)
			w.step(step, inputs)
		}
		if spikes < 500 {
			t.Fatalf("%s: %v spikes", rule, spikes)
		}
		w.compare(t, rule, net)
	}
}

// compare asks for the weights of the twin, to 1e-9 of the largest change.
func (w *twin) compare(t *testing.T, rule string, net *learning.SparseNetwork) {
	t.Helper()
	got := map[[2]int]float64{}
	(&twin{sheet: w.sheet, net: net}).eachSynapse(func(p, q int, weight *float64) { got[[2]int{p, q}] = *weight })
	largest := 0.0
	w.eachSynapse(func(p, q int, before *float64) { largest = max(largest, math.Abs(w.w[p][q]-*before)) })
	if largest < 1e-3 {
		t.Fatalf("%s: no weight changed by more than %v", rule, largest)
	}
	w.eachSynapse(func(p, q int, _ *float64) {
		if x := got[[2]int{p, q}]; !(math.Abs(x-w.w[p][q]) <= 1e-9*largest) {
			t.Errorf("%s: synapse %d ← %d: %v, step by step %v", rule, p, q, x, w.w[p][q])
		}
	})
	if crossed := w.atZero(); w.dale != (crossed > 0) {
		t.Errorf("%s: %d weights came to 0", rule, crossed)
	}
	for i, x := range w.net.Bias {
		if !(math.Abs(net.Bias[i]-x) <= 1e-9) || x == 0 {
			t.Errorf("%s: b_out[%d]: %v, step by step %v", rule, i, net.Bias[i], x)
		}
	}
	for i, x := range w.net.Out {
		if !(math.Abs(net.Out[i]-x) <= 1e-9) {
			t.Errorf("%s: W_out[%d]: %v, step by step %v", rule, i, net.Out[i], x)
		}
	}
}

// atZero counts the synapses whose weight is 0.
func (w *twin) atZero() (crossed int) {
	w.eachSynapse(func(p, q int, _ *float64) {
		if w.w[p][q] == 0 {
			crossed++
		}
	})
	return crossed
}

// TestContinuousWorkers asks for the same bits from any number of workers.
func TestContinuousWorkers(t *testing.T) {
	var all []*learning.SparseNetwork
	for _, workers := range []int{1, 2, 3, 7} {
		s := small("modprop")
		net, learner := s.build(t)
		learner.Rate, learner.ReadoutRate, learner.BiasRate = 1e-4, 1e-4, 1e-4
		s.run(t, net, learner, workers, 300)
		all = append(all, net)
	}
	for i, net := range all[1:] {
		if !slices.Equal(net.Out, all[0].Out) || !slices.Equal(net.Bias, all[0].Bias) {
			t.Errorf("run %d: another readout", i+1)
		}
		for j := range net.Shares {
			if !slices.Equal(net.Shares[j].Weight, all[0].Shares[j].Weight) {
				t.Errorf("run %d: other weights in share %d", i+1, j)
			}
		}
	}
}

// TestContinuousResumes asks for the same bits from a run that goes on in another
// network from what a settled one left.
func TestContinuousResumes(t *testing.T) {
	for _, rule := range []string{"modprop", "eprop"} {
		s := small(rule)
		s.window = 100
		whole, resumed := s.begin(t), s.begin(t)
		source := rand.NewPCG(3, 4)
		s.advance(t, whole, rand.New(source), 0, 300)
		if err := resumed.Restore(whole.State()); err != nil {
			t.Fatal(err)
		}
		again := *source
		s.advance(t, whole, rand.New(source), 300, 550)
		s.advance(t, resumed, rand.New(&again), 300, 550)
		for name, want := range whole.State() {
			if !slices.Equal(resumed.State()[name], want) {
				t.Errorf("%s: %s differs", rule, name)
			}
		}
		state := whole.State()
		state["z"] = state["z"][1:]
		if err := resumed.Restore(state); err == nil || !strings.Contains(err.Error(), "z has 29 values, the network needs 30") {
			t.Errorf("a state of another shape: %v", err)
		}
	}
}

// begin puts a sheet at rest.
func (s sheet) begin(t testing.TB) *trial.Continuous {
	t.Helper()
	net, learner := s.build(t)
	learner.Rate, learner.ReadoutRate, learner.BiasRate = 1e-4, 1e-4, 1e-4
	return trial.NewContinuous(net, learner)
}

// TestHistoryIsBounded runs a network with inputs at intervals from 61 to 6100
// steps: history stays within three stretches for each block that a synapse may
// be silent for.
func TestHistoryIsBounded(t *testing.T) {
	s := small("modprop")
	s.inputs, s.shares = 100, 1
	net, learner := s.build(t)
	c := trial.NewContinuous(net, learner)
	for step := range 20000 {
		var inputs []int
		for i := range s.inputs {
			if step%(61*(i+1)) == 60 {
				inputs = append(inputs, i)
			}
		}
		if err := c.Step(inputs, slices.Repeat([]float64{1}, len(inputs)), func(delta, _ []float64) { delta[0] = 1 }); err != nil {
			t.Fatal(err)
		}
	}
	const row = 8 * 12 // bytes: ε, ε^a, four messengers, three readouts, what was taught; padded
	stretch := row * (2*s.cells + net.Types + s.outputs + 1)
	_, history := learner.Memory()
	if most := 3 * learning.PatienceSteps / learning.BlockSteps * stretch; history > most || history < stretch {
		t.Errorf("history takes %d bytes, %d stretches; allowed are %d", history, history/stretch, most)
	}
}

// TestContinuousStops names the cell and the step at which numbers are lost.
func TestContinuousStops(t *testing.T) {
	s := small("modprop")
	net, learner := s.build(t)
	rows := &net.Shares[1]
	rows.Weight[rows.Starts[s.cells]] = math.Inf(1) // the first synapse of input 0
	c := trial.NewContinuous(net, learner)
	still := func(delta, _ []float64) { clear(delta) }
	var err error
	for step := range 10 {
		if err == nil && step < 7 {
			err = c.Step(nil, nil, still)
		} else if err == nil {
			err = c.Step([]int{0}, []float64{1}, still)
		}
	}
	var lost *learning.NonFiniteError
	if !errors.As(err, &lost) || lost.Quantity != "potential" || lost.Step != 7 || lost.Cell != rows.From+int(rows.Target[rows.Starts[s.cells]]) {
		t.Errorf("got %v", err)
	}
	err = s.begin(t).Step(nil, nil, func(delta, _ []float64) { delta[2] = math.NaN() })
	if !errors.As(err, &lost) || lost.Quantity != "learning signal of readout 2" || lost.Cell != -1 {
		t.Errorf("a learning signal that is no number: %v", err)
	}
	net, learner = s.build(t)
	rows = &net.Shares[1]
	rows.Weight[rows.Starts[3]] = math.NaN()
	err = trial.NewContinuous(net, learner).Settle()
	if !errors.As(err, &lost) || lost.Quantity != "weight of the synapse from cell 3" || lost.Cell != rows.From+int(rows.Target[rows.Starts[3]]) {
		t.Errorf("a weight that is no number: %v", err)
	}
}
