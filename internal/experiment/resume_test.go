package experiment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paracrine/scenarios"
)

// Interrupted anywhere, twice, and resumed on other workers, every variant ends
// as if nothing had happened.
func TestInterruptedRunsResume(t *testing.T) {
	for name, sets := range variants {
		s := load(t, sets...)
		whole := train(t, s, Options{})
		o := Options{Dir: t.TempDir(), Workers: 2}
		trainUntil(t, s, o, 4)
		o.Resume, o.Workers = true, 3
		trainUntil(t, s, o, 13)
		o.Workers = 1
		sameResults(t, name, whole, train(t, s, o))
	}
}

// What kill -9 leaves at any moment is a folder as the run has it then; from a
// copy of it the run goes on. Before the first checkpoint it begins anew.
func TestKilledRunsResume(t *testing.T) {
	s := load(t, "learning.rule=modprop:weights=expression,ligands=2,mu=mean-derivative", "learning.alignment={every: 4}")
	o := Options{Dir: t.TempDir()}
	var left []string
	o.Progress = func(Progress) { left = append(left, copyFolder(t, o.Dir)) }
	whole := train(t, s, o)
	if len(left) != s.Training.Iterations+1 {
		t.Fatalf("%d reports", len(left))
	}
	for i, dir := range left {
		summary, err := Run(context.Background(), s, Options{Dir: dir, Resume: true})
		if err != nil || summary.Status != Completed {
			t.Fatalf("killed in iteration %d: %v", i, err)
		}
		sameResults(t, "killed", whole, dir)
	}
}

