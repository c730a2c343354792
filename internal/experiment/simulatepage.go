package experiment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/floats"

	"paracrine/internal/kernel"
	"paracrine/internal/report"
	"paracrine/internal/spiking"
	"paracrine/scenarios"
	"paracrine/sim"
)

// writePage draws the simulation from what was recorded.
func (r *simulation) writePage(s *SimulationSummary) error {
	page, err := r.page(s)
	if err != nil {
		return err
	}
	return report.WriteSimulation(r.options.Dir, page)
}

func (r *simulation) page(s *SimulationSummary) (*report.Simulation, error) {
	pathways, signs := r.pathways()
	page := &report.Simulation{
		Name: r.scenario.Name, Title: r.scenario.Title, Description: r.scenario.Description, Source: r.scenario.Source,
		Seed: r.scenario.Seed, Scenario: string(r.scenario.YAML()),
		Version: r.options.Version + ", kernel " + kernel.Name(), Command: r.options.Command, Status: s.Status, Message: s.Message,
		SimulatedS: s.SimulatedSeconds, DurationS: r.span.end.Milliseconds() / 1000, WarmUpS: s.WarmUpSeconds,
		WallSeconds: s.WallSeconds.Total, RealTimeFactor: float64(s.RealTimeFactor), Spikes: int(s.Spikes),
		CountedS: max(0, (r.network.Now()-r.span.warmUp).Milliseconds()/1000),
		Pathways: pathways, Drives: r.drives(), Expect: bands(s.Expected), Costs: costs(s), Facts: append(r.facts(), accounts(s.Modulators)...),
	}
	for kind, p := range r.spec.Populations {
		page.Types = append(page.Types, report.CellType{Name: p.Name, Count: p.Cells, Sign: signs[kind], Model: p.Model.Name + ", " + timing(p)})
		m, of := r.record.measured(kind), s.Populations[kind]
		page.Populations = append(page.Populations, report.Population{
			Name: p.Name, Rates: m.rates, CV: m.cv, Mean: float64(of.Rate), SD: float64(of.RateSD), Silent: of.Silent,
			MeanCV: float64(of.CV), Synchrony: float64(of.Synchrony), PeakHz: float64(of.Peak),
		})
	}
	page.Rates, page.Bin = r.record.coarseRates()
	var err error
	if page.Raster, err = r.record.raster(); err != nil {
		return nil, err
	}
	if page.Traces, err = r.record.traces(page.Raster); err != nil {
		return nil, err
	}
	if page.Courses, err = r.record.allCourses(); err != nil {
		return nil, err
	}
	page.Chemistry, err = r.record.chemistry()
	return page, err
}

// allCourses are the numbers that were recorded over the whole simulation.
func (c *recording) allCourses() ([]report.Course, error) {
	var all []report.Course
	for _, r := range c.courses {
		course := report.Course{Quantity: r.quantity, Unit: r.unit, Of: r.of}
		err := c.readCourse(r, func(at sim.Time, value float64) error {
			course.TimeS, course.Value = append(course.TimeS, at.Milliseconds()/1000), append(course.Value, value)
			return nil
		})
		if err != nil {
			return nil, err
		}
		all = append(all, course)
	}
	return all, nil
}

func timing(p spiking.Population) string {
	if p.Exact {
		return "exact"
	}
	return "grid"
}

// pathways bundles synapses by the types they connect, and says of every type
// whether its synapses excite (+1), inhibit (−1), or both or none (0).
func (r *simulation) pathways() ([]report.Pathway, []int) {
	types := len(r.spec.Populations)
	signs := make([]signSet, types)
	var all []report.Pathway
	for i, p := range r.spec.Projections {
		sums := make([]pathwaySum, types*types)
		typeOf := r.record.typeOf
		r.network.EachSynapse(i, func(pre, post uint32, weight, delay float64) bool {
			s := &sums[int(typeOf[pre])*types+int(typeOf[post])]
			s.synapses++
			s.weight += weight
			s.delay += delay
			return true
		})
		for at, s := range sums {
			if s.synapses == 0 {
				continue
			}
			from, to := r.spec.Populations[at/types], r.spec.Populations[at%types]
			n := float64(s.synapses)
			in := channelOf(p, to.Model, sign(s.weight))
			signs[at/types].add(in.Sign, s.weight)
			all = append(all, report.Pathway{From: from.Name, To: to.Name, Synapses: s.synapses, Weight: s.weight / n, Unit: in.Unit,
				DelayMS: s.delay / n, PerCell: n / float64(to.Cells)})
		}
	}
	found := make([]int, types)
	for kind, s := range signs {
		found[kind] = s.sign()
	}
	return all, found
}

