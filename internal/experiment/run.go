// Package experiment runs scenarios: it trains, keeps the result folder, takes
// checkpoints so that nothing is lost, and compares rules over seeds.
package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/renameio/v2"
	"go.uber.org/zap"

	"paracrine/internal/kernel"
	"paracrine/learning"
	"paracrine/scenarios"
)

// Options say how a run is carried out; they never change its results.
type Options struct {
	Dir      string         // result folder
	Resume   bool           // continue the run in Dir
	Workers  int            // threads
	Progress func(Progress) // called after every iteration; may be nil
	Log      *zap.Logger    // structured log; may be nil
	Command  string         // the command line, for the report
	Version  string         // of the program
	Page     bool           // write plots and report.html
}

// Progress is how far a run is.
type Progress struct {
	Iteration, Iterations int
	Loss, Accuracy        float64 // of the last validation; accuracy NaN for regressions
	PerSecond             float64 // iterations per second of wall time
	Left                  time.Duration
}

// Thresholds are the losses whose first crossing is reported.
var Thresholds = []float64{0.5, 0.3, 0.1}

// run is a run under way.
type run struct {
	scenario *scenarios.Scenario
	rule     learning.Rule
	options  Options
	trainer  *scenarios.Trainer
	align    []learning.Rule
	tables   map[string]*table
	started  time.Time
	before   time.Duration // wall time spent before a resume
	since    int           // iteration at the start of this process
	latest   scenarios.Measure
}

// Run trains the scenario's network and leaves everything in the result folder.
// A cancelled context finishes the iteration, saves a checkpoint and returns
// the context's error beside the summary; divergence returns the
// *learning.NonFiniteError beside the summary.
func Run(ctx context.Context, s *scenarios.Scenario, o Options) (*Summary, error) {
	r, err := prepare(s, o)
	if err != nil {
		return nil, err
	}
	defer r.closeTables()
	failure := r.train(ctx)
	summary, err := r.finish(failure)
	return summary, errors.Join(failure, err)
}

func prepare(s *scenarios.Scenario, o Options) (*run, error) {
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	rule, err := s.Learning.Rule.Parse()
	if err != nil {
		return nil, err
	}
	r := &run{scenario: s, rule: rule, options: o, tables: map[string]*table{}}
	if r.align, err = alignmentRules(s); err != nil {
		return nil, err
	}
	if r.trainer, err = scenarios.NewTrainer(s, rule, s.Seed, o.Workers); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, err
	}
	sizes := map[string]int64{}
	if o.Resume {
		if sizes, err = r.restore(); err != nil {
			return nil, err
		}
	} else if err := renameio.WriteFile(filepath.Join(o.Dir, "scenario.yaml"), s.YAML(), 0o644); err != nil {
		return nil, err
	}
	r.since, r.started = r.trainer.Iteration(), time.Now()
	return r, r.openTables(sizes)
}

