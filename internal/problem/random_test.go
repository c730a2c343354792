package problem

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"paracrine/internal/trial"
	"paracrine/learning"
)

// drawProblem makes a random network with a random batch of trials: silent
// cells, missing synapses, thresholds, learning windows, with and without a
// readout filter.
func drawProblem(t *rapid.T) *Problem {
	int1 := func(name string, most int) int { return rapid.IntRange(1, most).Draw(t, name) }
	h := Hyper{Model: "rate", N: int1("cells", 9), T: int1("steps", 25), B: int1("trials", 3), Inputs: int1("inputs", 3),
		Outputs: int1("outputs", 3), Types: 1, Eta: rapid.Float64Range(0.3, 0.97).Draw(t, "eta"), Loss: "mse", COut: 1}
	h.CV = 1 - h.Eta
	h.Threshold = rapid.SampledFrom([]float64{0, 0.05, -0.1}).Draw(t, "threshold")
	if rapid.Bool().Draw(t, "filtered") {
		h.Kappa, h.COut = 0.8, 0.2
	}
	h.Types = int1("types", min(3, h.N))
	unit := rapid.Float64Range(-1, 1)
	draw := func(name string, n int) []float64 { return rapid.SliceOfN(unit, n, n).Draw(t, name) }
	p := &Problem{Name: "random", Hyper: h, WIn: draw("W_in", h.N*h.Inputs), WRec: draw("W_rec", h.N*h.N),
		WOut: draw("W_out", h.N*h.Outputs), BOut: draw("b_out", h.Outputs), BFb: draw("B_fb", h.N*h.Outputs),
		Torus: []int{3, 3}, X: draw("x", h.B*h.T*h.Inputs), LossWeight: make([]float64, h.T)}
	for i := range h.N {
		p.Type = append(p.Type, i%h.Types)
		for j := range h.N {
			if i == j || rapid.IntRange(0, 3).Draw(t, "absent") == 0 {
				p.WRec[i*h.N+j] = 0
			}
		}
	}
	for range h.Types {
		p.Hyper.Mu = append(p.Hyper.Mu, rapid.Float64Range(0, 0.5).Draw(t, "mu"))
	}
	first := rapid.IntRange(0, h.T-1).Draw(t, "window")
	for i := first; i < h.T; i++ {
		p.LossWeight[i] = 1
	}
	if h.Outputs > 1 && rapid.Bool().Draw(t, "classes") {
		p.Hyper.Loss = "ce"
		p.Class = rapid.SliceOfN(rapid.IntRange(0, h.Outputs-1), h.B, h.B).Draw(t, "class")
	} else {
		p.Target = draw("target", h.B*h.T*h.Outputs)
	}
	return p
}

// The routes of a rule, and names for the same rule, agree on any network. The
// adjoint route of type-specific rules runs from threshold crossing to threshold
// crossing; the causal ones step by step.
func TestEqualRulesOnRandomNetworks(t *testing.T) {
	for _, same := range [][]string{
		{"bptt", "rtrl", "tbptt:window=25", "tbptt:hops=25", "tbptt:chunk=25"},
		routes("modprop:weights=type"), routes("modprop:form=code"), routes("modprop:diagonal=zero"),
		routes("modprop:diagonal=zero,form=code"), routes("modprop:weights=cell"), routes("modprop:weights=cell,form=code"),
		routes("modprop:weights=expression,ligands=2"), routes("modprop:weights=expression,ligands=2,form=code"),
		routes("modprop:mu=mean-derivative"), routes("modprop:feedback=random"),
		{"modprop:taps=3", "modprop:taps=3,route=taps"}, {"modprop:taps=3,form=code", "modprop:taps=3,form=code,route=taps"},
		{"modprop:taps=3,diagonal=zero", "modprop:taps=3,diagonal=zero,route=taps"},
		{"modprop:taps=1", "mdgl", "modprop:taps=1,route=taps"},
		{"modprop:taps=1,weights=cell", "mdgl:weights=cell"},
		{"modprop:weights=expression,ligands=9", "modprop:weights=cell"},
		{"modprop:weights=type,taps=25", "modprop"},
		{"diffusion", "diffusion:route=state-space", "diffusion:k=0.75,radius=1,shuffle=none"},
		{"diffusion:shuffle=step", "diffusion:shuffle=step,route=state-space"},
		{"eprop", "diffusion:k=0", "diffusion:k=0,route=state-space,shuffle=fixed"},
		{"rflo", "eprop:feedback=random"}, {"rflo:feedback=frozen", "eprop"},
	} {
		t.Run(same[0], func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				p := drawProblem(t)
				first := mustCredit(t, p, same[0])
				for _, text := range same[1:] {
					sameGradient(t, text, mustCredit(t, p, text), first)
				}
			})
		})
	}
}

