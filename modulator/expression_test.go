package modulator_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"paracrine/modulator"
)

// random is a matrix of normal deviates, the same for the same seed.
func random(seed uint64, n int) []float64 {
	r := rand.New(rand.NewPCG(seed, 29))
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

// sparse is a random matrix with about the given share of elements that are not zero.
func sparse(seed uint64, n int, density float64) []float64 {
	r, x := rand.New(rand.NewPCG(seed, 31)), random(seed, n)
	for i := range x {
		if r.Float64() >= density {
			x[i] = 0
		}
	}
	return x
}

func gap(a, b []float64) float64 {
	top := 0.0
	for i := range a {
		d := math.Abs(a[i] - b[i])
		if math.IsNaN(d) {
			return d
		}
		top = math.Max(top, d)
	}
	return top
}

// requireClose allows differences of tolerance, times the largest element where
// that is more than 1.
func requireClose(t rapid.TB, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d elements, want %d", what, len(got), len(want))
	}
	allowed := tolerance * math.Max(1, gap(want, make([]float64, len(want))))
	if d := gap(got, want); !(d <= allowed) {
		t.Fatalf("%s is off by %g, allowed are %g:\n%v, want\n%v", what, d, allowed, got, want)
	}
}

func drawTypes(t *rapid.T) (types []int, count int) {
	count = rapid.IntRange(1, 4).Draw(t, "types")
	return rapid.SliceOfN(rapid.IntRange(0, count-1), 1, 12).Draw(t, "type"), count
}

func TestTypeMeans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		types, count := drawTypes(t)
		n := len(types)
		w := sparse(rapid.Uint64().Draw(t, "seed"), n*n, 0.6)
		whole, existing := make([]float64, count*count), make([]float64, n*n)
		for alpha := range count {
			for beta := range count {
				sum, pairs, synapses := 0.0, 0.0, 0.0
				for i, x := range w {
					if types[i/n] == alpha && types[i%n] == beta {
						sum += x
						pairs++
						if x != 0 {
							synapses++
						}
					}
				}
				if pairs > 0 {
					whole[alpha*count+beta] = sum / pairs
				}
				for i, x := range w {
					if types[i/n] == alpha && types[i%n] == beta && x != 0 {
						existing[i] = sum / synapses
					}
				}
			}
		}
		requireClose(t, "the mean of whole blocks", modulator.TypeMeans(w, types, count), whole, 1e-14)
		requireClose(t, "the mean of existing synapses", modulator.ExistingMeans(w, types, count), existing, 1e-14)
	})
}

// TestIndicatorProfilesGiveTypeMeans writes types out as ligands.
func TestIndicatorProfilesGiveTypeMeans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		types, count := drawTypes(t)
		n := len(types)
		mean := random(rapid.Uint64().Draw(t, "seed"), count*count)
		for _, selfless := range []bool{false, true, false} {
			e := modulator.NewExpression(n, count)
			e.Typewise(mean, types, selfless)
			want := make([]float64, n*n)
			for j, alpha := range types {
				for p, beta := range types {
					if j != p || !selfless {
						want[j*n+p] = mean[alpha*count+beta]
					}
				}
			}
			requireClose(t, "W_fb", e.Matrix(), want, 1e-15)
			for i, s := range e.Secretion {
				if want := types[i/count] == i%count; (s == 1) != want || (s == 0) == want {
					t.Fatalf("cell %d secretes %v of ligand %d", i/count, s, i%count)
				}
			}
		}
	})
}

func TestOneLigandPerCellIsTheFullMatrix(t *testing.T) {
	w := random(1, 49)
	e := modulator.NewExpression(7, 7)
	e.Cellwise(w)
	requireClose(t, "W_fb", e.Matrix(), w, 0)
}

