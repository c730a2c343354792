package experiment

import (
	"context"
	"encoding/csv"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"gonum.org/v1/gonum/stat"

	"paracrine/scenarios"
)

// small is Brunel's network with 120 cells, every kind of recorder, and windows
// of 1.5 ms, which divide neither its duration nor the checkpoints.
func small(t testing.TB, sets ...string) *scenarios.Simulation {
	t.Helper()
	d, err := scenarios.Open("brunel", append([]string{
		"network.cells.excitatory.count=90", "network.cells.inhibitory.count=30",
		"network.projections.excitation.connection.in-degree=20", "network.projections.inhibition.connection.in-degree=5",
		"network.projections.excitation.weight=0.5 mV", "network.projections.inhibition.weight=-2 mV",
		"simulation={duration: 100 ms, warm-up: 20 ms, checkpoint: 20 ms}",
		`record=[{what: spikes, of: cells}, {what: spikes, of: inhibitory, cells: 7, to: parquet},
			{what: rates, of: cells, every: 5 ms}, {what: rates, of: excitatory, every: 10 ms},
			{what: variable, of: cells, variable: potential, cells: 3, every: 0.5 ms},
			{what: variable, of: inhibitory, variable: potential, cells: [0, 29], every: 1 ms, to: parquet},
			{what: weights, of: inhibition, every: 50 ms}]`,
		"expect=[{metric: spikes, of: cells, from: 1, to: 100000, source: a test}, {metric: mean-rate, of: excitatory, from: 900 Hz, to: 1 kHz, source: a test}]",
	}, sets...))
	if err != nil {
		t.Fatal(err)
	}
	return d.(*scenarios.Simulation)
}

// plastic adds synapses that learn and synapses that depress, and delays by which
// synapses are kept in another order on every number of workers.
func plastic(t testing.TB) *scenarios.Simulation {
	return small(t,
		"network.projections.excitation.plasticity={kind: stdp, max-weight: 1 mV, rate: 0.05}",
		"network.projections.excitation.delay={distribution: uniform, from: 1.5 ms, to: 4 ms}",
		"network.projections.inhibition.plasticity={kind: tsodyks-markram, utilisation: 0.3, recovery: 50 ms}",
		"record=[{what: spikes, of: cells}, {what: weights, of: excitation, every: 30 ms, to: parquet}]")
}

// gated adds synapses that learn when a modulator is there, which spikes and pairs
// of them release.
func gated(t testing.TB) *scenarios.Simulation {
	return small(t,
		"network.projections.excitation.plasticity={kind: dopamine-stdp, modulator: dopamine, potentiation: 0.1, depression: 0.1, eligibility: 10 ms, max-weight: 1 mV}",
		"network.projections.excitation.delay={distribution: uniform, from: 1.5 ms, to: 4 ms}",
		`modulators=[{name: dopamine, clearance: 20 ms, release: [{from: inhibitory, quantum: 0.01, delay: 3 ms},
			{on: pairs, projection: inhibition, quantum: 0.001, delay: {distribution: uniform, from: 0 ms, to: 30 ms}}]}]`,
		`record=[{what: spikes, of: cells}, {what: weights, of: excitation, every: 30 ms}, {what: mean-weight, of: excitation, every: 10 ms},
			{what: concentration, of: dopamine, every: 0.5 ms}]`,
		"expect=[{metric: mean-weight, of: excitation, from: 0 mV, to: 1 mV, source: a test}]")
}

func simulate(t *testing.T, s *scenarios.Simulation, o Options) (string, *SimulationSummary) {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	summary, err := Simulate(context.Background(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return o.Dir, summary
}

// simulateUntil interrupts a simulation before a window that begins at ms or
// later, which is thus its last.
func simulateUntil(t *testing.T, s *scenarios.Simulation, o Options, ms float64) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o.Simulated = func(p Simulated) {
		if p.Now.Milliseconds() >= ms {
			cancel()
		}
	}
	summary, err := Simulate(ctx, s, o)
	if !errors.Is(err, context.Canceled) || summary.Status != Interrupted {
		t.Fatalf("interrupted: %v, %+v", err, summary)
	}
}

// simulated are the names of the files of a simulation that must not depend on
// how it came about.
func simulated(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if n := e.Name(); !e.IsDir() && n != summaryFile && n != "report.html" {
			names = append(names, n)
		}
	}
	return names
}

