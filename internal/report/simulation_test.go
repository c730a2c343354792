package report

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// fixtureSimulation is 600 cells of two types for a second, with a cell of each
// traced.
func fixtureSimulation() *Simulation {
	random := rand.New(rand.NewPCG(5, 6))
	s := &Simulation{
		Name: "brunel", Title: "A network that fires asynchronously", Description: "Two types.\n\nPoisson input.", Source: "Brunel 2000",
		Seed: 3, Scenario: "name: brunel\n", Version: "0.1.0 (avx512)", Command: "paracrine run brunel", Status: completed,
		SimulatedS: 1, DurationS: 1, WarmUpS: 0.2, CountedS: 0.8, WallSeconds: 3.2, RealTimeFactor: 1.7, Spikes: 20_114, Bin: 2,
		Types: []CellType{{Name: "excitatory", Count: 500, Sign: 1, Model: "lif-delta, grid"}, {Name: "inhibitory", Count: 100, Sign: -1, Model: "lif-delta, grid"}},
		Pathways: []Pathway{{"excitatory", "excitatory", 20_000, 0.1, "mV", 1.5, 40}, {"excitatory", "inhibitory", 4000, 0.1, "mV", 1.5, 40},
			{"inhibitory", "excitatory", 5000, -0.5, "mV", 1.5, 10}, {"inhibitory", "inhibitory", 1000, -0.5, "mV", 1.5, 10}},
		Drives: []Drive{{"external", []string{"excitatory", "inhibitory"}, "Poisson spikes at 20 kHz of 0.1 mV"}},
		Expect: []Band{{Metric: "mean-rate (Hz)", From: 30, To: 40, Value: 34, Met: true, Source: "Brunel 2000"}},
		Raster: &SpikeRaster{FromMS: 500, ToMS: 1000, Rows: []int{250, 50}, BinMS: 1},
		Costs:  []Fact{{"wall time", "3.20", "s"}, {"synaptic events per second of simulating", "500", "million/s"}},
		Facts:  []Fact{{"resolution of grid cells", "0.1", "ms"}},
	}
	for i, t := range s.Types {
		p := Population{Name: t.Name, Mean: 34, SD: 4, MeanCV: 0.8, Synchrony: 1.3, PeakHz: math.NaN(), Silent: i}
		for range t.Count {
			p.Rates = append(p.Rates, 34+4*random.NormFloat64())
			p.CV = append(p.CV, 0.8+0.1*random.NormFloat64())
		}
		s.Populations = append(s.Populations, p)
		var near, whole RateCurve
		for bin := range 500 {
			near.EndMS, near.Hz = append(near.EndMS, 501+float64(bin)), append(near.Hz, 34+8*random.NormFloat64())
			whole.EndMS, whole.Hz = append(whole.EndMS, 2+2*float64(bin)), append(whole.Hz, 34+5*random.NormFloat64())
		}
		s.Raster.Rates, s.Rates = append(s.Raster.Rates, near), append(s.Rates, whole)
		trace := Trace{Cell: 500 * i, Type: t.Name, Variable: "potential", Unit: "mV"}
		for step := range 2000 {
			trace.TimeMS, trace.Value = append(trace.TimeMS, 500+float64(step)/4), append(trace.Value, float64(step%120)/6)
			if step%120 == 119 {
				trace.SpikesMS = append(trace.SpikesMS, 500+float64(step)/4)
			}
		}
		s.Traces = append(s.Traces, trace)
	}
	for i, of := range []string{"excitation", "chosen", "dopamine"} {
		course := Course{Quantity: []string{"mean weight", "mean weight", "concentration"}[i], Unit: []string{"mV", "mV", ""}[i], Of: of}
		for sample := range 100 {
			course.TimeS, course.Value = append(course.TimeS, float64(sample)/100), append(course.Value, random.Float64())
		}
		s.Courses = append(s.Courses, course)
	}
	for range 5000 {
		s.Raster.TimeMS, s.Raster.Row = append(s.Raster.TimeMS, 500+500*random.Float64()), append(s.Raster.Row, random.IntN(300))
	}
	return s
}

