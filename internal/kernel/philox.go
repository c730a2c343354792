package kernel

const (
	philoxRounds = 10
	philoxMul0   = 0xD2511F53
	philoxMul1   = 0xCD9E8D57
	philoxWeyl0  = 0x9E3779B9 // golden ratio
	philoxWeyl1  = 0xBB67AE85 // √3 − 1
)

// philox is the portable Philox: two blocks abreast, since one alone leaves the
// processor waiting for its multiplications.
func philox(words []uint32, block, index uint64, key [2]uint32) {
	var pair [8]uint32
	for len(words) >= len(pair) {
		philoxPair((*[8]uint32)(words), block, index, key)
		words, block = words[len(pair):], block+2
	}
	if len(words) > 0 {
		philoxPair(&pair, block, index, key)
		copy(words, pair[:])
	}
}

// philoxPair makes two blocks. Words are held in 64 bits, the upper 32 of them
// 0, so that a product needs no conversion.
func philoxPair(words *[8]uint32, block, index uint64, key [2]uint32) {
	next := block + 1
	a0, a1, a2, a3 := uint64(uint32(block)), block>>32, uint64(uint32(index)), index>>32
	b0, b1, b2, b3 := uint64(uint32(next)), next>>32, a2, a3
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
	words[0], words[1], words[2], words[3] = uint32(a0), uint32(a1), uint32(a2), uint32(a3)
	words[4], words[5], words[6], words[7] = uint32(b0), uint32(b1), uint32(b2), uint32(b3)
}
