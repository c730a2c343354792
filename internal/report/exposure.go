package report

import "slices"

// exposureCharts are what cells have of ligands: a chart for each ligand and
// quantity, a curve for each type.
func exposureCharts(s *Simulation) *figure {
	var charts []*chart
	for _, ligand := range s.Chemistry.ligands() {
		charts = append(charts, chartsOf(s, ligand, len(charts))...)
	}
	f := newFigure("exposure", "What cells have around them",
		"Curves: the mean over the cells of a type; bands: from the least to the most of any cell. Drag to zoom, double-click to reset.", 2, charts...)
	if f == nil {
		return nil
	}
	for _, c := range f.Charts {
		c.fromZero()
		c.Y.Decade, c.Y.Log = fadingDecades(c.Tables)
		c.Y.Switch = !c.Y.Decade.none()
	}
	return f.common(legendOf(f.panels()))
}

// chartsOf are those of a ligand, before which there are so many.
func chartsOf(s *Simulation, ligand string, before int) []*chart {
	styles := typeStyles(s.Types)
	var charts []*chart
	of := map[string]*chart{}
	for i, e := range s.Chemistry.Exposures {
		if e.Ligand != ligand {
			continue
		}
		c := of[e.Quantity]
		if c == nil {
			c = &chart{ID: "exposure-" + count(before+len(charts)+1), Title: ligand + lead(", ", e.Quantity), Height: 210,
				X: axis{Label: simulatedTime}, Y: axis{Label: e.Quantity + unitInBrackets(e.Unit)}}
			of[e.Quantity] = c
			charts = append(charts, c)
		}
		l := line{Label: e.Type, Y: e.Mean, Style: styleOf(styles, e.Type, i), Width: 1.5, Range: true}
		if e.Low != nil && e.High != nil {
			l.Low, l.High = e.Low, e.High
		}
		c.Tables = append(c.Tables, newTable(e.TimeMS, l))
	}
	return charts
}

// fadingDecades are the limits of a logarithmic axis for curves that rise from nothing
// and fade: from a tenth of what the lowest curve typically is, four decades at
// most. Such an axis is wanted where that is hard to see on a linear one.
func fadingDecades(tables []table) (l limits, wanted bool) {
	var typical, all extent
	for _, t := range tables {
		for _, c := range t.Lines {
			typical.addPositive(medianOf(c.Y))
			all.addPositive(max(strength(c.Y), strength(c.High)))
		}
	}
	if !typical.seen {
		return limits{}, false
	}
	wanted = lively(limits{typical.from, all.to})
	all.addPositive(max(typical.from/10, all.to*faintest))
	return all.decades(), wanted
}

// medianOf is the median of the positive values, 0 without any.
func medianOf(values []float64) float64 {
	var positive []float64
	for _, v := range values {
		if finite(v) && v > 0 {
			positive = append(positive, v)
		}
	}
	if len(positive) == 0 {
		return 0
	}
	slices.Sort(positive)
	return positive[len(positive)/2]
}
