package kernel

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// carried is the definition of Carry.
func carried(x []float64, width, own int, cell []int32, cells, common []float64) []float64 {
	dst := make([]float64, len(x))
	for i, p := range cell {
		for j := range width {
			sum := 0.0
			for l := range own {
				sum = math.FMA(x[i*width+l], cells[(int(p)*own+l)*width+j], sum)
			}
			for l := range len(common) / width {
				sum = math.FMA(x[i*width+own+l], common[l*width+j], sum)
			}
			dst[i*width+j] = sum
		}
	}
	return dst
}

func TestCarry(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			width := 4 * rapid.IntRange(1, 6).Draw(t, "width / 4")
			own := rapid.IntRange(1, min(3, width-1)).Draw(t, "own")
			shared := rapid.IntRange(1, width-own).Draw(t, "shared")
			count := rapid.IntRange(1, 4).Draw(t, "cells")
			cell := rapid.SliceOfN(rapid.Int32Range(0, int32(count)-1), 0, 9).Draw(t, "cell")
			x, cells, common := elements(t, len(cell)*width), elements(t, count*own*width), elements(t, shared*width)
			inside, all := framed(make([]float64, len(x)))
			want := append([]float64(nil), all...)
			copy(want[margin:], carried(x, width, own, cell, cells, common))
			Carry(inside, x, width, own, cell, cells, common)
			requireSame(t, "dst", all, want)
		})
	})
}

// Carry refuses what would lie outside its slices.
func TestCarryRefuses(t *testing.T) {
	room := func(rows int) []float64 { return make([]float64, 8*rows) }
	for name, call := range map[string]func(){
		"width":           func() { Carry(make([]float64, 7), make([]float64, 7), 7, 1, []int32{0}, room(1), room(1)) },
		"no own rows":     func() { Carry(room(1), room(1), 8, 0, []int32{0}, room(1), room(1)) },
		"no common rows":  func() { Carry(room(1), room(1), 8, 1, []int32{0}, room(1), nil) },
		"too many rows":   func() { Carry(room(1), room(1), 8, 1, []int32{0}, room(1), room(8)) },
		"short x":         func() { Carry(room(2), room(1), 8, 1, []int32{0, 0}, room(1), room(1)) },
		"cell too great":  func() { Carry(room(1), room(1), 8, 2, []int32{1}, room(3), room(1)) },
		"cell negative":   func() { Carry(room(1), room(1), 8, 2, []int32{-1}, room(3), room(1)) },
		"short dst":       func() { Carry(room(1), room(2), 8, 1, []int32{0, 0}, room(1), room(1)) },
		"ragged common":   func() { Carry(room(1), room(1), 8, 1, []int32{0}, room(1), make([]float64, 9)) },
		"width not given": func() { Carry(nil, nil, 0, 1, nil, nil, room(1)) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("was not refused")
				}
			}()
			call()
		})
	}
}