// Rows that were on their way to the disk when a run was killed, whole or in
// part, are dropped.
func TestUnfinishedRowsAreDropped(t *testing.T) {
	s := load(t)
	whole := train(t, s, Options{})
	stopped := t.TempDir()
	trainUntil(t, s, Options{Dir: stopped}, 12)
	for _, torn := range []string{"12", "12,9.", "12,9.9,validation,0.5,1,0.1,0.002\n13,", "\n", "\"", strings.Repeat("\x00", 5000)} {
		dir := copyFolder(t, stopped)
		for _, name := range []string{"metrics.csv", "modulators.csv", "taps.csv"} {
			file, err := os.OpenFile(filepath.Join(dir, name), os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, failed := file.WriteString(torn)
			if err := errors.Join(failed, file.Close()); err != nil {
				t.Fatal(err)
			}
		}
		train(t, s, Options{Dir: dir, Resume: true})
		sameResults(t, "after a torn row", whole, dir)
	}
}

// Resuming a complete run trains nothing and leaves the same results; the time
// per iteration is still that of the training.
func TestCompleteRunResumes(t *testing.T) {
	s := load(t)
	dir := train(t, s, Options{})
	before, err := ReadSummary(dir)
	if err != nil {
		t.Fatal(err)
	}
	copied := copyFolder(t, dir)
	train(t, s, Options{Dir: dir, Resume: true, Progress: func(p Progress) {
		if p.Iteration != s.Training.Iterations {
			t.Errorf("trains again from iteration %d", p.Iteration)
		}
		if p.Loss != float64(before.FinalLoss) {
			t.Errorf("reports loss %v", p.Loss)
		}
	}})
	sameResults(t, "resumed when complete", copied, dir)
	after, err := ReadSummary(dir)
	if err != nil || after.MsPerIteration == 0 || after.Iterations != before.Iterations {
		t.Errorf("%v: %+v became %+v", err, before, after)
	}
}

// A resumed run reports the last validation before it has made a new one.
func TestResumedRunReportsItsLoss(t *testing.T) {
	s := load(t)
	dir := t.TempDir()
	trainUntil(t, s, Options{Dir: dir}, 9)
	latest, err := ReadSummary(dir)
	if err != nil {
		t.Fatal(err)
	}
	first := true
	train(t, s, Options{Dir: dir, Resume: true, Progress: func(p Progress) {
		if first && (p.Iteration != 10 || p.Loss != float64(latest.FinalLoss) || p.Accuracy != float64(latest.FinalAccuracy)) {
			t.Errorf("begins with %+v, stopped with %+v", p, latest)
		}
		first = false
	}})
}

// A run under way has no summary, so that one which is killed does not count as
// done.
func TestRunUnderWayHasNoSummary(t *testing.T) {
	s := load(t)
	dir := t.TempDir()
	trainUntil(t, s, Options{Dir: dir}, 12)
	train(t, s, Options{Dir: dir, Resume: true, Progress: func(Progress) {
		if _, err := ReadSummary(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("summary.json: %v", err)
		}
	}})
}

// stoppedRun is a folder with a run that was interrupted.
func stoppedRun(t *testing.T, s *scenarios.Scenario) string {
	dir := t.TempDir()
	trainUntil(t, s, Options{Dir: dir}, 12)
	return dir
}

// What cannot be continued is refused, names the file, and stays as it is.
func TestUnusableFolders(t *testing.T) {
	s := load(t)
	stopped := stoppedRun(t, s)
	sound, err := os.ReadFile(filepath.Join(stopped, checkpointFile))
	if err != nil {
		t.Fatal(err)
	}
	another := func(sets ...string) []byte {
		data, err := os.ReadFile(filepath.Join(stoppedRun(t, load(t, sets...)), checkpointFile))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	flip := func(at int) []byte {
		data := []byte(string(sound))
		data[at] ^= 4
		return data
	}
	write := func(name string, data []byte) func(string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), data, 0o644) }
	}
	replaceByFolder := func(name string) func(string) error {
		return func(dir string) error {
			os.Remove(filepath.Join(dir, name))
			return os.Mkdir(filepath.Join(dir, name), 0o755)
		}
	}
	for _, c := range []struct {
		name, file, says string
		break_           func(dir string) error
	}{
		{"flipped bit", checkpointFile, "checksum", write(checkpointFile, flip(len(sound)/2))},
		{"flipped bit in the head", checkpointFile, "first bytes", write(checkpointFile, flip(0))},
		{"flipped bit in the version", checkpointFile, "format version", write(checkpointFile, flip(8))},
		{"flipped bit at the end", checkpointFile, "checksum", write(checkpointFile, flip(len(sound)-1))},
		{"cut", checkpointFile, "length", write(checkpointFile, sound[:len(sound)/2])},
		{"cut by a byte", checkpointFile, "length", write(checkpointFile, sound[:len(sound)-1])},
		{"longer", checkpointFile, "length", write(checkpointFile, append(sound[:len(sound):len(sound)], 0))},
		{"empty", checkpointFile, "first bytes", write(checkpointFile, nil)},
		{"text", checkpointFile, "first bytes", write(checkpointFile, []byte("a checkpoint"))},
		{"a folder", checkpointFile, "a regular file", replaceByFolder(checkpointFile)},
		{"of another seed", checkpointFile, "another scenario, rule or seed", write(checkpointFile, another("seed=2"))},
		{"of another rule", checkpointFile, "another scenario, rule or seed", write(checkpointFile, another("learning.rule=eprop"))},
		{"of another budget", checkpointFile, "another scenario, rule or seed", write(checkpointFile, another("training.iterations=27"))},
		{"short metrics", "metrics.csv", "rows are missing", func(dir string) error { return os.Truncate(filepath.Join(dir, "metrics.csv"), 100) }},
		{"empty taps", "taps.csv", "rows are missing", write("taps.csv", nil)},
		{"no modulators", "modulators.csv", "rows are missing", func(dir string) error { return os.Remove(filepath.Join(dir, "modulators.csv")) }},
		{"metrics are a folder", "metrics.csv", "is a directory", replaceByFolder("metrics.csv")},
	} {
		dir := copyFolder(t, stopped)
		if err := c.break_(dir); err != nil {
			t.Fatal(err)
		}
		before := content(t, dir)
		_, err := Run(context.Background(), s, Options{Dir: dir, Resume: true})
		var unusable *FolderError
		if !errors.As(err, &unusable) || !strings.Contains(err.Error(), filepath.Join(dir, c.file)) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %T %v", c.name, err, err)
		}
		unchanged(t, c.name, dir, before)
	}
}

// A folder that cannot be made or written to is refused before training.
func TestFoldersThatCannotBe(t *testing.T) {
	parent := t.TempDir()
	file, occupied := filepath.Join(parent, "file"), filepath.Join(parent, "occupied")
	if err := errors.Join(os.WriteFile(file, nil, 0o644), os.MkdirAll(filepath.Join(occupied, "metrics.csv"), 0o755)); err != nil {
		t.Fatal(err)
	}
	refused := func(what string, err error) {
		var unusable *FolderError
		if !errors.As(err, &unusable) || !strings.Contains(err.Error(), parent) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, dir := range []string{file, filepath.Join(file, "below"), occupied} {
		_, err := Run(context.Background(), load(t), Options{Dir: dir})
		refused("run in "+dir, err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		_, err := Compare(context.Background(), load(t), Plan{Rules: []string{"eprop"}, Seeds: []uint64{1}}, Options{Dir: dir})
		refused("comparison in "+dir, err)
	}
}
