package kernel

import (
	"testing"

	"pgregory.net/rapid"
)

func TestOuter(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			n := rapid.IntRange(0, 5).Draw(t, "n")
			tall := rapid.IntRange(1, 3).Draw(t, "tall")
			width := 4 * rapid.IntRange(1, 5).Draw(t, "width / 4")
			columns, rows := elements(t, n*tall), elements(t, n*width)
			inside, all := framed(make([]float64, n*tall*width))
			want := append([]float64(nil), all...)
			for i := range n {
				for r := range tall {
					for j := range width {
						want[margin+(i*tall+r)*width+j] = columns[i*tall+r] * rows[i*width+j]
					}
				}
			}
			Outer(inside, columns, rows, tall, width)
			requireSame(t, "dst", all, want)
		})
	})
}
