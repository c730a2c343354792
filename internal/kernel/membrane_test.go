package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A membraneCase is what a step is given: the slices of Membranes in their order,
// then current and two inputs, each with a margin around.
type membraneCase struct {
	inside, all [11][]float64
	fired       []uint64
}

func newMembraneCase(values [11][]float64) *membraneCase {
	c := new(membraneCase)
	for i := range values {
		c.inside[i], c.all[i] = framed(values[i])
	}
	c.fired = slices.Repeat([]uint64{0xdeadbeefdeadbeef}, (len(values[0])+63)/64+2)
	return c
}

func membranesOf(v [11][]float64) *Membranes {
	return &Membranes{v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]}
}

// repeatedSlice is one slice in every place.
func repeatedSlice(x []float64) (v [11][]float64) {
	for i := range v {
		v[i] = x
	}
	return v
}

func (c *membraneCase) run(two bool) {
	m, words := membranesOf(c.inside), len(c.fired)-2
	fired := c.fired[1 : 1+words : 1+words]
	if two {
		m.StepOfTwo(fired, c.inside[8], c.inside[9], c.inside[10])
	} else {
		m.Step(fired, c.inside[8], c.inside[9])
	}
}

// wantMembrane is the definition of a step for one cell, given as x in the order
// of membraneCase.
func wantMembrane(x [11]float64, two bool) (v, silent float64, fired bool) {
	if x[1] > 0 {
		return x[0], x[1] - 1, false
	}
	v = x[3] + float64(x[4]*x[8])
	v += float64(x[2] * x[0])
	v += x[9]
	if two {
		v += x[10]
	}
	if v >= x[5] {
		return x[6], x[7], true
	}
	return v, x[1], false
}

// checkMembranes compares a step with its definition, surroundings included.
func checkMembranes(t interface{ Fatalf(string, ...any) }, values [11][]float64, two bool) {
	c := newMembraneCase(values)
	want := c.all
	want[0], want[1] = slices.Clone(want[0]), slices.Clone(want[1])
	for i := 2; i < len(want); i++ {
		want[i] = slices.Clone(want[i])
	}
	wantFired := make([]uint64, len(c.fired)-2)
	for j := range values[0] {
		var x [11]float64
		for i := range x {
			x[i] = values[i][j]
		}
		v, silent, fired := wantMembrane(x, two)
		want[0][margin+j], want[1][margin+j] = v, silent
		if fired {
			wantFired[j/64] |= 1 << (j % 64)
		}
	}
	c.run(two)
	for i, what := range []string{"potential", "silent", "decay", "drift", "gain", "threshold", "reset", "refractory", "current", "first input", "second input"} {
		requireSame(t, what, c.all[i], want[i])
	}
	around := c.fired[0] == 0xdeadbeefdeadbeef && c.fired[len(c.fired)-1] == 0xdeadbeefdeadbeef
	if got := c.fired[1 : len(c.fired)-1]; !around || !slices.Equal(got, wantFired) {
		t.Fatalf("%d cells fired as %#x, want %#x within what was there", len(values[0]), c.fired, wantFired)
	}
}

func TestMembranes(t *testing.T) {
	for _, two := range []bool{false, true} {
		t.Run(fmt.Sprintf("two=%v", two), func(t *testing.T) {
			eachImplementation(t, func(t *testing.T) {
				rapid.Check(t, func(t *rapid.T) {
					n := rapid.IntRange(0, 140).Draw(t, "n")
					var values [11][]float64
					for i := range values {
						values[i] = elements(t, n)
					}
					checkMembranes(t, values, two)
				})
			})
		})
	}
}

// Every special number in every place of a cell, beside every other one for the
// variables that are compared, wherever the cell stands among eight.
func TestMembranesSpecial(t *testing.T) {
	special := []float64{
		0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(),
		math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, math.MaxFloat64, 0x1p-1022,
	}
	eachImplementation(t, func(t *testing.T) {
		for place := range 11 {
			for _, x := range special {
				for _, silent := range special {
					for _, threshold := range special {
						var values [11][]float64
						for i := range values {
							values[i] = random(11)
						}
						for cell := range 11 {
							values[1][cell], values[5][cell] = silent, threshold
							values[place][cell] = x
						}
						checkMembranes(t, values, place%2 == 0)
						checkMembranes(t, values, place%2 == 1)
					}
				}
			}
		}
	})
}

// A cell at its threshold fires, is held for its refractory steps and then
// follows its input.
func TestMembraneCourse(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for n := 1; n <= 70; n++ {
			one, zero := slices.Repeat([]float64{1}, n), make([]float64, n)
			m := &Membranes{
				Potential: make([]float64, n), Silent: make([]float64, n), Decay: slices.Repeat([]float64{0.5}, n), Drift: zero, Gain: one,
				Threshold: one, Reset: slices.Repeat([]float64{-2}, n), Refractory: slices.Repeat([]float64{2}, n),
			}
			fired := make([]uint64, (n+63)/64)
			for step, want := range []struct{ current, v, silent float64 }{
				{0.75, 0.75, 0}, {0.625, -2, 2}, {9, -2, 1}, {9, -2, 0}, {1.5, 0.5, 0}, {0.75, -2, 2},
			} {
				m.Step(fired, slices.Repeat([]float64{want.current}, n), zero)
				for i := range n {
					hit := fired[i/64]>>(i%64)&1 == 1
					if m.Potential[i] != want.v || m.Silent[i] != want.silent || hit != (want.silent == 2) {
						t.Fatalf("cell %d of %d, step %d: v %g, silent %g, fired %v, want %+v", i, n, step, m.Potential[i], m.Silent[i], hit, want)
					}
				}
			}
		}
	})
}

func BenchmarkMembranes(b *testing.B) {
	const n = 512
	for _, two := range []bool{false, true} {
		b.Run(fmt.Sprintf("two=%v", two), func(b *testing.B) {
			eachImplementation(b, func(b *testing.B) {
				var values [11][]float64
				for i := range values {
					values[i] = make([]float64, n)
				}
				for i, x := range random(n) { // under these currents a cell fires about every 300 steps
					values[2][i], values[4][i], values[8][i] = 0.995, 0.005, 24+x
					values[5][i], values[6][i], values[7][i] = 20, 10, 20
				}
				c := newMembraneCase(values)
				for b.Loop() {
					c.run(two)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/cell")
			})
		})
	}
}

// What fires and what comes in may lie on the stack of the one who asks.
func TestMembranesDoNotAllocate(t *testing.T) {
	const n = 64
	eachImplementation(t, func(t *testing.T) {
		x := make([]float64, n)
		m := membranesOf(repeatedSlice(x))
		if allocations := testing.AllocsPerRun(10, func() {
			var fired [1]uint64
			var first, second [n]float64
			m.Step(fired[:], x, first[:])
			m.StepOfTwo(fired[:], x, first[:], second[:])
		}); allocations > 0 {
			t.Errorf("%g allocations", allocations)
		}
	})
}
