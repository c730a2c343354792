package problem

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

func documentation(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/problems.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// block is the text between two lines of the documentation.
func block(t *testing.T, opening, closing string) string {
	t.Helper()
	_, rest, found := strings.Cut(documentation(t), opening)
	text, _, closed := strings.Cut(rest, closing)
	if !found || !closed {
		t.Fatalf("no block from %q to %q", opening, closing)
	}
	return text
}

func documentedProblem(t *testing.T) *Problem {
	t.Helper()
	p, err := Parse("problems.md", []byte(block(t, "```json\n", "```")))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDocumentedExampleIsComplete(t *testing.T) {
	if p := documentedProblem(t); p.Hyper.N != 3 || len(p.Warnings) > 0 {
		t.Errorf("read %+v", p)
	}
}

func TestDocumentedResult(t *testing.T) {
	const rule = "modprop:weights=cell"
	var want struct {
		WIn    [][]float64 `json:"W_in"`
		WRec   [][]float64 `json:"W_rec"`
		WOut   [][]float64 `json:"W_out"`
		BOut   []float64   `json:"b_out"`
		Loss   float64
		Cosine map[string]float64
		Norm   map[string]float64 `json:"norm_ratio"`
		Radius float64
		Mu     []float64
	}
	unmarshal(t, []byte(block(t, "\n\""+rule+"\": ", "```")), &want)
	got := creditOf(t, documentedProblem(t), rule, Descent{})
	near(t, "W_in", got.Gradient.In, slices.Concat(want.WIn...))
	near(t, "W_rec", got.Gradient.Rec, slices.Concat(want.WRec...))
	near(t, "W_out", got.Gradient.Out, slices.Concat(want.WOut...)) // one readout: its own transpose
	near(t, "b_out", got.Gradient.Bias, want.BOut)
	near(t, "loss and radius", []float64{got.Loss, got.Radius}, []float64{want.Loss, want.Radius})
	near(t, "mu", got.Mu, want.Mu)
	for i, name := range []string{"W_in", "W_rec", "W_out", "b_out", "all"} {
		near(t, "cosine of "+name, got.Cosine[i:i+1], []float64{want.Cosine[name]})
		near(t, "norm ratio of "+name, got.NormRatio[i:i+1], []float64{want.Norm[name]})
	}
}

// near compares with numbers of four decimals.
func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) <= 0.51e-4 }) {
		t.Errorf("%s is %v, documented %v", what, got, want)
	}
}

func TestEveryKeyIsDocumented(t *testing.T) {
	text := documentation(t)
	for _, f := range append(append([]field(nil), fields...), hyperFields...) {
		row := "\n| `" + f.name + "` |"
		if !strings.Contains(text, row) {
			t.Errorf("%s is not in a table", f.name)
			continue
		}
		_, row, _ = strings.Cut(text, row)
		row, _, _ = strings.Cut(row, "\n")
		if f.required != strings.Contains(row, "| required |") {
			t.Errorf("%s: required is %v, the table says%s", f.name, f.required, row)
		}
	}
	for _, key := range references {
		if !strings.Contains(text, "`"+key+"`") {
			t.Errorf("%s is not named", key)
		}
	}
}
