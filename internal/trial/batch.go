// Package trial advances a batch of trials of one network together, on sim's
// agenda: the step of the population is one event, its inputs, the readout, the
// learning signal and whatever the caller adds are events beside it.
package trial

import (
	"errors"
	"math"
	"math/bits"

	"paracrine/internal/kernel"
	"paracrine/learning"
	"paracrine/neuron"
	"paracrine/sim"
)

// Window says when the readout is compared with the target: the weight of every
// step of a trial in the loss, 0 where there is no learning signal.
type Window []float64

// Batch is a batch of trials and the memory they need; it is used again and
// again. Trials never influence each other.
type Batch struct {
	Agenda *sim.Agenda
	Record *learning.Record
	// Classes and Targets are what the readout is compared with: one class per
	// trial, or Steps × Trials × K values.
	Classes []int
	Targets []float64
	// Scale multiplies the learning signal: 1 / (trials whose gradients are summed).
	Scale float64
	// OnStep, when set, is called in every step's learn phase, after the
	// learning signal; OnAct in its act phase.
	OnStep, OnAct func(step int) error
	// Checked looks for non-finite potentials at every step. Otherwise they are
	// looked for at the end, and the trial is run again to find where they began.
	Checked bool
	// Outputs, when set, receives y at every step: Steps × Trials × K.
	Outputs []float64

	net      *learning.Network
	loss     learning.Loss
	window   Window
	interval sim.Time
	cells    neuron.Trials
	current  []float64 // trials × N
	spikes   []float64 // trials × N: z of spiking cells; nil for rate cells
	z        []float64 // trials × N: at present
	sumRate  []float64 // N: Σ z over steps and trials
	sumPsi   []float64 // Steps × N: Σ ψ of spiking cells over trials
	ones     []float64 // trials
	mask     []uint64  // inputs that are not zero in a trial, bit by bit
	heard    []uint64  // those in any
	inputs   []int     // those, listed
	active   []int     // cells with a positive rate in any trial
	read     []float64 // trials × N: r
	output   []float64 // trials × K: y
	losses   []float64 // trials
	scores   []float64 // trials × K: what the class is read from
	capacity int
}

// New makes a batch of up to trials trials; step is the duration of one step.
func New(net *learning.Network, step sim.Time, loss learning.Loss, window Window, trials int) (*Batch, error) {
	agenda, err := sim.NewAgenda(step)
	if err != nil {
		return nil, err
	}
	m, n, k := net.Size()
	b := &Batch{
		mask: make([]uint64, (m+63)/64), heard: make([]uint64, (m+63)/64), inputs: make([]int, 0, m),
		Agenda: agenda, Record: learning.NewRecord(net, len(window), trials),
		Classes: make([]int, trials), Scale: 1 / float64(trials),
		net: net, loss: loss, window: window, interval: step,
		cells: net.Cells.Begin(trials), current: make([]float64, trials*n),
		sumRate: make([]float64, n), ones: make([]float64, trials), active: make([]int, 0, n),
		read: make([]float64, trials*n), output: make([]float64, trials*k),
		losses: make([]float64, trials), scores: make([]float64, trials*k), capacity: trials,
	}
	for i := range b.ones {
		b.ones[i] = 1
	}
	if b.Record.Psi != nil {
		b.spikes, b.sumPsi = make([]float64, trials*n), make([]float64, len(window)*n)
	}
	if !loss.Classifies() {
		b.Targets = make([]float64, len(window)*trials*k)
	}
	return b, nil
}

// SetTrial writes the inputs (Steps × M) and the target (a class, or Steps × K) of trial i.
func (b *Batch) SetTrial(i int, input, target []float64, class int) {
	m, _, k := b.net.Size()
	steps, trials := b.Record.Steps, b.Record.Trials
	for t := range steps {
		copy(b.Record.Input[(t*trials+i)*m:(t*trials+i+1)*m], input[t*m:(t+1)*m])
		if b.Targets != nil {
			copy(b.Targets[(t*trials+i)*k:(t*trials+i+1)*k], target[t*k:(t+1)*k])
		}
	}
	b.Classes[i] = class
}

// Run takes the batch through one trial. It leaves rates and errors in Record.
// A *learning.NonFiniteError stops it; it names the potential that left the
// finite numbers first, where there is one.
func (b *Batch) Run() error {
	err := b.run()
	var found *learning.NonFiniteError
	if b.Checked || err != nil && !errors.As(err, &found) {
		return err
	}
	bad := b.checkPotentials(b.Record.Steps - 1)
	if bad == nil {
		return err
	}
	if b.OnAct != nil {
		return bad
	}
	return b.locate(bad)
}

