package report

// profileCharts are fields along a line: a curve for each of a few times.
func profileCharts(fields []FieldFrames) *figure {
	var charts []*chart
	for _, given := range fields {
		f := given.sound()
		if len(f.TimesMS) == 0 || min(f.Shape[0], f.Shape[1]) > 1 || max(f.Shape[0], f.Shape[1]) < 2 {
			continue
		}
		c := &chart{ID: "profile-" + count(len(charts)+1), Title: f.Ligand + lead(", ", f.Plane), Height: 240,
			X: axis{Label: f.axes()[f.long()] + " (µm)"}, Y: axis{Label: f.Ligand + unitInBrackets(f.Unit)}}
		at := stills(f.Values, len(ages))
		for k, i := range at {
			ink := ages[k*(len(ages)-1)/max(len(at)-1, 1)]
			c.Tables = append(c.Tables, newTable(f.places(), line{Label: instant(f.TimesMS[i], f.TimesMS[len(f.TimesMS)-1]),
				Y: f.Values[i], Style: style{Ink: ink}, Width: 1.5}))
		}
		charts = append(charts, c)
	}
	return newFigure("profiles", "Along a line", "A curve for each time, stronger the later it is. Drag to zoom, double-click to reset.", 2, charts...)
}

// long is the axis of more points.
func (f FieldFrames) long() int {
	if f.Shape[1] > f.Shape[0] {
		return 1
	}
	return 0
}

// places are those of the points along the long axis, in µm.
func (f FieldFrames) places() []float64 {
	axis := f.long()
	at := make([]float64, f.Shape[axis])
	for i := range at {
		at[i] = f.OriginUM[axis] + float64(i)*f.SpacingUM
	}
	return at
}
