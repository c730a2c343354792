package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// eachImplementation runs a test or benchmark once for every implementation.
func eachImplementation[T interface {
	testing.TB
	Run(string, func(T)) bool
}](t T, run func(T)) {
	defer func(name string) {
		if err := Use(name); err != nil {
			t.Fatal(err)
		}
	}(Name())
	for _, name := range Available() {
		t.Run(name, func(t T) {
			if err := Use(name); err != nil {
				t.Fatal(err)
			}
			run(t)
		})
	}
}

// random returns normal deviates, the same for the same n.
func random(n int) []float64 {
	source := rand.New(rand.NewPCG(1, uint64(n)))
	values := make([]float64, n)
	for i := range values {
		values[i] = source.NormFloat64()
	}
	return values
}

// element draws numbers of all magnitudes and, now and then, the special
// ones.
func element(t *rapid.T) float64 {
	if rapid.IntRange(0, 19).Draw(t, "special") > 0 {
		return rapid.Float64().Draw(t, "x")
	}
	return rapid.SampledFrom([]float64{
		0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(),
		math.MaxFloat64, math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64,
	}).Draw(t, "x")
}

// elements draws values from a small pool, which costs less than to draw
// each.
func elements(t *rapid.T, n int) []float64 {
	pool := rapid.SliceOfN(rapid.Custom(element), 16, 16).Draw(t, "pool")
	source := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	values := make([]float64, n)
	for i := range values {
		values[i] = pool[source.IntN(len(pool))]
		if source.IntN(2) == 0 {
			values[i] = source.NormFloat64()
		}
	}
	return values
}

// same reports equality to the bit; one NaN is as good as another.
func same(x, y float64) bool {
	return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
}

func requireSame(t interface{ Fatalf(string, ...any) }, what string, got, want []float64) {
	for i := range want {
		if !same(got[i], want[i]) {
			t.Fatalf("%s: element %d of %d is %v (%#x), want %v (%#x)", what, i, len(want),
				got[i], math.Float64bits(got[i]), want[i], math.Float64bits(want[i]))
		}
	}
}

// margin elements around a slice that a kernel writes must not change.
const margin = 9

// framed returns a copy of values inside a larger array, and the array.
func framed(values []float64) (inside, all []float64) {
	all = make([]float64, len(values)+2*margin)
	for i := range all {
		all[i] = -1234.5
	}
	inside = all[margin : margin+len(values) : margin+len(values)]
	copy(inside, values)
	return inside, all
}

func TestChoice(t *testing.T) {
	names := Available()
	if names[0] != "portable" || Name() != names[len(names)-1] {
		t.Errorf("%s is in use of %v, want the last, and portable first", Name(), names)
	}
	eachImplementation(t, func(t *testing.T) {
		if !strings.HasSuffix(t.Name(), "/"+Name()) {
			t.Errorf("%s is in use", Name())
		}
	})
	before := Name()
	err := Use("abacus")
	if err == nil || !strings.Contains(err.Error(), `"abacus"`) || !strings.Contains(err.Error(), "portable") {
		t.Errorf("error %v names neither what was given nor what is allowed", err)
	}
	if Name() != before {
		t.Errorf("a refused name changed %s to %s", before, Name())
	}
}

