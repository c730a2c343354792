package problem

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"paracrine/learning"
)

// TestTorusOfAProblem: cells learn from those at their sides, row by row, and
// without a torus the rule is refused.
func TestTorusOfAProblem(t *testing.T) {
	const text = `{
 "hyper": {"model": "rate", "N": 12, "T": 3, "B": 1, "n_in": 1, "n_out": 1, "n_types": 1, "eta": 0, "c_v": 1, "loss": "mse"},
 "type": [0,0,0,0,0,0,0,0,0,0,0,0], "torus": [3, 4], "loss_w": [0, 1, 0],
 "W_in": [[1],[1],[1],[1],[1],[1],[1],[1],[1],[1],[1],[1]], "W_rec": ZEROS,
 "W_out": [[0],[0],[0],[0],[0],[0],[0],[9],[0],[0],[0],[0]],
 "x": [[[0], [0], [1]]], "target": [[[0], [1], [0]]]
}`
	row := "[" + strings.Repeat("0,", 11) + "0]"
	zeros := "[" + strings.Repeat(row+",", 11) + row + "]"
	p, err := Parse("torus.json", []byte(strings.Replace(text, "ZEROS", zeros, 1)))
	if err != nil {
		t.Fatal(err)
	}
	// The error −1 at step 1 releases −9 at cell 7: row 1, column 3. A step later
	// k/9 of it is at the nine sites around, columns 2, 3 and 0 of all rows.
	want := []float64{-0.5, 0, -0.5, -0.5, -0.5, 0, -0.5, -0.5, -0.5, 0, -0.5, -0.5}
	near(t, "W_in", creditOf(t, p, "diffusion:k=0.5", Descent{}).Gradient.In, want)

	p.Torus = nil
	rule, err := learning.ParseRule("diffusion")
	if err != nil {
		t.Fatal(err)
	}
	var refused *learning.RuleError
	if _, err := p.Gradients([]learning.Rule{rule}, Descent{}); !errors.As(err, &refused) || !strings.Contains(refused.Problem, "no place") {
		t.Errorf("without a torus: %v", err)
	}
}

// fixtureRules maps the names of an independent NumPy reference to ours.
// BPTT there was confirmed by automatic differentiation and by RTRL.
var fixtureRules = map[string][]string{
	"bptt":                          {"bptt", "rtrl"},
	"eprop":                         {"eprop", "rflo:feedback=frozen"},
	"eprop_random":                  {"eprop:feedback=random", "rflo"},
	"mdgl_W":                        {"mdgl:weights=cell"},
	"mdgl_Wab_zero":                 {"mdgl:weights=type,diagonal=zero"},
	"mdgl_Wab_fill":                 {"mdgl", "mdgl:weights=type,diagonal=fill"},
	"mdgl_Wab_nz_masked":            {"mdgl:weights=existing"},
	"mdgl_causal_W":                 {"mdgl:weights=cell,causal=true"},
	"mdgl_causal_Wab_nz_masked":     {"mdgl:weights=existing,causal=true"},
	"modprop_paper_W":               routes("modprop:weights=cell"),
	"modprop_paper_Wab_zero":        routes("modprop:diagonal=zero"),
	"modprop_paper_Wab_fill":        append(routes("modprop:weights=type"), "modprop"),
	"modprop_paper_Wab_fill_S5":     {"modprop:taps=5", "modprop:taps=5,route=taps", "modprop:taps=5,route=adjoint"},
	"modprop_paper_Wab_fill_random": routes("modprop:feedback=random"),
	"modprop_paper_Wab_fill_mupsi":  routes("modprop:mu=mean-derivative"),
	"modprop_code_W":                routes("modprop:weights=cell,form=code"),
	"modprop_code_Wab_zero":         routes("modprop:diagonal=zero,form=code"),
	"modprop_code_Wab_fill":         routes("modprop:form=code"),
	"modprop_code_Wab_fill_S5":      {"modprop:form=code,taps=5", "modprop:form=code,taps=5,route=taps"},
	"tbptt_window_k5":               {"tbptt:window=5"},
	"tbptt_hops_k5":                 {"tbptt:hops=5"},
	"tbptt_chunk_k10":               {"tbptt:chunk=10"},
	"modprop_full_Wab_fill":         append(routes("modprop:dynamics=full"), "modprop:dynamics=full"),
}

// rulesOf are our names of a reference, which on spiking cells ends in
// __reset0 or __reset1. Where cells adapt or their reset is differentiated,
// form=code has no filter that is constant in time: one route is left.
func rulesOf(p *Problem, reference string) []string {
	name, reset, found := strings.Cut(reference, "__reset")
	all := withEvents(fixtureRules[name])
	if !found {
		return all
	}
	var rules []string
	for _, rule := range all {
		separator := ","
		if !strings.Contains(rule, ":") {
			separator = ":"
		}
		r := rule + separator + "reset=" + reset
		routed := strings.Contains(rule, "route=") && !strings.Contains(rule, "route=adjoint")
		if strings.Contains(rule, "form=code") && routed && (reset == "1" || p.Hyper.Model == "alif") {
			continue
		}
		rules = append(rules, r)
	}
	return rules
}

