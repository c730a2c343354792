package problem

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const (
	aFinite           = "a finite number"
	aModel            = `"rate" or "lif" or "alif"`
	aSpikingThreshold = "a number above 0: spiking cells measure their potential in thresholds"
)

// broken are edits of the minimal problem and the error each must give.
var broken = []struct {
	name           string
	old, new       string
	line, column   int
	path           string
	given, allowed string
}{
	// numbers
	{"not a number", "[0.5, 0]", `["0.5", 0]`, 5, 22, "W_rec[1][0]", `"0.5"`, aFinite},
	{"NaN", "[0.5, 0]", "[NaN, 0]", 5, 22, "W_rec[1][0]", "NaN", aFinite},
	{"minus infinity", "[0.5, 0]", "[-Infinity, 0]", 5, 22, "W_rec[1][0]", "-Infinity", aFinite},
	{"beyond float64", "[0.5, 0]", "[-1e999, 0]", 5, 22, "W_rec[1][0]", "-1e999", aFinite},
	{"null", "[0.5, 0]", "[null, 0]", 5, 22, "W_rec[1][0]", "null", aFinite},
	{"true", "[0.5, 0]", "[true, 0]", 5, 22, "W_rec[1][0]", "true", aFinite},
	{"an object for a number", "[0.5, 0]", "[{}, 0]", 5, 22, "W_rec[1][0]", "an object", aFinite},
	{"leading zero", "[0.5, 0]", "[00.5, 0]", 5, 23, "W_rec[1][1]", "0.5", "a comma or ]"},
	{"hexadecimal", "[0.5, 0]", "[0x1, 0]", 5, 23, "W_rec[1][1]", "x1", "a comma or ]"},
	{"leading plus", "[0.5, 0]", "[+1, 0]", 5, 22, "W_rec[1][0]", "+1", aFinite},
	{"number of many digits", "[0.5, 0]", "[1" + strings.Repeat("0", 400) + ", 0]", 5, 22, "W_rec[1][0]", "1" + strings.Repeat("0", 58) + "…", aFinite},

	// shapes
	{"ragged", "[[1], [2]]", "[[1], [2, 3]]", 4, 16, "W_in[1]", "2 elements", "1 element (n_in)"},
	{"too few rows", "[[1], [2]]", "[[1]]", 4, 10, "W_in", "1 element", "2 elements (N)"},
	{"too many rows", "[[1], [2]]", "[[1], [2], [3], [[4]]]", 4, 10, "W_in", "4 elements", "2 elements (N)"},
	{"empty row", "[0, -1]", "[]", 5, 12, "W_rec[0]", "0 elements", "2 elements (N)"},
	{"flat matrix", "[[0, -1], [0.5, 0]]", "[0, -1, 0.5, 0]", 5, 12, "W_rec[0]", "0", "an array of 2 elements (N)"},
	{"number for a matrix", "[[0, -1], [0.5, 0]]", "0", 5, 11, "W_rec", "0", "nested arrays, 2 × 2 (N × N)"},
	{"too deep", "[[1], [2]]", "[[1], [[2]]]", 4, 17, "W_in[1][0]", "an array", aFinite},
	{"wrong number of steps", "[0.25]", "[0.25], [3]", 7, 8, "x[0]", "3 elements", "2 elements (T)"},
	{"wrong number of trials", "[[[1], [0.25]]]", "[[[1], [0.25]], [[1], [0.25]]]", 7, 7, "x", "2 elements", "1 element (B)"},
	{"target of other readouts", "[[1, 2], [3, 4]]]\n}", "[[1, 2, 3], [3, 4]]]\n}", 8, 14, "target[0][0]", "3 elements", "2 elements (n_out)"},
	{"b_out", ` "x"`, ` "b_out": [1], "x"`, 7, 11, "b_out", "1 element", "2 elements (n_out)"},
	{"B_fb", ` "x"`, ` "B_fb": [[1, 2]], "x"`, 7, 10, "B_fb", "1 element", "2 elements (N)"},
	{"torus of three sides", ` "x"`, ` "torus": [1, 2, 3], "x"`, 7, 11, "torus", "3 elements", "2 elements (rows, columns)"},
	{"torus without columns", ` "x"`, ` "torus": [2, 0], "x"`, 7, 15, "torus[1]", "0", "an integer, 1 or more, below 2³¹"},
	{"torus too small", ` "x"`, ` "torus": [1, 1], "x"`, 7, 11, "torus", "1 × 1 sites", "one site for each of 2 cells"},
	{"torus too large", ` "x"`, ` "torus": [2e9, 2e9], "x"`, 7, 11, "torus", "2000000000 × 2000000000 sites", "one site for each of 2 cells"},
	{"claimed size", `"N": 2`, `"N": 1e9`, 3, 10, "type", "2 elements", "1000000000 elements (N)"},

	// sizes and constants
	{"model", `"rate"`, `"adex"`, 2, 21, "hyper.model", `"adex"`, aModel},
	{"threshold of spiking cells", `"rate"`, `"lif", "thr": 0`, 2, 28, "hyper.thr", "0", aSpikingThreshold},
	{"no threshold of spiking cells", `"rate"`, `"alif"`, 2, 11, "hyper.thr", "no such key", aSpikingThreshold},
	{"surrogate", `"eta"`, `"surrogate": "arc", "eta"`, 2, 103, "hyper.surrogate", `"arc"`,
		`"piecewise-linear" or "exponential" or "fast-sigmoid" or "arctan"`},
	{"model as a number", `"rate"`, `3`, 2, 21, "hyper.model", "3", aModel},
	{"loss", `"mse"`, `"MSE"`, 2, 122, "hyper.loss", `"MSE"`, `"mse" or "ce"`},
	{"no cells", `"N": 2`, `"N": 0`, 2, 34, "hyper.N", "0", "an integer, 1 or more, below 2³¹"},
	{"negative steps", `"T": 2`, `"T": -3`, 2, 42, "hyper.T", "-3", "an integer, 1 or more, below 2³¹"},
	{"half a trial", `"B": 1`, `"B": 1.5`, 2, 50, "hyper.B", "1.5", "an integer, 1 or more, below 2³¹"},
	{"more than any file", `"N": 2`, `"N": 1e10`, 2, 34, "hyper.N", "1e10", "an integer, 1 or more, below 2³¹"},
	{"eta", `"eta": 0.5`, `"eta": 1.01`, 2, 97, "hyper.eta", "1.01", "a number from 0 to 1"},
	{"kappa", `"c_v"`, `"kappa": 1, "c_v"`, 2, 111, "hyper.kappa", "1", "a number from 0 to below 1"},
	{"c_v", `"c_v": 0.5`, `"c_v": -0.5`, 2, 109, "hyper.c_v", "-0.5", "a finite number, 0 or more"},
	{"n_ref", `"c_v"`, `"n_ref": -1, "c_v"`, 2, 111, "hyper.n_ref", "-1", "an integer, 0 or more, below 2³¹"},
	{"mu for three types", `"c_v"`, `"mu": [1, 2, 3], "c_v"`, 2, 108, "hyper.mu", "3 elements", "2 elements (n_types)"},
	{"mu a text", `"c_v"`, `"mu": "0.25", "c_v"`, 2, 108, "hyper.mu", `"0.25"`, "a finite number, 0 or more, or an array of 2 elements (n_types)"},
	{"negative mu", `"c_v"`, `"mu": [0.1, -0.1], "c_v"`, 2, 114, "hyper.mu[1]", "-0.1", "a finite number, 0 or more"},
	{"one class", `"n_out": 2, "n_types": 2, "eta": 0.5, "c_v": 0.5, "loss": "mse"`, `"n_out": 1, "n_types": 2, "eta": 0.5, "c_v": 0.5, "loss": "ce"`, 2, 64, "hyper.n_out", "1", `2 or more with loss "ce": one class is always right`},
	{"format", ` "type"`, ` "format": 2, "type"`, 3, 12, "format", "2", "1"},
	{"name", ` "type"`, ` "name": 2, "type"`, 3, 10, "name", "2", "a text in quotation marks"},

	// elements
	{"half a type", "[0, 1]", "[0, 0.5]", 3, 14, "type[1]", "0.5", "an integer from 0 to 1"},
	{"type out of range", "[0, 1]", "[0, 2]", 3, 14, "type[1]", "2", "an integer from 0 to 1"},
	{"type without a cell", "[0, 1]", "[1, 1]", 3, 10, "type", "no cell of type 0", "at least one cell of each type (n_types = 2)"},
	{"types without cells", `"n_types": 2`, `"n_types": 1e9`, 3, 10, "type", "no cell of type 2", "at least one cell of each type (n_types = 1000000000)"},
	{"a cell drives itself", "[0.5, 0]", "[0.5, 1e-300]", 5, 27, "W_rec[1][1]", "1e-300", "0 (no cell drives itself)"},
	{"sign", ` "x"`, ` "sign": [1, 0], "x"`, 7, 14, "sign[1]", "0", "1 or -1"},
	{"negative loss weight", ` "x"`, ` "loss_w": [1, -1], "x"`, 7, 16, "loss_w[1]", "-1", "a finite number, 0 or more"},
	{"no loss weight", ` "x"`, ` "loss_w": [0, 0.0], "x"`, 7, 12, "loss_w", "only zeros", "at least one step with a weight above 0"},
	{"class out of range", `"loss": "mse"`, `"loss": "ce"`, 8, 13, "target[0]", "an array", "an integer from 0 to 1"},

	// keys
	{"missing size", `"n_in": 1, `, "", 2, 11, "hyper.n_in", "no such key", "an integer, 1 or more, below 2³¹"},
	{"missing array", ` "type": [0, 1],`, "", 1, 1, "type", "no such key", "one type for each of N cells"},
	{"missing target", `]],
 "target": [[[1, 2], [3, 4]]]`, "]]", 1, 1, "target", "no such key", `B × T × n_out numbers, or with loss "ce" one class for each of B trials`},
	{"misspelt array", `"W_rec"`, `"Wrek"`, 5, 2, "Wrek", "an unknown key", "W_rec (did you mean that?)"},
	{"other case", `"W_rec"`, `"w_rec"`, 5, 2, "w_rec", "an unknown key", "W_rec (did you mean that?)"},
	{"misspelt optional key", ` "x"`, ` "loss_weights": [1, 1], "x"`, 7, 2, "loss_weights", "an unknown key", "loss_w (did you mean that?)"},
	{"key outside hyper", ` "x"`, ` "kappa": 0.5, "x"`, 7, 2, "kappa", "an unknown key", "hyper.kappa (did you mean that?)"},
	{"misspelt hyper", `"hyper"`, `"Hyper"`, 2, 2, "Hyper", "an unknown key", "hyper (did you mean that?)"},
	{"misspelt size", `"n_types"`, `"ntypes"`, 2, 76, "hyper.ntypes", "an unknown key", "hyper.n_types (did you mean that?)"},
	{"unknown constant", `"eta"`, `"tau": 20, "eta"`, 2, 90, "hyper.tau", "an unknown key",
		"model, N, T, B, n_in, n_out, n_types, eta, c_v, thr, kappa, c_out, loss, mu, mu_psi, gamma, surrogate, n_ref, rho, c_a"},
	{"duplicate array", ` "x"`, ` "W_in": [[1], [2]], "x"`, 7, 2, "W_in", "a second time (first in line 4)", "each key once"},
	{"duplicate size", `"T": 2`, `"T": 2, "N": 2`, 2, 45, "hyper.N", "a second time (first in line 2)", "each key once"},
	{"duplicate hyper", ` "x"`, ` "hyper": {}, "x"`, 7, 2, "hyper", "a second time (first in line 2)", "each key once"},
	{"escaped duplicate", ` "x"`, ` "W\u005fin": 0, "x"`, 7, 2, "W_in", "a second time (first in line 4)", "each key once"},

	// text
	{"trailing comma in an array", "[0.5, 0]", "[0.5, 0,]", 5, 29, "W_rec[1][2]", "]", aFinite},
	{"trailing comma in an object", "[3, 4]]]\n}", "[3, 4]]],\n}", 9, 1, "", "}", "a key in quotation marks, or }"},
	{"missing comma", "[0.5, 0]", "[0.5 0]", 5, 26, "W_rec[1][1]", "0", "a comma or ]"},
	{"colon for a comma", "[0.5, 0]", "[0.5: 0]", 5, 25, "W_rec[1][1]", ":", "a comma or ]"},
	{"comma for a colon", `"W_in": [`, `"W_in", [`, 4, 8, "W_in", ",", "a colon"},
	{"two commas", "[0.5, 0]", "[0.5,, 0]", 5, 26, "W_rec[1][1]", ",", "0 (no cell drives itself)"},
	{"comma first", "[0.5, 0]", "[, 0]", 5, 22, "W_rec[1][0]", ",", aFinite},
	{"bad escape", `"rate"`, `"\rat\e"`, 2, 21, "hyper.model", `"\rat\e"`, aModel},
	{"in what is skipped", `"type"`, `"note": {"a": [1, {}], "b" 2}, "type"`, 3, 29, "note", "2", "a colon"},
	{"missing colon", `"W_in": [`, `"W_in" [`, 4, 9, "W_in", "an array", "a colon"},
	{"key without marks", `"W_in"`, `W_in`, 4, 2, "", "W_in", "a key in quotation marks, or }"},
	{"comment", ` "W_in"`, ` // weights` + "\n" + ` "W_in"`, 4, 2, "", "//", "a key in quotation marks, or }"},
	{"wrong bracket", "[0.5, 0]", "[0.5, 0}", 5, 28, "W_rec[1][2]", "}", "a comma or ]"},
	{"trailing text", "]]]\n}\n", "]]]\n}\nx", 10, 1, "", "x after the end of the object", "one object and nothing after it"},
	{"second document", "]]]\n}\n", "]]]\n}\n{}", 10, 1, "", "an object after the end of the object", "one object and nothing after it"},
	{"one bracket more", "]]]\n}\n", "]]]\n}}", 9, 2, "", "} after the end of the object", "one object and nothing after it"},
	{"cut off in an array", "0.5, 0]],\n \"W_out\": [[1, 2], [3, 4]],\n \"x\": [[[1], [0.25]]],\n \"target\": [[[1, 2], [3, 4]]]\n}\n", "0.5,", 5, 26, "W_rec[1][1]", "the end of the file (is the file cut off?)", "0 (no cell drives itself)"},
	{"cut off before the end", "]]]\n}\n", "]]]\n", 9, 1, "", "the end of the file (is the file cut off?)", "a comma or }"},
	{"unit", "[0.5, 0]", "[0.5 mV, 0]", 5, 26, "W_rec[1][1]", "mV", "a comma or ]"},
	{"control character", `"rate"`, "\"ra\x01te\"", 2, 21, "hyper.model", `"\"ra\x01te\""`, aModel},
	{"column in characters", ` "W_in": [`, ` "µµ": "→", "W_in": [null, `, 4, 22, "W_in[0]", "null", "an array of 1 element (n_in)"},
}

