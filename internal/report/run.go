package report

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// plotsFolder holds the pictures, beside the page.
const plotsFolder = "plots"

// pageName is the file of the page.
const pageName = "report.html"

// WriteRun writes report.html and, in the folder plots, the same figures as
// PNG and SVG files. The folder dir is made where it is missing. Figures
// without data are left out.
func WriteRun(dir string, r *Run) error {
	view, sheets, err := newRunView(r)
	if err != nil {
		return err
	}
	return write(dir, "run", view, sheets)
}

// write saves the page and its sheets.
func write(dir, name string, view any, sheets []sheet) error {
	content, err := render(name, view)
	if err != nil {
		return err
	}
	plots := filepath.Join(dir, plotsFolder)
	if err := os.MkdirAll(plots, 0o755); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	for _, s := range sheets {
		if err := s.write(plots); err != nil {
			return err
		}
	}
	return writePage(filepath.Join(dir, pageName), content)
}

// runView is what the template of a run shows.
type runView struct {
	Page        page
	Tiles       []tile
	Bands       []Band
	Rules       bool // the bands name rules
	Network     *networkView
	Learning    *figure
	Trials      []*trialView
	Continuous  bool // these are the first and the last as they were learned from
	ActivityBar *bar
	Modulators  []*figure
	Alignment   *figure
	Facts       []Fact
}

func newRunView(r *Run) (*runView, []sheet, error) {
	v := &runView{
		Page: page{
			Kind: "Run", Name: r.Name, Title: titleOr(r.Title, r.Name), Description: paragraphs(r.Description),
			Source: r.Source, Version: r.Version, Status: statusOf(r.Status), Message: r.Message,
			Lead: runLead(r), Rule: r.Rule, Seed: r.Seed, Command: r.Command, Scenario: r.Scenario,
		},
		Tiles: runTiles(r), Bands: r.Expect, Network: newNetworkView(r), Learning: learningCurve(r),
		Trials: trialViews(r), Continuous: r.Continuous, Alignment: alignmentCharts(r.Alignment, runStyles(r)), Facts: runFacts(r),
	}
	for _, f := range [...]*figure{filterTaps(r), effectiveFilter(r), modulatorCharts(r)} {
		if f != nil {
			v.Modulators = append(v.Modulators, f)
		}
	}
	for _, t := range v.Trials {
		if t.Activity != nil {
			v.ActivityBar = &bar{t.Activity.Value, t.Activity.Scale}
		}
		if err := t.paint(); err != nil {
			return nil, nil, err
		}
	}
	sheets := v.sheets()
	v.Page.Plots = namesOf(sheets)
	v.Page.Links = v.links()
	return v, sheets, nil
}

// runStyles are the styles of the rules an alignment compares: the run's own first.
func runStyles(r *Run) map[string]style {
	return ruleStyles(append([]string{r.Rule}, rulesOf(r.Alignment)...))
}

func (v *runView) links() []link {
	return present([]section{
		{link{"network", "Network"}, v.Network != nil},
		{link{"learning", "Learning"}, v.Learning != nil},
		{link{"trial", v.trialTitle()}, len(v.Trials) > 0},
		{link{"modulators", "Modulators"}, len(v.Modulators) > 0},
		{link{"alignment", "Alignment"}, v.Alignment != nil},
		{link{"summary", "Summary"}, true},
		{link{"repeat", "Repeat it"}, true},
	})
}

// trialTitle is what the trials that are shown are.
func (v *runView) trialTitle() string {
	if v.Continuous {
		return "Trials"
	}
	return "One trial"
}

// sheets are the figures as files.
func (v *runView) sheets() []sheet {
	var sheets []sheet
	add := func(f *figure) {
		if f != nil {
			sheets = append(sheets, newSheet(f))
		}
	}
	add(v.Learning)
	sheets = append(sheets, trialSheets(v.Trials)...)
	for _, f := range v.Modulators {
		add(f)
	}
	add(v.Alignment)
	return sheets
}

func namesOf(sheets []sheet) []string {
	names := make([]string, len(sheets))
	for i, s := range sheets {
		names[i] = s.name
	}
	return names
}

// runLead says in a sentence what happened.
func runLead(r *Run) string {
	var b strings.Builder
	switch r.Status {
	case interrupted:
		fmt.Fprintf(&b, "Stopped after %s%s iterations", count(r.Iterations), ofPlanned(r))
	case diverged:
		fmt.Fprintf(&b, "Ceased to be finite after %s%s iterations", count(r.Iterations), ofPlanned(r))
	default:
		fmt.Fprintf(&b, "%s iterations", count(r.Iterations))
	}
	if r.WallSeconds > 0 {
		fmt.Fprintf(&b, " in %s", duration(r.WallSeconds))
	}
	b.WriteByte('.')
	return b.String()
}

func ofPlanned(r *Run) string {
	if r.Planned > r.Iterations {
		return " of " + count(r.Planned)
	}
	return ""
}
