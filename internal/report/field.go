package report

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// The largest film kept in a page, in points of a frame along its longer side and
// in frames, and the number of frames shown as pictures beside it.
const (
	maxFilmSide   = 64
	maxFilmFrames = 60
	maxSnapshots  = 6
)

// faintest is the smallest part of the largest value that logarithmic scales show.
const faintest = 1e-4

// field is the concentration of a ligand in a plane over time: a film, some of
// its frames as pictures, and the colours they share.
type field struct {
	Number    int // from 1
	Title     string
	Bar       bar
	Film      *film
	Snapshots []*snapshot
	Note      string
}

// snapshot is the field at one time.
type snapshot struct {
	plane
	TimeMS float64
	Time   string // for reading
	raster raster
	scale  scale
	twin
}

// newField is nil without frames of a plane. Points beyond what a film has are
// averaged, frames beyond that left out; the note says so.
func newField(number int, given FieldFrames) *field {
	f := given.sound()
	if f.Shape[0] < 2 || f.Shape[1] < 2 || len(f.TimesMS) == 0 {
		return nil
	}
	kept := evenly(f.TimesMS, maxFilmFrames)
	columns, rows := within(f.Shape, maxFilmSide)
	frames := make([][]float64, len(kept))
	for i, k := range kept {
		frames[i] = resampled(f.Values[k], f.Shape, columns, rows)
	}
	v := &field{Number: number, Title: f.Ligand + lead(", ", f.Plane), Bar: bar{f.Ligand + unitInBrackets(f.Unit) + lead(", ", f.Plane), newFieldScale(frames)}}
	shown := make([]*snapshot, len(frames))
	for i, values := range frames {
		at := f.TimesMS[kept[i]]
		shown[i] = &snapshot{plane: f.plane(), TimeMS: at, Time: instant(at, f.TimesMS[kept[len(kept)-1]]),
			raster: fieldRaster(values, columns, rows, v.Bar.Scale), scale: v.Bar.Scale}
	}
	still := stills(frames, maxSnapshots)
	for _, i := range still {
		v.Snapshots = append(v.Snapshots, shown[i])
	}
	v.Film = newFilm(v.Title, shown, still[0])
	v.Note = fieldNote(f, len(kept), columns, rows, v)
	return v
}

// sound is the frames that can be drawn: those with a time after the last one's,
// each with all values, the missing ones not a number.
func (f FieldFrames) sound() FieldFrames {
	times, values := f.TimesMS, f.Values
	f.TimesMS, f.Values = nil, nil
	if f.Shape[0] < 1 || f.Shape[1] < 1 || !f.hasPlace() {
		return f
	}
	last := math.Inf(-1)
	for i, at := range times[:min(len(times), len(values))] {
		if finite(at) && at > last {
			f.TimesMS = append(f.TimesMS, at)
			f.Values = append(f.Values, sized(values[i], f.Shape[0]*f.Shape[1]))
			last = at
		}
	}
	return f
}

// hasPlace says whether points lie apart where they are said to be; a spacing may be
// lost beside an origin that is far away.
func (f FieldFrames) hasPlace() bool {
	for axis, n := range f.Shape {
		from, to := f.OriginUM[axis], f.OriginUM[axis]+float64(n)*f.SpacingUM
		if !(f.SpacingUM > 0) || !finite(from) || !finite(to) || math.Abs(to-from-float64(n)*f.SpacingUM) > 1e-3*f.SpacingUM {
			return false
		}
	}
	return true
}

// plane is what the points cover: a point stands for half a spacing around it.
func (f FieldFrames) plane() plane {
	edges := func(axis int) limits {
		from := f.OriginUM[axis] - f.SpacingUM/2
		return limits{from, from + float64(f.Shape[axis])*f.SpacingUM}
	}
	return plane{edges(0), edges(1), f.axes()}
}

// axes are the names of the axes.
func (f FieldFrames) axes() [2]string {
	return [2]string{cmp.Or(f.Axes[0], "x"), cmp.Or(f.Axes[1], "y")}
}

// evenly are the indices of at most n ascending times, as evenly apart as they
// allow, the first and the last among them.
func evenly(times []float64, n int) []int {
	var kept []int
	first, last := times[0], times[len(times)-1]
	at := 0
	for k := range min(n, len(times)) {
		aim := first + (last-first)*float64(k)/float64(max(n-1, 1))
		if len(times) <= n {
			aim = times[k]
		}
		for at+1 < len(times) && math.Abs(times[at+1]-aim) <= math.Abs(times[at]-aim) {
			at++
		}
		if len(kept) == 0 || kept[len(kept)-1] != at {
			kept = append(kept, at)
		}
	}
	return kept
}

