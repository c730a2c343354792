package report

import (
	"math"
	"slices"
)

// rulesCurve is validation loss and accuracy of every rule, mean ± sd over seeds; of
// continuous trials, those of training.
func rulesCurve(c *Comparison, styles map[string]style) *figure {
	split := "Validation"
	if c.Continuous {
		split = "Training"
	}
	loss := rulesChart(c, "loss", split+" loss", lossLabel(c.LossName), func(s Spread) (mean, sd []float64) {
		return s.LossMean, s.LossSD
	}, styles)
	loss.Height = 400
	loss.Bands = expected(common(c.Expect), "final-loss")
	if c.SolvedBelow > 0 && finite(c.SolvedBelow) {
		loss.Levels = []mark{{number(c.SolvedBelow), "muted", "solved below"}}
	}
	loss.Y.Switch = true
	loss.Y.Log = lively(decadesOf(loss))
	charts := []*chart{loss}
	if c.HasClasses {
		accuracy := rulesChart(c, "accuracy", split+" accuracy", "fraction correct", func(s Spread) (mean, sd []float64) {
			return s.AccuracyMean, s.AccuracySD
		}, styles)
		accuracy.Height = 300
		accuracy.Bands = expected(common(c.Expect), "final-accuracy")
		accuracy.Y.Linear = limits{0, 1.02}
		charts = append(charts, accuracy)
	}
	return newFigure("learning-curve", "Learning curves",
		"Lines: mean over seeds. Bands: ± one standard deviation.", 1, charts...).common(ruleKeys(c, styles))
}

func rulesChart(c *Comparison, id, title, label string, of func(Spread) (mean, sd []float64), styles map[string]style) *chart {
	x := &chart{ID: id, Title: title, X: axis{Label: iterationLabel}, Y: axis{Label: label}}
	for _, r := range c.Rules {
		mean, sd := of(r.Curve)
		if len(mean) == 0 {
			continue
		}
		low, high := around(mean, sd)
		x.Tables = append(x.Tables, newTable(iterations(r.Curve.Iteration),
			line{Label: r.Rule, Y: mean, Low: low, High: high, Style: styles[r.Rule], Width: bold}))
	}
	return x
}

// around is mean ± sd. Losses and fractions are not negative, so the band ends at 0.
func around(mean, sd []float64) (low, high []float64) {
	sd = sized(sd, len(mean))
	low, high = make([]float64, len(mean)), make([]float64, len(mean))
	for i, m := range mean {
		low[i], high[i] = math.Max(0, m-sd[i]), m+sd[i]
		if m < 0 {
			low[i] = m - sd[i]
		}
	}
	return low, high
}

// common are the bands that speak of no rule in particular.
func common(bands []Band) []Band {
	return slices.DeleteFunc(slices.Clone(bands), func(b Band) bool { return b.Rule != "" })
}

func ruleNames(c *Comparison) []string {
	names := make([]string, len(c.Rules))
	for i, r := range c.Rules {
		names[i] = r.Rule
	}
	return names
}

func ruleKeys(c *Comparison, styles map[string]style) []key {
	var keys []key
	for _, name := range ruleNames(c) {
		keys = append(keys, key{name, styles[name]})
	}
	return keys
}

// alignments are the records of all rules. A record without a rule's name is
// of the rule it stands under.
func alignments(c *Comparison) []Alignment {
	var all []Alignment
	for _, r := range c.Rules {
		for _, a := range r.Alignment {
			if a.Rule == "" {
				a.Rule = r.Rule
			}
			all = append(all, a)
		}
	}
	return all
}
