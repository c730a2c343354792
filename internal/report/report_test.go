package report

import (
	"bytes"
	"encoding/xml"
	"flag"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var keep = flag.String("keep", "", "folder to leave the fixtures' pages in, to look at them")

// folder is where a test writes: kept on demand.
func folder(t *testing.T, name string) string {
	t.Helper()
	if *keep != "" {
		return filepath.Join(*keep, name)
	}
	return t.TempDir()
}

func TestWriteRun(t *testing.T) {
	dir := folder(t, "run")
	if err := WriteRun(dir, fixtureRun()); err != nil {
		t.Fatal(err)
	}
	checkPage(t, dir, 1_500_000)
	checkPlots(t, dir, "activity", "alignment", "effective-filter", "filter-taps", "learning-curve", "modulator", "readout")
}

func TestWriteComparison(t *testing.T) {
	dir := folder(t, "comparison")
	if err := WriteComparison(dir, fixtureComparison()); err != nil {
		t.Fatal(err)
	}
	checkPage(t, dir, 500_000)
	checkPlots(t, dir, "alignment", "final-loss", "learning-curve")
}

func checkPage(t *testing.T, dir string, largest int) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(dir, pageName))
	if err != nil {
		t.Fatal(err)
	}
	if len(page) > largest {
		t.Errorf("page of %d bytes, more than %d", len(page), largest)
	}
	checkMarkup(t, page)
	checkOffline(t, page)
	checkCharts(t, page)
}

// checkPlots wants exactly the named figures, each a picture with something in
// it and a well-formed SVG.
func checkPlots(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, plotsFolder))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		path := filepath.Join(dir, plotsFolder, e.Name())
		if name, isPNG := strings.CutSuffix(e.Name(), ".png"); isPNG {
			got = append(got, name)
			checkPNG(t, path)
			checkSVG(t, filepath.Join(dir, plotsFolder, name+".svg"))
		}
	}
	if !slices.Equal(got, want) || len(entries) != 2*len(want) {
		t.Errorf("plots %v in %d files, want %v as PNG and SVG", got, len(entries), want)
	}
}

func checkPNG(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	blank, b := picture.At(0, 0), picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if picture.At(x, y) != blank {
				return
			}
		}
	}
	t.Errorf("%s is blank", path)
}

func checkSVG(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for d := xml.NewDecoder(file); ; {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
	}
}

// TestHardRuns: what is empty, short, cut or not finite is drawn, not refused.
func TestHardRuns(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		change func(*Run)
		shows  []string
		plots  []string
	}{
		"nothing": {
			change: func(r *Run) { *r = Run{} },
			shows:  []string{"untitled", "Summary"},
		},
		"one point": {
			change: func(r *Run) {
				*r = Run{Name: "short", HasClasses: true, Before: r.Before, Types: r.Types,
					Train:      Curve{Iteration: []int{0}, Loss: []float64{0.7}, Accuracy: []float64{0.5}, Activity: []float64{0}},
					Taps:       r.Taps[:1],
					Modulator:  []Modulator{{Types: []string{"E"}, Mu: []float64{0.25}, Radius: 0.9}},
					Alignment:  []Alignment{{Rule: "eprop", Matrix: "W_in", Iteration: []int{0}, Cosine: []float64{0.4}, NormRatio: []float64{1}}},
					Validation: Curve{Iteration: []int{0}, Loss: []float64{0.7}}}
			},
			shows: []string{"0.700", "iteration 0"},
			plots: []string{"activity", "alignment", "filter-taps", "learning-curve", "modulator", "readout"},
		},
		"diverged": {
			change: func(r *Run) {
				r.Status, r.Message, r.Iterations, r.Planned = diverged, "iteration 612: activity of cell 17 in trial 3 is not finite", 612, 3000
				for i := range r.Train.Loss {
					if i >= 612 {
						r.Train.Loss[i], r.Train.Activity[i] = nan, inf
					} else if i > 580 {
						r.Train.Loss[i] = math.Exp(float64(i-580) * 0.5)
					}
				}
				r.Validation.Loss[len(r.Validation.Loss)-1] = inf
				r.After.Activity[17][500] = nan
				r.Expect[0].Value, r.Expect[0].Met = nan, false
			},
			shows: []string{"diverged", "cell 17 in trial 3", "cell 17", "612 of 3\u202f000", "1 of 2 met"},
			plots: []string{"activity", "alignment", "effective-filter", "filter-taps", "learning-curve", "modulator", "readout"},
		},
		"never finite": {
			change: func(r *Run) {
				*r = Run{Status: diverged, Train: Curve{Iteration: []int{0, 1}, Loss: []float64{nan, inf}},
					Before: &Trial{Activity: [][]float64{{nan, inf}}, Output: [][]float64{{nan}}}, StepMS: nan, TrialMS: inf,
					Taps: []Taps{{Types: []string{"E"}, F: [][][]float64{{{nan}}}}}, Modulator: []Modulator{{Types: []string{"E"}, Radius: nan}}}
			},
			shows: []string{"diverged"},
			plots: []string{"activity"},
		},
		"cut short": {
			change: func(r *Run) {
				r.Status = interrupted
				r.Train.Loss = r.Train.Loss[:10]
				r.Validation.Accuracy = nil
				r.Taps[2].F = r.Taps[2].F[:1]
				r.Modulator[3].Mu = nil
				r.Alignment[0].Cosine = r.Alignment[0].Cosine[:5]
				r.After.Activity = r.After.Activity[:50]
				r.After.Output = nil
				r.Types[0].Count = 1000
			},
			shows: []string{"interrupted"},
			plots: []string{"activity", "alignment", "effective-filter", "filter-taps", "learning-curve", "modulator", "readout"},
		},
		"continuous": {
			change: func(r *Run) {
				r.Continuous, r.Inputs = true, 40
				r.Before.Input, r.After.Input = nil, nil
			},
			shows: []string{"40 channels"},
			plots: []string{"activity", "alignment", "effective-filter", "filter-taps", "learning-curve", "modulator", "readout"},
		},
		"many channels and ligands": {
			change: func(r *Run) {
				for len(r.Before.Input) < 40 {
					r.Before.Input = append(r.Before.Input, r.Before.Input[0])
					r.After.Input = append(r.After.Input, r.After.Input[1])
				}
				r.Before.Target = r.Before.Output
				r.Types, r.Projections = sixTypes()
				for i := range r.Taps {
					names, row := []string{}, r.Taps[i].F[0][0]
					for len(names) < 6 {
						names = append(names, "ligand")
					}
					r.Taps[i] = Taps{Types: names, F: slices.Repeat([][][]float64{slices.Repeat([][]float64{row}, 6)}, 6)}
				}
				r.After.Activity[3][7] = -2
			},
			shows: []string{"16 strongest of 36", "input channel"},
			plots: []string{"activity", "alignment", "effective-filter", "filter-taps", "learning-curve", "modulator", "readout"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := fixtureRun()
			c.change(r)
			dir := folder(t, name)
			if err := WriteRun(dir, r); err != nil {
				t.Fatal(err)
			}
			checkPage(t, dir, 1_500_000)
			checkPlots(t, dir, c.plots...)
			checkShows(t, dir, c.shows)
		})
	}
}

