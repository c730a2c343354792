package experiment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func pageOf(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestPageNamesEpochs(t *testing.T) {
	page := pageOf(t, train(t, load(t, "training.iterations=1"), Options{Page: true}))
	for _, name := range []string{"cue 1", "delay", "cue 2"} {
		if !strings.Contains(page, `"label":"`+name+`"`) {
			t.Errorf("the page does not name %s", name)
		}
	}
}

// A run that was stopped says how far it was to go.
func TestPageOfAnInterruptedRun(t *testing.T) {
	dir, s := t.TempDir(), load(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, s, Options{Dir: dir, Page: true}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if page := pageOf(t, dir); !strings.Contains(page, "Stopped after 1 of 26 iterations") {
		t.Error("the page does not say that 1 of 26 iterations were done")
	}
}

// Every link of a comparison's page leads to something.
func TestLinksOfAComparison(t *testing.T) {
	dir := t.TempDir()
	few := Plan{Rules: []string{"eprop", "modprop:mu=0.1/0.2"}, Seeds: []uint64{1, 2}}
	if _, err := Compare(context.Background(), load(t, "training.iterations=1"), few, Options{Dir: dir, Workers: 2, Page: true}); err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`<a href="([^#"][^"]*)"`).FindAllStringSubmatch(pageOf(t, dir), -1)
	if len(links) != 4 {
		t.Errorf("%d links, want one for each of 4 runs", len(links))
	}
	for _, link := range links {
		if _, err := os.Stat(filepath.Join(dir, link[1])); err != nil {
			t.Error(err)
		}
	}
}
