package synapse

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paracrine/sim"
)

// single is one synapse that learns, with a delay of so many ms.
func single(t testing.TB, weight, delay float64) *Sparse {
	t.Helper()
	s, err := Grow(Growth{
		Wiring: Wiring{Pre: 1, Post: 1}, Rule: listed{[]uint32{0}, []uint32{0}}, Plastic: true, Unit: sim.Millisecond,
		Weight: sim.Constant(weight), Delay: sim.Constant(delay),
	}, 0, 1, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The weights that NEST's stdp_dopamine_synapse transmits, to 1e-12; the fixture
// says how they were made.
func TestGatedAgreesWithNEST(t *testing.T) {
	var f struct {
		Params struct {
			APlus   float64 `json:"A_plus"`
			AMinus  float64 `json:"A_minus"`
			TauPlus float64 `json:"tau_plus"`
			TauC    float64 `json:"tau_c"`
			TauN    float64 `json:"tau_n"`
			B       float64 `json:"b"`
			Wmin    float64
			Wmax    float64
		}
		TauMinus      float64      `json:"tau_minus"`
		Delay         float64      `json:"dendritic_delay_ms"`
		DopamineDelay float64      `json:"dopamine_delay_ms"`
		Initial       float64      `json:"w_init"`
		Pre           []float64    `json:"pre_spikes"`
		Post          []float64    `json:"post_spikes"`
		Dopamine      []float64    `json:"dopamine_spikes"`
		Weights       [][2]float64 `json:"weight_at_pre_spike"`
	}
	data, err := os.ReadFile("testdata/dopamine/fixture.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	p := f.Params
	rule := DopamineSTDP{
		Potentiation: p.APlus, Depression: p.AMinus, TauPlus: p.TauPlus, TauMinus: f.TauMinus,
		Eligibility: p.TauC, Baseline: p.B, MinWeight: p.Wmin, MaxWeight: p.Wmax,
	}
	s, gate := single(t, f.Initial, f.Delay), rule.Gate(p.TauN)
	g := NewGated(rule, gate, s, 1, 1, 1)
	if len(f.Weights) != len(f.Pre) || len(f.Pre) != 33 {
		t.Fatalf("%d weights of %d spikes", len(f.Weights), len(f.Pre))
	}
	for i, at := range f.Pre {
		for ; len(f.Dopamine) > 0 && f.Dopamine[0]+f.DopamineDelay <= at; f.Dopamine = f.Dopamine[1:] {
			gate.Release(f.Dopamine[0]+f.DopamineDelay, 1/p.TauN)
		}
		for ; len(f.Post) > 0 && f.Post[0] <= at; f.Post = f.Post[1:] {
			g.Target(0, f.Post[0])
		}
		g.Spike(s, 0, at)
		if got, want := s.Weights()[0], f.Weights[i][1]; math.Abs(got-want) > 1e-12 {
			t.Errorf("at %v ms: weight %.16g, want %.16g", at, got, want)
		}
	}
}

// One pair, one release, by hand. Spikes at 10 ms before and 15 ms after the
// synapse, which the latter reaches at 16 ms; a release q at 116 ms; read at
// 316 ms. From 16 ms on c = A₊ e^{−6/τ₊} e^{−(t−16)/τ_c}, so that
//
//	Δw = A₊ e^{−6/τ₊} (q e^{−100/τ_c} τ (1 − e^{−200/τ}) − b τ_c (1 − e^{−300/τ_c}))
//
// A second presynaptic spike at 216 ms takes A₋ e^{−200/τ₋} from c, and moves the
// weight by that times what n − b does from then on.
func TestGatedByHand(t *testing.T) {
	rule := DopamineSTDP{
		Potentiation: 0.3, Depression: 0.5, TauPlus: 20, TauMinus: 300, Eligibility: 1000, Baseline: 0.004,
		MinWeight: -100, MaxWeight: 100,
	}
	const q, clearance = 0.5, 200.0
	tau := 1 / (1/rule.Eligibility + 1/clearance)
	c := 0.3 * math.Exp(-6.0/20)
	pair := c * (q*math.Exp(-100.0/1000)*tau*(1-math.Exp(-200/tau)) - 0.004*1000*(1-math.Exp(-300.0/1000)))
	n := q * math.Exp(-100.0/200)
	depressed := 0.5 * math.Exp(-200.0/300) * (n*tau*(1-math.Exp(-100/tau)) - 0.004*1000*(1-math.Exp(-100.0/1000)))
	for _, second := range []bool{false, true} {
		s, gate := single(t, 1, 1), rule.Gate(clearance)
		g := NewGated(rule, gate, s, 1, 1, 1)
		g.Spike(s, 0, 10)
		g.Target(0, 15)
		gate.Release(116, q)
		want := 1 + pair
		if second {
			g.Spike(s, 0, 216)
			want -= depressed
		}
		g.Spike(s, 0, 316)
		if got := s.Weights()[0]; math.Abs(got-want) > 1e-12 {
			t.Errorf("a second spike %v: weight %.16g, want %.16g", second, got, want)
		}
	}
}

// gatedTwin is one synapse of DopamineSTDP that every event touches.
type gatedTwin struct {
	rule        DopamineSTDP
	clearance   float64
	at, w, c, n float64
	plus, minus float64 // traces

}

// advance takes the state to a time, over which n and c decay.
func (s *gatedTwin) advance(to float64) {
	wait := to - s.at
	both := 1/s.rule.Eligibility + 1/s.clearance
	s.w += s.c * (s.n*(1-math.Exp(-wait*both))/both - s.rule.Baseline*s.rule.Eligibility*(1-math.Exp(-wait/s.rule.Eligibility)))
	s.w = s.rule.bound(s.w)
	s.c *= math.Exp(-wait / s.rule.Eligibility)
	s.n *= math.Exp(-wait / s.clearance)
	s.plus *= math.Exp(-wait / s.rule.TauPlus)
	s.minus *= math.Exp(-wait / s.rule.TauMinus)
	s.at = to
}

// instant lets happen what does at one time: pairs of the same time do not count.
func (s *gatedTwin) instant(at, released float64, pre, post bool) {
	s.advance(at)
	plus, minus := s.plus, s.minus
	if post {
		s.c += s.rule.Potentiation * plus
		s.minus++
	}
	if pre {
		s.c -= s.rule.Depression * minus
		s.plus++
	}
	s.n += released
}

// drawRule is any rule; bounds that are reached go without a baseline above 0.
func drawRule(t *rapid.T) DopamineSTDP {
	r := DopamineSTDP{
		Potentiation: rapid.Float64Range(0, 1).Draw(t, "A plus"), Depression: rapid.Float64Range(0, 1).Draw(t, "A minus"),
		TauPlus: rapid.Float64Range(2, 30).Draw(t, "tau plus"), TauMinus: rapid.Float64Range(2, 40).Draw(t, "tau minus"),
		Eligibility: rapid.Float64Range(20, 1000).Draw(t, "tau c"), Baseline: rapid.Float64Range(-0.1, 0.1).Draw(t, "b"),
		MinWeight: -1e6, MaxWeight: 1e6,
	}
	if r.Baseline <= 0 && rapid.Bool().Draw(t, "bounded") {
		r.MinWeight, r.MaxWeight = 0, rapid.Float64Range(0.5, 20).Draw(t, "w max")
	}
	return r
}

// How long two cells that learn onto three targets are compared with their twins, in
// steps of 1 ms.
const gatedCells, gatedTargets, gatedSteps, gatedWindow = 2, 3, 3000, 10

// gatedSynapses are those of all cells onto all targets, with delays that differ
// within a row.
func gatedSynapses(t *rapid.T) *Sparse {
	s, err := Grow(Growth{
		Wiring: Wiring{Pre: gatedCells, Post: gatedTargets, Seed: 5}, Rule: AllToAll{}, Plastic: true, Unit: sim.Millisecond,
		Weight: sim.Constant(0.4), Delay: sim.Distribution{Kind: sim.UniformValues, A: 1, B: 3 * gatedWindow},
	}, 0, gatedTargets, 0, gatedTargets)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// requireTwins compares weights with synapses that every event touches: random trains
// with ties, over a span in which the anchor moves many times. settle and hear take
// the gate through the beginning of a window, and through its steps; added is by how
// much the concentration at a target grew at a step.
func requireTwins(t *rapid.T, g *Gated, s *Sparse, clearance float64, stream *sim.Stream, settle func(at float64), hear func(step int), added func(target, step int) float64) {
	rate := rapid.SampledFrom([]float64{0.001, 0.01, 0.05}).Draw(t, "spikes per step")
	trains := make([][]bool, gatedCells+gatedTargets)
	for i := range trains {
		trains[i] = make([]bool, gatedSteps+1)
	}
	for begin := 0; begin < gatedSteps; begin += gatedWindow {
		g.Settle(s, float64(begin))
		settle(float64(begin))
		for step := begin + 1; step <= begin+gatedWindow; step++ {
			hear(step)
		}
		var pre [][2]int
		for step := begin + 1; step <= begin+gatedWindow; step++ {
			for i := range trains {
				last := step == gatedSteps && i < gatedCells // when the twin is read
				if trains[i][step] = stream.Bernoulli(rate) || last; !trains[i][step] {
					continue
				}
				if i >= gatedCells {
					g.Target(uint32(i-gatedCells), float64(step))
				} else {
					pre = append(pre, [2]int{i, step})
				}
			}
		}
		for _, spike := range pre {
			g.Spike(s, spike[0], float64(spike[1]))
		}
	}
	for pre := range gatedCells {
		s.Each(pre, func(target uint32, weight float64, delay int64) {
			twin := gatedTwin{rule: g.rule, clearance: clearance, w: 0.4}
			moved := 0.0
			for step := 1; step <= gatedSteps; step++ {
				before := twin.w
				post := int64(step) > delay && trains[gatedCells+int(target)][step-int(delay)]
				twin.instant(float64(step), added(int(target), step), trains[pre][step], post)
				moved += math.Abs(twin.w - before)
			}
			if math.Abs(weight-twin.w) > 1e-12*(1+moved) {
				t.Fatalf("cell %d, target %d, delay %d ms: weight %v, want %v, of what it moved %v", pre, target, delay, weight, twin.w, moved)
			}
		})
	}
}

// TestGatedEqualsTwin: releases now and then or one every millisecond, that all
// synapses hear.
func TestGatedEqualsTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, s := drawRule(t), gatedSynapses(t)
		clearance := rapid.Float64Range(3, 500).Draw(t, "tau n")
		quantum := rapid.Float64Range(0.001, 0.1).Draw(t, "quantum")
		probability := rapid.SampledFrom([]float64{0.001, 0.02, 1}).Draw(t, "releases per step")
		stream := sim.NewStream(rapid.Uint64().Draw(t, "seed"), "trains", 0)
		gate, released := r.Gate(clearance), make([]float64, gatedSteps+1)
		g := NewGated(r, gate, s, gatedCells, gatedTargets, 1)
		requireTwins(t, g, s, clearance, stream, gate.Settle, func(step int) {
			if stream.Bernoulli(probability) {
				released[step] = quantum
				gate.Release(float64(step), quantum)
			}
		}, func(_, step int) float64 { return released[step] })
	})
}

// TestSampledGateEqualsTwin: every target hears concentrations of its own, sampled now
// and then or every millisecond, and constant in between.
func TestSampledGateEqualsTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, s := drawRule(t), gatedSynapses(t)
		interval := rapid.SampledFrom([]int{1, 7, 200}).Draw(t, "interval")
		stream := sim.NewStream(rapid.Uint64().Draw(t, "seed"), "trains", 0)
		const first = 2 // cells of the gate that are no targets
		gate := r.SampledGate(first+gatedTargets, float64(interval))
		g := NewSampledGated(r, gate, first, s, gatedCells, gatedTargets, 1)
		heard := make([][]float64, gatedSteps+1)
		heard[0] = make([]float64, first+gatedTargets)
		requireTwins(t, g, s, math.Inf(1), stream, gate.Settle, func(step int) {
			heard[step] = heard[step-1]
			if step%interval == 0 {
				heard[step] = make([]float64, first+gatedTargets)
				for j := range heard[step] {
					heard[step][j] = 0.1 * stream.Float64()
				}
				gate.Sample(float64(step), heard[step])
			}
		}, func(target, step int) float64 { return heard[step][first+target] - heard[step-1][first+target] })
	})
}

