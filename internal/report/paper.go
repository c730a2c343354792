package report

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// panel is what can stand in a sheet: it knows how to draw itself on paper.
type panel interface {
	plot() *plot.Plot
	keys() []key
}

// newPlot is an empty plot in the style of the files.
func newPlot(title string, x, y axis) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	p.Title.Padding = vg.Points(6)
	p.X.Label.Text, p.Y.Label.Text = x.Label, y.Label
	sans(&p.Title.TextStyle, 10)
	p.Title.TextStyle.Font.Weight = 3 // bold
	for _, a := range [...]*plot.Axis{&p.X, &p.Y} {
		sans(&a.Label.TextStyle, 8.5)
		sans(&a.Tick.Label, 8)
		a.Label.Padding = vg.Points(3)
		a.Padding = vg.Points(3)
		a.LineStyle.Width, a.LineStyle.Color = vg.Points(0.6), lightInk("muted")
		a.Tick.LineStyle = a.LineStyle
		a.Tick.Length = vg.Points(3)
	}
	setScale(&p.X, x, 5)
	setScale(&p.Y, y, 5)
	return p
}

func sans(s *text.Style, size float64) {
	s.Font = font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, vg.Points(size))
	s.Color = lightInk("text")
}

// setScale takes the limits of an axis and round ticks within them. A
// logarithmic axis is a linear one of logarithms: so nothing that is not
// positive can reach it, and its label is centred.
func setScale(a *plot.Axis, from axis, n int) {
	l, at := from.limits(), ticks(from.Linear.From, from.Linear.To, n)
	if from.logarithmic() {
		at = decadeTicks(l.From, l.To)
	}
	a.Min, a.Max = from.coordinate(l.From), from.coordinate(l.To)
	marks := make([]plot.Tick, len(at))
	for i, v := range at {
		marks[i] = plot.Tick{Value: from.coordinate(v), Label: plain(v)}
	}
	a.Tick.Marker = plot.ConstantTicks(marks)
}

// titled is a panel under another title.
type titled struct {
	panel
	title string
}

func (t titled) plot() *plot.Plot {
	p := t.panel.plot()
	p.Title.Text = t.title
	return p
}
