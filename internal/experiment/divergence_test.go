package experiment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paracrine/learning"
)

// A run that leaves the finite numbers says where, whichever part of the
// arithmetic notices it, and leaves a whole folder; resuming repeats it.
func TestDivergence(t *testing.T) {
	for _, c := range []struct{ name, says, rule, optimiser, dale string }{
		{"potential", "iteration 1: potential became -Inf in cell 0, trial 0, step 1", "bptt", "{name: sgd, rate: 1e300}", "false"},
		{"adam", "in cell ", "eprop", "{name: adam, rate: 1e200}", "false"},
		{"gradient", "iteration 2: gradient of W_rec[", "modprop", "{name: sgd, rate: 1e6}", "false"},
		{"norm", "iteration 2: norm of the gradient became +Inf", "modprop", "{name: sgd, rate: 1e6}", "true"},
	} {
		s := load(t, "learning.rule="+c.rule, "learning.optimiser="+c.optimiser, "training.checkpoint=1", "learning.clip=0", "network.dale="+c.dale)
		dir := t.TempDir()
		summary, err := Run(context.Background(), s, Options{Dir: dir, Workers: 2, Page: c.name == "potential"})
		var diverged *DivergedError
		if !errors.As(err, &diverged) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var nonFinite *learning.NonFiniteError
		if !errors.As(err, &nonFinite) {
			t.Errorf("%s: %T", c.name, diverged.Err)
		}
		if read, err := ReadSummary(dir); err != nil || read.Status != Diverged || read.Message != summary.Message || read.Solved ||
			read.Iterations != diverged.Iteration || !strings.Contains(read.Message, c.says) || len(read.Expected) != 0 {
			t.Errorf("%s: %v, %+v", c.name, err, read)
		}
		before := copyFolder(t, dir)
		if _, err := Run(context.Background(), s, Options{Dir: dir, Resume: true}); err == nil || err.Error() != diverged.Error() {
			t.Errorf("%s: resumed: %v", c.name, err)
		}
		sameResults(t, c.name, before, dir)
		if c.name != "potential" {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, "report.html")); err != nil {
			t.Error(err)
		}
	}
}

// A failure to write is neither divergence nor an interrupt.
func TestWritingFails(t *testing.T) {
	s := load(t)
	o := Options{Dir: t.TempDir()}
	o.Progress = func(p Progress) {
		if p.Iteration == 5 {
			if err := os.Mkdir(filepath.Join(o.Dir, checkpointFile), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	summary, err := Run(context.Background(), s, o)
	var diverged *DivergedError
	if err == nil || summary != nil || errors.As(err, &diverged) || !strings.Contains(err.Error(), checkpointFile) {
		t.Errorf("%+v, %v", summary, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	o.Dir = t.TempDir()
	o.Progress = func(p Progress) {
		if p.Iteration == 5 {
			cancel()
			os.Mkdir(filepath.Join(o.Dir, "weights.npz"), 0o755)
		}
	}
	if summary, err := Run(ctx, s, o); summary != nil || err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v: the interrupt hides that results could not be written", summary, err)
	}
}
