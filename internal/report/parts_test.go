package report

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var notNumber, infinity = math.NaN(), math.Inf(1)

// TestDecimate: the curves' extremes, ends and gaps survive, in order.
func TestDecimate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, limit := rapid.IntRange(1, 400).Draw(t, "n"), rapid.IntRange(8, 100).Draw(t, "limit")
		sample := rapid.OneOf(rapid.Float64Range(-9, 9), rapid.Just(notNumber))
		curves := [][]float64{
			rapid.SliceOfN(sample, n, n).Draw(t, "a"),
			rapid.SliceOfN(sample, n, n).Draw(t, "b"),
		}
		kept := decimate(n, curves, limit)
		if kept == nil {
			if n > limit {
				t.Fatalf("kept all %d samples, more than %d", n, limit)
			}
			return
		}
		if !slices.IsSorted(kept) || kept[0] != 0 || kept[len(kept)-1] != n-1 || len(kept) > 3*limit/2+2 {
			t.Fatalf("%d of %d samples: %v", len(kept), n, kept)
		}
		for _, c := range curves {
			whole, part := spanOf(c), spanOf(pick(c, kept))
			if whole != part {
				t.Fatalf("range %v became %v", whole, part)
			}
			if slices.ContainsFunc(c, math.IsNaN) && !slices.ContainsFunc(pick(c, kept), math.IsNaN) {
				t.Fatal("a gap was lost")
			}
		}
	})
}

