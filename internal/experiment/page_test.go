package experiment

import (
	"context"
	"errors"
	"math"
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

// The page of a run without end shows its first trial and its last, and what it took;
// resumed when complete, it still does.
func TestPageOfContinuousTrials(t *testing.T) {
	s := load(t, variants["continuous"]...)
	dir := train(t, s, Options{Page: true})
	for range 2 {
		page := pageOf(t, dir)
		for _, words := range []string{"The first trial and the last", "one after the other without a break", "memory per plastic synapse", "biological time per wall time", "input → adapting"} {
			if !strings.Contains(page, words) {
				t.Errorf("the page does not say %q", words)
			}
		}
		train(t, s, Options{Dir: dir, Page: true, Resume: true})
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

// TestChemistryIsRecorded: the ideal filter of the chemistry is that of the taps,
// and a volume that is cleared at once is the ideal; of a lattice there are places.
func TestChemistryIsRecorded(t *testing.T) {
	for rule, places := range map[string]bool{"modprop:through=mixed": false, "modprop:through=lattice,clearance=15,diffusion=40": true} {
		dir := train(t, load(t, "learning.rule="+rule, "network.torus={rows: 1, columns: 11}", "training.iterations=7"), Options{})
		got, texts, err := readTable(filepath.Join(dir, "chemistry.csv"))
		if err != nil {
			t.Fatal(err)
		}
		taps, tapTexts, err := readTable(filepath.Join(dir, "taps.csv"))
		if err != nil {
			t.Fatal(err)
		}
		type entry struct {
			iteration, lag float64
			post, pre      string
		}
		ideal := map[entry]float64{}
		for i, f := range taps["F"] {
			ideal[entry{taps["iteration"][i], taps["lag"][i], tapTexts["post"][i], tapTexts["pre"][i]}] = f
		}
		after, later := 0, 0
		for i, f := range got["F"] {
			if want := ideal[entry{got["iteration"][i], got["lag"][i], texts["post"][i], texts["pre"][i]}]; f != want {
				t.Fatalf("%s, row %d: F = %v, among the taps %v", rule, i, f, want)
			}
			if !places && math.Abs(got["effective"][i]-f) > 1e-15 {
				t.Fatalf("%s, row %d: effective %v, ideal %v", rule, i, got["effective"][i], f)
			}
			if math.IsNaN(got["own_site"][i]) == places || math.IsNaN(got["next_site"][i]) == places {
				t.Fatalf("%s, row %d: own site %v, next %v", rule, i, got["own_site"][i], got["next_site"][i])
			}
			if got["lag"][i] < 1 {
				after++
				if got["effective"][i] != 0 {
					later++
				}
			}
		}
		if after != 2*4*101 || (later > 0) != places {
			t.Errorf("%s: %d rows of traces that came after secretion, %d of them taught", rule, after, later)
		}
	}
}
