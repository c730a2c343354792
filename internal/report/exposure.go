package report

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
		c.Y.Decade, c.Y.Log = peakDecades(c.Tables)
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

// peakDecades are the limits of a logarithmic axis for curves that rise from
// nothing and fade: from a tenth of the lowest peak of a curve, four decades at
// most. Such an axis is wanted where peaks lie far apart.
func peakDecades(tables []table) (l limits, wanted bool) {
	var peaks, all extent
	for _, t := range tables {
		for _, c := range t.Lines {
			peaks.addPositive(largestOf(c.Y))
			all.addPositive(max(largestOf(c.Y), largestOf(c.High)))
		}
	}
	all.addPositive(max(peaks.from/10, all.to*faintest))
	return all.decades(), lively(limits{peaks.from, peaks.to})
}
