package main

import (
	"fmt"
	"strings"
)

// General registers of the membranes.
const (
	membraneFired = "DX" // next byte
	membraneDone  = "CX"
	membraneLeft  = "R14" // cells
)

var membranePointers = []string{"SI", "DI", "R8", "R9", "R10", "R11", "R12", "R13", "BX"}

// Vector registers of the membranes that stay as they are.
const (
	membraneZero = iota
	membraneOne
	membraneConstants
)

var membraneDoc = []string{
	"",
	"n is a multiple of 8: eight cells a turn give a byte of the bits. What firing",
	"does is only read where one of the eight fires.",
	"",
	"DX  next byte of fired",
}

// membrane advances leaky membranes that receive some inputs beside a current.
func membrane(s *instructions, name string, inputs ...string) *function {
	vectors := append([]string{"v", "silent", "drift", "gain", "current", "decay", "threshold"}, inputs...)
	f := &function{name: name + s.suffix, params: []param{{"n", "int"}, {"fired", "*uint64"}}}
	for _, vector := range append(vectors, "reset", "refractory") {
		f.params = append(f.params, param{vector, "*float64"})
	}
	f.doc = append(f.doc, membraneDoc...)
	f.doc = append(f.doc,
		fmt.Sprintf("%s  %s", strings.Join(membranePointers[:len(vectors)], ", "), strings.Join(vectors, ", ")),
		fmt.Sprintf("%s, %s  cells done, left", membraneDone, membraneLeft),
		fmt.Sprintf("%s, %s  0 and 1 in every lane", s.register(membraneZero), s.register(membraneOne)))
	f.body = func(w *assembler) {
		w.op("MOVQ", f.arg("n"), membraneLeft)
		w.op("MOVQ", f.arg("fired"), membraneFired)
		for i, vector := range vectors {
			w.op("MOVQ", f.arg(vector), membranePointers[i])
		}
		w.op("MOVQ", "$0x3ff0000000000000", "AX") // 1
		w.op("VMOVQ", "AX", "X1")
		w.op("VBROADCASTSD", "X1", s.register(membraneOne))
		w.op("VXORPD", "X0", "X0", "X0")
		w.op("XORL", membraneDone, membraneDone)
		writeMembranes(w, s, f, vectors)
	}
	return f
}

// writeMembranes writes the loop over eights of cells.
func writeMembranes(w *assembler, s *instructions, f *function, vectors []string) {
	cells := make([]*cells, 8/s.lanes)
	w.label("turn")
	for i := range cells {
		cells[i] = newCells(w, s, vectors, i)
		cells[i].writeStep()
	}
	s.gatherFired(w, cells)
	w.op("MOVB", "AX", mem(0, membraneFired))
	w.op("TESTL", "AX", "AX")
	w.op("JEQ", "store")
	for _, rule := range []struct{ value, variable string }{{"reset", "v"}, {"refractory", "silent"}} {
		w.op("MOVQ", f.arg(rule.value), "AX")
		for _, c := range cells {
			c.writeFired(indexed(c.displacement, "AX", membraneDone, 8), c.register(rule.variable))
		}
	}
	w.label("store")
	for _, c := range cells {
		s.store(w, false, c.register("v"), c.address("v"))
		s.store(w, false, c.register("silent"), c.address("silent"))
	}
	w.op("INCQ", membraneFired)
	w.op("ADDQ", "$8", membraneDone)
	w.op("SUBQ", "$8", membraneLeft)
	w.op("JNE", "turn")
}

// cells is a vector of cells.
type cells struct {
	*assembler
	*instructions
	vectors      []string
	first        int // of its vector registers
	displacement int
	index        int
}

func newCells(w *assembler, s *instructions, vectors []string, index int) *cells {
	return &cells{w, s, vectors, membraneConstants + 6*index, index * s.bytes(), index}
}

func (c *cells) address(vector string) string {
	for i, v := range c.vectors {
		if v == vector {
			return indexed(c.displacement, membranePointers[i], membraneDone, 8)
		}
	}
	panic("no vector " + vector)
}

// register is the vector register of a quantity; held and fired are masks.
func (c *cells) register(quantity string) string {
	for i, q := range []string{"v", "silent", "next", "product", "held", "fired"} {
		if q == quantity {
			return c.instructions.register(c.first + i)
		}
	}
	panic("no register of " + quantity)
}

// writeStep makes v and silent what they are at the end of the step unless the
// cell fires, and finds out whether it does. Each operation is rounded by
// itself.
func (c *cells) writeStep() {
	v, silent, next, product := c.register("v"), c.register("silent"), c.register("next"), c.register("product")
	c.load(c.assembler, false, c.address("silent"), silent)
	c.load(c.assembler, false, c.address("v"), v)
	c.load(c.assembler, false, c.address("gain"), next)
	c.op("VMULPD", c.address("current"), next, next)
	c.op("VADDPD", c.address("drift"), next, next)
	c.load(c.assembler, false, c.address("decay"), product)
	c.op("VMULPD", v, product, product)
	c.op("VADDPD", product, next, next)
	for _, input := range c.vectors[7:] {
		c.op("VADDPD", c.address(input), next, next)
	}
	zero, one := c.instructions.register(membraneZero), c.instructions.register(membraneOne)
	if c.masked {
		held, free, fired := c.masks()
		c.op("VCMPPD", less.imm(), silent, zero, held)
		c.op("KNOTW", held, free)
		c.op("VCMPPD", greaterOrEqual.imm(), c.address("threshold"), next, free, fired)
		c.op("VMOVAPD", next, free, v)
		c.op("VSUBPD", one, silent, held, silent)
		return
	}
	held, fired := c.register("held"), c.register("fired")
	c.op("VCMPPD", less.imm(), silent, zero, held)
	c.op("VCMPPD", greaterOrEqual.imm(), c.address("threshold"), next, fired)
	c.op("VANDNPD", fired, held, fired)
	c.op("VBLENDVPD", held, v, next, v)
	c.op("VANDPD", held, one, product)
	c.op("VSUBPD", product, silent, silent)
}

// masks are the mask registers of cells that are refractory, of the others, and
// of those that fire.
func (c *cells) masks() (held, free, fired string) { return "K1", "K2", "K3" }

// writeFired replaces a variable of the cells that fire.
func (c *cells) writeFired(value, variable string) {
	if c.masked {
		_, _, fired := c.masks()
		c.op("VMOVUPD", value, fired, variable)
		return
	}
	c.op("VBLENDVPD", c.register("fired"), value, variable, variable)
}

// gatherFired sets bit i of AX where cell i of eight fires.
func (s *instructions) gatherFired(w *assembler, cells []*cells) {
	if s.masked {
		_, _, fired := cells[0].masks()
		w.op("KMOVW", fired, "AX")
		return
	}
	writeSigns(w, cells[0].register("fired"), cells[1].register("fired"), cells[0].register("product"))
}
