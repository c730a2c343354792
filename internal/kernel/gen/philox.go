package main

import (
	"fmt"
	"strings"
)

// Registers of Philox. A group is one vector of blocks, each in a lane of 64
// bits of which the lower half counts; its four words and two products take six
// vector registers. Two groups go abreast.
const (
	philoxLeft  = "CX" // blocks
	philoxWords = "DI"

	philoxGroups    = 2
	philoxOfGroup   = 6 // vector registers
	philoxMul0      = 12
	philoxMul1      = 13
	philoxKey0      = 14
	philoxKey1      = 15
	philoxRounds    = 10
	philoxBlockSize = 16 // bytes
)

// philoxTable holds the two multipliers, then the Weyl constants that the key
// grows by, each in eight lanes.
var philoxTable = table("philox", append([]uint64{0xD2511F53, 0xCD9E8D57},
	append(repeated(0x9E3779B9), repeated(0xBB67AE85)...)...))

func repeated(value uint64) []uint64 {
	values := make([]uint64, 8)
	for i := range values {
		values[i] = value
	}
	return values
}

// table is the text of read-only data.
func table(name string, values []uint64) string {
	var s strings.Builder
	s.WriteString("\n")
	for i, value := range values {
		fmt.Fprintf(&s, "DATA %s<>+%d(SB)/8, $%#x\n", name, 8*i, value)
	}
	fmt.Fprintf(&s, "GLOBL %s<>(SB), RODATA|NOPTR, $%d\n", name, 8*len(values))
	return s.String()
}

// orderTable holds the blocks of the lanes. Storing interleaves pairs of lanes:
// the even ones hold the first half of a group's blocks, the odd ones the
// second.
func (s *instructions) orderTable() string {
	var blocks []uint64
	for group := range philoxGroups {
		for lane := range s.lanes {
			blocks = append(blocks, uint64(group*s.lanes+lane/2+lane%2*s.lanes/2))
		}
	}
	return table("order"+s.suffix, blocks)
}

var philoxDoc = []string{
	"",
	"Each word of a counter is the lower half of a lane of 64 bits. The upper half",
	"is left as it comes: neither products nor sums nor stores look at it.",
	"",
	"CX  blocks left",
	"DI  words of the next block",
}

// philox makes the blocks of consecutive counters.
func philox(s *instructions) *function {
	f := &function{
		name: "philox" + s.suffix, locals: 2 * s.lanes,
		params: []param{{"n", "int"}, {"words", "*uint32"}, {"block", "uint64"}, {"index", "uint64"}, {"key", "uint64"}},
	}
	f.doc = append(f.doc, philoxDoc...)
	f.doc = append(f.doc,
		fmt.Sprintf("%s-%s  words of the counters of two groups, and products", s.register(0), s.register(philoxMul0-1)),
		fmt.Sprintf("%s, %s  multipliers, %s, %s  key", s.register(philoxMul0), s.register(philoxMul1), s.register(philoxKey0), s.register(philoxKey1)))
	f.body = func(w *assembler) {
		w.op("MOVQ", f.arg("n"), philoxLeft)
		w.op("MOVQ", f.arg("words"), philoxWords)
		w.op("VPBROADCASTQ", "philox<>+0(SB)", s.register(philoxMul0))
		w.op("VPBROADCASTQ", "philox<>+8(SB)", s.register(philoxMul1))
		writePhiloxTurn(w, s, f, philoxGroups, "turn1")
		writePhiloxTurn(w, s, f, 1, "rest")
		writePhiloxRest(w, s, f)
		w.label("done")
	}
	return f
}

// writePhiloxTurn writes the loop that makes some groups a turn and goes to next
// when fewer blocks are left.
func writePhiloxTurn(w *assembler, s *instructions, f *function, groups int, next string) {
	label, blocks := fmt.Sprintf("turn%d", groups), groups*s.lanes
	w.label(label)
	w.op("CMPQ", philoxLeft, imm(blocks))
	w.op("JLT", next)
	writePhilox(w, s, f, groups, func(displacement int) string { return mem(displacement, philoxWords) })
	w.op("ADDQ", imm(blocks), f.arg("block"))
	w.op("ADDQ", imm(blocks*philoxBlockSize), philoxWords)
	w.op("SUBQ", imm(blocks), philoxLeft)
	w.op("JMP", label)
}

