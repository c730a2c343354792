package main

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"testing"
)

// A machine runs the text of a function, so that code for processors that are
// not at hand can be tried. It knows the instructions that Philox and the
// membranes use, as Intel's manual (Software Developer's Manual, volume 2)
// defines them, and fails the test at any other.
type machine struct {
	t       *testing.T
	general map[string]uint64
	vector  map[string]*[8]uint64 // by number
	masks   map[string]uint64
	memory  []byte
	tables  map[string]uint64 // addresses
	frame   uint64            // address of the arguments; locals lie before it
	free    uint64            // first address not taken
	zero    bool
	less    bool
}

func newMachine(t *testing.T) *machine {
	m := &machine{t: t, general: map[string]uint64{}, vector: map[string]*[8]uint64{}, masks: map[string]uint64{}, tables: map[string]uint64{}}
	m.memory = make([]byte, 1<<16)
	m.frame, m.free = 1024, 2048
	for i := range 32 {
		m.vector[strconv.Itoa(i)] = &[8]uint64{0: 0xbad, 7: 0xbad}
	}
	for _, line := range strings.Split(newAssembler().String(), "\n") {
		if data, is := strings.CutPrefix(line, "DATA "); is {
			m.table(data)
		}
	}
	return m
}

// table takes one word of read-only data: name<>+offset(SB)/8, $value.
func (m *machine) table(data string) {
	place, value, _ := strings.Cut(data, ", $")
	name, offset, _ := strings.Cut(strings.TrimSuffix(place, "(SB)/8"), "<>+")
	if offset == "0" {
		m.tables[name] = m.free
	}
	signed, err := strconv.ParseInt(value, 0, 64)
	if err != nil {
		m.t.Fatal(err)
	}
	m.put(uint64(signed))
}

// put takes memory for some words and returns where.
func (m *machine) put(words ...uint64) uint64 {
	at := m.free
	for _, word := range words {
		binary.LittleEndian.PutUint64(m.memory[m.free:], word)
		m.free += 8
	}
	return at
}

func (m *machine) word(at uint64) uint64 { return binary.LittleEndian.Uint64(m.memory[at:]) }

// run calls a function.
func (m *machine) run(f *function, arguments ...uint64) {
	for i, argument := range arguments {
		binary.LittleEndian.PutUint64(m.memory[m.frame+8*uint64(i):], argument)
	}
	w := new(assembler)
	w.function(f)
	lines := strings.Split(w.String(), "\n")
	labels := map[string]int{}
	for i, line := range lines {
		if label, is := strings.CutSuffix(line, ":"); is {
			labels[label] = i
		}
	}
	for i := 0; i < len(lines); i++ {
		text, is := strings.CutPrefix(lines[i], "\t")
		if !is {
			continue
		}
		text, _, _ = strings.Cut(text, " //")
		name, rest, _ := strings.Cut(text, " ")
		if name == "RET" {
			return
		}
		taken := map[string]bool{"JMP": true, "JEQ": m.zero, "JNE": !m.zero, "JLT": m.less}
		jump, isJump := taken[name]
		if isJump && jump {
			i = labels[rest]
		}
		if !isJump {
			m.do(name, strings.Split(rest, ", "))
		}
	}
}

// do runs an instruction other than a jump.
func (m *machine) do(name string, operands []string) {
	last := operands[len(operands)-1]
	switch {
	case name == "VZEROUPPER":
	case strings.HasPrefix(name, "V"):
		m.doVector(name, operands)
	case name == "KNOTW":
		m.masks[last] = ^m.masks[operands[0]] & 0xffff
	case name == "KMOVW" && last[0] == 'K':
		m.masks[last] = m.general[operands[0]] & 0xffff
	case name == "KMOVW":
		m.general[last] = m.masks[operands[0]]
	case name == "BZHIL":
		m.general[last] = m.general[operands[1]] & (1<<m.general[operands[0]] - 1)
	default:
		m.doGeneral(name, operands[0], last)
	}
}

