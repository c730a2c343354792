package main

// pack takes the first numbers of rows and lays them side by side; all processors of
// the sets have its instructions.
func pack() *function {
	f := &function{name: "packAVX2", params: []param{
		{"n", "int"}, {"width", "int"}, {"kept", "int"}, {"column", "int"}, {"dst", "*float64"}, {"apart", "*float64"}, {"x", "*float64"},
	}}
	f.doc = []string{
		"",
		"What is stored too much of a row is where the next begins, or behind the last.",
		"",
		"SI, DI, DX   row of x, of dst, number apart",
		"R8, R9, R10  bytes of a row of x, of dst, from a row of x to the number apart",
		"CX, AX       rows left, bytes of the row",
	}
	f.body = func(w *assembler) {
		w.arguments(f, "CX", "R8", "R9", "R10", "DI", "DX", "SI")
		for _, bytes := range []string{"R8", "R9", "R10"} {
			w.op("SHLQ", "$3", bytes)
		}
		w.label("row")
		w.op("VMOVSD", indexed(0, "SI", "R10", 1), "X0")
		w.op("VMOVSD", "X0", mem(0, "DX"))
		w.op("XORL", "AX", "AX")
		w.label("vector")
		w.op("VMOVUPD", indexed(0, "SI", "AX", 1), "Y0")
		w.op("VMOVUPD", "Y0", indexed(0, "DI", "AX", 1))
		w.op("ADDQ", imm(avx2.bytes()), "AX")
		w.op("CMPQ", "AX", "R9")
		w.op("JLT", "vector")
		w.op("ADDQ", "R8", "SI")
		w.op("ADDQ", "R9", "DI")
		w.op("ADDQ", "$8", "DX")
		w.op("DECQ", "CX")
		w.op("JNE", "row")
	}
	return f
}

// fetch asks for the cache lines of some numbers, so that they arrive together.
func fetch() *function {
	f := &function{name: "fetchAVX2", params: []param{{"n", "int"}, {"x", "*float64"}}}
	f.doc = []string{"", "SI, DI  next line, last number", "CX      bytes left"}
	f.body = func(w *assembler) {
		w.arguments(f, "CX", "SI")
		w.op("LEAQ", indexed(-8, "SI", "CX", 8), "DI")
		w.op("SHLQ", "$3", "CX")
		w.label("line")
		w.op("PREFETCHT0", mem(0, "SI"))
		w.op("ADDQ", imm(cacheLine), "SI")
		w.op("SUBQ", imm(cacheLine), "CX")
		w.op("JGT", "line")
		w.op("PREFETCHT0", mem(0, "DI"))
	}
	return f
}
