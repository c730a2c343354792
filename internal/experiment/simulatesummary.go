package experiment

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"paracrine/internal/kernel"
	"paracrine/internal/spiketrain"
	"paracrine/scenarios"
)

// SimulationSummary is a simulation in numbers; it is written to summary.json.
type SimulationSummary struct {
	Scenario         string              `json:"scenario"`
	Seed             uint64              `json:"seed"`
	Status           string              `json:"status"`
	Message          string              `json:"message,omitempty"`
	SimulatedSeconds float64             `json:"simulated_seconds"`
	WarmUpSeconds    float64             `json:"warm_up_seconds"`
	Cells            int64               `json:"cells"`
	Synapses         int64               `json:"synapses"`
	Spikes           uint64              `json:"spikes"`
	SynapticEvents   uint64              `json:"synaptic_events"`
	EventsPerSecond  Number              `json:"events_per_second"` // of wall time spent simulating
	RealTimeFactor   Number              `json:"real_time_factor"`  // wall time simulating per simulated time
	NetworkBytes     int64               `json:"network_bytes"`
	BytesPerSynapse  Number              `json:"bytes_per_synapse"` // all of the network's memory
	WallSeconds      WallSeconds         `json:"wall_seconds"`
	PeakMemoryMB     float64             `json:"peak_memory_megabytes,omitempty"`
	Populations      []PopulationSummary `json:"populations"`
	Modulators       []ModulatorSummary  `json:"modulators,omitempty"`
	Expected         []Outcome           `json:"expected,omitempty"`
	Workers          int                 `json:"workers"`
	Kernel           string              `json:"kernel"`
	Version          string              `json:"version"`
	Command          string              `json:"command"`
}

// WallSeconds is where the wall time went, in s; interrupted parts are counted.
type WallSeconds struct {
	wall
	Total float64 `json:"total"`
}

// PopulationSummary is a cell type in numbers, after the warm-up.
type PopulationSummary struct {
	Name      string `json:"name"`
	FirstCell int    `json:"first_cell"`
	Cells     int    `json:"cells"`
	Spikes    uint64 `json:"spikes"`
	Rate      Number `json:"mean_rate_hz"` // of a cell
	RateSD    Number `json:"rate_sd_hz"`   // over cells
	Silent    int    `json:"silent_cells"`
	CV        Number `json:"cv"`       // mean over the cells below
	CVCells   int    `json:"cv_cells"` // with at least two intervals
	Synchrony Number `json:"synchrony"`
	Peak      Number `json:"spectral_peak_hz"` // null without a clear one
}

// ReadSimulationSummary reads the summary of a simulation's folder.
func ReadSimulationSummary(dir string) (*SimulationSummary, error) {
	var s SimulationSummary
	return &s, readJSON(filepath.Join(dir, summaryFile), &s)
}

// finish writes the files of results, the page and the summary; then a complete
// simulation needs neither journals nor checkpoint.
func (r *simulation) finish(failure error) (*SimulationSummary, error) {
	status, message := Completed, ""
	var unstable *UnstableError
	switch {
	case failure == nil:
	case errors.As(failure, &unstable):
		status, message = Diverged, unstable.Error()
		r.options.Log.Error("unstable", zap.Stringer("at", unstable.At), zap.Error(unstable.Err))
	case errors.Is(failure, context.Canceled):
		status = Interrupted
		r.options.Log.Warn("interrupted", zap.Stringer("at", r.network.Now()))
	default:
		return nil, failure
	}
	began := time.Now()
	if err := r.record.writeFiles(); err != nil {
		return nil, err
	}
	summary, err := r.summarise(status, message)
	if err != nil {
		return nil, err
	}
	if r.options.Page {
		if err := r.writePage(summary); err != nil {
			return nil, err
		}
	}
	summary.WallSeconds.add(time.Since(began))
	summary.PeakMemoryMB = peakMemoryMB()
	// The summary comes last: a folder that has one is complete.
	if err := writeJSON(filepath.Join(r.options.Dir, summaryFile), summary); err != nil {
		return nil, err
	}
	r.options.Log.Info("finished", zap.String("status", status), zap.Uint64("spikes", summary.Spikes),
		zap.Float64("wall_seconds", summary.WallSeconds.Total))
	if status != Completed {
		return summary, nil
	}
	return summary, errors.Join(os.RemoveAll(filepath.Join(r.options.Dir, journalFolder)), removed(filepath.Join(r.options.Dir, checkpointFile)))
}

