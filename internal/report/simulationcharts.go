package report

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"paracrine/internal/spiketrain"
)

// rateLines are the rates of every type.
func rateLines(s *Simulation, curves []RateCurve, width float64) []table {
	styles := typeStyles(s.Types)
	var tables []table
	for i, c := range curves {
		if i >= len(s.Types) || len(c.EndMS) == 0 {
			continue
		}
		name := s.Types[i].Name
		tables = append(tables, newTable(c.EndMS, line{Label: name, Y: c.Hz, Style: styles[name], Width: width}))
	}
	return tables
}

// nearbyRates are the rates in the stretch of the raster; nil without any.
func nearbyRates(s *Simulation) *chart {
	if s.Raster == nil || !(s.Raster.ToMS > s.Raster.FromMS) {
		return nil
	}
	c := &chart{ID: "nearby-rates", Title: "Population rates", Height: 200, Group: "activity",
		X: axis{Label: simulatedTime, Linear: limits{s.Raster.FromMS, s.Raster.ToMS}}, Y: axis{Label: "mean rate (Hz)"},
		Tables: rateLines(s, s.Raster.Rates, 1.2)}
	if c.empty() {
		return nil
	}
	c.fit()
	c.fromZero()
	c.Legend = c.keys()
	return c
}

// rateChart is the rates over the whole simulation.
func rateChart(s *Simulation) *figure {
	c := &chart{ID: "population-rates", Title: "Population rates over the whole simulation", Height: 260, Wide: true,
		X: axis{Label: simulatedTime}, Y: axis{Label: "mean rate (Hz)"}, Tables: rateLines(s, s.Rates, 1.2)}
	if s.WarmUpS > 0 {
		c.Spans = append(c.Spans, newShade(0, min(s.WarmUpS, s.SimulatedS)*1000, "muted", "warm-up"))
	}
	f := newFigure("rates", "Population rates", "Spikes of a type, divided by its cells and the width of a bin, "+short(s.Bin)+
		"\u00a0ms. Drag to zoom, double-click to reset.", 1, c)
	if f != nil {
		c.fromZero()
	}
	return f
}

// fromZero lets the y axis begin at zero.
func (c *chart) fromZero() {
	if c.Y.Linear.To > 0 {
		c.Y.Linear.From = 0
	}
}

// histograms are of the rates of cells and of the irregularity of their trains.
func histograms(s *Simulation) *figure {
	least := 0.0
	if s.CountedS > 0 {
		least = 1 / s.CountedS // a spike more
	}
	rates := histogram(s, "rate-histogram", "Rates", "mean rate of a cell (Hz)", least, func(p Population) []float64 { return p.Rates })
	cv := histogram(s, "cv-histogram", "Irregularity", "CV of a cell's intervals", 0, func(p Population) []float64 { return p.CV })
	f := newFigure("histograms", "Distributions over cells",
		"Fraction of the cells of a type in each bin, after the warm-up. CV: standard deviation over mean of the intervals between spikes, of cells with at least two; 0 for a clock, 1 for a Poisson process.",
		2, rates, cv)
	if f == nil {
		return nil
	}
	return f.common(legendOf(f.panels()))
}

// histogram has the same bins for all types.
func histogram(s *Simulation, id, title, label string, least float64, of func(Population) []float64) *chart {
	var all []float64
	for _, p := range s.Populations {
		all = append(all, of(p)...)
	}
	edges := spiketrain.Edges(all, least)
	if edges == nil {
		return nil
	}
	styles := typeStyles(s.Types)
	c := &chart{ID: id, Title: title, Height: 260, X: axis{Label: label}, Y: axis{Label: "fraction of cells"}}
	for i, p := range s.Populations {
		values := of(p)
		if len(values) == 0 {
			continue
		}
		share := spiketrain.Count(edges, values)
		floats.Scale(1/float64(len(values)), share)
		c.Tables = append(c.Tables, newTable(outer(edges),
			line{Label: p.Name, Y: slices.Concat([]float64{0}, share, []float64{0, 0}), Style: styleOf(styles, p.Name, i), Width: bold, Bars: true}))
	}
	return c
}

// outer adds an empty bin at either end, so that the outline of a histogram
// rises from zero.
func outer(edges []float64) []float64 {
	n, width := len(edges), edges[1]-edges[0]
	return slices.Concat([]float64{edges[0] - width/2}, edges, []float64{edges[n-1] + width/2})
}

// traceCharts are the recorded variables of some cells, their spikes marked.
func traceCharts(s *Simulation) *figure {
	var charts []*chart
	styles := typeStyles(s.Types)
	for i, t := range s.Traces {
		c := traceChart(t, styleOf(styles, t.Type, i), i)
		if s.Raster != nil {
			c.X.Linear = limits{s.Raster.FromMS, s.Raster.ToMS}
		}
		charts = append(charts, c)
	}
	f := newFigure("traces", "Sample traces", "Recorded variables of some cells; dots stand at the times of their spikes.", 1, charts...)
	if f == nil {
		return nil
	}
	return f.common(nil)
}

func traceChart(t Trace, s style, i int) *chart {
	c := &chart{ID: "trace-" + count(i+1), Title: t.Variable + " of cell " + count(t.Cell) + ", " + t.Type, Height: 170,
		X: axis{Label: simulatedTime}, Y: axis{Label: t.Variable + unitInBrackets(t.Unit)}}
	c.Tables = append(c.Tables, newTable(t.TimeMS, line{Label: t.Type, Y: t.Value, Style: s, Width: 1.5}))
	var values extent
	for _, v := range t.Value {
		values.add(v)
	}
	if len(t.SpikesMS) == 0 {
		return c
	}
	above := values.to + 0.08*math.Max(values.to-values.from, 1e-9)
	at := make([]float64, len(t.SpikesMS))
	for j := range at {
		at[j] = above
	}
	c.Tables = append(c.Tables, newTable(t.SpikesMS, line{Label: "spike (dots)", Y: at, Style: style{Ink: "text"}, Width: 1.5, Dots: true}))
	return c
}

// courseCharts are the courses, those of a quantity together.
func courseCharts(s *Simulation) *figure {
	var charts []*chart
	of := map[string]*chart{}
	for i, course := range s.Courses {
		label := course.Quantity + unitInBrackets(course.Unit)
		c := of[label]
		if c == nil {
			c = &chart{ID: "course-" + count(len(charts)+1), Title: course.Quantity, Height: 220, Group: "courses",
				X: axis{Label: "simulated time (s)", Linear: limits{0, s.SimulatedS}}, Y: axis{Label: label}}
			of[label] = c
			charts = append(charts, c)
		}
		ink := style{Ink: cycle[i%len(cycle)]}
		c.Tables = append(c.Tables, newTable(course.TimeS, line{Label: course.Of, Y: course.Value, Style: ink, Width: 1.5}))
	}
	return newFigure("courses", "Weights and modulators", "Samples over the whole simulation. Drag to zoom, double-click to reset.", 1, charts...)
}

func unitInBrackets(unit string) string {
	if unit == "" {
		return ""
	}
	return " (" + unit + ")"
}
