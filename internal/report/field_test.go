package report

import (
	"encoding/xml"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A point at the lower left of the plane is at the lower left of its pictures.
func TestFieldIsUpright(t *testing.T) {
	f := FieldFrames{Ligand: "x", Unit: "nM", Shape: [2]int{3, 2}, SpacingUM: 10, OriginUM: [2]float64{5, 15}, TimesMS: []float64{0, 1},
		Values: [][]float64{{0, 0, 0, 0, 0, 0}, {4, 2, 0, 0, 0, 1}}}
	v := newField(1, f)
	if want := []uint8{0, 0, 64, 254, 127, 0}; !slices.Equal(v.Snapshots[0].raster.level, want) {
		t.Errorf("levels %v, want %v", v.Snapshots[0].raster.level, want)
	}
	if x, y := v.Film.X, v.Film.Y; x != (limits{0, 30}) || y != (limits{10, 30}) {
		t.Errorf("from %v to %v µm; points stand for half a spacing around them", x, y)
	}
	if v.Film.Aspect() != 1.5 {
		t.Errorf("aspect %v", v.Film.Aspect())
	}
	if v.Film.XLabel() != "x (µm)" || v.Film.YLabel() != "y (µm)" {
		t.Errorf("axes %s, %s", v.Film.XLabel(), v.Film.YLabel())
	}
	f.Axes = [2]string{"y", "z"}
	if s := newField(1, f).Snapshots[0]; s.XLabel() != "y (µm)" || s.YLabel() != "z (µm)" || s.plot().Y.Label.Text != "z (µm)" {
		t.Errorf("axes %s, %s of a plane along y and z", s.XLabel(), s.YLabel())
	}
}

// A film has every frame, from the top of its picture, each with its time; only
// frames with something in them are shown beside it.
func TestFilmHoldsFrames(t *testing.T) {
	f := fixtureBurst()
	v := newField(1, f)
	if v.Film.Last != 40 || v.Film.Columns != 41 || v.Film.Rows != 41 {
		t.Fatalf("last frame %d of %d × %d points", v.Film.Last, v.Film.Columns, v.Film.Rows)
	}
	times, labels := strings.Split(v.Film.Times, ","), strings.Split(v.Film.Labels, "|")
	if len(times) != 41 || times[40] != "8000" || len(labels) != 41 || labels[3] != "600\u00a0ms" {
		t.Errorf("times %v, labels %v", times, labels)
	}
	if want := "1.333\u00a0s"; v.Film.Pace != want {
		t.Errorf("pace %s, want %s: 8 s in %d s", v.Film.Pace, want, filmSeconds)
	}
	img := v.Film.strip(sequential.light.palette())
	if b := img.Bounds(); b.Dx() != 41 || b.Dy() != 41*41 {
		t.Fatalf("picture of %v", b)
	}
	for _, k := range []int{0, 3, 40} {
		for _, at := range [][2]int{{20, 20}, {0, 0}, {7, 30}} {
			value := f.Values[k][(40-at[1])*41+at[0]]
			if got, want := img.ColorIndexAt(at[0], 41*k+at[1]), v.Bar.Scale.level(value); got != want {
				t.Errorf("frame %d, column %d, row %d: level %d, want %d", k, at[0], at[1], got, want)
			}
		}
	}
	// The burst is at 500 ms, frames are 200 ms apart.
	if v.Film.First != 3 {
		t.Errorf("the film waits at frame %d", v.Film.First)
	}
	if n := len(v.Snapshots); n != maxSnapshots || v.Snapshots[0].TimeMS != 600 || v.Snapshots[n-1].TimeMS != 8000 {
		t.Errorf("%d pictures, first of %v ms, last of %v ms", n, v.Snapshots[0].TimeMS, v.Snapshots[n-1].TimeMS)
	}
}

// A film is bounded, and says what it left out.
func TestFilmIsBounded(t *testing.T) {
	v := newField(1, fixturePatches())
	if v.Film.Columns != 64 || v.Film.Rows != 32 || v.Film.Last != 59 {
		t.Errorf("%d × %d points, last frame %d", v.Film.Columns, v.Film.Rows, v.Film.Last)
	}
	for _, words := range []string{"60 of 101 frames", "64\u202f×\u202f32 points are means over 160\u202f×\u202f80"} {
		if !strings.Contains(v.Note, words) {
			t.Errorf("note %q lacks %q", v.Note, words)
		}
	}
	if whole := newField(1, fixtureBurst()); strings.Contains(whole.Note, "frames") || strings.Contains(whole.Note, "means") {
		t.Errorf("note of a whole film: %q", whole.Note)
	}
}

// Resampling agrees with the mean over a plane so fine that new points consist of
// whole ones.
func TestResampled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape := [2]int{rapid.IntRange(1, 9).Draw(t, "columns"), rapid.IntRange(1, 9).Draw(t, "rows")}
		columns, rows := rapid.IntRange(1, shape[0]).Draw(t, "to columns"), rapid.IntRange(1, shape[1]).Draw(t, "to rows")
		n := shape[0] * shape[1]
		values := rapid.SliceOfN(rapid.Float64Range(-9, 9), n, n).Draw(t, "values")
		got := resampled(values, shape, columns, rows)
		for y := range rows {
			for x := range columns {
				// Every point is columns × rows fine ones; a new one is shape[0] × shape[1] of them.
				sum := 0.0
				for j := y * shape[1]; j < (y+1)*shape[1]; j++ {
					for i := x * shape[0]; i < (x+1)*shape[0]; i++ {
						sum += values[j/rows*shape[0]+i/columns]
					}
				}
				if want := sum / float64(n); math.Abs(got[y*columns+x]-want) > 1e-12 {
					t.Fatalf("%v to %d × %d: point %d, %d is %v, want %v", shape, columns, rows, x, y, got[y*columns+x], want)
				}
			}
		}
	})
}