// G is the integral of n − b under the decay of eligibility: against Gauss–Legendre
// quadrature between releases, across an anchor that moves.
func TestGateIntegral(t *testing.T) {
	rule := DopamineSTDP{TauPlus: 5, TauMinus: 5, Eligibility: 120, Baseline: 0.3}
	const clearance = 35.0
	gate := rule.Gate(clearance)
	releases := [][2]float64{{10, 1}, {10, 0.5}, {47.5, 0.8}, {90, 2}, {220, 0.1}, {380, 1}}
	n := func(t float64) float64 {
		sum := 0.0
		for _, r := range releases {
			if r[0] <= t {
				sum += r[1] * math.Exp(-(t-r[0])/clearance)
			}
		}
		return sum
	}
	between := func(from, to float64) float64 { // ∫ (n − b) e^{−(t−from)/τ_c}
		sum, step := 0.0, 0.25
		for a := from; a < to; a += step {
			for _, node := range []float64{-math.Sqrt(0.6), 0, math.Sqrt(0.6)} {
				weight := 5.0 / 9
				if node == 0 {
					weight = 8.0 / 9
				}
				at := a + step/2*(1+node)
				sum += weight * step / 2 * (n(at) - rule.Baseline) * math.Exp(-(at-from)/rule.Eligibility)
			}
		}
		return sum
	}
	anchor, told := 0.0, 0
	for _, stop := range []float64{5, 47.5, 60, 100, 300, 301, 450} {
		for ; told < len(releases) && releases[told][0] <= stop; told++ {
			gate.Release(releases[told][0], releases[told][1])
		}
		from := math.Max(anchor, stop-40)
		want := between(from, stop) * math.Exp(-(from-anchor)/rule.Eligibility)
		if got := gate.Integral(stop) - gate.Integral(from); math.Abs(got-want) > 1e-11 {
			t.Errorf("from %v to %v ms: %v, want %v", from, stop, got, want)
		}
		if gate.Settle(stop); gate.anchor == stop {
			anchor = stop
		}
	}
	if anchor == 0 {
		t.Error("the anchor has not moved")
	}
}

