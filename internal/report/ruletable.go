package report

import (
	"fmt"
	"math"
)

// ruleLine is a rule in the table of results.
type ruleLine struct {
	Rule        string
	Style       style
	Loss        string
	Accuracy    string
	Solved      string
	SolvedShare float64 // per cent
	Diverged    string
	AnyDiverged bool
	Crossings   []crossing
	Speed       string
}

// crossing is when a rule's runs first reached a loss, and how many did.
type crossing struct{ Value, Runs string }

func ruleLines(c *Comparison, styles map[string]style) []ruleLine {
	lines := make([]ruleLine, len(c.Rules))
	for i, r := range c.Rules {
		t := r.Table
		lines[i] = ruleLine{
			Rule: r.Rule, Style: styles[r.Rule],
			Loss: spread(t.LossMean, t.LossSD), Accuracy: spread(100*t.AccuracyMean, 100*t.AccuracySD),
			Solved: outOf(t.Solved, t.Runs), Diverged: outOf(t.Diverged, t.Runs), AnyDiverged: t.Diverged > 0,
			Speed: measured(t.MillisecondsPerIteration),
		}
		if t.Runs > 0 {
			lines[i].SolvedShare = min(100, max(0, 100*float64(t.Solved)/float64(t.Runs)))
		}
		for k := range c.Thresholds {
			lines[i].Crossings = append(lines[i].Crossings, crossingOf(t, k))
		}
	}
	return lines
}

func outOf(n, all int) string { return fmt.Sprintf("%d/%d", n, all) }

func crossingOf(t RuleRow, k int) crossing {
	if k >= len(t.Crossed) || k >= len(t.CrossingMean) || t.Crossed[k] == 0 {
		return crossing{"–", "0"}
	}
	text := fmt.Sprintf("%.0f", t.CrossingMean[k])
	if k < len(t.CrossingSD) && finite(t.CrossingSD[k]) && t.Crossed[k] > 1 {
		text += fmt.Sprintf(" ± %.0f", t.CrossingSD[k])
	}
	if !finite(t.CrossingMean[k]) {
		text = "–"
	}
	return crossing{text, fmt.Sprint(t.Crossed[k])}
}

// runLine is a run in the table of all runs.
type runLine struct {
	Rule, Loss, Accuracy, Message, Folder string
	Seed                                  uint64
	Outcome                               status
	Crossings                             []string
}

func runLines(c *Comparison) []runLine {
	var lines []runLine
	for _, r := range c.Rules {
		for _, s := range r.Seeds {
			l := runLine{
				Rule: r.Rule, Seed: s.Seed, Loss: measured(s.FinalLoss), Accuracy: percent(s.FinalAccuracy),
				Message: s.Message, Folder: s.Folder, Outcome: outcome(s),
			}
			for k := range c.Thresholds {
				l.Crossings = append(l.Crossings, firstBelow(s, k))
			}
			lines = append(lines, l)
		}
	}
	return lines
}

func outcome(s SeedResult) status {
	switch {
	case s.Diverged:
		return statusOf(diverged)
	case s.Solved:
		return status{"solved", "✓", "green"}
	}
	return status{}
}

func firstBelow(s SeedResult, k int) string {
	if k >= len(s.Crossings) || s.Crossings[k] < 0 {
		return "–"
	}
	return count(s.Crossings[k])
}

// cosineTable is the mean cosine with BPTT of every rule and matrix.
type cosineTable struct {
	Matrices []string
	Rows     []cosineRow
}

type cosineRow struct {
	Rule   string
	Style  style
	Values []string
}

func newCosineTable(records []Alignment, styles map[string]style) *cosineTable {
	if len(records) == 0 {
		return nil
	}
	t := &cosineTable{Matrices: matricesOf(records)}
	for _, rule := range rulesOf(records) {
		row := cosineRow{Rule: rule, Style: styleOf(styles, rule, 0)}
		for _, m := range t.Matrices {
			row.Values = append(row.Values, meanCosine(records, rule, m))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func meanCosine(records []Alignment, rule, matrix string) string {
	var all []float64
	for _, a := range records {
		if a.Rule == rule && a.Matrix == matrix {
			all = append(all, a.Cosine...)
		}
	}
	if c := mean(all); !math.IsNaN(c) {
		return measured(c)
	}
	return "–"
}
