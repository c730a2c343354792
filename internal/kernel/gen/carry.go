package main

import "fmt"

// General registers of carry. Strides are in bytes; the columns of dst left stay in
// their argument, and what has no register lies on the stack.
const (
	carryX      = "SI"
	carryDst    = "DI"
	carryRow    = "R8"  // bytes of a row of x
	carryThree  = "R9"  // bytes of three of them
	carryCells  = "R10" // the panel in the rows of cells
	carryCommon = "R11" // the panel in the rows of all
	carryCell   = "R12" // next cell
	carryLeft   = "R13" // rows of dst left
	carryWalk   = "AX"  // along rows of x
	carryCount  = "CX"

	carryWide = "wide-8(SP)"  // bytes of a row of dst, cells or common
	carryOf   = "of-16(SP)"   // bytes of the rows of a cell
	carryLead = "lead-24(SP)" // first element of the next row
)

// carryB walk along the rows of cells that rows of x are multiplied by.
var carryB = [carryTile]string{"BX", "DX", "R14", "R15"}

const (
	carryTile  = 4  // rows of dst that are made together, a power of two
	carryAhead = 16 // how many rows of dst before they are needed rows of cells are fetched
)

var carryDoc = []string{
	"",
	"dst is worked off in panels of 2 vectors of columns and one of the last, since",
	"rows are as short as a panel is wide, and in these in tiles of 4 rows, which share",
	"what is read of common, and of 2 and 1 of the last. The first two lines of a",
	"cell's rows are fetched some rows of dst before they are needed.",
	"",
	"SI, DI    row of x, of dst",
	"R8, R9    bytes of a row of x, of three",
	"R10, R11  first row of the panel of cells, of what all share",
	"R12, R13  next cell, rows left",
	"AX        element of the first row of x of a tile",
	"BX, DX, R14, R15  row that each is multiplied by; BX that of all",
	"CX        bytes of a cell's rows that are done, rows of the product left",
	"Y0 …      rows of dst, Y8 … elements of x in every lane, Y12, Y13 row of common",
}

// carry multiplies rows by matrices of which the first rows belong to a cell.
// Rows of few vectors gain nothing from wider ones.
func carry() *function {
	f := &function{name: "carryAVX2", locals: 3, params: []param{
		{"n", "int"}, {"width", "int"}, {"own", "int"}, {"shared", "int"}, {"cell", "*int32"}, {"dst", "*float64"},
		{"lead", "*float64"}, {"leadRow", "int"}, {"x", "*float64"}, {"row", "int"}, {"cells", "*float64"}, {"common", "*float64"},
	}}
	f.doc = carryDoc
	f.body = func(w *assembler) {
		w.op("MOVQ", f.arg("width"), "AX")
		w.op("SHLQ", "$3", "AX")
		w.op("MOVQ", "AX", carryWide)
		w.op("IMULQ", f.arg("own"), "AX")
		w.op("MOVQ", "AX", carryOf)
		w.op("SHLQ", "$3", f.arg("leadRow"))
		w.op("MOVQ", f.arg("row"), carryRow)
		w.op("SHLQ", "$3", carryRow)
		w.op("LEAQ", indexed(0, carryRow, carryRow, 2), carryThree)
		w.op("MOVQ", f.arg("cells"), carryCells)
		w.op("MOVQ", f.arg("common"), carryCommon)
		writeCarryPanel(w, f, 2, "panel1")
		writeCarryPanel(w, f, 1, "done")
		w.label("done")
	}
	return f
}

// writeCarryPanel writes the loop over panels of some vectors, which goes to
// next when fewer are left.
func writeCarryPanel(w *assembler, f *function, vectors int, next string) {
	panel, end := fmt.Sprintf("panel%d", vectors), fmt.Sprintf("end%d", vectors)
	w.label(panel)
	w.op("CMPQ", f.arg("width"), imm(vectors*avx2.lanes))
	w.op("JLT", next)
	w.op("MOVQ", f.arg("lead"), "AX")
	w.op("MOVQ", "AX", carryLead)
	w.op("MOVQ", f.arg("x"), carryX)
	w.op("MOVQ", f.arg("dst"), carryDst)
	w.op("MOVQ", f.arg("cell"), carryCell)
	w.op("MOVQ", f.arg("n"), carryLeft)
	for rows := carryTile; rows > 1; rows /= 2 {
		writeCarryTile(w, f, rows, vectors, fmt.Sprintf("tile%dx%d", rows/2, vectors))
	}
	writeCarryTile(w, f, 1, vectors, end)
	w.label(end)
	w.op("ADDQ", imm(vectors*avx2.bytes()), f.arg("dst"))
	w.op("ADDQ", imm(vectors*avx2.bytes()), carryCells)
	w.op("ADDQ", imm(vectors*avx2.bytes()), carryCommon)
	w.op("SUBQ", imm(vectors*avx2.lanes), f.arg("width"))
	w.op("JMP", panel)
}

