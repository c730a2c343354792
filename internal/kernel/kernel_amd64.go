package kernel

import "golang.org/x/sys/cpu"

func vectorised() []*implementation {
	x86 := &cpu.X86
	var found []*implementation
	if x86.HasAVX2 && x86.HasFMA {
		found = append(found, &implementation{"avx2", matMulAVX2, matMulRowsAVX2, reluStepAVX2, filterAVX2, gateAVX2, axpyAVX2, maskAVX2, false})
	}
	if x86.HasAVX512F && x86.HasBMI2 && len(found) > 0 {
		found = append(found, &implementation{"avx512", matMulAVX512, matMulRowsAVX512, reluStepAVX512, filterAVX512, gateAVX512, axpyAVX512, maskAVX512, true})
	}
	return found
}

func (impl *implementation) relax(n int, effect, x, gain, decay, jump *float64) {
	if impl.wide {
		relaxAVX512(n, effect, x, gain, decay, jump)
	} else {
		relaxAVX2(n, effect, x, gain, decay, jump)
	}
}

func (*implementation) carry(n, width, own, shared int, cell *int32, dst, lead *float64, leadRow int, x *float64, row int, cells, common *float64) {
	carryAVX2(n, width, own, shared, cell, dst, lead, leadRow, x, row, cells, common)
}

func (*implementation) outer(n, tall, width int, dst, column, row *float64) {
	outerAVX2(n, tall, width, dst, column, row)
}

func (*implementation) pack(n, width, kept, column int, dst, apart, x *float64) {
	packAVX2(n, width, kept, column, dst, apart, x)
}

func (*implementation) fetch(n int, x *float64) { fetchAVX2(n, x) }

func (impl *implementation) philox(n int, words *uint32, block, index, key uint64) {
	if impl.wide {
		philoxAVX512(n, words, block, index, key)
	} else {
		philoxAVX2(n, words, block, index, key)
	}
}

func (impl *implementation) membrane(n int, fired *uint64, v, silent, drift, gain, current, decay, threshold, input, reset, refractory *float64) {
	if impl.wide {
		membraneAVX512(n, fired, v, silent, drift, gain, current, decay, threshold, input, reset, refractory)
	} else {
		membraneAVX2(n, fired, v, silent, drift, gain, current, decay, threshold, input, reset, refractory)
	}
}

func (impl *implementation) membraneOfTwo(n int, fired *uint64, v, silent, drift, gain, current, decay, threshold, first, second, reset, refractory *float64) {
	if impl.wide {
		membraneOfTwoAVX512(n, fired, v, silent, drift, gain, current, decay, threshold, first, second, reset, refractory)
	} else {
		membraneOfTwoAVX2(n, fired, v, silent, drift, gain, current, decay, threshold, first, second, reset, refractory)
	}
}

func (impl *implementation) spikingStep(n int, limit float64, v, silent, z, s, before, current, decay, gain, threshold, refractory *float64) {
	if impl.wide {
		spikingStepAVX512(n, limit, v, silent, z, s, before, current, decay, gain, threshold, refractory)
	} else {
		spikingStepAVX2(n, limit, v, silent, z, s, before, current, decay, gain, threshold, refractory)
	}
}

func (impl *implementation) adaptiveSpikingStep(n int, limit float64, v, silent, z, s, before, current, decay, gain, threshold, refractory,
	raise, adaptationDecay, adaptationGain, adaptation *float64,
) {
	if impl.wide {
		adaptiveSpikingStepAVX512(n, limit, v, silent, z, s, before, current, decay, gain, threshold, refractory,
			raise, adaptationDecay, adaptationGain, adaptation)
	} else {
		adaptiveSpikingStepAVX2(n, limit, v, silent, z, s, before, current, decay, gain, threshold, refractory,
			raise, adaptationDecay, adaptationGain, adaptation)
	}
}

func (impl *implementation) piecewiseLinear(n int, steepness float64, x, height *float64) {
	if impl.wide {
		piecewiseLinearAVX512(n, steepness, x, height)
	} else {
		piecewiseLinearAVX2(n, steepness, x, height)
	}
}

func (impl *implementation) creditStep(n int, v, a, sent, l, q, psi, received, own, decay, gain, taken, adaptationDecay, adaptationGain, adaptation *float64) {
	if impl.wide {
		creditStepAVX512(n, v, a, sent, l, q, psi, received, own, decay, gain, taken, adaptationDecay, adaptationGain, adaptation)
	} else {
		creditStepAVX2(n, v, a, sent, l, q, psi, received, own, decay, gain, taken, adaptationDecay, adaptationGain, adaptation)
	}
}

func (impl *implementation) creditLeak(n int, v, sent, l, q, psi, received, decay, gain *float64) {
	if impl.wide {
		creditLeakAVX512(n, v, sent, l, q, psi, received, decay, gain)
	} else {
		creditLeakAVX2(n, v, sent, l, q, psi, received, decay, gain)
	}
}

func (impl *implementation) nonZero(n int, bits *uint64, x *float64) {
	if impl.wide {
		nonZeroAVX512(n, bits, x)
	} else {
		nonZeroAVX2(n, bits, x)
	}
}

func (impl *implementation) leak(n int, decay, gain float64, y, x *float64) {
	if impl.wide {
		leakAVX512(n, decay, gain, y, x)
	} else {
		leakAVX2(n, decay, gain, y, x)
	}
}

func (impl *implementation) sparseProduct(n int, columns *sparseColumn, elements *sparseElement, x, y *float64) {
	if impl.wide {
		sparseProductAVX512(n, columns, elements, x, y)
	} else {
		sparseProductAVX2(n, columns, elements, x, y)
	}
}

// interleave lays eight rows of n elements side by side.
func (*implementation) interleave(n int, rows, elements []float64) {
	whole := n &^ 3
	if whole > 0 {
		interleaveAVX2(whole, &rows[0], n, &elements[0])
	}
	for j := whole; j < n; j++ {
		for i := range SparseRows {
			elements[SparseRows*j+i] = rows[i*n+j]
		}
	}
}

// deinterleave takes eight rows of n elements apart.
func (*implementation) deinterleave(n int, rows, elements []float64) {
	whole := n &^ 3
	if whole > 0 {
		deinterleaveAVX2(whole, &rows[0], n, &elements[0])
	}
	for j := whole; j < n; j++ {
		for i := range SparseRows {
			rows[i*n+j] = elements[SparseRows*j+i]
		}
	}
}
