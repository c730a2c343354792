package experiment

import (
	"fmt"
	"math"
	"path/filepath"
	"strconv"

	"paracrine/internal/kernel"
	"paracrine/internal/report"
	"paracrine/learning"
	"paracrine/scenarios"
)

// writePage draws the run from its folder.
func (r *run) writePage(s *Summary) error {
	page, err := r.page(s)
	if err != nil {
		return err
	}
	return report.WriteRun(r.options.Dir, page)
}

func (r *run) page(s *Summary) (*report.Run, error) {
	numbers, texts, err := readTable(filepath.Join(r.options.Dir, "metrics.csv"))
	if err != nil {
		return nil, err
	}
	loss, window := r.scenario.Task.Loss(r.scenario.Network.Step)
	page := &report.Run{
		Name: r.scenario.Name, Title: r.scenario.Title, Description: r.scenario.Description, Source: r.scenario.Source,
		Rule: r.rule.Given, Seed: r.scenario.Seed, Scenario: string(r.scenario.YAML()),
		Version: r.options.Version + ", kernel " + kernel.Name(), Command: r.options.Command,
		Status: s.Status, Message: s.Message,
		StepMS: float64(r.scenario.Network.Step), TrialMS: float64(len(window)) * float64(r.scenario.Network.Step),
		Continuous: r.scenario.Continuous(), Batch: r.scenario.Training.Batch, Iterations: s.Iterations, Planned: r.scenario.Training.Iterations, WallSeconds: s.WallSeconds, PerSecond: s.IterationsPerSecond,
		Types: cellTypes(r.scenario), Inputs: r.scenario.Task.Inputs(),
		Facts: r.facts(s), Train: curve(numbers, texts, "train"), Validation: curve(numbers, texts, "validation"),
		HasClasses: loss == scenarios.CrossEntropy, LossName: lossName(loss), Expect: bands(s.Expected),
	}
	for _, e := range r.scenario.Task.Epochs() {
		page.Epochs = append(page.Epochs, report.Epoch{Name: e.Name, FromMS: float64(e.From), ToMS: float64(e.To)})
	}
	if r.rule.Filters() {
		if err := r.addModulators(page); err != nil {
			return nil, err
		}
	}
	if r.trainer == nil {
		return page, r.addContinuous(page, s)
	}
	return page, r.addTrained(page, s)
}

// addModulators adds what ModProp's messengers carried.
func (r *run) addModulators(page *report.Run) (err error) {
	if page.Taps, err = r.taps(); err != nil {
		return err
	}
	if r.rule.Carried() {
		if page.Effective, err = r.effectiveFilter(); err != nil {
			return err
		}
	}
	page.Modulator, err = r.modulators()
	return err
}

// addTrained adds what a page shows of a network on matrices.
func (r *run) addTrained(page *report.Run, s *Summary) error {
	initial, err := scenarios.NewTrainer(r.scenario, r.rule, r.scenario.Seed, 1)
	if err != nil {
		return err
	}
	page.Projections = projections(initial.Network, r.trainer.Network)
	page.Before = show(initial)
	if s.Status != Diverged {
		page.After = show(r.trainer)
	}
	if r.align != nil {
		page.Alignment, err = readAlignment(filepath.Join(r.options.Dir, "alignment.csv"))
	}
	return err
}

func lossName(l scenarios.Loss) string {
	if l == scenarios.CrossEntropy {
		return "cross-entropy (nats)"
	}
	return "squared error, halved"
}

func cellTypes(s *scenarios.Scenario) []report.CellType {
	var types []report.CellType
	for _, c := range s.Network.Cells {
		sign := map[string]int{"excitatory": 1, "inhibitory": -1}[c.Sign]
		types = append(types, report.CellType{Name: c.Name, Count: c.Count, Sign: sign, Model: c.Model, TauMS: float64(c.Parameters.Tau)})
	}
	return types
}

// projections bundles synapses by the types they connect.
func projections(before, after *learning.Network) []report.Projection {
	names := before.TypeNames
	var out []report.Projection
	add := func(from, to string, post, pre []int, a, b learning.Array) {
		p := report.Projection{From: from, To: to}
		p.Synapses, p.MeanWeight = meanSize(a, post, pre)
		_, p.MeanAfter = meanSize(b, post, pre)
		if p.Synapses > 0 {
			out = append(out, p)
		}
	}
	inputs, _, outputs := before.Size()
	first, last := before.Arrays(), after.Arrays()
	for alpha, name := range names {
		cells := members(before.Type, alpha)
		add("input", name, cells, count(inputs), first[0], last[0])
		for beta, other := range names {
			add(name, other, members(before.Type, beta), cells, first[1], last[1])
		}
		add(name, "readout", count(outputs), cells, first[2], last[2])
	}
	return out
}

