package sim

// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror & Shaw,
// "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A block of four
// 32-bit words is a keyed bijection of a 128-bit counter.
const (
	philoxRounds = 10
	philoxMul0   = 0xD2511F53
	philoxMul1   = 0xCD9E8D57
	philoxWeyl0  = 0x9E3779B9 // golden ratio
	philoxWeyl1  = 0xBB67AE85 // √3 − 1
)

// philox returns the block of the given counter and key.
func philox(counter [4]uint32, key [2]uint32) [4]uint32 {
	c0, c1, c2, c3 := counter[0], counter[1], counter[2], counter[3]
	k0, k1 := key[0], key[1]
	for range philoxRounds {
		p0, p1 := philoxMul0*uint64(c0), philoxMul1*uint64(c2)
		c0, c1, c2, c3 = uint32(p1>>32)^c1^k0, uint32(p1), uint32(p0>>32)^c3^k1, uint32(p0)
		k0 += philoxWeyl0
		k1 += philoxWeyl1
	}
	return [4]uint32{c0, c1, c2, c3}
}

// philoxPair writes the blocks of counters {block, index} and {block+1, index}
// as four 64-bit words. It is philox twice, abreast: one block alone leaves
// the processor waiting for its multiplications. The block must be even.
func philoxPair(words *[4]uint64, block, index uint64, key [2]uint32) {
	a0, a1, a2, a3 := uint64(uint32(block)), block>>32, uint64(uint32(index)), index>>32
	b0, b1, b2, b3 := a0+1, a1, a2, a3
	k0, k1 := key[0], key[1]
	for range philoxRounds {
		p0, p1 := philoxMul0*a0, philoxMul1*a2
		q0, q1 := philoxMul0*b0, philoxMul1*b2
		a0, a1 = p1>>32^a1^uint64(k0), uint64(uint32(p1))
		a2, a3 = p0>>32^a3^uint64(k1), uint64(uint32(p0))
		b0, b1 = q1>>32^b1^uint64(k0), uint64(uint32(q1))
		b2, b3 = q0>>32^b3^uint64(k1), uint64(uint32(q0))
		k0 += philoxWeyl0
		k1 += philoxWeyl1
	}
	words[0], words[1] = a0|a1<<32, a2|a3<<32
	words[2], words[3] = b0|b1<<32, b2|b3<<32
}
