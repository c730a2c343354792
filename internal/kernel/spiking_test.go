package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A spikingKernel takes vectors of trials × cells and of cells; the first few are
// written.
type spikingKernel struct {
	name             string
	perTrial         int // vectors of trials × cells; others have one element per cell
	vectors, written int
	run              func(v [][]float64)
	element          func(x []float64) []float64 // the definition: what is written, of one cell
}

func spikingCells(v [][]float64, at bool) *SpikingCells {
	return &SpikingCells{v[0], v[1], v[2], v[3], v[4], v[5], v[6], at}
}

// repeated is one slice in every place of SpikingCells or SpikingCredit.
func repeated(x []float64) [][]float64 { return slices.Repeat([][]float64{x}, 7) }

func spikingCredit(v [][]float64) *SpikingCredit {
	return &SpikingCredit{v[0], v[1], v[2], v[3], v[4], v[5]}
}

// wantSpikes is z, s and silent of a cell of some excess over threshold.
func wantSpikes(x, threshold, silent, refractory float64, at bool) (z, s, left float64) {
	if silent > 0 {
		return 0, math.Inf(1), silent - 1
	}
	if x > 0 || at && x == 0 {
		return 1, x / threshold, refractory
	}
	return 0, x / threshold, silent
}

func spikingStepKernel(adapts, at bool) spikingKernel {
	return spikingKernel{
		name: fmt.Sprintf("SpikingCells adapts=%v at=%v", adapts, at), perTrial: 7, vectors: 14, written: 5,
		run: func(v [][]float64) {
			raise := v[4]
			if !adapts {
				raise = nil
			}
			spikingCells(v[7:], at).Step(v[0], raise, v[1], v[2], v[3], v[5], v[6])
		},
		element: func(x []float64) []float64 {
			v, silent, raise, before, current := x[0], x[1], x[4], x[5], x[6]
			decay, gain, threshold, refractory, forget, jump, beta := x[7], x[8], x[9], x[10], x[11], x[12], x[13]
			v = float64(decay*v) + float64(gain*current)
			v -= float64(threshold * before)
			excess := v - threshold
			if adapts {
				raise = float64(forget*raise) + float64(jump*before)
				excess -= float64(beta * raise)
			}
			z, s, left := wantSpikes(excess, threshold, silent, refractory, at)
			return []float64{v, left, z, s, raise}
		},
	}
}

// Spikes may take the place of those of the step before.
func spikingStepInPlace() spikingKernel {
	k, element := spikingStepKernel(true, false), spikingStepKernel(true, false).element
	k.name += " in place"
	k.run = func(v [][]float64) { spikingCells(v[7:], false).Step(v[0], v[4], v[1], v[2], v[3], v[2], v[6]) }
	k.element = func(x []float64) []float64 {
		x[5] = x[2]
		return element(x)
	}
	return k
}

var spikingKernels = []spikingKernel{
	spikingStepInPlace(),
	spikingStepKernel(false, false), spikingStepKernel(false, true), spikingStepKernel(true, false), spikingStepKernel(true, true),
	{
		name: "PiecewiseLinear", perTrial: 1, vectors: 2, written: 1,
		run: func(v [][]float64) { PiecewiseLinear(1.25, v[0], v[1]) },
		element: func(x []float64) []float64 {
			f := 1 - math.Abs(1.25*x[0])
			if f <= 0 {
				f = 0
			}
			return []float64{f * x[1]}
		},
	},
	{
		name: "SpikingCredit.Step", perTrial: 8, vectors: 14, written: 3,
		run: func(v [][]float64) { spikingCredit(v[8:]).Step(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]) },
		element: func(x []float64) []float64 {
			v, a, l, q, psi, received, own := x[0], x[1], x[3], x[4], x[5], x[6], x[7]
			decay, gain, taken, forget, jump, beta := x[8], x[9], x[10], x[11], x[12], x[13]
			s := float64(psi*l) + float64(received*q)
			s += float64(own * (float64(jump*a) - float64(taken*v)))
			v = float64(decay*v) + s
			return []float64{v, float64(forget*a) - float64(beta*s), gain * v}
		},
	},
	{
		name: "SpikingCredit.StepLeak", perTrial: 6, vectors: 8, written: 2,
		run: func(v [][]float64) {
			credit := &SpikingCredit{Decay: v[6], Gain: v[7]}
			credit.StepLeak(v[0], v[1], v[2], v[3], v[4], v[5])
		},
		element: func(x []float64) []float64 {
			s := float64(x[4]*x[2]) + float64(x[5]*x[3])
			v := float64(x[6]*x[0]) + s
			return []float64{v, x[7] * v}
		},
	},
}