func TestMisuse(t *testing.T) {
	two, three := make([]float64, 2), make([]float64, 3)
	const huge = math.MaxInt/2 + 1
	calls := map[string]func(){
		"ReLUStep drive":     func() { ReLUStep(two, two, three, two, two, two) },
		"ReLUStep threshold": func() { ReLUStep(two, two, two, two, two, three) },
		"Filter":             func() { Filter(two, two, two, two, three) },
		"Gate":               func() { Gate(two, two, three) },
		"Axpy":               func() { Axpy(1, two, three) },
		"Leak":               func() { Leak(1, 1, two, three) },
		"NonZero short":      func() { NonZero(make([]uint64, 1), make([]float64, 65)) },
		"Relax":              func() { Relax(two, two, two, two, three) },
		"negative":           func() { MatMul(1, 1, -1, two, 1, 1, two, 1, two, 1) },
		"A short":            func() { MatMul(2, 1, 2, three, 2, 1, three, 1, three, 1) },
		"B short":            func() { MatMul(1, 2, 2, three, 2, 1, three, 2, three, 2) },
		"C short":            func() { MatMul(2, 2, 1, three, 1, 1, three, 2, three, 2) },
		"C overlaps":         func() { MatMul(2, 2, 1, three, 1, 1, three, 2, three, 1) },
		"stride wraps":       func() { MatMul(5, 1, 1, three, huge, 1, three, 1, three, 1) },
		"Mask short":         func() { Mask(make([]uint64, 1), make([]float64, 65)) },
		"Mask long":          func() { Mask(make([]uint64, 2), make([]float64, 64)) },
		"Philox parts":       func() { Philox(make([]uint32, 5), 0, 0, [2]uint32{}) },
		"Membranes silent":   func() { (&Membranes{Potential: two, Silent: three}).Step(make([]uint64, 1), two, two) },
		"Membranes fired":    func() { membranesOf(repeatedSlice(two)).Step(nil, two, two) },
		"Membranes current":  func() { membranesOf(repeatedSlice(two)).Step(make([]uint64, 1), three, two) },
		"Membranes input":    func() { membranesOf(repeatedSlice(two)).Step(make([]uint64, 1), two, three) },
		"Membranes second":   func() { membranesOf(repeatedSlice(two)).StepOfTwo(make([]uint64, 1), two, two, three) },
		"SpikingCells state": func() {
			spikingCells(repeated(two), false).Step(two, nil, three, two, two, two, two)
		},
		"SpikingCells raise": func() { spikingCells(repeated(two), false).Step(two, three, two, two, two, two, two) },
		"SpikingCells cells": func() {
			v := repeated(two)
			v[6] = three
			spikingCells(v, false).Step(two, two, two, two, two, two, two)
		},
		"SpikingCells part": func() {
			spikingCells(repeated(two), false).Step(three, three, three, three, three, three, three)
		},
		"SpikingCells none":    func() { new(SpikingCells).Step(two, two, two, two, two, two, two) },
		"PiecewiseLinear part": func() { PiecewiseLinear(1, three, two) },
		"SpikingCredit state":  func() { spikingCredit(repeated(two)).Step(two, three, two, two, two, two, two, two) },
		"SpikingCredit own":    func() { spikingCredit(repeated(two)).Step(two, two, two, two, two, two, two, three) },
		"SpikingCredit part": func() {
			spikingCredit(repeated(two)).StepLeak(three, three, three, three, three, three)
		},
		"SpikingCredit cells": func() {
			v := repeated(two)
			v[1] = three
			spikingCredit(v).StepLeak(two, two, two, two, two, two)
		},
		"rows negative size": func() { MatMulRows(-1, 1, []int{0}, two, 1, two, 1, two, 1) },
		"rows negative":      func() { MatMulRows(1, 1, []int{-1, 1}, two, 1, two, 1, two, 1) },
		"rows descend":       func() { MatMulRows(1, 1, []int{0, 2, 1}, three, 1, three, 1, three, 1) },
		"rows repeat":        func() { MatMulRows(1, 1, []int{0, 1, 1}, three, 1, three, 1, three, 1) },
		"rows hide a large":  func() { MatMulRows(1, 1, []int{0, 3, 1}, three, 1, three, 1, three, 1) },
		"rows past A":        func() { MatMulRows(1, 1, []int{0, 2}, two, 0, three, 1, three, 1) },
		"rows past A at end": func() { MatMulRows(2, 1, []int{0, 2}, three, 1, three, 1, three, 1) },
		"rows past B":        func() { MatMulRows(1, 2, []int{0, 1}, three, 1, three, 2, three, 2) },
		"rows past C":        func() { MatMulRows(2, 2, []int{0}, three, 1, three, 2, three, 2) },
		"rows of C overlap":  func() { MatMulRows(2, 2, []int{0}, three, 1, three, 2, three, 1) },
		"rows wrap":          func() { MatMulRows(1, 1, []int{math.MaxInt}, three, 1, three, 0, three, 1) },
		"rows wrap in bytes": func() { MatMulRows(1, 1, []int{1 << 61}, three, 1, three, 0, three, 1) },
		"sum wraps":          func() { MatMul(2, 1, 4, three, 1, math.MaxUint/3, three, 0, three, 1) },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if message, ok := recover().(string); !ok || !strings.HasPrefix(message, "kernel: ") {
					t.Errorf("got %v, want a panic of this package", message)
				}
			}()
			call()
		})
	}
}

func TestEmpty(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		ReLUStep(nil, nil, nil, nil, nil, nil)
		Filter(nil, nil, nil, nil, nil)
		Gate(nil, nil, nil)
		Axpy(1, nil, nil)
		Relax(nil, nil, nil, nil, nil)
		c := []float64{1}
		MatMul(0, 1, 1, nil, 1, 1, c, 1, c, 1)
		MatMul(1, 0, 1, c, 1, 1, nil, 1, nil, 1)
		MatMul(1, 1, 0, nil, 1, 1, nil, 1, c, 1)
		MatMulRows(0, 1, []int{0}, nil, 1, c, 1, c, 1)
		MatMulRows(1, 0, []int{0}, c, 1, nil, 1, nil, 1)
		MatMulRows(1, 1, nil, nil, 1, nil, 1, c, 1)
		Mask(nil, nil)
		NonZero(nil, nil)
		Leak(1, 1, nil, nil)
		new(SpikingCells).Step(nil, nil, nil, nil, nil, nil, nil)
		PiecewiseLinear(1, nil, nil)
		new(SpikingCredit).Step(nil, nil, nil, nil, nil, nil, nil, nil)
		new(SpikingCredit).StepLeak(nil, nil, nil, nil, nil, nil)
		Philox(nil, 0, 0, [2]uint32{})
		new(Membranes).Step(nil, nil, nil)
		new(Membranes).StepOfTwo(nil, nil, nil, nil)
		if c[0] != 1 {
			t.Errorf("empty products changed C to %v", c)
		}
	})
}

