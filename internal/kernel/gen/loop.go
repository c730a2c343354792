package main

import (
	"fmt"
	"strings"
)

// A loop is a kernel that treats every element alike.
type loop struct {
	name    string
	scalar  string   // float64 parameter, "" if none
	vectors []string // parameters that point to the elements
	element func(*step)
}

var loops = []*loop{
	{
		name:    "reluStep",
		vectors: []string{"v", "z", "drive", "decay", "gain", "threshold"},
		element: func(s *step) {
			decay, v, gain, drive := s.load("decay"), s.load("v"), s.load("gain"), s.load("drive")
			s.op("VMULPD", decay, v, v)
			s.op("VFMADD231PD", drive, gain, v)
			s.store(v, "v")
			s.op("VSUBPD", s.load("threshold"), v, v)
			s.keepIf(notLessOrEqual, v, s.constant(), v)
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
		name:    "gate",
		vectors: []string{"dst", "x", "z"},
		element: func(s *step) {
			x, z := s.load("x"), s.load("z")
			s.keepIf(less, s.constant(), z, x)
			s.store(x, "dst")
		},
	},
	{
		name:    "axpy",
		scalar:  "alpha",
		vectors: []string{"x", "y"},
		element: func(s *step) {
			x, y := s.load("x"), s.load("y")
			s.op("VFMADD231PD", x, s.constant(), y)
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

// pointers hold the vector parameters in order.
var pointers = []string{"SI", "DI", "R8", "R9", "R10", "R11"}

func (l *loop) pointer(name string) string {
	for i, vector := range l.vectors {
		if vector == name {
			return pointers[i]
		}
	}
	panic("no vector " + name)
}

// function is the loop in an instruction set.
func (l *loop) function(s *instructions) *function {
	f := &function{name: l.name + s.suffix, params: []param{{"n", "int"}}}
	if l.scalar != "" {
		f.params = append(f.params, param{l.scalar, "float64"})
	}
	for _, vector := range l.vectors {
		f.params = append(f.params, param{vector, "*float64"})
	}
	f.doc = l.doc(s)
	f.body = func(w *assembler) {
		l.writeSetUp(w, s, f)
		l.writeTurns(w, s)
	}
	return f
}

func (l *loop) doc(s *instructions) []string {
	constant := "0"
	if l.scalar != "" {
		constant = l.scalar
	}
	return []string{
		"",
		fmt.Sprintf("%s  %s", strings.Join(pointers[:len(l.vectors)], ", "), strings.Join(l.vectors, ", ")),
		fmt.Sprintf("%s, %s  elements done, left", done, left),
		fmt.Sprintf("%s  %s in every lane, %s mask of the rest", s.register(0), constant, s.mask()),
	}
}

func (l *loop) writeSetUp(w *assembler, s *instructions, f *function) {
	w.op("MOVQ", f.arg("n"), left)
	for _, vector := range l.vectors {
		w.op("MOVQ", f.arg(vector), l.pointer(vector))
	}
	if l.scalar != "" {
		w.op("VBROADCASTSD", f.arg(l.scalar), s.register(0))
	} else {
		w.op("VXORPD", "X0", "X0", "X0")
	}
	w.op("XORL", done, done)
}

// writeTurns writes the loop over pairs of vectors, then what is left: a
// vector, and elements that do not fill one.
func (l *loop) writeTurns(w *assembler, s *instructions) {
	l.writeTurn(w, s, 2, "turn1")
	l.writeTurn(w, s, 1, "rest")
	w.label("rest")
	w.op("TESTQ", left, left)
	w.op("JEQ", "done")
	s.setMask(w, left)
	l.element(&step{instructions: s, assembler: w, loop: l, tail: true})
	w.label("done")
}

// writeTurn writes the loop that takes some vectors a turn and goes to next
// when fewer are left.
func (l *loop) writeTurn(w *assembler, s *instructions, vectors int, next string) {
	label, elements := fmt.Sprintf("turn%d", vectors), vectors*s.lanes
	w.label(label)
	w.op("CMPQ", left, imm(elements))
	w.op("JLT", next)
	for i := range vectors {
		l.element(&step{instructions: s, assembler: w, loop: l, displacement: i * s.bytes()})
	}
	w.op("ADDQ", imm(elements), done)
	w.op("SUBQ", imm(elements), left)
	w.op("JMP", label)
}

// A step is the work of a loop on one vector.
type step struct {
	*instructions
	*assembler
	*loop
	displacement int
	tail         bool
	used         int // vector registers besides the constant
}

// constant is the register of the scalar, or of 0.
func (s *step) constant() string { return s.register(0) }

func (s *step) scratch() string {
	s.used++
	return s.register(s.used)
}

func (s *step) address(vector string) string {
	return indexed(s.displacement, s.pointer(vector), done, 8)
}

// load reads a vector into a register of its own.
func (s *step) load(vector string) string {
	register := s.scratch()
	s.instructions.load(s.assembler, s.tail, s.address(vector), register)
	return register
}

func (s *step) store(register, vector string) {
	s.instructions.store(s.assembler, s.tail, register, s.address(vector))
}

// keepIf zeroes the lanes of value where the comparison is false.
func (s *step) keepIf(compare predicate, first, second, value string) {
	s.instructions.keepIf(s.assembler, compare, first, second, value, s.scratch())
}
