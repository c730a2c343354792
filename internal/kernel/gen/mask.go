package main

// General registers of the mask.
const (
	maskBits = "DI"
	maskZ    = "SI"
	maskWord = "DX"
	maskLeft = "CX" // elements
)

var maskDoc = []string{
	"",
	"Elements are read backwards, so that each bit shifts those after it into place:",
	"first what is more than a multiple of 8 elements, one by one, then 8 at a",
	"time.",
	"",
	"DI, SI  bits, elements",
	"CX      elements left",
	"DX      bits of the current word",
}

// A bitmap tells which elements of a vector compare with 0 as they should.
type bitmap struct {
	name    string
	vector  string
	compare predicate                       // of 0 with an element
	carry   func(w *assembler, from string) // sets the carry if one element does
}

var bitmaps = []*bitmap{
	{"mask", "z", notGreaterOrEqual, func(w *assembler, from string) {
		w.op("VUCOMISD", from, "X0") // also if one is NaN
	}},
	{"nonZero", "x", notEqual, func(w *assembler, from string) {
		w.op("MOVQ", from, "AX")
		w.op("ADDQ", "AX", "AX") // without the sign
		w.op("NEGQ", "AX")
	}},
}

func (b *bitmap) function(s *instructions) *function {
	f := &function{name: b.name + s.suffix, params: []param{{"n", "int"}, {"bits", "*uint64"}, {b.vector, "*float64"}}}
	f.doc = append(f.doc, maskDoc...)
	f.doc = append(f.doc, s.register(0)+"      0 in every lane")
	f.body = func(w *assembler) {
		w.op("MOVQ", f.arg("n"), maskLeft)
		w.op("MOVQ", f.arg("bits"), maskBits)
		w.op("MOVQ", f.arg(b.vector), maskZ)
		w.op("VXORPD", "X0", "X0", "X0")
		w.op("XORL", maskWord, maskWord)
		w.op("TESTQ", "$7", maskLeft)
		w.op("JEQ", "eight")
		b.writeOne(w)
		b.writeEight(w, s)
		writeMaskWord(w)
	}
	return f
}

// writeOne takes elements until their number is a multiple of 8.
func (b *bitmap) writeOne(w *assembler) {
	w.label("one")
	b.carry(w, indexed(-8, maskZ, maskLeft, 8))
	w.op("ADCQ", maskWord, maskWord)
	w.op("DECQ", maskLeft)
	w.op("TESTQ", "$7", maskLeft)
	w.op("JNE", "one")
	w.op("TESTQ", "$63", maskLeft)
	w.op("JEQ", "word")
}

// writeEight takes 8 elements at a time until the word is complete.
func (b *bitmap) writeEight(w *assembler, s *instructions) {
	w.label("eight")
	s.compareEight(w, b.compare, indexed(-64, maskZ, maskLeft, 8), indexed(-32, maskZ, maskLeft, 8))
	w.op("SHLQ", "$8", maskWord)
	w.op("ORQ", "AX", maskWord)
	w.op("SUBQ", "$8", maskLeft)
	w.op("TESTQ", "$63", maskLeft)
	w.op("JNE", "eight")
}

// writeMaskWord stores the word and goes on if it was not the first.
func writeMaskWord(w *assembler) {
	w.label("word")
	w.op("MOVQ", maskLeft, "AX")
	w.op("SHRQ", "$3", "AX")
	w.op("MOVQ", maskWord, indexed(0, maskBits, "AX", 1))
	w.op("XORL", maskWord, maskWord)
	w.op("TESTQ", maskLeft, maskLeft)
	w.op("JNE", "eight")
}

// compareEight sets bit i of AX where 0 and element i of 8 compare, given the
// operands of the first and of the last four.
func (s *instructions) compareEight(w *assembler, compare predicate, first, last string) {
	if s.masked {
		w.op("VCMPPD", compare.imm(), first, s.register(0), "K2")
		w.op("KMOVW", "K2", "AX")
		return
	}
	w.op("VCMPPD", compare.imm(), first, s.register(0), s.register(1))
	w.op("VCMPPD", compare.imm(), last, s.register(0), s.register(2))
	writeSigns(w, s.register(1), s.register(2), s.register(1))
}

// writeSigns sets bit i of AX where lane i of two vectors of four is on.
func writeSigns(w *assembler, first, last, scratch string) {
	w.op("VSHUFPS", "$0x88", last, first, scratch) // 0 1 4 5 2 3 6 7
	w.op("VPERMQ", "$0xd8", scratch, scratch)
	w.op("VMOVMSKPS", scratch, "AX")
}
