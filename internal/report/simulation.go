package report

import (
	"fmt"
	"strings"
)

// Simulation is everything the page of a simulation shows.
type Simulation struct {
	Name        string // scenario
	Title       string
	Description string
	Source      string // paper the scenario reproduces
	Seed        uint64
	Scenario    string // resolved YAML
	Version     string // program version and kernel
	Command     string // the command line that repeats it
	Status      string // completed, interrupted, diverged
	Message     string // why it stopped, when it did not complete

	SimulatedS     float64 // simulated time done, in s
	DurationS      float64 // asked for
	WarmUpS        float64 // at the beginning, which statistics leave out
	CountedS       float64 // what statistics cover
	WallSeconds    float64
	RealTimeFactor float64 // wall time simulating per simulated time
	Spikes         int     // in all

	Types       []CellType
	Pathways    []Pathway // by type
	Drives      []Drive
	Populations []Population // one per type
	Expect      []Band

	Raster  *SpikeRaster // nil without spikes to show
	Rates   []RateCurve  // one per type, over the whole simulation
	Bin     float64      // of the rates, in ms
	Traces  []Trace
	Courses []Course

	Costs []Fact // what it took
	Facts []Fact // further rows of the summary table

	Chemistry *Chemistry // nil without ligands
}

// Pathway is the synapses from one type to another.
type Pathway struct {
	From, To string
	Synapses int
	Weight   float64 // mean
	Unit     string  // of the weight
	DelayMS  float64 // mean
	PerCell  float64 // mean number of synapses of a target cell
}

// Drive is input that cells receive for themselves.
type Drive struct {
	Name string
	To   []string
	What string // kind and strength
}

// Population is a cell type in numbers, after the warm-up.
type Population struct {
	Name      string
	Rates     []float64 // Hz, per cell
	CV        []float64 // of the intervals, of the cells with enough of them
	Mean, SD  float64   // of the rates
	Silent    int
	MeanCV    float64
	Synchrony float64 // variance over mean of spike counts
	PeakHz    float64 // of the spectrum; not a number without a clear one
}

// SpikeRaster is the spikes of some cells in a stretch of time. Rows are numbered
// type by type, from the top.
type SpikeRaster struct {
	FromMS, ToMS float64
	Rows         []int // shown cells of each type
	TimeMS       []float64
	Row          []int
	Rates        []RateCurve // in the same stretch, one per type
	BinMS        float64
}

// RateCurve is the mean rate of a cell of a type in bins.
type RateCurve struct {
	EndMS []float64 // of the bins
	Hz    []float64
}

// Trace is a recorded variable of a cell.
type Trace struct {
	Cell           int // number in the network
	Type           string
	Variable, Unit string
	TimeMS, Value  []float64
	SpikesMS       []float64
}

// Course is a number that changes over the whole simulation: the mean weight of a
// projection, or the concentration of a modulator.
type Course struct {
	Quantity, Unit string
	Of             string
	TimeS, Value   []float64
}

// WriteSimulation writes report.html and, in the folder plots, the same figures
// as PNG and SVG files. The folder dir is made where it is missing. Figures
// without data are left out.
func WriteSimulation(dir string, s *Simulation) error {
	view, sheets, err := newSimulationView(s)
	if err != nil {
		return err
	}
	return write(dir, "simulation", view, sheets)
}

// simulationView is what the template of a simulation shows.
type simulationView struct {
	Page        page
	Tiles       []tile
	Bands       []Band
	Rules       bool // bands of simulations name no rules
	Network     *simulatedNetwork
	Raster      *eventPicture
	Nearby      *chart // the rates under the raster
	Rates       *figure
	Histograms  *figure
	Populations []populationRow
	Traces      *figure
	Ligands     *ligandsView
	Courses     *figure
	Costs       []Fact
	Facts       []Fact
}

func newSimulationView(s *Simulation) (*simulationView, []sheet, error) {
	v := &simulationView{
		Page: page{
			Kind: "Simulation", Name: s.Name, Title: titleOr(s.Title, s.Name), Description: paragraphs(s.Description),
			Source: s.Source, Version: s.Version, Status: statusOf(s.Status), Message: s.Message,
			Lead: simulationLead(s), Seed: s.Seed, Command: s.Command, Scenario: s.Scenario,
		},
		Tiles: simulationTiles(s), Bands: s.Expect, Network: newSimulatedNetwork(s), Raster: newSpikePicture(s), Nearby: nearbyRates(s),
		Rates: rateChart(s), Histograms: histograms(s), Populations: populationRows(s), Traces: traceCharts(s), Courses: courseCharts(s),
		Costs: s.Costs, Facts: simulationFacts(s),
	}
	if err := v.Raster.paint(); err != nil {
		return nil, nil, err
	}
	var err error
	if v.Ligands, err = newLigandsView(s); err != nil {
		return nil, nil, err
	}
	sheets := v.sheets()
	v.Page.Plots = namesOf(sheets)
	v.Page.Links = v.links()
	return v, sheets, nil
}