// writePhiloxRest makes a group on the stack and copies the blocks that are left.
func writePhiloxRest(w *assembler, s *instructions, f *function) {
	w.label("rest")
	w.op("TESTQ", philoxLeft, philoxLeft)
	w.op("JEQ", "done")
	size := s.lanes * philoxBlockSize
	writePhilox(w, s, f, 1, func(displacement int) string { return fmt.Sprintf("rest-%d(SP)", size-displacement) })
	w.op("LEAQ", fmt.Sprintf("rest-%d(SP)", size), "SI")
	w.label("copy")
	w.op("VMOVUPD", mem(0, "SI"), "X0")
	w.op("VMOVUPD", "X0", mem(0, philoxWords))
	w.op("ADDQ", imm(philoxBlockSize), "SI")
	w.op("ADDQ", imm(philoxBlockSize), philoxWords)
	w.op("DECQ", philoxLeft)
	w.op("JNE", "copy")
}

// blocks are the registers of a group: its words, and two for products.
type blocks struct {
	words    [4]string
	products [2]string
}

// writePhilox writes ten rounds of some groups. The words go where address says.
func writePhilox(w *assembler, s *instructions, f *function, groups int, address func(displacement int) string) {
	state := make([]blocks, groups)
	for g := range state {
		state[g] = s.blocks(g)
		state[g].writeCounters(w, s, f, g)
	}
	key0, key1 := s.register(philoxKey0), s.register(philoxKey1)
	w.op("VPBROADCASTQ", f.arg("key"), key0)
	w.op("VPSRLQ", "$32", key0, key1)
	for round := range philoxRounds {
		if round > 0 {
			w.op("VPADDD", "philox<>+16(SB)", key0, key0)
			w.op("VPADDD", "philox<>+80(SB)", key1, key1)
		}
		for g := range state {
			state[g].writeProducts(w, s)
		}
		for g := range state {
			state[g].writeRound(w, s)
		}
	}
	for g := range state {
		state[g].writeWords(w, s, func(half int) string { return address((2*g + half) * s.bytes()) })
	}
}

func (s *instructions) blocks(group int) blocks {
	register := func(i int) string { return s.register(group*philoxOfGroup + i) }
	return blocks{
		words:    [4]string{register(0), register(1), register(2), register(3)},
		products: [2]string{register(4), register(5)},
	}
}

// writeCounters spreads block and index over the words.
func (b *blocks) writeCounters(w *assembler, s *instructions, f *function, group int) {
	w.op("VPBROADCASTQ", f.arg("block"), b.words[0])
	w.op("VPADDQ", fmt.Sprintf("order%s<>+%d(SB)", s.suffix, group*s.bytes()), b.words[0], b.words[0])
	w.op("VPSRLQ", "$32", b.words[0], b.words[1])
	w.op("VPBROADCASTQ", f.arg("index"), b.words[2])
	w.op("VPSRLQ", "$32", b.words[2], b.words[3])
}

func (b *blocks) writeProducts(w *assembler, s *instructions) {
	w.op("VPMULUDQ", s.register(philoxMul0), b.words[0], b.products[0])
	w.op("VPMULUDQ", s.register(philoxMul1), b.words[2], b.products[1])
}

// writeRound turns words and products into the next words: upper half of a
// product ⊕ word ⊕ key, and lower half of the product, which stays where it is.
func (b *blocks) writeRound(w *assembler, s *instructions) {
	c, p := b.words, b.products
	w.op(s.xor, s.register(philoxKey0), c[1], c[1])
	w.op(s.xor, s.register(philoxKey1), c[3], c[3])
	w.op("VPSRLQ", "$32", p[1], c[0])
	w.op("VPSRLQ", "$32", p[0], c[2])
	w.op(s.xor, c[1], c[0], c[0])
	w.op(s.xor, c[3], c[2], c[2])
	b.words = [4]string{c[0], p[1], c[2], p[0]}
	b.products = [2]string{c[1], c[3]}
}

// writeWords gathers the lower halves of the lanes and stores them block by
// block.
func (b *blocks) writeWords(w *assembler, s *instructions, address func(half int) string) {
	c, pairs := b.words, b.products
	w.op("VSHUFPS", "$0x88", c[1], c[0], pairs[0])
	w.op("VSHUFPS", "$0x88", c[3], c[2], pairs[1])
	w.op("VSHUFPS", "$0x88", pairs[1], pairs[0], c[0])
	w.op("VSHUFPS", "$0xdd", pairs[1], pairs[0], c[1])
	s.store(w, false, c[0], address(0))
	s.store(w, false, c[1], address(1))
}
