package kernel

import "math"

// The portable kernels define what every other implementation computes.

func matMul(m, n, k int, a []float64, aRow, aCol int, b []float64, bRow int, c []float64, cRow int) {
	for i := range m {
		ci := c[i*cRow:][:n]
		for l := range k {
			axpy(a[i*aRow+l*aCol], b[l*bRow:][:n], ci)
		}
	}
}

func matMulRows(m, n int, rows []int, a []float64, aRow int, b []float64, bRow int, c []float64, cRow int) {
	for i := range m {
		ci := c[i*cRow:][:n]
		for _, l := range rows {
			axpy(a[i*aRow+l], b[l*bRow:][:n], ci)
		}
	}
}

func reluStep(v, z, drive, decay, gain, threshold []float64) {
	for i := range v {
		v[i] = math.FMA(gain[i], drive[i], decay[i]*v[i])
		x := v[i] - threshold[i]
		if x <= 0 {
			x = 0
		}
		z[i] = x
	}
}

func filter(dst, decay, y, gain, x []float64) {
	for i := range dst {
		dst[i] = math.FMA(gain[i], x[i], decay[i]*y[i])
	}
}

func gate(dst, x, z []float64) {
	for i := range dst {
		if z[i] > 0 {
			dst[i] = x[i]
		} else {
			dst[i] = 0
		}
	}
}

func axpy(alpha float64, x, y []float64) {
	for i := range y {
		y[i] = math.FMA(alpha, x[i], y[i])
	}
}

func mask(bits []uint64, z []float64) {
	clear(bits)
	for i, x := range z {
		if !(x <= 0) {
			bits[i/64] |= 1 << (i % 64)
		}
	}
}

func relax(effect, x, gain, decay, jump []float64) {
	effect, gain, decay, jump = effect[:len(x)], gain[:len(x)], decay[:len(x)], jump[:len(x)]
	for i, y := range x {
		effect[i] = gain[i] * y
		x[i] = float64(decay[i]*y) + jump[i]
	}
}

func nonZero(bits []uint64, x []float64) {
	clear(bits)
	for i, y := range x {
		if y != 0 {
			bits[i/64] |= 1 << (i % 64)
		}
	}
}

func leak(decay, gain float64, y, x []float64) {
	x = x[:len(y)]
	for i, z := range y {
		y[i] = float64(decay*z) + float64(gain*x[i])
	}
}

func carry(dst []float64, x Rows, width, own int, cell []int32, cells, common []float64) {
	for i, p := range cell {
		row, first := dst[i*width:(i+1)*width], cells[int(p)*own*width:]
		for j := range row {
			row[j] = x.Lead[i*x.LeadRow] * first[j]
		}
		rest := own - 1 + len(common)/width
		if rest == 0 {
			continue
		}
		from := x.X[i*x.Row:][:rest]
		matMul(1, width, own-1, from, 0, 1, first[width:], width, row, 0)
		matMul(1, width, len(common)/width, from[own-1:], 0, 1, common, width, row, 0)
	}
}

func pack(dst, apart, x []float64, width, kept, column int) {
	for i := range apart {
		copy(dst[i*kept:(i+1)*kept], x[i*width:])
		apart[i] = x[i*width+column]
	}
}

func outer(dst, columns, rows []float64, tall, width int) {
	for i, x := range columns {
		row := rows[i/tall*width:][:width]
		for j, y := range row {
			dst[i*width+j] = x * y
		}
	}
}