// What is kept of many times begins and ends with them and leaves no gap much
// wider than even ones.
func TestEvenly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var times []float64
		at := 0.0
		for range rapid.IntRange(1, 200).Draw(t, "frames") {
			at += rapid.Float64Range(0.5, 1.5).Draw(t, "apart")
			times = append(times, at)
		}
		n := rapid.IntRange(2, 80).Draw(t, "most")
		kept := evenly(times, n)
		if kept[0] != 0 || kept[len(kept)-1] != len(times)-1 || len(kept) > n || !slices.IsSorted(kept) || len(slices.Compact(slices.Clone(kept))) != len(kept) {
			t.Fatalf("%d of %d: %v", n, len(times), kept)
		}
		if len(times) <= n && len(kept) != len(times) {
			t.Fatalf("%d frames of %d that may all stay", len(kept), len(times))
		}
		even := (times[len(times)-1] - times[0]) / float64(n-1)
		for i := 1; i < len(kept); i++ {
			if gap := times[kept[i]] - times[kept[i-1]]; gap > even+1.5 {
				t.Fatalf("a gap of %v where %v is even", gap, even)
			}
		}
	})
}

func TestFieldScale(t *testing.T) {
	for name, c := range map[string]struct {
		frames [][]float64
		want   scale
	}{
		"silent":  {[][]float64{{0, 0}}, scale{To: 1}},
		"linear":  {[][]float64{{0, 3}, {2, 1}}, scale{To: 3}},
		"signed":  {[][]float64{{-1, 300}, {0, 1}}, scale{From: -300, To: 300, Signed: true}},
		"fading":  {[][]float64{{0, 0}, {500, 0}, {3, 2}}, scale{From: 0.1, To: 500, Log: true}},
		"decades": {[][]float64{{1e6, 0}, {1e-9, 0}}, scale{From: 100, To: 1e6, Log: true}},
		"broken":  {[][]float64{{notNumber, 2}, {infinity, 0}}, scale{To: 2, Broken: true}},
	} {
		if got := newFieldScale(c.frames); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	s := scale{From: 0.1, To: 1000, Log: true}
	for v, want := range map[float64]float64{0: 0, 0.01: 0, 0.1: 0, 1: 0.25, 10: 0.5, 1000: 1, 1e6: 1} {
		if got := s.share(v); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v is at %v of the scale, want %v", v, got, want)
		}
	}
	var labels []string
	for _, m := range s.marks() {
		labels = append(labels, m.Label)
	}
	if want := []string{"≤ 0.1", "1000", "1", "10", "100"}; !slices.Equal(labels, want) {
		t.Errorf("colour bar has %q, want %q", labels, want)
	}
}

