package report

// figure is one or several charts under a common title.
type figure struct {
	ID      string // also the name of its files
	Title   string
	Note    string
	Keys    []key // common legend; empty where each chart has its own
	Columns int
	Charts  []*chart
}

// common gives all charts one legend.
func (f *figure) common(keys []key) *figure {
	if f == nil {
		return nil
	}
	f.Keys = keys
	for _, c := range f.Charts {
		c.Legend = nil
	}
	return f
}

// key is an entry of a legend.
type key struct {
	Label string
	Style style
}

// newFigure fits the charts and keeps those with data; it is nil without any.
func newFigure(id, title, note string, columns int, charts ...*chart) *figure {
	f := &figure{ID: id, Title: title, Note: note, Columns: columns}
	for _, c := range charts {
		if c != nil && !c.empty() {
			c.fit()
			c.Legend = c.keys()
			f.Charts = append(f.Charts, c)
		}
	}
	if len(f.Charts) == 0 {
		return nil
	}
	f.Columns = max(1, min(columns, len(f.Charts)))
	return f
}

func (f *figure) panels() []panel {
	panels := make([]panel, len(f.Charts))
	for i, c := range f.Charts {
		panels[i] = c
	}
	return panels
}

// iterations are the x values of what was recorded over training.
func iterations(n []int) []float64 {
	x := make([]float64, len(n))
	for i, v := range n {
		x[i] = float64(v)
	}
	return x
}

// shared gives all charts the same linear limits of y, so that they compare.
func shared(charts []*chart) {
	var all extent
	for _, c := range charts {
		all.add(c.Y.Linear.From)
		all.add(c.Y.Linear.To)
	}
	for _, c := range charts {
		c.Y.Linear = all.tight()
	}
}