func sameSimulation(t *testing.T, what, want, got string) {
	t.Helper()
	names := simulated(t, want)
	if other := simulated(t, got); !slices.Equal(names, other) {
		t.Errorf("%s: files %v, want %v", what, other, names)
	}
	for _, name := range names {
		a, errA := os.ReadFile(filepath.Join(want, name))
		b, errB := os.ReadFile(filepath.Join(got, name))
		if errA != nil || errB != nil || string(a) != string(b) {
			t.Errorf("%s: %s differs (%v, %v)", what, name, errA, errB)
		}
	}
}

// The folder is complete, nothing of the way there is left, and its numbers are
// those counted anew from its files.
func TestSimulationLeaves(t *testing.T) {
	dir, s := simulate(t, small(t), Options{Workers: 2, Page: true})
	want := []string{"potential-inhibitory.parquet", "potential.csv", "rates-excitatory.csv", "rates.csv", "scenario.yaml",
		"spikes-inhibitory.parquet", "spikes.csv", "weights-inhibition.csv"}
	if got := simulated(t, dir); !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	for _, name := range []string{journalFolder, checkpointFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is left", name)
		}
	}
	for _, name := range []string{"report.html", "plots/raster.png", "plots/rates.svg", "plots/histograms.png", "plots/traces.svg"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	checkCounts(t, dir, s)
	checkSamples(t, dir)
	if len(s.Expected) != 2 || !s.Expected[0].Met || s.Expected[1].Met || float64(s.Expected[0].Value) != float64(s.Populations[0].Spikes+s.Populations[1].Spikes) {
		t.Errorf("expected: %+v", s.Expected)
	}
	read, err := ReadSimulationSummary(dir)
	if err != nil || read.Spikes != s.Spikes || read.Status != Completed {
		t.Errorf("summary.json: %v, %+v", err, read)
	}
}

// The mean weights and the concentrations of a page and of the files are those of
// the weights, and of what spikes release.
func TestSimulationRecordsCourses(t *testing.T) {
	dir, s := simulate(t, gated(t), Options{Workers: 2, Page: true})
	weights, means := csvColumns(t, filepath.Join(dir, "weights-excitation.csv")), csvColumns(t, filepath.Join(dir, "mean-weight-excitation.csv"))
	sums := map[float64][2]float64{}
	for i, at := range weights["time_ms"] {
		w := weights["weight_mV"][i]
		sums[at] = [2]float64{sums[at][0] + w, sums[at][1] + 1}
	}
	compared, last := 0, 0.0
	for i, at := range means["time_ms"] {
		last = means["mean_weight_mV"][i]
		if sum, both := sums[at]; both {
			compared++
			if math.Abs(last-sum[0]/sum[1]) > 1e-12 {
				t.Errorf("at %v ms: a mean of %v, counted %v", at, last, sum[0]/sum[1])
			}
		}
	}
	if first := means["mean_weight_mV"][0]; compared < 2 || first != 0.5 || math.Abs(last-first) < 1e-3 {
		t.Errorf("%d means compared, from %v to %v", compared, first, last)
	}
	if len(s.Expected) != 1 || !s.Expected[0].Met || float64(s.Expected[0].Value) != last {
		t.Errorf("expected %+v, the last mean is %v", s.Expected, last)
	}
	c := csvColumns(t, filepath.Join(dir, "concentration-dopamine.csv"))
	if n := c["concentration"]; len(n) != 200 || slices.Max(n) <= 0 || n[0] != 0 {
		t.Errorf("concentrations %v", n)
	}
	if _, err := os.Stat(filepath.Join(dir, "plots/courses.svg")); err != nil {
		t.Error(err)
	}
}

// column reads a column of a CSV file.
func csvColumns(t *testing.T, path string) map[string][]float64 {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string][]float64{}
	for i, name := range lines[0] {
		for _, line := range lines[1:] {
			x, err := strconv.ParseFloat(line[i], 64)
			if err != nil {
				t.Fatal(err)
			}
			columns[name] = append(columns[name], x)
		}
	}
	return columns
}

