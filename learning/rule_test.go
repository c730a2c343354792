package learning_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"paracrine/learning"
)

func parse(t *testing.T, text string) learning.Rule {
	t.Helper()
	r, err := learning.ParseRule(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestParseRule(t *testing.T) {
	for _, want := range []learning.Rule{
		{Given: "bptt", Name: "bptt", Feedback: "symmetric"},
		{Given: "rtrl", Name: "rtrl", Feedback: "symmetric"},
		{Given: "tbptt:window=5", Name: "tbptt", Window: 5, Feedback: "symmetric"},
		{Given: "tbptt:hops=1", Name: "tbptt", Hops: 1, Feedback: "symmetric"},
		{Given: "tbptt:chunk=10", Name: "tbptt", Chunk: 10, Feedback: "symmetric"},
		{Given: "eprop", Name: "eprop", Feedback: "symmetric"},
		{Given: "eprop:feedback=frozen", Name: "eprop", Feedback: "frozen"},
		{Given: "eprop:feedback=sparse", Name: "eprop", Feedback: "sparse", Density: 0.1},
		{Given: "rflo:density=1,feedback=sparse", Name: "rflo", Feedback: "sparse", Density: 1},
		{Given: "eprop:feedback=adaptive", Name: "eprop", Feedback: "adaptive"},
		{Given: "rflo", Name: "rflo", Feedback: "random"},
		{Given: "mdgl", Name: "mdgl", Weights: "type", Diagonal: "fill", Feedback: "symmetric"},
		{Given: "mdgl:weights=existing,causal=true", Name: "mdgl", Weights: "existing", Diagonal: "fill", Causal: true, Feedback: "symmetric"},
		{Given: "mdgl:causal=false,diagonal=zero", Name: "mdgl", Weights: "type", Diagonal: "zero", Feedback: "symmetric"},
		{Given: "modprop", Name: "modprop", Weights: "type", Diagonal: "fill", Form: "paper", Through: "ideal", Dynamics: "leak", Feedback: "symmetric"},
		{Given: "modprop:mu=0.2/0.3,guard=off,route=taps,taps=7", Name: "modprop", Weights: "type", Diagonal: "fill", Form: "paper", Through: "ideal", Dynamics: "leak",
			Feedback: "symmetric", Mu: []float64{0.2, 0.3}, Guard: "off", Route: "taps", Taps: 7},
		{Given: "modprop:weights=expression,ligands=8,mu=mean-derivative,form=code,dynamics=full,feedback=random", Name: "modprop", Weights: "expression",
			Ligands: 8, Diagonal: "fill", Form: "code", Through: "ideal", Dynamics: "full", Feedback: "random", MeanDerivative: true},
		{Given: "modprop:mu=0", Name: "modprop", Weights: "type", Diagonal: "fill", Form: "paper", Through: "ideal", Dynamics: "leak", Feedback: "symmetric", Mu: []float64{0}},
		{Given: "modprop:through=mixed,clearance=5", Name: "modprop", Weights: "type", Diagonal: "fill", Form: "paper", Through: "mixed", Chemistry: learning.Chemistry{Clearance: []float64{5}}, Dynamics: "leak", Feedback: "symmetric"},
		{Given: "modprop:through=lattice,clearance=5ms,diffusion=0.5µm²/ms,decay=7,rise=2 ms,carrier=opponent", Name: "modprop", Weights: "type", Diagonal: "fill", Form: "paper",
			Through: "lattice", Chemistry: learning.Chemistry{Carrier: "opponent", Clearance: []float64{5}, Diffusion: []float64{0.5}, Decay: []float64{7}, Rise: []float64{2}}, Dynamics: "leak", Feedback: "symmetric"},
		{Given: "modprop:through=ideal,clearance=5,diffusion=2,decay=7,rise=2,carrier=opponent,mu=1", Name: "modprop", Weights: "type", Diagonal: "fill", Form: "paper", Through: "ideal", Dynamics: "leak", Feedback: "symmetric", Mu: []float64{1}},
		{Given: "modprop:mu=mean-derivative,span=50", Name: "modprop", Weights: "type", Diagonal: "fill", Form: "paper", Through: "ideal", Dynamics: "leak",
			Feedback: "symmetric", MeanDerivative: true, Span: 50},
		{Given: "diffusion", Name: "diffusion", Kept: 0.75, Radius: 1, Shuffle: "none", Feedback: "symmetric"},
		{Given: "diffusion:k=0,radius=0,shuffle=step,route=events,feedback=frozen,reset=1", Name: "diffusion", Shuffle: "step", Route: "events", Feedback: "frozen", Reset: "1"},
		{Given: "modprop:taps=all,guard=on", Name: "modprop", Weights: "type", Diagonal: "fill", Form: "paper", Through: "ideal", Dynamics: "leak", Feedback: "symmetric", Guard: "on"},
	} {
		got := parse(t, want.Given)
		if want.Ligands == 0 {
			want.Ligands = got.Ligands
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as\n%+v, want\n%+v", want.Given, got, want)
		}
	}
}

func TestParseRuleRefuses(t *testing.T) {
	for text, problem := range map[string]string{
		"":                      `unknown name ""; allowed are bptt, rtrl, tbptt, eprop, rflo, mdgl, modprop, diffusion`,
		"BPTT":                  `unknown name "BPTT"; allowed are bptt, rtrl, tbptt, eprop, rflo, mdgl, modprop, diffusion`,
		"modprop ":              `unknown name "modprop "; allowed are bptt, rtrl, tbptt, eprop, rflo, mdgl, modprop, diffusion`,
		":mu=1":                 `unknown name ""; allowed are bptt, rtrl, tbptt, eprop, rflo, mdgl, modprop, diffusion`,
		"bptt:window=5":         `unknown option "window"; bptt has reset`,
		"rtrl:feedback=a":       `unknown option "feedback"; rtrl has reset`,
		"tbptt":                 `give exactly one of window, hops, chunk: each cuts the gradient in another way`,
		"tbptt:window=0":        `window=0; allowed are whole numbers from 1`,
		"tbptt:hops=-3":         `hops=-3; allowed are whole numbers from 1`,
		"tbptt:chunk=2.5":       `chunk=2.5; allowed are whole numbers from 1`,
		"tbptt:window=":         `window=; allowed are whole numbers from 1`,
		"tbptt:steps=5":         `unknown option "steps"; tbptt has window, hops, chunk, reset`,
		"eprop:mu=0.2":          `unknown option "mu"; eprop has route, feedback, density, reset`,
		"eprop:feedback":        `"feedback" is not option=value`,
		"eprop:,":               `"" is not option=value`,
		"rflo:feedback=no":      `feedback=no; allowed are random, sparse, frozen, adaptive`,
		"mdgl:weights=all":      `weights=all; allowed are cell, type, existing`,
		"mdgl:diagonal=":        `diagonal=; allowed are fill, zero`,
		"mdgl:causal=yes":       `causal=yes; allowed are false, true`,
		"modprop:form=mine":     `form=mine; allowed are paper, code`,
		"modprop:taps=0":        `taps=0; allowed are whole numbers from 1`,
		"modprop:guard=1":       `guard=1; allowed are on, off`,
		"modprop:route=":        `route=; allowed are state-space, events, taps, adjoint`,
		"modprop:mu=":           `mu=; allowed are numbers from 0, one or one per type separated by /, or mean-derivative`,
		"modprop:mu=-0.1":       `mu=-0.1; allowed are numbers from 0, one or one per type separated by /, or mean-derivative`,
		"modprop:mu=NaN":        `mu=NaN; allowed are numbers from 0, one or one per type separated by /, or mean-derivative`,
		"modprop:mu=0.2/":       `mu=0.2/; allowed are numbers from 0, one or one per type separated by /, or mean-derivative`,
		"modprop:mu=1e999":      `mu=1e999; allowed are numbers from 0, one or one per type separated by /, or mean-derivative`,
		"modprop:mu=0.2;1":      `mu=0.2;1; allowed are numbers from 0, one or one per type separated by /, or mean-derivative`,
		"diffusion:k=1.01":      `k=1.01; allowed are numbers from 0 to 1`,
		"diffusion:k=-0.1":      `k=-0.1; allowed are numbers from 0 to 1`,
		"diffusion:k=NaN":       `k=NaN; allowed are numbers from 0 to 1`,
		"diffusion:radius=-1":   `radius=-1; allowed are whole numbers from 0`,
		"diffusion:radius=x":    `radius=x; allowed are whole numbers from 0`,
		"diffusion:shuffle=all": `shuffle=all; allowed are none, fixed, step`,
		"eprop:k=0.5":           `unknown option "k"; eprop has route, feedback, density, reset`,

		"tbptt:window=5,hops=5":           `give exactly one of window, hops, chunk: each cuts the gradient in another way`,
		"eprop:feedback=bad":              `feedback=bad; allowed are symmetric, random, sparse, frozen, adaptive`,
		"rflo:feedback=symmetric":         `feedback=symmetric; allowed are random, sparse, frozen, adaptive`,
		"modprop:mu=0.1,mu=0.2":           `option "mu" is given twice`,
		"modprop:dynamics=both":           `dynamics=both; allowed are leak, full`,
		"modprop:ligands=4":               `ligands belongs to weights=expression; weights=type was given or is the default`,
		"modprop:weights=cell,ligands=4":  `ligands belongs to weights=expression; weights=cell was given or is the default`,
		"modprop:weights=existing":        `weights=existing; allowed are cell, type, expression`,
		"modprop:taps=5,guard=on":         `a finite number of taps cannot diverge, so guard=on has nothing to do; it belongs to taps=all`,
		"mdgl:weights=cell,diagonal=zero": `diagonal belongs to weights=type; weights=cell has no type means`,

		"modprop:weights=expression,ligands=x":         `ligands=x; allowed are whole numbers from 1`,
		"modprop:weights=expression,diagonal=fill":     `diagonal belongs to weights=type; weights=expression has no type means`,
		"eprop:density=0.2":                            `density belongs to feedback=sparse; feedback=symmetric was given or is the default`,
		"eprop:feedback=sparse,density=0":              `density=0; allowed are numbers above 0, at most 1`,
		"eprop:feedback=sparse,density=NaN":            `density=NaN; allowed are numbers above 0, at most 1`,
		"eprop:feedback=sparse,density=1.5":            `density=1.5; allowed are numbers above 0, at most 1`,
		"modprop:span=5":                               `span belongs to mu=mean-derivative; a given mu is the same throughout the trial`,
		"modprop:mu=0.2,span=5":                        `span belongs to mu=mean-derivative; a given mu is the same throughout the trial`,
		"modprop:mu=mean-derivative,span=0":            `span=0; allowed are whole numbers from 1`,
		"modprop:mu=mean-derivative,span=5,route=taps": `stored traces are weighted with one filter, but span=5 changes it within the trial; use route=state-space, events or adjoint`,
		"modprop:route=state-space,taps=5":             `route=state-space keeps every lag, so taps has no meaning; use route=taps or route=adjoint`,
		"modprop:mu=mean-derivative/0.2":               `mu=mean-derivative/0.2; allowed are numbers from 0, one or one per type separated by /, or mean-derivative`,
		"modprop:weight=cell":                          `unknown option "weight"; modprop has weights, ligands, diagonal, form, mu, span, guard, taps, through, carrier, clearance, diffusion, decay, rise, dynamics, route, feedback, density, reset`,
	} {
		_, err := learning.ParseRule(text)
		var refused *learning.RuleError
		if !errors.As(err, &refused) {
			t.Errorf("%q is accepted (%v)", text, err)
			continue
		}
		if refused.Rule != text || refused.Problem != problem {
			t.Errorf("%q is refused with\n%s\nwant\n%s", text, refused.Problem, problem)
		}
		if !strings.Contains(err.Error(), text) || !strings.Contains(err.Error(), problem) {
			t.Errorf("the error %q lacks rule or problem", err)
		}
	}
}

// values are the values an option's documentation lists, with examples in the
// place of numbers.
func values(o learning.Option) []string {
	list := strings.Split(o.Values, "|")
	for i, v := range list {
		switch v {
		case "steps", "number", "number of ms", "number of µm²/ms":
			list[i] = "3"
			if o.Name == "density" {
				list[i] = "0.3"
			}
		case "number from 0 to 1":
			list[i] = "0.3"
		case "number/number/…":
			list[i] = "0.1/0.2"
		}
	}
	return list
}

// needs are options without which another makes no sense.
var needs = map[string]string{"ligands": "weights=expression,", "carrier": "through=mixed,", "clearance": "through=mixed,",
	"span": "mu=mean-derivative,", "density": "feedback=sparse,",
	"diffusion": "through=lattice,", "decay": "through=mixed,", "rise": "through=mixed,decay=3,"}

func TestDocumentedOptionsAreAccepted(t *testing.T) {
	for _, kind := range learning.RuleKinds() {
		if kind.Meaning == "" || kind.Source == "" {
			t.Errorf("%s is not documented", kind.Name)
		}
		if _, err := learning.ParseRule(kind.Name); err != nil && kind.Name != "tbptt" {
			t.Errorf("%s without options: %v", kind.Name, err)
		}
		for _, o := range kind.Options {
			if o.Meaning == "" {
				t.Errorf("%s:%s is not documented", kind.Name, o.Name)
			}
			for _, value := range values(o) {
				before := needs[o.Name]
				if kind.Name == "tbptt" && o.Name == "reset" {
					before = "window=5,"
				}
				parse(t, kind.Name+":"+before+o.Name+"="+value)
			}
		}
	}
}

// TestDocumentedDefaults asks that an option left out is the option at its
// default, wherever the documentation gives a value.
func TestDocumentedDefaults(t *testing.T) {
	for _, kind := range learning.RuleKinds() {
		for _, o := range kind.Options {
			if o.Default == "" || strings.Contains(o.Default, " ") || o.Name == "mu" {
				continue
			}
			with := parse(t, kind.Name+":"+needs[o.Name]+o.Name+"="+o.Default)
			without := parse(t, strings.TrimSuffix(kind.Name+":"+needs[o.Name], ","))
			with.Given, without.Given = "", ""
			if !reflect.DeepEqual(with, without) {
				t.Errorf("%s: %s=%s is not the default", kind.Name, o.Name, o.Default)
			}
		}
	}
	c := plain().build(t)
	c.identity(t, "modprop", "modprop:mu=0.25")
}

func TestRuleChecks(t *testing.T) {
	for rule, want := range map[string]struct{ causal, online, filters bool }{
		"bptt":                      {false, false, false},
		"rtrl":                      {true, true, false},
		"tbptt:chunk=5":             {false, false, false},
		"eprop":                     {false, true, false},
		"rflo":                      {false, true, false},
		"mdgl:causal=true":          {false, true, false},
		"modprop":                   {false, true, true},
		"diffusion":                 {false, true, false},
		"diffusion:route=adjoint":   {false, false, false},
		"diffusion:route=events":    {true, true, false},
		"modprop:route=adjoint":     {false, false, true},
		"modprop:route=taps":        {true, true, true},
		"modprop:route=state-space": {true, true, true},

		"modprop:mu=mean-derivative,span=5":        {false, true, true},
		"modprop:mu=mean-derivative,span=5,taps=1": {false, true, true},
		"modprop:mu=mean-derivative,span=5,taps=2": {false, false, true},
	} {
		r := parse(t, rule)
		if r.IsCausal() != want.causal || (r.CheckOnline() == nil) != want.online || r.Filters() != want.filters {
			t.Errorf("%s: causal %v, online %v, filters %v, want %+v", rule, r.IsCausal(), r.CheckOnline(), r.Filters(), want)
		}
	}
	err := parse(t, "bptt").CheckOnline()
	if want := `rule "bptt": it runs backward over a finished trial, so it cannot learn online within one; allowed are eprop, rflo, mdgl, modprop, diffusion (not route=adjoint) and rtrl`; err.Error() != want {
		t.Errorf("refused with\n%v\nwant\n%v", err, want)
	}
	if err := parse(t, "modprop:mu=0.1").CheckTypes(3); err != nil {
		t.Errorf("one mu for three types: %v", err)
	}
	err = parse(t, "modprop:mu=0.1/0.2").CheckTypes(3)
	if want := `rule "modprop:mu=0.1/0.2": mu has 2 values, the network has 3 cell types; allowed are 1 or 3`; err == nil || err.Error() != want {
		t.Errorf("two mu for three types are refused with\n%v\nwant\n%v", err, want)
	}
}

// FuzzParseRule asks that a rule is read or refused with a reason, and that what
// is read can be put to work.
func FuzzParseRule(f *testing.F) {
	for _, kind := range learning.RuleKinds() {
		f.Add(kind.Name)
		for _, o := range kind.Options {
			for _, value := range values(o) {
				f.Add(kind.Name + ":" + o.Name + "=" + value)
			}
		}
	}
	for _, text := range []string{"modprop:mu=0.1/0.2/0.3,taps=5,route=taps", "modprop:", "tbptt:window=99999999999999999999", "mdgl:=", "modprop:mu=0x1p-3", "modprop:weights=expression,ligands=1000"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := learning.ParseRule(text)
		if err != nil {
			var refused *learning.RuleError
			if !errors.As(err, &refused) || refused.Rule != text || refused.Problem == "" {
				t.Fatalf("%q is refused with %#v", text, err)
			}
			return
		}
		if again, err := learning.ParseRule(text); err != nil || !reflect.DeepEqual(r, again) {
			t.Fatalf("%q is read as %+v, then as %+v (%v)", text, r, again, err)
		}
		for _, mu := range r.Mu {
			if !(mu >= 0) || math.IsInf(mu, 0) {
				t.Fatalf("%q has μ = %v", text, mu)
			}
		}
		if r.Given != text || r.Ligands < 1 || r.Taps < 0 {
			t.Fatalf("%q is read as %+v", text, r)
		}
		_, err = learning.NewCredit(r, plain().network(random()), 1, nil, true)
		var refused *learning.RuleError
		if err != nil && !errors.As(err, &refused) && len(r.Mu) == 0 {
			t.Fatalf("%q cannot be put to work: %v", text, err)
		}
	})
}
