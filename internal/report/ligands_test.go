package report

import (
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWriteLigands(t *testing.T) {
	dir := folder(t, "ligands")
	if err := WriteSimulation(dir, fixtureLigands()); err != nil {
		t.Fatal(err)
	}
	checkPage(t, dir, 700_000)
	checkPlots(t, dir, "courses", "exposure", "field-1", "field-2", "releases", "signals")
}

// Without ligands, or with nothing recorded of them, there is no section.
func TestNoLigands(t *testing.T) {
	for _, c := range []*Chemistry{nil, {}, {Ligands: []string{"x"}, Releases: &Releases{ToMS: 1}, Fields: []FieldFrames{{}}}} {
		s := fixtureLigands()
		s.Chemistry = c
		view, _, err := newSimulationView(s)
		if err != nil {
			t.Fatal(err)
		}
		if page := string(pageOf(t, view)); strings.Contains(page, `id="ligands"`) || strings.Contains(page, "#ligands") {
			t.Errorf("%+v has a section", c)
		}
	}
}

// A mark stands in the row of its cell, in the ink of its ligand; what no cell or
// no ligand released is left out, and types that release nothing have no rows.
func TestReleasePicture(t *testing.T) {
	s := fixtureLigands()
	s.Types = []CellType{{Name: "a", Count: 3}, {Name: "b", Count: 5}, {Name: "c", Count: 2}}
	s.Chemistry.Releases = &Releases{FromMS: 100, ToMS: 200, TimeMS: []float64{150, 120, 110, 130, 90},
		Cell: []int{9, 0, 99, -1, 1}, Ligand: []string{"VIP peptide", "somatostatin", "somatostatin", "somatostatin", "enkephalin"}}
	p := newReleasePicture(s)
	if len(p.Groups) != 2 || p.Cells != 5 || p.Groups[1].Name != "c" || p.Groups[1].From != 3 {
		t.Fatalf("%d rows in %+v", p.Cells, p.Groups)
	}
	if p.Height() != 5*releaseRow/2 {
		t.Errorf("%d pixels for 5 cells", p.Height())
	}
	if !strings.Contains(p.Note, "Shown are 2 releases of 5 cells") {
		t.Errorf("note %q", p.Note)
	}
	s.Chemistry.Releases.All = 1234
	if note := newReleasePicture(s).Note; !strings.Contains(note, "2 of 1\u202f234 releases") {
		t.Errorf("note of a part: %q", note)
	}
	img := p.image(lightInk, 4)
	marks := map[image.Point]int{}
	for y := range 5 {
		for x := range 10 {
			if c := img.ColorIndexAt((2*x+1)*rasterWidth/20-1, (2*y+1)*p.height/10); c > 0 {
				marks[image.Pt(x, y)] = int(c)
			}
		}
	}
	if len(marks) != 0 {
		t.Errorf("marks between times: %v", marks)
	}
	for _, c := range []struct {
		share float64
		row   int
		want  uint8
	}{{0.5, 4, 2}, {0.2, 0, 1}, {0.1, 0, 0}, {0.3, 4, 0}} {
		if got := img.ColorIndexAt(int(c.share*rasterWidth), (2*c.row+1)*p.height/10); got != c.want {
			t.Errorf("at %v of time in row %d: ink %d, want %d", c.share, c.row, got, c.want)
		}
	}
	if p.Legend[1].Label != "VIP peptide" || p.inks[1] == p.inks[0] {
		t.Errorf("legend %v, inks %v", p.Legend, p.inks)
	}
}

// Every ligand and quantity has a chart, every type a curve in its own style, with
// its range; a curve far below another wants a logarithmic axis.
func TestExposureCharts(t *testing.T) {
	s := fixtureLigands()
	for i := range s.Chemistry.Exposures {
		if e := &s.Chemistry.Exposures[i]; e.Ligand == "VIP peptide" && e.Type == "PV" && e.Quantity == "concentration" {
			for k := range e.Mean {
				e.Mean[k] /= 1000
			}
		}
	}
	f := exposureCharts(s)
	if len(f.Charts) != 4 || len(f.Keys) != 4 {
		t.Fatalf("%d charts, %d keys", len(f.Charts), len(f.Keys))
	}
	for i, want := range []struct {
		title, label string
		log          bool
	}{{"somatostatin, concentration", "concentration (nM)", false}, {"somatostatin, occupancy", "occupancy", false},
		{"VIP peptide, concentration", "concentration (nM)", true}, {"VIP peptide, occupancy", "occupancy", false}} {
		c := f.Charts[i]
		if c.Title != want.title || c.Y.Label != want.label || c.Y.Log != want.log || !c.Y.Switch || len(c.Tables) != 4 {
			t.Errorf("chart %q of %q, logarithmic %v with a switch %v, %d curves", c.Title, c.Y.Label, c.Y.Log, c.Y.Switch, len(c.Tables))
		}
		top := 0.0
		for _, table := range c.Tables {
			l := table.Lines[0]
			if !l.Range || len(l.Low) != len(l.Y) || len(l.High) != len(l.Y) {
				t.Errorf("%s: %s has no range", c.Title, l.Label)
			}
			top = max(top, slices.Max(l.High))
		}
		if c.Y.Linear.From != 0 || c.Y.Linear.To < top || c.Y.Decade.To < top || c.Y.Decade.From < top*1e-5 {
			t.Errorf("%s: axes %v and %v for values up to %v", c.Title, c.Y.Linear, c.Y.Decade, top)
		}
	}
}

// The map has a link for every secretion and reception, from box to box, wider
// where more is released, dashed where nothing is.
func TestSignalMap(t *testing.T) {
	s := fixtureLigands()
	d := newSignalDrawing(s)
	m := s.Chemistry.Map
	if len(d.Links) != len(m.Secretions)+len(m.Receptions) || len(d.Effects) != len(m.Receptions) {
		t.Fatalf("%d links and %d effects for %d secretions and %d receptions", len(d.Links), len(d.Effects), len(m.Secretions), len(m.Receptions))
	}
	width := map[string]float64{}
	for _, l := range d.Links[:len(m.Secretions)] {
		width[l.Title] = l.Width
		if l.Dashed != strings.HasSuffix(l.Title, ": 0\u00a0molecules") {
			t.Errorf("%s: dashed %v", l.Title, l.Dashed)
		}
	}
	// 20000 are the least and 2 × 10⁶ the most of any.
	least := "SST secretes somatostatin, bursts, from dense-core vesicles: 20000\u00a0molecules"
	most := "SST secretes neuropeptide Y, bursts, from dense-core vesicles: 2 × 10⁶\u00a0molecules"
	if width[least] != thinnest || width[most] != thickest {
		t.Errorf("widths %v", width)
	}
	if !d.Silent || d.AmountUnit != "molecules" || len(d.Amounts) != 3 {
		t.Errorf("silent %v, widths %v in %q", d.Silent, d.Amounts, d.AmountUnit)
	}
}

// Whoever secretes and hears, boxes keep apart, links end at the sides of the
// boxes they join, all within the drawing.
func TestSignalMapLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &Simulation{Types: []CellType{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}}, Chemistry: &Chemistry{}}
		name := rapid.SampledFrom([]string{"a", "b", "c", "d", "a type with quite a long name"})
		ligand := rapid.SampledFrom([]string{"w", "x", "y", "z"})
		m := &s.Chemistry.Map
		for range rapid.IntRange(1, 12).Draw(t, "secretions") {
			m.Secretions = append(m.Secretions, Secretion{Type: name.Draw(t, "type"), Ligand: ligand.Draw(t, "ligand"), Amount: rapid.Float64().Draw(t, "amount")})
		}
		for range rapid.IntRange(0, 12).Draw(t, "receptions") {
			m.Receptions = append(m.Receptions, Reception{Type: name.Draw(t, "type"), Ligand: ligand.Draw(t, "ligand"), Density: rapid.Float64().Draw(t, "density"), Effect: "gain"})
		}
		d := newSignalDrawing(s)
		for _, boxes := range [][]signalBox{d.Secreting, d.Ligands, d.Hearing} {
			below := signalHead - 1e-9
			for _, b := range boxes {
				if b.Y < below || b.Y+b.H > d.Height || b.X < 0 || b.X+b.W > d.Width {
					t.Fatalf("box %+v in a drawing of %v × %v, under %v", b, d.Width, d.Height, below)
				}
				below = b.Y + b.H + signalGap - 1e-9
			}
		}
		ends := map[point]bool{}
		for i, l := range d.Links {
			left, right := d.Secreting, d.Ligands
			if i >= len(m.Secretions) {
				left, right = d.Ligands, d.Hearing
			}
			out := point{l.From.x, l.From.y}
			if !touches(left, out, true) || !touches(right, l.To, false) || l.Width < thinnest || l.Width > thickest {
				t.Fatalf("link %+v", l)
			}
			if ends[out] || ends[l.To] {
				t.Fatalf("two links at %v or %v", out, l.To)
			}
			ends[out], ends[l.To] = true, true
		}
	})
}

