package scenarios

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"paracrine/internal/trial"
	"paracrine/learning"
	"paracrine/sim"
)

// trialRange names trials: each is made from its own random stream.
type trialRange struct {
	purpose sim.Purpose
	first   uint64
	count   int
}

// tileWorker has the memory to run tiles of trials, one at a time.
type tileWorker struct {
	trainer    *Trainer
	batches    map[int]*trial.Batch // by number of trials
	workspaces map[*learning.Credit]*learning.Workspace
	form       learning.Causal // of the rule that is trained; nil until it is needed
	streams    Streams
}

func newTileWorker(t *Trainer) *tileWorker {
	return &tileWorker{trainer: t, batches: map[int]*trial.Batch{}, workspaces: map[*learning.Credit]*learning.Workspace{}}
}

// tileResult is what one tile of trials leaves.
type tileResult struct {
	measure   Measure
	trials    int
	gradients []*learning.Gradient
	err       error
}

func (w *tileWorker) batch(trials int) (*trial.Batch, error) {
	b, have := w.batches[trials]
	if !have {
		t := w.trainer
		var err error
		if b, err = trial.New(t.Network, t.step, t.loss, t.window, trials); err != nil {
			return nil, err
		}
		w.batches[trials] = b
	}
	return b, nil
}

// draw makes trial number index of a purpose.
func (w *tileWorker) draw(trial *Trial, purpose sim.Purpose, index uint64) {
	t := w.trainer
	w.streams.Reset(t.seed, purpose, index, t.batchOf(purpose))
	t.scenario.Task.Fill(trial, t.scenario.Network.Step, &w.streams)
}

// tile is some trials of a batch, by their indices in it.
type tile []int

// tiles divides trials into tiles of a size, those of one condition side by side.
func tiles(trials []Trial, size int) []tile {
	order := make(tile, len(trials))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(trials[i].Condition, trials[j].Condition) })
	return slices.Collect(slices.Chunk(order, size))
}

// run takes a tile of the trials of a batch through its course and computes each
// rule's gradient of the mean loss over the batch.
func (w *tileWorker) run(tile tile, trials []Trial, credits []*learning.Credit) tileResult {
	r := tileResult{trials: len(tile)}
	b, err := w.batch(len(tile))
	if err != nil {
		r.err = err
		return r
	}
	b.Scale = 1 / float64(len(trials))
	for i, j := range tile {
		b.SetTrial(i, trials[j].Input, trials[j].Target, trials[j].Class)
	}
	forward := w.causal(b, credits, &r)
	if r.err = tile.inBatch(b.Run()); r.err != nil {
		return r
	}
	for i, c := range credits {
		if forward[i] != nil {
			forward[i].Settle(r.gradients[i])
			continue
		}
		g := learning.NewGradient(w.trainer.Network)
		c.Gradient(g, b.Record, w.workspace(c, len(tile)))
		r.gradients[i] = g
	}
	r.measure = measure(b, w.trainer.loss)
	return r
}

// causal attaches the rules that are computed forward to the batch and returns
// their forms; nil where a rule has none.
func (w *tileWorker) causal(b *trial.Batch, credits []*learning.Credit, r *tileResult) []learning.Causal {
	forward := make([]learning.Causal, len(credits))
	r.gradients = make([]*learning.Gradient, len(credits))
	b.OnStep = nil
	for i, c := range credits {
		if c.Rule.IsCausal() {
			r.gradients[i] = learning.NewGradient(w.trainer.Network)
			forward[i] = w.causalForm(c, r.trials)
		}
	}
	if slices.ContainsFunc(forward, func(form learning.Causal) bool { return form != nil }) {
		b.OnStep = func(t int) error {
			for i, form := range forward {
				if form != nil {
					form.Step(r.gradients[i], b.Record, t)
				}
			}
			return nil
		}
	}
	return forward
}

// causalForm is the forward form of a rule, at the beginning of new trials.
func (w *tileWorker) causalForm(c *learning.Credit, trials int) learning.Causal {
	if c != w.trainer.Credit {
		return c.NewCausal(trials)
	}
	if w.form == nil || w.trainer.rewiring != nil { // whose synapses are others now
		w.form = c.NewCausal(w.trainer.tileSize(w.trainer.scenario.Training.Batch))
	}
	w.form.Reset()
	w.form.Refresh()
	return w.form
}

func (w *tileWorker) workspace(c *learning.Credit, trials int) *learning.Workspace {
	space, have := w.workspaces[c]
	if !have {
		if c != w.trainer.Credit {
			return c.NewWorkspace(len(w.trainer.window), trials)
		}
		space = c.NewWorkspace(len(w.trainer.window), w.trainer.tileSize(w.trainer.scenario.Training.Batch))
		w.workspaces[c] = space
	}
	return space
}

// inBatch turns a trial's number in its tile into its number in the batch.
func (t tile) inBatch(err error) error {
	var nonFinite *learning.NonFiniteError
	if errors.As(err, &nonFinite) && nonFinite.Trial >= 0 {
		nonFinite.Trial = t[nonFinite.Trial]
	}
	return err
}

func measure(b *trial.Batch, loss learning.Loss) Measure {
	m := Measure{Accuracy: math.NaN(), spikes: slices.Clone(b.Spikes())}
	correct := 0.0
	for i := range b.Record.Trials {
		m.Loss += b.Loss(i)
		if b.Correct(i) {
			correct++
		}
	}
	m.Loss /= float64(b.Record.Trials)
	if loss.Classifies() {
		m.Accuracy = correct / float64(b.Record.Trials)
	}
	m.Activity, m.MeanPsi = b.Activity()
	return m
}

// measureSum averages measures over trials.
type measureSum struct {
	sum    Measure
	trials float64
}

func (s *measureSum) add(m Measure, trials int) {
	n := float64(trials)
	s.trials += n
	s.sum.Loss += n * m.Loss
	s.sum.Accuracy += n * m.Accuracy
	s.sum.Activity += n * m.Activity
	if s.sum.MeanPsi == nil {
		s.sum.MeanPsi, s.sum.spikes = make([]float64, len(m.MeanPsi)), make([]float64, len(m.spikes))
	}
	for p, spikes := range m.spikes {
		s.sum.spikes[p] += spikes
	}
	for i, psi := range m.MeanPsi {
		s.sum.MeanPsi[i] += n * psi
	}
}

func (s *measureSum) mean() Measure {
	m := s.sum
	m.Loss /= s.trials
	m.Accuracy /= s.trials
	m.Activity /= s.trials
	for i := range m.MeanPsi {
		m.MeanPsi[i] /= s.trials
	}
	return m
}
