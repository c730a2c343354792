package kernel

import (
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// walled returns n elements between pages that cannot be touched,
// at the end of what lies between: a kernel that reads or writes past the end
// crashes, and if they fill their pages, before the start, too.
func walled[T float64 | uint64 | uint32 | int32 | int](t *testing.T, n int) []T {
	page, bytes := os.Getpagesize(), n*int(unsafe.Sizeof(*new(T)))
	size := (bytes + page - 1) / page * page
	memory, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(memory); err != nil {
			t.Error(err)
		}
	})
	for _, wall := range [][]byte{memory[:page], memory[page+size:]} {
		if err := syscall.Mprotect(wall, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&memory[page+size-bytes])), n)
}

// No kernel touches memory past its slices.
func TestWithinSlices(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for n := 1; n <= 26; n++ {
			v := [6][]float64{}
			for i := range v {
				v[i] = walled[float64](t, n)
			}
			for _, loop := range loops {
				loop.kernel(v)
			}
			for _, m := range []int{1, 3, 9} {
				p := dense(m, n, 2, n%2 == 0)
				MatMul(m, n, 2, walled[float64](t, p.aLen()), p.aRow, p.aCol, walled[float64](t, p.bLen()), p.bRow, walled[float64](t, p.cLen()), p.cRow)
				q := some(m, n, 5)
				rows := walled[int](t, len(q.rows))
				copy(rows, q.rows)
				q.rows = rows
				q.run(walled[float64](t, q.aLen()), walled[float64](t, q.bLen()), walled[float64](t, q.cLen()))
			}
		}
		for _, k := range spikingKernels {
			for n := 1; n <= 26; n++ {
				v := make([][]float64, k.vectors)
				for i := range v {
					v[i] = walled[float64](t, n)
				}
				k.run(v)
			}
		}
		for _, width := range []int{4, 8, 12, 20} {
			Outer(walled[float64](t, 2*3*width), walled[float64](t, 2*3), walled[float64](t, 2*width), 3, width)
			for kept := 1; kept <= width; kept++ {
				Pack(walled[float64](t, 5*kept), walled[float64](t, 5), walled[float64](t, 5*width), width, kept, width-1)
			}
			for n := 1; n <= 25; n++ {
				x := Rows{walled[float64](t, n*width), width, walled[float64](t, n*(width-1)), width - 1}
				cells := CellsOf(walled[int32](t, n), 1)
				Carry(walled[float64](t, n*width), x, width, 2, cells, walled[float64](t, 2*width), walled[float64](t, (width-2)*width))
			}
		}
		for _, n := range []int{1, 7, 8, 9, 64, 65, 120, 512, 519, 512 * 64} {
			NonZero(walled[uint64](t, (n+63)/64), walled[float64](t, n))
			Mask(walled[uint64](t, (n+63)/64), walled[float64](t, n))
		}
		for _, n := range []int{1, 7, 8, 9, 64, 65, 512, 519} {
			v := [11][]float64{}
			for i := range v {
				v[i] = walled[float64](t, n) // all fire: 0 ≥ 0
			}
			fired := walled[uint64](t, (n+63)/64)
			membranesOf(v).Step(fired, v[8], v[9])
			membranesOf(v).StepOfTwo(fired, v[8], v[9], v[10])
		}
		for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 256, 512} {
			Philox(walled[uint32](t, 4*n), 0, 0, [2]uint32{})
		}
	})
}