// removed removes a file that may not be there.
func removed(path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// add counts the time spent writing.
func (w *WallSeconds) add(writing time.Duration) {
	w.Write += writing.Seconds()
	w.Total = w.Build + w.Simulate + w.Write
}

func (r *simulation) summarise(status, message string) (*SimulationSummary, error) {
	counted := r.network.Count()
	s := &SimulationSummary{
		Scenario: r.scenario.Name, Seed: r.scenario.Seed, Status: status, Message: message,
		SimulatedSeconds: r.network.Now().Milliseconds() / 1000, WarmUpSeconds: r.span.warmUp.Milliseconds() / 1000,
		Cells: counted.Cells, Synapses: counted.Synapses, Spikes: r.record.total, SynapticEvents: counted.SynapticEvents,
		EventsPerSecond: ratio(float64(counted.SynapticEvents), r.wall.Simulate),
		RealTimeFactor:  ratio(r.wall.Simulate, r.network.Now().Milliseconds()/1000),
		NetworkBytes:    counted.Bytes, BytesPerSynapse: ratio(float64(counted.Bytes), float64(counted.Synapses)),
		WallSeconds: WallSeconds{wall: r.wall}, Workers: r.workers,
		Kernel: kernel.Name(), Version: r.options.Version, Command: r.options.Command,
	}
	s.WallSeconds.add(0)
	for kind := range r.spec.Populations {
		s.Populations = append(s.Populations, r.record.population(kind))
	}
	var err error
	if s.Modulators, err = r.modulatorSummaries(); err != nil || status != Completed {
		return s, err
	}
	for _, b := range r.scenario.Expect {
		s.Expected = append(s.Expected, r.record.judge(b, s.Modulators))
	}
	return s, nil
}

// ratio is not a number where there is nothing to divide by.
func ratio(a, b float64) Number {
	if b <= 0 {
		return Number(math.NaN())
	}
	return Number(a / b)
}

// measured is what was measured of some cell types together.
type measured struct {
	rates, cv []float64
	counts    []float64 // spikes in bins
	spikes    uint64
}

func (c *recording) measured(kinds ...int) measured {
	var m measured
	until := c.simulation.network.Now()
	for _, kind := range kinds {
		first, cells := c.first[kind], c.first[kind+1]-c.first[kind]
		m.rates = append(m.rates, c.trains.Rates(first, cells, until)...)
		m.cv = append(m.cv, c.trains.CV(first, cells)...)
		m.spikes += c.trains.Spikes(first, cells)
		counts := c.activity[kind].Counts(until)
		counts = counts[min(len(counts), int(c.simulation.span.warmUp/fineBin)):]
		if m.counts == nil {
			m.counts = make([]float64, len(counts))
		}
		floats.Add(m.counts, counts)
	}
	return m
}

func (c *recording) population(kind int) PopulationSummary {
	p, m := c.simulation.spec.Populations[kind], c.measured(kind)
	rate, sd := stat.MeanStdDev(m.rates, nil)
	silent := 0
	for _, r := range m.rates {
		if r == 0 {
			silent++
		}
	}
	return PopulationSummary{
		Name: p.Name, FirstCell: c.first[kind], Cells: p.Cells, Spikes: m.spikes, Rate: Number(rate), RateSD: Number(sd), Silent: silent,
		CV: Number(stat.Mean(m.cv, nil)), CVCells: len(m.cv),
		Synchrony: Number(spiketrain.Fano(m.counts)), Peak: Number(spiketrain.Peak(m.counts, fineBin)),
	}
}

// judge compares what came out with what the scenario expects.
func (c *recording) judge(b scenarios.Band, modulators []ModulatorSummary) Outcome {
	var m measured
	if slices.Contains([]string{"mean-rate", "cv", "synchrony", "spikes"}, b.Metric) {
		m = c.measured(c.types(b.Of)...)
	}
	var value float64
	switch b.Metric {
	case "mean-rate":
		value = stat.Mean(m.rates, nil)
	case "cv":
		value = stat.Mean(m.cv, nil)
	case "synchrony":
		value = spiketrain.Fano(m.counts)
	case "spikes":
		value = float64(m.spikes)
	case "mean-weight":
		value = c.simulation.meanWeight(c.projection(b.Of[0]))
	default:
		value = modulators[c.simulation.modulator(b.Of[0])].metric(b.Metric)
	}
	name := b.Metric
	if !slices.Contains(b.Of, allCells) {
		name += " of " + strings.Join(b.Of, ", ")
	}
	if b.From.Unit != "" {
		name += " (" + b.From.Unit + ")"
	}
	return Outcome{Metric: name, From: b.From.Value, To: b.To.Value, Value: Number(value), Met: value >= b.From.Value && value <= b.To.Value, Source: b.Source}
}