// loops are the elementwise kernels and what they mean for one element. Each
// takes six vectors and writes the first two at most.
var loops = []struct {
	name    string
	kernel  func(v [6][]float64)
	element func(x [6]float64) [2]float64
}{
	{
		"ReLUStep",
		func(v [6][]float64) { ReLUStep(v[0], v[1], v[2], v[3], v[4], v[5]) },
		func(x [6]float64) [2]float64 {
			v := math.FMA(x[4], x[2], x[3]*x[0])
			return [2]float64{v, positive(v - x[5])}
		},
	},
	{
		"Filter",
		func(v [6][]float64) { Filter(v[0], v[2], v[3], v[4], v[5]) },
		func(x [6]float64) [2]float64 { return [2]float64{math.FMA(x[4], x[5], x[2]*x[3]), x[1]} },
	},
	{
		"Filter in place of y",
		func(v [6][]float64) { Filter(v[0], v[2], v[0], v[4], v[5]) },
		func(x [6]float64) [2]float64 { return [2]float64{math.FMA(x[4], x[5], x[2]*x[0]), x[1]} },
	},
	{
		"Filter in place of x",
		func(v [6][]float64) { Filter(v[0], v[2], v[3], v[4], v[0]) },
		func(x [6]float64) [2]float64 { return [2]float64{math.FMA(x[4], x[0], x[2]*x[3]), x[1]} },
	},
	{
		"Gate",
		func(v [6][]float64) { Gate(v[0], v[2], v[3]) },
		func(x [6]float64) [2]float64 { return [2]float64{gated(x[2], x[3]), x[1]} },
	},
	{
		"Gate in place",
		func(v [6][]float64) { Gate(v[0], v[0], v[3]) },
		func(x [6]float64) [2]float64 { return [2]float64{gated(x[0], x[3]), x[1]} },
	},
	{
		"Axpy",
		func(v [6][]float64) { Axpy(v[5][0], v[2], v[0]) },
		func(x [6]float64) [2]float64 { return [2]float64{math.FMA(x[5], x[2], x[0]), x[1]} },
	},
	{
		"Leak",
		func(v [6][]float64) { Leak(0.75, 1.25, v[0], v[2]) },
		func(x [6]float64) [2]float64 { return [2]float64{float64(0.75*x[0]) + float64(1.25*x[2]), x[1]} },
	},
	{
		"Relax",
		func(v [6][]float64) { Relax(v[0], v[1], v[2], v[3], v[4]) },
		func(x [6]float64) [2]float64 { return [2]float64{x[2] * x[1], float64(x[3]*x[1]) + x[4]} },
	},
}

func positive(x float64) float64 {
	if math.IsNaN(x) || x > 0 {
		return x
	}
	return 0
}

func gated(x, z float64) float64 {
	if z > 0 {
		return x
	}
	return 0
}

func TestElementwise(t *testing.T) {
	for _, loop := range loops {
		t.Run(loop.name, func(t *testing.T) {
			eachImplementation(t, func(t *testing.T) {
				rapid.Check(t, func(t *rapid.T) {
					n := rapid.IntRange(1, 70).Draw(t, "n")
					var given, inside, all [6][]float64
					for i := range given {
						given[i] = elements(t, n)
						if i == 5 && loop.name == "Axpy" {
							given[i] = slices.Repeat(given[i][:1], n)
						}
						inside[i], all[i] = framed(given[i])
					}
					want := [2][]float64{slices.Clone(all[0]), slices.Clone(all[1])}
					for j := range n {
						var x [6]float64
						for i := range x {
							x[i] = given[i][j]
						}
						y := loop.element(x)
						want[0][margin+j], want[1][margin+j] = y[0], y[1]
					}
					loop.kernel(inside)
					requireSame(t, "first", all[0], want[0])
					requireSame(t, "second", all[1], want[1])
					for i := 2; i < 6; i++ {
						requireSame(t, "input", inside[i], given[i])
					}
				})
			})
		})
	}
}

// A cell exactly at threshold is silent with +0, a lost one is seen.
func TestReLUStepSpecial(t *testing.T) {
	negative := math.Copysign(0, -1)
	cases := []struct{ v, threshold, want float64 }{
		{negative, 0, 0},
		{1, 1, 0},
		{math.NaN(), 0, math.NaN()},
		{1, math.NaN(), math.NaN()},
		{math.Inf(1), math.Inf(1), math.NaN()},
		{math.Inf(-1), 1, 0},
		{math.Inf(1), 1, math.Inf(1)},
		{math.SmallestNonzeroFloat64, 0, math.SmallestNonzeroFloat64},
	}
	eachImplementation(t, func(t *testing.T) {
		for _, c := range cases {
			for n := 1; n < 20; n++ {
				v, z := slices.Repeat([]float64{c.v}, n), make([]float64, n)
				none, one := slices.Repeat([]float64{negative}, n), slices.Repeat([]float64{1}, n)
				ReLUStep(v, z, none, one, one, slices.Repeat([]float64{c.threshold}, n))
				requireSame(t, "z", z, slices.Repeat([]float64{c.want}, n))
			}
		}
	})
}
