package kernel

import "golang.org/x/sys/cpu"

func vectorised() []*implementation {
	x86 := &cpu.X86
	var found []*implementation
	if x86.HasAVX2 && x86.HasFMA {
		found = append(found, &implementation{"avx2", matMulAVX2, matMulRowsAVX2, reluStepAVX2, filterAVX2, gateAVX2, axpyAVX2, maskAVX2, false})
	}
	if x86.HasAVX512F && x86.HasBMI2 {
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
