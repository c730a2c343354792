package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// masks are the kernels that make bits, and when a bit is 1.
var masks = []struct {
	name   string
	kernel func(bits []uint64, x []float64)
	bit    func(x float64) bool
}{
	{"Mask", Mask, func(x float64) bool { return x > 0 || math.IsNaN(x) }},
	{"NonZero", NonZero, func(x float64) bool { return x != 0 }},
}

// checkMask compares the kernels with their definition bit by bit, surroundings
// included.
func checkMask(t interface{ Fatalf(string, ...any) }, z []float64) {
	for _, mask := range masks {
		checkBits(t, z, mask.name, mask.kernel, mask.bit)
	}
}

func checkBits(t interface{ Fatalf(string, ...any) }, z []float64, name string, kernel func([]uint64, []float64), bit func(float64) bool) {
	const around = 0xdeadbeefdeadbeef
	words := (len(z) + 63) / 64
	all := slices.Repeat([]uint64{around}, words+2)
	kernel(all[1:1+words:1+words], z)
	if all[0] != around || all[1+words] != around {
		t.Fatalf("%s of %d elements: the words around became %#x and %#x", name, len(z), all[0], all[1+words])
	}
	for i := range 64 * words {
		got, want := all[1+i/64]>>(i%64)&1, uint64(0)
		if i < len(z) && bit(z[i]) {
			want = 1
		}
		if got != want {
			t.Fatalf("%s: bit %d of %d is %d, want %d for %v", name, i, len(z), got, want, z[min(i, len(z)-1)])
		}
	}
}

func TestMask(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			checkMask(t, elements(t, rapid.IntRange(0, 300).Draw(t, "n")))
		})
	})
}

// Every element that matters, in every place, alone among zeros and alone
// among ones.
func TestMaskSpecial(t *testing.T) {
	special := []float64{
		0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1),
		math.NaN(), math.Copysign(math.NaN(), -1),
		math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64,
	}
	eachImplementation(t, func(t *testing.T) {
		for _, n := range []int{1, 7, 8, 9, 63, 64, 65, 120, 128, 135} {
			for _, background := range []float64{0, 1} {
				z := slices.Repeat([]float64{background}, n)
				for i := range z {
					for _, x := range special {
						z[i] = x
						checkMask(t, z)
					}
					z[i] = background
				}
			}
		}
	})
}

func BenchmarkMask(b *testing.B) {
	for _, n := range []int{8, 64, 120, 127, 512} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			z, bits := random(n), make([]uint64, (n+63)/64)
			eachImplementation(b, func(b *testing.B) {
				for b.Loop() {
					Mask(bits, z)
				}
			})
		})
	}
}
