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

// The code of every instruction set takes spiking cells, and credit through them, a
// step.
func TestSpikingCode(t *testing.T) {
	for _, l := range spikingLoops {
		t.Run(l.name, func(t *testing.T) {
			eachSet(t, func(t *testing.T, s *instructions) {
				for n := uint64(1); n <= 37; n++ {
					checkSpikingCode(t, l, s, n)
				}
			})
		})
	}
}

// parameterOfSpiking is the number that a spiking loop is given beside vectors.
const parameterOfSpiking = 0.25

func checkSpikingCode(t *testing.T, l *loop, s *instructions, n uint64) {
	m, f := newMachine(t), l.function(s)
	var arguments []uint64
	at, given := map[string]uint64{}, make([]map[string]float64, n)
	for i := range given {
		given[i] = map[string]float64{}
	}
	for place, p := range f.params {
		switch p.kind {
		case "int":
			arguments = append(arguments, n)
		case "float64":
			arguments = append(arguments, bits(parameterOfSpiking))
		default:
			at[p.name] = m.put(make([]uint64, n+1)...)
			arguments = append(arguments, at[p.name])
			for i := range given {
				x := someNumber(p.name, place, i)
				given[i][p.name] = x
				binary.LittleEndian.PutUint64(m.memory[at[p.name]+8*uint64(i):], bits(x))
			}
		}
	}
	m.run(f, arguments...)
	for name, first := range at {
		for i, before := range given {
			want, written := spikingElement(l.name, before)[name]
			if !written {
				want = before[name]
			}
			if got := number(m.word(first + 8*uint64(i))); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s of cell %d of %d, %v: %v, want %v", name, i, n, before, got, want)
			}
		}
		if m.word(first+8*n) != 0 {
			t.Errorf("%d cells: more of %s was written", n, name)
		}
	}
}

// someNumber is a number for a vector in some place of the parameters; some cells
// are refractory, some lost.
func someNumber(vector string, place, cell int) float64 {
	if vector == "silent" {
		return []float64{0, 0, 1, 0, 3}[cell%5]
	}
	if place+cell == 17 {
		return math.NaN()
	}
	return float64((7*place+5*cell)%13)/4 - 1.25
}

// spikingElement is what a spiking loop writes for one cell.
func spikingElement(name string, x map[string]float64) map[string]float64 {
	switch name {
	case "piecewiseLinear":
		f := 1 - math.Abs(parameterOfSpiking*x["x"])
		if f <= 0 {
			f = 0
		}
		return map[string]float64{"x": f * x["height"]}
	case "leak":
		return map[string]float64{"y": float64(parameterOfSpiking*x["y"]) + float64(parameterOfSpiking*x["x"])}
	case "creditLeak", "creditStep":
		return creditElement(name, x)
	}
	v := float64(x["decay"]*x["v"]) + float64(x["gain"]*x["current"])
	v -= float64(x["threshold"] * x["before"])
	excess, written := v-x["threshold"], map[string]float64{"v": v}
	if name == "adaptiveSpikingStep" {
		raise := float64(x["adaptationDecay"]*x["raise"]) + float64(x["adaptationGain"]*x["before"])
		excess -= float64(x["adaptation"] * raise)
		written["raise"] = raise
	}
	written["silent"], written["s"], written["z"] = x["silent"], excess/x["threshold"], 0
	switch {
	case x["silent"] > 0:
		written["silent"], written["s"] = x["silent"]-1, math.Inf(1)
	case excess > parameterOfSpiking:
		written["silent"], written["z"] = x["refractory"], 1
	}
	return written
}

func creditElement(name string, x map[string]float64) map[string]float64 {
	written, s := map[string]float64{}, float64(x["psi"]*x["l"])+float64(x["received"]*x["q"])
	if name == "creditStep" {
		s += float64(x["own"] * (float64(x["adaptationGain"]*x["a"]) - float64(x["taken"]*x["v"])))
		written["a"] = float64(x["adaptationDecay"]*x["a"]) - float64(x["adaptation"]*s)
	}
	written["v"] = float64(x["decay"]*x["v"]) + s
	written["sent"] = x["gain"] * written["v"]
	return written
}