// doGeneral runs an instruction on general registers, of which those that set
// flags have their result compared with 0.
func (m *machine) doGeneral(name, from, to string) {
	switch name {
	case "MOVQ", "MOVL":
		m.set(to, m.get(from))
	case "NEGQ":
		m.set(to, m.flags(-m.get(to)))
	case "MOVB":
		m.memory[m.address(to)] = byte(m.get(from))
	case "LEAQ":
		m.set(to, m.address(from))
	case "CMPQ":
		m.flags(m.get(from) - m.get(to))
	case "TESTQ", "TESTL":
		m.flags(m.get(from) & m.get(to))
	case "ADDQ":
		m.set(to, m.flags(m.get(to)+m.get(from)))
	case "SUBQ":
		m.set(to, m.flags(m.get(to)-m.get(from)))
	case "INCQ":
		m.set(to, m.flags(m.get(to)+1))
	case "DECQ":
		m.set(to, m.flags(m.get(to)-1))
	case "XORL":
		m.set(to, m.flags(uint64(uint32(m.get(to)^m.get(from)))))
	default:
		m.t.Fatalf("no instruction %s", name)
	}
}

func (m *machine) flags(result uint64) uint64 {
	m.zero, m.less = result == 0, int64(result) < 0
	return result
}

func (m *machine) get(operand string) uint64 {
	if value, is := strings.CutPrefix(operand, "$"); is {
		n, err := strconv.ParseUint(value, 0, 64)
		if err != nil {
			m.t.Fatal(err)
		}
		return n
	}
	if strings.HasSuffix(operand, ")") {
		return m.word(m.address(operand))
	}
	return m.general[operand]
}

func (m *machine) set(operand string, value uint64) {
	if strings.HasSuffix(operand, ")") {
		binary.LittleEndian.PutUint64(m.memory[m.address(operand):], value)
		return
	}
	m.general[operand] = value
}

// address is that of an operand in memory.
func (m *machine) address(operand string) uint64 {
	before, registers, _ := strings.Cut(operand, "(")
	base, index, indexed := strings.Cut(strings.TrimSuffix(registers, ")"), ")(")
	at := m.general[base]
	switch base {
	case "SB":
		name, _, _ := strings.Cut(before, "<>")
		at, before = m.tables[name], before[len(name)+2:]
	case "FP", "SP":
		at = m.frame
		before = before[strings.IndexAny(before, "+-"):]
	}
	displacement, _ := strconv.Atoi(before)
	at += uint64(displacement)
	if indexed {
		register, scale, _ := strings.Cut(index, "*")
		n, err := strconv.ParseUint(scale, 10, 64)
		if err != nil {
			m.t.Fatal(err)
		}
		at += n * m.general[register]
	}
	return at
}

// lanewise instructions make a lane of the result from a lane of the first and
// second source (the second comes first in the text).
var lanewise = map[string]func(first, second uint64) uint64{
	"VPADDQ":   func(a, b uint64) uint64 { return a + b },
	"VPADDD":   func(a, b uint64) uint64 { return uint64(uint32(a)+uint32(b)) | (a>>32+b>>32)<<32 },
	"VPMULUDQ": func(a, b uint64) uint64 { return uint64(uint32(a)) * uint64(uint32(b)) },
	"VPXOR":    func(a, b uint64) uint64 { return a ^ b },
	"VPXORQ":   func(a, b uint64) uint64 { return a ^ b },
	"VXORPD":   func(a, b uint64) uint64 { return a ^ b },
	"VANDPD":   func(a, b uint64) uint64 { return a & b },
	"VANDNPD":  func(a, b uint64) uint64 { return ^a & b },
	"VMULPD":   func(a, b uint64) uint64 { return bits(number(a) * number(b)) },
	"VADDPD":   func(a, b uint64) uint64 { return bits(number(a) + number(b)) },
	"VPANDQ":   func(a, b uint64) uint64 { return a & b },
	"VDIVPD":   func(a, b uint64) uint64 { return bits(number(a) / number(b)) },
	"VSUBPD":   func(a, b uint64) uint64 { return bits(number(a) - number(b)) },
}

func number(x uint64) float64 { return math.Float64frombits(x) }
func bits(x float64) uint64   { return math.Float64bits(x) }

var predicates = map[string]func(a, b float64) bool{
	less.imm():           func(a, b float64) bool { return a < b },
	notLessOrEqual.imm(): func(a, b float64) bool { return !(a <= b) },
	greaterOrEqual.imm(): func(a, b float64) bool { return a >= b },
}

