package main

import (
	"fmt"
	"strings"
)

// A function is one assembly function and its Go declaration.
type function struct {
	name   string
	doc    []string
	params []param
	locals int // words
	body   func(*assembler)
}

// A param is a Go parameter; all types used here are one 8-byte word.
type param struct{ name, kind string }

// signature is the declaration; neighbouring parameters of one type share it.
func (f *function) signature() string {
	var s strings.Builder
	for i, p := range f.params {
		s.WriteString(p.name)
		if i+1 == len(f.params) {
			s.WriteString(" " + p.kind)
			break
		}
		if f.params[i+1].kind != p.kind {
			s.WriteString(" " + p.kind)
		}
		s.WriteString(", ")
	}
	return "func " + f.name + "(" + s.String() + ")"
}

func (f *function) stub() string {
	return "\n//go:noescape\n" + f.signature() + "\n"
}

// arg is the memory operand of a parameter.
func (f *function) arg(name string) string {
	for i, p := range f.params {
		if p.name == name {
			return fmt.Sprintf("%s+%d(FP)", name, 8*i)
		}
	}
	panic("no parameter " + name)
}

// An assembler collects the text of an assembly file.
type assembler struct{ strings.Builder }

func newAssembler() *assembler {
	w := new(assembler)
	w.WriteString(header)
	w.WriteString("#include \"textflag.h\"\n")
	w.WriteString(maskTable)
	w.WriteString(philoxTable)
	for _, set := range sets {
		w.WriteString(set.orderTable())
	}
	return w
}

// op writes one instruction, operands in Go's order: sources, destination.
func (w *assembler) op(name string, operands ...string) {
	fmt.Fprintf(w, "\t%s\n", strings.TrimSpace(name+" "+strings.Join(operands, ", ")))
}

func (w *assembler) label(name string) { fmt.Fprintf(w, "\n%s:\n", name) }

// arguments reads the first parameters into registers.
func (w *assembler) arguments(f *function, registers ...string) {
	for i, register := range registers {
		w.op("MOVQ", f.arg(f.params[i].name), register)
	}
}

func (w *assembler) function(f *function) {
	w.WriteString("\n")
	for _, line := range append([]string{f.signature()}, f.doc...) {
		fmt.Fprintln(w, strings.TrimSpace("// "+line))
	}
	fmt.Fprintf(w, "TEXT ·%s(SB), NOSPLIT, $%d-%d\n", f.name, 8*f.locals, 8*len(f.params))
	f.body(w)
	w.op("VZEROUPPER")
	w.op("RET")
}

// imm is an immediate operand.
func imm(value int) string { return fmt.Sprintf("$%d", value) }

// mem is the operand at a displacement from a base register.
func mem(displacement int, base string) string {
	if displacement == 0 {
		return "(" + base + ")"
	}
	return fmt.Sprintf("%d(%s)", displacement, base)
}

// indexed is the operand at base + index·scale.
func indexed(displacement int, base, index string, scale int) string {
	return fmt.Sprintf("%s(%s*%d)", mem(displacement, base), index, scale)
}
