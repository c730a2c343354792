package learning_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"paracrine/internal/trial"
	"paracrine/learning"
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// The loss series of e-prop's two tasks as NEST 3.10 computes them in its own
// tests (test_eprop_bsshslm_2020_plasticity.py): spikes, weights, targets and
// feedback are those the tests draw, and the losses come before each update. An
// independent NumPy reference agrees with them to the digits printed.

// table reads a file of testdata/eprop without its first lines: a row of
// numbers per line.
func table(t *testing.T, name string, skip int) [][]float64 {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "eprop", "eprop_"+name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]float64
	for _, line := range lines[skip:] {
		var row []float64
		for _, text := range line {
			x, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			row = append(row, x)
		}
		rows = append(rows, row)
	}
	return rows
}

// single is the number in single precision that nine digits in a file stand for.
func single(x float64) float64 { return float64(float32(x)) }

// projection is a dense projection with the weights of a file, [post][pre].
func projection(t *testing.T, name string) *synapse.Dense {
	t.Helper()
	w := table(t, name, 0)
	d := synapse.NewDense(len(w), len(w[0]))
	for i, row := range w {
		for j, x := range row {
			d.W[i*d.Pre+j] = single(x)
		}
	}
	d.Changed()
	return d
}

// withoutAutapses marks the diagonal as having no synapses.
func withoutAutapses(d *synapse.Dense) {
	d.Exists = make([]bool, len(d.W))
	for i := range d.W {
		d.Exists[i] = i%(d.Pre+1) != 0
		if !d.Exists[i] {
			d.W[i] = 0
		}
	}
	d.Changed()
}

// epropNetwork is a network of a task's weights around given cells.
func epropNetwork(t *testing.T, task string, cells *neuron.AdaptiveSpiking, kappa float64) *learning.Network {
	t.Helper()
	net := &learning.Network{
		Cells: cells, Type: make([]int, cells.Size()), TypeNames: []string{"cell"},
		In: projection(t, task+"_win"), Rec: projection(t, task+"_wrec"), Out: projection(t, task+"_wout"),
		ReadoutDecay: kappa, ReadoutGain: 1 - kappa,
	}
	net.Bias = make([]float64, net.Out.Post)
	withoutAutapses(net.Rec)
	feedback := table(t, task+"_feedback", 0)
	for k := range net.Out.Post {
		for _, row := range feedback {
			net.RandomFeedback = append(net.RandomFeedback, single(row[k]))
		}
	}
	return net
}

// epropTask is a network with what one trial after another shows it.
type epropTask struct {
	net       *learning.Network
	loss      learning.Loss
	window    trial.Window
	inputs    [][]float64 // per trial, steps × inputs; the last one stays
	target    []float64
	classes   []int
	optimiser learning.Optimiser
	rate      float64
	rates     learning.RateRegularisation
}

