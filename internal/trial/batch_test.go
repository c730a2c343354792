package trial_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paracrine/internal/trial"
	"paracrine/learning"
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// experiment is a random network with what its trials are made of.
type experiment struct {
	net     *learning.Network
	loss    learning.Loss
	window  trial.Window
	trials  int
	inputs  [][]float64 // per trial: steps × M
	targets [][]float64 // per trial: steps × K
	classes []int
}

func normal(r *rand.Rand, n int, sd float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = sd * r.NormFloat64()
	}
	return x
}

func newExperiment(seed uint64, cells, steps, trials int, kappa float64, classes bool) *experiment {
	r := rand.New(rand.NewPCG(seed, 23))
	const m, k = 2, 3
	x := &experiment{
		net: &learning.Network{
			Cells: neuron.NewReLU(cells), TypeNames: []string{"a", "b", "nobody"},
			In: synapse.NewDense(cells, m), Rec: synapse.NewDense(cells, cells), Out: synapse.NewDense(k, cells),
			Bias: normal(r, k, 1), ReadoutDecay: kappa, ReadoutGain: 1.25 - kappa,
		},
		loss: learning.SquaredError{}, window: make(trial.Window, steps), trials: trials,
	}
	if classes {
		x.loss = learning.CrossEntropy{}
	}
	for p := range cells {
		x.net.Type = append(x.net.Type, p%2)
		x.net.Cells.(*neuron.ReLU).Decay[p] = r.Float64()
		x.net.Cells.(*neuron.ReLU).Gain[p] = r.Float64()
		x.net.Cells.(*neuron.ReLU).Threshold[p] = 0.2 * r.NormFloat64()
	}
	x.net.In.SetWeights(normal(r, cells*m, 1))
	x.net.Rec.SetWeights(normal(r, cells*cells, 1/math.Sqrt(float64(cells))))
	x.net.Out.SetWeights(normal(r, k*cells, 1))
	for t := range x.window {
		if r.IntN(3) > 0 {
			x.window[t] = r.Float64()
		}
	}
	for range trials {
		x.inputs = append(x.inputs, normal(r, steps*m, 1))
		x.targets = append(x.targets, normal(r, steps*k, 1))
		x.classes = append(x.classes, r.IntN(k))
	}
	return x
}

func (x *experiment) batch(t rapid.TB) *trial.Batch {
	t.Helper()
	b, err := trial.New(x.net, sim.Millisecond, x.loss, x.window, x.trials)
	if err != nil {
		t.Fatal(err)
	}
	for i := range x.trials {
		b.SetTrial(i, x.inputs[i], x.targets[i], x.classes[i])
	}
	return b
}

// course is what one trial is, computed with one loop per sum and no agenda.
type course struct {
	rates, outputs, errors [][]float64 // per step
	loss                   float64
	scores                 []float64 // the probability of each class, summed over the window
}

func (x *experiment) course(i int) course {
	net := x.net
	m, n, k := net.Size()
	c := course{scores: make([]float64, k)}
	v, z, r := make([]float64, n), make([]float64, n), make([]float64, n)
	for t, weight := range x.window {
		next := make([]float64, n)
		for j := range n {
			current := 0.0
			for q := range n {
				current += net.Rec.At(j, q) * z[q]
			}
			for q := range m {
				current += net.In.At(j, q) * x.inputs[i][t*m+q]
			}
			v[j] = net.Cells.(*neuron.ReLU).Decay[j]*v[j] + net.Cells.(*neuron.ReLU).Gain[j]*current
			next[j] = max(v[j]-net.Cells.(*neuron.ReLU).Threshold[j], 0)
		}
		z = next
		y, delta := make([]float64, k), make([]float64, k)
		for o := range k {
			y[o] = net.Bias[o]
		}
		for j := range n {
			r[j] = net.ReadoutDecay*r[j] + net.ReadoutGain*z[j]
			for o := range k {
				y[o] += net.Out.At(o, j) * r[j]
			}
		}
		c.rates, c.outputs, c.errors = append(c.rates, z), append(c.outputs, y), append(c.errors, delta)
		if weight != 0 {
			x.compare(&c, i, t, y, delta)
		}
	}
	return c
}

