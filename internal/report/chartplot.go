package report

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func (c *chart) plot() *plot.Plot {
	p := newPlot(c.Title, c.X, c.Y)
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = lightInk("line"), nil
	grid.Horizontal.Width = vg.Points(0.5)
	p.Add(grid, marks{c})
	return p
}

// keys are the lines by name.
func (c *chart) keys() []key {
	var keys []key
	for _, t := range c.Tables {
		for _, l := range t.Lines {
			keys = append(keys, key{l.Label, l.Style})
		}
	}
	return keys
}

// marks draws the content of a chart onto paper.
type marks struct{ *chart }

// frame turns data into places on the canvas, within the limits of the axes.
type frame struct {
	canvas     draw.Canvas
	x, y       func(float64) vg.Length
	horizontal axis
	vertical   axis
}

func (f *frame) at(x, y float64) vg.Point {
	return vg.Point{X: f.x(f.horizontal.coordinate(x)), Y: f.y(f.vertical.coordinate(y))}
}

// Plot draws shades, bands, lines and marks, in this order.
func (m marks) Plot(canvas draw.Canvas, p *plot.Plot) {
	f := &frame{canvas: canvas, horizontal: m.X, vertical: m.Y}
	f.x, f.y = p.Transforms(&canvas)
	low, high := math.Inf(-1), math.Inf(1)
	for _, b := range m.Bands {
		f.shade(f.at(low, float64(b.Ends[0])), f.at(high, ended(b.Ends[1])), b, false)
	}
	for _, s := range m.Spans {
		f.shade(f.at(float64(s.Ends[0]), low), f.at(ended(s.Ends[1]), high), s, true)
	}
	for _, t := range m.Tables {
		for _, l := range t.Lines {
			f.band(t.X, l)
			f.bars(t.X, l)
		}
	}
	for _, t := range m.Tables {
		for _, l := range t.Lines {
			f.line(t.X, l)
		}
	}
	for _, l := range m.Levels {
		y := f.at(low, float64(l.At)).Y
		f.rule(vg.Point{X: canvas.Min.X, Y: y}, vg.Point{X: canvas.Max.X, Y: y}, vg.Point{X: canvas.Min.X, Y: y + vg.Points(11)}, l)
	}
	for _, v := range m.Marks {
		at := f.at(float64(v.At), low).X
		top := vg.Point{X: at, Y: canvas.Max.Y}
		f.rule(vg.Point{X: at, Y: canvas.Min.Y}, top, top, v)
	}
}

// ended is a shade's upper end, open where it is not a number.
func ended(end number) float64 {
	if math.IsNaN(float64(end)) {
		return math.Inf(1)
	}
	return float64(end)
}

// shade fills a box, wide enough that a single step shows.
func (f *frame) shade(a, b vg.Point, s shade, across bool) {
	const narrowest = 1.5 // points
	alpha, left := 0.13, a.X
	if across && b.X-a.X < narrowest {
		a.X, alpha = b.X-narrowest, 0.45
	}
	c := lightInk(s.Ink)
	if !s.Clear {
		f.canvas.FillPolygon(fade(c, alpha), []vg.Point{a, {X: b.X, Y: a.Y}, b, {X: a.X, Y: b.Y}})
	}
	// Words stand inside the shade, at its right end where they would leave the plot.
	const air = 3
	top := min(b.Y-2, f.canvas.Max.Y)
	if across && left < f.canvas.Min.X+0.7*(f.canvas.Max.X-f.canvas.Min.X) {
		f.label(vg.Point{X: a.X + air, Y: top}, s.Label, c, draw.XLeft)
		return
	}
	if alpha > 0.13 {
		b.X = a.X
	}
	f.label(vg.Point{X: b.X - air, Y: top}, s.Label, c, draw.XRight)
}

func (f *frame) label(at vg.Point, words string, c color.Color, side text.XAlignment) {
	if words == "" {
		return
	}
	s := draw.TextStyle{Handler: plot.DefaultTextHandler, XAlign: side, YAlign: draw.YTop}
	sans(&s, 7)
	s.Color = c
	f.canvas.FillText(s, at, words)
}

