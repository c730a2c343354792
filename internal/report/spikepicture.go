package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/png"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Sizes of the picture of a raster, in pixels: twice those of the page, for fine
// screens. A spike is a square that is still seen when it is shrunk to a coarse
// one or, in files, to a column of print.
const (
	rasterWidth  = 2000
	rasterHeight = 840
	pageMark     = 4
	fileMark     = 5
)

// mostInks is how many types a picture with a palette can tell apart, one colour
// being that of nothing; types beyond share the first ones.
const mostInks = 255

// simulatedTime is the label of the axis of time.
const simulatedTime = "simulated time (ms)"

// spikePicture is a spike raster: marks are so many that they are painted, in
// the page and in files.
type spikePicture struct {
	raster *SpikeRaster
	Groups []group
	shown  []string // how many cells of each type
	Cells  int      // rows
	Note   string
	Light  template.URL
	Dark   template.Srcset
}

// newSpikePicture is nil without spikes to show.
func newSpikePicture(s *Simulation) *spikePicture {
	r := s.Raster
	if r == nil || !(r.ToMS > r.FromMS) {
		return nil
	}
	p := &spikePicture{raster: r}
	styles, all := typeStyles(s.Types), 0
	for i, rows := range r.Rows {
		if i >= len(s.Types) || rows <= 0 {
			continue
		}
		t := s.Types[i]
		p.Groups = append(p.Groups, group{t.Name, styles[t.Name], p.Cells, rows})
		label := count(rows)
		if rows < t.Count {
			label += " of " + count(t.Count)
		}
		p.shown = append(p.shown, label)
		p.Cells += rows
		all += t.Count
	}
	if p.Cells == 0 {
		return nil
	}
	p.Note = fmt.Sprintf("Every mark is a spike, every row a cell: %s of %s cells, at equal distances in their type. Shown are the last %s\u00a0ms.",
		count(p.Cells), count(all), short(r.ToMS-r.FromMS))
	return p
}

// image paints the marks over nothing, in one colour per type. Where rows are
// narrower than a mark, neighbours overlap.
func (p *spikePicture) image(inkOf func(name string) color.NRGBA, mark int) *image.Paletted {
	colours := color.Palette{color.NRGBA{}}
	for _, g := range p.Groups[:min(len(p.Groups), mostInks)] {
		colours = append(colours, inkOf(g.Style.Ink))
	}
	img := image.NewPaletted(image.Rect(0, 0, rasterWidth, rasterHeight), colours)
	r := p.raster
	tall := max(mark, rasterHeight*2/3/p.Cells)
	for i, at := range r.TimeMS {
		row := r.Row[i]
		if row < 0 || row >= p.Cells || !(at >= r.FromMS && at <= r.ToMS) {
			continue
		}
		x := int((at-r.FromMS)/(r.ToMS-r.FromMS)*rasterWidth) - mark/2
		y := (2*row+1)*rasterHeight/(2*p.Cells) - tall/2
		fill(img, image.Rect(x, y, x+mark, y+tall), uint8(1+p.groupOf(row)%mostInks))
	}
	return img
}

// fill paints the part of a rectangle that lies in the picture.
func fill(img *image.Paletted, r image.Rectangle, colour uint8) {
	r = r.Intersect(img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			img.Pix[y*img.Stride+x] = colour
		}
	}
}

func (p *spikePicture) groupOf(row int) int {
	for i, g := range p.Groups {
		if row < g.From+g.Rows {
			return i
		}
	}
	return len(p.Groups) - 1
}

// paint makes the inline pictures for light and dark pages.
func (p *spikePicture) paint() error {
	if p == nil {
		return nil
	}
	onLight, err := inline(p.image(lightInk, pageMark))
	if err != nil {
		return err
	}
	onDark, err := inline(p.image(darkInk, pageMark))
	if err != nil {
		return err
	}
	// A PNG of our own making, in base64: nothing in it comes from text.
	p.Light, p.Dark = template.URL(onLight), template.Srcset(onDark)
	return nil
}

// inline is a picture as the address of itself.
func inline(img image.Image) (string, error) {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, img); err != nil {
		return "", fmt.Errorf("picture: %w", err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// Bars are the types beside the picture.
func (p *spikePicture) Bars() []groupBar {
	bars := make([]groupBar, len(p.Groups))
	for i, g := range p.Groups {
		unit := 100 / float64(p.Cells)
		bars[i] = groupBar{g.Name, p.shown[i], g.Style.Ink, float64(g.From) * unit, float64(g.Rows) * unit}
	}
	return bars
}

// Ticks are those of the axis of time.
func (p *spikePicture) Ticks() []tickAt {
	var at []tickAt
	r := p.raster
	for _, v := range ticks(r.FromMS, r.ToMS, 6) {
		at = append(at, tickAt{100 * (v - r.FromMS) / (r.ToMS - r.FromMS), plain(v)})
	}
	return at
}

// From and To are the ends of the axis of time, for reading.
func (p *spikePicture) From() string { return short(p.raster.FromMS) }

// To is the end of it.
func (p *spikePicture) To() string { return short(p.raster.ToMS) }

func (p *spikePicture) plot() *plot.Plot {
	r := p.raster
	c := newPlot("Spikes", axis{Label: simulatedTime, Linear: limits{r.FromMS, r.ToMS}}, axis{Linear: limits{0, float64(p.Cells)}})
	c.Add(plotter.NewImage(p.image(lightInk, fileMark), r.FromMS, 0, r.ToMS, float64(p.Cells)))
	var at []plot.Tick
	for i, g := range p.Groups {
		top := float64(p.Cells - g.From)
		at = append(at, plot.Tick{Value: top - float64(g.Rows)/2, Label: g.Name + "\n" + p.shown[i]})
		if i > 0 {
			c.Add(divider{top})
		}
	}
	c.Y.Tick.Marker = plot.ConstantTicks(at)
	c.Y.Tick.Length = 0
	return c
}

// keys is none: types stand beside the rows.
func (p *spikePicture) keys() []key { return nil }

// sheet is the raster over the rates in the same stretch of time.
func (p *spikePicture) sheet(rates *chart) sheet {
	s := sheet{name: "raster", columns: 1, panels: []panel{p}, width: 6.5 * vg.Inch, height: 3 * vg.Inch}
	if rates != nil {
		s.panels = append(s.panels, rates)
		s.legend = legendOf(s.panels)
	}
	return s
}
