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
	Progress func(Progress) // called before every iteration and at the end; may be nil
	// Simulated is called before every window of a simulation and at the end; may
	// be nil.
	Simulated func(Simulated)
	Log       *zap.Logger // structured log; may be nil
	Command   string      // the command line, for the report
	Version   string      // of the program
	Page      bool        // write plots and report.html
}

// Progress is how far a run is.
type Progress struct {
	Iteration, Iterations int
	Loss, Accuracy        float64 // of the last validation, or continuous trial, NaN before it; accuracy NaN for regressions
	PerSecond             float64 // iterations per second of wall time
	Left                  time.Duration
}

// Thresholds are the losses whose first crossing is reported.
var Thresholds = []float64{0.5, 0.3, 0.1}

// learner is what learns, from separate trials or from continuous ones.
type learner interface {
	Iteration() int
	Seconds() float64 // biological, that it has learned from
	Rate() float64    // of the coming iteration
	Iterate() (scenarios.Measure, error)
	State() map[string][]float64
	Restore(state map[string][]float64) error
}

// filter is what of a learner by ModProp is recorded.
type filter interface {
	Mu() []float64 // per type
	Radius() (float64, error)
	Guarded() bool
	Bound() float64
	TypeTaps(count int) [][]float64
}

// filter is the learner's.
func (r *run) filter() filter {
	if r.trainer == nil {
		return r.continuous.Learner
	}
	return r.trainer.Credit
}

// run is a run under way.
type run struct {
	scenario *scenarios.Scenario
	rule     learning.Rule
	options  Options
	learner
	trainer    *scenarios.Trainer    // the learner of separate trials; nil of continuous ones
	continuous *scenarios.Continuous // that of continuous trials; nil of separate ones
	align      []learning.Rule
	tables     map[string]*table
	started    time.Time
	before     time.Duration // wall time spent before a resume
	since      int           // iteration at the start of this process
	latest     scenarios.Measure
}

// Run trains the scenario's network and leaves everything in the result folder.
// A cancelled context finishes the iteration, saves a checkpoint and returns
// the context's error beside the summary; divergence returns a *DivergedError
// beside the summary. A folder that cannot be used is a *FolderError.
func Run(ctx context.Context, s *scenarios.Scenario, o Options) (*Summary, error) {
	r, err := prepare(s, o)
	if err != nil {
		return nil, err
	}
	defer r.closeTables()
	failure := r.train(ctx)
	summary, err := r.finish(failure)
	if err != nil {
		return nil, err
	}
	return summary, failure
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
	if err := r.build(); err != nil {
		return nil, err
	}
	if err := r.openFolder(); err != nil {
		return nil, err
	}
	r.since, r.started = r.Iteration(), time.Now()
	return r, nil
}

// build makes the network and what learns on it.
func (r *run) build() (err error) {
	s, workers := r.scenario, r.options.Workers
	if s.Continuous() {
		r.continuous, err = scenarios.NewContinuous(s, r.rule, s.Seed, workers)
		r.learner, r.latest = r.continuous, scenarios.Measure{Loss: math.NaN(), Accuracy: math.NaN()}
		return err
	}
	r.trainer, err = scenarios.NewTrainer(s, r.rule, s.Seed, workers)
	r.learner = r.trainer
	return err
}

// openFolder begins the result folder, or takes the run up where its checkpoint
// stands.
func (r *run) openFolder() error {
	dir, sizes := r.options.Dir, map[string]int64{}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unusable(err)
	}
	if r.options.Resume {
		var err error
		if sizes, err = r.restore(); err != nil {
			return err
		}
	}
	if len(sizes) == 0 {
		if err := renameio.WriteFile(filepath.Join(dir, scenarioFile), r.scenario.YAML(), 0o644); err != nil {
			return unusable(err)
		}
	}
	if err := r.openTables(sizes); err != nil {
		return err
	}
	// A run under way has no summary: one that is killed does not count as done.
	if err := os.Remove(filepath.Join(dir, summaryFile)); err != nil && !os.IsNotExist(err) {
		return unusable(err)
	}
	return nil
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
		columns["modulators"] = r.modulatorColumns()
		columns["taps"] = []string{"iteration", "lag", "post", "pre", "F"}
		if r.rule.Carried() {
			columns["chemistry"] = []string{"iteration", "lag", "post", "pre", "F", "effective", "own_site", "next_site"}
		}
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

// modulatorColumns are μ per type, over the whole trial and from each step at
// which it may change.
func (r *run) modulatorColumns() []string {
	names := r.typeNames()
	columns := []string{"iteration", "radius"}
	for _, name := range names {
		columns = append(columns, "mu_"+name)
	}
	for _, from := range r.spans() {
		for _, name := range names {
			columns = append(columns, fmt.Sprintf("mu_%s_from_%d", name, from))
		}
	}
	return columns
}