func TestGatedStateContinues(t *testing.T) {
	rule := DopamineSTDP{
		Potentiation: 1e-4, Depression: 2e-4, TauPlus: 20, TauMinus: 20, Eligibility: 100, MinWeight: 0, MaxWeight: 10,
	}
	run := func(s *Sparse, gate *Gate, g *Gated, from, to int) {
		for k := from; k < to; k++ {
			at := float64(10 * k)
			g.Settle(s, at)
			gate.Settle(at)
			gate.Release(at+1, 0.1)
			g.Target(0, at+2)
			gate.Release(at+2.5, 0.1)
			g.Target(0, at+5)
			g.Spike(s, 0, at+5.5)
		}
	}
	s, gate := single(t, 5, 3), rule.Gate(50)
	g := NewGated(rule, gate, s, 1, 1, 1)
	run(s, gate, g, 0, 33)
	s2, gate2 := single(t, s.Weights()[0], 3), rule.Gate(50)
	g2 := NewGated(rule, gate2, s2, 1, 1, 1)
	if !gate2.SetState(gate.State()) || !g2.SetState(g.State()) || !slices.Equal(g2.State(), g.State()) || !slices.Equal(gate2.State(), gate.State()) {
		t.Fatal("the state changes on its way")
	}
	run(s, gate, g, 33, 80)
	run(s2, gate2, g2, 33, 80)
	if w := s.Weights()[0]; w != s2.Weights()[0] || w == 5 || w == 0 || w == 10 {
		t.Errorf("weights %v and %v", w, s2.Weights()[0])
	}
	for _, wrong := range [][]float64{nil, {0}, g.State()[1:], append(g.State(), 1)} {
		if g2.SetState(wrong) {
			t.Errorf("%v is taken", wrong)
		}
	}
	for _, wrong := range [][]float64{nil, {0}, append(gate.State(), 1)} {
		if gate2.SetState(wrong) {
			t.Errorf("%v is taken for a gate", wrong)
		}
	}
}

