package main

import "fmt"

// A product is a matrix product of one cache block.
type product struct {
	name   string
	params []param
	locals int // words besides rowsLeft
	doc    []string
	steps  steps
}

// steps is the inner index of a product: which columns of A meet which rows
// of B, in what order.
type steps interface {
	// writeSetUp writes what comes before the first panel.
	writeSetUp(w *assembler, f *function)
	// writeTile writes a tile.
	writeTile(p *panel, rows int)
	// writeStart writes what comes before the first step of a tile.
	writeStart(p *panel)
	// writeStep writes one rank-one product, and the way to the next.
	writeStep(p *panel, rows int)
	// writeAdvance moves on in B by the width of the panel.
	writeAdvance(p *panel)
}

var products = []*product{matMul, matMulRows}

// General registers of the products; those not named here are for the steps.
// Strides are in bytes. The first column of the panel in C and the columns
// left stay in the arguments.
const (
	aTile = "SI" // first row of the tile of A
	cTile = "DI" // first row of the tile of C
	cRow  = "DX"
	bRow  = "R13"
	aRow  = "R8"
	aRow3 = "R9"  // 3·aRow
	aRow5 = "R10" // 5·aRow
	aRow7 = "R11" // 7·aRow
	walk  = "AX"  // along A's columns, or C's rows
	bWalk = "BX"  // along B's rows
	kLeft = "CX"

	rowsLeft = "rows-8(SP)" // of the panel
)

var productDoc = []string{
	"",
	"C is worked off in panels of 3, 2 and 1 vectors of columns and a masked",
	"rest, each panel in tiles of rows. A tile of C is loaded into registers, k",
	"rank-one products are added to it, and it is stored.",
}

// function is the product in an instruction set.
func (x *product) function(s *instructions) *function {
	f := &function{name: x.name + s.suffix, locals: 1 + x.locals, params: x.params}
	f.doc = append(f.doc, productDoc...)
	f.doc = append(f.doc, x.doc...)
	f.doc = append(f.doc, s.tileDoc())
	f.body = func(w *assembler) {
		writeStrides(w, f)
		x.steps.writeSetUp(w, f)
		for vectors := s.columns; vectors > 0; vectors-- {
			(&panel{s, f, w, x.steps, vectors, false}).write()
		}
		(&panel{s, f, w, x.steps, 1, true}).write()
		w.label("done")
	}
	return f
}

// writeStrides reads the strides that every product has.
func writeStrides(w *assembler, f *function) {
	writeStride(w, f, "aRow", aRow)
	writeStride(w, f, "bRow", bRow)
	writeStride(w, f, "cRow", cRow)
	w.op("LEAQ", indexed(0, aRow, aRow, 2), aRow3)
	w.op("LEAQ", indexed(0, aRow, aRow, 4), aRow5)
	w.op("LEAQ", indexed(0, aRow3, aRow, 4), aRow7)
}

// writeStride reads a stride and makes bytes of it.
func writeStride(w *assembler, f *function, name, register string) {
	w.op("MOVQ", f.arg(name), register)
	w.op("SHLQ", "$3", register)
}

// Vector registers of a tile: first its elements of C, row by row, then the
// vectors of one row of B, then an element of A in every lane.
func (s *instructions) bRegister(v int) string { return s.register(s.rows[0]*s.columns + v) }
func (s *instructions) aRegister() string      { return s.register(s.rows[0]*s.columns + s.columns) }

func (s *instructions) tileDoc() string {
	return fmt.Sprintf("%s-%s rows of C, %s-%s row of B, %s element of A, %s mask of the rest",
		s.register(0), s.register(s.rows[0]*s.columns-1),
		s.bRegister(0), s.bRegister(s.columns-1), s.aRegister(), s.mask())
}

// A panel is a range of columns of B and C.
type panel struct {
	*instructions
	f       *function
	w       *assembler
	steps   steps
	vectors int
	tail    bool // less than one vector wide
}

func (p *panel) name() string {
	if p.tail {
		return "rest"
	}
	return fmt.Sprintf("panel%d", p.vectors)
}

// next names what follows when too few columns are left for this panel.
func (p *panel) next() string {
	switch {
	case p.tail:
		return "done"
	case p.vectors == 1:
		return "rest"
	}
	return fmt.Sprintf("panel%d", p.vectors-1)
}

