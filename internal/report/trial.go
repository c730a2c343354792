package report

import (
	"fmt"
	"math"
	"slices"
)

// maxLines is the most channels drawn as lines; more are drawn as a heat map.
const maxLines = 8

const timeLabel = "time in trial (ms)"

// trialView is one trial from top to bottom: inputs, activity, readout. Inputs
// are a chart or, where there are many, a heat map.
type trialView struct {
	Moment    string // before, after
	Title     string // of the page's column
	when      string // in the titles of files
	Iteration string
	Verdict   string
	Inputs    *chart
	InputMap  *heat
	Activity  *heat
	Readout   *chart
}

// trialViews are the trial before and after learning, on the same axes and
// colours; whichever was recorded.
func trialViews(r *Run) []*trialView {
	var trials []*Trial
	var moments []string
	for _, t := range []struct {
		moment string
		trial  *Trial
	}{{"before", r.Before}, {"after", r.After}} {
		if t.trial != nil {
			trials, moments = append(trials, t.trial), append(moments, t.moment)
		}
	}
	if len(trials) == 0 {
		return nil
	}
	views := make([]*trialView, len(trials))
	colours := trialScales(trials)
	last := trials[len(trials)-1].Activity
	order := byPeak(groupRows(r.Types, len(last)), last)
	for i, t := range trials {
		views[i] = newTrialView(r, t, moments[i], colours, order)
		views[i].Title, views[i].when = r.timeOf(moments[i])
	}
	align(views)
	return views
}

// timeOf words the moment of a trial.
func (r *Run) timeOf(moment string) (title, when string) {
	switch {
	case r.Continuous && moment == "before":
		return "First", "in the first trial"
	case r.Continuous:
		return "Last", "in the last trial"
	case moment == "before":
		return "Before", "before learning"
	}
	return "After", "after learning"
}

type trialColours struct{ activity, input scale }

func trialScales(trials []*Trial) trialColours {
	var activity, input [][][]float64
	for _, t := range trials {
		activity, input = append(activity, t.Activity), append(input, t.Input)
	}
	return trialColours{newScale(activity...), newScale(input...)}
}

func newTrialView(r *Run, t *Trial, moment string, colours trialColours, order []int) *trialView {
	end := trialEnd(r, t)
	v := &trialView{Moment: moment, Iteration: count(t.Iteration), Verdict: verdict(r, t)}
	if len(t.Input) > maxLines {
		v.InputMap = inputMap(t, moment, colours.input, end)
	} else {
		v.Inputs = inputChart(r, t, moment, end)
	}
	v.Activity = activityMap(r, t, moment, colours.activity, order, end)
	for _, h := range [...]*heat{v.InputMap, v.Activity} {
		if h != nil {
			h.Borders = borders(r, end)
		}
	}
	v.Readout = readoutChart(r, t, moment, end)
	return v
}

func inputMap(t *Trial, moment string, s scale, end float64) *heat {
	h := newHeat("inputs-"+moment, "Inputs", t.Input, identity(len(t.Input)), s, end)
	if h != nil {
		h.Rows, h.Value, h.Groups = "input channel", "input x (dimensionless)", groupRows(nil, len(t.Input))
	}
	return h
}

func activityMap(r *Run, t *Trial, moment string, s scale, order []int, end float64) *heat {
	if len(order) != len(t.Activity) {
		order = identity(len(t.Activity))
	}
	h := newHeat("activity-"+moment, "Activity", t.Activity, order, s, end)
	if h != nil {
		h.Rows, h.Value, h.Groups = "cell", "activity z (dimensionless)", groupRows(r.Types, len(t.Activity))
	}
	return h
}

// newHeat is nil without anything to show.
func newHeat(id, title string, rows [][]float64, order []int, s scale, end float64) *heat {
	raster := newRaster(rows, order, s)
	if raster.rows == 0 {
		return nil
	}
	return &heat{ID: id, Title: title, Raster: raster, Scale: s, Count: len(rows), EndMS: end}
}

func identity(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// steps is the number of steps of the longest record of a trial.
func steps(t *Trial) int {
	n := len(t.Weight)
	for _, rows := range [...][][]float64{t.Input, t.Activity, t.Output, t.Target} {
		for _, row := range rows {
			n = max(n, len(row))
		}
	}
	return n
}

func trialEnd(r *Run, t *Trial) float64 {
	end := float64(steps(t)) * stepMS(r)
	if !finite(end) || end <= 0 {
		return 1
	}
	return end
}

// stepMS is the step, or 1 ms where it is missing.
func stepMS(r *Run) float64 {
	if finite(r.StepMS) && r.StepMS > 0 {
		return r.StepMS
	}
	return 1
}

func times(n int, step float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i) * step
	}
	return x
}