func (x *experiment) compare(c *course, i, t int, y, delta []float64) {
	weight, sum, top := x.window[t], 0.0, slices.Max(y)
	for _, v := range y {
		sum += math.Exp(v - top)
	}
	for o, v := range y {
		if !x.loss.Classifies() {
			d := v - x.targets[i][t*len(y)+o]
			c.loss += weight * d * d / 2
			delta[o] = weight * d / float64(x.trials)
			continue
		}
		probability := math.Exp(v-top) / sum
		c.scores[o] += weight * probability
		delta[o] = weight * probability / float64(x.trials)
		if o == x.classes[i] {
			c.loss -= weight * (v - top - math.Log(sum))
			delta[o] -= weight / float64(x.trials)
		}
	}
}

func requireClose(t rapid.TB, what string, got, want []float64) {
	t.Helper()
	scale := 1.0
	for _, w := range want {
		scale = math.Max(scale, math.Abs(w))
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= 1e-12*scale) {
			t.Fatalf("%s[%d] is %v, want %v", what, i, got[i], want[i])
		}
	}
}

func draw(t *rapid.T) *experiment {
	return newExperiment(rapid.Uint64().Draw(t, "seed"), rapid.SampledFrom([]int{1, 7, 64, 70}).Draw(t, "cells"),
		rapid.IntRange(1, 12).Draw(t, "steps"), rapid.IntRange(1, 4).Draw(t, "trials"),
		rapid.SampledFrom([]float64{0, 0.8}).Draw(t, "kappa"), rapid.Bool().Draw(t, "classes"))
}

// TestBatchIsItsTrials compares a batch on the agenda with its trials one by one:
// rates, ψ, outputs, errors, losses and decisions.
func TestBatchIsItsTrials(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := draw(t)
		_, n, k := x.net.Size()
		b := x.batch(t)
		for _, outputs := range []bool{false, true} {
			if outputs { // in a second run, of the same trials in another order
				b.Outputs = make([]float64, len(x.window)*x.trials*k)
				slices.Reverse(x.inputs)
				slices.Reverse(x.classes)
				for i := range x.trials {
					b.SetTrial(i, x.inputs[i], x.targets[i], x.classes[i])
				}
			}
			if err := b.Run(); err != nil {
				t.Fatal(err)
			}
			r := b.Record
			for i := range x.trials {
				want := x.course(i)
				for step := range x.window {
					rate := r.RateAt(step)[i*n : (i+1)*n]
					requireClose(t, fmt.Sprintf("trial %d, step %d: z", i, step), rate, want.rates[step])
					requireClose(t, fmt.Sprintf("trial %d, step %d: δ", i, step), r.ErrorAt(step)[i*k:(i+1)*k], want.errors[step])
					requireMarks(t, r, x.trials, i, step, rate)
					if outputs {
						requireClose(t, fmt.Sprintf("trial %d, step %d: y", i, step), b.Outputs[(step*x.trials+i)*k:(step*x.trials+i+1)*k], want.outputs[step])
					}
				}
				requireClose(t, "the loss", []float64{b.Loss(i)}, []float64{want.loss})
				if best := slices.Index(want.scores, slices.Max(want.scores)); x.loss.Classifies() && b.Correct(i) != (best == x.classes[i]) {
					t.Fatalf("trial %d of class %d is said to be correct %v at %v", i, x.classes[i], b.Correct(i), want.scores)
				}
			}
			x.requireWindow(t, r)
		}
	})
}

// requireMarks asks that the marks of step are set where cells are above threshold.
func requireMarks(t rapid.TB, r *learning.Record, trials, i, step int, rate []float64) {
	t.Helper()
	words := len(r.ActiveAt(step)) / trials
	for p, z := range rate {
		if marked := r.ActiveAt(step)[i*words+p/64]>>(p%64)&1 == 1; marked != (z > 0) {
			t.Fatalf("trial %d, step %d: cell %d at rate %v is marked %v", i, step, p, z, marked)
		}
	}
}

func (x *experiment) requireWindow(t rapid.TB, r *learning.Record) {
	t.Helper()
	first, last := len(x.window), -1
	for step, weight := range x.window {
		if weight != 0 {
			first, last = min(first, step), step
		}
	}
	if r.FirstError != first || r.LastError != last {
		t.Fatalf("errors from step %d to %d, want %d to %d", r.FirstError, r.LastError, first, last)
	}
}

