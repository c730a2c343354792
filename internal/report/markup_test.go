package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	rawElements = regexp.MustCompile(`(?s)(<(script|style)[^>]*>)(.*?)</(script|style)>`)
	chartData   = regexp.MustCompile(`(?s)<script type="application/json">(.*?)</script>`)
)

// void are the elements without an end.
var void = map[string]bool{"meta": true, "input": true, "img": true, "source": true, "hr": true, "wbr": true, "br": true}

// tokens are the page's elements in order. What stands in scripts and style
// sheets is no markup and is left out. Elements must nest and close.
func tokens(t testing.TB, page []byte) []xml.Token {
	t.Helper()
	bare := rawElements.ReplaceAll(page, []byte("$1</$4>"))
	d := xml.NewDecoder(bytes.NewReader(bytes.ReplaceAll(bare, []byte("<!DOCTYPE html>"), nil)))
	d.Strict, d.Entity = false, xml.HTMLEntity
	var all []xml.Token
	var open []string
	for {
		token, err := d.RawToken()
		if err == io.EOF && len(open) == 0 {
			return all
		}
		if err != nil {
			t.Fatalf("page: %v with %v open", err, open)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if !void[e.Name.Local] {
				open = append(open, e.Name.Local)
			}
		case xml.EndElement:
			if void[e.Name.Local] {
				continue // the decoder's own, of an element written <x/>
			}
			if len(open) == 0 || open[len(open)-1] != e.Name.Local {
				t.Fatalf("page: </%s> with %v open", e.Name.Local, open)
			}
			open = open[:len(open)-1]
		}
		all = append(all, xml.CopyToken(token))
	}
}

func checkMarkup(t testing.TB, page []byte) {
	t.Helper()
	seen := map[string]bool{}
	for _, token := range tokens(t, page) {
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range e.Attr {
			if a.Name.Local == "id" && seen[a.Value] {
				t.Errorf("the id %q stands twice", a.Value)
			} else if a.Name.Local == "id" {
				seen[a.Value] = true
			}
			if strings.Contains(a.Value, "ZgotmplZ") {
				t.Errorf("<%s %s> was refused by the template", e.Name.Local, a.Name.Local)
			}
		}
	}
}

