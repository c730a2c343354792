package report

import (
	"fmt"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// resolution of the PNG files, in dots per inch.
const resolution = 144

// sheet is one picture: panels in a grid under a legend, over a colour bar.
type sheet struct {
	name    string
	columns int
	panels  []panel
	legend  []key
	footer  panel
	width   vg.Length // of a column
	height  vg.Length // of a row
}

// Heights of the strips above and below the panels.
const (
	legendRow    = 16 // points
	footerHeight = 46
	border       = 10
)

// newSheet puts charts on paper, in the figure's grid.
func newSheet(f *figure) sheet {
	s := sheet{name: f.ID, columns: f.Columns, panels: f.panels(), legend: f.Keys}
	if f.Charts[0].Wide {
		s.columns = len(f.Charts)
	}
	switch s.columns {
	case 1:
		s.width, s.height = 6.5*vg.Inch, 3*vg.Inch
	case 2:
		s.width, s.height = 3.6*vg.Inch, 2.6*vg.Inch
	default:
		s.width, s.height = 2.8*vg.Inch, 2.2*vg.Inch
	}
	if len(s.legend) == 0 {
		s.legend = legendOf(s.panels)
	}
	return s
}

// legendOf are the keys of all panels, each once.
func legendOf(panels []panel) []key {
	var all []key
	seen := map[string]bool{}
	for _, p := range panels {
		for _, k := range p.keys() {
			if !seen[k.Label] {
				seen[k.Label] = true
				all = append(all, k)
			}
		}
	}
	return all
}

func (s sheet) rows() int { return (len(s.panels) + s.columns - 1) / s.columns }

func (s sheet) size() (w, h vg.Length) {
	w = vg.Length(s.columns)*s.width + 2*vg.Points(border)
	h = vg.Length(s.rows())*s.height + 2*vg.Points(border) + s.legendHeight(w)
	if s.footer != nil {
		h += vg.Points(footerHeight)
	}
	return w, h
}

// write saves the sheet as dir/name.png and dir/name.svg.
func (s sheet) write(dir string) error {
	w, h := s.size()
	raster := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(resolution))}
	s.draw(draw.New(raster))
	if err := save(filepath.Join(dir, s.name+".png"), raster); err != nil {
		return err
	}
	vectors := vgsvg.New(w, h)
	s.draw(draw.New(vectors))
	return save(filepath.Join(dir, s.name+".svg"), vectors)
}

func save(path string, canvas vg.CanvasWriterTo) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	defer func() {
		if closing := file.Close(); err == nil && closing != nil {
			err = fmt.Errorf("plot: %w", closing)
		}
	}()
	if _, err := canvas.WriteTo(file); err != nil {
		return fmt.Errorf("plot %s: %w", path, err)
	}
	return nil
}

func (s sheet) draw(canvas draw.Canvas) {
	canvas.SetColor(lightInk("paper"))
	canvas.Fill(canvas.Rectangle.Path())
	b := vg.Points(border)
	inner := draw.Crop(canvas, b, -b, b, -b)
	s.drawLegend(inner)
	inner = draw.Crop(inner, 0, 0, 0, -s.legendHeight(canvas.Max.X-canvas.Min.X))
	if s.footer != nil {
		s.drawFooter(inner)
		inner = draw.Crop(inner, 0, 0, vg.Points(footerHeight), 0)
	}
	grid := make([][]*plot.Plot, s.rows())
	for i := range grid {
		grid[i] = make([]*plot.Plot, s.columns)
		for j := range grid[i] {
			if k := i*s.columns + j; k < len(s.panels) {
				grid[i][j] = s.panels[k].plot()
			}
		}
	}
	tiles := draw.Tiles{Rows: len(grid), Cols: s.columns, PadX: vg.Points(12), PadY: vg.Points(12)}
	for i, row := range plot.Align(grid, tiles, inner) {
		for j, c := range row {
			if grid[i][j] != nil {
				grid[i][j].Draw(c)
			}
		}
	}
}

func (s sheet) drawFooter(c draw.Canvas) {
	height := c.Max.Y - c.Min.Y - vg.Points(footerHeight-8)
	width := c.Max.X - c.Min.X
	s.footer.plot().Draw(draw.Crop(c, width*0.3, -width*0.3, 0, -height))
}
