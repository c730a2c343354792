package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/renameio/v2"
	"golang.org/x/sync/errgroup"
	"gonum.org/v1/gonum/stat"

	"paracrine/internal/kernel"
	"paracrine/internal/report"
	"paracrine/scenarios"
)

// Compare carries out a plan: as many runs at a time as there are workers, each
// on one thread and in its own folder. A cancelled context lets every run save
// its checkpoint; with Resume finished runs are kept and others continued.
func Compare(ctx context.Context, s *scenarios.Scenario, p Plan, o Options) (*report.Comparison, error) {
	if err := begin(s, p, o); err != nil {
		return nil, err
	}
	jobs, err := p.jobs(s, o)
	if err != nil {
		return nil, err
	}
	started := time.Now()
	total := newTotal(len(jobs), s.Training.Iterations, o.Progress, started)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, o.Workers))
	for i := range jobs {
		group.Go(func() error { return jobs[i].run(ctx, o, total) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	c, err := compile(s, p, jobs, o)
	if err != nil {
		return nil, err
	}
	if err := writeJSON(filepath.Join(o.Dir, summaryFile), tabulate(c)); err != nil {
		return nil, err
	}
	if err := writeComparisonTable(filepath.Join(o.Dir, "comparison.csv"), c); err != nil {
		return nil, err
	}
	return c, report.WriteComparison(o.Dir, c)
}

func begin(s *scenarios.Scenario, p Plan, o Options) error {
	if o.Resume {
		return nil
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return unusable(err)
	}
	// The plan first: a folder with a scenario alone is that of a run.
	if err := writeJSON(filepath.Join(o.Dir, planFile), p); err != nil {
		return unusable(err)
	}
	return unusable(renameio.WriteFile(filepath.Join(o.Dir, scenarioFile), s.YAML(), 0o644))
}

// job is one rule with one seed.
type job struct {
	rule     string
	scenario *scenarios.Scenario
	dir      string
	summary  *Summary
}

func (p Plan) jobs(s *scenarios.Scenario, o Options) ([]*job, error) {
	var jobs []*job
	for _, text := range p.Rules {
		for _, seed := range p.Seeds {
			one, err := p.scenario(s, text, seed)
			if err != nil {
				return nil, err
			}
			jobs = append(jobs, &job{rule: text, scenario: one,
				dir: filepath.Join(o.Dir, "runs", folderName(text), fmt.Sprintf("seed-%d", seed))})
		}
	}
	return jobs, nil
}

// folderName is a rule as a folder can be called on every system.
func folderName(rule string) string {
	return strings.NewReplacer(":", "_", "/", "-", ",", "_", "=", "-").Replace(rule)
}

// run trains, or keeps what is already there. Divergence is a result.
func (j *job) run(ctx context.Context, o Options, total *total) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if o.Resume {
		if done, err := ReadSummary(j.dir); err == nil && done.Status != Interrupted {
			j.summary = done
			total.finish(j)
			return nil
		}
	}
	one := Options{Dir: j.dir, Workers: 1, Log: o.Log, Command: o.Command, Version: o.Version,
		Resume: o.Resume, Page: o.Page, Progress: func(p Progress) { total.update(j, p) }}
	summary, err := Run(ctx, j.scenario, one)
	var diverged *DivergedError
	if err != nil && !errors.As(err, &diverged) {
		return err
	}
	j.summary = summary
	total.finish(j)
	return nil
}

// compile collects the runs into what the page and the table show.
func compile(s *scenarios.Scenario, p Plan, jobs []*job, o Options) (*report.Comparison, error) {
	loss, window := s.Task.Loss(s.Network.Step)
	c := &report.Comparison{
		Name: s.Name, Title: s.Title, Description: s.Description, Source: s.Source, Scenario: string(s.YAML()),
		Version: o.Version + ", kernel " + kernel.Name(), Command: o.Command, Seeds: p.Seeds,
		Iterations: s.Training.Iterations, Continuous: s.Continuous(), Batch: s.Training.Batch,
		StepMS: float64(s.Network.Step), TrialMS: float64(len(window)) * float64(s.Network.Step),
		HasClasses: loss == scenarios.CrossEntropy, LossName: lossName(loss), SolvedBelow: s.Training.Solved,
		Thresholds: Thresholds, Types: cellTypes(s),
	}
	for i, text := range p.Rules {
		result, err := collect(text, jobs[i*len(p.Seeds):(i+1)*len(p.Seeds)], o.Dir)
		if err != nil {
			return nil, err
		}
		c.Rules = append(c.Rules, result)
	}
	c.Expect = expectedOfOwnRule(s, c.Rules)
	return c, nil
}

// expectedOfOwnRule judges the scenario's expectations, which are about its own
// rule, on that rule's seeds; without it among the rules there is nothing to judge.
func expectedOfOwnRule(s *scenarios.Scenario, rules []report.RuleResult) []report.Band {
	for _, r := range rules {
		spec, err := scenarios.ParseRuleSpec(r.Rule)
		if err == nil && spec.String() == s.Learning.Rule.String() {
			return bands(judge(s, map[string]float64{"final-loss": r.Table.LossMean, "final-accuracy": r.Table.AccuracyMean,
				"solved": float64(r.Table.Solved) / float64(r.Table.Runs)}))
		}
	}
	return nil
}

func collect(rule string, jobs []*job, dir string) (report.RuleResult, error) {
	result := report.RuleResult{Rule: rule}
	var curves []report.Curve
	var alignments [][]report.Alignment
	milliseconds := 0.0
	for _, j := range jobs {
		numbers, texts, err := readTable(filepath.Join(j.dir, "metrics.csv"))
		if err != nil {
			return result, err
		}
		curve := lossCurve(j.scenario, numbers, texts)
		curves = append(curves, curve)
		seed := report.SeedResult{Seed: j.scenario.Seed, FinalLoss: float64(j.summary.FinalLoss), FinalAccuracy: float64(j.summary.FinalAccuracy),
			Solved: j.summary.Solved, Diverged: j.summary.Status == Diverged, Message: j.summary.Message}
		if folder, err := filepath.Rel(dir, j.dir); err == nil {
			seed.Folder = folder
		}
		for _, threshold := range Thresholds {
			seed.Crossings = append(seed.Crossings, firstBelow(curve, threshold))
		}
		result.Seeds = append(result.Seeds, seed)
		milliseconds += j.summary.MsPerIteration / float64(len(jobs))
		if a, err := readAlignment(filepath.Join(j.dir, "alignment.csv")); err == nil {
			alignments = append(alignments, a)
		}
	}
	result.Curve = spread(curves)
	result.Alignment = meanAlignment(alignments)
	result.Table = row(result.Seeds)
	result.Table.MillisecondsPerIteration = milliseconds
	return result, nil
}

// spread is mean ± sd over the runs that reached each validation.
func spread(curves []report.Curve) report.Spread {
	var s report.Spread
	longest := report.Curve{}
	for _, c := range curves {
		if len(c.Iteration) > len(longest.Iteration) {
			longest = c
		}
	}
	s.Iteration = longest.Iteration
	for i := range s.Iteration {
		var losses, accuracies []float64
		for _, c := range curves {
			if i < len(c.Loss) {
				losses = append(losses, c.Loss[i])
			}
			if i < len(c.Accuracy) {
				accuracies = append(accuracies, c.Accuracy[i])
			}
		}
		mean, sd := meanSD(losses)
		s.LossMean, s.LossSD = append(s.LossMean, mean), append(s.LossSD, sd)
		if len(accuracies) > 0 {
			mean, sd = meanSD(accuracies)
			s.AccuracyMean, s.AccuracySD = append(s.AccuracyMean, mean), append(s.AccuracySD, sd)
		}
	}
	return s
}

// meanSD is the mean and the sample standard deviation, 0 for a single value.
func meanSD(x []float64) (mean, sd float64) {
	if len(x) == 0 {
		return math.NaN(), math.NaN()
	}
	mean, sd = stat.MeanStdDev(x, nil)
	if len(x) == 1 {
		sd = 0
	}
	return mean, sd
}

// row is a rule's line of the table. The final loss of a run that diverged is
// its last validation before it did: it is counted, never dropped.
func row(seeds []report.SeedResult) report.RuleRow {
	var r report.RuleRow
	var losses, accuracies []float64
	for _, s := range seeds {
		r.Runs++
		losses = append(losses, s.FinalLoss)
		if !math.IsNaN(s.FinalAccuracy) {
			accuracies = append(accuracies, s.FinalAccuracy)
		}
		if s.Solved {
			r.Solved++
		}
		if s.Diverged {
			r.Diverged++
		}
	}
	r.LossMean, r.LossSD = meanSD(losses)
	r.AccuracyMean, r.AccuracySD = meanSD(accuracies)
	for i := range Thresholds {
		var crossed []float64
		for _, s := range seeds {
			if s.Crossings[i] >= 0 {
				crossed = append(crossed, float64(s.Crossings[i]))
			}
		}
		mean, sd := meanSD(crossed)
		r.CrossingMean, r.CrossingSD = append(r.CrossingMean, mean), append(r.CrossingSD, sd)
		r.Crossed = append(r.Crossed, len(crossed))
	}
	return r
}

// meanAlignment averages the cosine and norm ratio of every matrix over seeds.
func meanAlignment(seeds [][]report.Alignment) []report.Alignment {
	if len(seeds) == 0 {
		return nil
	}
	mean := append([]report.Alignment(nil), seeds[0]...)
	for i := range mean {
		cosine, ratio := make([]float64, len(mean[i].Iteration)), make([]float64, len(mean[i].Iteration))
		for t := range cosine {
			n := 0.0
			for _, s := range seeds {
				if i < len(s) && t < len(s[i].Cosine) && !math.IsNaN(s[i].Cosine[t]) {
					cosine[t] += s[i].Cosine[t]
					ratio[t] += s[i].NormRatio[t]
					n++
				}
			}
			cosine[t] /= n
			ratio[t] /= n
		}
		mean[i].Cosine, mean[i].NormRatio = cosine, ratio
	}
	return mean
}

// comparisonRow is a rule's line in summary.json.
type comparisonRow struct {
	Rule           string            `json:"rule"`
	Runs           int               `json:"runs"`
	Solved         int               `json:"solved"`
	Diverged       int               `json:"diverged"`
	LossMean       Number            `json:"final_loss_mean"`
	LossSD         Number            `json:"final_loss_sd"`
	AccuracyMean   Number            `json:"final_accuracy_mean"`
	AccuracySD     Number            `json:"final_accuracy_sd"`
	Crossings      map[string]Number `json:"iterations_to_loss_mean"`
	Crossed        map[string]int    `json:"runs_that_reached_loss"`
	MsPerIteration float64           `json:"milliseconds_per_iteration"`
}

func tabulate(c *report.Comparison) []comparisonRow {
	var rows []comparisonRow
	for _, rule := range c.Rules {
		t := rule.Table
		r := comparisonRow{Rule: rule.Rule, Runs: t.Runs, Solved: t.Solved, Diverged: t.Diverged,
			LossMean: Number(t.LossMean), LossSD: Number(t.LossSD), AccuracyMean: Number(t.AccuracyMean), AccuracySD: Number(t.AccuracySD),
			Crossings: map[string]Number{}, Crossed: map[string]int{}, MsPerIteration: t.MillisecondsPerIteration}
		for i, threshold := range c.Thresholds {
			r.Crossings[fmt.Sprint(threshold)] = Number(t.CrossingMean[i])
			r.Crossed[fmt.Sprint(threshold)] = t.Crossed[i]
		}
		rows = append(rows, r)
	}
	return rows
}

// writeComparisonTable writes one line per run.
func writeComparisonTable(path string, c *report.Comparison) error {
	header := []string{"rule", "seed", "final_loss", "final_accuracy", "solved", "diverged"}
	for _, threshold := range c.Thresholds {
		header = append(header, fmt.Sprintf("iterations_to_%g", threshold))
	}
	t, err := openTable(path, 0, header...)
	if err != nil {
		return err
	}
	for _, rule := range c.Rules {
		for _, s := range rule.Seeds {
			cells := []any{fmt.Sprintf("%q", rule.Rule), s.Seed, s.FinalLoss, s.FinalAccuracy, s.Solved, s.Diverged}
			for _, at := range s.Crossings {
				if at < 0 {
					cells = append(cells, math.NaN())
				} else {
					cells = append(cells, at)
				}
			}
			t.add(cells...)
		}
	}
	return t.close()
}