// losses trains by e-prop and returns the loss before each update.
func (e *epropTask) losses(t *testing.T, iterations int) []float64 {
	t.Helper()
	rule, err := learning.ParseRule("eprop:feedback=random")
	if err != nil {
		t.Fatal(err)
	}
	credit, err := learning.NewCredit(rule, e.net, 1, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	credit.Rates = e.rates
	batch, err := trial.New(e.net, sim.Millisecond, e.loss, e.window, 1)
	if err != nil {
		t.Fatal(err)
	}
	w, g := credit.NewWorkspace(len(e.window), 1), learning.NewGradient(e.net)
	var losses []float64
	for i := range iterations {
		class := 0
		if e.classes != nil {
			class = e.classes[i]
		}
		batch.SetTrial(0, e.inputs[min(i, len(e.inputs)-1)], e.target, class)
		if err := batch.Run(); err != nil {
			t.Fatal(err)
		}
		losses = append(losses, batch.Loss(0))
		g.Clear()
		credit.Gradient(g, batch.Record, w)
		g.Mask(e.net)
		clear(g.Bias) // these readouts have none
		var weights [][]float64
		for _, array := range e.net.Arrays() {
			weights = append(weights, array.Values)
		}
		e.optimiser.Step(weights, g.Arrays(), e.rate)
		e.net.Changed()
		if err := credit.Refresh(); err != nil {
			t.Fatal(err)
		}
	}
	return losses
}

func patternGeneration(t *testing.T) *epropTask {
	t.Helper()
	const steps, inputs = 1000, 100
	cells := neuron.NewAdaptiveSpiking(100)
	decay := neuron.Decay(1, 30)
	for p := range cells.Size() {
		cells.Decay[p], cells.Gain[p], cells.Threshold[p] = decay, 1-decay, 0.03
	}
	e := &epropTask{
		net: epropNetwork(t, "sines", cells, decay), loss: learning.SquaredError{}, window: make(trial.Window, steps),
		inputs: [][]float64{make([]float64, steps*inputs)}, rate: 1e-4,
		rates: learning.RateRegularisation{Strength: 300, Target: 0.01},
	}
	for i := range e.window {
		e.window[i] = 1
	}
	for _, spike := range table(t, "sines_input_spikes", 1) {
		e.inputs[0][int(spike[0])*inputs+int(spike[1])] = 1
	}
	for _, row := range table(t, "sines_target", 0) {
		e.target = append(e.target, row[0])
	}
	e.optimiser = learning.NewSGD(e.net, 0)
	return e
}

func evidenceAccumulation(t *testing.T) *epropTask {
	t.Helper()
	const steps, recall, inputs = 2250, 150, 40
	cells := neuron.NewAdaptiveSpiking(100)
	decay, rho := neuron.Decay(1, 20), neuron.Decay(1, 2000)
	cells.AtThreshold = true
	for p := range cells.Size() {
		cells.Decay[p], cells.Gain[p], cells.Threshold[p] = decay, 1, 0.6
		cells.SilentSteps[p] = neuron.SpikeWithin.SilentSteps(5)
		if p >= 50 {
			cells.AdaptationDecay[p], cells.AdaptationGain[p] = rho, 1
			cells.Adaptation[p] = 1.7 * (1 - rho) / (1 - decay)
		}
	}
	e := &epropTask{
		net: epropNetwork(t, "evidence_b1", cells, decay), loss: learning.CrossEntropy{}, window: make(trial.Window, steps),
		rate: 5e-3, rates: learning.RateRegularisation{Strength: 300.0 / recall, Target: 0.01},
	}
	for i := steps - recall; i < steps; i++ {
		e.window[i] = 1.0 / recall
	}
	for range 5 {
		e.inputs = append(e.inputs, make([]float64, steps*inputs))
	}
	for _, spike := range table(t, "evidence_b1_input_spikes", 1) {
		e.inputs[int(spike[0])][int(spike[1])*inputs+int(spike[2])] = 1
	}
	for _, row := range table(t, "evidence_b1_targets", 0) {
		e.classes = append(e.classes, int(row[0]))
	}
	e.optimiser = learning.NewAdam(e.net, 0.9, 0.999, 1e-8, true)
	return e
}

func TestEpropLossSeries(t *testing.T) {
	for _, c := range []struct {
		name string
		task func(*testing.T) *epropTask
		nest []float64
	}{
		{"pattern generation", patternGeneration,
			[]float64{101.964356999041, 103.466731126205, 103.340607074771, 103.680244037686, 104.412775748752}},
		{"evidence accumulation", evidenceAccumulation,
			[]float64{0.741152550006, 0.740388187700, 0.665785233177, 0.663644193322, 0.729428962844}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, got := range c.task(t).losses(t, len(c.nest)) {
				if d := math.Abs(got/c.nest[i] - 1); !(d <= 1e-11) {
					t.Errorf("loss of iteration %d: %.12f, want %.12f", i+1, got, c.nest[i])
				}
			}
		})
	}
}

// TestEpropLossSeriesNeedsItsRates is the control: without the regularisation of
// rates, or with another feedback, the first update is another.
func TestEpropLossSeriesNeedsItsRates(t *testing.T) {
	for name, change := range map[string]func(*epropTask){
		"no rates":       func(e *epropTask) { e.rates.Strength = 0 },
		"another target": func(e *epropTask) { e.rates.Target = 0.02 },
		"other feedback": func(e *epropTask) { e.net.RandomFeedback = e.net.Out.W },
		"other surrogate": func(e *epropTask) {
			e.net.Cells.(*neuron.AdaptiveSpiking).Surrogate = neuron.FastSigmoid
		},
	} {
		right, wrong := patternGeneration(t), patternGeneration(t)
		change(wrong)
		want, got := right.losses(t, 2), wrong.losses(t, 2)
		if got[0] != want[0] || math.Abs(got[1]/want[1]-1) < 1e-6 {
			t.Errorf("%s: losses %v, unchanged %v", name, got, want)
		}
	}
}