// typeNames are the names of the cell types.
func (r *run) typeNames() []string {
	var names []string
	for _, c := range r.scenario.Network.Cells {
		names = append(names, c.Name)
	}
	return names
}

func (r *run) closeTables() {
	for _, t := range r.tables {
		_ = t.close() // finish has reported what could not be written
	}
}

// train iterates to the end of the budget.
func (r *run) train(ctx context.Context) error {
	training := r.scenario.Training
	r.options.Log.Info("training", zap.String("scenario", r.scenario.Name), zap.String("rule", r.rule.Given),
		zap.Uint64("seed", r.scenario.Seed), zap.Int("iteration", r.Iteration()), zap.String("kernel", kernel.Name()))
	for {
		if err := r.observe(); err != nil {
			return err
		}
		r.report()
		if r.Iteration() == training.Iterations {
			return nil
		}
		if err := r.iterate(); err != nil {
			return err
		}
		i, stop := r.Iteration(), ctx.Err()
		if stop != nil || i%training.Checkpoint == 0 || i == training.Iterations {
			if err := r.save(); err != nil {
				return err
			}
		}
		if stop != nil {
			return stop
		}
	}
}

// observe records what is due before the coming iteration. Continuous trials have no
// others beside them.
func (r *run) observe() error {
	if r.trainer == nil {
		return r.recordModulators(1)
	}
	i, t := r.Iteration(), r.scenario.Training
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
		return r.diverged(err)
	}
	r.latest = m
	r.record("validation", m)
	r.options.Log.Info("validation", zap.Int("iteration", i), zap.Float64("loss", m.Loss),
		zap.String("accuracy", strconv.FormatFloat(m.Accuracy, 'g', -1, 64)), zap.Float64("activity", m.Activity))
	return r.recordModulators(t.Validation.Every)
}

func (r *run) iterate() error {
	i, rate := r.Iteration(), r.Rate()
	seconds := r.Seconds()
	m, err := r.Iterate()
	if err != nil {
		return r.diverged(err)
	}
	if r.trainer == nil {
		r.latest = m
	}
	r.tables["metrics"].add(i, seconds, "train", m.Loss, m.Accuracy, m.Activity, rate)
	return nil
}

func (r *run) record(split string, m scenarios.Measure) {
	r.tables["metrics"].add(r.Iteration(), r.Seconds(), split, m.Loss, m.Accuracy, m.Activity, r.Rate())
}

// tapLags is how many lags of F are recorded.
const tapLags = 200

// recordModulators writes μ and the propagator's radius, as it is to do every so many
// iterations, and ten times over the run the filter taps.
func (r *run) recordModulators(every int) error {
	if !r.rule.Filters() {
		return nil
	}
	i, filter := r.Iteration(), r.filter()
	radius, err := filter.Radius()
	if err != nil {
		return r.diverged(err)
	}
	row := []any{i, radius}
	for _, mu := range filter.Mu() {
		row = append(row, mu)
	}
	for _, from := range r.spans() {
		for _, mu := range r.trainer.Credit.MuAt(from) {
			row = append(row, mu)
		}
	}
	r.tables["modulators"].add(row...)
	every *= max(1, r.scenario.Training.Iterations/10/every)
	if i%every != 0 && i != r.scenario.Training.Iterations {
		return nil
	}
	names := r.typeNames()
	for lag, f := range filter.TypeTaps(tapLags) {
		for j, tap := range f {
			r.tables["taps"].add(i, lag+1, names[j/len(names)], names[j%len(names)], tap)
		}
	}
	r.recordChemistry()
	return nil
}

// lagsAfter is how many lags are recorded at which traces come after secretion.
const lagsAfter = 100

// recordChemistry writes what substances make of the filter, where they carry credit.
func (r *run) recordChemistry() {
	if !r.rule.Carried() {
		return
	}
	i, credit, names := r.trainer.Iteration(), r.trainer.Credit, r.trainer.Network.TypeNames
	ideal, effective := credit.TypeTaps(tapLags), credit.EffectiveTaps(lagsAfter, tapLags)
	for at, mean := range effective.Mean {
		lag := effective.From + at
		for j, tap := range mean {
			f, own, next := 0.0, math.NaN(), math.NaN()
			if lag >= 1 {
				f = ideal[lag-1][j]
			}
			if effective.Own != nil {
				own, next = effective.Own[at][j], effective.Neighbour[at][j]
			}
			r.tables["chemistry"].add(i, lag, names[j/len(names)], names[j%len(names)], f, tap, own, next)
		}
	}
}

