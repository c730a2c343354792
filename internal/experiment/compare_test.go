package experiment

import (
	"context"
	"encoding/csv"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paracrine/learning"
)

var plan = Plan{Rules: []string{"modprop", "eprop", "modprop:weights=expression,ligands=2"}, Seeds: []uint64{1, 2}}

func comparisonTable(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "comparison.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Interrupted at any moment and resumed, with other workers, a comparison ends
// as if nothing had happened.
func TestInterruptedComparisonsResume(t *testing.T) {
	s := load(t)
	whole := t.TempDir()
	if _, err := Compare(context.Background(), s, plan, Options{Dir: whole, Workers: 2}); err != nil {
		t.Fatal(err)
	}
	all := len(plan.Rules) * len(plan.Seeds) * s.Training.Iterations
	for at := 0; at < all; at += all/7 + 1 {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(context.Background())
		_, err := Compare(ctx, s, plan, Options{Dir: dir, Workers: 2, Progress: func(p Progress) {
			if p.Iteration >= at {
				cancel()
			}
		}})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("interrupted at %d: %v", at, err)
		}
		p, resumed, err := ReadPlan(dir)
		if diff := cmp.Diff(plan, p); err != nil || diff != "" {
			t.Fatal(err, diff)
		}
		if _, err := Compare(context.Background(), resumed, p, Options{Dir: dir, Workers: 1, Resume: true}); err != nil {
			t.Fatal(err)
		}
		if a, b := comparisonTable(t, whole), comparisonTable(t, dir); a != b {
			t.Errorf("interrupted at %d:\n%s\n%s", at, a, b)
		}
		sameRuns(t, whole, dir)
	}
}

func sameRuns(t *testing.T, whole, dir string) {
	t.Helper()
	runs, err := filepath.Glob(filepath.Join(whole, "runs", "*", "*"))
	if err != nil || len(runs) != len(plan.Rules)*len(plan.Seeds) {
		t.Fatal(err, runs)
	}
	for _, run := range runs {
		name, err := filepath.Rel(whole, run)
		if err != nil {
			t.Fatal(err)
		}
		sameResults(t, name, run, filepath.Join(dir, name))
	}
}

// What kill -9 leaves of a comparison at any moment can be resumed: runs that
// are done are kept, others continue or begin.
func TestKilledComparisonsResume(t *testing.T) {
	s := load(t, "training.iterations=12", "training.checkpoint=5")
	o := Options{Dir: t.TempDir(), Workers: 1}
	var left []string
	o.Progress = func(p Progress) {
		if p.Iteration%9 == 4 {
			left = append(left, copyFolder(t, o.Dir))
		}
	}
	if _, err := Compare(context.Background(), s, plan, o); err != nil {
		t.Fatal(err)
	}
	for _, dir := range left {
		kept, err := filepath.Glob(filepath.Join(dir, "runs", "*", "*", summaryFile))
		if err != nil {
			t.Fatal(err)
		}
		before := map[string]string{}
		for _, path := range kept {
			before[path] = content(t, filepath.Dir(path))[path]
		}
		if _, err := Compare(context.Background(), s, plan, Options{Dir: dir, Workers: 2, Resume: true}); err != nil {
			t.Fatal(err)
		}
		if a, b := comparisonTable(t, o.Dir), comparisonTable(t, dir); a != b {
			t.Errorf("%s\n%s", a, b)
		}
		sameRuns(t, o.Dir, dir)
		for _, path := range kept {
			if content(t, filepath.Dir(path))[path] != before[path] {
				t.Errorf("%s was done and is run again", path)
			}
		}
	}
	if len(left) < 5 {
		t.Errorf("killed %d times only", len(left))
	}
}

// After an interrupt nothing new begins.
func TestInterruptedComparisonBeginsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	_, err := Compare(ctx, load(t), plan, Options{Dir: dir, Workers: 1, Progress: func(Progress) { cancel() }})
	runs, _ := filepath.Glob(filepath.Join(dir, "runs", "*", "*"))
	if !errors.Is(err, context.Canceled) || len(runs) != 1 {
		t.Errorf("%v; begun: %v", err, runs)
	}
}

