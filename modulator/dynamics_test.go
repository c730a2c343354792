package modulator_test

import (
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"paracrine/modulator"
)

// followed is a network whose reset and adaptation credit sees.
type followed struct {
	e        *modulator.Expression
	dynamics *modulator.Dynamics
	mu       []float64
	exact    bool // every mode of its ligands is one of its cells
}

// drawFollowed draws types of cells, two kinds to a type, and W_fb of every sort.
func drawFollowed(t *rapid.T) followed {
	types, count := drawTypes(t)
	n, seed := len(types), rapid.Uint64().Draw(t, "seed")
	r := rand.New(rand.NewPCG(seed, 37))
	one := func(choices ...float64) float64 { return choices[r.IntN(len(choices))] }
	d := &modulator.Dynamics{}
	for range 2 * count {
		k := modulator.Kind{Decay: one(0, 0.5, 0.9), Gain: one(1, 0.5), Taken: one(0, 0.6, 1), AdaptationGain: one(1, 0.3), Adaptation: one(0, 0.4, 1.5)}
		if k.Adaptation != 0 {
			k.AdaptationDecay = one(0.5, 0.95, 0.9)
		}
		d.Kinds = append(d.Kinds, k)
	}
	f := followed{dynamics: d, mu: make([]float64, n), exact: true}
	strength, secreting := rapid.SampledFrom([]float64{0, 0.2, 1}).Draw(t, "μ"), make([]int, 2*count)
	for p, alpha := range types {
		kind := 2*alpha + r.IntN(2)
		d.Kind = append(d.Kind, kind)
		f.mu[p] = strength * float64(1+alpha)
		secreting[kind]++
	}
	pair := func(ligand, kind int) {
		if secreting[kind] > 0 {
			d.Pairs = append(d.Pairs, modulator.Pair{Ligand: ligand, Kind: kind})
		}
	}
	switch rapid.SampledFrom([]string{"type", "selfless", "cell", "graded"}).Draw(t, "weights") {
	case "selfless":
		f.exact = false
		f.e = modulator.NewExpression(n, count)
		f.e.Typewise(random(seed, count*count), types, true)
		for kind := range d.Kinds {
			pair(kind/2, kind)
		}
	case "type":
		f.e = modulator.NewExpression(n, count)
		f.e.Typewise(random(seed, count*count), types, false)
		for kind := range d.Kinds {
			pair(kind/2, kind)
		}
	case "cell":
		f.e = modulator.NewExpression(n, n)
		f.e.Cellwise(random(seed, n*n))
		for p, kind := range d.Kind {
			pair(p, kind)
		}
	case "graded":
		f.e = modulator.NewExpression(n, min(2, n))
		if err := f.e.Graded(random(seed, n*n)); err != nil {
			t.Fatal(err)
		}
		for l := range f.e.Ligands {
			for kind, cells := range secreting {
				f.exact = f.exact && (cells == 0 || cells > f.e.Ligands)
				pair(l, kind)
			}
		}
	}
	return f
}

// matrix takes v and a of all cells one step on, as the equations of Dynamics say.
func (f followed) matrix() *mat.Dense {
	n, w := f.e.Cells, f.e.Matrix()
	m := mat.NewDense(2*n, 2*n, nil)
	for j := range n {
		k := f.dynamics.Kinds[f.dynamics.Kind[j]]
		m.Set(j, j, k.Decay)
		m.Set(n+j, n+j, k.AdaptationDecay)
		for q := range n {
			x := k.Gain * w[j*n+q]
			if q == j {
				x -= k.Taken
				f.path(m, n+j, q, k.AdaptationGain)
			}
			f.path(m, j, q, x)
		}
	}
	return m
}

// path adds to row what it gets of a unit of cell q's output.
func (f followed) path(m *mat.Dense, row, q int, weight float64) {
	n, beta := f.e.Cells, f.dynamics.Kinds[f.dynamics.Kind[q]].Adaptation
	m.Set(row, q, m.At(row, q)+weight*f.mu[q])
	m.Set(row, n+q, m.At(row, n+q)-weight*f.mu[q]*beta)
}

// TestDynamicsThroughLigands follows what becomes of one unit of cell p's output
// cell by cell, and ligand by ligand: what is returned of any credit is the same.
func TestDynamicsThroughLigands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFollowed(t)
		n, w := f.e.Cells, f.e.Matrix()
		divided, membrane := f.dynamics.Divide(f.e)
		requireClose(t, "W_fb", divided.Matrix(), w, 1e-12)
		credit := random(11, n)
		p := rapid.IntRange(0, n-1).Draw(t, "cell")
		state := make([]float64, 2*n)
		for j := range n {
			state[j] = f.dynamics.Kinds[f.dynamics.Kind[j]].Gain * w[j*n+p]
		}
		var want, got []float64
		m := f.matrix()
		response := modulator.NewResponse(divided, membrane, f.dynamics.Cells(), f.mu)
		if f.e.Self != nil && f.dynamics.Kinds[f.dynamics.Kind[p]].Adaptation != 0 {
			t.Skip("d is more than one number")
		}
		filters := []modulator.Filter{modulator.NewStateSpace(response, n, 1), modulator.NewTaps(response, n, 1, 0)}
		for s := range 6 {
			returned := 0.0
			for j, c := range credit {
				returned += c * (state[j] - f.dynamics.Kinds[f.dynamics.Kind[j]].Adaptation*state[n+j])
			}
			want = append(want, returned, returned)
			for _, filter := range filters {
				trace := 0.0
				if s == 0 {
					trace = 1
				}
				filter.Hear(p, []float64{trace})
				heard := filter.Heard(p)
				returned := heard[divided.Ligands] * credit[p]
				for j, c := range credit {
					for l := range divided.Ligands {
						returned += c * divided.Secretion[j*divided.Ligands+l] * heard[l]
					}
				}
				got = append(got, returned)
			}
			next := mat.NewVecDense(2*n, nil)
			next.MulVec(m, mat.NewVecDense(2*n, state))
			state = next.RawVector().Data
		}
		requireClose(t, "what is returned", got, want, 1e-10)
	})
}

// TestRadiusOfDynamics compares the radius with that of the matrix of all cells'
// states: nothing that goes on in the cells is missed.
func TestRadiusOfDynamics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFollowed(t)
		var eigen mat.Eigen
		if !eigen.Factorize(f.matrix(), mat.EigenNone) {
			t.Skip("no eigenvalues")
		}
		want := 0.0
		for _, v := range eigen.Values(nil) {
			want = max(want, cmplx.Abs(v))
		}
		divided, membrane := f.dynamics.Divide(f.e)
		got := radius(t, modulator.NewPropagator(divided, membrane, f.mu))
		if tolerance := 1e-6 * (1 + want); got < want-tolerance || f.exact && got > want+tolerance {
			t.Fatalf("the radius is %v, that of the cells %v", got, want)
		}
	})
}