func TestWriteSimulation(t *testing.T) {
	dir := folder(t, "simulation")
	if err := WriteSimulation(dir, fixtureSimulation()); err != nil {
		t.Fatal(err)
	}
	checkPage(t, dir, 700_000)
	checkPlots(t, dir, "courses", "histograms", "raster", "rates", "traces")
}

// Marks stand where spikes are: a column of the picture for a time, a row for a
// cell, in the ink of its type, clipped at the edges.
func TestSpikePicture(t *testing.T) {
	s := fixtureSimulation()
	s.Raster = &SpikeRaster{FromMS: 100, ToMS: 200, Rows: []int{3, 1}, TimeMS: []float64{100, 150, 200, 90, 150}, Row: []int{0, 1, 3, 2, 9}}
	p := newSpikePicture(s)
	img := p.image(lightInk, 4)
	inked := func(share, row float64) uint8 {
		return img.Pix[int(row*rasterHeight)*img.Stride+min(int(share*rasterWidth), rasterWidth-1)]
	}
	for _, c := range []struct {
		share, row float64
		want       uint8
	}{{0, 1.0 / 8, 1}, {0.5, 3.0 / 8, 1}, {1, 7.0 / 8, 2}, {0.5, 7.0 / 8, 0}, {0.25, 5.0 / 8, 0}, {0, 5.0 / 8, 0}} {
		if got := inked(c.share, c.row); got != c.want {
			t.Errorf("at %v of time, %v of rows: colour %d, want %d", c.share, c.row, got, c.want)
		}
	}
	if lightInk(p.Groups[0].Style.Ink) == lightInk(p.Groups[1].Style.Ink) || img.Palette[0] == img.Palette[1] {
		t.Error("types are not told apart")
	}
	if !strings.Contains(p.Note, "4 of 600 cells") {
		t.Errorf("note %q does not say how many cells are shown", p.Note)
	}
}

// A histogram's bars hold every cell, and rise from zero at both ends.
func TestHistogramBars(t *testing.T) {
	f := histograms(fixtureSimulation())
	for _, c := range f.Charts {
		for _, table := range c.Tables {
			y, sum := table.Lines[0].Y, 0.0
			for _, v := range y {
				sum += v
			}
			if math.Abs(sum-1) > 1e-9 || y[0] != 0 || y[len(y)-1] != 0 || !table.Lines[0].Bars || len(y) != len(table.X) {
				t.Errorf("%s: bars %v sum to %v", c.ID, y, sum)
			}
		}
	}
}

// Spikes are marked above the trace and within its axes.
func TestTraceMarks(t *testing.T) {
	s := fixtureSimulation()
	for _, c := range traceCharts(s).Charts {
		trace, marks := c.Tables[0].Lines[0], c.Tables[1]
		for i, y := range marks.Lines[0].Y {
			if y <= 119.0/6 || y > c.Y.Linear.To || marks.X[i] < c.X.Linear.From || marks.X[i] > c.X.Linear.To {
				t.Errorf("%s: mark at %v, %v", c.ID, marks.X[i], y)
			}
		}
		if !marks.Lines[0].Dots || trace.Dots {
			t.Errorf("%s: dots %v, line %v", c.ID, marks.Lines[0].Dots, trace.Dots)
		}
	}
}