// addContinuous adds what a page shows of continuous trials.
func (r *run) addContinuous(page *report.Run, s *Summary) error {
	initial, err := r.scenario.BuildSparse(r.scenario.Seed)
	if err != nil {
		return err
	}
	names := append(append([]string{"input"}, r.typeNames()...), "readout")
	after := bundles(r.continuous.Network)
	for i, before := range bundles(initial) {
		if n := float64(before.synapses); n > 0 {
			page.Projections = append(page.Projections, report.Projection{From: names[i%len(names)], To: names[i/len(names)],
				Synapses: before.synapses, MeanWeight: before.sum / n, MeanAfter: after[i].sum / n})
		}
	}
	if done := r.Iteration(); done > 0 && s.Status != Diverged {
		first, last := r.continuous.Show()
		page.Before, page.After = shown(first, 0), shown(last, done-1)
	}
	return nil
}

// bundle is a number of synapses and the sum of their |w|.
type bundle struct {
	synapses int
	sum      float64
}

func (b *bundle) add(w float64) {
	b.synapses++
	b.sum += math.Abs(w)
}

// bundles are the synapses by what they connect, [to, from]: first the input, then the
// types, then the readout.
func bundles(net *learning.SparseNetwork) []bundle {
	ends, cells := net.Types+2, len(net.Type)
	all := make([]bundle, ends*ends)
	for _, rows := range net.Shares {
		for q := range cells + net.Inputs {
			from := 0
			if q < cells {
				from = 1 + net.Type[q]
			}
			for i := rows.Starts[q]; i < rows.Starts[q+1]; i++ {
				to := 1 + net.Type[rows.From+int(rows.Target[i])]
				all[to*ends+from].add(rows.Weight[i])
			}
		}
	}
	for i, w := range net.Out {
		if net.OutExists[i] {
			all[(ends-1)*ends+1+net.Type[i%cells]].add(w)
		}
	}
	return all
}

// meanSize counts the synapses between some cells and averages |w| over them.
func meanSize(a learning.Array, post, pre []int) (synapses int, mean float64) {
	for _, i := range post {
		for _, j := range pre {
			if at := i*a.Cols + j; a.Exists == nil || a.Exists[at] {
				synapses++
				mean += math.Abs(a.Values[at])
			}
		}
	}
	if synapses > 0 {
		mean /= float64(synapses)
	}
	return synapses, mean
}

func members(types []int, alpha int) []int {
	var cells []int
	for p, beta := range types {
		if alpha == beta {
			cells = append(cells, p)
		}
	}
	return cells
}