// withEvents adds the event-driven route of the rules that have it.
func withEvents(rules []string) []string {
	var all []string
	for _, rule := range rules {
		all = append(all, rule)
		separator := ","
		if !strings.Contains(rule, ":") {
			separator = ":"
		}
		events := strings.TrimSuffix(rule, ",route=adjoint") + separator + "route=events"
		if _, err := learning.ParseRule(events); err == nil {
			all = append(all, events)
		}
	}
	return all
}

// routes are the three equal ways to compute a rule.
func routes(rule string) []string {
	return []string{rule + ",route=adjoint", rule + ",route=state-space", rule + ",route=taps"}
}

type fixture struct {
	Grads    map[string]map[string][][]float64 `json:"grads"`
	WOut     [][]float64                       `json:"W_out_grad"`
	BOut     []float64                         `json:"b_out_grad"`
	Forward  struct{ E float64 }               `json:"forward"`
	Descents map[string][]float64              `json:"sgd_lr0.05_losses"`
	Cosines  map[string]float64                `json:"cos_to_bptt"`
}

func readFixture(t *testing.T, name string) (*Problem, fixture) {
	t.Helper()
	path := filepath.Join("testdata", name)
	p, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var f fixture
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	return p, f
}

func TestGradientsEqualReference(t *testing.T) {
	for _, name := range fixtures {
		p, f := readFixture(t, name)
		for reference, want := range f.Grads {
			rules := rulesOf(p, reference)
			for _, text := range rules {
				t.Run(strings.TrimSuffix(name, ".json")+"/"+text, func(t *testing.T) {
					credit := creditOf(t, p, text, Descent{})
					compare(t, "W_in", credit.Gradient.In, flatten(want["W_in"]))
					compare(t, "W_rec", credit.Gradient.Rec, flatten(want["W_rec"]))
					compare(t, "W_out", transpose(credit.Gradient.Out, p.Hyper.Outputs, p.Hyper.N), flatten(f.WOut))
					compare(t, "b_out", credit.Gradient.Bias, f.BOut)
					compare(t, "loss", []float64{credit.Loss}, []float64{f.Forward.E})
				})
			}
			if rules == nil {
				t.Errorf("%s: no rule of ours is compared with %s", name, reference)
			}
		}
	}
}

func TestCosinesEqualReference(t *testing.T) {
	for _, name := range fixtures {
		p, f := readFixture(t, name)
		for reference, want := range f.Cosines {
			_, reset, spiking := strings.Cut(reference, "__")
			bptt := "bptt"
			if spiking {
				bptt += "__" + reset
			}
			g, exact := f.Grads[reference], f.Grads[bptt]
			all := learning.Align(
				&learning.Gradient{In: flatten(g["W_in"]), Rec: flatten(g["W_rec"])},
				&learning.Gradient{In: flatten(exact["W_in"]), Rec: flatten(exact["W_rec"])})
			credit := creditOf(t, p, rulesOf(p, reference)[0], Descent{})
			for i := range 2 {
				if math.Abs(credit.Cosine[i]-all.Cosine[i]) > 1e-9 {
					t.Errorf("%s %s: cosine of %s %v, want %v", name, reference, learning.Compared[i], credit.Cosine[i], all.Cosine[i])
				}
			}
			if got := min(math.Abs(want-all.Cosine[1]), math.Abs(want-all.Cosine[4])); got > 1e-9 {
				t.Errorf("%s %s: the fixture's cosine %v is neither W_rec's %v nor all's %v", name, reference, want, all.Cosine[1], all.Cosine[4])
			}
		}
	}
}

func TestDescentEqualsReference(t *testing.T) {
	for _, name := range fixtures {
		p, f := readFixture(t, name)
		for reference, want := range f.Descents {
			credit := creditOf(t, p, rulesOf(p, reference)[0], Descent{Steps: len(want) - 1, Rate: 0.05})
			compare(t, name+" "+reference, credit.Losses, want)
		}
	}
}

func creditOf(t *testing.T, p *Problem, text string, d Descent) Credit {
	t.Helper()
	rule, err := learning.ParseRule(text)
	if err != nil {
		t.Fatal(err)
	}
	credits, err := p.Gradients([]learning.Rule{rule}, d)
	if err != nil {
		t.Fatal(err)
	}
	return credits[0]
}

// compare asks for 1e-10 of the largest element, as the fixtures' README does.
func compare(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d elements, want %d", what, len(got), len(want))
	}
	largest := math.Max(slices.Max(want), -slices.Min(want))
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= 1e-10*largest) {
			t.Fatalf("%s[%d] = %v, want %v (largest %v)", what, i, got[i], want[i], largest)
		}
	}
}

func flatten(a [][]float64) []float64 { return slices.Concat(a...) }