// TestActivityCounts compares the means with counts over the record.
func TestActivityCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := draw(t)
		_, n, _ := x.net.Size()
		b := x.batch(t)
		for range 2 {
			if err := b.Run(); err != nil {
				t.Fatal(err)
			}
		}
		sum, active, cells := 0.0, make([]float64, 3*len(x.window)), make([]float64, 3*len(x.window))
		for step := range x.window {
			for i, z := range b.Record.RateAt(step) {
				sum += z
				cells[step*3+x.net.Type[i%n]]++
				if z > 0 {
					active[step*3+x.net.Type[i%n]]++
				}
			}
		}
		for i := range active {
			active[i] /= max(cells[i], 1)
		}
		rate, psi := b.Activity()
		requireClose(t, "the mean rate", []float64{rate}, []float64{sum / float64(n*x.trials*len(x.window))})
		requireClose(t, "the mean of ψ", psi, active)
	})
}

// TestTrialsNeverInfluenceEachOther: a trial is the same whatever runs beside it.
func TestTrialsNeverInfluenceEachOther(t *testing.T) {
	x := newExperiment(4, 9, 10, 3, 0.5, false)
	b := x.batch(t)
	if err := b.Run(); err != nil {
		t.Fatal(err)
	}
	before := b.Loss(1)
	b.SetTrial(0, normal(rand.New(rand.NewPCG(1, 1)), 20, 5), x.targets[0], 0)
	b.SetTrial(2, make([]float64, 20), x.targets[0], 0)
	if err := b.Run(); err != nil {
		t.Fatal(err)
	}
	if b.Loss(1) != before {
		t.Errorf("beside other trials, the loss of trial 1 is %v, it was %v", b.Loss(1), before)
	}
}

// TestScaleMultipliesErrorsOnly: losses are those of the trials.
func TestScaleMultipliesErrorsOnly(t *testing.T) {
	x := newExperiment(4, 9, 10, 2, 0.5, false)
	b := x.batch(t)
	if err := b.Run(); err != nil {
		t.Fatal(err)
	}
	loss, errors := b.Loss(0), slices.Clone(b.Record.Error)
	b.Scale *= 0.5
	if err := b.Run(); err != nil {
		t.Fatal(err)
	}
	for i := range errors {
		errors[i] /= 2
	}
	if b.Loss(0) != loss || !slices.Equal(b.Record.Error, errors) {
		t.Errorf("at half the scale: loss %v, was %v", b.Loss(0), loss)
	}
}

// TestActionsOfAStep: OnStep sees the error of its step, OnAct comes after it, and
// an error of either stops the batch.
func TestActionsOfAStep(t *testing.T) {
	x := newExperiment(4, 5, 6, 1, 0, false)
	for i := range x.window {
		x.window[i] = 1
	}
	b := x.batch(t)
	stop := errors.New("enough")
	var order []string
	b.OnStep = func(step int) error {
		if slices.Max(b.Record.ErrorAt(step)) == 0 {
			t.Errorf("step %d is learnt from before its error is known", step)
		}
		order = append(order, fmt.Sprint("learn ", step))
		return nil
	}
	b.OnAct = func(step int) error {
		order = append(order, fmt.Sprint("act ", step))
		if step == 2 {
			return stop
		}
		return nil
	}
	if err := b.Run(); !errors.Is(err, stop) {
		t.Errorf("stopped with %v", err)
	}
	if want := []string{"learn 0", "act 0", "learn 1", "act 1", "learn 2", "act 2"}; !slices.Equal(order, want) {
		t.Errorf("actions %v, want %v", order, want)
	}
}

// TestNonFinitePotentialsAreNamed makes one cell of one trial explode: a weight of
// 1e200 onto itself takes an input of 1 at step 3 out of the floating-point numbers
// two steps later.
func TestNonFinitePotentialsAreNamed(t *testing.T) {
	for _, c := range []struct {
		name    string
		checked bool
		online  bool // weights may change within the trial
		window  trial.Window
	}{
		{"at every step", true, false, trial.Window{0, 0, 0, 0, 0, 0, 0, 1}},
		{"at the end", false, false, trial.Window{0, 0, 0, 0, 0, 0, 0, 1}},
		{"by the loss", false, false, trial.Window{1, 1, 1, 1, 1, 1, 1, 1}},
		{"without a loss", false, false, make(trial.Window, 8)},
		{"online", true, true, trial.Window{0, 0, 0, 0, 0, 0, 0, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := exploding(c.window)
			b := x.batch(t)
			b.Checked = c.checked
			if c.online {
				b.OnAct = func(int) error { return nil }
			}
			err := b.Run()
			var found *learning.NonFiniteError
			if !errors.As(err, &found) {
				t.Fatalf("stopped with %v", err)
			}
			if found.Quantity != "potential" || found.Cell != 3 || found.Trial != 1 || found.Step != 5 || !math.IsInf(found.Value, 1) {
				t.Errorf("%v; want the potential of cell 3, trial 1, step 5", found)
			}
			if b.Checked != c.checked {
				t.Error("the search is not over")
			}
			b.SetTrial(1, make([]float64, 16), x.targets[1], 0)
			if err := b.Run(); err != nil {
				t.Errorf("without the input that explodes: %v", err)
			}
		})
	}
}

