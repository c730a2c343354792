package report

import (
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// sheet is the map of signals as a file.
func (d *signalDrawing) sheet() sheet {
	const width = 7.5 * vg.Inch
	return sheet{name: "signals", columns: 1, panels: []panel{d}, width: width, height: width * vg.Length(d.Height/d.Width)}
}

func (d *signalDrawing) keys() []key { return nil }

func (d *signalDrawing) plot() *plot.Plot {
	p := newPlot("", axis{Linear: limits{0, d.Width}}, axis{Linear: limits{0, d.Height}})
	p.HideAxes()
	p.X.Padding, p.Y.Padding = 0, 0
	p.Add(signals{d})
	return p
}

// signals draws the map onto paper.
type signals struct{ *signalDrawing }

// Plot draws links, boxes and words, in this order.
func (s signals) Plot(canvas draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&canvas)
	place := func(q point) vg.Point { return vg.Point{X: x(q.x), Y: y(s.Height - q.y)} }
	unit := x(1) - x(0)
	for _, l := range s.Links {
		stroke := draw.LineStyle{Color: fade(lightInk(l.Ink), 0.75), Width: vg.Length(l.Width) * unit}
		if l.Dashed {
			stroke.Dashes = dashed([]float64{4, 4})
		}
		var path vg.Path
		a, b := l.control()
		path.Move(place(l.From))
		path.CubeTo(place(a), place(b), place(l.To))
		canvas.SetLineStyle(stroke)
		canvas.Stroke(path)
	}
	canvas.SetLineStyle(draw.LineStyle{Color: lightInk("text"), Width: vg.Points(1)})
	words := func(at point, text, ink string, side text.XAlignment, size float64) {
		style := draw.TextStyle{Handler: plot.DefaultTextHandler, XAlign: side, YAlign: draw.YCenter}
		sans(&style, size)
		style.Color = lightInk(ink)
		canvas.FillText(style, place(at), text)
	}
	box := func(b signalBox, ink, inside string) {
		corners := []vg.Point{place(point{b.X, b.Y}), place(point{b.X + b.W, b.Y}), place(point{b.X + b.W, b.Y + b.H}), place(point{b.X, b.Y + b.H})}
		canvas.FillPolygon(lightInk(inside), corners)
		canvas.StrokeLines(draw.LineStyle{Color: lightInk(b.Ink), Width: vg.Points(1.2)}, append(corners, corners[0]))
		words(point{b.Middle(), b.Center()}, b.Name, ink, draw.XCenter, 8)
	}
	for _, b := range slices.Concat(s.Secreting, s.Hearing) {
		box(b, "paper", b.Ink)
	}
	for _, b := range s.Ligands {
		box(b, "text", "paper")
	}
	for _, h := range s.Headings {
		words(point{h.X, h.Y}, h.Text, "muted", draw.XLeft, 8)
	}
	for _, e := range s.Effects {
		canvas.DrawGlyph(draw.GlyphStyle{Color: lightInk(e.Ink), Radius: vg.Points(2.2), Shape: draw.CircleGlyph{}}, place(point{e.X, e.Y}))
		words(point{e.TextX(), e.Y}, e.Text, "text", draw.XLeft, 7)
	}
}