// touches reports whether a point is at the side of a box.
func touches(boxes []signalBox, p point, right bool) bool {
	return slices.ContainsFunc(boxes, func(b signalBox) bool {
		x := b.X
		if right {
			x += b.W
		}
		return p.x == x && p.y > b.Y && p.y < b.Y+b.H
	})
}

// TestAnyLigands: no record of ligands, however odd, breaks the page.
func TestAnyLigands(t *testing.T) {
	number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 1, notNumber, infinity, -infinity}))
	row := rapid.SliceOfN(number, 0, 12)
	name := rapid.SampledFrom([]string{"", "E", "I", "<&>"})
	rapid.Check(t, func(rt *rapid.T) {
		c := &Chemistry{Releases: &Releases{FromMS: number.Draw(rt, "from"), ToMS: number.Draw(rt, "to"), TimeMS: row.Draw(rt, "times")}}
		s := &Simulation{Types: []CellType{{Name: "E", Count: rapid.IntRange(-1, 9).Draw(rt, "cells")}}, Chemistry: c}
		for range rapid.IntRange(0, 12).Draw(rt, "releases") {
			c.Releases.Cell = append(c.Releases.Cell, rapid.IntRange(-2, 12).Draw(rt, "cell"))
			c.Releases.Ligand = append(c.Releases.Ligand, name.Draw(rt, "ligand"))
		}
		for range rapid.IntRange(0, 4).Draw(rt, "parts") {
			n, of := name.Draw(rt, "ligand"), name.Draw(rt, "type")
			c.Map.Secretions = append(c.Map.Secretions, Secretion{Type: of, Ligand: n, Amount: number.Draw(rt, "amount")})
			c.Map.Receptions = append(c.Map.Receptions, Reception{Type: of, Ligand: n, Density: number.Draw(rt, "density"), HalfMaximalNM: number.Draw(rt, "EC50")})
			c.Exposures = append(c.Exposures, Exposure{Ligand: n, Type: of, Quantity: name.Draw(rt, "quantity"), TimeMS: row.Draw(rt, "times"),
				Mean: row.Draw(rt, "mean"), Low: row.Draw(rt, "low"), High: row.Draw(rt, "high")})
			c.Fields = append(c.Fields, FieldFrames{Ligand: n, Shape: [2]int{rapid.IntRange(-1, 4).Draw(rt, "columns"), rapid.IntRange(-1, 4).Draw(rt, "rows")},
				SpacingUM: number.Draw(rt, "spacing"), OriginUM: [2]float64{number.Draw(rt, "x"), number.Draw(rt, "y")}, TimesMS: row.Draw(rt, "times"),
				Values: rapid.SliceOfN(row, 0, 6).Draw(rt, "values")})
		}
		view, sheets, err := newSimulationView(s)
		if err != nil {
			rt.Fatal(err)
		}
		page := pageOf(t, view)
		checkCharts(t, page)
		tokens(t, page)
		for _, s := range sheets {
			if w, h := s.size(); !(w > 0) || !(h > 0) || math.IsInf(float64(w), 0) || math.IsInf(float64(h), 0) {
				rt.Fatalf("sheet %s of %v × %v", s.name, w, h)
			}
			for _, p := range s.panels {
				p.plot()
			}
		}
	})
}

// Ligands take inks that no cell type has, as long as there are any.
func TestInksOfLigands(t *testing.T) {
	types := []CellType{{Name: "a"}, {Name: "b", Sign: 1}, {Name: "c", Sign: -1}}
	inks := inksOfLigands(types)
	if want := []string{"purple", "orange", "text", "sky", "green", "vermillion", "blue"}; !slices.Equal(inks, want) {
		t.Errorf("inks %v, want %v", inks, want)
	}
}

// Points whose distance is lost beside how far away they are make no picture.
func TestFieldWithoutPlace(t *testing.T) {
	frames := FieldFrames{Ligand: "NPY", Shape: [2]int{2, 2}, SpacingUM: 70, TimesMS: []float64{3}, Values: [][]float64{{1, 2, 3, 4}}}
	if newField(1, frames) == nil {
		t.Fatal("points 70 µm apart make no picture: the test shows nothing")
	}
	frames.OriginUM[1] = 1e109
	if newField(1, frames) != nil {
		t.Error("points 70 µm apart at 1e109 µm make a picture")
	}
}
