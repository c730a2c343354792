package main

import "fmt"

// General registers of carry. Strides are in bytes; the columns of dst left stay
// in the argument.
const (
	carryX      = "SI"
	carryDst    = "DI"
	carryRow    = "R8"  // bytes of a row
	carryOf     = "R9"  // bytes of the rows of a cell
	carryCells  = "R10" // the panel in the rows of cells
	carryCommon = "R11" // the panel in the rows of all
	carryCell   = "R12" // next cell
	carryLeft   = "R13" // rows of dst left
	carryAhead  = "R14" // first row of a cell, to be fetched
	carryWalk   = "AX"  // along a row of x
	carryB      = "BX"  // along the rows it is multiplied by
	carryCount  = "CX"
)

var carryDoc = []string{
	"",
	"dst is worked off in panels of 2 vectors of columns and one of the last, each",
	"row by row, since rows are as short as a panel is wide. The first two lines of a",
	"cell's rows are fetched some rows of dst before they are needed.",
	"",
	"SI, DI    row of x, of dst",
	"R8, R9    bytes of a row, of the rows of a cell",
	"R10, R11  first row of the panel of cells, of what all share",
	"R12, R13  next cell, rows left",
	"R14       first row of the cell that is fetched",
	"AX, BX    element of x, row it is multiplied by",
	"CX        rows of the product left",
	"Y0, Y1    row of dst, Y2 element of x in every lane",
}

// carry multiplies rows by matrices of which the first rows belong to a cell.
// Rows of few vectors gain nothing from wider ones.
func carry() *function {
	f := &function{name: "carryAVX2", params: []param{
		{"n", "int"}, {"width", "int"}, {"own", "int"}, {"shared", "int"},
		{"cell", "*int32"}, {"dst", "*float64"}, {"x", "*float64"}, {"cells", "*float64"}, {"common", "*float64"},
	}}
	f.doc = carryDoc
	f.body = func(w *assembler) {
		w.op("MOVQ", f.arg("width"), carryRow)
		w.op("SHLQ", "$3", carryRow)
		w.op("MOVQ", f.arg("own"), carryOf)
		w.op("IMULQ", carryRow, carryOf)
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
	panel := fmt.Sprintf("panel%d", vectors)
	w.label(panel)
	w.op("CMPQ", f.arg("width"), imm(vectors*avx2.lanes))
	w.op("JLT", next)
	w.op("MOVQ", f.arg("x"), carryX)
	w.op("MOVQ", f.arg("dst"), carryDst)
	w.op("MOVQ", f.arg("cell"), carryCell)
	w.op("MOVQ", f.arg("n"), carryLeft)
	writeCarryRow(w, f, vectors)
	w.op("ADDQ", imm(vectors*avx2.bytes()), f.arg("dst"))
	w.op("ADDQ", imm(vectors*avx2.bytes()), carryCells)
	w.op("ADDQ", imm(vectors*avx2.bytes()), carryCommon)
	w.op("SUBQ", imm(vectors*avx2.lanes), f.arg("width"))
	w.op("JMP", panel)
}

// carryLead is how many rows of dst before they are needed rows are fetched.
const carryLead = 8

// writeCarryFetch fetches the rows of the cell that lies ahead, or of the last.
func writeCarryFetch(w *assembler, vectors int) {
	last := fmt.Sprintf("last%d", vectors)
	w.op("CMPQ", carryLeft, imm(carryLead))
	w.op("JLE", last)
	w.op("MOVLQSX", mem(4*carryLead, carryCell), carryAhead)
	w.op("IMULQ", carryOf, carryAhead)
	w.op("PREFETCHT0", indexed(0, carryCells, carryAhead, 1))
	w.op("PREFETCHT0", indexed(cacheLine, carryCells, carryAhead, 1))
	w.label(last)
}

// writeCarryRow writes the loop over the rows of a panel.
func writeCarryRow(w *assembler, f *function, vectors int) {
	row := fmt.Sprintf("row%d", vectors)
	w.label(row)
	writeCarryFetch(w, vectors)
	w.op("MOVLQSX", mem(0, carryCell), carryB)
	w.op("IMULQ", carryOf, carryB)
	w.op("ADDQ", carryCells, carryB)
	w.op("MOVQ", carryX, carryWalk)
	for v := range vectors {
		w.op("VXORPD", avx2.register(v), avx2.register(v), avx2.register(v))
	}
	writeCarrySum(w, f, vectors, "own")
	w.op("MOVQ", carryCommon, carryB)
	writeCarrySum(w, f, vectors, "shared")
	for v := range vectors {
		w.op("VMOVUPD", avx2.register(v), mem(v*avx2.bytes(), carryDst))
	}
	w.op("ADDQ", "$4", carryCell)
	w.op("ADDQ", carryRow, carryX)
	w.op("ADDQ", carryRow, carryDst)
	w.op("DECQ", carryLeft)
	w.op("JNE", row)
}

// writeCarrySum writes the loop over the elements of x that meet one's rows.
func writeCarrySum(w *assembler, f *function, vectors int, rows string) {
	loop := fmt.Sprintf("%s%d", rows, vectors)
	w.op("MOVQ", f.arg(rows), carryCount)
	w.label(loop)
	w.op("VBROADCASTSD", mem(0, carryWalk), avx2.register(2))
	for v := range vectors {
		w.op("VFMADD231PD", mem(v*avx2.bytes(), carryB), avx2.register(2), avx2.register(v))
	}
	w.op("ADDQ", "$8", carryWalk)
	w.op("ADDQ", carryRow, carryB)
	w.op("DECQ", carryCount)
	w.op("JNE", loop)
}
