package report

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes of a snapshot in files.
const (
	snapshotWidth = 2.5 * vg.Inch // with its axis
	snapshotFrame = 54            // points of it that are not the map, across
	snapshotRoom  = 58            // and along
)

// sheet is the snapshots over their colour bar.
func (v *field) sheet() sheet {
	s := sheet{name: fmt.Sprintf("field-%d", v.Number), columns: min(3, len(v.Snapshots)), footer: v.Bar, width: snapshotWidth}
	for _, p := range v.Snapshots {
		s.panels = append(s.panels, p)
	}
	wide := snapshotWidth - vg.Points(snapshotFrame)
	s.height = vg.Points(snapshotRoom) + wide/vg.Length(v.Snapshots[0].Aspect())
	return s
}

func (s *snapshot) plot() *plot.Plot {
	p := newPlot(s.Time, axis{Label: s.XLabel(), Linear: s.X}, axis{Label: s.YLabel(), Linear: s.Y})
	img := s.raster.enlarged().image(s.scale.ramps().light.palette())
	p.Add(plotter.NewImage(img, s.X.From, s.Y.From, s.X.To, s.Y.To), ruler{s.plane})
	var at []plot.Tick
	for _, y := range s.yValues() {
		at = append(at, plot.Tick{Value: y, Label: plain(y)})
	}
	p.Y.Tick.Marker = plot.ConstantTicks(at)
	return p
}

// keys is none: a field has a colour bar.
func (s *snapshot) keys() []key { return nil }

// enlarged repeats columns and rows, so that points keep their edges in files.
func (r raster) enlarged() raster {
	longer := max(r.columns, r.rows)
	times := (minHeatPixels + longer - 1) / longer
	large := raster{columns: times * r.columns, rows: times * r.rows}
	large.level = make([]uint8, large.columns*large.rows)
	for i := range large.level {
		x, y := i%large.columns/times, i/large.columns/times
		large.level[i] = r.level[y*r.columns+x]
	}
	return large
}

// ruler is the edge of a plane and, over its right end, the scale bar.
type ruler struct{ plane }

// Plot draws both.
func (r ruler) Plot(canvas draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&canvas)
	edge := []vg.Point{canvas.Min, {X: canvas.Max.X, Y: canvas.Min.Y}, canvas.Max, {X: canvas.Min.X, Y: canvas.Max.Y}, canvas.Min}
	canvas.StrokeLines(draw.LineStyle{Color: lightInk("line"), Width: vg.Points(0.6)}, edge)
	b := r.ScaleBar()
	left, y := x(r.X.To-b.Left/100*(r.X.To-r.X.From)), canvas.Max.Y+vg.Points(4)
	canvas.StrokeLine2(draw.LineStyle{Color: lightInk("text"), Width: vg.Points(1.8)}, left, y, canvas.Max.X, y)
	words := draw.TextStyle{Handler: plot.DefaultTextHandler, XAlign: draw.XRight, YAlign: draw.YBottom}
	sans(&words, 7)
	canvas.FillText(words, vg.Point{X: canvas.Max.X, Y: y + vg.Points(2)}, b.Label)
}
