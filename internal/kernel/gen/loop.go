package main

import (
	"fmt"
	"slices"
	"strings"
)

// A loop is a kernel that treats every element alike.
type loop struct {
	name      string
	constants []constant // in registers 0, 1 …
	vectors   []string   // parameters that point to the elements
	element   func(*step)
}

// A constant is one number in every lane of a register: a float64 parameter, or
// the number whose bits are given.
type constant struct {
	name      string
	bits      uint64
	parameter bool
}

// Constants that are the same at every call.
var (
	zero      = constant{name: "0"}
	one       = constant{name: "1", bits: 0x3ff0000000000000}
	infinity  = constant{name: "∞", bits: 0x7ff0000000000000}
	magnitude = constant{name: "all bits but the sign", bits: 0x7fffffffffffffff}
)

// parameter is the constant that a call gives.
func parameter(name string) constant { return constant{name: name, parameter: true} }

var loops = []*loop{
	{
		name:      "reluStep",
		constants: []constant{zero},
		vectors:   []string{"v", "z", "drive", "decay", "gain", "threshold"},
		element: func(s *step) {
			decay, v, gain, drive := s.load("decay"), s.load("v"), s.load("gain"), s.load("drive")
			s.op("VMULPD", decay, v, v)
			s.op("VFMADD231PD", drive, gain, v)
			s.store(v, "v")
			s.op("VSUBPD", s.load("threshold"), v, v)
			s.keepIf(notLessOrEqual, v, s.constant(zero), v)
			s.store(v, "z")
		},
	},
	{
		name:    "filter",
		vectors: []string{"dst", "decay", "y", "gain", "x"},
		element: func(s *step) {
			decay, y, gain, x := s.load("decay"), s.load("y"), s.load("gain"), s.load("x")
			s.op("VMULPD", decay, y, y)
			s.op("VFMADD231PD", x, gain, y)
			s.store(y, "dst")
		},
	},
	{
		name:      "gate",
		constants: []constant{zero},
		vectors:   []string{"dst", "x", "z"},
		element: func(s *step) {
			x, z := s.load("x"), s.load("z")
			s.keepIf(less, s.constant(zero), z, x)
			s.store(x, "dst")
		},
	},
	{
		name:      "axpy",
		constants: []constant{parameter("alpha")},
		vectors:   []string{"x", "y"},
		element: func(s *step) {
			x, y := s.load("x"), s.load("y")
			s.op("VFMADD231PD", x, s.constant(parameter("alpha")), y)
			s.store(y, "y")
		},
	},
	{
		name:    "relax",
		vectors: []string{"effect", "x", "gain", "decay", "jump"},
		element: func(s *step) {
			x, gain, decay, jump := s.load("x"), s.load("gain"), s.load("decay"), s.load("jump")
			s.op("VMULPD", x, gain, gain)
			s.store(gain, "effect")
			s.op("VMULPD", x, decay, decay)
			s.op("VADDPD", jump, decay, decay)
			s.store(decay, "x")
		},
	},
}

// General registers of the loops.
const (
	done = "CX" // elements
	left = "DX"
)

// pointers hold the vector parameters in order; what there are more of them is
// fetched when it is needed.
var pointers = []string{"SI", "DI", "R8", "R9", "R10", "R11", "R12", "R13", "BX", "R14", "R15"}

// fetched holds a pointer that has no register of its own.
const fetched = "AX"

// function is the loop in an instruction set.
func (l *loop) function(s *instructions) *function {
	f := &function{name: l.name + s.suffix, params: []param{{"n", "int"}}}
	for _, c := range l.constants {
		if c.parameter {
			f.params = append(f.params, param{c.name, "float64"})
		}
	}
	for _, vector := range l.vectors {
		f.params = append(f.params, param{vector, "*float64"})
	}
	f.doc = l.doc(s)
	f.body = func(w *assembler) {
		l.writeSetUp(w, s, f)
		l.writeTurns(&step{instructions: s, assembler: w, loop: l, function: f})
	}
	return f
}

