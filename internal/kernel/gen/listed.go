package main

// matMulRows takes those columns of A and rows of B that are listed.
var matMulRows = &product{
	name: "matMulRows",
	params: []param{
		{"m", "int"}, {"n", "int"}, {"k", "int"},
		{"rows", "*int"},
		{"a", "*float64"}, {"aRow", "int"},
		{"b", "*float64"}, {"bRow", "int"},
		{"c", "*float64"}, {"cRow", "int"},
	},
	steps: listedSteps{},
	doc: []string{
		"",
		"SI, DI   first row of the tile of A, of C",
		"R8-R11   1, 3, 5, 7 times the bytes from row to row of A",
		"R12      next of the listed rows",
		"R13, DX  bytes from row to row of B, of C",
		"R14      first row of the panel of B",
		"AX, BX   listed column of A in the tile (or row of C), row of B",
		"CX       steps of k left",
	},
}

// General registers of listedSteps.
const (
	list   = "R12"
	bPanel = "R14"
)

// listedSteps finds column and row of each step by an index from a list.
type listedSteps struct{}

func (listedSteps) writeSetUp(w *assembler, f *function) {
	w.op("MOVQ", f.arg("b"), bPanel)
}

func (listedSteps) writeTile(p *panel, rows int) { p.writeTile(rows) }

func (listedSteps) writeStart(p *panel) {
	p.w.op("MOVQ", p.f.arg("rows"), list)
}

func (listedSteps) writeStep(p *panel, rows int) {
	p.w.op("MOVQ", mem(0, list), bWalk)
	p.w.op("LEAQ", indexed(0, aTile, bWalk, 8), walk)
	p.w.op("IMULQ", bRow, bWalk)
	p.w.op("ADDQ", bPanel, bWalk)
	p.w.op("ADDQ", "$8", list)
	p.writeB()
	p.writeProducts(rows)
}

func (listedSteps) writeAdvance(p *panel) {
	p.w.op("ADDQ", imm(p.vectors*p.bytes()), bPanel)
}