// Identities that need a special network.
func TestIdentities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)

		silent := *p
		silent.WRec = make([]float64, len(p.WRec))
		sameGradient(t, "MDGL with no feedback weights is e-prop", mustCredit(t, &silent, "mdgl"), mustCredit(t, &silent, "eprop"))

		plain := *p
		plain.Hyper.Kappa, plain.Hyper.COut = 0, 1
		sameGradient(t, "without a readout filter the causal MDGL is MDGL",
			mustCredit(t, &plain, "mdgl:causal=true"), mustCredit(t, &plain, "mdgl"))

		apart := *p
		apart.Hyper.Types, apart.Type, apart.Hyper.Mu = p.Hyper.N, nil, nil
		for i := range p.Hyper.N {
			apart.Type = append(apart.Type, i)
		}
		for _, form := range []string{"paper", "code"} {
			sameGradient(t, "one cell per type is cell-specific",
				mustCredit(t, &apart, "modprop:form="+form), mustCredit(t, &apart, "modprop:weights=cell,form="+form))
		}

		active := *p
		active.Hyper.Threshold = -1e3
		active.WRec = make([]float64, len(p.WRec))
		for i, w := range p.WRec {
			active.WRec[i] = w / float64(10*p.Hyper.N)
		}
		for _, form := range []string{"paper", "code"} {
			sameGradient(t, "cell-specific ModProp with μ = ψ is BPTT",
				mustCredit(t, &active, "modprop:weights=cell,mu=1,form="+form), mustCredit(t, &active, "bptt"))
		}
	})
}

// BPTT is the derivative of the loss: central differences on the fixtures,
// whose potentials stay clear of the threshold. Spikes have no derivative.
func TestBPTTIsTheDerivative(t *testing.T) {
	const h = 1e-6
	for _, name := range fixtures {
		p, _ := readFixture(t, name)
		if p.Hyper.Model != "rate" {
			continue
		}
		credit := creditOf(t, p, "bptt", Descent{})
		gradients := [][]float64{credit.Gradient.In, credit.Gradient.Rec, transpose(credit.Gradient.Out, p.Hyper.Outputs, p.Hyper.N), credit.Gradient.Bias}
		for a, weights := range [][]float64{p.WIn, p.WRec, p.WOut, p.BOut} {
			for i := range weights {
				if a == 1 && i%(p.Hyper.N+1) == 0 {
					continue
				}
				was := weights[i]
				weights[i] = was + h
				up := lossOf(t, p)
				weights[i] = was - h
				down := lossOf(t, p)
				weights[i] = was
				if got, want := gradients[a][i], (up-down)/(2*h); math.Abs(got-want) > 1e-6*(1+math.Abs(want)) {
					t.Fatalf("%s: %s[%d] is %v, the difference quotient %v", name, learning.Compared[a], i, got, want)
				}
			}
		}
	}
}

func lossOf(t *testing.T, p *Problem) float64 {
	t.Helper()
	var batch *trial.Batch
	batch, err := p.batch(p.Network())
	if err == nil {
		err = batch.Run()
	}
	if err != nil {
		t.Fatal(err)
	}
	loss := 0.0
	for b := range p.Hyper.B {
		loss += batch.Loss(b) / float64(p.Hyper.B)
	}
	return loss
}