// locate runs the batch again to find the step at which a potential left the finite numbers.
func (b *Batch) locate(found error) error {
	b.Checked = true
	defer func() { b.Checked = false }()
	if err := b.run(); err != nil {
		return err
	}
	return found
}

func (b *Batch) run() error {
	b.begin()
	every := func(phase sim.Phase, act func(step int) error) error {
		_, err := b.Agenda.Every(0, b.interval, phase, sim.ActionFunc(func(now sim.Time) error {
			return act(int(now / b.interval))
		}))
		return err
	}
	err := errors.Join(every(sim.Deliver, b.deliver), every(sim.Advance, b.advance))
	if b.net.ReadoutDecay > 0 || b.Outputs != nil {
		err = errors.Join(err, every(sim.Emit, b.readOut))
	}
	for t, weight := range b.window {
		if weight != 0 {
			_, e := b.Agenda.At(sim.Time(t)*b.interval, sim.Learn, sim.ActionFunc(b.compare))
			err = errors.Join(err, e)
		}
	}
	if b.OnStep != nil {
		err = errors.Join(err, every(sim.Learn, b.OnStep))
	}
	if b.OnAct != nil {
		err = errors.Join(err, every(sim.Act, b.OnAct))
	}
	if err != nil {
		return err
	}
	return b.Agenda.Run(sim.Time(b.Record.Steps) * b.interval)
}

// begin returns every state to the start of a trial.
func (b *Batch) begin() {
	b.Agenda.Reset()
	r := b.Record
	clear(r.RateBefore(0))
	clear(b.spikes)
	b.z = r.RateBefore(0)
	if b.spikes != nil {
		b.z = b.spikes
	}
	clear(r.Error)
	b.active = b.active[:0]
	b.cells.Rest()
	clear(b.sumRate)
	clear(b.sumPsi)
	clear(b.read)
	clear(b.losses)
	clear(b.scores)
	r.FirstError, r.LastError = r.Steps, -1
	for t, weight := range b.window {
		if weight != 0 {
			r.FirstError, r.LastError = min(r.FirstError, t), t
		}
	}
}

func (b *Batch) deliver(step int) error {
	clear(b.current)
	b.deliverInputs(b.Record.InputAt(step))
	b.net.Rec.DeliverActive(b.current, b.z, b.capacity, b.active)
	return nil
}

// deliverInputs delivers the inputs that are not zero in some trial: of spikes,
// few are.
func (b *Batch) deliverInputs(input []float64) {
	m := b.net.In.Pre
	clear(b.heard)
	for i := 0; i < len(input); i += m {
		kernel.NonZero(b.mask, input[i:i+m])
		for w, word := range b.mask {
			b.heard[w] |= word
		}
	}
	b.inputs = b.inputs[:0]
	for w, word := range b.heard {
		for ; word != 0; word &= word - 1 {
			b.inputs = append(b.inputs, 64*w+bits.TrailingZeros64(word))
		}
	}
	if len(b.inputs) == m {
		b.net.In.Deliver(b.current, input, b.capacity)
		return
	}
	b.net.In.DeliverActive(b.current, input, b.capacity, b.inputs)
}

func (b *Batch) advance(step int) error {
	r, n := b.Record, len(b.sumRate)
	if b.spikes != nil {
		psi := r.PsiAt(step)
		b.cells.Step(b.spikes, psi, b.spikes, b.current)
		r.SetSpikes(step, b.spikes)
		kernel.MatMul(1, n, b.capacity, b.ones, 0, 1, psi, n, b.sumPsi[step*n:(step+1)*n], n)
	} else {
		before := b.z
		b.z = r.RateAt(step)
		b.cells.Step(b.z, nil, before, b.current)
		b.markActive(step)
	}
	b.active = r.AppendActive(b.active[:0], step+1, step+2)
	kernel.MatMul(1, n, b.capacity, b.ones, 0, 1, b.z, n, b.sumRate, n)
	if b.Checked {
		return b.checkPotentials(step)
	}
	return nil
}

// markActive records which rate cells have a positive z, trial by trial.
func (b *Batch) markActive(step int) {
	n := b.net.Cells.Size()
	marks := b.Record.ActiveAt(step)
	words := len(marks) / b.capacity
	for i := range b.capacity {
		kernel.Mask(marks[i*words:(i+1)*words], b.z[i*n:(i+1)*n])
	}
}

func (b *Batch) checkPotentials(step int) error {
	n := b.net.Cells.Size()
	for i, v := range b.cells.Potential() {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &learning.NonFiniteError{Quantity: "potential", Cell: i % n, Trial: i / n, Step: step, Value: v}
		}
	}
	return nil
}

