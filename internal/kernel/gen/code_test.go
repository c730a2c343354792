package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"
)

func eachSet(t *testing.T, run func(t *testing.T, s *instructions)) {
	for _, s := range sets {
		t.Run(s.suffix, func(t *testing.T) { run(t, s) })
	}
}

// The code of every instruction set makes Philox blocks.
func TestPhiloxCode(t *testing.T) {
	const block, index, key0, key1 = 1<<33 - 5, 0x0370734413198a2e, 0xa4093822, 0x299f31d0
	eachSet(t, func(t *testing.T, s *instructions) {
		for n := range uint64(36) {
			m := newMachine(t)
			words := m.put(make([]uint64, 2*n+2)...)
			m.run(philox(s), n, words, block, index, key0|key1<<32)
			for i := range n {
				want := philoxBlock(block+i, index, [2]uint32{key0, key1})
				if got := [2]uint64{m.word(words + 16*i), m.word(words + 16*i + 8)}; got != want {
					t.Fatalf("block %d of %d is %#x, want %#x", i, n, got, want)
				}
			}
			if m.word(words+16*n) != 0 {
				t.Fatalf("%d blocks: more was written", n)
			}
		}
	})
}

// philoxBlock is ten rounds on a counter of four words (Salmon et al. 2011).
func philoxBlock(block, index uint64, key [2]uint32) [2]uint64 {
	c := [4]uint32{uint32(block), uint32(block >> 32), uint32(index), uint32(index >> 32)}
	for round := range uint32(10) {
		p0, p1 := 0xD2511F53*uint64(c[0]), 0xCD9E8D57*uint64(c[2])
		k0, k1 := key[0]+round*0x9E3779B9, key[1]+round*0xBB67AE85
		c = [4]uint32{uint32(p1>>32) ^ c[1] ^ k0, uint32(p1), uint32(p0>>32) ^ c[3] ^ k1, uint32(p0)}
	}
	return [2]uint64{uint64(c[0]) | uint64(c[1])<<32, uint64(c[2]) | uint64(c[3])<<32}
}

// The code of every instruction set takes membranes through a step.
func TestMembraneCode(t *testing.T) {
	eachSet(t, func(t *testing.T, s *instructions) {
		for inputs := 1; inputs <= 2; inputs++ {
			for n := uint64(8); n <= 64; n += 8 {
				checkMembraneCode(t, membrane(s, "membrane", []string{"first", "second"}[:inputs]...), n, inputs)
			}
		}
	})
}

func checkMembraneCode(t *testing.T, f *function, n uint64, inputs int) {
	m := newMachine(t)
	fired := m.put(0)
	arguments, at := []uint64{n, fired}, map[string]uint64{}
	for _, p := range f.params[2:] {
		at[p.name] = m.put(make([]uint64, n)...)
		arguments = append(arguments, at[p.name])
	}
	given := make([]map[string]float64, n)
	for i := range given {
		given[i] = someCell(i, inputs)
		for name, x := range given[i] {
			if first, have := at[name]; have {
				binary.LittleEndian.PutUint64(m.memory[first+8*uint64(i):], bits(x))
			}
		}
	}
	m.run(f, arguments...)
	for i := range n {
		v, silent, fires := stepOf(given[i], inputs)
		got := [2]float64{number(m.word(at["v"] + 8*i)), number(m.word(at["silent"] + 8*i))}
		if fmt.Sprint(got) != fmt.Sprint([2]float64{v, silent}) || m.word(fired)>>i&1 == 1 != fires {
			t.Errorf("cell %d of %d, %v: v, silent %v, fired %#x; want %g, %g, %v", i, n, given[i], got, m.word(fired), v, silent, fires)
		}
	}
}

// someCell is a cell that is refractory or not, sometimes lost, and reaches its
// threshold exactly, exceeds it or does not.
func someCell(i, inputs int) map[string]float64 {
	silent := []float64{0, 0, 3, 0, 0.5, -1, math.NaN(), 0, 0, 1, 0}
	potential := []float64{1, -1, 5, 2, 9, 3, 0, math.NaN(), math.Inf(1), 2, 0.25}
	cell := map[string]float64{
		"v": potential[i%11], "silent": silent[(i+i/11)%11], "drift": 0.1, "gain": 0.3, "current": 0.7, "decay": 0.9,
		"first": 0.2, "second": -0.3, "threshold": 1.5, "reset": -1, "refractory": 20,
	}
	if i%3 == 0 {
		cell["threshold"] = propagated(cell, inputs)
	}
	return cell
}

// propagated is the potential at the end of a step unless the cell is refractory.
func propagated(cell map[string]float64, inputs int) float64 {
	v := cell["drift"] + float64(cell["gain"]*cell["current"])
	v += float64(cell["decay"] * cell["v"])
	for _, input := range []string{"first", "second"}[:inputs] {
		v += cell[input]
	}
	return v
}

// stepOf is what a step makes of a cell.
func stepOf(cell map[string]float64, inputs int) (v, silent float64, fires bool) {
	v, silent = cell["v"], cell["silent"]
	if silent > 0 {
		return v, silent - 1, false
	}
	v = propagated(cell, inputs)
	if v >= cell["threshold"] {
		return cell["reset"], cell["refractory"], true
	}
	return v, silent, false
}