// The scale bar is round and fits.
func TestScaleBar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Float64Range(-1e4, 1e4).Draw(t, "from")
		width := math.Pow(10, rapid.Float64Range(-1, 4).Draw(t, "log width"))
		p := plane{X: limits{from, from + width}, Y: limits{0, 1}}
		b := p.ScaleBar()
		length := b.Left / 100 * (p.X.To - p.X.From)
		if b.Left < 100.0/6-1e-6 || b.Left > 250.0/6+1e-6 {
			t.Fatalf("%v %% of the width", b.Left)
		}
		mantissa := length / math.Pow(10, math.Floor(math.Log10(length)+1e-9))
		if !slices.ContainsFunc([]float64{1, 2, 5}, func(m float64) bool { return math.Abs(mantissa-m) < 1e-6 }) {
			t.Fatalf("a bar of %v µm", length)
		}
	})
}

// Lightness alone tells levels apart, whatever colours a reader sees: CIE L* rises
// or falls all along a ramp, at most twice as fast as on average and at least half
// as fast.
func TestRampsAreEven(t *testing.T) {
	for name, r := range map[string]ramp{"light": sequential.light, "dark": sequential.dark} {
		const parts = 10
		whole := lightness(r, 1) - lightness(r, 0)
		for i := range parts {
			step := (lightness(r, float64(i+1)/parts) - lightness(r, float64(i)/parts)) / whole * parts
			if step < 0.5 || step > 2 {
				t.Errorf("%s: part %d of the ramp is %.2f times as steep as the whole", name, i, step)
			}
		}
	}
}