// readOut advances the readout's filter and, when outputs are kept, its value.
func (b *Batch) readOut(step int) error {
	gain, decay := b.net.ReadoutGain, b.net.ReadoutDecay
	kernel.Leak(decay, gain, b.read, b.z)
	if b.Outputs != nil {
		b.evaluate(b.Outputs[step*len(b.output) : (step+1)*len(b.output)])
	}
	return nil
}

// evaluate computes y = W_out r + b for every trial.
func (b *Batch) evaluate(y []float64) {
	k := len(b.net.Bias)
	for i := range y {
		y[i] = b.net.Bias[i%k]
	}
	b.net.Out.Deliver(y, b.read, b.capacity)
}

// compare is the learning signal: δ = ∂E/∂y at one step.
func (b *Batch) compare(now sim.Time) error {
	step := int(now / b.interval)
	if b.net.ReadoutDecay == 0 && b.Outputs == nil {
		if err := b.readOut(step); err != nil {
			return err
		}
	}
	b.evaluate(b.output)
	k := len(b.net.Bias)
	weight, delta := b.window[step], b.Record.ErrorAt(step)
	for i := range b.capacity {
		var target []float64
		if b.Targets != nil {
			target = b.Targets[(step*b.capacity+i)*k : (step*b.capacity+i+1)*k]
		}
		d := delta[i*k : (i+1)*k]
		l := b.loss.Compare(d, b.output[i*k:(i+1)*k], target, b.Classes[i])
		if math.IsNaN(l) || math.IsInf(l, 0) {
			return &learning.NonFiniteError{Quantity: "loss", Cell: -1, Trial: i, Step: step, Value: l}
		}
		b.losses[i] += float64(weight * l)
		for o := range d {
			b.score(i, o, weight, d[o])
			d[o] *= weight * b.Scale
		}
	}
	return nil
}

// score accumulates the probability of each class over the learning window.
func (b *Batch) score(trial, output int, weight, delta float64) {
	if !b.loss.Classifies() {
		return
	}
	if output == b.Classes[trial] {
		delta++
	}
	b.scores[trial*len(b.net.Bias)+output] += float64(weight * delta)
}

// Loss is Σ_t w_t l of trial i.
func (b *Batch) Loss(i int) float64 { return b.losses[i] }

// Correct says whether trial i's most probable class over the window is its class.
func (b *Batch) Correct(i int) bool {
	k := len(b.net.Bias)
	best := 0
	for o := range k {
		if b.scores[i*k+o] > b.scores[i*k+best] {
			best = o
		}
	}
	return best == b.Classes[i]
}

// Activity is the mean rate over all cells, steps and trials, and per step and
// cell type (steps × types) the mean of ψ over cells and trials: of rate cells,
// the share that was above threshold.
func (b *Batch) Activity() (rate float64, psi []float64) {
	for _, sum := range b.sumRate {
		rate += sum
	}
	rate /= float64(len(b.sumRate) * b.capacity * b.Record.Steps)
	if b.Record.Psi != nil {
		return rate, b.meanPsi()
	}
	return rate, b.activeShare()
}

// Spikes is Σ z of every cell over steps and trials.
func (b *Batch) Spikes() []float64 { return b.sumRate }

// meanPsi is the mean of recorded ψ per step and cell type.
func (b *Batch) meanPsi() []float64 {
	sizes, cells := b.typeSizes(), len(b.net.Type)
	psi := make([]float64, b.Record.Steps*len(sizes))
	for t := range b.Record.Steps {
		mean := psi[t*len(sizes) : (t+1)*len(sizes)]
		for p, alpha := range b.net.Type {
			mean[alpha] += b.sumPsi[t*cells+p]
		}
		for alpha, n := range sizes {
			mean[alpha] /= float64(max(1, n) * b.capacity)
		}
	}
	return psi
}

// typeSizes is how many cells each type has.
func (b *Batch) typeSizes() []int {
	sizes := make([]int, len(b.net.TypeNames))
	for _, alpha := range b.net.Type {
		sizes[alpha]++
	}
	return sizes
}

// activeShare is the share of cells that were active, per step and cell type.
func (b *Batch) activeShare() []float64 {
	sizes, words := b.typeSizes(), len(b.Record.ActiveAt(0))/b.capacity
	psi := make([]float64, b.Record.Steps*len(sizes))
	for alpha, n := range sizes {
		members := make([]uint64, words)
		for p, beta := range b.net.Type {
			if alpha == beta {
				members[p/64] |= 1 << (p % 64)
			}
		}
		for t := range b.Record.Steps {
			active, marks := 0, b.Record.ActiveAt(t)
			for w, member := range members {
				for i := w; i < len(marks); i += words {
					active += bits.OnesCount64(marks[i] & member)
				}
			}
			psi[t*len(sizes)+alpha] = float64(active) / float64(max(1, n)*b.capacity)
		}
	}
	return psi
}
