package main

// outer multiplies a column of numbers by a row, for many of both; all processors of
// the sets have its instructions.
func outer() *function {
	f := &function{name: "outerAVX2", params: []param{
		{"n", "int"}, {"tall", "int"}, {"width", "int"}, {"dst", "*float64"}, {"column", "*float64"}, {"row", "*float64"},
	}}
	f.doc = []string{
		"",
		"SI, DX, DI  row, column, row of dst",
		"R8, R9      bytes of a row, of a column",
		"CX, AX, BX  products left, bytes of the row, of the column that are done",
	}
	f.body = func(w *assembler) {
		w.arguments(f, "CX", "R9", "R8", "DI", "DX", "SI")
		w.op("SHLQ", "$3", "R8")
		w.op("SHLQ", "$3", "R9")
		w.label("product")
		w.op("XORL", "BX", "BX")
		w.label("element")
		w.op("VBROADCASTSD", indexed(0, "DX", "BX", 1), "Y0")
		w.op("XORL", "AX", "AX")
		w.label("vector")
		w.op("VMULPD", indexed(0, "SI", "AX", 1), "Y0", "Y1")
		w.op("VMOVUPD", "Y1", indexed(0, "DI", "AX", 1))
		w.op("ADDQ", imm(avx2.bytes()), "AX")
		w.op("CMPQ", "AX", "R8")
		w.op("JLT", "vector")
		w.op("ADDQ", "R8", "DI")
		w.op("ADDQ", "$8", "BX")
		w.op("CMPQ", "BX", "R9")
		w.op("JLT", "element")
		w.op("ADDQ", "R8", "SI")
		w.op("ADDQ", "R9", "DX")
		w.op("DECQ", "CX")
		w.op("JNE", "product")
	}
	return f
}