func alignmentRules(s *scenarios.Scenario) ([]learning.Rule, error) {
	if s.Learning.Alignment.Every == 0 {
		return nil, nil
	}
	specs := s.Learning.Alignment.Rules
	if len(specs) == 0 {
		specs = []scenarios.RuleSpec{s.Learning.Rule}
	}
	var rules []learning.Rule
	for _, spec := range specs {
		rule, err := spec.Parse()
		if err != nil {
			return nil, err
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// The tables of a result folder and their columns.
func (r *run) openTables(sizes map[string]int64) error {
	columns := map[string][]string{
		"metrics": {"iteration", "seconds", "split", "loss", "accuracy", "activity", "learning_rate"},
	}
	if r.rule.Filters() {
		columns["modulators"] = []string{"iteration", "radius"}
		for _, name := range r.trainer.Network.TypeNames {
			columns["modulators"] = append(columns["modulators"], "mu_"+name)
		}
		columns["taps"] = []string{"iteration", "lag", "post", "pre", "F"}
	}
	if r.align != nil {
		columns["alignment"] = []string{"iteration", "rule", "matrix", "cosine", "norm_ratio"}
	}
	for name, header := range columns {
		t, err := openTable(filepath.Join(r.options.Dir, name+".csv"), sizes[name], header...)
		if err != nil {
			return err
		}
		r.tables[name] = t
	}
	return nil
}

func (r *run) closeTables() {
	for _, t := range r.tables {
		t.close()
	}
}

// train iterates to the end of the budget.
func (r *run) train(ctx context.Context) error {
	training := r.scenario.Training
	r.options.Log.Info("training", zap.String("scenario", r.scenario.Name), zap.String("rule", r.rule.Given),
		zap.Uint64("seed", r.scenario.Seed), zap.Int("iteration", r.trainer.Iteration()), zap.String("kernel", kernel.Name()))
	for r.trainer.Iteration() < training.Iterations {
		if err := r.observe(); err != nil {
			return err
		}
		if err := r.iterate(); err != nil {
			return err
		}
		stop := ctx.Err()
		if stop != nil || r.trainer.Iteration()%training.Checkpoint == 0 {
			if err := r.save(); err != nil {
				return err
			}
		}
		r.report()
		if stop != nil {
			return stop
		}
	}
	if err := r.observe(); err != nil {
		return err
	}
	r.report()
	return nil
}

// observe records what is due before the coming iteration.
func (r *run) observe() error {
	i, t := r.trainer.Iteration(), r.scenario.Training
	if every := r.scenario.Learning.Alignment.Every; every > 0 && i%every == 0 && i < t.Iterations {
		if err := r.recordAlignment(); err != nil {
			return err
		}
	}
	if i%t.Validation.Every != 0 && i != t.Iterations {
		return nil
	}
	m, err := r.trainer.Validate()
	if err != nil {
		return err
	}
	r.latest = m
	r.record("validation", m)
	r.options.Log.Info("validation", zap.Int("iteration", i), zap.Float64("loss", m.Loss),
		zap.String("accuracy", strconv.FormatFloat(m.Accuracy, 'g', -1, 64)), zap.Float64("activity", m.Activity))
	return r.recordModulators()
}

func (r *run) iterate() error {
	i, rate := r.trainer.Iteration(), r.trainer.Rate()
	seconds := r.trainer.Seconds()
	m, err := r.trainer.Iterate()
	if err != nil {
		return err
	}
	r.tables["metrics"].add(i, seconds, "train", m.Loss, m.Accuracy, m.Activity, rate)
	return nil
}

func (r *run) record(split string, m scenarios.Measure) {
	r.tables["metrics"].add(r.trainer.Iteration(), r.trainer.Seconds(), split, m.Loss, m.Accuracy, m.Activity, r.trainer.Rate())
}

// tapLags is how many lags of F are recorded.
const tapLags = 200

// recordModulators writes μ and the propagator's radius, and ten times over the
// run the filter taps.
func (r *run) recordModulators() error {
	if !r.rule.Filters() {
		return nil
	}
	i, credit := r.trainer.Iteration(), r.trainer.Credit
	radius, err := credit.Radius()
	if err != nil {
		return err
	}
	row := []any{i, radius}
	for _, mu := range credit.Mu() {
		row = append(row, mu)
	}
	r.tables["modulators"].add(row...)
	every := max(1, r.scenario.Training.Iterations/10/r.scenario.Training.Validation.Every) * r.scenario.Training.Validation.Every
	if i%every != 0 && i != r.scenario.Training.Iterations {
		return nil
	}
	names := r.trainer.Network.TypeNames
	for lag, f := range credit.TypeTaps(tapLags) {
		for j, tap := range f {
			r.tables["taps"].add(i, lag+1, names[j/len(names)], names[j%len(names)], tap)
		}
	}
	return nil
}

func (r *run) recordAlignment() error {
	alignments, err := r.trainer.Align(r.align)
	if err != nil {
		return err
	}
	for i, a := range alignments {
		for j, name := range learning.Compared {
			r.tables["alignment"].add(r.trainer.Iteration(), strconv.Quote(r.align[i].Given), name, a.Cosine[j], a.NormRatio[j])
		}
	}
	return nil
}

func (r *run) report() {
	if r.options.Progress == nil {
		return
	}
	done, wall := r.trainer.Iteration()-r.since, time.Since(r.started).Seconds()
	rate := float64(done) / wall
	left := float64(r.scenario.Training.Iterations-r.trainer.Iteration()) / rate
	if math.IsInf(left, 0) || math.IsNaN(left) {
		left = 0
	}
	r.options.Progress(Progress{
		Iteration: r.trainer.Iteration(), Iterations: r.scenario.Training.Iterations,
		Loss: r.latest.Loss, Accuracy: r.latest.Accuracy, PerSecond: rate,
		Left: time.Duration(left * float64(time.Second)),
	})
}

// finish writes weights, summary and the page.
func (r *run) finish(failure error) (*Summary, error) {
	for _, t := range r.tables {
		if err := t.flush(); err != nil {
			return nil, err
		}
	}
	status, message := Completed, ""
	var nonFinite *learning.NonFiniteError
	switch {
	case failure == nil:
	case errors.As(failure, &nonFinite):
		status, message = Diverged, fmt.Sprintf("iteration %d: %v", r.trainer.Iteration(), nonFinite)
		r.options.Log.Error("diverged", zap.Int("iteration", r.trainer.Iteration()), zap.Error(nonFinite))
	case errors.Is(failure, context.Canceled):
		status = Interrupted
		r.options.Log.Warn("interrupted", zap.Int("iteration", r.trainer.Iteration()))
	default:
		return nil, nil
	}
	if err := writeWeights(filepath.Join(r.options.Dir, "weights.npz"), r.trainer.Network); err != nil {
		return nil, err
	}
	summary, err := r.summarise(status, message)
	if err != nil {
		return nil, err
	}
	if err := writeJSON(filepath.Join(r.options.Dir, "summary.json"), summary); err != nil {
		return nil, err
	}
	if r.options.Page {
		if err := r.writePage(summary); err != nil {
			return summary, err
		}
	}
	r.options.Log.Info("finished", zap.String("status", status), zap.Float64("final_loss", float64(summary.FinalLoss)),
		zap.Float64("wall_seconds", summary.WallSeconds))
	return summary, nil
}

func (r *run) summarise(status, message string) (*Summary, error) {
	numbers, texts, err := readTable(filepath.Join(r.options.Dir, "metrics.csv"))
	if err != nil {
		return nil, err
	}
	curve := validationCurve(numbers, texts)
	wall := time.Since(r.started)
	done := r.trainer.Iteration() - r.since
	s := &Summary{
		Scenario: r.scenario.Name, Rule: r.rule.Given, Seed: r.scenario.Seed, Status: status, Message: message,
		Iterations: r.trainer.Iteration(), FinalLoss: Number(math.NaN()), FinalAccuracy: Number(math.NaN()),
		SolvedBelow: r.scenario.Training.Solved, SimulatedSeconds: r.trainer.Seconds(),
		WallSeconds: (r.before + wall).Seconds(), PeakMemoryMB: peakMemoryMB(),
		Synapses: map[string]int{"W_in": r.trainer.Network.In.Synapses(), "W_rec": r.trainer.Network.Rec.Synapses(), "W_out": r.trainer.Network.Out.Synapses()},
		Kernel:   kernel.Name(), Version: r.options.Version, Command: r.options.Command, Radius: Number(math.NaN()),
	}
	if done > 0 {
		s.IterationsPerSecond = float64(done) / wall.Seconds()
		s.MsPerIteration = 1000 / s.IterationsPerSecond
	}
	if n := len(curve.Loss); n > 0 {
		s.FinalLoss = Number(curve.Loss[n-1])
		if curve.Accuracy != nil {
			s.FinalAccuracy = Number(curve.Accuracy[n-1])
		}
		s.Solved = status == Completed && s.SolvedBelow > 0 && curve.Loss[n-1] <= s.SolvedBelow
		s.Crossings = map[string]int{}
		for _, threshold := range Thresholds {
			if at := firstBelow(curve, threshold); at >= 0 {
				s.Crossings[fmt.Sprint(threshold)] = at
			}
		}
	}
	solved := 0.0
	if s.Solved {
		solved = 1
	}
	if status == Completed {
		s.Expected = judge(r.scenario, map[string]float64{"final-loss": float64(s.FinalLoss), "final-accuracy": float64(s.FinalAccuracy), "solved": solved})
	}
	if r.rule.Filters() {
		s.Mu = map[string]float64{}
		for alpha, mu := range r.trainer.Credit.Mu() {
			s.Mu[r.trainer.Network.TypeNames[alpha]] = mu
		}
		if radius, err := r.trainer.Credit.Radius(); err == nil {
			s.Radius = Number(radius)
		}
	}
	return s, nil
}
