package synapse

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paracrine/sim"
)

// listed connects given pairs.
type listed struct{ pre, post []uint32 }

func (l listed) Connect(_ Wiring, _, _ int, yield func(Batch)) {
	yield(Batch{Pre: l.pre, Post: l.post})
}
func (l listed) Expected(Wiring) float64 { return float64(len(l.pre)) }
func (l listed) Check(Wiring) error      { return nil }

// twinWeight is the weight of a synapse after the last spike of its presynaptic
// cell, with every pair of spikes summed in the order in which they reach it.
func twinWeight(r STDP, w, delay float64, pre, post []float64) float64 {
	type event struct {
		at  float64
		pre bool
	}
	var events []event
	for _, t := range pre {
		events = append(events, event{t, true})
	}
	for _, t := range post {
		if len(pre) > 0 && t+delay <= pre[len(pre)-1] {
			events = append(events, event{t + delay, false})
		}
	}
	slices.SortStableFunc(events, func(a, b event) int {
		switch {
		case a.at < b.at || a.at == b.at && !a.pre && b.pre:
			return -1
		case a == b:
			return 0
		}
		return 1
	})
	for _, e := range events {
		k := 0.0
		for _, other := range events {
			switch {
			case other.pre == e.pre || other.at >= e.at:
			case e.pre:
				k += math.Exp(-(e.at - other.at) / r.TauMinus)
			default:
				k += math.Exp(-(e.at - other.at) / r.TauPlus)
			}
		}
		switch {
		case e.pre:
			w = math.Max(0, w-r.Rate*r.Asymmetry*r.MaxWeight*math.Pow(w/r.MaxWeight, r.MuMinus)*k)
		case k > 0:
			w = math.Min(r.MaxWeight, w+r.Rate*r.MaxWeight*math.Pow(1-w/r.MaxWeight, r.MuPlus)*k)
		}
	}
	return w
}

// TestPlasticEqualsAllPairs compares weights with the sum over all pairs: random
// trains with ties, bounds that are reached, silent cells, delays that differ
// within a row, and a span over which the anchor moves many times.
func TestPlasticEqualsAllPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mu := rapid.SampledFrom([]float64{0, 0.02, 0.4, 1})
		r := STDP{
			Rate: rapid.Float64Range(0.001, 0.2).Draw(t, "rate"), Asymmetry: rapid.Float64Range(0.1, 2).Draw(t, "asymmetry"),
			TauPlus: rapid.Float64Range(2, 30).Draw(t, "tau plus"), TauMinus: rapid.Float64Range(2, 40).Draw(t, "tau minus"),
			MuPlus: mu.Draw(t, "mu plus"), MuMinus: mu.Draw(t, "mu minus"), MaxWeight: rapid.Float64Range(0.1, 10).Draw(t, "w max"),
		}
		const cells, targets, steps = 2, 3, 4000
		const window = 10 // steps, of 1 ms
		rate := rapid.SampledFrom([]float64{0.0005, 0.01, 0.05}).Draw(t, "spikes per step")
		stream := sim.NewStream(rapid.Uint64().Draw(t, "seed"), "trains", 0)
		trains := make([][]float64, cells+targets)
		var rule listed
		for pre := range cells {
			for post := range targets {
				if rapid.IntRange(0, 9).Draw(t, "synapse") > 1 {
					rule.pre, rule.post = append(rule.pre, uint32(pre)), append(rule.post, uint32(post))
				}
			}
		}
		s, err := Grow(Growth{
			Wiring: Wiring{Pre: cells, Post: targets, Seed: 5}, Rule: rule, Plastic: true, Unit: sim.Millisecond,
			Weight: sim.Distribution{Kind: sim.UniformValues, B: r.MaxWeight},
			Delay:  sim.Distribution{Kind: sim.UniformValues, A: window, B: 3 * window},
		}, 0, targets, 0, targets)
		if err != nil {
			t.Fatal(err)
		}
		initial := slices.Clone(s.Weights())
		p := NewPlastic(r, cells, targets, 1)
		for begin := 0; begin < steps; begin += window {
			p.Settle(s, float64(begin))
			var pre []int
			for step := begin + 1; step <= begin+window; step++ {
				for i := range trains {
					// All presynaptic cells spike last: weights have then made up
					// for all that the twin counts.
					if last := step == steps && i < cells; !stream.Bernoulli(rate) && !last {
						continue
					}
					trains[i] = append(trains[i], float64(step))
					if i >= cells {
						p.Target(uint32(i-cells), float64(step))
					} else {
						pre = append(pre, step*cells+i)
					}
				}
			}
			for _, spike := range pre {
				p.Spike(s, spike%cells, float64(spike/cells))
			}
		}
		at := 0
		for pre := range cells {
			s.Each(pre, func(target uint32, weight float64, delay int64) {
				want := twinWeight(r, initial[at], float64(delay), trains[pre], trains[cells+target])
				if math.Abs(weight-want) > 1e-9*r.MaxWeight {
					t.Fatalf("cell %d, target %d, delay %d ms: weight %v, want %v (initially %v)", pre, target, delay, weight, want, initial[at])
				}
				at++
			})
		}
	})
}

// The windows of the rule: single pairs at an interval Δt change the weight by
// λ w_max exp(−Δt/τ₊), and by −λ α w_max exp(Δt/τ₋).
func TestSTDPWindow(t *testing.T) {
	r := STDP{Rate: 0.01, Asymmetry: 1.05, TauPlus: 20, TauMinus: 25, MaxWeight: 1}
	for _, interval := range []float64{1, 5, 20, 60} {
		for _, causal := range []bool{true, false} {
			s, err := Grow(Growth{
				Wiring: Wiring{Pre: 1, Post: 1}, Rule: listed{[]uint32{0}, []uint32{0}}, Plastic: true, Unit: sim.Millisecond,
				Weight: sim.Constant(0.5), Delay: sim.Constant(1),
			}, 0, 1, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			p := NewPlastic(r, 1, 1, 1)
			want := 0.5
			if causal {
				p.Spike(s, 0, 10)
				p.Target(0, 10-1+interval) // reaches the synapse interval later
				p.Spike(s, 0, 10+1e6)      // too late to pair itself
				want += 0.01 * math.Exp(-interval/20)
			} else {
				p.Target(0, 10-1)
				p.Spike(s, 0, 10+interval)
				want -= 0.01 * 1.05 * math.Exp(-interval/25)
			}
			if got := s.Weights()[0]; math.Abs(got-want) > 1e-15 {
				t.Errorf("interval %v ms, causal %v: weight %v, want %v", interval, causal, got, want)
			}
		}
	}
}

func TestPlasticStateContinues(t *testing.T) {
	r := STDP{Rate: 0.01, Asymmetry: 1, TauPlus: 20, TauMinus: 20, MaxWeight: 1}
	p := NewPlastic(r, 2, 3, 1)
	p.Target(1, 5)
	p.Target(1, 9)
	p.trace[0], p.last[0] = 1.5, 7
	q := NewPlastic(r, 2, 3, 1)
	if !q.SetState(p.State()) || !slices.Equal(q.State(), p.State()) {
		t.Error("the state changes on its way")
	}
	for _, wrong := range [][]float64{nil, p.State()[:8], append(p.State(), 1), {0, 0, 0, 0, 0, 0, 0, math.NaN(), 0, 0}, {0, 0, 0, 0, 0, 0, 0, 1e300, 0, 0}} {
		if q.SetState(wrong) {
			t.Errorf("%v is taken", wrong)
		}
	}
}
