package report

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// lostAt is where diverged runs stand, in lengths of the axis.
const lostAt = 1.06

// plot has an axis in shares of the loss axis, so that the diverged runs find
// room beyond its end.
func (d *dots) plot() *plot.Plot {
	across := axis{Label: d.Label, Linear: limits{0, 1}}
	if d.Lost {
		across.Linear.To = 2*lostAt - 1
	}
	p := newPlot("Final loss of every seed", across, axis{Linear: limits{0, float64(len(d.Rows))}})
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = lightInk("line"), nil
	p.Add(grid, scatter{d})
	var losses, rules []plot.Tick
	for _, v := range d.ticks() {
		losses = append(losses, plot.Tick{Value: d.share(v), Label: plain(v)})
	}
	if d.Lost {
		losses = append(losses, plot.Tick{Value: lostAt, Label: diverged})
	}
	for i, r := range d.Rows {
		rules = append(rules, plot.Tick{Value: d.middle(i), Label: r.Rule})
	}
	p.X.Tick.Marker = plot.ConstantTicks(losses)
	p.Y.Tick.Marker, p.Y.Tick.Length = plot.ConstantTicks(rules), 0
	return p
}

func (d *dots) keys() []key { return nil }

// middle is the height of a row; the first rule is on top.
func (d *dots) middle(row int) float64 { return float64(len(d.Rows)-row) - 0.5 }

// scatter draws the dots onto paper.
type scatter struct{ *dots }

// Plot draws the threshold, the mean of every rule and its seeds.
func (s scatter) Plot(canvas draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&canvas)
	if finite(s.Solved) {
		at := x(s.share(s.Solved))
		line := draw.LineStyle{Color: lightInk("muted"), Width: vg.Points(0.8), Dashes: dashed([]float64{4, 3})}
		canvas.StrokeLine2(line, at, canvas.Min.Y, at, canvas.Max.Y)
	}
	for i, r := range s.Rows {
		c := lightInk(r.Style.Ink)
		if finite(r.Mean) {
			at := x(s.share(r.Mean))
			canvas.StrokeLine2(draw.LineStyle{Color: c, Width: vg.Points(1.5)}, at, y(s.middle(i)-0.36), at, y(s.middle(i)+0.36))
		}
		glyph := draw.GlyphStyle{Color: fade(c, 0.75), Radius: vg.Points(2.6), Shape: draw.CircleGlyph{}}
		for _, q := range r.Dots {
			canvas.DrawGlyphNoClip(glyph, vg.Point{X: x(s.share(q.Loss)), Y: y(s.middle(i) - 0.26*q.Offset)})
		}
		glyph.Shape = draw.CrossGlyph{}
		for _, q := range r.Lost {
			canvas.DrawGlyphNoClip(glyph, vg.Point{X: x(lostAt), Y: y(s.middle(i) - 0.26*q.Offset)})
		}
	}
}