func inputChart(r *Run, t *Trial, moment string, end float64) *chart {
	c := timeChart("inputs", moment, "Inputs", "x (dimensionless)", end, 190)
	for i, row := range t.Input {
		c.add(row, stepMS(r), line{Label: nameOf(r.InputNames, i, "input"), Style: from(inputInks, i), Width: 1.5})
	}
	c.Spans = epochs(r)
	return c
}

// epochs are shades with the names of the stretches of a trial; of two that
// adjoin, one is clear, so that their border shows.
func epochs(r *Run) []shade {
	var shades []shade
	for i, e := range r.Epochs {
		s := newShade(e.FromMS, e.ToMS, "muted", e.Name)
		s.Clear = i > 0 && !shades[i-1].Clear && r.Epochs[i-1].ToMS == e.FromMS
		shades = append(shades, s)
	}
	return shades
}

// borders are the times at which epochs begin or end within a trial.
func borders(r *Run, end float64) []float64 {
	var at []float64
	for _, e := range r.Epochs {
		for _, t := range [...]float64{e.FromMS, e.ToMS} {
			if t > 0 && t < end && !slices.Contains(at, t) {
				at = append(at, t)
			}
		}
	}
	return at
}

func readoutChart(r *Run, t *Trial, moment string, end float64) *chart {
	c := timeChart("readout", moment, "Readout", "y (dimensionless)", end, 220)
	for i, row := range t.Output {
		name := nameOf(r.OutputNames, i, "output")
		if r.HasClasses && i == t.Class {
			name += " (target)"
		}
		c.add(row, stepMS(r), line{Label: name, Style: from(outputInks, i), Width: bold})
	}
	for i, row := range t.Target {
		s := from(outputInks, i)
		s.Dash = []float64{5, 4}
		c.add(row, stepMS(r), line{Label: "target " + nameOf(r.OutputNames, i, "output"), Style: s, Width: 1.5})
	}
	for _, s := range epochs(r) {
		s.Label = "" // the inputs above have the words
		c.Spans = append(c.Spans, s)
	}
	c.Spans = append(c.Spans, windows(t.Weight, stepMS(r))...)
	return c
}

func timeChart(id, moment, title, label string, end float64, height int) *chart {
	return &chart{ID: id + "-" + moment, Title: title, Height: height, Group: moment,
		X: axis{Label: timeLabel, Linear: limits{0, end}}, Y: axis{Label: label}}
}

// add draws one channel of a trial.
func (c *chart) add(row []float64, step float64, l line) {
	l.Y = row
	c.Tables = append(c.Tables, newTable(times(len(row), step), l))
}

// maxWindows bounds the stretches shaded in one chart.
const maxWindows = 64

// windows are the stretches of a trial in which the loss counts.
func windows(weight []float64, step float64) []shade {
	var shades []shade
	from := -1
	for i := 0; i <= len(weight) && len(shades) < maxWindows; i++ {
		on := i < len(weight) && weight[i] > 0
		switch {
		case on && from < 0:
			from = i
		case !on && from >= 0:
			shades = append(shades, newShade(float64(from)*step, float64(i)*step, "orange", "learning window"))
			from = -1
		}
	}
	return shades
}

func nameOf(names []string, i int, fallback string) string {
	if i < len(names) && names[i] != "" {
		return names[i]
	}
	return fmt.Sprintf("%s %d", fallback, i+1)
}

func verdict(r *Run, t *Trial) string {
	if !r.HasClasses {
		return ""
	}
	if t.Correct {
		return "answered correctly"
	}
	return "answered wrongly"
}

// align gives the same limits to what stands side by side.
func align(views []*trialView) {
	var inputs, readouts []*chart
	for _, v := range views {
		if v.Inputs != nil {
			v.Inputs.fit()
			v.Inputs.Legend = v.Inputs.keys()
			inputs = append(inputs, v.Inputs)
		}
		v.Readout.fit()
		v.Readout.Legend = v.Readout.keys()
		readouts = append(readouts, v.Readout)
	}
	shared(inputs)
	shared(readouts)
	end := 0.0
	for _, c := range readouts {
		end = math.Max(end, c.X.Linear.To)
	}
	for _, c := range append(inputs, readouts...) {
		c.X.Linear.To = end
	}
}