// Runs that diverge, whatever notices it first, are counted and do not stop the
// others.
func TestDivergentRunsAreCounted(t *testing.T) {
	s := load(t, "learning.optimiser={name: sgd, rate: 1e300}")
	dir := t.TempDir()
	p := Plan{Rules: []string{"bptt", "modprop:weights=expression,ligands=3", "modprop:mu=mean-derivative"}, Seeds: []uint64{1, 2}}
	for _, resume := range []bool{false, true} {
		c, err := Compare(context.Background(), s, p, Options{Dir: dir, Workers: 2, Resume: resume})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range c.Rules {
			if r.Table.Diverged != 2 || r.Table.Runs != 2 || r.Table.Solved != 0 || math.IsNaN(r.Table.LossMean) {
				t.Errorf("%s: %+v", r.Rule, r.Table)
			}
			for _, seed := range r.Seeds {
				if !seed.Diverged || !strings.HasPrefix(seed.Message, "iteration 1: ") {
					t.Errorf("%s: %+v", r.Rule, seed)
				}
			}
		}
	}
	rows, err := csv.NewReader(strings.NewReader(comparisonTable(t, dir))).ReadAll()
	if err != nil || len(rows) != 7 || rows[3][0] != p.Rules[1] || rows[3][5] != "true" {
		t.Errorf("%v: %v", err, rows)
	}
}

// A comparison whose run cannot be continued says which file is at fault.
func TestDamagedRunOfComparison(t *testing.T) {
	s := load(t)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	Compare(ctx, s, plan, Options{Dir: dir, Workers: 1, Progress: func(p Progress) {
		if p.Iteration == 12 {
			cancel()
		}
	}})
	path := filepath.Join(dir, "runs", "modprop", "seed-1", checkpointFile)
	if err := os.WriteFile(path, []byte("damaged"), 0o644); err != nil {
		t.Fatal(err)
	}
	var unusable *FolderError
	if _, err := Compare(context.Background(), s, plan, Options{Dir: dir, Resume: true}); !errors.As(err, &unusable) || !strings.Contains(err.Error(), path) {
		t.Errorf("%T %v", err, err)
	}
}

// A damaged summary of a run is not taken for a result: the run is resumed.
func TestDamagedSummaryIsRunAgain(t *testing.T) {
	s := load(t)
	dir := t.TempDir()
	if _, err := Compare(context.Background(), s, plan, Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	whole := copyFolder(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "runs", "eprop", "seed-2", summaryFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Compare(context.Background(), s, plan, Options{Dir: dir, Resume: true}); err != nil {
		t.Fatal(err)
	}
	if a, b := comparisonTable(t, whole), comparisonTable(t, dir); a != b {
		t.Errorf("%s\n%s", a, b)
	}
	sameRuns(t, whole, dir)
}

func TestPlansThatCannotBe(t *testing.T) {
	s := load(t)
	for rules, says := range map[string]string{
		"backprop":                        "unknown name",
		"eprop eprop":                     "given twice",
		"tbptt":                           "exactly one",
		"modprop:mu=0.1/0.2/0.3":          "mu has 3 values",
		"modprop:":                        "is not option=value",
		"eprop modprop:weights=telepathy": "weights=telepathy",
	} {
		var refused *learning.RuleError
		if err := (Plan{Rules: strings.Fields(rules)}).Check(s); !errors.As(err, &refused) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", rules, err)
		}
	}
	online := load(t, "learning.rule=eprop", "learning.update=online", "learning.interval=10 ms")
	if err := (Plan{Rules: []string{"bptt"}}).Check(online); err == nil || !strings.Contains(err.Error(), "online") {
		t.Errorf("bptt online: %v", err)
	}
}

// Folders of the wrong kind are told apart.
func TestReadFolders(t *testing.T) {
	run, comparison, empty, emptied := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	s := load(t, "training.iterations=1")
	train(t, s, Options{Dir: run})
	if _, err := Compare(context.Background(), s, Plan{Rules: []string{"eprop"}, Seeds: []uint64{1}}, Options{Dir: comparison}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(emptied, planFile), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(emptied, scenarioFile), s.YAML(), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadScenario(run); err != nil || string(got.YAML()) != string(s.YAML()) {
		t.Error(err)
	}
	for dir, says := range map[string]string{comparison: "holds a comparison", empty: "holds no run", filepath.Join(empty, "none"): "holds no run"} {
		var unusable *FolderError
		if _, err := ReadScenario(dir); !errors.As(err, &unusable) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), dir) {
			t.Errorf("run of %s: %v", dir, err)
		}
	}
	for dir, says := range map[string]string{run: "holds no comparison", empty: "holds no comparison", emptied: "names no rules"} {
		var unusable *FolderError
		if _, _, err := ReadPlan(dir); !errors.As(err, &unusable) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), dir) {
			t.Errorf("comparison of %s: %v", dir, err)
		}
	}
}