// doVector runs a vector instruction, under a mask if it comes before the
// destination.
func (m *machine) doVector(name string, operands []string) {
	to, sources := operands[len(operands)-1], operands[:len(operands)-1]
	width := 0
	for _, operand := range operands { // of a broadcast, the destination counts
		if w := map[byte]int{'X': 2, 'Y': 4, 'Z': 8}[operand[0]]; w > 0 {
			width = w
		}
	}
	on, masked := uint64(1<<width-1), false
	if mask := sources[len(sources)-1]; mask[0] == 'K' {
		on, masked, sources = on&m.masks[mask], true, sources[:len(sources)-1]
	}
	var v [3][8]uint64
	for i, source := range sources {
		v[i] = m.lanes(source, width)
	}
	name, zeroes := strings.CutSuffix(name, ".Z")
	switch {
	case name == "VMASKMOVPD":
		m.store(to, v[0], width, signs(v[1][:width], 64), false)
	case zeroes:
		m.store(to, m.result(name, sources, v, width), width, on, false)
	case name == "VMOVMSKPS":
		m.general[to] = signs(v[0][:width], 32) // of both halves of a lane
	case to[0] == 'K':
		result := m.result(name, sources, v, width)
		m.masks[to] = signs(result[:width], 64) & on
	default:
		m.store(to, m.result(name, sources, v, width), width, on, masked)
	}
}

// signs are the highest bits of the parts of lanes, parts of so many bits.
func signs(lanes []uint64, bits int) (all uint64) {
	parts := 64 / bits
	for i := range len(lanes) * parts {
		all |= lanes[i/parts] >> (bits*(i%parts) + bits - 1) & 1 << i
	}
	return all
}

// result is what a vector instruction makes of its sources v, in the order of the
// text, of which an immediate one is empty.
func (m *machine) result(name string, sources []string, v [3][8]uint64, width int) (result [8]uint64) {
	if function := lanewise[name]; function != nil {
		for i := range width {
			result[i] = function(v[1][i], v[0][i])
		}
		return result
	}
	switch name {
	case "VMOVUPD", "VMOVAPD":
		return v[0]
	case "VMOVQ":
		return [8]uint64{m.general[sources[0]]}
	case "VSHUFPS":
		return shuffle(m.get(sources[0]), v[2], v[1])
	}
	for i := range width {
		switch name {
		case "VPBROADCASTQ", "VBROADCASTSD":
			result[i] = v[0][0]
		case "VPSRLQ":
			result[i] = v[1][i] >> m.get(sources[0])
		case "VPERMQ":
			result[i] = v[1][m.get(sources[0])>>(2*i)&3]
		case "VBLENDVPD":
			result[i] = v[2-v[0][i]>>63][i]
		case "VCMPPD":
			if predicates[sources[0]](number(v[2][i]), number(v[1][i])) {
				result[i] = math.MaxUint64
			}
		default:
			m.t.Fatalf("no instruction %s", name)
		}
	}
	return result
}

// store writes lanes that are on; in a register, others keep their value under a
// mask, and lanes beyond the vector become 0.
func (m *machine) store(to string, result [8]uint64, width int, on uint64, masked bool) {
	register, is := m.vector[to[1:]]
	if !is {
		at := m.address(to)
		for i := range width {
			if on>>i&1 == 1 {
				binary.LittleEndian.PutUint64(m.memory[at+8*uint64(i):], result[i])
			}
		}
		return
	}
	for i := range register {
		if on>>i&1 == 1 {
			register[i] = result[i]
		} else if !masked || i >= width {
			register[i] = 0
		}
	}
}

// lanes are the lanes of an operand, of an immediate or general one none.
func (m *machine) lanes(operand string, width int) (v [8]uint64) {
	if register, is := m.vector[operand[1:]]; is && strings.Contains("XYZ", operand[:1]) {
		return *register
	}
	if strings.HasSuffix(operand, ")") {
		at := m.address(operand)
		for i := range width {
			v[i] = m.word(at + 8*uint64(i))
		}
	}
	return v
}

// shuffle is VSHUFPS: of every 128 bits, two quarters of the first source and two
// of the second.
func shuffle(choice uint64, first, second [8]uint64) (result [8]uint64) {
	for i := range 16 {
		source := first
		if i%4 >= 2 {
			source = second
		}
		from := i&^3 + int(choice>>(2*(i%4))&3)
		result[i/2] |= source[from/2] >> (32 * (from % 2)) & math.MaxUint32 << (32 * (i % 2))
	}
	return result
}