// A sampled gate and what learns by it go on from their state, and not from another's.
func TestSampledGateStateContinues(t *testing.T) {
	rule := DopamineSTDP{
		Potentiation: 1e-4, Depression: 2e-4, TauPlus: 20, TauMinus: 20, Eligibility: 100, Baseline: 0.02, MinWeight: -10, MaxWeight: 10,
	}
	run := func(s *Sparse, gate *SampledGate, g *Gated, from, to int) {
		for k := from; k < to; k++ {
			at := float64(10 * k)
			g.Settle(s, at)
			gate.Settle(at)
			gate.Sample(at+3, []float64{7, 0.1 * float64(k%3)})
			g.Target(0, at+2)
			g.Spike(s, 0, at+5.5)
		}
	}
	s, gate := single(t, 5, 3), rule.SampledGate(2, 10)
	g := NewSampledGated(rule, gate, 1, s, 1, 1, 1)
	run(s, gate, g, 0, 33)
	s2, gate2 := single(t, s.Weights()[0], 3), rule.SampledGate(2, 10)
	g2 := NewSampledGated(rule, gate2, 1, s2, 1, 1, 1)
	if !gate2.SetState(gate.State()) || !g2.SetState(g.State()) || !slices.Equal(gate2.State(), gate.State()) {
		t.Fatal("the state changes on its way")
	}
	run(s, gate, g, 33, 80)
	run(s2, gate2, g2, 33, 80)
	if w := s.Weights()[0]; w != s2.Weights()[0] || w == 5 {
		t.Errorf("weights %v and %v", w, s2.Weights()[0])
	}
	for _, wrong := range [][]float64{nil, {0}, {0, 0, 0, 0, 0}, append(gate.State(), 1)} {
		if gate2.SetState(wrong) {
			t.Errorf("%v is taken for a gate", wrong)
		}
	}
}
