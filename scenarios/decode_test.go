package scenarios

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func small(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// sameValues compares scenarios, whatever file they came from.
var sameValues = cmpopts.IgnoreUnexported(Scenario{}, Simulation{})

func TestParse(t *testing.T) {
	got, err := Parse("small.yaml", small(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	allToAll := Connection{Rule: "all-to-all"}
	balanced := Weights{Distribution: "balanced", SpectralRadius: 1}
	want := &Scenario{
		Name:  "small",
		Title: "A small scenario to break",
		Seed:  1,
		Network: Network{
			Step: 1, Conventions: "liu2022", InputScale: "one-minus-decay", Dale: true,
			Cells: []CellType{
				{"excitatory", 8, "excitatory", "relu", Parameters{SpikingParameters: SpikingParameters{Tau: 20}}},
				{"inhibitory", 2, "inhibitory", "relu", Parameters{SpikingParameters: SpikingParameters{Tau: 20}}},
			},
			Projections: []Projection{
				{"input", "cells", allToAll, Weights{Distribution: "normal", SD: 1}},
				{"cells", "cells", Connection{Rule: "bernoulli", Probability: 0.5}, balanced},
				{"cells", "readout", allToAll, balanced},
			},
			Readout: Readout{Scale: "one-minus-decay", Bias: true},
		},
		Task: TaskSpec{"delayed-xor", &DelayedXOR{Cue: 20, Delay: 10, Amplitude: 2, Width: 5, Baseline: 0.02, Noise: 0.01}},
		Learning: Learning{
			Rule:      RuleSpec{"modprop", map[string]string{"weights": "cell"}},
			Update:    "batch",
			Optimiser: Optimiser{Name: "adam", Rate: 0.001, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, EpsilonForm: "standard"},
			Schedule:  Schedule{Name: "constant"},
		},
		Training: Training{Trials: "separate", Batch: 4, Iterations: 10, Validation: Validation{20, 32}, Checkpoint: 100, Solved: 0.1},
		Expect:   []Expectation{{"final-loss", 0, 0.1, "none"}},
	}
	if diff := cmp.Diff(want, got, sameValues); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// variants override small.yaml in ways that reach every branch of the schema.
var variants = [][]string{
	nil,
	{"description=two\u2028lines", "source='a: b'", "seed=18446744073709551615"},
	{"network.step=0.1 ms", "network.input-scale=one", "network.dale=false", "network.readout.filter=20 ms", "network.readout.scale=one"},
	{"network.projections.1.connection={rule: fixed-in-degree, in-degree: 3, autapses: true}"},
	{"network.projections.0.weights={distribution: constant, mean: -0.3}"},
	{"network.projections.1.weights.spectral-radius=1.5e-3"},
	{"task={name: sine, duration: 0.25 s, periods: [100 ms, 33.3 ms]}"},
	{"task={name: pattern-generation, input-rate: 0.02 kHz, periods: [0.1 s]}"},
	{"task={name: evidence-accumulation, version: barretto2026, cues: 3, rate: 100 Hz}"},
	{"task={name: delayed-match, second-delay: 0.5 s, probability: 1}"},
	{"learning.rule=bptt", "learning.update=trial"},
	{`learning.rule={name: modprop, mu: [0.2, 0.3], guard: off, taps: 5, route: taps}`, "learning.update=online", "learning.interval=5 ms"},
	{"learning.rule={name: mdgl, causal: true}", "learning.alignment={every: 5, rules: [eprop, {name: tbptt, window: 3}]}"},
	{"learning.optimiser={name: sgd, rate: 1, momentum: 0.9}", "learning.schedule={name: step, factor: 0.5, every: 7}"},
	{"learning.schedule.name=cosine", "learning.clip=1", "learning.l2=1e-300", "training.solved=0", "expect=[]"},
	{"expect=[{metric: final-accuracy, from: 0.9, to: 1, source: x}, {metric: solved, from: 0.5, to: 1, source: y}]"},
}

// A resolved file names every default and reads back as the same scenario.
func TestResolvedRoundTrip(t *testing.T) {
	for _, sets := range variants {
		s, err := Parse("small.yaml", small(t), sets)
		if err != nil {
			t.Errorf("%v: %v", sets, err)
			continue
		}
		checkRoundTrip(t, s)
	}
}

func checkRoundTrip(t testing.TB, s Document) {
	t.Helper()
	text := s.YAML()
	again, err := ParseAny("elsewhere/resolved.yaml", text, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(s, again, sameValues); diff != "" {
		t.Fatalf("(-before +after)\n%s\n%s", diff, text)
	}
	if twice := again.YAML(); !bytes.Equal(text, twice) {
		t.Fatalf("written again:\n%s\nbefore:\n%s", twice, text)
	}
}

func TestResolvedNamesDefaults(t *testing.T) {
	s, err := Parse("small.yaml", small(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	text := string(s.YAML())
	for _, line := range []string{
		"seed: 1", "  input-scale: one-minus-decay", "      threshold: 0", "      rule: all-to-all", "      autapses: false",
		"    filter: 0 ms", "  noise: 0.01", "  update: batch", "    epsilon-form: standard", "    name: constant", "  clip: 0", "  checkpoint: 100",
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
	for _, key := range []string{"momentum", "factor", "in-degree", "interval", "alignment"} {
		if strings.Contains(text, key+":") {
			t.Errorf("%s has no meaning in\n%s", key, text)
		}
	}
}

func TestBuiltin(t *testing.T) {
	names, err := filepath.Glob("*.yaml")
	if err != nil || len(Builtin()) != len(names) || len(names) < 3 {
		t.Errorf("%d built in, files %v (%v)", len(Builtin()), names, err)
	}
	for _, b := range Builtin() {
		t.Run(b.Name, func(t *testing.T) {
			d, err := Open(b.Name, nil)
			if err != nil {
				t.Fatal(err)
			}
			if d.About() != b.About || b.Name == "" || b.Title == "" || b.Description == "" || b.Source == "" {
				t.Errorf("%+v", b)
			}
			bands := 0
			switch s := d.(type) {
			case *Scenario:
				bands = len(s.Expect)
			case *Simulation:
				bands = len(s.Expect)
			}
			if bands == 0 {
				t.Error("expects nothing")
			}
			checkRoundTrip(t, d)
		})
	}
}

// The paper's scenario has the paper's numbers (Liu et al. 2022).
func TestDelayedXORIsThePapers(t *testing.T) {
	s, err := Load("delayed-xor", nil)
	if err != nil {
		t.Fatal(err)
	}
	if e, i := s.Network.Cells[0].Count, s.Network.Cells[1].Count; e != 97 || i != 23 {
		t.Errorf("%d excitatory and %d inhibitory cells, want 97 and 23", e, i)
	}
	if steps := s.Task.Steps(s.Network.Step); steps != 900 {
		t.Errorf("%d steps, want 900", steps)
	}
	want := Optimiser{Name: "adam", Rate: 5e-4, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, EpsilonForm: "hat"}
	if s.Learning.Optimiser != want || s.Learning.L2 != 5e-4 || s.Learning.Schedule != (Schedule{"step", 0.8, 300}) {
		t.Errorf("%+v", s.Learning)
	}
}

func TestLoad(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "mine.yaml")
	if err := os.WriteFile(file, small(t), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Load(file, []string{"network.cells.excitatory.count=50"})
	if err != nil || s.Network.Cells[0].Count != 50 {
		t.Errorf("%v, %v", s, err)
	}
	for name, want := range map[string]string{
		"delayed-xo":                        `no scenario "delayed-xo": it is neither a file here nor built in; built in are brette-coba, brette-cuba, brunel, busyring, cortical-peptides, delayed-match, delayed-match-hard, delayed-xor, delayed-xor-short, evidence-accumulation, evidence-accumulation-barretto2026, evidence-accumulation-bellec2020, izhikevich-2003, izhikevich-2007, modprop-chemistry, online-sheet, pattern-generation, peptide-diffusion, sine, small-exact, small-grid (did you mean "delayed-xor"?)`,
		"delayed_xor.yaml":                  `(did you mean "delayed-xor"?)`,
		"":                                  `no scenario ""`,
		filepath.Join(folder, "none.yaml"):  "none.yaml",
		folder:                              "directory",
		filepath.Join(file, "x.yaml"):       "x.yaml",
		"../scenarios/testdata/broken/no":   "no",
		"testdata/broken/zero-count.yaml":   "testdata/broken/zero-count.yaml:10:14: network.cells.excitatory.count: given 0",
		"./delayed-xor":                     "delayed-xor",
		"delayed-xor.yaml/../../etc/passwd": "passwd",
	} {
		if _, err := Load(name, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(small(f), "network.cells.excitatory.count=50")
	for _, b := range Builtin() {
		f.Add(b.File, "seed=2")
	}
	broken, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range broken {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "task.delay=5 ms")
	}
	f.Add([]byte(simulationFile(f)), "network.projections.start.delay=2 ms")
	for _, c := range brokenSimulations {
		f.Add([]byte(strings.Replace(simulationFile(f), c.old, c.new, 1)), "network.timing=exact")
	}
	f.Fuzz(func(t *testing.T, data []byte, set string) {
		for _, sets := range [][]string{nil, {set}} {
			s, err := ParseAny("f", data, sets)
			if err != nil {
				checkErrors(t, err)
				continue
			}
			checkRoundTrip(t, s)
		}
	})
}

func FuzzSet(f *testing.F) {
	for _, sets := range variants {
		for _, set := range sets {
			f.Add(set)
		}
	}
	base := small(f)
	f.Fuzz(func(t *testing.T, set string) {
		s, err := Parse("f", base, []string{set})
		if err != nil {
			checkErrors(t, err)
			return
		}
		checkRoundTrip(t, s)
	})
}