// rule is a thin dashed line across the plot with its label under a place.
func (f *frame) rule(from, to, words vg.Point, m mark) {
	if !finite(float64(m.At)) {
		return
	}
	s := draw.LineStyle{Color: lightInk(m.Ink), Width: vg.Points(0.8), Dashes: dashed([]float64{4, 3})}
	f.canvas.StrokeLine2(s, from.X, from.Y, to.X, to.Y)
	f.label(vg.Point{X: words.X + vg.Points(3), Y: words.Y - vg.Points(2)}, m.Label, lightInk(m.Ink), draw.XLeft)
}

// band fills the range around a line, stretch by stretch.
func (f *frame) band(x []float64, l line) {
	if l.High == nil {
		return
	}
	for _, s := range stretches(l.High, l.Low) {
		var edge []vg.Point
		for i := s.from; i < s.to; i++ {
			edge = append(edge, f.at(x[i], l.High[i]))
		}
		for i := s.to - 1; i >= s.from; i-- {
			edge = append(edge, f.at(x[i], l.Low[i]))
		}
		f.canvas.FillPolygon(fade(lightInk(l.Style.Ink), 0.16), edge)
	}
}

// bars fills a histogram from zero.
func (f *frame) bars(x []float64, l line) {
	if !l.Bars {
		return
	}
	for _, r := range stretches(l.Y) {
		edge := []vg.Point{f.at(x[r.from], 0)}
		edge = append(edge, f.steps(x, l.Y, r)...)
		edge = append(edge, f.at(x[r.to-1], 0))
		f.canvas.FillPolygon(fade(lightInk(l.Style.Ink), 0.16), edge)
	}
}

// steps is the outline of a stretch in which every value holds to the next.
func (f *frame) steps(x []float64, y values, r stretch) []vg.Point {
	var path []vg.Point
	for i := r.from; i < r.to; i++ {
		if i > r.from {
			path = append(path, f.at(x[i], y[i-1]))
		}
		path = append(path, f.at(x[i], y[i]))
	}
	return path
}

// line strokes the stretches that are finite; a lone sample is a dot.
func (f *frame) line(x []float64, l line) {
	c := lightInk(l.Style.Ink)
	if l.Alpha > 0 {
		c = fade(c, l.Alpha)
	}
	s := draw.LineStyle{Color: c, Width: vg.Points(0.75 * l.Width), Dashes: dashed(l.Style.Dash)}
	if l.Dots {
		for i, y := range l.Y {
			if finite(y) {
				f.canvas.DrawGlyph(draw.GlyphStyle{Color: c, Radius: vg.Points(1.5), Shape: draw.CircleGlyph{}}, f.at(x[i], y))
			}
		}
		return
	}
	if l.Bars {
		for _, r := range stretches(l.Y) {
			f.canvas.StrokeLines(s, f.steps(x, l.Y, r))
		}
		return
	}
	for _, r := range stretches(l.Y) {
		if r.to-r.from == 1 {
			f.canvas.DrawGlyph(draw.GlyphStyle{Color: c, Radius: vg.Points(1.5), Shape: draw.CircleGlyph{}}, f.at(x[r.from], l.Y[r.from]))
			continue
		}
		var path []vg.Point
		for i := r.from; i < r.to; i++ {
			path = append(path, f.at(x[i], l.Y[i]))
		}
		f.canvas.StrokeLines(s, path)
	}
}

func dashed(pattern []float64) []vg.Length {
	var d []vg.Length
	for _, v := range pattern {
		d = append(d, vg.Points(0.75*v))
	}
	return d
}

// stretch is a run of samples, from up to but not including to.
type stretch struct{ from, to int }

// stretches are the longest runs in which all curves are finite.
func stretches(curves ...values) []stretch {
	var found []stretch
	from := -1
	for i := 0; i <= len(curves[0]); i++ {
		whole := i < len(curves[0])
		for _, c := range curves {
			whole = whole && finite(c[i])
		}
		switch {
		case whole && from < 0:
			from = i
		case !whole && from >= 0:
			found = append(found, stretch{from, i})
			from = -1
		}
	}
	return found
}
