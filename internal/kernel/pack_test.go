package kernel

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPack(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			width := rapid.IntRange(1, 20).Draw(t, "width")
			kept := rapid.IntRange(1, width).Draw(t, "kept")
			column := rapid.IntRange(0, width-1).Draw(t, "column")
			n := rapid.IntRange(0, 9).Draw(t, "rows")
			x := elements(t, n*width)
			dst, allDst := framed(make([]float64, n*kept))
			apart, allApart := framed(make([]float64, n))
			wantDst, wantApart := append([]float64(nil), allDst...), append([]float64(nil), allApart...)
			for i := range n {
				copy(wantDst[margin+i*kept:][:kept], x[i*width:])
				wantApart[margin+i] = x[i*width+column]
			}
			Fetch(x)
			Pack(dst, apart, x, width, kept, column)
			requireSame(t, "dst", allDst, wantDst)
			requireSame(t, "apart", allApart, wantApart)
		})
	})
}
