package sim

import "math"

// math.Exp and math.Log are assembly on some processors and not on others, and
// differ in the last bit. Random numbers must not, so the distributions use the
// functions below: additions, multiplications and divisions, each rounded by
// itself. The conversions float64(x*y) are what forbids the compiler to fuse
// a multiplication with the addition that follows.

// ln2Hi + ln2Lo is ln 2; ln2Hi has 33 significant bits, so that its product
// with any exponent is exact.
const (
	ln2Hi = 0x1.62e42feep-1
	ln2Lo = 0x1.a39ef35793c76p-33
)

// Coefficients of the series, highest power first: 1/n of artanh(s)/s − 1 in
// powers of s², and 1/n! of eʳ.
var (
	artanhSeries = [...]float64{1. / 23, 1. / 21, 1. / 19, 1. / 17, 1. / 15, 1. / 13, 1. / 11, 1. / 9, 1. / 7, 1. / 5, 1. / 3}
	expSeries    = [...]float64{
		1. / 87178291200, 1. / 6227020800, 1. / 479001600, 1. / 39916800, 1. / 3628800,
		1. / 362880, 1. / 40320, 1. / 5040, 1. / 720, 1. / 120, 1. / 24, 1. / 6, 1. / 2, 1, 1,
	}
)

// ln returns the natural logarithm of a normal positive x, within 2 units in
// the last place. With x = 2ᵉ·m and m near 1, ln x = e ln 2 + 2 artanh(s) where
// s = (m − 1)/(m + 1), |s| < 0.172.
func ln(x float64) float64 {
	word := math.Float64bits(x)
	exponent := int(word>>52) - 1023
	m := math.Float64frombits(word&(1<<52-1) | 1023<<52)
	if m > math.Sqrt2 {
		m *= 0.5
		exponent++
	}
	s := (m - 1) / (m + 1)
	square := float64(s * s)
	series := 0.0
	for _, c := range artanhSeries {
		series = float64((series + c) * square)
	}
	e := float64(exponent)
	small := float64(2*s*series) + float64(e*ln2Lo)
	return float64(e*ln2Hi) + (float64(2*s) + small)
}

// exp returns eˣ for |x| < 700, within 2 units in the last place. With
// x = k ln 2 + r and |r| ≤ ln 2/2, eˣ = 2ᵏ·eʳ, the latter by its Taylor series.
func exp(x float64) float64 {
	k := math.Floor(float64(x*(1/math.Ln2)) + 0.5)
	r := (x - float64(k*ln2Hi)) - float64(k*ln2Lo)
	series := 0.0
	for _, c := range expSeries {
		series = c + float64(series*r)
	}
	return series * math.Float64frombits(uint64(int64(k)+1023)<<52)
}