// wholeTexts are no edit of the minimal problem.
var wholeTexts = []struct {
	name, text     string
	line, column   int
	path           string
	given, allowed string
}{
	{"empty", "", 1, 1, "", "an empty file", "one JSON object as UTF-8 text without a byte order mark"},
	{"blank", " \n ", 2, 2, "", "the end of the file (is the file cut off?)", problemObject},
	{"byte order mark", "\xef\xbb\xbf" + minimal, 1, 1, "", "a byte order mark", "one JSON object as UTF-8 text without a byte order mark"},
	{"UTF-16", "\xff\xfe{\x00}\x00", 1, 1, "", "UTF-16 text", "one JSON object as UTF-8 text without a byte order mark"},
	{"array", "[]", 1, 1, "", "an array", problemObject},
	{"text", `"W_rec"`, 1, 1, "", `"W_rec"`, problemObject},
	{"YAML", "hyper:\n  N: 2\n", 1, 1, "", "hyper", problemObject},
	{"binary", "\x93NUMPY\x01\x00", 1, 1, "", `"\x93NUMPY\x01\x00"`, problemObject},
	{"empty object", " {}", 1, 2, "hyper", "no such key", hyperObject},
	{"hyper an array", `{"hyper": []}`, 1, 11, "hyper", "an array", hyperObject},
	{"hyper empty", `{"hyper": {}}`, 1, 11, "hyper.model", "no such key", aModel},
	{"brackets", strings.Repeat("[", 1000), 1, 1, "", "an array", problemObject},
	{"brackets in a key", `{"a": ` + strings.Repeat("[", 1000), 1, 7 + deepest, "a", "brackets nested more than 64 deep", "at most 64"},
	{"endless text", `{"name": "` + strings.Repeat("a", 3<<20), 1, 10, "name", "more than 1 MiB of text for one value", "at most 1 MiB"},
	{"too many keys", "{" + manyKeys(mostFields+1) + "}", 1, 3074, "k256", "as key number 257 of one object", "at most 256"},
}

