package modulator_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paracrine/modulator"
)

// reference holds what an independent program computed for a network.
type reference struct {
	Hyper struct {
		N, T, B int
		Types   int     `json:"n_types"`
		Eta     float64 `json:"eta"`
		Gain    float64 `json:"c_v"`
		Mu      []float64
	}
	Type     []int
	Weights  [][]float64 `json:"W_rec"`
	Means    [][]float64 `json:"type_mean"`
	Existing [][]float64 `json:"type_mean_nonzero"`
	Filters  struct {
		Propagator [][]float64   `json:"Abar_fill"`
		Fill       [][][]float64 `json:"taps_fill"`
		Zero       [][][]float64 `json:"taps_zero"`
		Self       [][]float64   `json:"self_taps_zero"`
	}
}

func eachReference(t *testing.T, run func(t *testing.T, r reference)) {
	t.Helper()
	for _, name := range []string{"rate_mse_2types", "rate_mse_kappa_4types", "rate_ce_last_2types"} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("..", "internal", "problem", "testdata", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var r reference
			if err := json.Unmarshal(data, &r); err != nil {
				t.Fatal(err)
			}
			run(t, r)
		})
	}
}

// response is that of the reference's network.
func (r *reference) response(selfless bool) *modulator.Response {
	types := r.Hyper.Types
	e := modulator.NewExpression(r.Hyper.N, types)
	e.Typewise(modulator.TypeMeans(slices.Concat(r.Weights...), r.Type, types), r.Type, selfless)
	return modulator.NewResponse(e, r.membrane(types), r.membrane(r.Hyper.N), r.mu())
}

func (r *reference) membrane(n int) modulator.Membrane {
	return modulator.Membrane{Decay: slices.Repeat([]float64{r.Hyper.Eta}, n), Gain: slices.Repeat([]float64{r.Hyper.Gain}, n)}
}

// mu is given per type.
func (r *reference) mu() []float64 {
	mu := make([]float64, r.Hyper.N)
	for p, alpha := range r.Type {
		mu[p] = r.Hyper.Mu[alpha]
	}
	return mu
}

func TestMeansEqualReference(t *testing.T) {
	eachReference(t, func(t *testing.T, r reference) {
		w, types := slices.Concat(r.Weights...), r.Hyper.Types
		requireClose(t, "W̄", modulator.TypeMeans(w, r.Type, types), slices.Concat(r.Means...), 1e-14)
		for i, x := range modulator.ExistingMeans(w, r.Type, types) {
			want := r.Existing[r.Type[i/r.Hyper.N]][r.Type[i%r.Hyper.N]]
			if w[i] == 0 {
				want = 0
			}
			requireClose(t, "a mean over synapses", []float64{x}, []float64{want}, 1e-14)
		}
	})
}

func TestPropagatorEqualsReference(t *testing.T) {
	eachReference(t, func(t *testing.T, r reference) {
		requireClose(t, "Ā", r.response(false).Propagator.A, slices.Concat(r.Filters.Propagator...), 1e-14)
	})
}

// TestTapsEqualReference lets one cell of every type hear its own trace once, and
// reads off every ligand step by step, and of the cell itself where it must
// not hear itself.
func TestTapsEqualReference(t *testing.T) {
	eachReference(t, func(t *testing.T, r reference) {
		for _, diagonal := range []struct {
			selfless bool
			taps     [][][]float64
		}{{false, r.Filters.Fill}, {true, r.Filters.Zero}} {
			response := r.response(diagonal.selfless)
			for name, filter := range map[string]modulator.Filter{
				"state space": modulator.NewStateSpace(response, r.Hyper.N, 1),
				"taps":        modulator.NewTaps(response, r.Hyper.N, 1, 0),
			} {
				for beta := range r.Hyper.Types {
					p := slices.Index(r.Type, beta)
					for s, taps := range diagonal.taps {
						trace := []float64{0}
						if s == 0 {
							trace[0] = 1
						}
						filter.Hear(p, trace)
						var want []float64
						for alpha := range r.Hyper.Types {
							want = append(want, taps[alpha][beta])
						}
						self := 0.0
						if diagonal.selfless {
							self = r.Filters.Self[s][beta]
						}
						requireClose(t, name, filter.Heard(p), append(want, self), 1e-14)
					}
				}
			}
		}
	})
}

func TestPropagatorTapsEqualReference(t *testing.T) {
	eachReference(t, func(t *testing.T, r reference) {
		first := slices.Concat(r.Means...)
		for i := range first {
			first[i] *= r.Hyper.Gain
		}
		for s, taps := range r.response(false).Propagator.Taps(first, len(r.Filters.Fill)) {
			requireClose(t, "F_s", taps, slices.Concat(r.Filters.Fill[s]...), 1e-14)
		}
	})
}

// TestFiltersAreConvolutions compares what is heard with a sum over all earlier
// traces, F_s = c_v Ā^(s−1) W̄ written out: state space, every tap, and few.
func TestFiltersAreConvolutions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		types, count := drawTypes(t)
		n, seed := len(types), rapid.Uint64().Draw(t, "seed")
		const synapses, steps, few = 3, 8, 3
		e := modulator.NewExpression(n, count)
		e.Typewise(random(seed, count*count), types, false)
		mu := make([]float64, n)
		for p, alpha := range types {
			mu[p] = 0.1 * float64(1+alpha)
		}
		ligand := modulator.Membrane{Decay: random(seed+1, count), Gain: random(seed+2, count)}
		cell := modulator.Membrane{}
		for _, alpha := range types {
			cell.Decay, cell.Gain = append(cell.Decay, ligand.Decay[alpha]), append(cell.Gain, ligand.Gain[alpha])
		}
		response := modulator.NewResponse(e, ligand, cell, mu)
		p := rapid.IntRange(0, n-1).Draw(t, "cell")
		first := make([]float64, count)
		for l := range count {
			first[l] = ligand.Gain[l] * e.Reception[p*count+l]
		}
		taps := response.Propagator.Taps(first, steps)
		traces := random(seed+3, steps*synapses)
		for name, f := range map[string]struct {
			filter modulator.Filter
			lags   int
		}{
			"state space": {modulator.NewStateSpace(response, n, synapses), steps},
			"every tap":   {modulator.NewTaps(response, n, synapses, 0), steps},
			"few taps":    {modulator.NewTaps(response, n, synapses, few), few},
		} {
			for range 2 {
				f.filter.Reset()
				for now := range steps {
					want := make([]float64, (count+1)*synapses)
					for s := 1; s <= min(now, f.lags); s++ {
						for i := range count * synapses {
							want[i] += taps[s-1][i/synapses] * traces[(now-s)*synapses+i%synapses]
						}
					}
					requireClose(t, name, f.filter.Heard(p), want, 1e-10)
					f.filter.Hear(p, traces[now*synapses:(now+1)*synapses])
				}
			}
			for other := range n {
				if other != p {
					requireClose(t, name+" of another cell", f.filter.Heard(other), make([]float64, (count+1)*synapses), 0)
				}
			}
		}
	})
}
