package report

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes of a legend's entries, in points.
const (
	keyLine  = 18
	keyGap   = 5
	keySpace = 16
)

// placed is a key with its place in the legend.
type placed struct {
	key
	x   vg.Length
	row int
}

// place flows the keys into rows no wider than width.
func place(keys []key, width vg.Length, s draw.TextStyle) []placed {
	var all []placed
	x, row := vg.Length(0), 0
	for _, k := range keys {
		w := vg.Points(keyLine+keyGap+keySpace) + s.Width(k.Label)
		if x > 0 && x+w > width {
			x, row = 0, row+1
		}
		all = append(all, placed{k, x, row})
		x += w
	}
	return all
}

func legendStyle() draw.TextStyle {
	s := draw.TextStyle{Handler: plot.DefaultTextHandler, YAlign: draw.YCenter}
	sans(&s, 8)
	return s
}

// legendHeight is the height of the legend's rows on a sheet of the given width.
func (s sheet) legendHeight(width vg.Length) vg.Length {
	rows := place(s.legend, width-2*vg.Points(border), legendStyle())
	if len(rows) == 0 {
		return 0
	}
	return vg.Points(legendRow*float64(rows[len(rows)-1].row+1) + 8)
}

func (s sheet) drawLegend(c draw.Canvas) {
	words := legendStyle()
	for _, k := range place(s.legend, c.Max.X-c.Min.X, words) {
		x := c.Min.X + k.x
		y := c.Max.Y - vg.Points(legendRow*(float64(k.row)+0.5))
		stroke := draw.LineStyle{Color: lightInk(k.Style.Ink), Width: vg.Points(2), Dashes: dashed(k.Style.Dash)}
		c.StrokeLine2(stroke, x, y, x+vg.Points(keyLine), y)
		c.FillText(words, vg.Point{X: x + vg.Points(keyLine+keyGap), Y: y}, k.Label)
	}
}
