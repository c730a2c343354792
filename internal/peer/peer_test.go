package main

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"paracrine/internal/problem"
	"paracrine/learning"
)

// The peer must compute what Paracrine does, or the ratio means nothing: its
// gradients are those of modprop, and not those of its neighbours.
func TestPeerComputesTheSame(t *testing.T) {
	python, err := findPython()
	if err != nil {
		t.Skip(err)
	}
	const path = "../problem/testdata/rate_ce_last_2types.json"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, err := python.gradients(text)
	if err != nil {
		t.Fatal(err)
	}
	var theirs struct {
		In   [][]float64 `json:"W_in"`
		Rec  [][]float64 `json:"W_rec"`
		Out  [][]float64 `json:"W_out"`
		Bias []float64   `json:"b_out"`
	}
	if err := json.Unmarshal(out, &theirs); err != nil {
		t.Fatal(err)
	}
	in, rec := slices.Concat(theirs.In...), slices.Concat(theirs.Rec...)
	ours := gradientsOf(t, path, "modprop", "mdgl", "modprop:mu=0.3")
	for i, g := range ours {
		n, k := len(theirs.Out), len(theirs.Bias)
		readout := make([]float64, n*k)
		for j, row := range theirs.Out {
			for o, x := range row {
				readout[o*n+j] = x
			}
		}
		same := agree(g.In, in) && agree(g.Rec, rec)
		if same != (i == 0) {
			t.Errorf("rule %d: same gradient: %v", i, same)
		}
		if !agree(g.Out, readout) || !agree(g.Bias, theirs.Bias) {
			t.Errorf("rule %d: the readout's gradient differs", i)
		}
	}
}

func gradientsOf(t *testing.T, path string, names ...string) []*learning.Gradient {
	t.Helper()
	p, err := problem.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	var rules []learning.Rule
	for _, name := range names {
		rule, err := learning.ParseRule(name)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, rule)
	}
	credits, err := p.Gradients(rules, problem.Descent{})
	if err != nil {
		t.Fatal(err)
	}
	var gradients []*learning.Gradient
	for _, c := range credits {
		gradients = append(gradients, c.Gradient)
	}
	return gradients
}

// agree says whether two arrays agree to 1e-12 of the largest element.
func agree(a, b []float64) bool {
	if len(a) != len(b) {
		return false
	}
	largest, apart := 0.0, 0.0
	for i := range a {
		largest = math.Max(largest, math.Abs(a[i]))
		apart = math.Max(apart, math.Abs(a[i]-b[i]))
	}
	return largest > 0 && apart <= 1e-12*largest
}

func TestMedian(t *testing.T) {
	times := []float64{9, 1, 5}
	if m := median(times); m != 5 || times[0] != 9 {
		t.Errorf("median %v, times %v", m, times)
	}
}

func TestPeersCoverThreads(t *testing.T) {
	if got := len(python{}.peers(1)); got != 2 {
		t.Errorf("%d peers on one processor, want 2", got)
	}
	if got := len(python{}.peers(2)); got != 4 {
		t.Errorf("%d peers on two processors, want 4", got)
	}
}
