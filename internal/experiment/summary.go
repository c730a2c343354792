package experiment

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"paracrine/scenarios"
)

// Files of a result folder, of runs and comparisons.
const (
	scenarioFile = "scenario.yaml"
	summaryFile  = "summary.json"
	planFile     = "comparison.json"
)

// How a run ended.
const (
	Completed   = "completed"
	Interrupted = "interrupted"
	Diverged    = "diverged"
)

// Summary is a run in numbers; it is written to summary.json.
type Summary struct {
	Scenario            string            `json:"scenario"`
	Rule                string            `json:"rule"`
	Seed                uint64            `json:"seed"`
	Status              string            `json:"status"`
	Message             string            `json:"message,omitempty"`
	Iterations          int               `json:"iterations"`
	Loss                string            `json:"loss"` // which one, with its unit
	FinalLoss           Number            `json:"final_loss"`
	FinalAccuracy       Number            `json:"final_accuracy"`
	Solved              bool              `json:"solved"`
	SolvedBelow         float64           `json:"solved_below,omitempty"`
	Crossings           map[string]int    `json:"iterations_to_loss,omitempty"` // first validation at or below
	Expected            []Outcome         `json:"expected,omitempty"`
	SimulatedSeconds    float64           `json:"simulated_seconds"`
	WallSeconds         float64           `json:"wall_seconds"`
	IterationsPerSecond float64           `json:"iterations_per_second"`
	MsPerIteration      float64           `json:"milliseconds_per_iteration"`
	PeakMemoryMB        float64           `json:"peak_memory_megabytes,omitempty"`
	Synapses            map[string]int    `json:"synapses"`
	Kernel              string            `json:"kernel"`
	Version             string            `json:"version"`
	Command             string            `json:"command"`
	Mu                  map[string]Number `json:"mu,omitempty"`
	Radius              Number            `json:"propagator_radius"`
	Online              *Online           `json:"online,omitempty"` // of continuous trials
}

// Online is what a continuous run took.
type Online struct {
	PlasticSynapses   int     `json:"plastic_synapses"`                   // onto cells
	BytesPerSynapse   float64 `json:"bytes_per_plastic_synapse"`          // weight, target, traces, and what channels keep
	HistoryPerSynapse float64 `json:"history_bytes_per_plastic_synapse"`  // of the cells
	BiologicalPerWall float64 `json:"biological_seconds_per_wall_second"` // of wall time
}

// Outcome is an expectation and what came of it.
type Outcome struct {
	Metric string  `json:"metric"`
	From   float64 `json:"from"`
	To     float64 `json:"to"`
	Value  Number  `json:"value"`
	Met    bool    `json:"met"`
	Source string  `json:"source"`
}

// Number is a float64 that JSON may have to write as null: not a number.
type Number float64

// MarshalJSON writes null for what is not a finite number.
func (n Number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON reads null as NaN.
func (n *Number) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*n = Number(math.NaN())
		return nil
	}
	return json.Unmarshal(data, (*float64)(n))
}

func writeJSON(path string, value any) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return renameio.WriteFile(path, append(data, '\n'), 0o644)
}

// ReadSummary reads the summary of a result folder.
func ReadSummary(dir string) (*Summary, error) {
	var s Summary
	return &s, readJSON(filepath.Join(dir, summaryFile), &s)
}

func readJSON(path string, value any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, value); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// judge compares what came out with what the scenario expects.
func judge(s *scenarios.Scenario, values map[string]float64) []Outcome {
	var outcomes []Outcome
	for _, e := range s.Expect {
		value, known := values[e.Metric]
		if !known {
			continue
		}
		outcomes = append(outcomes, Outcome{e.Metric, e.From, e.To, Number(value), value >= e.From && value <= e.To, e.Source})
	}
	return outcomes
}
