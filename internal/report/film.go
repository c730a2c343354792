package report

import (
	"image"
	"image/color"
	"strconv"
	"strings"
)

// filmSeconds is how long a film lasts.
const filmSeconds = 6

// film is the frames of a field, one above the other in a picture from which the
// page's script takes them.
type film struct {
	plane
	Title         string
	Columns, Rows int
	First         int    // frame with something in it, counted from 0
	Last          int    // frame of all
	Times         string // of the frames, in ms, with commas
	Labels        string // the same for reading, with bars
	Seconds       int
	Pace          string // simulated time in a second of film
	frames        []*snapshot
	twin
}

// newFilm is nil where nothing moves; the frame to begin with is the first with
// something in it.
func newFilm(title string, frames []*snapshot, begin int) *film {
	if len(frames) < 2 {
		return nil
	}
	first, last := frames[0], frames[len(frames)-1]
	f := &film{plane: first.plane, Title: title, Columns: first.raster.columns, Rows: first.raster.rows, Last: len(frames) - 1,
		First: begin, Seconds: filmSeconds, frames: frames,
		Pace: pace(last.TimeMS - first.TimeMS)}
	var times, labels []string
	for _, s := range frames {
		times, labels = append(times, strconv.FormatFloat(s.TimeMS, 'g', 10, 64)), append(labels, s.Time)
	}
	f.Times, f.Labels = strings.Join(times, ","), strings.Join(labels, "|")
	return f
}

// pace is the simulated time in a second of film.
func pace(ms float64) string {
	each := ms / filmSeconds
	return instant(each, 10*each)
}

// strip is all frames from the top.
func (f *film) strip(p color.Palette) *image.Paletted {
	img := image.NewPaletted(image.Rect(0, 0, f.Columns, f.Rows*len(f.frames)), p)
	for i, s := range f.frames {
		copy(img.Pix[i*f.Rows*img.Stride:], s.raster.level)
	}
	return img
}

// paint makes the inline pictures of a field.
func (v *field) paint() (err error) {
	light, dark := v.Bar.Scale.ramps().light.palette(), v.Bar.Scale.ramps().dark.palette()
	for _, s := range v.Snapshots {
		if s.twin, err = newTwin(s.raster.image(light), s.raster.image(dark)); err != nil {
			return err
		}
	}
	if v.Film != nil {
		v.Film.twin, err = newTwin(v.Film.strip(light), v.Film.strip(dark))
	}
	return err
}