func (v *simulationView) links() []link {
	return present([]section{
		{link{"network", "Network"}, v.Network != nil},
		{link{"activity", "Activity"}, v.Raster != nil || v.Rates != nil},
		{link{"ligands", "Ligands"}, v.Ligands != nil},
		{link{"learning", "Learning"}, v.Courses != nil},
		{link{"cells", "Cells"}, len(v.Populations) > 0},
		{link{"traces", "Traces"}, v.Traces != nil},
		{link{"cost", "Cost"}, len(v.Costs) > 0},
		{link{"summary", "Summary"}, true},
		{link{"repeat", "Repeat it"}, true},
	})
}

// sheets are the figures as files.
func (v *simulationView) sheets() []sheet {
	var sheets []sheet
	if v.Raster != nil {
		sheets = append(sheets, v.Raster.sheet(v.Nearby))
	}
	for _, f := range []*figure{v.Rates, v.Courses, v.Histograms, v.Traces} {
		if f != nil {
			sheets = append(sheets, newSheet(f))
		}
	}
	return append(sheets, v.Ligands.sheets()...)
}

// simulationLead says in a sentence what happened.
func simulationLead(s *Simulation) string {
	var b strings.Builder
	done := short(s.SimulatedS) + "\u00a0s"
	switch s.Status {
	case interrupted:
		fmt.Fprintf(&b, "Stopped after %s of %s\u00a0s of simulated time", done, short(s.DurationS))
	case diverged:
		fmt.Fprintf(&b, "Stopped itself after %s of %s\u00a0s of simulated time", done, short(s.DurationS))
	default:
		fmt.Fprintf(&b, "%s of simulated time", done)
	}
	if s.WallSeconds > 0 {
		fmt.Fprintf(&b, " in %s", duration(s.WallSeconds))
	}
	if s.WarmUpS > 0 {
		fmt.Fprintf(&b, "; statistics begin after %s\u00a0s", short(s.WarmUpS))
	}
	b.WriteString(".")
	return b.String()
}

// simulationTiles are the key figures.
func simulationTiles(s *Simulation) []tile {
	var tiles []tile
	for _, p := range s.Populations {
		if len(tiles) == 3 {
			break
		}
		tiles = append(tiles, tile{Label: "Mean rate, " + p.Name, Value: measured(p.Mean) + "\u00a0Hz",
			Note: "CV " + orDash(p.MeanCV) + ", synchrony " + orDash(p.Synchrony)})
	}
	if t, ok := expectationTile(s.Expect); ok {
		tiles = append(tiles, t)
	}
	if s.RealTimeFactor > 0 {
		tiles = append(tiles, tile{Label: "Real-time factor", Value: measured(s.RealTimeFactor), Note: "s of wall time per simulated s"})
	}
	return append(tiles, tile{Label: "Spikes", Value: count(s.Spikes)})
}

// orDash is a measured number, or a dash where there is none.
func orDash(x float64) string {
	if !finite(x) {
		return "–"
	}
	return measured(x)
}

// simulationFacts are the rows of the summary.
func simulationFacts(s *Simulation) []Fact {
	cells, synapses := 0, 0
	for _, t := range s.Types {
		cells += t.Count
	}
	for _, p := range s.Pathways {
		synapses += p.Synapses
	}
	facts := []Fact{
		{"scenario", s.Name, ""},
		{"seed", fmt.Sprint(s.Seed), ""},
		{"status", s.Status, ""},
		{"cells", count(cells), "cells"},
		{"synapses", count(synapses), "synapses"},
		{"simulated time", short(s.SimulatedS), "s"},
		{"warm-up, left out of statistics", short(s.WarmUpS), "s"},
		{"spikes", count(s.Spikes), ""},
	}
	facts = append(facts, s.Facts...)
	return append(facts, Fact{"program", s.Version, ""})
}

// populationRow is a line of the table of populations.
type populationRow struct {
	Name, Ink                                   string
	Inhibitory                                  bool
	Cells, Rate, Silent, CV, CVCells, Synchrony string
	Peak                                        string
}

func populationRows(s *Simulation) []populationRow {
	styles, rows := typeStyles(s.Types), []populationRow{}
	for i, p := range s.Populations {
		row := populationRow{
			Name: p.Name, Ink: styleOf(styles, p.Name, i).Ink, Cells: count(len(p.Rates)), Rate: spread(p.Mean, p.SD),
			Silent: count(p.Silent), CV: orDash(p.MeanCV), CVCells: count(len(p.CV)), Synchrony: orDash(p.Synchrony), Peak: orDash(p.PeakHz),
		}
		if i < len(s.Types) {
			row.Inhibitory = s.Types[i].Sign < 0
		}
		rows = append(rows, row)
	}
	return rows
}
