package report

import (
	"image"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// Size of the picture of a raster at most, in pixels: twice that of the page, for
// fine screens.
const (
	rasterWidth  = 2000
	rasterHeight = 840
)

// mostInks is how many inks a picture with a palette can tell apart, one colour
// being that of nothing; inks beyond share the first ones.
const mostInks = 255

// simulatedTime is the label of the axis of time.
const simulatedTime = "simulated time (ms)"

// eventPicture is a raster, time by row, of events so many that they are
// painted, in the page and in files.
type eventPicture struct {
	ID, Title    string
	fromMS, toMS float64
	atMS         []float64
	row          []int
	ink          []int // of each event, among inks
	inks         []string
	pageMark     int // sizes of a mark, in pixels
	fileMark     int
	height       int // of the picture, in pixels
	Groups       []group
	shown        []string // how many cells of each type
	Cells        int      // rows
	Legend       []key    // of the inks, where they are not those of the groups
	Note         string
	twin
}

// addGroup adds rows for cells of a type, under those there are.
func (p *eventPicture) addGroup(s *Simulation, of, rows int) {
	t := s.Types[of]
	p.Groups = append(p.Groups, group{t.Name, typeStyles(s.Types)[t.Name], p.Cells, rows})
	label := count(rows)
	if rows < t.Count {
		label += " of " + count(t.Count)
	}
	p.shown = append(p.shown, label)
	p.Cells += rows
}

// groupOf is the number of the group a row belongs to.
func (p *eventPicture) groupOf(row int) int {
	for i, g := range p.Groups {
		if row < g.From+g.Rows {
			return i
		}
	}
	return len(p.Groups) - 1
}

// image paints the marks over nothing, in their inks. Where rows are narrower
// than a mark, neighbours overlap.
func (p *eventPicture) image(inkOf func(name string) color.NRGBA, mark int) *image.Paletted {
	colours := color.Palette{color.NRGBA{}}
	for _, name := range p.inks[:min(len(p.inks), mostInks)] {
		colours = append(colours, inkOf(name))
	}
	img := image.NewPaletted(image.Rect(0, 0, rasterWidth, p.height), colours)
	tall := max(mark, p.height*2/3/p.Cells)
	for i, at := range p.atMS {
		row := p.row[i]
		if row < 0 || row >= p.Cells || !(at >= p.fromMS && at <= p.toMS) {
			continue
		}
		x := int((at-p.fromMS)/(p.toMS-p.fromMS)*rasterWidth) - mark/2
		y := (2*row+1)*p.height/(2*p.Cells) - tall/2
		fill(img, image.Rect(x, y, x+mark, y+tall), uint8(1+p.ink[i]%mostInks))
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

// paint makes the inline pictures.
func (p *eventPicture) paint() (err error) {
	if p != nil {
		p.twin, err = newTwin(p.image(lightInk, p.pageMark), p.image(darkInk, p.pageMark))
	}
	return err
}

// Height is that in the page, in pixels.
func (p *eventPicture) Height() int { return p.height / 2 }

// Bars are the types beside the picture.
func (p *eventPicture) Bars() []groupBar {
	bars := make([]groupBar, len(p.Groups))
	for i, g := range p.Groups {
		unit := 100 / float64(p.Cells)
		bars[i] = groupBar{g.Name, p.shown[i], g.Style.Ink, float64(g.From) * unit, float64(g.Rows) * unit}
	}
	return bars
}

// Ticks are those of the axis of time.
func (p *eventPicture) Ticks() []tickAt {
	var at []tickAt
	for _, v := range ticks(p.fromMS, p.toMS, 6) {
		at = append(at, tickAt{100 * (v - p.fromMS) / (p.toMS - p.fromMS), plain(v)})
	}
	return at
}

// From and To are the ends of the axis of time, for reading.
func (p *eventPicture) From() string { return short(p.fromMS) }

// To is the end of it.
func (p *eventPicture) To() string { return short(p.toMS) }

func (p *eventPicture) plot() *plot.Plot {
	c := newPlot(p.Title, axis{Label: simulatedTime, Linear: limits{p.fromMS, p.toMS}}, axis{Linear: limits{0, float64(p.Cells)}})
	c.Add(plotter.NewImage(p.image(lightInk, p.fileMark), p.fromMS, 0, p.toMS, float64(p.Cells)))
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

// keys is none where the inks are those of the types beside the rows.
func (p *eventPicture) keys() []key { return p.Legend }
