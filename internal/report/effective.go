package report

import "fmt"

// effectiveFilter is what substances make of F, a chart for every pair of types.
func effectiveFilter(r *Run) *figure {
	if r.Effective == nil {
		return nil
	}
	pairs := strongest(r.Effective.Pairs, func(p FilterPair) float64 { return strength(p.Ideal) })
	charts := make([]*chart, len(pairs))
	for i, p := range pairs {
		charts[i] = filterChart(r, i, p)
	}
	f := newFigure("effective-filter", "Effective filter", filterNote(len(pairs), len(r.Effective.Pairs)), 2, charts...)
	if f == nil {
		return nil
	}
	return f.common(legendOf(f.panels()))
}

func filterNote(shown, all int) string {
	note := "What one unit that a cell of the left-hand type secretes teaches a synapse onto the right-hand type: of a trace that was there so long before (lag above 0, where the ideal filter F is), and of one that came after, while the substance lingered. Readout filters are left out. Each panel has a scale of its own."
	if shown < all {
		note += fmt.Sprintf(" The %d strongest of %d pairs.", shown, all)
	}
	return note
}

func filterChart(r *Run, i int, p FilterPair) *chart {
	lag := make([]float64, len(p.Lag))
	for k, steps := range p.Lag {
		lag[k] = float64(steps) * stepMS(r)
	}
	c := &chart{
		ID: fmt.Sprintf("effective-%d", i), Title: p.Post + " ← " + p.Pre, Height: 220,
		X: axis{Label: "lag of the trace before secretion (ms)"}, Y: axis{Label: "weight (dimensionless)"},
		Marks: []mark{{0, "muted", "secretion"}},
	}
	var lines []line
	add := func(label string, y []float64, ink string) {
		if len(y) > 0 {
			lines = append(lines, line{Label: label, Y: y, Style: style{Ink: ink}, Width: bold})
		}
	}
	add("effective, mean over places", p.Effective, "blue")
	add("at the place of secretion", p.Own, "vermillion")
	add("beside it", p.Next, "green")
	// Last, so that no other covers it.
	lines = append(lines, line{Label: "ideal F", Y: p.Ideal, Style: style{Ink: "text", Dash: []float64{6, 4}}, Width: 1.5})
	c.Tables = []table{newTable(lag, lines...)}
	return c
}