// checkOffline: nothing in the page makes a browser ask anyone for anything.
func checkOffline(t testing.TB, page []byte) {
	t.Helper()
	for _, token := range tokens(t, page) {
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if e.Name.Local == "link" || e.Name.Local == "iframe" || e.Name.Local == "base" {
			t.Errorf("<%s> in a page that loads nothing", e.Name.Local)
		}
		for _, a := range e.Attr {
			switch a.Name.Local {
			case "src", "srcset", "data", "poster", "action":
				if !strings.HasPrefix(a.Value, "data:") {
					t.Errorf("<%s %s=%.40q> loads something", e.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
	}
	for _, loader := range []string{"@import", "url(", "fetch(", "XMLHttpRequest", "WebSocket(", "sendBeacon", "import("} {
		if bytes.Contains(page, []byte(loader)) {
			t.Errorf("the page contains %s", loader)
		}
	}
	if !bytes.Contains(page, []byte(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"`)) {
		t.Error("the page lacks its content security policy")
	}
}

// checkCharts: the data of every chart is JSON as the script expects it.
func checkCharts(t testing.TB, page []byte) {
	t.Helper()
	for _, m := range chartData.FindAllSubmatch(page, -1) {
		var c struct {
			ID     string
			Tables []struct {
				X     []float64
				Lines []struct{ Y, Low, High []*float64 }
			}
			Y struct{ Linear []float64 }
		}
		if err := json.Unmarshal(m[1], &c); err != nil {
			t.Errorf("data of a chart: %v in %.80s", err, m[1])
			continue
		}
		if len(c.Y.Linear) != 2 {
			t.Errorf("chart %s has the limits %v", c.ID, c.Y.Linear)
		}
		for _, table := range c.Tables {
			for _, l := range table.Lines {
				if len(l.Y) != len(table.X) || len(l.High) != len(l.Low) || l.High != nil && len(l.High) != len(table.X) {
					t.Errorf("chart %s: %d x, %d y, %d low, %d high", c.ID, len(table.X), len(l.Y), len(l.Low), len(l.High))
				}
			}
		}
	}
}

// outline is the skeleton of a page: its headings and whatever has an id.
func outline(t *testing.T, page []byte) string {
	var b strings.Builder
	depth, heading := 0, ""
	for _, token := range tokens(t, page) {
		switch e := token.(type) {
		case xml.StartElement:
			name := e.Name.Local
			if !void[name] {
				depth++
			}
			for _, a := range e.Attr {
				if a.Name.Local == "id" {
					b.WriteString(strings.Repeat(" ", depth) + name + "#" + a.Value + "\n")
				}
			}
			if heading = ""; len(name) == 2 && name[0] == 'h' && name != "hr" || name == "caption" {
				heading = strings.Repeat(" ", depth) + name + " "
			}
		case xml.CharData:
			if words := strings.TrimSpace(string(e)); heading != "" && words != "" {
				b.WriteString(heading + words + "\n")
				heading = ""
			}
		case xml.EndElement:
			depth--
		}
	}
	return b.String()
}

func TestOutline(t *testing.T) {
	run, _, err := newRunView(fixtureRun())
	if err != nil {
		t.Fatal(err)
	}
	simulation, _, err := newSimulationView(fixtureSimulation())
	if err != nil {
		t.Fatal(err)
	}
	ligands, _, err := newSimulationView(fixtureLigands())
	if err != nil {
		t.Fatal(err)
	}
	for name, view := range map[string]any{"run": run, "comparison": newComparisonView(fixtureComparison()), "simulation": simulation, "ligands": ligands} {
		t.Run(name, func(t *testing.T) {
			page := pageOf(t, view)
			got, path := outline(t, page), filepath.Join("testdata", name+".outline")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("outline of the page:\n%s\nwant (-update writes it anew):\n%s", got, want)
			}
		})
	}
}

// pageOf is the page of a view.
func pageOf(t testing.TB, view any) []byte {
	t.Helper()
	name := "run"
	switch view.(type) {
	case *comparisonView:
		name = "comparison"
	case *simulationView:
		name = "simulation"
	}
	page, err := render(name, view)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// TestEscaping: whatever a user names things, it stays text.
func TestEscaping(t *testing.T) {
	const evil = `</script><script>alert("x")</script><img src=x onerror=alert(1)>'"&`
	r := fixtureRun()
	r.Name, r.Title, r.Description, r.Source, r.Rule, r.Message = evil, evil, evil, evil, evil, evil
	r.Scenario, r.Command, r.LossName, r.Status = evil, evil, evil, evil
	r.Types[0].Name, r.Types[0].Model = evil, evil
	r.Projections[0].To = evil
	r.InputNames[0], r.Epochs[0].Name, r.Facts[0].Name = evil, evil, evil
	r.Alignment[0].Matrix, r.Taps[6].Types[0], r.Modulator[0].Types[0], r.Effective.Pairs[0].Post = evil, evil, evil, evil
	run, _, err := newRunView(r)
	if err != nil {
		t.Fatal(err)
	}
	s := fixtureSimulation()
	s.Name, s.Title, s.Description, s.Source, s.Message, s.Scenario, s.Command, s.Status = evil, evil, evil, evil, evil, evil, evil, evil
	s.Types[0].Name, s.Types[0].Model, s.Pathways[0].Unit, s.Drives[0].Name, s.Drives[0].What = evil, evil, evil, evil, evil
	s.Populations[0].Name, s.Traces[0].Variable, s.Traces[0].Type, s.Costs[0].Name, s.Expect[0].Metric = evil, evil, evil, evil, evil
	simulation, _, err := newSimulationView(s)
	if err != nil {
		t.Fatal(err)
	}
	c := fixtureComparison()
	c.Rules[0].Rule, c.Rules[0].Seeds[0].Message, c.Rules[0].Seeds[0].Folder = evil, evil, "javascript:alert(1)//"
	l := fixtureLigands()
	l.Chemistry.Ligands[0], l.Chemistry.Fields[0].Ligand, l.Chemistry.Fields[0].Plane, l.Chemistry.Fields[1].Unit = evil, evil, evil, evil
	l.Chemistry.Map.Secretions[0].Unit, l.Chemistry.Map.Secretions[0].What, l.Chemistry.Map.Receptions[0].Effect = evil, evil, evil
	l.Chemistry.Map.Receptions[0].Ligand, l.Chemistry.Exposures[0].Quantity, l.Chemistry.Releases.Ligand[0] = evil, evil, evil
	ligands, _, err := newSimulationView(l)
	if err != nil {
		t.Fatal(err)
	}
	for name, view := range map[string]any{"run": run, "comparison": newComparisonView(c), "simulation": simulation, "ligands": ligands} {
		page := pageOf(t, view)
		for _, bad := range []string{"alert(\"x\")", "<img src=x", "<script>alert", `href="javascript:`} {
			if strings.Contains(string(page), bad) {
				t.Errorf("%s: %s is in the page as it was given", name, bad)
			}
		}
		checkCharts(t, page)
	}
}

// TestAnyRun: no record, however odd, breaks the page.
func TestAnyRun(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		view, sheets, err := newRunView(anyRun(rt))
		if err != nil {
			rt.Fatal(err)
		}
		page, err := render("run", view)
		if err != nil {
			rt.Fatal(err)
		}
		checkCharts(t, page)
		tokens(t, page)
		for _, s := range sheets {
			for _, p := range s.panels {
				p.plot()
			}
		}
	})
}

func anyRun(t *rapid.T) *Run {
	number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 1, notNumber, -notNumber, infinity, -infinity}))
	row := rapid.SliceOfN(number, 0, 12)
	rows := rapid.SliceOfN(row, 0, 10)
	whole := rapid.SliceOfN(rapid.IntRange(0, 100), 0, 12)
	name := rapid.SampledFrom([]string{"", "E", "I", "input", "a type with a long name", "<&>"})
	curve := func(label string) Curve {
		return Curve{whole.Draw(t, label), row.Draw(t, label), row.Draw(t, label), row.Draw(t, label)}
	}
	trial := func(label string) *Trial {
		if rapid.Bool().Draw(t, label) {
			return nil
		}
		return &Trial{Iteration: 3, Input: rows.Draw(t, label), Activity: rows.Draw(t, label), Output: rows.Draw(t, label),
			Target: rows.Draw(t, label), Weight: row.Draw(t, label), Class: rapid.IntRange(-1, 3).Draw(t, label)}
	}
	r := &Run{
		Status: rapid.SampledFrom([]string{completed, diverged, interrupted, ""}).Draw(t, "status"),
		StepMS: number.Draw(t, "step"), TrialMS: number.Draw(t, "trial"), WallSeconds: number.Draw(t, "wall"),
		HasClasses: rapid.Bool().Draw(t, "classes"), Train: curve("train"), Validation: curve("validation"),
		Expect: []Band{{Metric: "final-loss", From: number.Draw(t, "from"), To: number.Draw(t, "to"), Value: number.Draw(t, "value")}},
		Before: trial("before"), After: trial("after"),
	}
	for range rapid.IntRange(0, 6).Draw(t, "types") {
		r.Types = append(r.Types, CellType{name.Draw(t, "name"), rapid.IntRange(-3, 8).Draw(t, "count"), rapid.IntRange(-2, 2).Draw(t, "sign"), "", number.Draw(t, "tau")})
		r.Projections = append(r.Projections, Projection{name.Draw(t, "from"), name.Draw(t, "to"), 3, number.Draw(t, "w"), number.Draw(t, "w")})
		r.Taps = append(r.Taps, Taps{4, []string{name.Draw(t, "name")}, rapid.SliceOfN(rows, 0, 3).Draw(t, "F")})
		r.Modulator = append(r.Modulator, Modulator{5, []string{name.Draw(t, "name")}, row.Draw(t, "mu"), number.Draw(t, "radius"), number.Draw(t, "bound")})
		r.Alignment = append(r.Alignment, Alignment{name.Draw(t, "rule"), name.Draw(t, "matrix"), whole.Draw(t, "at"), row.Draw(t, "cosine"), row.Draw(t, "ratio")})
	}
	return r
}
