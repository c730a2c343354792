package main

import "fmt"

// instructions is a vector instruction set as the kernels use it.
type instructions struct {
	suffix    string // of function names
	registers string // letter of its vector registers
	lanes     int    // float64 per vector
	rows      []int  // of C in a tile, largest first; the last is 1
	columns   int    // vectors of C in a tile at most
	masked    bool   // has mask registers
	xor       string // of integers
	and       string // of bits
}

var (
	avx2   = &instructions{suffix: "AVX2", registers: "Y", lanes: 4, rows: []int{4, 2, 1}, columns: 3, xor: "VPXOR", and: "VANDPD"}
	avx512 = &instructions{suffix: "AVX512", registers: "Z", lanes: 8, rows: []int{8, 4, 2, 1}, columns: 3, masked: true, xor: "VPXORQ", and: "VPANDQ"}
)

// sets are all instruction sets.
var sets = []*instructions{avx2, avx512}

func (s *instructions) register(i int) string { return fmt.Sprintf("%s%d", s.registers, i) }

// narrow is the lower part of a register; what is written to it clears the rest.
func (s *instructions) narrow(i int) string { return fmt.Sprintf("X%d", i) }

// bytes is the size of a vector.
func (s *instructions) bytes() int { return 8 * s.lanes }

// maskTable holds four lanes that are on and four that are off: AVX2's mask
// of the first n lanes starts n lanes before the middle.
const maskTable = `
DATA lanes<>+0(SB)/8, $-1
DATA lanes<>+8(SB)/8, $-1
DATA lanes<>+16(SB)/8, $-1
DATA lanes<>+24(SB)/8, $-1
DATA lanes<>+32(SB)/8, $0
DATA lanes<>+40(SB)/8, $0
DATA lanes<>+48(SB)/8, $0
DATA lanes<>+56(SB)/8, $0
GLOBL lanes<>(SB), RODATA|NOPTR, $64
`

// mask is the register holding the mask of a tail.
func (s *instructions) mask() string {
	if s.masked {
		return "K1"
	}
	return "Y14"
}

// setMask turns on the first count lanes, 0 < count < lanes. It overwrites
// count, which must not be AX, and AX.
func (s *instructions) setMask(w *assembler, count string) {
	if s.masked {
		w.op("MOVL", imm(1<<s.lanes-1), "AX")
		w.op("BZHIL", count, "AX", "AX")
		w.op("KMOVW", "AX", s.mask())
		return
	}
	w.op("LEAQ", fmt.Sprintf("lanes<>+%d(SB)", s.bytes()), "AX")
	w.op("NEGQ", count)
	w.op("VMOVUPD", indexed(0, "AX", count, 8), s.mask())
}

// load reads a vector, of a tail only the lanes that are on; the others
// become 0.
func (s *instructions) load(w *assembler, tail bool, from, to string) {
	switch {
	case !tail:
		w.op("VMOVUPD", from, to)
	case s.masked:
		w.op("VMOVUPD.Z", from, s.mask(), to)
	default:
		w.op("VMASKMOVPD", from, s.mask(), to)
	}
}

// store writes a vector, of a tail only the lanes that are on.
func (s *instructions) store(w *assembler, tail bool, from, to string) {
	switch {
	case !tail:
		w.op("VMOVUPD", from, to)
	case s.masked:
		w.op("VMOVUPD", from, s.mask(), to)
	default:
		w.op("VMASKMOVPD", from, s.mask(), to)
	}
}

// A predicate of VCMPPD on (first, second), quiet for NaN.
type predicate int

const (
	notEqual          predicate = 0x04 // first ≠ second; true for NaN
	less              predicate = 0x11 // first < second; false for NaN
	notLessOrEqual    predicate = 0x16 // !(first ≤ second); true for NaN
	notGreaterOrEqual predicate = 0x19 // !(first ≥ second); true for NaN
	greaterOrEqual    predicate = 0x1d // first ≥ second; false for NaN
)

func (p predicate) imm() string { return fmt.Sprintf("$0x%x", int(p)) }

// keepIf zeroes the lanes of value where the comparison is false.
func (s *instructions) keepIf(w *assembler, compare predicate, first, second, value, scratch string) {
	if s.masked {
		w.op("VCMPPD", compare.imm(), second, first, "K2")
		w.op("VMOVAPD.Z", value, "K2", value)
		return
	}
	w.op("VCMPPD", compare.imm(), second, first, scratch)
	w.op("VANDPD", scratch, value, value)
}