// spans are the steps at which μ may change within the trial, from its first;
// none where it has one value.
func (r *run) spans() []int {
	var begins []int
	if length := r.rule.Span; length > 0 {
		for t := 0; t < r.scenario.Task.Steps(r.scenario.Network.Step); t += length {
			begins = append(begins, t)
		}
	}
	return begins
}

func (r *run) recordAlignment() error {
	alignments, err := r.trainer.Align(r.align)
	if err != nil {
		return r.diverged(err)
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
	i, all := r.Iteration(), r.scenario.Training.Iterations
	rate := float64(i-r.since) / time.Since(r.started).Seconds()
	r.options.Progress(Progress{
		Iteration: i, Iterations: all, Loss: r.latest.Loss, Accuracy: r.latest.Accuracy,
		PerSecond: rate, Left: duration(all-i, rate),
	})
}

// duration is the time that iterations take at a rate per second; 0 when the
// rate is not known yet.
func duration(iterations int, rate float64) time.Duration {
	if rate <= 0 {
		return 0
	}
	return time.Duration(min(float64(iterations)/rate*float64(time.Second), math.MaxInt64/2))
}

// finish writes weights, summary and the page.
func (r *run) finish(failure error) (*Summary, error) {
	for _, t := range r.tables {
		if err := t.flush(); err != nil {
			return nil, err
		}
	}
	status, message := Completed, ""
	var diverged *DivergedError
	switch {
	case failure == nil:
	case errors.As(failure, &diverged):
		status, message = Diverged, diverged.Error()
		r.options.Log.Error("diverged", zap.Int("iteration", diverged.Iteration), zap.Error(diverged.Err))
	case errors.Is(failure, context.Canceled):
		status = Interrupted
		r.options.Log.Warn("interrupted", zap.Int("iteration", r.Iteration()))
	default:
		return nil, nil
	}
	if err := r.writeWeights(); err != nil {
		return nil, err
	}
	summary, err := r.summarise(status, message)
	if err != nil {
		return nil, err
	}
	if err := writeJSON(filepath.Join(r.options.Dir, summaryFile), summary); err != nil {
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
	curve := lossCurve(r.scenario, numbers, texts)
	wall := (r.before + time.Since(r.started)).Seconds()
	loss, _ := r.scenario.Task.Loss(r.scenario.Network.Step)
	s := &Summary{
		Loss:     lossName(loss),
		Scenario: r.scenario.Name, Rule: r.rule.Given, Seed: r.scenario.Seed, Status: status, Message: message,
		Iterations: r.Iteration(), FinalLoss: Number(math.NaN()), FinalAccuracy: Number(math.NaN()),
		SolvedBelow: r.scenario.Training.Solved, SimulatedSeconds: r.Seconds(),
		WallSeconds: wall, PeakMemoryMB: peakMemoryMB(),
		Synapses: r.synapses(), Online: r.online(wall),
		Kernel: kernel.Name(), Version: r.options.Version, Command: r.options.Command, Radius: Number(math.NaN()),
	}
	if s.Iterations > 0 {
		s.IterationsPerSecond = float64(s.Iterations) / wall
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
		s.Mu = map[string]Number{}
		for alpha, mu := range r.filter().Mu() {
			s.Mu[r.scenario.Network.Cells[alpha].Name] = Number(mu)
		}
		if radius, err := r.filter().Radius(); err == nil {
			s.Radius = Number(radius)
		}
	}
	return s, nil
}

// synapses counts those of every kind.
func (r *run) synapses() map[string]int {
	if r.trainer != nil {
		net := r.trainer.Network
		return map[string]int{"W_in": net.In.Synapses(), "W_rec": net.Rec.Synapses(), "W_out": net.Out.Synapses()}
	}
	net, recurrent, out := r.continuous.Network, 0, 0
	for _, rows := range net.Shares {
		recurrent += rows.Starts[len(net.Type)]
	}
	for _, exists := range net.OutExists {
		if exists {
			out++
		}
	}
	return map[string]int{"W_in": net.Synapses() - recurrent, "W_rec": recurrent, "W_out": out}
}

// online is what a continuous run took, so many seconds of wall time; nil of separate
// trials.
func (r *run) online(wall float64) *Online {
	if r.continuous == nil {
		return nil
	}
	plastic := r.continuous.Network.Synapses()
	synapses, history := r.continuous.Learner.Memory()
	return &Online{
		PlasticSynapses: plastic, BytesPerSynapse: float64(synapses) / float64(plastic),
		HistoryPerSynapse: float64(history) / float64(plastic), BiologicalPerWall: r.Seconds() / wall,
	}
}