func spanOf(v []float64) extent {
	var e extent
	for _, x := range v {
		e.add(x)
	}
	return e
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{short(0), "0"}, {short(0.1), "0.1"}, {short(-1.2345), "−1.23"}, {short(12345), "12345"}, {short(0.000012345), "1.23 × 10⁻⁵"},
		{short(2e9), "2 × 10⁹"}, {short(notNumber), notFinite}, {short(infinity), "∞"}, {short(-infinity), "−∞"},
		{measured(0.8), "0.800"}, {measured(0.0121), "0.0121"}, {measured(14), "14.0"}, {measured(900), "900"}, {measured(notNumber), notFinite},
		{spread(0.0168, 0.0233), "0.017 ± 0.023"}, {spread(264, 79), "264 ± 79"}, {spread(0.5, 0), "0.500"}, {spread(notNumber, 1), notFinite},
		{percent(0.375), "37.5 %"}, {count(3000), "3\u202f000"}, {count(-1234567), "−1\u202f234\u202f567"}, {count(999), "999"},
		{interval(math.Inf(-1), 0.1), "≤ 0.1"}, {interval(0.9, infinity), "≥ 0.9"}, {interval(0, 1), "0 – 1"}, {interval(notNumber, infinity), "any"},
		{duration(59.94), "59.9 s"}, {duration(61.4), "1 min 1 s"}, {duration(7260), "2 h 1 min"}, {duration(notNumber), notFinite},
		{seedList([]uint64{1, 2, 3, 7, 9, 10}), "1–3, 7, 9–10"}, {seedList(nil), ""},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestJSONHoldsNoInfinities(t *testing.T) {
	got, err := json.Marshal(struct {
		A values
		B limits
		C shade
		D mark
		E positions
	}{values{1, notNumber, -infinity}, limits{0, infinity}, newShade(-infinity, 0.1, "green", "x"), mark{At: number(notNumber)}, positions{123456.789}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"A":[1,null,null],"B":null,"C":{"ends":[null,0.1],"ink":"green","label":"x"},"D":{"at":null,"ink":"","label":""},"E":[123456.789]}`
	if string(got) != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestTicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Float64Range(-1e6, 1e6).Draw(t, "from")
		width := rapid.Float64Range(1e-3, 1e6).Draw(t, "width")
		at := ticks(from, from+width, 5)
		if len(at) < 2 || len(at) > 6 {
			t.Fatalf("%d ticks: %v", len(at), at)
		}
		slack := width * 1e-6
		if !slices.IsSorted(at) || at[0] < from-slack || at[len(at)-1] > from+width+slack {
			t.Fatalf("ticks %v outside %g to %g", at, from, from+width)
		}
	})
	if got := decadeTicks(0.004, 1.2); !slices.Equal(roundAll(got), []float64{0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1}) {
		t.Errorf("decades: %v", got)
	}
	if decadeTicks(-1, 1) != nil || decadeTicks(1, infinity) != nil || ticks(1, 1, 5) != nil || ticks(0, infinity, 5) != nil {
		t.Error("ticks where there can be none")
	}
}

func roundAll(v []float64) []float64 {
	r := make([]float64, len(v))
	for i, x := range v {
		r[i] = math.Round(x*1e6) / 1e6
	}
	return r
}

// TestGroups: groups cover all rows once, whatever the types claim.
func TestGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var types []CellType
		for range rapid.IntRange(0, 5).Draw(t, "types") {
			types = append(types, CellType{Count: rapid.IntRange(-2, 30).Draw(t, "count")})
		}
		n := rapid.IntRange(0, 60).Draw(t, "n")
		next := 0
		for _, g := range groupRows(types, n) {
			if g.From != next || g.Rows <= 0 {
				t.Fatalf("group %+v, expected from %d", g, next)
			}
			next += g.Rows
		}
		if next != n {
			t.Fatalf("groups cover %d of %d rows", next, n)
		}
	})
}

func TestByPeakKeepsTypesApart(t *testing.T) {
	activity := [][]float64{{0, 0, 1}, {1, 0, 0}, {0, 0, 0}, {0, 1, 0}, {5, 1, 0}}
	groups := groupRows([]CellType{{Name: "E", Count: 3}, {Name: "I", Count: 2}}, 5)
	if got := byPeak(groups, activity); !slices.Equal(got, []int{1, 0, 2, 4, 3}) {
		t.Errorf("order %v", got)
	}
}

// TestRaster: every sample of a small map keeps its place and its value.
func TestRaster(t *testing.T) {
	activity := [][]float64{{0, 1}, {2, notNumber}, {4, 0.5}}
	s := scale{To: 2}
	r := newRaster(activity, []int{2, 0, 1}, s)
	if want := []uint8{254, 64, 0, 127, 254, levels}; !slices.Equal(r.level, want) {
		t.Errorf("levels %v, want %v", r.level, want)
	}
	img := r.image(sequential.light.palette())
	if b := img.Bounds(); b.Dx() != 2 || b.Dy() < minHeatPixels || b.Dy()%3 != 0 {
		t.Errorf("picture of %v", b)
	}
	if img.ColorIndexAt(1, img.Bounds().Dy()-1) != levels {
		t.Error("the last row is not the last cell")
	}
}

// TestRasterBins against the plain mean of each bin.
func TestRasterBins(t *testing.T) {
	const cells, steps = 2 * maxHeatRows, 3 * maxHeatColumns
	activity := make([][]float64, cells)
	for c := range activity {
		activity[c] = make([]float64, steps)
		for s := range activity[c] {
			activity[c][s] = float64((c*7+s*3)%11) / 10
		}
	}
	s := scale{To: 1}
	r := newRaster(activity, identity(cells), s)
	for _, at := range [][2]int{{0, 0}, {5, 9}, {maxHeatColumns - 1, maxHeatRows - 1}} {
		sum := 0.0
		for c := range 2 {
			for k := range 3 {
				sum += activity[2*at[1]+c][3*at[0]+k]
			}
		}
		if got, want := r.level[at[1]*r.columns+at[0]], s.level(sum/6); got != want {
			t.Errorf("bin %v: level %d, want %d", at, got, want)
		}
	}
}

func TestScale(t *testing.T) {
	spiky := make([]float64, 1000)
	spiky[3], spiky[9] = 50, 1
	for name, c := range map[string]struct {
		rows [][]float64
		want scale
	}{
		"empty":  {nil, scale{To: 1}},
		"silent": {[][]float64{{0, 0}}, scale{To: 1}},
		"signed": {[][]float64{{-1, 2, 2}}, scale{From: -2, To: 2, Signed: true}},
		"sparse": {[][]float64{spiky}, scale{To: 50}},
		"broken": {[][]float64{{notNumber, infinity, 3}}, scale{To: 3, Broken: true}},
	} {
		if got := newScale(c.rows); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestDotsStayOnTheAxis(t *testing.T) {
	c := fixtureComparison()
	d := newDots(c, ruleStyles(ruleNames(c)))
	if !d.Log || !d.Lost {
		t.Errorf("logarithmic %v, with a column for diverged runs %v; want both", d.Log, d.Lost)
	}
	shown := 0
	for i, row := range d.Rows {
		shown += len(row.Dots) + len(row.Lost)
		for _, p := range row.Dots {
			if s := d.share(p.Loss); s <= 0 || s >= 1 || math.Abs(p.Offset) > 1 {
				t.Errorf("rule %d, seed %d at %g, %g", i, p.Seed, s, p.Offset)
			}
		}
	}
	if shown != 50 {
		t.Errorf("%d of 50 runs are shown", shown)
	}
}

func TestDrawing(t *testing.T) {
	for n := 1; n <= 8; n++ {
		r := &Run{}
		for i := range n {
			r.Types = append(r.Types, CellType{Name: strings.Repeat("x", i+1), Count: 10 * (i + 1), Sign: i%3 - 1})
		}
		for _, a := range r.Types {
			r.Projections = append(r.Projections, Projection{From: inputName, To: a.Name, MeanWeight: 1}, Projection{From: a.Name, To: readoutName, MeanWeight: 0.1})
			for _, b := range r.Types {
				r.Projections = append(r.Projections, Projection{From: a.Name, To: b.Name, MeanWeight: 0.01})
			}
		}
		d := runDrawing(r)
		if len(d.Arrows) != len(r.Projections) {
			t.Errorf("%d types: %d arrows for %d projections", n, len(d.Arrows), len(r.Projections))
		}
		for i, a := range d.Nodes {
			if a.X-a.R < boxWidth+margin || a.X+a.R > d.Width-boxWidth-margin || a.Y-a.R < 0 || a.Y+a.R > d.Height {
				t.Errorf("%d types: %s leaves the drawing", n, a.Name)
			}
			for _, b := range d.Nodes[:i] {
				if math.Hypot(a.X-b.X, a.Y-b.Y) < a.R+b.R+4 {
					t.Errorf("%d types: %s and %s overlap", n, a.Name, b.Name)
				}
			}
		}
	}
	if a, b := (widths{0.01, 1}).of(1), (widths{0.01, 1}).of(0.01); a != thickest || b != thinnest {
		t.Errorf("widths %g and %g", a, b)
	}
}

func TestStylesStayApart(t *testing.T) {
	rules := []string{"eprop", "bptt", "modprop", "mdgl", "rflo", "rtrl", "a", "b", "c"}
	styles := ruleStyles(rules)
	seen := map[string]string{}
	for _, r := range rules {
		look := styles[r].Ink + string(must(json.Marshal(styles[r].Dash)))
		if other, twice := seen[look]; twice {
			t.Errorf("%s looks like %s", r, other)
		}
		seen[look] = r
	}
	if styles["bptt"].Ink != "text" {
		t.Error("BPTT is the reference, in the colour of the text")
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func BenchmarkPage(b *testing.B) {
	r := fixtureRun()
	for b.Loop() {
		view, _, err := newRunView(r)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := render("run", view); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSheets(b *testing.B) {
	_, sheets, err := newRunView(fixtureRun())
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	for b.Loop() {
		for _, s := range sheets {
			if err := s.write(dir); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// Limits are numbers, whatever the values.
func TestLimitsOfTheLargestValues(t *testing.T) {
	for _, e := range []extent{{largest, largest, true}, {-largest, largest, true}, {0, largest, true}} {
		if tight, padded := e.tight(), e.padded(); tight.none() || padded.none() {
			t.Errorf("%v: %v, %v", e, tight, padded)
		}
	}
}

// Of stretches that adjoin every other is shaded; a heat map has lines between
// them, the readout shades without words.
func TestEpochs(t *testing.T) {
	r := fixtureRun()
	v := trialViews(r)[0]
	var inputs, readout []string
	for _, s := range v.Inputs.Spans {
		inputs = append(inputs, fmt.Sprint(s.Label, s.Clear))
	}
	for _, s := range v.Readout.Spans {
		readout = append(readout, s.Label)
	}
	if want := []string{"cue 1false", "delaytrue", "cue 2false"}; !slices.Equal(inputs, want) {
		t.Errorf("inputs have %q, want %q", inputs, want)
	}
	if want := []string{"", "", "", "learning window"}; !slices.Equal(readout, want) {
		t.Errorf("the readout has %q, want %q", readout, want)
	}
	if want := []float64{100, 800}; !slices.Equal(v.Activity.Borders, want) {
		t.Errorf("lines at %v ms, want %v", v.Activity.Borders, want)
	}
}

// TestRulesOnlyAskedAreToldApart: rules whose gradients are compared without
// training by them have inks of their own.
func TestRulesOnlyAskedAreToldApart(t *testing.T) {
	c := fixtureComparison()
	first := c.Rules[0].Alignment[0]
	for _, rule := range []string{"asked", "asked too"} {
		first.Rule = rule
		c.Rules[0].Alignment = append(c.Rules[0].Alignment, first)
	}
	seen := map[string]string{}
	for _, k := range newComparisonView(c).Alignment.Keys {
		look := fmt.Sprint(k.Style)
		if other, taken := seen[look]; taken {
			t.Errorf("%s looks like %s", k.Label, other)
		}
		seen[look] = k.Label
	}
	if len(seen) < 3 {
		t.Errorf("only %d rules have a key", len(seen))
	}
}

// TestEffectiveFilterShowsItsCurves: in each panel the ideal filter lies over the other
// curves and has as much room as they leave it, and no curve reaches the word at
// the top, which takes a tenth of the height.
func TestEffectiveFilterShowsItsCurves(t *testing.T) {
	pair := func(post string, scale float64) FilterPair {
		return FilterPair{Pre: "I", Post: post, Lag: []int{-1, 0, 1, 2}, Ideal: []float64{0, 0, scale, scale / 2},
			Effective: []float64{0, scale / 3, scale / 2, scale / 4}, Own: []float64{scale, 9 * scale, 10 * scale, 5 * scale}}
	}
	f := effectiveFilter(&Run{Effective: &EffectiveFilter{Pairs: []FilterPair{pair("E", 1e-3), pair("I", -1)}}})
	if len(f.Charts) != 2 {
		t.Fatalf("%d panels, want 2", len(f.Charts))
	}
	for _, c := range f.Charts {
		lines, height, top := c.Tables[0].Lines, c.Y.Linear.To-c.Y.Linear.From, math.Inf(-1)
		for _, l := range lines {
			top = max(top, slices.Max(l.Y))
		}
		ideal := lines[len(lines)-1]
		if seen := (slices.Max(ideal.Y) - slices.Min(ideal.Y)) / height; ideal.Label != "ideal F" || seen < 0.05 {
			t.Errorf("%s: the last curve, %s, takes %v of the height, want 0.05 of the ideal filter", c.Title, ideal.Label, seen)
		}
		if room := (c.Y.Linear.To - top) / height; room < 0.1 {
			t.Errorf("%s: %v of the height is above the curves, want 0.1", c.Title, room)
		}
	}
}
