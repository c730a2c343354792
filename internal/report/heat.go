package report

import (
	"image"
	"image/color"
	"math"
	"slices"
)

// The largest heat map drawn, in samples, and the height in pixels it is
// brought to by repeating rows, so that few cells are not blurred when scaled.
const (
	maxHeatColumns = 720
	maxHeatRows    = 480
	minHeatPixels  = 480
)

// scale maps values to colours, the same in every map of a page.
type scale struct {
	From, To float64
	Signed   bool // values of both signs: zero is in the middle
	Log      bool // colours follow the logarithm; From is positive
	Clipped  bool // some values lie beyond To
	Broken   bool // some values are not finite
}

// newScale spans the activities, but for the top half per cent, which would
// take the colours from all others.
func newScale(maps ...[][]float64) scale {
	var all []float64
	lowest, broken := 0.0, false
	for _, m := range maps {
		for _, row := range m {
			for _, v := range row {
				if !finite(v) {
					broken = true
					continue
				}
				all = append(all, math.Abs(v))
				lowest = min(lowest, v)
			}
		}
	}
	if len(all) == 0 {
		return scale{To: 1, Broken: broken}
	}
	slices.Sort(all)
	top, bulk := all[len(all)-1], all[(len(all)-1)*995/1000]
	if bulk == 0 {
		bulk = top // so sparse that the bulk is silence
	}
	if bulk == 0 {
		bulk = 1
	}
	s := scale{To: bulk, Signed: lowest < 0, Clipped: bulk < top, Broken: broken}
	if s.Signed {
		s.From = -bulk
	}
	return s
}

func (s scale) ramps() ramps {
	if s.Signed {
		return diverging
	}
	return sequential
}

// level is the index of a value's colour.
func (s scale) level(v float64) uint8 {
	if !finite(v) {
		return levels
	}
	return uint8(s.share(v)*(levels-1) + 0.5)
}

// share is where a value stands between the ends of the scale, 0 to 1.
func (s scale) share(v float64) float64 {
	if s.Log {
		return min(math.Log(max(v/s.From, 1))/math.Log(s.To/s.From), 1)
	}
	return min(max((v-s.From)/(s.To-s.From), 0), 1)
}

// Top labels the upper end of the colour bar.
func (s scale) Top() string {
	if s.Clipped {
		return "≥ " + short(s.To)
	}
	return short(s.To)
}

// Bottom labels its lower end.
func (s scale) Bottom() string {
	if s.Clipped && s.Signed || s.Log {
		return "≤ " + short(s.From)
	}
	return short(s.From)
}

// raster is a heat map of eight-bit levels, row by row from the top.
type raster struct {
	columns, rows int
	level         []uint8
}

// newRaster bins the cells, taken in the given order, and the steps to what a
// page can show; a bin holds the mean of its samples.
func newRaster(activity [][]float64, order []int, s scale) raster {
	steps := 0
	for _, row := range activity {
		steps = max(steps, len(row))
	}
	if steps == 0 {
		return raster{}
	}
	r := raster{columns: min(steps, maxHeatColumns), rows: min(len(order), maxHeatRows)}
	r.level = make([]uint8, r.columns*r.rows)
	for y := range r.rows {
		cells := order[y*len(order)/r.rows : (y+1)*len(order)/r.rows]
		for x := range r.columns {
			v := meanOver(activity, cells, x*steps/r.columns, (x+1)*steps/r.columns)
			r.level[y*r.columns+x] = s.level(v)
		}
	}
	return r
}

// meanOver averages a block; a value that is not finite makes the mean so.
func meanOver(activity [][]float64, cells []int, from, to int) float64 {
	sum, n := 0.0, 0
	for _, c := range cells {
		row := activity[c]
		for t := from; t < min(to, len(row)); t++ {
			sum += row[t]
			n++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n)
}

// image paints the raster, each row repeated until the map is tall enough.
func (r raster) image(p color.Palette) *image.Paletted {
	repeat := 1
	if r.rows > 0 && r.rows < minHeatPixels {
		repeat = (minHeatPixels + r.rows - 1) / r.rows
	}
	img := image.NewPaletted(image.Rect(0, 0, r.columns, r.rows*repeat), p)
	for y := range r.rows * repeat {
		copy(img.Pix[y*img.Stride:], r.level[y/repeat*r.columns:(y/repeat+1)*r.columns])
	}
	return img
}

// heat is a heat map with its axes: rows of the raster against time in a trial.
type heat struct {
	ID     string
	Title  string
	Rows   string // what a row is
	Value  string // what the colour means, with its unit
	Raster raster
	Scale  scale
	Groups []group
	Count  int // rows before binning
	EndMS  float64
	// Borders of the epochs of the trial (ms).
	Borders []float64
	twin
}
