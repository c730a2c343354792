package kernel

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// carried is the definition of Carry.
func carried(x Rows, width, own int, cell []int32, cells, common []float64) []float64 {
	dst := make([]float64, len(cell)*width)
	for i, p := range cell {
		for j := range width {
			sum := x.Lead[i*x.LeadRow] * cells[int(p)*own*width+j]
			for l := 1; l < own; l++ {
				sum = math.FMA(x.X[i*x.Row+l-1], cells[(int(p)*own+l)*width+j], sum)
			}
			for l := range len(common) / width {
				sum = math.FMA(x.X[i*x.Row+own-1+l], common[l*width+j], sum)
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
			shared := rapid.IntRange(0, width-own).Draw(t, "shared")
			count := rapid.IntRange(1, 4).Draw(t, "cells")
			cell := rapid.SliceOfN(rapid.Int32Range(0, int32(count)-1), 0, 45).Draw(t, "cell")
			cells, common := elements(t, count*own*width), elements(t, shared*width)
			x := Rows{LeadRow: rapid.IntRange(0, 9).Draw(t, "lead row"), Row: own - 1 + shared + rapid.IntRange(0, 5).Draw(t, "between rows")}
			x.Lead, x.X = elements(t, len(cell)*x.LeadRow+1), elements(t, len(cell)*x.Row)
			if own-1+shared == 0 && rapid.Bool().Draw(t, "nothing follows") {
				x.X = nil
			}
			inside, all := framed(make([]float64, len(cell)*width))
			want := append([]float64(nil), all...)
			copy(want[margin:], carried(x, width, own, cell, cells, common))
			Carry(inside, x, width, own, CellsOf(cell, count), cells, common)
			requireSame(t, "dst", all, want)
		})
	})
}

// Carry refuses what would lie outside its slices.
func TestCarryRefuses(t *testing.T) {
	room := func(rows int) []float64 { return make([]float64, 8*rows) }
	one := CellsOf([]int32{0}, 1)
	rows := func(count int) Rows { return Rows{room(count), 8, room(count), 8} }
	for name, call := range map[string]func(){
		"width":         func() { Carry(make([]float64, 7), rows(1), 7, 1, one, room(1), room(1)) },
		"no own rows":   func() { Carry(room(1), rows(1), 8, 0, one, room(1), room(1)) },
		"too many rows": func() { Carry(room(1), rows(1), 8, 1, one, room(1), room(9)) },
		"short x": func() {
			Carry(room(2), Rows{room(2), 8, room(1), 8}, 8, 1, CellsOf([]int32{0, 0}, 1), room(1), room(1))
		},
		"short lead": func() {
			Carry(room(2), Rows{room(1), 8, room(2), 8}, 8, 1, CellsOf([]int32{0, 0}, 1), room(1), room(1))
		},
		"backward":        func() { Carry(room(1), Rows{room(1), 8, room(1), -8}, 8, 1, one, room(1), room(1)) },
		"cell too great":  func() { CellsOf([]int32{1}, 1) },
		"cell negative":   func() { CellsOf([]int32{-1}, 1) },
		"missing cells":   func() { Carry(room(1), rows(1), 8, 2, one, room(1), room(1)) },
		"dst of none":     func() { Carry(room(1), Rows{}, 8, 1, CellsOf(nil, 1), room(1), room(1)) },
		"short dst":       func() { Carry(room(1), rows(2), 8, 1, CellsOf([]int32{0, 0}, 1), room(1), room(1)) },
		"ragged common":   func() { Carry(room(1), rows(1), 8, 1, one, room(1), make([]float64, 9)) },
		"width not given": func() { Carry(nil, Rows{}, 0, 1, Cells{}, nil, room(1)) },
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