// Negative controls: every knob moves the gradient of W_rec, on a network that
// is alive: some cells cross their threshold, none of the gradients is zero.
func TestEveryKnobMatters(t *testing.T) {
	p, _ := readFixture(t, "rate_mse_kappa_4types.json")
	net := p.Network()
	batch, err := p.batch(net)
	if err != nil {
		t.Fatal(err)
	}
	if err := batch.Run(); err != nil {
		t.Fatal(err)
	}
	if _, psi := batch.Activity(); psi[0] == 0 || psi[0] == 1 {
		t.Fatalf("the network is not alive: mean derivative %v", psi)
	}
	for _, pair := range [][2]string{
		{"bptt", "eprop"}, {"eprop", "eprop:feedback=random"}, {"eprop", "mdgl"}, {"mdgl", "modprop"},
		{"mdgl", "mdgl:weights=cell"}, {"mdgl", "mdgl:weights=existing"}, {"mdgl", "mdgl:diagonal=zero"}, {"mdgl", "mdgl:causal=true"},
		{"modprop", "modprop:mu=0.5"}, {"modprop", "modprop:mu=0.2/0.2/0.2/0.9"}, {"modprop", "modprop:mu=mean-derivative"},
		{"modprop", "modprop:weights=cell"}, {"modprop", "modprop:weights=expression"}, {"modprop", "modprop:diagonal=zero"},
		{"modprop", "modprop:form=code"}, {"modprop", "modprop:taps=2"}, {"modprop", "modprop:feedback=random"},
		{"modprop:weights=expression,ligands=1", "modprop:weights=expression,ligands=3"},
		{"modprop:taps=2", "modprop:taps=3"}, {"tbptt:window=3", "tbptt:window=4"}, {"tbptt:hops=3", "tbptt:hops=4"},
		{"tbptt:chunk=7", "tbptt:chunk=8"}, {"tbptt:window=5", "tbptt:hops=5"}, {"bptt", "modprop:weights=cell"},
		{"modprop:mu=30,guard=off", "modprop:mu=30,guard=on"},
	} {
		a, b := creditOf(t, p, pair[0], Descent{}), creditOf(t, p, pair[1], Descent{})
		if distance(a.Gradient.Rec, b.Gradient.Rec) < 1e-6 {
			t.Errorf("%s and %s have the same gradient", pair[0], pair[1])
		}
		if distance(a.Gradient.Rec, make([]float64, len(a.Gradient.Rec))) == 0 {
			t.Errorf("the gradient of %s is zero", pair[0])
		}
	}
	for name, change := range map[string]func(p *Problem){
		"κ": func(p *Problem) { p.Hyper.Kappa, p.Hyper.COut = 0.5, 0.5 },
		"η": func(p *Problem) { p.Hyper.Eta = 0.9 },
		"ϑ": func(p *Problem) { p.Hyper.Threshold = 0.05 },
	} {
		changed, _ := readFixture(t, "rate_mse_kappa_4types.json")
		change(changed)
		if distance(creditOf(t, p, "modprop", Descent{}).Gradient.Rec, creditOf(t, changed, "modprop", Descent{}).Gradient.Rec) < 1e-6 {
			t.Errorf("%s does not matter", name)
		}
	}
}

// An unstable propagator: radius above 1, and with the guard at most the bound.
func TestGuardBoundsTheRadius(t *testing.T) {
	p, _ := readFixture(t, "rate_mse_kappa_4types.json")
	for _, rule := range []string{"modprop:mu=30", "modprop:weights=cell,mu=30", "modprop:weights=expression,mu=30", "modprop:mu=30,diagonal=zero"} {
		if free := creditOf(t, p, rule, Descent{}); free.Radius <= 1 {
			t.Errorf("%s is stable, radius %v", rule, free.Radius)
		}
		held := creditOf(t, p, rule+",guard=on", Descent{})
		if held.Radius > learning.RadiusBound || held.Radius < learning.RadiusBound-1e-3 || held.Mu[0] <= 0 || held.Mu[0] >= 30 {
			t.Errorf("%s,guard=on has radius %v and μ %v", rule, held.Radius, held.Mu)
		}
	}
}

func mustCredit(t *rapid.T, p *Problem, text string) Credit {
	t.Helper()
	rule, err := learning.ParseRule(text)
	if err != nil {
		t.Fatal(err)
	}
	credits, err := p.Gradients([]learning.Rule{rule}, Descent{})
	if err != nil {
		t.Fatal(err)
	}
	return credits[0]
}

// sameGradient asks for 1e-9 of the largest element.
func sameGradient(t *rapid.T, what string, got, want Credit) {
	t.Helper()
	for i, a := range got.Gradient.Arrays() {
		b := want.Gradient.Arrays()[i]
		largest := 1e-300
		for _, x := range b {
			largest = math.Max(largest, math.Abs(x))
		}
		if d := distance(a, b); !(d <= 1e-9*largest+1e-15) {
			t.Fatalf("%s: %s differs by %g of %g", what, learning.Compared[i], d, largest)
		}
	}
}

// distance is the largest difference of two arrays.
func distance(a, b []float64) float64 {
	d := 0.0
	for i := range a {
		d = math.Max(d, math.Abs(a[i]-b[i]))
	}
	return d
}
