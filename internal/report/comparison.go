package report

import (
	"fmt"
	"strconv"
)

// WriteComparison writes report.html and, in the folder plots, the same
// figures as PNG and SVG files, of several rules over several seeds. The folder
// dir is made where it is missing. Runs that diverged are counted and shown as
// such.
func WriteComparison(dir string, c *Comparison) error {
	view := newComparisonView(c)
	return write(dir, "comparison", view, view.sheets())
}

// comparisonView is what the template of a comparison shows.
type comparisonView struct {
	Page        page
	HasClasses  bool
	Thresholds  []float64
	Rows        []ruleLine
	TableNote   string
	Bands       []Band
	Rules       bool // the bands name rules
	Learning    *figure
	Dots        *dotsView
	DotTicks    []tickAt
	HasSolved   bool
	SolvedAt    float64 // per cent of the axis
	SolvedBelow string
	Runs        []runLine
	Alignment   *figure
	Cosines     *cosineTable
	Facts       []Fact
}

func newComparisonView(c *Comparison) *comparisonView {
	all := alignments(c)
	styles := ruleStyles(append(ruleNames(c), rulesOf(all)...)) // those that train, and those only asked
	v := &comparisonView{
		Page: page{
			Kind: "Comparison", Name: c.Name, Title: titleOr(c.Title, c.Name), Description: paragraphs(c.Description),
			Source: c.Source, Version: c.Version, Lead: comparisonLead(c), Message: comparisonMessage(c),
			Command: c.Command, Scenario: c.Scenario,
		},
		HasClasses: c.HasClasses, Thresholds: c.Thresholds, Rows: ruleLines(c, styles), TableNote: tableNote(c),
		Bands: c.Expect, Learning: rulesCurve(c, styles), Runs: runLines(c),
		Alignment: alignmentCharts(all, styles), Cosines: newCosineTable(all, styles), Facts: comparisonFacts(c),
	}
	for _, b := range c.Expect {
		v.Rules = v.Rules || b.Rule != ""
	}
	if d := newDots(c, styles); d != nil {
		v.Dots = newDotsView(d)
		v.DotTicks = v.Dots.ticks()
		v.HasSolved = finite(d.Solved)
		v.SolvedAt, v.SolvedBelow = 100*d.share(d.Solved), short(d.Solved)
	}
	v.Page.Links = v.links()
	v.Page.Plots = namesOf(v.sheets())
	return v
}

func (v *comparisonView) sheets() []sheet {
	var sheets []sheet
	if v.Learning != nil {
		sheets = append(sheets, newSheet(v.Learning))
	}
	if v.Dots != nil {
		sheets = append(sheets, dotsSheet(v.Dots.dots))
	}
	if v.Alignment != nil {
		sheets = append(sheets, newSheet(v.Alignment))
	}
	return sheets
}

func (v *comparisonView) links() []link {
	links := []link{{"table", "Result"}}
	if v.Learning != nil {
		links = append(links, link{"learning", "Learning curves"})
	}
	if v.Dots != nil {
		links = append(links, link{"seeds", "Every seed"})
	}
	if v.Alignment != nil {
		links = append(links, link{"alignment", "Alignment"})
	}
	return append(links, link{"summary", "Summary"}, link{"repeat", "Repeat it"})
}

func comparisonLead(c *Comparison) string {
	return fmt.Sprintf("%s over %s, %s iterations each.",
		plural(len(c.Rules), "rule"), plural(len(c.Seeds), "seed"), count(c.Iterations))
}

// comparisonMessage says how many runs diverged; nothing if none did.
func comparisonMessage(c *Comparison) string {
	lost, all := 0, 0
	for _, r := range c.Rules {
		for _, s := range r.Seeds {
			all++
			if s.Diverged {
				lost++
			}
		}
	}
	if lost == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %s diverged. None is left out: they count as not solved.", lost, plural(all, "run"))
}

func tableNote(c *Comparison) string {
	note := "Mean ± standard deviation over seeds, of " + lossLabel(c.LossName) + " and accuracy on fresh trials."
	if c.SolvedBelow > 0 {
		note += " Solved: a final loss below " + short(c.SolvedBelow) + "."
	}
	return note + " Iterations to a loss: over the runs that reached it."
}

func comparisonFacts(c *Comparison) []Fact {
	cells := 0
	for _, t := range c.Types {
		cells += t.Count
	}
	return []Fact{
		{"scenario", c.Name, ""},
		{"seeds", seedList(c.Seeds), ""},
		{"cells", count(cells), "cells"},
		{"integration step", short(c.StepMS), "ms"},
		{"trial", short(c.TrialMS), "ms"},
		batchFact(c.Continuous, c.Batch),
		{"iterations", count(c.Iterations), ""},
		{"solved below", short(c.SolvedBelow), c.LossName},
		{"program", c.Version, ""},
	}
}

// seedList writes seeds as ranges: 1–10, 12.
func seedList(seeds []uint64) string {
	text := ""
	for i := 0; i < len(seeds); {
		j := i
		for j+1 < len(seeds) && seeds[j+1] == seeds[j]+1 {
			j++
		}
		if text != "" {
			text += ", "
		}
		text += strconv.FormatUint(seeds[i], 10)
		if j > i {
			text += "–" + strconv.FormatUint(seeds[j], 10)
		}
		i = j + 1
	}
	return text
}