func manyKeys(n int) string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf(`"k%03d": [0]`, i)
	}
	return strings.Join(keys, ",")
}

func TestRefuses(t *testing.T) {
	for _, b := range broken {
		t.Run(b.name, func(t *testing.T) {
			refuses(t, edited(t, b.old, b.new), &Error{Line: b.line, Column: b.column, Path: b.path, Given: b.given, Allowed: b.allowed})
		})
	}
	for _, w := range wholeTexts {
		t.Run(w.name, func(t *testing.T) {
			refuses(t, []byte(w.text), &Error{Line: w.line, Column: w.column, Path: w.path, Given: w.given, Allowed: w.allowed})
		})
	}
}

func refuses(t *testing.T, data []byte, want *Error) {
	t.Helper()
	want.File = "p.json"
	p, err := Parse("p.json", data)
	var got *Error
	if !errors.As(err, &got) || p != nil {
		t.Fatalf("read %+v, %v; want the error\n%v", p, err, want)
	}
	if *got != *want {
		t.Errorf("refused with\n%v\nwant\n%v", got, want)
	}
}

func TestErrorIsOneLine(t *testing.T) {
	e := &Error{File: "p.json", Line: 3, Column: 7, Path: "W_rec[3][7]", Given: "NaN", Allowed: aFinite}
	const want = "p.json:3:7: W_rec[3][7]: given NaN; allowed a finite number"
	if e.Error() != want {
		t.Errorf("%q, want %q", e, want)
	}
}