func (l *loop) doc(s *instructions) []string {
	held := min(len(l.vectors), len(pointers))
	doc := []string{"", fmt.Sprintf("%s  %s", strings.Join(pointers[:held], ", "), strings.Join(l.vectors[:held], ", "))}
	if others := l.vectors[held:]; len(others) > 0 {
		doc = append(doc, fmt.Sprintf("%s  %s, when needed", fetched, strings.Join(others, ", ")))
	}
	doc = append(doc, fmt.Sprintf("%s, %s  elements done, left", done, left))
	for i, c := range l.constants {
		doc = append(doc, fmt.Sprintf("%s  %s in every lane", s.register(i), c.name))
	}
	return append(doc, s.mask()+"  mask of the rest")
}

func (l *loop) writeSetUp(w *assembler, s *instructions, f *function) {
	w.op("MOVQ", f.arg("n"), left)
	for i, vector := range l.vectors[:min(len(l.vectors), len(pointers))] {
		w.op("MOVQ", f.arg(vector), pointers[i])
	}
	for i, c := range l.constants {
		narrow := s.narrow(i)
		switch {
		case c.parameter:
			w.op("VBROADCASTSD", f.arg(c.name), s.register(i))
		case c.bits == 0:
			w.op("VXORPD", narrow, narrow, narrow)
		default:
			w.op("MOVQ", fmt.Sprintf("$%#x", c.bits), "AX")
			w.op("VMOVQ", "AX", narrow)
			w.op("VBROADCASTSD", narrow, s.register(i))
		}
	}
	w.op("XORL", done, done)
}

// writeTurns writes the loop over pairs of vectors, then what is left: a
// vector, and elements that do not fill one.
func (l *loop) writeTurns(s *step) {
	l.writeTurn(s, 2, "turn1")
	l.writeTurn(s, 1, "rest")
	s.label("rest")
	s.op("TESTQ", left, left)
	s.op("JEQ", "done")
	s.setMask(s.assembler, left)
	l.element(s.at(0, true))
	s.label("done")
}

// writeTurn writes the loop that takes some vectors a turn and goes to next
// when fewer are left.
func (l *loop) writeTurn(s *step, vectors int, next string) {
	label, elements := fmt.Sprintf("turn%d", vectors), vectors*s.lanes
	s.label(label)
	s.op("CMPQ", left, imm(elements))
	s.op("JLT", next)
	for i := range vectors {
		l.element(s.at(i*s.bytes(), false))
	}
	s.op("ADDQ", imm(elements), done)
	s.op("SUBQ", imm(elements), left)
	s.op("JMP", label)
}

// A step is the work of a loop on one vector.
type step struct {
	*instructions
	*assembler
	*loop
	function     *function
	displacement int
	tail         bool
	used         int // vector registers
}

// at is the step on the vector so many bytes further on.
func (s step) at(displacement int, tail bool) *step {
	s.displacement, s.tail, s.used = displacement, tail, len(s.constants)
	return &s
}

// constant is the register of a constant of the loop.
func (s *step) constant(c constant) string { return s.register(slices.Index(s.constants, c)) }

func (s *step) scratch() string {
	s.used++
	return s.register(s.used - 1)
}

// address is the operand of a vector, good until the next is asked for.
func (s *step) address(vector string) string {
	i := slices.Index(s.vectors, vector)
	if i < len(pointers) {
		return indexed(s.displacement, pointers[i], done, 8)
	}
	s.op("MOVQ", s.function.arg(vector), fetched)
	return indexed(s.displacement, fetched, done, 8)
}

// load reads a vector into a register of its own.
func (s *step) load(vector string) string {
	register := s.scratch()
	s.instructions.load(s.assembler, s.tail, s.address(vector), register)
	return register
}

// operand is a vector as the first operand of the next instruction.
func (s *step) operand(vector string) string {
	if !s.tail {
		return s.address(vector)
	}
	register := s.register(15)
	s.instructions.load(s.assembler, true, s.address(vector), register)
	return register
}

// product is the product of two vectors, in a register of its own.
func (s *step) product(first, second string) string {
	register := s.load(first)
	s.op("VMULPD", s.operand(second), register, register)
	return register
}

func (s *step) store(register, vector string) {
	s.instructions.store(s.assembler, s.tail, register, s.address(vector))
}

// keepIf zeroes the lanes of value where the comparison is false.
func (s *step) keepIf(compare predicate, first, second, value string) {
	s.instructions.keepIf(s.assembler, compare, first, second, value, s.scratch())
}