// sixTypes is a network of many types, all to all.
func sixTypes() ([]CellType, []Projection) {
	types := []CellType{{"L2/3 E", 40, 1, "ALIF", 20}, {"L4 E", 30, 1, "LIF", 20}, {"L5 E", 20, 1, "LIF", 20},
		{"PV", 15, -1, "LIF", 10}, {"SST", 10, -1, "LIF", 15}, {"mixed", 5, 0, "LIF", 20}}
	var all []Projection
	for i, a := range types {
		all = append(all, Projection{inputName, a.Name, 10, 0.4, 0.5}, Projection{a.Name, readoutName, 10, 0.1, 0.2})
		for j, b := range types {
			all = append(all, Projection{a.Name, b.Name, 100, 0.02, 0.01 * float64(1+(i*j)%5)})
		}
	}
	return types, all
}

func checkShows(t *testing.T, dir string, words []string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(dir, pageName))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range words {
		if !strings.Contains(string(page), w) {
			t.Errorf("the page lacks %q", w)
		}
	}
}

func TestHardComparisons(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		change func(*Comparison)
		shows  []string
		plots  []string
	}{
		"no rules": {
			change: func(c *Comparison) { *c = Comparison{} },
			shows:  []string{"0 rules over 0 seeds"},
		},
		"all diverged": {
			change: func(c *Comparison) {
				c.Rules = []RuleResult{{Rule: "modprop:mu=9",
					Curve: Spread{Iteration: []int{0, 20}, LossMean: []float64{0.7, nan}, LossSD: []float64{0, nan}},
					Seeds: []SeedResult{{Seed: 1, Diverged: true, FinalLoss: nan, Message: "radius 4.2"}, {Seed: 2, Diverged: true, FinalLoss: math.Inf(1)}},
					Table: RuleRow{Runs: 2, Diverged: 2, LossMean: nan, LossSD: nan, AccuracyMean: nan, MillisecondsPerIteration: 3}}}
			},
			shows: []string{"2 of 2 runs diverged", "seed 1 diverged: radius 4.2", "not finite"},
			plots: []string{"final-loss", "learning-curve"},
		},
		"one seed, a regression": {
			change: func(c *Comparison) {
				c.HasClasses, c.Thresholds, c.SolvedBelow, c.Seeds = false, nil, 0, []uint64{4}
				c.Rules = c.Rules[:1]
				c.Rules[0].Alignment = nil
				c.Rules[0].Seeds = c.Rules[0].Seeds[:1]
				c.Rules[0].Curve.LossSD = nil
			},
			shows: []string{"1 rule over 1 seed"},
			plots: []string{"final-loss", "learning-curve"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := fixtureComparison()
			c.change(v)
			dir := folder(t, name)
			if err := WriteComparison(dir, v); err != nil {
				t.Fatal(err)
			}
			checkPage(t, dir, 500_000)
			checkPlots(t, dir, c.plots...)
			checkShows(t, dir, c.shows)
		})
	}
}

func TestWriteFailsWithPlace(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteRun(blocked, &Run{}); err == nil || !strings.Contains(err.Error(), blocked) {
		t.Errorf("error %v, want one that names %s", err, blocked)
	}
}
