package report

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func (h *heat) plot() *plot.Plot {
	p := newPlot(h.Title, axis{Label: timeLabel, Linear: limits{0, h.EndMS}}, axis{Linear: limits{0, float64(h.Count)}})
	p.Add(plotter.NewImage(h.Raster.image(h.Scale.ramps().light.palette()), 0, 0, h.EndMS, float64(h.Count)))
	var at []plot.Tick
	for i, g := range h.Groups {
		top := float64(h.Count - g.From)
		at = append(at, plot.Tick{Value: top - float64(g.Rows)/2, Label: g.label()})
		if i > 0 {
			p.Add(divider{top})
		}
	}
	for _, x := range h.Borders {
		p.Add(boundary{x})
	}
	p.Y.Tick.Marker = plot.ConstantTicks(at)
	p.Y.Tick.Length = 0
	return p
}

// keys is none: a heat map has a colour bar.
func (h *heat) keys() []key { return nil }

// divider is the line between two groups of a heat map.
type divider struct{ y float64 }

// Plot draws the line from side to side.
func (d divider) Plot(canvas draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&canvas)
	s := draw.LineStyle{Color: lightInk("text"), Width: vg.Points(0.6)}
	canvas.StrokeLine2(s, canvas.Min.X, y(d.y), canvas.Max.X, y(d.y))
}

// boundary is the line between two epochs.
type boundary struct{ x float64 }

// Plot draws the line from top to bottom.
func (b boundary) Plot(canvas draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&canvas)
	s := draw.LineStyle{Color: lightInk("text"), Width: vg.Points(0.6), Dashes: dashed([]float64{4, 3})}
	canvas.StrokeLine2(s, x(b.x), canvas.Min.Y, x(b.x), canvas.Max.Y)
}
