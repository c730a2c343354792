package main

// interleaved is the number of rows that lie side by side, element by element, in
// products with a sparse matrix.
const interleaved = 8

// sparseProduct multiplies interleaved rows by a sparse matrix, column by column.
func sparseProduct(s *instructions) *function {
	f := &function{name: "sparseProduct" + s.suffix, params: []param{
		{"n", "int"}, {"columns", "*sparseColumn"}, {"elements", "*sparseElement"}, {"x", "*float64"}, {"y", "*float64"},
	}}
	f.doc = []string{
		"",
		"CX, SI, DI  columns left, next column, next element",
		"DX, BX      x, y",
		"R8, AX      elements left in the column, bytes from x to a row, from y to a column",
	}
	vectors := interleaved / s.lanes
	f.body = func(w *assembler) {
		w.arguments(f, "CX", "SI", "DI", "DX", "BX")
		w.label("column")
		w.op("MOVQ", mem(0, "SI"), "R8")
		for i := range vectors {
			w.op("VXORPD", s.narrow(i), s.narrow(i), s.narrow(i))
		}
		w.op("TESTQ", "R8", "R8")
		w.op("JEQ", "store")
		w.label("element")
		w.op("MOVQ", mem(0, "DI"), "AX")
		w.op("VBROADCASTSD", mem(8, "DI"), s.register(vectors))
		for i := range vectors {
			w.op("VFMADD231PD", indexed(i*s.bytes(), "DX", "AX", 1), s.register(vectors), s.register(i))
		}
		w.op("ADDQ", "$16", "DI")
		w.op("DECQ", "R8")
		w.op("JNE", "element")
		w.label("store")
		w.op("MOVQ", mem(8, "SI"), "AX")
		for i := range vectors {
			w.op("VMOVUPD", s.register(i), indexed(i*s.bytes(), "BX", "AX", 1))
		}
		w.op("ADDQ", "$16", "SI")
		w.op("DECQ", "CX")
		w.op("JNE", "column")
	}
	return f
}

// interleave lays eight rows side by side, element by element, or takes them apart
// again. All processors of the sets have its instructions.
func interleave(name string, apart bool) *function {
	f := &function{name: name, params: []param{{"n", "int"}, {"rows", "*float64"}, {"row", "int"}, {"elements", "*float64"}}}
	f.doc = []string{
		"",
		"n is a multiple of 4.",
		"",
		"CX      elements left of a row",
		"SI, R10 first and fifth row",
		"R8, R9  bytes to the next row, to the third after",
		"DI      next of the elements side by side",
	}
	f.body = func(w *assembler) {
		w.op("MOVQ", f.arg("n"), "CX")
		w.op("MOVQ", f.arg("rows"), "SI")
		w.op("MOVQ", f.arg("row"), "R8")
		w.op("MOVQ", f.arg("elements"), "DI")
		w.op("SHLQ", "$3", "R8")
		w.op("LEAQ", indexed(0, "R8", "R8", 2), "R9")
		w.op("LEAQ", indexed(0, "SI", "R8", 4), "R10")
		w.label("four")
		for half, base := range []string{"SI", "R10"} {
			rows := []string{mem(0, base), indexed(0, base, "R8", 1), indexed(0, base, "R8", 2), indexed(0, base, "R9", 1)}
			var elements []string
			for i := range 4 {
				elements = append(elements, mem(64*i+32*half, "DI"))
			}
			if apart {
				writeTransposed(w, elements, rows)
			} else {
				writeTransposed(w, rows, elements)
			}
		}
		w.op("ADDQ", "$32", "SI")
		w.op("ADDQ", "$32", "R10")
		w.op("ADDQ", "$256", "DI")
		w.op("SUBQ", "$4", "CX")
		w.op("JNE", "four")
	}
	return f
}

// writeTransposed reads four vectors of four and writes their transpose.
func writeTransposed(w *assembler, from, to []string) {
	for i, address := range from {
		w.op("VMOVUPD", address, avx2.register(i))
	}
	for i := range 2 {
		w.op("VUNPCKLPD", avx2.register(2*i+1), avx2.register(2*i), avx2.register(4+2*i))
		w.op("VUNPCKHPD", avx2.register(2*i+1), avx2.register(2*i), avx2.register(5+2*i))
	}
	for i, address := range to {
		halves := []string{"$0x20", "$0x31"}[i/2]
		w.op("VPERM2F128", halves, avx2.register(6+i%2), avx2.register(4+i%2), avx2.register(i))
		w.op("VMOVUPD", avx2.register(i), address)
	}
}
