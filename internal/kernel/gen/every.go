package main

// matMul takes every column of A and row of B.
var matMul = &product{
	name: "matMul",
	params: []param{
		{"m", "int"}, {"n", "int"}, {"k", "int"},
		{"a", "*float64"}, {"aRow", "int"}, {"aCol", "int"},
		{"b", "*float64"}, {"bRow", "int"},
		{"c", "*float64"}, {"cRow", "int"},
		{"ahead", "int"},
	},
	locals: 1,
	steps:  everySteps{},
	doc: []string{
		"",
		"If the next block lies ahead > 0 steps of k further on, it is prefetched:",
		"the first panel fetches A, and each tile another line of all rows of B.",
		"",
		"SI, DI   first row of the tile of A, of C",
		"R8-R11   1, 3, 5, 7 times the bytes from row to row of A",
		"R12      bytes from column to column of A",
		"R13, DX  bytes from row to row of B, of C",
		"R14, R15 bytes from A, from B to what is prefetched, 0 if nothing is",
		"AX, BX   next column of A in the tile (or row of C), next row of B",
		"CX       steps of k left",
	},
}

// General registers of everySteps.
const (
	aCol   = "R12"
	aAhead = "R14" // from A to what is prefetched
	bAhead = "R15" // from B to what is prefetched

	linesLeft = "lines-16(SP)" // of a row of B to prefetch
)

// cacheLine is the size of a line in bytes.
const cacheLine = 64

// everySteps goes from column to column of A and from row to row of B. The
// first column of the panel in B stays in the argument.
type everySteps struct{}

// writeSetUp finds what to prefetch: no line if nothing is ahead.
func (everySteps) writeSetUp(w *assembler, f *function) {
	writeStride(w, f, "aCol", aCol)
	w.op("MOVQ", f.arg("ahead"), kLeft)
	w.op("MOVQ", aCol, aAhead)
	w.op("IMULQ", kLeft, aAhead)
	w.op("MOVQ", bRow, bAhead)
	w.op("IMULQ", kLeft, bAhead)
	w.op("MOVQ", f.arg("n"), walk)
	w.op("SHRQ", "$3", walk)
	w.op("TESTQ", kLeft, kLeft)
	w.op("CMOVQEQ", kLeft, walk)
	w.op("MOVQ", walk, linesLeft)
}

// writeTile chooses the line of B that the tile prefetches.
func (everySteps) writeTile(p *panel, rows int) {
	p.w.op("XORL", walk, walk)
	p.w.op("DECQ", linesLeft)
	p.w.op("CMOVQLT", walk, bAhead)
	p.writeTile(rows)
	p.w.op("ADDQ", imm(cacheLine), bAhead)
}

func (everySteps) writeStart(p *panel) {
	p.w.op("MOVQ", aTile, walk)
	p.w.op("MOVQ", p.f.arg("b"), bWalk)
}

func (everySteps) writeStep(p *panel, rows int) {
	p.writeB()
	p.w.op("PREFETCHT1", indexed(0, bWalk, bAhead, 1))
	p.w.op("PREFETCHT1", indexed(0, walk, aAhead, 1))
	p.w.op("ADDQ", bRow, bWalk)
	p.writeProducts(rows)
	p.w.op("ADDQ", aCol, walk)
}

// writeAdvance moves on, except what is prefetched of B.
func (everySteps) writeAdvance(p *panel) {
	p.w.op("ADDQ", imm(p.vectors*p.bytes()), p.f.arg("b"))
	p.w.op("SUBQ", imm(p.vectors*p.bytes()), bAhead)
	p.w.op("XORL", aAhead, aAhead)
}