// write writes the loop over the panels of this width and, inside, those
// over the tiles of a panel.
func (p *panel) write() {
	w := p.w
	w.label(p.name())
	p.writeEnter()
	w.op("MOVQ", p.f.arg("m"), walk)
	w.op("MOVQ", walk, rowsLeft)
	w.op("MOVQ", p.f.arg("a"), aTile)
	w.op("MOVQ", p.f.arg("c"), cTile)
	for i, rows := range p.rows {
		after := p.name() + "end"
		if i+1 < len(p.rows) {
			after = p.tile(p.rows[i+1])
		}
		p.writeTiles(rows, after)
	}
	w.label(p.name() + "end")
	if !p.tail {
		p.writeAdvance()
	}
}

// writeEnter writes the jump to the next panel if this one is too wide.
func (p *panel) writeEnter() {
	if !p.tail {
		p.w.op("CMPQ", p.f.arg("n"), imm(p.vectors*p.lanes))
		p.w.op("JLT", p.next())
		return
	}
	p.w.op("MOVQ", p.f.arg("n"), kLeft)
	p.w.op("TESTQ", kLeft, kLeft)
	p.w.op("JEQ", p.next())
	p.setMask(p.w, kLeft)
}

// writeAdvance moves on by the width of the panel.
func (p *panel) writeAdvance() {
	width := p.vectors * p.lanes
	p.steps.writeAdvance(p)
	p.w.op("ADDQ", imm(8*width), p.f.arg("c"))
	p.w.op("SUBQ", imm(width), p.f.arg("n"))
	p.w.op("JMP", p.name())
}

// tile names the loop over tiles of a number of rows.
func (p *panel) tile(rows int) string { return fmt.Sprintf("%srows%d", p.name(), rows) }

// writeTiles writes the loop over the tiles of a number of rows, which goes
// to after when fewer are left.
func (p *panel) writeTiles(rows int, after string) {
	w := p.w
	w.label(p.tile(rows))
	w.op("CMPQ", rowsLeft, imm(rows))
	w.op("JLT", after)
	p.steps.writeTile(p, rows)
	w.op("LEAQ", indexed(0, aTile, aRow, rows), aTile)
	w.op("LEAQ", indexed(0, cTile, cRow, rows), cTile)
	w.op("SUBQ", imm(rows), rowsLeft)
	w.op("JMP", p.tile(rows))
}

// writeTile writes one tile.
func (p *panel) writeTile(rows int) {
	p.eachOfC(rows, func(register, memory string) { p.load(p.w, p.tail, memory, register) })
	p.writeSum(rows)
	p.eachOfC(rows, func(register, memory string) { p.store(p.w, p.tail, register, memory) })
}

// eachOfC walks over the vectors of the tile of C.
func (p *panel) eachOfC(rows int, do func(register, memory string)) {
	p.w.op("MOVQ", cTile, walk)
	for r := range rows {
		if r > 0 {
			p.w.op("ADDQ", cRow, walk)
		}
		for v := range p.vectors {
			do(p.register(r*p.vectors+v), mem(v*p.bytes(), walk))
		}
	}
}

// writeSum writes the loop over k: every element of C is one chain of fused
// multiply-adds.
func (p *panel) writeSum(rows int) {
	w := p.w
	p.steps.writeStart(p)
	w.op("MOVQ", p.f.arg("k"), kLeft)
	loop := p.tile(rows) + "k"
	w.label(loop)
	p.steps.writeStep(p, rows)
	w.op("DECQ", kLeft)
	w.op("JNE", loop)
}

// writeB loads the current row of B.
func (p *panel) writeB() {
	for v := range p.vectors {
		p.load(p.w, p.tail, mem(v*p.bytes(), bWalk), p.bRegister(v))
	}
}

// writeProducts adds the products of the current column of A and the row of
// B to the tile.
func (p *panel) writeProducts(rows int) {
	for r := range rows {
		p.w.op("VBROADCASTSD", elementOfA(r), p.aRegister())
		for v := range p.vectors {
			p.w.op("VFMADD231PD", p.bRegister(v), p.aRegister(), p.register(r*p.vectors+v))
		}
	}
}

// elementOfA is the operand of a row of the current column of A.
func elementOfA(row int) string {
	switch row {
	case 0:
		return mem(0, walk)
	case 3:
		return indexed(0, walk, aRow3, 1)
	case 5:
		return indexed(0, walk, aRow5, 1)
	case 6:
		return indexed(0, walk, aRow3, 2)
	case 7:
		return indexed(0, walk, aRow7, 1)
	}
	return indexed(0, walk, aRow, row)
}
