package problem

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var fixtures = []string{"rate_mse_2types.json", "rate_mse_kappa_4types.json", "rate_ce_last_2types.json", "lif_mse_2types.json", "alif_mse_2types_bellec.json"}

// plain is a problem file as encoding/json reads it into a tree: the slow, obvious
// twin of the loader.
type plain struct {
	Name  string
	Hyper struct {
		Model   string
		N, T, B int
		NIn     int `json:"n_in"`
		NOut    int `json:"n_out"`
		NTypes  int `json:"n_types"`
		Eta     float64
		CV      float64 `json:"c_v"`
		Thr     float64
		Kappa   float64
		COut    float64 `json:"c_out"`
		Loss    string
		Mu      []float64
		Gamma   float64
		NRef    int `json:"n_ref"`
		Rho     float64
		CA      float64 `json:"c_a"`
	}
	Type  []int
	Sign  []float64
	Beta  []float64
	LossW []float64 `json:"loss_w"`

	WIn  [][]float64 `json:"W_in"`
	WRec [][]float64 `json:"W_rec"`
	WOut [][]float64 `json:"W_out"`
	BOut []float64   `json:"b_out"`
	BFb  [][]float64 `json:"B_fb"`

	X      [][][]float64
	Target json.RawMessage
}

func (f *plain) problem(t *testing.T) *Problem {
	t.Helper()
	h := f.Hyper
	p := &Problem{
		Name: f.Name,
		Hyper: Hyper{
			Model: h.Model, N: h.N, T: h.T, B: h.B, Inputs: h.NIn, Outputs: h.NOut, Types: h.NTypes,
			Eta: h.Eta, CV: h.CV, Threshold: h.Thr, Kappa: h.Kappa, COut: h.COut, Loss: h.Loss, Mu: h.Mu,
			Gamma: h.Gamma, Surrogate: "piecewise-linear", RefractorySteps: h.NRef, Rho: h.Rho, CA: h.CA,
		},
		Type: f.Type, Sign: f.Sign, Beta: f.Beta, LossWeight: f.LossW,
		WIn: slices.Concat(f.WIn...), WRec: slices.Concat(f.WRec...), WOut: slices.Concat(f.WOut...),
		BOut: f.BOut, BFb: slices.Concat(f.BFb...),
		X: slices.Concat(slices.Concat(f.X...)...),
	}
	if h.Loss == "ce" {
		unmarshal(t, f.Target, &p.Class)
		return p
	}
	var target [][][]float64
	unmarshal(t, f.Target, &target)
	p.Target = slices.Concat(slices.Concat(target...)...)
	return p
}

func unmarshal(t *testing.T, data []byte, to any) {
	t.Helper()
	if err := json.Unmarshal(data, to); err != nil {
		t.Fatal(err)
	}
}

func fixturePath(name string) string { return filepath.Join("testdata", name) }

func TestLoad(t *testing.T) {
	for _, name := range fixtures {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(fixturePath(name))
			if err != nil {
				t.Fatal(err)
			}
			var f plain
			unmarshal(t, data, &f)
			want := f.problem(t)
			got, err := Load(fixturePath(name))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("read\n%+v\nwant\n%+v", got, want)
			}
		})
	}
}

// minimal has the required keys only; tests break it. Its lines and columns are
// those that the tests cite.
const minimal = `{
 "hyper": {"model": "rate", "N": 2, "T": 2, "B": 1, "n_in": 1, "n_out": 2, "n_types": 2, "eta": 0.5, "c_v": 0.5, "loss": "mse"},
 "type": [0, 1],
 "W_in": [[1], [2]],
 "W_rec": [[0, -1], [0.5, 0]],
 "W_out": [[1, 2], [3, 4]],
 "x": [[[1], [0.25]]],
 "target": [[[1, 2], [3, 4]]]
}
`