// checkCounts counts spikes.csv anew: rates, CV, synchrony, and the bins of
// rates.csv.
func checkCounts(t *testing.T, dir string, s *SimulationSummary) {
	t.Helper()
	spikes := csvColumns(t, filepath.Join(dir, "spikes.csv"))
	times, cells := spikes["time_ms"], spikes["cell"]
	if uint64(len(times)) != s.Spikes || len(times) < 100 || !slices.IsSorted(times) || times[len(times)-1] > 100 {
		t.Fatalf("%d spikes, the summary has %d", len(times), s.Spikes)
	}
	trains := make([][]float64, 120)
	bins := [2][]float64{make([]float64, 80), make([]float64, 80)}
	coarse := make([]float64, 20)
	for i, at := range times {
		kind := 0
		if cells[i] >= 90 {
			kind = 1
		}
		if at > 20 {
			trains[int(cells[i])] = append(trains[int(cells[i])], at)
			bins[kind][int(math.Ceil(at-20-1e-9))-1]++
		}
		if kind == 0 {
			coarse[int(math.Ceil(at/5-1e-9))-1]++
		}
	}
	near := func(what string, got Number, want float64) {
		t.Helper()
		if math.Abs(float64(got)-want) > 1e-9*math.Abs(want) {
			t.Errorf("%s %v, counted %v", what, got, want)
		}
	}
	for kind, p := range s.Populations {
		var cv []float64
		count := 0
		for _, train := range trains[p.FirstCell : p.FirstCell+p.Cells] {
			count += len(train)
			var intervals []float64
			for i := 1; i < len(train); i++ {
				intervals = append(intervals, train[i]-train[i-1])
			}
			if len(intervals) >= 2 {
				cv = append(cv, stat.StdDev(intervals, nil)/stat.Mean(intervals, nil))
			}
		}
		near("rate", p.Rate, float64(count)/float64(p.Cells)/0.08)
		near("CV", p.CV, stat.Mean(cv, nil))
		near("synchrony", p.Synchrony, stat.Variance(bins[kind], nil)/stat.Mean(bins[kind], nil))
		if p.Spikes != uint64(count) || p.CVCells != len(cv) {
			t.Errorf("%s: %d spikes and %d CV, counted %d and %d", p.Name, p.Spikes, p.CVCells, count, len(cv))
		}
	}
	rates := csvColumns(t, filepath.Join(dir, "rates.csv"))
	if len(rates["time_ms"]) != 20 || rates["time_ms"][0] != 5 || rates["time_ms"][19] != 100 {
		t.Fatalf("bins end at %v", rates["time_ms"])
	}
	for bin, n := range coarse {
		near("rates.csv", Number(rates["excitatory_Hz"][bin]), n/90/0.005)
	}
	checkParquetSpikes(t, dir, times, cells)
}

