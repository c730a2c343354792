package experiment

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paracrine/scenarios"
)

// load is delayed-xor-short made small enough for tests: 11 cells, 26
// iterations, and a batch that is no multiple of the trials that advance
// together.
func load(t testing.TB, sets ...string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Load("delayed-xor-short", append([]string{
		"network.cells.excitatory.count=8", "network.cells.inhibitory.count=3",
		"task.cue=20 ms", "task.delay=20 ms", "task.width=5 ms",
		"training.batch=11", "training.iterations=26", "training.checkpoint=10",
		"training.validation={every: 7, batch: 9}",
	}, sets...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// train runs a scenario to its end and returns its folder.
func train(t *testing.T, s *scenarios.Scenario, o Options) string {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	if _, err := Run(context.Background(), s, o); err != nil {
		t.Fatal(err)
	}
	return o.Dir
}

// trainUntil interrupts a run before it begins the iteration, which is thus
// its last.
func trainUntil(t *testing.T, s *scenarios.Scenario, o Options, iteration int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o.Progress = func(p Progress) {
		if p.Iteration >= iteration {
			cancel()
		}
	}
	summary, err := Run(ctx, s, o)
	if !errors.Is(err, context.Canceled) || summary.Status != Interrupted {
		t.Fatalf("interrupted: %v, %+v", err, summary)
	}
}

// results are the files of a run that must not depend on how it came about.
var results = []string{"scenario.yaml", "metrics.csv", "modulators.csv", "taps.csv", "chemistry.csv", "alignment.csv", "weights.npz"}

// sameResults compares two result folders to the bit and wants at least as many
// files as every rule leaves.
func sameResults(t *testing.T, what, want, got string) {
	t.Helper()
	both := 0
	for _, name := range results {
		a, errA := os.ReadFile(filepath.Join(want, name))
		b, errB := os.ReadFile(filepath.Join(got, name))
		if errors.Is(errA, fs.ErrNotExist) && errors.Is(errB, fs.ErrNotExist) {
			continue
		}
		both++
		if errA != nil || errB != nil || string(a) != string(b) {
			t.Errorf("%s: %s differs (%v, %v)", what, name, errA, errB)
		}
	}
	if both < 3 {
		t.Errorf("%s: only %d files to compare", what, both)
	}
}

// content is every file of a folder.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// unchanged fails when a folder is not what it was.
func unchanged(t *testing.T, what, dir string, before map[string]string) {
	t.Helper()
	if diff := cmp.Diff(before, content(t, dir)); diff != "" {
		t.Errorf("%s changed the folder:\n%s", what, diff)
	}
}

func copyFolder(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}