// carryRowOf is the operand in row r of x of a tile.
func carryRowOf(displacement int, base string, r int) string {
	switch r {
	case 0:
		return mem(displacement, base)
	case 3:
		return indexed(displacement, base, carryThree, 1)
	default:
		return indexed(displacement, base, carryRow, r)
	}
}

// writeCarryTile writes the loop over tiles of some rows of a panel, which goes to
// next when fewer are left.
func writeCarryTile(w *assembler, f *function, rows, vectors int, next string) {
	tile := fmt.Sprintf("tile%dx%d", rows, vectors)
	w.label(tile)
	w.op("CMPQ", carryLeft, imm(rows))
	w.op("JLT", next)
	if rows == carryTile {
		writeCarryFetch(w, "last"+tile)
	}
	for r := range rows {
		w.op("MOVLQSX", mem(4*r, carryCell), carryB[r])
		w.op("IMULQ", carryOf, carryB[r])
		w.op("ADDQ", carryCells, carryB[r])
	}
	w.op("MOVQ", carryX, carryWalk)
	writeCarryFirst(w, f, rows, vectors)
	writeCarryOwn(w, rows, vectors, "own"+tile)
	writeCarryShared(w, f, rows, vectors, "shared"+tile)
	for r := range rows {
		for v := range vectors {
			w.op("VMOVUPD", avx2.register(r*vectors+v), mem(v*avx2.bytes(), carryDst))
		}
		w.op("ADDQ", carryWide, carryDst)
	}
	w.op("ADDQ", imm(4*rows), carryCell)
	w.op("LEAQ", indexed(0, carryX, carryRow, rows), carryX)
	w.op("SUBQ", imm(rows), carryLeft)
	w.op("JMP", tile)
}

// writeCarryFetch fetches the rows of the cells that lie ahead of a tile, unless its
// rows are the last.
func writeCarryFetch(w *assembler, last string) {
	w.op("CMPQ", carryLeft, imm(carryAhead+carryTile))
	w.op("JLT", last)
	for r := range carryTile {
		w.op("MOVLQSX", mem(4*(carryAhead+r), carryCell), carryB[r])
		w.op("IMULQ", carryOf, carryB[r])
		w.op("PREFETCHT0", indexed(0, carryCells, carryB[r], 1))
		w.op("PREFETCHT0", indexed(cacheLine, carryCells, carryB[r], 1))
	}
	w.label(last)
}

// writeCarryFirst writes the products of first elements, with which dst begins.
func writeCarryFirst(w *assembler, f *function, rows, vectors int) {
	w.op("MOVQ", carryLead, carryCount)
	for r := range rows {
		x := avx2.register(8 + r)
		w.op("VBROADCASTSD", mem(0, carryCount), x)
		w.op("ADDQ", f.arg("leadRow"), carryCount)
		for v := range vectors {
			w.op("VMULPD", mem(v*avx2.bytes(), carryB[r]), x, avx2.register(r*vectors+v))
		}
	}
	w.op("MOVQ", carryCount, carryLead)
}

// writeCarryOwn writes the loop over the other elements that meet the rows of cells.
func writeCarryOwn(w *assembler, rows, vectors int, loop string) {
	w.op("MOVQ", carryWide, carryCount)
	w.label(loop)
	w.op("CMPQ", carryCount, carryOf)
	w.op("JEQ", loop+"end")
	for r := range rows {
		x := avx2.register(8 + r)
		w.op("VBROADCASTSD", carryRowOf(0, carryWalk, r), x)
		for v := range vectors {
			w.op("VFMADD231PD", indexed(v*avx2.bytes(), carryB[r], carryCount, 1), x, avx2.register(r*vectors+v))
		}
	}
	w.op("ADDQ", "$8", carryWalk)
	w.op("ADDQ", carryWide, carryCount)
	w.op("JMP", loop)
	w.label(loop + "end")
}

// writeCarryShared writes the loop over the elements of x that meet the rows all
// share.
func writeCarryShared(w *assembler, f *function, rows, vectors int, loop string) {
	w.op("MOVQ", carryCommon, carryB[0])
	w.op("MOVQ", f.arg("shared"), carryCount)
	w.op("TESTQ", carryCount, carryCount)
	w.op("JEQ", loop+"end")
	w.label(loop)
	for v := range vectors {
		w.op("VMOVUPD", mem(v*avx2.bytes(), carryB[0]), avx2.register(12+v))
	}
	for r := range rows {
		x := avx2.register(8 + r)
		w.op("VBROADCASTSD", carryRowOf(0, carryWalk, r), x)
		for v := range vectors {
			w.op("VFMADD231PD", avx2.register(12+v), x, avx2.register(r*vectors+v))
		}
	}
	w.op("ADDQ", "$8", carryWalk)
	w.op("ADDQ", carryWide, carryB[0])
	w.op("DECQ", carryCount)
	w.op("JNE", loop)
	w.label(loop + "end")
}