// within is a shape brought to a longer side of at most so many points.
func within(shape [2]int, side int) (columns, rows int) {
	longer := max(shape[0], shape[1])
	if longer <= side {
		return shape[0], shape[1]
	}
	fit := func(n int) int { return max(1, (n*side+longer/2)/longer) }
	return fit(shape[0]), fit(shape[1])
}

// resampled brings a plane to fewer columns and rows: each new point is the mean
// over the area it covers, so that what the plane holds stays the same.
func resampled(values []float64, shape [2]int, columns, rows int) []float64 {
	if columns == shape[0] && rows == shape[1] {
		return values
	}
	across, along := covers(shape[0], columns), covers(shape[1], rows)
	means := make([]float64, columns*rows)
	for y := range rows {
		for x := range columns {
			sum := 0.0
			for j, high := range along[y].share {
				line := values[(along[y].first+j)*shape[0]:]
				for i, wide := range across[x].share {
					sum += high * wide * line[across[x].first+i]
				}
			}
			means[y*columns+x] = sum
		}
	}
	return means
}

// cover is the points of an axis that a coarser point covers, from the first, with
// their shares of it, which add up to 1.
type cover struct {
	first int
	share []float64
}

// covers are those of m ≤ n points of an axis of n.
func covers(n, m int) []cover {
	all := make([]cover, m)
	for b := range all {
		// In m-ths of a point, where all ends are whole.
		from, to := b*n, (b+1)*n
		all[b].first = from / m
		for i := from / m; i*m < to; i++ {
			part := min((i+1)*m, to) - max(i*m, from)
			all[b].share = append(all[b].share, float64(part)/float64(n))
		}
	}
	return all
}

// stills are at most so many frames to show by themselves: from the first with
// something in it, evenly apart.
func stills(frames [][]float64, most int) []int {
	first := 0
	for i, values := range frames {
		if strength(values) > 0 {
			first = i
			break
		}
	}
	n := min(most, len(frames)-first)
	at := make([]int, n)
	for k := range at {
		at[k] = first + k*(len(frames)-1-first)/max(n-1, 1)
	}
	return at
}

// newFieldScale spans all values. Where the largest of some frame is a small part
// of the largest of all, as after a burst that spreads, colours follow the
// logarithm: from a tenth of the faintest frame, four decades at most.
func newFieldScale(frames [][]float64) scale {
	s := scale{}
	least := math.Inf(1) // of the largest values of frames
	for _, values := range frames {
		top := strength(values)
		s.To = max(s.To, top)
		if top > 0 {
			least = min(least, top)
		}
		for _, v := range values {
			s.Broken = s.Broken || !finite(v)
			s.Signed = s.Signed || v < 0
		}
	}
	switch {
	case s.To == 0:
		s.To = 1
	case s.Signed:
		s.From = -s.To
	case lively(limits{least, s.To}):
		s.Log = true
		s.From = math.Pow(10, math.Floor(math.Log10(max(least/10, s.To*faintest))))
	}
	return s
}

// fieldRaster has y upwards, as plots have it.
func fieldRaster(values []float64, columns, rows int, s scale) raster {
	r := raster{columns: columns, rows: rows, level: make([]uint8, 0, columns*rows)}
	for y := rows - 1; y >= 0; y-- {
		for _, v := range values[y*columns : (y+1)*columns] {
			r.level = append(r.level, s.level(v))
		}
	}
	return r
}

// instant is a time for reading, in s where the last one is long.
func instant(ms, last float64) string {
	if math.Abs(last) >= 10_000 {
		return strconv.FormatFloat(ms/1000, 'g', 4, 64) + "\u00a0s"
	}
	return short(ms) + "\u00a0ms"
}

// lead puts words between what stands before and a text, if there is one.
func lead(words, text string) string {
	if text == "" {
		return ""
	}
	return words + text
}

// fieldNote says what is shown of how much.
func fieldNote(f FieldFrames, kept, columns, rows int, v *field) string {
	var b strings.Builder
	b.WriteString("All pictures of the ligand share the colours of the bar")
	if v.Bar.Scale.Log {
		b.WriteString(", which is logarithmic: what is below its lower end has the colour of that end")
	}
	b.WriteString(".")
	if kept < len(f.TimesMS) {
		b.WriteString(" The film has " + count(kept) + " of " + plural(len(f.TimesMS), "frame") + ".")
	}
	if columns != f.Shape[0] || rows != f.Shape[1] {
		b.WriteString(" Its " + shape(columns, rows) + " points are means over " + shape(f.Shape[0], f.Shape[1]) + ".")
	}
	if v.Film != nil {
		b.WriteString(" A second of film is " + v.Film.Pace + " of simulated time.")
	}
	return b.String()
}

func shape(columns, rows int) string { return count(columns) + "\u202f×\u202f" + count(rows) }