// TestTrialsThatActAreNotRunAgain: where the trial has changed something, the place
// is no longer known exactly, but that a potential of that trial is not finite is.
func TestTrialsThatActAreNotRunAgain(t *testing.T) {
	b := exploding(make(trial.Window, 8)).batch(t)
	steps := 0
	b.OnAct = func(int) error { steps++; return nil }
	var found *learning.NonFiniteError
	if err := b.Run(); !errors.As(err, &found) || found.Quantity != "potential" || found.Trial != 1 || steps != 8 {
		t.Errorf("stopped with %v after %d steps, want a potential of trial 1 after 8", err, steps)
	}
}

// exploding is a network of five cells that hear their inputs and, cell 3 alone,
// itself; only cell 3 of trial 1 is driven, at step 3.
func exploding(window trial.Window) *experiment {
	x := newExperiment(2, 5, len(window), 3, 0, false)
	x.window = window
	clear(x.net.In.W)
	clear(x.net.Rec.W)
	clear(x.net.Out.W)
	x.net.In.W[3*2] = 1
	x.net.Rec.W[3*5+3] = 1e200
	x.net.Out.W[3] = 1e-300
	x.net.Changed()
	for p := range 5 {
		x.net.Cells.(*neuron.ReLU).Gain[p], x.net.Cells.(*neuron.ReLU).Threshold[p] = 1, 0
	}
	for i := range x.inputs {
		clear(x.inputs[i])
	}
	x.inputs[1][3*2] = 1
	return x
}

// TestNonFiniteLossesAreNamed has finite potentials that a readout weight of
// 1e200 takes out of the floating-point numbers.
func TestNonFiniteLossesAreNamed(t *testing.T) {
	for _, classes := range []bool{false, true} {
		x := exploding(trial.Window{0, 0, 1, 1, 1, 0})
		x.net.Rec.W[3*5+3] = 0
		x.net.Out.W[3] = math.MaxFloat64
		x.net.Changed()
		x.inputs[1][3*2] = 4
		if classes {
			x.loss = learning.CrossEntropy{}
		}
		err := x.batch(t).Run()
		var found *learning.NonFiniteError
		if !errors.As(err, &found) {
			t.Fatalf("stopped with %v", err)
		}
		if found.Quantity != "loss" || found.Cell != -1 || found.Trial != 1 || found.Step != 3 {
			t.Errorf("%v; want the loss of trial 1, step 3", found)
		}
	}
}

// TestBadSteps: a step without duration is refused.
func TestBadSteps(t *testing.T) {
	x := newExperiment(1, 2, 3, 1, 0, false)
	for _, step := range []sim.Time{0, -sim.Millisecond} {
		if _, err := trial.New(x.net, step, x.loss, x.window, 1); err == nil {
			t.Errorf("a step of %v is taken", step)
		}
	}
}

// BenchmarkRun is the forward pass of a tile of the delayed XOR: 120 cells, 900
// steps, 8 trials.
func BenchmarkRun(b *testing.B) {
	x := newExperiment(9, 120, 900, 8, 0, true)
	clear(x.window)
	x.window[899] = 1
	for p := range 120 {
		x.net.Cells.(*neuron.ReLU).Decay[p], x.net.Cells.(*neuron.ReLU).Gain[p], x.net.Cells.(*neuron.ReLU).Threshold[p] = 0.99, 0.01, 0
	}
	batch := x.batch(b)
	for b.Loop() {
		if err := batch.Run(); err != nil {
			b.Fatal(err)
		}
	}
}