// check compares a kernel with its definition, surroundings included.
func (k spikingKernel) check(t interface{ Fatalf(string, ...any) }, values [][]float64) {
	cells := len(values[k.vectors-1])
	inside, all := make([][]float64, k.vectors), make([][]float64, k.vectors)
	want := make([][]float64, k.vectors)
	for i, x := range values {
		inside[i], all[i] = framed(x)
		want[i] = slices.Clone(all[i])
	}
	for j := range values[0] {
		x := make([]float64, k.vectors)
		for i := range x {
			at := j
			if i >= k.perTrial {
				at = j % cells
			}
			x[i] = values[i][at]
		}
		for i, y := range k.element(x) {
			want[i][margin+j] = y
		}
	}
	k.run(inside)
	for i := range all {
		requireSame(t, fmt.Sprintf("%s, vector %d", k.name, i), all[i], want[i])
	}
}

func TestSpiking(t *testing.T) {
	for _, k := range spikingKernels {
		t.Run(k.name, func(t *testing.T) {
			eachImplementation(t, func(t *testing.T) {
				rapid.Check(t, func(t *rapid.T) {
					cells, trials := rapid.IntRange(1, 40).Draw(t, "cells"), rapid.IntRange(0, 3).Draw(t, "trials")
					values := make([][]float64, k.vectors)
					for i := range values {
						n := cells
						if i < k.perTrial {
							n *= trials
						}
						values[i] = elements(t, n)
					}
					k.check(t, values)
				})
			})
		})
	}
}

// Every special number in every place of a cell, beside cells that are refractory
// and others, wherever the cell stands in a vector.
func TestSpikingSpecial(t *testing.T) {
	special := []float64{
		0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(),
		math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, math.MaxFloat64,
	}
	eachImplementation(t, func(t *testing.T) {
		for _, k := range spikingKernels {
			for place := range k.vectors {
				for _, x := range special {
					for _, silent := range []float64{0, 1, 3} {
						values := make([][]float64, k.vectors)
						for i := range values {
							values[i] = random(11)
						}
						for cell := range 11 {
							values[1][cell] = silent
							values[place][cell] = x
						}
						k.check(t, values)
					}
				}
			}
		}
	})
}

// A cell exactly at threshold spikes if it is told to, is silent for its
// refractory steps and as far from a spike as can be, and then spikes again.
func TestSpikingCourse(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for n := 1; n <= 20; n++ {
			some := func(x float64) []float64 { return slices.Repeat([]float64{x}, n) }
			cells := &SpikingCells{some(0.5), some(1), some(1), some(2), some(0.5), some(1), some(0.25), true}
			v, raise, silent, z, s := some(0), some(0), some(0), some(0), some(0)
			for step, want := range []struct{ current, v, z, s, silent float64 }{
				{1, 1, 1, 0, 2},                             // at threshold
				{1.5, 1, 0, math.Inf(1), 1},                 // ϑ off, refractory
				{0.5, 1, 0, math.Inf(1), 0},                 // refractory
				{0.5625, 1.0625, 1, 0, 2},                   // a = 1, ½, ¼: the threshold is 1 + ¼·¼
				{0.46875, 0, 0, math.Inf(1), 1},             // ϑ off again
				{math.NaN(), math.NaN(), 0, math.Inf(1), 0}, // lost while refractory
			} {
				before := slices.Clone(z)
				cells.Step(v, raise, silent, z, s, before, some(want.current))
				requireSame(t, fmt.Sprintf("v at step %d", step), v, some(want.v))
				requireSame(t, fmt.Sprintf("z at step %d", step), z, some(want.z))
				requireSame(t, fmt.Sprintf("s at step %d", step), s, some(want.s))
				requireSame(t, fmt.Sprintf("silent at step %d", step), silent, some(want.silent))
			}
		}
	})
}

func BenchmarkSpiking(b *testing.B) {
	const cells, trials = 100, 8
	for _, k := range spikingKernels {
		b.Run(k.name, func(b *testing.B) {
			eachImplementation(b, func(b *testing.B) {
				v := make([][]float64, k.vectors)
				for i := range v {
					v[i] = slices.Repeat([]float64{0.5}, cells)
					if i < k.perTrial {
						v[i] = slices.Repeat(v[i], trials)
					}
				}
				for b.Loop() {
					k.run(v)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/cells/trials, "ns/cell")
			})
		})
	}
}