// TestGradedIsTheBestFactorisation: what a sum over C ligands leaves of W are the
// singular values beyond the C-th, and no sum of as many terms leaves less
// (Eckart & Young 1936).
func TestGradedIsTheBestFactorisation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "cells")
		c := rapid.IntRange(1, n).Draw(t, "ligands")
		w := sparse(rapid.Uint64().Draw(t, "seed"), n*n, rapid.SampledFrom([]float64{1, 0.5, 0.1, 0}).Draw(t, "density"))
		e := modulator.NewExpression(n, c)
		if err := e.Graded(w); err != nil {
			t.Fatal(err)
		}
		left := residual(e, w)
		tail := 0.0
		for _, s := range singular(t, w, n)[c:] {
			tail = math.Hypot(tail, s)
		}
		if math.Abs(left-tail) > 1e-12*(1+norm(w)) {
			t.Fatalf("%d of %d ligands leave %v, the singular values beyond are %v", c, n, left, tail)
		}
		requireOrthonormal(t, e)
	})
}

func singular(t rapid.TB, w []float64, n int) []float64 {
	t.Helper()
	var svd mat.SVD
	if !svd.Factorize(mat.NewDense(n, n, slices.Clone(w)), mat.SVDNone) {
		t.Fatal("no singular values")
	}
	return svd.Values(nil)
}

func residual(e *modulator.Expression, w []float64) float64 {
	left := slices.Clone(w)
	for i, x := range e.Matrix() {
		left[i] -= x
	}
	return norm(left)
}

func norm(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum)
}

// requireOrthonormal asks that reception profiles are orthonormal, which makes W R
// the best secretion.
func requireOrthonormal(t rapid.TB, e *modulator.Expression) {
	t.Helper()
	for l := range e.Ligands {
		for m := range e.Ligands {
			dot, want := 0.0, 0.0
			for p := range e.Cells {
				dot += e.Reception[p*e.Ligands+l] * e.Reception[p*e.Ligands+m]
			}
			if l == m {
				want = 1
			}
			if math.Abs(dot-want) > 1e-12 {
				t.Fatalf("reception of ligands %d and %d: product %v, want %v", l, m, dot, want)
			}
		}
	}
}

// TestTrackFindsWhatGradedComputes starts from profiles that have nothing to do
// with the weights, whose singular values are 3, 2, 1, 0.5, 0.25, …: after k steps
// the error has fallen by (1/2)^2k.
func TestTrackFindsWhatGradedComputes(t *testing.T) {
	const n, c = 9, 3
	w := gapped(n, []float64{3, 2, 1, 0.5, 0.25, 0.125, 0.1, 0.05, 0.01})
	want, e := modulator.NewExpression(n, c), modulator.NewExpression(n, c)
	if err := want.Graded(w); err != nil {
		t.Fatal(err)
	}
	e.SetReception(random(8, n*c), w)
	if gap(e.Matrix(), want.Matrix()) < 0.1 {
		t.Fatal("the start is too near to the end to tell")
	}
	for range 3 {
		e.Track(w)
	}
	early := gap(e.Matrix(), want.Matrix())
	for range 40 {
		e.Track(w)
		requireOrthonormal(t, e)
		requireBestSecretion(t, e, w)
	}
	requireClose(t, "W_fb", e.Matrix(), want.Matrix(), 1e-12)
	if early < 1e-9 {
		t.Errorf("after three steps the error is %g: nothing was followed", early)
	}
}

// requireBestSecretion asks for S = W R.
func requireBestSecretion(t rapid.TB, e *modulator.Expression, w []float64) {
	t.Helper()
	want := make([]float64, len(e.Secretion))
	for j := range e.Cells {
		for p := range e.Cells {
			for l := range e.Ligands {
				want[j*e.Ligands+l] += w[j*e.Cells+p] * e.Reception[p*e.Ligands+l]
			}
		}
	}
	requireClose(t, "secretion", e.Secretion, want, 1e-13)
}

// TestTrackNeedsOneStepPerChange: profiles fit the weights they were given last.
func TestTrackNeedsOneStepPerChange(t *testing.T) {
	e := modulator.NewExpression(6, 2)
	for seed := range uint64(3) {
		w := random(seed, 36)
		e.SetReception(random(seed+9, 12), w)
		e.Track(w)
		requireOrthonormal(t, e)
		requireBestSecretion(t, e, w)
	}
}