func TestDefaults(t *testing.T) {
	got, err := Parse("p.json", []byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	want := &Problem{
		Hyper: Hyper{Model: "rate", N: 2, T: 2, B: 1, Inputs: 1, Outputs: 2, Types: 2,
			Eta: 0.5, CV: 0.5, COut: 1, Loss: "mse", Gamma: 1, Surrogate: "piecewise-linear"},
		Type: []int{0, 1}, LossWeight: []float64{1, 1},
		WIn: []float64{1, 2}, WRec: []float64{0, -1, 0.5, 0}, WOut: []float64{1, 2, 3, 4}, BOut: []float64{0, 0},
		X: []float64{1, 0.25}, Target: []float64{1, 2, 3, 4},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read\n%+v\nwant\n%+v", got, want)
	}
}

func TestReadoutGainDefaultsToOneMinusKappa(t *testing.T) {
	p, err := Parse("p.json", edited(t, `"c_v": 0.5`, `"c_v": 0.5, "kappa": 0.75`))
	if err != nil || p.Hyper.Kappa != 0.75 || p.Hyper.COut != 0.25 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestMu(t *testing.T) {
	for text, want := range map[string][]float64{
		`0.25`:       {0.25, 0.25},
		`[0.1, 0.3]`: {0.1, 0.3},
		`1.5`:        {1.5, 1.5},
	} {
		p, err := Parse("p.json", edited(t, `"model"`, `"mu": `+text+`, "mu_psi": [[9]], "model"`))
		if err != nil || !slices.Equal(p.Hyper.Mu, want) {
			t.Errorf("mu %s: %+v, %v", text, p, err)
		}
	}
}

// Sizes may stand after the arrays they describe.
func TestOrderOfKeys(t *testing.T) {
	want, err := Parse("p.json", []byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.Trim(minimal, "{}\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], ",")
	}
	slices.Reverse(lines)
	got, err := Parse("p.json", []byte("{"+strings.Join(lines, ",")+"}"))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, %v; want %+v", got, err, want)
	}
}

func TestSpellingsOfNumbers(t *testing.T) {
	p, err := Parse("p.json", edited(t, `"type": [0, 1]`, `"type": [0.0, 1e0]`, `-1]`, `-1E-2]`, `"N": 2`, `"N": 2.0`))
	if err != nil || p.WRec[1] != -0.01 || p.Hyper.N != 2 || !slices.Equal(p.Type, []int{0, 1}) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestWarnings(t *testing.T) {
	data := edited(t, `"c_v"`, `"n_ref": 2, "rho": 0.9, "c_a": 1, "c_v"`, ` "type"`,
		` "comment": {"by": ["me"]}, "grads": {"W_rek": 1}, "sgd_lr0.05_losses": 1, "beta": [0, 1],`+"\n"+` "µ\u0007": 1, "type"`)
	p, err := Parse("p.json", data)
	if err != nil {
		t.Fatal(err)
	}
	const idle = " is not 0 but has no effect: rate cells neither adapt nor rest"
	want := []string{
		`p.json:3:2: comment is not part of the format and was ignored`,
		`p.json:4:2: "µ\a" is not part of the format and was ignored`,
		"beta" + idle, "hyper.n_ref" + idle, "hyper.rho" + idle, "hyper.c_a" + idle,
	}
	if !slices.Equal(p.Warnings, want) {
		t.Errorf("warnings %q, want %q", p.Warnings, want)
	}
}

// edited is the minimal problem with replacements, each of which must apply.
func edited(t *testing.T, oldNew ...string) []byte {
	t.Helper()
	text := minimal
	for i := 0; i < len(oldNew); i += 2 {
		if !strings.Contains(text, oldNew[i]) {
			t.Fatalf("nothing to replace: %s", oldNew[i])
		}
		text = strings.Replace(text, oldNew[i], oldNew[i+1], 1)
	}
	return []byte(text)
}

func TestLoadRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	var refusal *Error
	_, err := Load(dir)
	if !errors.As(err, &refusal) || err.Error() != dir+": given a directory; allowed a problem file (JSON)" {
		t.Errorf("directory: %v", err)
	}
	absent := filepath.Join(dir, "absent.json")
	_, err = Load(absent)
	if !errors.As(err, &refusal) || !errors.Is(err, fs.ErrNotExist) ||
		err.Error() != absent+": given no such file or directory; allowed a readable problem file (JSON)" {
		t.Errorf("missing file: %v", err)
	}
}

// What is streamed must not be held: however much of anything there is, it is refused
// or skipped within a few megabytes.
func TestMemoryIsBounded(t *testing.T) {
	const size = 16 << 20
	fill := func(text string) string { return strings.Repeat(text, size/len(text)) }
	for name, text := range map[string]string{
		"brackets":          fill("["),
		"nested objects":    fill(`{"a":`),
		"brackets in a key": `{"note": ` + fill("["),
		"one string":        `{"name": "` + fill("a"),
		"one number":        `{"format": ` + fill("1"),
		"blanks":            fill(" "),
		"keys":              "{" + fill(`"k":0,`),
		"claimed size":      strings.Replace(minimal, `"N": 2`, `"N": 1e9`, 1),
		"claimed types":     strings.Replace(minimal, `"n_types": 2`, `"n_types": 1e9, "mu": 1`, 1),
		"claimed steps":     strings.Replace(minimal, `"T": 2`, `"T": 1e9`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "p.json")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Load(path)
			runtime.ReadMemStats(&after)
			var refusal *Error
			if !errors.As(err, &refusal) {
				t.Fatalf("read without an error: %v", err)
			}
			if got := after.TotalAlloc - before.TotalAlloc; got > 8<<20 {
				t.Errorf("allocated %d MB", got>>20)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, name := range fixtures {
		info, err := os.Stat(fixturePath(name))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(info.Size())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Load(fixturePath(name)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