// checkParquetSpikes wants those of cells 90 to 96 of spikes.csv.
func checkParquetSpikes(t *testing.T, dir string, times, cells []float64) {
	t.Helper()
	type spike struct {
		Time float64 `parquet:"time_ms"`
		Cell uint32  `parquet:"cell"`
	}
	got, err := parquet.ReadFile[spike](filepath.Join(dir, "spikes-inhibitory.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	var want []spike
	for i, at := range times {
		if cells[i] >= 90 && cells[i] < 97 {
			want = append(want, spike{at, uint32(cells[i])})
		}
	}
	if !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("%d spikes in Parquet, %d in CSV", len(got), len(want))
	}
}

// checkSamples wants every sample of variables and weights at its time, and the
// potentials that both files hold to agree.
func checkSamples(t *testing.T, dir string) {
	t.Helper()
	v := csvColumns(t, filepath.Join(dir, "potential.csv"))
	if len(v["time_ms"]) != 200*6 {
		t.Fatalf("%d samples, want 200 of 6 cells", len(v["time_ms"]))
	}
	for i, at := range v["time_ms"] {
		if cell := []float64{0, 1, 2, 90, 91, 92}[i%6]; at != 0.5*float64(i/6+1) || v["cell"][i] != cell || v["potential_mV"][i] > 20 {
			t.Fatalf("sample %d: %v ms, cell %v, %v mV", i, at, v["cell"][i], v["potential_mV"][i])
		}
	}
	type sample struct {
		Time float64 `parquet:"time_ms"`
		Cell uint32  `parquet:"cell"`
		V    float64 `parquet:"potential_mV"`
	}
	samples, err := parquet.ReadFile[sample](filepath.Join(dir, "potential-inhibitory.parquet"))
	if err != nil || len(samples) != 200 {
		t.Fatalf("%d samples in Parquet, want 100 of 2 cells: %v", len(samples), err)
	}
	for i, s := range samples {
		at := (2*(i/2) + 1) * 6 // the same millisecond in potential.csv
		if s.Cell != []uint32{90, 119}[i%2] || s.Time != v["time_ms"][at] || s.Cell == 90 && s.V != v["potential_mV"][at+3] {
			t.Fatalf("sample %d in Parquet: %+v", i, s)
		}
	}
	w := csvColumns(t, filepath.Join(dir, "weights-inhibition.csv"))
	// At the beginning, at the ends of the windows in which 50 and 100 ms fall due.
	if len(w["time_ms"]) != 3*120*5 {
		t.Fatalf("%d weights, want 3 of each of 120 × 5 synapses", len(w["time_ms"]))
	}
	for i, at := range w["time_ms"] {
		if at != []float64{0, 51, 100}[i/600] || w["weight_mV"][i] != -2 || w["delay_ms"][i] != 1.5 || w["pre"][i] < 90 {
			t.Fatalf("weight %d: %v ms, from %v, %v mV after %v ms", i, at, w["pre"][i], w["weight_mV"][i], w["delay_ms"][i])
		}
	}
}

// Same scenario and seed, same files to the bit, however many workers.
func TestSimulationReproducible(t *testing.T) {
	for _, s := range []*scenarios.Simulation{small(t), plastic(t), gated(t), chemical(t)} {
		first, _ := simulate(t, s, Options{Workers: 1})
		for _, workers := range []int{2, 3} {
			other, _ := simulate(t, s, Options{Workers: workers})
			sameSimulation(t, strconv.Itoa(workers)+" workers", first, other)
		}
	}
	a, _ := simulate(t, small(t), Options{})
	b, _ := simulate(t, small(t, "seed=2"), Options{})
	one, _ := os.ReadFile(filepath.Join(a, "spikes.csv"))
	two, _ := os.ReadFile(filepath.Join(b, "spikes.csv"))
	if string(one) == string(two) {
		t.Error("seeds 1 and 2 give the same spikes")
	}
}

// Interrupted twice and resumed, with other workers asked for, a simulation ends
// as if nothing had happened; while it is interrupted its folder has results up
// to there.
func TestInterruptedSimulationsResume(t *testing.T) {
	for _, s := range []*scenarios.Simulation{small(t), plastic(t), gated(t), chemical(t)} {
		whole, _ := simulate(t, s, Options{Workers: 2})
		o := Options{Dir: t.TempDir(), Workers: 2}
		simulateUntil(t, s, o, 10)
		if times := csvColumns(t, filepath.Join(o.Dir, "spikes.csv"))["time_ms"]; len(times) == 0 || times[len(times)-1] > 13.5 {
			t.Errorf("interrupted near 10 ms, spikes up to %v", times)
		}
		o.Resume, o.Workers = true, 3
		simulateUntil(t, s, o, 53)
		o.Workers = 1
		resumed, summary := simulate(t, s, o)
		sameSimulation(t, "resumed", whole, resumed)
		if want, err := ReadSimulationSummary(whole); err != nil || want.Spikes != summary.Spikes || want.SynapticEvents != summary.SynapticEvents ||
			!slices.EqualFunc(want.Populations, summary.Populations, samePopulation) {
			t.Errorf("%v: summary %+v, want %+v", err, summary, want)
		}
	}
}

// samePopulation compares numbers that may not be numbers.
func samePopulation(a, b PopulationSummary) bool {
	return a.Spikes == b.Spikes && a.Rate == b.Rate && a.CV == b.CV && a.Synchrony == b.Synchrony && a.CVCells == b.CVCells
}

// What kill -9 leaves at any moment is a folder as the simulation has it then,
// with rows on their way to the disk; from a copy of it the simulation goes on,
// and at most what came after the last checkpoint is done again.
func TestKilledSimulationsResume(t *testing.T) {
	s := small(t)
	o := Options{Dir: t.TempDir(), Workers: 2}
	type state struct {
		dir string
		at  float64
	}
	var left []state
	o.Simulated = func(p Simulated) {
		if at := p.Now.Milliseconds(); int(at/1.5)%9 == 0 || at == 100 {
			left = append(left, state{copyFolder(t, o.Dir), at})
		}
	}
	whole, _ := simulate(t, s, o)
	if len(left) < 8 {
		t.Fatalf("%d copies", len(left))
	}
	for _, killed := range left {
		tear(t, killed.dir)
		begun := -1.0
		resumed, _ := simulate(t, s, Options{Dir: killed.dir, Resume: true, Workers: 1, Simulated: func(p Simulated) {
			if begun < 0 {
				begun = p.Now.Milliseconds()
			}
		}})
		if killed.at-begun > 20+1.5 {
			t.Errorf("killed at %v ms, goes on from %v", killed.at, begun)
		}
		sameSimulation(t, "killed", whole, resumed)
	}
}

// tear appends half a record to every journal.
func tear(t *testing.T, dir string) {
	t.Helper()
	journals, err := filepath.Glob(filepath.Join(dir, journalFolder, "*"))
	if err != nil || len(journals) == 0 {
		t.Fatalf("journals: %v, %v", journals, err)
	}
	for _, path := range journals {
		file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, failed := file.WriteString("torn")
		if err := errors.Join(failed, file.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// A complete simulation is not run again.
func TestCompleteSimulation(t *testing.T) {
	s := small(t)
	dir, summary := simulate(t, s, Options{})
	before := content(t, dir)
	again, err := Simulate(context.Background(), s, Options{Dir: dir, Resume: true, Simulated: func(Simulated) { t.Error("simulates again") }})
	if err != nil || again.Spikes != summary.Spikes {
		t.Errorf("%v: %+v", err, again)
	}
	unchanged(t, "resuming a complete simulation", dir, before)
}

// A network that runs away is stopped, is told from a failure, and leaves what
// there is.
func TestRunaway(t *testing.T) {
	s := small(t, "network.projections.inhibition.weight=2 mV", "network.projections.excitation.weight=5 mV", "simulation.runaway=100 Hz")
	dir := t.TempDir()
	summary, err := Simulate(context.Background(), s, Options{Dir: dir})
	var unstable *UnstableError
	if !errors.As(err, &unstable) || summary == nil || summary.Status != Diverged || !strings.Contains(summary.Message, "Hz") {
		t.Fatalf("%v, %+v", err, summary)
	}
	if times := csvColumns(t, filepath.Join(dir, "spikes.csv"))["time_ms"]; len(times) == 0 {
		t.Error("no spikes of a network that ran away")
	}
	if len(summary.Expected) != 0 {
		t.Error("a run that did not complete is judged")
	}
}

// What cannot be continued is refused, names the file, and stays as it is.
func TestUnusableSimulations(t *testing.T) {
	s := small(t)
	stopped := t.TempDir()
	simulateUntil(t, s, Options{Dir: stopped}, 30)
	for name, c := range map[string]struct {
		file string
		harm func(dir string) error
	}{
		"short journal": {"0-spikes", func(dir string) error { return os.Truncate(filepath.Join(dir, journalFolder, "0-spikes"), 12) }},
		"no journal":    {"shown", func(dir string) error { return os.Remove(filepath.Join(dir, journalFolder, "shown")) }},
		"damaged checkpoint": {checkpointFile, func(dir string) error {
			return os.Truncate(filepath.Join(dir, checkpointFile), 1000)
		}},
	} {
		dir := copyFolder(t, stopped)
		if err := c.harm(dir); err != nil {
			t.Fatal(err)
		}
		before := content(t, dir)
		_, err := Simulate(context.Background(), s, Options{Dir: dir, Resume: true})
		var folder *FolderError
		if !errors.As(err, &folder) || !strings.Contains(err.Error(), c.file) {
			t.Errorf("%s: %v", name, err)
		}
		unchanged(t, name, dir, before)
	}
	other := small(t, "seed=5")
	if _, err := Simulate(context.Background(), other, Options{Dir: copyFolder(t, stopped), Resume: true}); err == nil || !strings.Contains(err.Error(), "another scenario") {
		t.Errorf("another seed: %v", err)
	}
}