// TestTrackHasMoreLigandsThanWeightsHaveDirections: what is left for further
// ligands is rounding, and they stay apart from those that carry the weights.
func TestTrackHasMoreLigandsThanWeightsHaveDirections(t *testing.T) {
	w := gapped(9, []float64{3, 2, 0, 0, 0, 0, 0, 0, 0})
	e := modulator.NewExpression(9, 4)
	if err := e.Graded(w); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		e.Track(w)
		requireOrthonormal(t, e)
		requireClose(t, "W_fb", e.Matrix(), w, 1e-12)
	}
}

// TestTrackStaysWithGraded follows weights that drift.
func TestTrackStaysWithGraded(t *testing.T) {
	const n, c = 9, 3
	w := gapped(n, []float64{3, 2, 1, 0.3, 0.2, 0.1, 0.1, 0.05, 0.01})
	drift := random(6, n*n)
	e, fresh := modulator.NewExpression(n, c), modulator.NewExpression(n, c)
	if err := e.Graded(w); err != nil {
		t.Fatal(err)
	}
	requireTracked := func(tolerance float64) {
		t.Helper()
		if err := fresh.Graded(w); err != nil {
			t.Fatal(err)
		}
		if excess := residual(e, w)/residual(fresh, w) - 1; excess < -1e-12 || excess > tolerance {
			t.Errorf("tracked profiles leave %g more of the weights than the best do", excess)
		}
	}
	e.Track(w)
	requireTracked(1e-12) // the fixed point is what Graded computes
	for range 50 {
		for i := range w {
			w[i] += 0.001 * drift[i]
		}
		e.Track(w)
		requireTracked(1e-4)
	}
}

// gapped is a matrix of random directions with the given singular values.
func gapped(n int, values []float64) []float64 {
	var left, right mat.QR
	left.Factorize(mat.NewDense(n, n, random(2, n*n)))
	right.Factorize(mat.NewDense(n, n, random(3, n*n)))
	var u, v, w mat.Dense
	left.QTo(&u)
	right.QTo(&v)
	w.Product(&u, mat.NewDiagDense(n, values), v.T())
	return slices.Clone(w.RawMatrix().Data)
}

func TestSetReceptionContinues(t *testing.T) {
	const n, c = 6, 2
	w := random(4, n*n)
	e, again := modulator.NewExpression(n, c), modulator.NewExpression(n, c)
	if err := e.Graded(w); err != nil {
		t.Fatal(err)
	}
	again.SetReception(e.Reception, w)
	requireClose(t, "W_fb", again.Matrix(), e.Matrix(), 0)
	e.Track(w)
	again.Track(w)
	requireClose(t, "W_fb a step later", again.Matrix(), e.Matrix(), 0)
}

// TestReturnIsTheMatrixProduct compares delivery by way of ligands with W_fb
// written out.
func TestReturnIsTheMatrixProduct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		types, count := drawTypes(t)
		n, trials := len(types), rapid.IntRange(1, 5).Draw(t, "trials")
		seed := rapid.Uint64().Draw(t, "seed")
		w, x := random(seed, n*n), random(seed+1, trials*n)
		typewise, selfless, cellwise := modulator.NewExpression(n, count), modulator.NewExpression(n, count), modulator.NewExpression(n, n)
		typewise.Typewise(random(seed+2, count*count), types, false)
		selfless.Typewise(random(seed+3, count*count), types, true)
		cellwise.Cellwise(w)
		graded := modulator.NewExpression(n, min(n, 2))
		if err := graded.Graded(w); err != nil {
			t.Fatal(err)
		}
		for _, e := range []*modulator.Expression{typewise, selfless, cellwise, graded} {
			full, y := e.Matrix(), random(seed+4, trials*n)
			want := slices.Clone(y)
			for b := range trials {
				for j := range n {
					for p := range n {
						want[b*n+p] += x[b*n+j] * full[j*n+p]
					}
				}
			}
			released := random(seed+5, (trials+1)*e.Ligands)
			e.Return(y, x, released, trials)
			requireClose(t, "y", y, want, 1e-12)
		}
	})
}