// What is missing is left out, and the page stands.
func TestHardSimulations(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Simulation)
		shows  []string
	}{
		"nothing":     {func(s *Simulation) { *s = Simulation{} }, []string{"untitled", "Summary"}},
		"silence":     {func(s *Simulation) { s.Raster.TimeMS, s.Raster.Row, s.Spikes = nil, nil, 0 }, []string{"Every mark is a spike"}},
		"no numbers":  {func(s *Simulation) { s.Populations[0].Mean, s.Populations[0].MeanCV = notNumber, notNumber }, []string{"not finite", "–"}},
		"interrupted": {func(s *Simulation) { s.Status, s.SimulatedS = interrupted, 0.4 }, []string{"Stopped after 0.4"}},
		"ran away":    {func(s *Simulation) { s.Status, s.Message = diverged, "excitatory fires at 900 Hz" }, []string{"excitatory fires at 900 Hz", "Stopped itself"}},
		"no drives":   {func(s *Simulation) { s.Drives, s.Traces = nil, nil }, []string{"Cell types"}},
	} {
		s := fixtureSimulation()
		c.change(s)
		view, _, err := newSimulationView(s)
		if err != nil {
			t.Fatal(err)
		}
		page, err := render("simulation", view)
		if err != nil {
			t.Fatal(err)
		}
		checkMarkup(t, page)
		checkCharts(t, page)
		for _, words := range c.shows {
			if !strings.Contains(string(page), words) {
				t.Errorf("%s: the page lacks %q", name, words)
			}
		}
	}
}

// TestAnySimulation: no record, however odd, breaks the page.
func TestAnySimulation(t *testing.T) {
	number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 1, notNumber, infinity, -infinity}))
	row := rapid.SliceOfN(number, 0, 12)
	name := rapid.SampledFrom([]string{"", "E", "I", "input", "readout", "<&>"})
	rapid.Check(t, func(rt *rapid.T) {
		s := &Simulation{Status: completed, WarmUpS: number.Draw(rt, "warm-up"), SimulatedS: number.Draw(rt, "time"), CountedS: number.Draw(rt, "counted")}
		s.Raster = &SpikeRaster{FromMS: number.Draw(rt, "from"), ToMS: number.Draw(rt, "to"), TimeMS: row.Draw(rt, "times")}
		for range s.Raster.TimeMS {
			s.Raster.Row = append(s.Raster.Row, rapid.IntRange(-2, 9).Draw(rt, "row"))
		}
		for range rapid.IntRange(0, 4).Draw(rt, "types") {
			n := name.Draw(rt, "name")
			s.Types = append(s.Types, CellType{Name: n, Count: rapid.IntRange(-3, 8).Draw(rt, "count"), Sign: rapid.IntRange(-1, 1).Draw(rt, "sign")})
			s.Populations = append(s.Populations, Population{Name: n, Rates: row.Draw(rt, "rates"), CV: row.Draw(rt, "cv"), Mean: number.Draw(rt, "mean")})
			s.Pathways = append(s.Pathways, Pathway{n, name.Draw(rt, "to"), 3, number.Draw(rt, "w"), "mV", number.Draw(rt, "d"), number.Draw(rt, "per")})
			s.Drives = append(s.Drives, Drive{n, []string{n}, "noise"})
			s.Raster.Rows = append(s.Raster.Rows, rapid.IntRange(-1, 5).Draw(rt, "rows"))
			s.Rates = append(s.Rates, RateCurve{row.Draw(rt, "ends"), row.Draw(rt, "Hz")})
			s.Traces = append(s.Traces, Trace{TimeMS: row.Draw(rt, "at"), Value: row.Draw(rt, "v"), SpikesMS: row.Draw(rt, "spikes")})
		}
		view, sheets, err := newSimulationView(s)
		if err != nil {
			rt.Fatal(err)
		}
		page, err := render("simulation", view)
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

// A quantity has a chart with a curve of each that it was recorded of.
func TestCourseCharts(t *testing.T) {
	f := courseCharts(fixtureSimulation())
	if len(f.Charts) != 2 || f.Charts[0].Y.Label != "mean weight (mV)" || f.Charts[1].Y.Label != "concentration" {
		t.Fatalf("%d charts", len(f.Charts))
	}
	if c := f.Charts[0]; len(c.Tables) != 2 || len(c.Legend) != 2 || c.Legend[0].Style.Ink == c.Legend[1].Style.Ink {
		t.Errorf("legend %+v", c.Legend)
	}
	if courseCharts(&Simulation{}) != nil {
		t.Error("a figure of nothing")
	}
}