// Classes are read only with cross-entropy.
func TestClasses(t *testing.T) {
	const target = "[[[1, 2], [3, 4]]]\n"
	p, err := Parse("p.json", edited(t, `"mse"`, `"ce"`, target, "[1]"))
	if err != nil || p.Target != nil || len(p.Class) != 1 || p.Class[0] != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	refuses(t, edited(t, `"mse"`, `"ce"`, target, "[2]"),
		&Error{Line: 8, Column: 13, Path: "target[0]", Given: "2", Allowed: "an integer from 0 to 1"})
	refuses(t, edited(t, target, "[1]"),
		&Error{Line: 8, Column: 13, Path: "target[0]", Given: "1", Allowed: "nested arrays, 2 × 2 (T × n_out)"})
}

// A file cut off anywhere is refused, and never taken for a whole one.
func TestEveryTruncationIsRefused(t *testing.T) {
	for n := range len(minimal) - 2 {
		_, err := Parse("p.json", []byte(minimal[:n]))
		var refusal *Error
		if !errors.As(err, &refusal) || refusal.Line < 1 {
			t.Errorf("the first %d bytes: %v", n, err)
		}
	}
}

// FuzzParse holds the loader to an error with a place or a problem whose arrays
// have the sizes it states, none of them larger than its text.
func FuzzParse(f *testing.F) {
	f.Add([]byte(minimal))
	for _, b := range broken {
		f.Add([]byte(strings.Replace(minimal, b.old, b.new, 1)))
	}
	for _, w := range wholeTexts {
		if len(w.text) < 1<<16 {
			f.Add([]byte(w.text))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("p.json", data)
		if err != nil {
			var refusal *Error
			if !errors.As(err, &refusal) || refusal.Line < 1 || refusal.Column < 1 || refusal.Given == "" || refusal.Allowed == "" {
				t.Fatalf("error without a place: %#v", err)
			}
			return
		}
		h := p.Hyper
		for name, sizes := range map[string][2]int{
			"type": {len(p.Type), h.N}, "loss_w": {len(p.LossWeight), h.T}, "mu": {len(p.Hyper.Mu), h.Types * min(1, len(p.Hyper.Mu))},
			"W_in": {len(p.WIn), h.N * h.Inputs}, "W_rec": {len(p.WRec), h.N * h.N}, "W_out": {len(p.WOut), h.N * h.Outputs},
			"b_out": {len(p.BOut), h.Outputs}, "x": {len(p.X), h.B * h.T * h.Inputs},
			"target": {len(p.Target) + len(p.Class)*h.T*h.Outputs, h.B * h.T * h.Outputs},
		} {
			if sizes[0] != sizes[1] || sizes[0] > max(len(data), h.B*h.T*h.Outputs) {
				t.Errorf("%s has %d elements of %d, from %d bytes", name, sizes[0], sizes[1], len(data))
			}
		}
	})
}