func count(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func (r *run) facts(s *Summary) []report.Fact {
	o := r.scenario.Learning.Optimiser
	facts := []report.Fact{
		{Name: "optimiser", Value: o.Name, Unit: ""},
		{Name: "learning rate at the start", Value: fmt.Sprint(o.Rate), Unit: ""},
		{Name: "simulated time", Value: fmt.Sprintf("%.4g", s.SimulatedSeconds), Unit: "s"},
		{Name: "time per iteration", Value: fmt.Sprintf("%.3g", s.MsPerIteration), Unit: "ms"},
	}
	if o := s.Online; o != nil {
		facts = append(facts,
			report.Fact{Name: "biological time per wall time", Value: fmt.Sprintf("%.3g", o.BiologicalPerWall), Unit: "s/s"},
			report.Fact{Name: "memory per plastic synapse", Value: fmt.Sprintf("%.1f", o.BytesPerSynapse), Unit: "bytes"},
			report.Fact{Name: "history of cells, per plastic synapse", Value: fmt.Sprintf("%.1f", o.HistoryPerSynapse), Unit: "bytes"})
	}
	if s.PeakMemoryMB > 0 {
		facts = append(facts, report.Fact{Name: "peak memory", Value: fmt.Sprintf("%.0f", s.PeakMemoryMB), Unit: "MB"})
	}
	for _, threshold := range Thresholds {
		value := "never"
		if at, ok := s.Crossings[fmt.Sprint(threshold)]; ok {
			value = strconv.Itoa(at)
		}
		facts = append(facts, report.Fact{Name: fmt.Sprintf("first at loss %g", threshold), Value: value, Unit: "iterations"})
	}
	return facts
}

// curve reads one split of the metrics.
func curve(numbers map[string][]float64, texts map[string][]string, split string) report.Curve {
	var c report.Curve
	for i, s := range texts["split"] {
		if s != split {
			continue
		}
		c.Iteration = append(c.Iteration, int(numbers["iteration"][i]))
		c.Loss = append(c.Loss, numbers["loss"][i])
		c.Activity = append(c.Activity, numbers["activity"][i])
		if accuracy := numbers["accuracy"][i]; !math.IsNaN(accuracy) {
			c.Accuracy = append(c.Accuracy, accuracy)
		}
	}
	return c
}

// lossCurve is the curve whose end is the final loss: of validations or, where trials
// are continuous, of the trials.
func lossCurve(s *scenarios.Scenario, numbers map[string][]float64, texts map[string][]string) report.Curve {
	if s.Continuous() {
		return curve(numbers, texts, "train")
	}
	return curve(numbers, texts, "validation")
}

// firstBelow is the first iteration at which the loss was at most threshold; −1 if never.
func firstBelow(c report.Curve, threshold float64) int {
	for i, loss := range c.Loss {
		if loss <= threshold {
			return c.Iteration[i]
		}
	}
	return -1
}

func bands(outcomes []Outcome) []report.Band {
	var out []report.Band
	for _, o := range outcomes {
		out = append(out, report.Band{Metric: o.Metric, From: o.From, To: o.To, Value: float64(o.Value), Met: o.Met, Source: o.Source})
	}
	return out
}

// show is a trial for the page; nil when the network cannot run it.
func show(t *scenarios.Trainer) *report.Trial {
	s, err := t.Show()
	if err != nil {
		return nil
	}
	return shown(s, t.Iteration())
}

func shown(s scenarios.Shown, iteration int) *report.Trial {
	return &report.Trial{Iteration: iteration, Input: s.Input, Activity: s.Rate, Output: s.Output,
		Target: s.Target, Weight: s.Window, Class: s.Class, Correct: s.Correct}
}

func (r *run) taps() ([]report.Taps, error) {
	numbers, texts, err := readTable(filepath.Join(r.options.Dir, "taps.csv"))
	if err != nil {
		return nil, err
	}
	names := r.typeNames()
	index := map[string]int{}
	for i, name := range names {
		index[name] = i
	}
	var out []report.Taps
	for i, iteration := range numbers["iteration"] {
		if len(out) == 0 || out[len(out)-1].Iteration != int(iteration) {
			out = append(out, newTaps(int(iteration), names))
		}
		row := out[len(out)-1].F[index[texts["post"][i]]]
		pre := index[texts["pre"][i]]
		row[pre] = append(row[pre], numbers["F"][i]) // lags come in their order
	}
	return out, nil
}

func newTaps(iteration int, names []string) report.Taps {
	t := report.Taps{Iteration: iteration, Types: names, F: make([][][]float64, len(names))}
	for post := range t.F {
		t.F[post] = make([][]float64, len(names))
	}
	return t
}

// effectiveFilter reads the last of what substances made of the filter.
func (r *run) effectiveFilter() (*report.EffectiveFilter, error) {
	numbers, texts, err := readTable(filepath.Join(r.options.Dir, "chemistry.csv"))
	if err != nil {
		return nil, err
	}
	rows := numbers["iteration"]
	if len(rows) == 0 {
		return nil, nil
	}
	c := &report.EffectiveFilter{Iteration: int(rows[len(rows)-1])}
	at := map[[2]string]int{}
	for i, iteration := range rows {
		if int(iteration) != c.Iteration {
			continue
		}
		pair := [2]string{texts["post"][i], texts["pre"][i]}
		k, known := at[pair]
		if !known {
			k = len(c.Pairs)
			at[pair] = k
			c.Pairs = append(c.Pairs, report.FilterPair{Post: pair[0], Pre: pair[1]})
		}
		p := &c.Pairs[k]
		p.Lag = append(p.Lag, int(numbers["lag"][i]))
		p.Ideal = append(p.Ideal, numbers["F"][i])
		p.Effective = append(p.Effective, numbers["effective"][i])
		if own := numbers["own_site"][i]; !math.IsNaN(own) {
			p.Own, p.Next = append(p.Own, own), append(p.Next, numbers["next_site"][i])
		}
	}
	return c, nil
}

func (r *run) modulators() ([]report.Modulator, error) {
	numbers, _, err := readTable(filepath.Join(r.options.Dir, "modulators.csv"))
	if err != nil {
		return nil, err
	}
	names := r.typeNames()
	var out []report.Modulator
	for i, iteration := range numbers["iteration"] {
		m := report.Modulator{Iteration: int(iteration), Types: names, Radius: numbers["radius"][i]}
		for _, name := range names {
			m.Mu = append(m.Mu, numbers["mu_"+name][i])
		}
		if r.filter().Guarded() {
			m.Bound = r.filter().Bound()
		}
		out = append(out, m)
	}
	return out, nil
}

func readAlignment(path string) ([]report.Alignment, error) {
	numbers, texts, err := readTable(path)
	if err != nil {
		return nil, err
	}
	var out []report.Alignment
	at := map[[2]string]int{}
	for i, rule := range texts["rule"] {
		key := [2]string{rule, texts["matrix"][i]}
		j, seen := at[key]
		if !seen {
			j = len(out)
			at[key] = j
			out = append(out, report.Alignment{Rule: rule, Matrix: key[1]})
		}
		out[j].Iteration = append(out[j].Iteration, int(numbers["iteration"][i]))
		out[j].Cosine = append(out[j].Cosine, numbers["cosine"][i])
		out[j].NormRatio = append(out[j].NormRatio, numbers["norm_ratio"][i])
	}
	return out, nil
}