// pathwaySum adds up the synapses between two types.
type pathwaySum struct {
	synapses      int
	weight, delay float64
}

// signSet is what the synapses of a type do.
type signSet struct{ excite, inhibit bool }

// add counts synapses onto a channel, which decides where it takes one sign
// alone; else the weight does.
func (s *signSet) add(channel int, weight float64) {
	if channel == 0 {
		channel = sign(weight)
	}
	s.excite = s.excite || channel > 0
	s.inhibit = s.inhibit || channel < 0
}

func (s signSet) sign() int {
	switch {
	case s.excite && !s.inhibit:
		return 1
	case s.inhibit && !s.excite:
		return -1
	}
	return 0
}

func sign(x float64) int {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// drives are the inputs as the scenario has them.
func (r *simulation) drives() []report.Drive {
	var all []report.Drive
	for _, in := range r.scenario.Network.Inputs {
		d := report.Drive{Name: in.Name, What: describeInput(in)}
		for _, kind := range r.record.types(in.To) {
			d.To = append(d.To, r.spec.Populations[kind].Name)
		}
		all = append(all, d)
	}
	return all
}

// describeInput says what a cell receives.
func describeInput(in scenarios.InputSpec) string {
	switch in.Kind {
	case "poisson":
		return fmt.Sprintf("Poisson spikes at %v of %v", in.Rate, in.Weight)
	case "constant":
		return fmt.Sprintf("constant current of %v", in.Amplitude)
	case "step":
		return fmt.Sprintf("current in %d steps", len(in.Steps))
	case "sine":
		return fmt.Sprintf("sinusoidal current of %v at %v around %v", in.Amplitude, in.Frequency, in.Mean)
	case "noise":
		return fmt.Sprintf("Gaussian white noise current, %v ± %v, held for %v", in.Mean, in.SD, in.Interval)
	}
	return in.Kind
}

// costs are what the simulation took.
func costs(s *SimulationSummary) []report.Fact {
	fixed := func(x float64, decimals int) string { return strconv.FormatFloat(x, 'f', decimals, 64) }
	facts := []report.Fact{
		{Name: "wall time", Value: fixed(s.WallSeconds.Total, 2), Unit: "s"},
		{Name: "of it, building the network", Value: fixed(s.WallSeconds.Build, 2), Unit: "s"},
		{Name: "simulating", Value: fixed(s.WallSeconds.Simulate, 2), Unit: "s"},
		{Name: "writing, this page aside", Value: fixed(s.WallSeconds.Write, 2), Unit: "s"},
		{Name: "real-time factor: simulating, per simulated time", Value: fmt.Sprintf("%.3g", float64(s.RealTimeFactor)), Unit: "s/s"},
		{Name: "synaptic events", Value: fmt.Sprintf("%.4g", float64(s.SynapticEvents)/1e6), Unit: "million"},
		{Name: "synaptic events per second of simulating", Value: fmt.Sprintf("%.3g", float64(s.EventsPerSecond)/1e6), Unit: "million/s"},
		{Name: "memory of the network", Value: fmt.Sprintf("%.4g", float64(s.NetworkBytes)/1e6), Unit: "MB"},
	}
	if s.Synapses > 0 {
		facts = append(facts, report.Fact{Name: "memory per synapse, all told", Value: fmt.Sprintf("%.3g", float64(s.BytesPerSynapse)), Unit: "bytes"})
	}
	if s.PeakMemoryMB > 0 {
		facts = append(facts, report.Fact{Name: "peak memory of the process", Value: fixed(s.PeakMemoryMB, 0), Unit: "MB"})
	}
	return append(facts, report.Fact{Name: "workers", Value: strconv.Itoa(s.Workers), Unit: "threads"})
}

func (r *simulation) facts() []report.Fact {
	return []report.Fact{
		{Name: "resolution of grid cells", Value: fmt.Sprint(r.spec.Step.Milliseconds()), Unit: "ms"},
		{Name: "window between exchanges of spikes", Value: fmt.Sprint(r.network.Window().Milliseconds()), Unit: "ms"},
	}
}

// mostRates is the most bins of a curve over the whole simulation.
const mostRates = 600

// coarseRates are the rates of every type over the whole simulation, in bins of
// a round width.
func (c *recording) coarseRates() ([]report.RateCurve, float64) {
	fine := len(c.activity[0].Counts(c.simulation.network.Now()))
	width := 1
	for _, next := range []int{2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 100_000} {
		if fine/width > mostRates {
			width = next
		}
	}
	return c.rateCurves(0, fine, width), float64(width) * fineBin.Milliseconds()
}

// rateCurves are the rates of every type in the fine bins from to to, so many
// taken together.
func (c *recording) rateCurves(from, to, together int) []report.RateCurve {
	curves := make([]report.RateCurve, len(c.activity))
	for kind, a := range c.activity {
		counts := a.Counts(c.simulation.network.Now())
		seconds := float64(together) * fineBin.Milliseconds() / 1000 * float64(c.simulation.spec.Populations[kind].Cells)
		for bin := from; bin+together <= min(to, len(counts)); bin += together {
			curves[kind].EndMS = append(curves[kind].EndMS, a.Start(bin+together).Milliseconds())
			curves[kind].Hz = append(curves[kind].Hz, floats.Sum(counts[bin:bin+together])/seconds)
		}
	}
	return curves
}

// The longest stretch that the raster shows, and the most spikes in it; and the
// shortest it is cut to for that.
const (
	rasterSpan     = sim.Second
	rasterSpikes   = 12_000
	shortestRaster = 50 * sim.Millisecond
)

// raster is the spikes of the shown cells in the last stretch of time; nil
// before time has passed.
func (c *recording) raster() (*report.SpikeRaster, error) {
	until := c.simulation.network.Now()
	if until == 0 {
		return nil, nil
	}
	row := map[uint32]int{}
	for i, cell := range c.rows {
		row[uint32(cell)] = i
	}
	r := &report.SpikeRaster{ToMS: until.Milliseconds(), Rows: make([]int, len(c.activity)), BinMS: fineBin.Milliseconds()}
	for _, cell := range c.rows {
		r.Rows[c.typeOf[cell]]++
	}
	earliest := max(0, until-rasterSpan)
	var at []sim.Time
	err := readSpikes(c.path(c.shown.journal), func(t sim.Time, cell uint32) error {
		if i, shown := row[cell]; shown && t > earliest {
			at = append(at, t)
			r.Row = append(r.Row, i)
		}
		return nil
	})
	from := clearStretch(at, earliest, until)
	first := sortedAfter(at, from)
	for _, t := range at[first:] {
		r.TimeMS = append(r.TimeMS, t.Milliseconds())
	}
	r.FromMS, r.Row = from.Milliseconds(), r.Row[first:]
	bin := func(t sim.Time) int { return int(max(0, t-c.activity[0].Start(0)) / fineBin) }
	r.Rates = c.rateCurves(bin(from), bin(until), 1)
	return r, err
}

// clearStretch is where the last stretch begins whose spikes can still be told
// apart.
func clearStretch(at []sim.Time, earliest, until sim.Time) sim.Time {
	span := until - earliest
	for span/2 >= shortestRaster && len(at)-sortedAfter(at, until-span) > rasterSpikes {
		span /= 2
	}
	return until - span
}

// sortedAfter is the index of the first of the ascending times after a time.
func sortedAfter(at []sim.Time, from sim.Time) int {
	i, _ := slices.BinarySearch(at, from+1)
	return i
}

// mostTraces bounds the traces of a report.
const mostTraces = 8

// traces are the recorded variables of some cells, in the stretch of the
// raster.
func (c *recording) traces(stretch *report.SpikeRaster) ([]report.Trace, error) {
	var all []report.Trace
	for _, v := range c.variables {
		for _, part := range v.parts {
			traces, err := c.tracesOf(v, part, stretch)
			if err != nil {
				return nil, err
			}
			all = append(all, traces...)
		}
	}
	return all[:min(len(all), mostTraces)], nil
}

func (c *recording) tracesOf(v variableRecorder, part variablePart, stretch *report.SpikeRaster) ([]report.Trace, error) {
	if stretch == nil {
		return nil, nil
	}
	traces := make([]report.Trace, len(part.traced()))
	for i, cell := range part.traced() {
		traces[i] = report.Trace{Cell: c.first[part.kind] + cell, Type: c.simulation.spec.Populations[part.kind].Name,
			Variable: strings.ReplaceAll(v.name, "_", " "), Unit: v.unit}
	}
	journal, err := openSamples(c.path(part.journal), len(part.cells))
	if err != nil {
		return nil, err
	}
	defer journal.file.Close()
	for {
		at, values, err := journal.next()
		if err != nil {
			return nil, err
		}
		if values == nil {
			break
		}
		if ms := at.Milliseconds(); ms >= stretch.FromMS {
			for i := range traces {
				traces[i].TimeMS = append(traces[i].TimeMS, ms)
				traces[i].Value = append(traces[i].Value, values[i])
			}
		}
	}
	return traces, readSpikes(c.path(c.shown.journal), func(at sim.Time, cell uint32) error {
		for i := range traces {
			if ms := at.Milliseconds(); int(cell) == traces[i].Cell && ms >= stretch.FromMS {
				traces[i].SpikesMS = append(traces[i].SpikesMS, ms)
			}
		}
		return nil
	})
}