// lightness is CIE 1976 L* of a ramp's colour, from sRGB (IEC 61966-2-1).
func lightness(r ramp, share float64) float64 {
	linear := func(v uint8) float64 {
		c := float64(v) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	c := r.at(share)
	luminance := 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	if luminance <= 216.0/24389 {
		return luminance * 24389 / 27
	}
	return 116*math.Cbrt(luminance) - 16
}

// Fields that cannot be drawn are left out: no plane, no spacing, no frames.
func TestFieldsLeftOut(t *testing.T) {
	for name, change := range map[string]func(*FieldFrames){
		"a line":           func(f *FieldFrames) { f.Shape = [2]int{41, 1} },
		"a point":          func(f *FieldFrames) { f.Shape = [2]int{1, 1} },
		"negative":         func(f *FieldFrames) { f.Shape = [2]int{-3, 4} },
		"no spacing":       func(f *FieldFrames) { f.SpacingUM = 0 },
		"nowhere":          func(f *FieldFrames) { f.OriginUM[1] = notNumber },
		"no times":         func(f *FieldFrames) { f.TimesMS = nil },
		"no values":        func(f *FieldFrames) { f.Values = nil },
		"times not finite": func(f *FieldFrames) { f.TimesMS = []float64{notNumber, infinity} },
	} {
		f := fixtureBurst()
		change(&f)
		if newField(1, f) != nil {
			t.Errorf("%s: drawn", name)
		}
	}
	f := fixtureBurst()
	f.TimesMS[5] = f.TimesMS[4] // a time twice: its first frame stays
	f.Values[7] = f.Values[7][:100]
	if v := newField(1, f); v.Film.Last != 39 || !v.Bar.Scale.Broken {
		t.Errorf("last frame %d, broken %v", v.Film.Last, v.Bar.Scale.Broken)
	}
}

// A field along a line is drawn as curves against its places.
func TestProfiles(t *testing.T) {
	f := FieldFrames{Ligand: "x", Unit: "nM", Shape: [2]int{1, 4}, SpacingUM: 2, OriginUM: [2]float64{0, 3}, TimesMS: []float64{0, 1, 2},
		Values: [][]float64{{0, 0, 0, 0}, {0, 9, 0, 0}, {2, 3, 2, 1}}}
	figure := profileCharts([]FieldFrames{fixtureBurst(), f})
	if len(figure.Charts) != 1 {
		t.Fatalf("%d charts", len(figure.Charts))
	}
	c := figure.Charts[0]
	if len(c.Tables) != 2 || c.X.Label != "y (µm)" || !slices.Equal(c.Tables[0].X, []float64{3, 5, 7, 9}) || !slices.Equal(c.Tables[1].Lines[0].Y, []float64{2, 3, 2, 1}) {
		t.Errorf("%d curves against %s %v", len(c.Tables), c.X.Label, c.Tables[0].X)
	}
	if c.Legend[0].Label != "1\u00a0ms" || c.Legend[0].Style.Ink != ages[0] || c.Legend[1].Style.Ink != ages[len(ages)-1] {
		t.Errorf("legend %v", c.Legend)
	}
}

// Every point of an enlarged raster is a square of as many of its own level.
func TestEnlarged(t *testing.T) {
	r := raster{columns: 3, rows: 2, level: []uint8{1, 2, 3, 4, 5, 6}}
	large := r.enlarged()
	const times = minHeatPixels / 3
	if large.columns != minHeatPixels || large.rows != 2*times {
		t.Fatalf("%d × %d points", large.columns, large.rows)
	}
	count := map[uint8]int{}
	for _, level := range large.level {
		count[level]++
	}
	for _, level := range r.level {
		if count[level] != times*times {
			t.Errorf("level %d stands %d times, want %d", level, count[level], times*times)
		}
	}
	for corner, want := range map[int]uint8{0: 1, large.columns - 1: 3, len(large.level) - large.columns: 4, len(large.level) - 1: 6} {
		if large.level[corner] != want {
			t.Errorf("a corner has level %d, want %d", large.level[corner], want)
		}
	}
}

// The page's script finds what it needs: a time and a label for every step of the
// slider, and a canvas as large as a frame; all of it can be read and reached.
func TestFilmInPage(t *testing.T) {
	view, _, err := newSimulationView(fixtureLigands())
	if err != nil {
		t.Fatal(err)
	}
	var inside map[string]string // attributes of the film last seen
	films := 0
	for _, token := range tokens(t, pageOf(t, view)) {
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		given := map[string]string{}
		for _, a := range e.Attr {
			given[a.Name.Local] = a.Value
		}
		switch {
		case given["class"] == "film":
			inside = given
			films++
		case e.Name.Local == "canvas":
			want := map[int][2]string{1: {"41", "41"}, 2: {"64", "32"}}[films]
			if given["width"] != want[0] || given["height"] != want[1] || given["role"] != "img" || given["aria-label"] == "" {
				t.Errorf("canvas of film %d: %v", films, given)
			}
		case e.Name.Local == "input":
			frames := strconv.Itoa(strings.Count(inside["data-times"], ","))
			labels := strconv.Itoa(strings.Count(inside["data-labels"], "|"))
			if given["type"] != "range" || given["max"] != frames || labels != frames || given["aria-label"] == "" {
				t.Errorf("slider of film %d: %v, last frame %s, last label %s", films, given, frames, labels)
			}
		}
	}
	if films != 2 {
		t.Errorf("%d films", films)
	}
}
