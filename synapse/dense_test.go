package synapse_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paracrine/synapse"
)

func normal(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

func requireClose(t *rapid.T, what string, got, want []float64) {
	t.Helper()
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= 1e-12) {
			t.Fatalf("%s[%d] is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// TestDelivery compares what a projection delivers and returns with sums over its
// synapses, and delivery of active cells only with delivery of all.
func TestDelivery(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		post, pre := rapid.IntRange(1, 20).Draw(t, "post"), rapid.IntRange(1, 70).Draw(t, "pre")
		trials := rapid.IntRange(1, 5).Draw(t, "trials")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		share := rapid.SampledFrom([]float64{0, 0.1, 1}).Draw(t, "active")
		d := synapse.NewDense(post, pre)
		d.SetWeights(normal(r, post*pre))
		z := normal(r, trials*pre)
		var active []int
		for p := range pre {
			if r.Float64() < share {
				active = append(active, p)
				continue
			}
			for b := range trials {
				z[b*pre+p] = 0
			}
		}
		current := normal(r, trials*post)
		want, few := slices.Clone(current), slices.Clone(current)
		for b := range trials {
			for i := range post {
				for j := range pre {
					want[b*post+i] += d.At(i, j) * z[b*pre+j]
				}
			}
		}
		d.Deliver(current, z, trials)
		d.DeliverActive(few, z, trials, active)
		requireClose(t, "the current", current, want)
		if !slices.Equal(few, current) {
			t.Fatalf("active cells deliver %v, all cells %v", few, current)
		}

		x, y := normal(r, trials*post), normal(r, trials*pre)
		want = slices.Clone(y)
		for b := range trials {
			for i := range post {
				for j := range pre {
					want[b*pre+j] += d.At(i, j) * x[b*post+i]
				}
			}
		}
		d.Return(y, x, trials)
		requireClose(t, "the credit", y, want)
	})
}

func TestChangedTakesWeights(t *testing.T) {
	d := synapse.NewDense(1, 2)
	d.W[0], d.W[1] = 3, 4
	deliver := func() float64 {
		current := []float64{0}
		d.Deliver(current, []float64{1, 10}, 1)
		return current[0]
	}
	if got := deliver(); got != 0 {
		t.Errorf("before Changed, %v is delivered", got)
	}
	d.Changed()
	if got := deliver(); got != 43 {
		t.Errorf("after Changed, %v is delivered, want 43", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("three weights are taken for two synapses")
		}
	}()
	d.SetWeights([]float64{1, 2, 3})
}

func TestSynapsesAreCounted(t *testing.T) {
	d := synapse.NewDense(2, 2)
	if d.Synapses() != 4 || !d.Connected(1, 0) {
		t.Errorf("of all 4 pairs, %d are connected", d.Synapses())
	}
	d.Exists = []bool{false, true, false, true}
	if d.Synapses() != 2 || d.Connected(1, 0) || !d.Connected(0, 1) {
		t.Errorf("of 2 synapses, %d are counted", d.Synapses())
	}
}
