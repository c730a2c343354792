package sim

import "math"

// The ziggurat covers one side of the normal density f(x) = exp(−x²/2) with
// layers of equal area (Marsaglia & Tsang, J. Stat. Softw. 5(8), 2000; the
// layer and the abscissa come from separate bits, which Doornik 2005 found to
// matter). Layer i ≥ 1 is the rectangle 0 ≤ x < x[i] between the heights f(x[i])
// and f(x[i+1]); layer 0 is the rectangle below f(R) together with the tail.
const (
	zigguratLayers = 256
	// zigguratR is where the tail begins, x[1].
	zigguratR = 3.65415288536100877
	// zigguratArea is the area of each layer, R f(R) + ∫ f from R to infinity.
	zigguratArea = 0.00492867323397465535
)

// zigguratLayer is one layer as the fast path needs it.
type zigguratLayer struct {
	scale  float64 // width of the layer times 2⁻⁵³
	inside float64 // below this abscissa a point lies under f whatever its height
	low    float64 // height at which the layer begins
	rise   float64 // height of the layer
}

var ziggurat = newZiggurat()

// density is f, the normal density up to a factor.
func density(x float64) float64 { return exp(float64(float64(-0.5*x) * x)) }

func newZiggurat() (layers [zigguratLayers]zigguratLayer) {
	x, height := zigguratR, density(zigguratR)
	layers[0] = zigguratLayer{scale: zigguratArea / height * 0x1p-53, inside: zigguratR}
	for i := 1; i < zigguratLayers; i++ {
		above := height + zigguratArea/x
		inner := 0.0
		if i < zigguratLayers-1 {
			inner = math.Sqrt(float64(-2 * ln(above)))
		} else {
			above = 1 // rounding may leave the top a little off
		}
		layers[i] = zigguratLayer{scale: x * 0x1p-53, inside: inner, low: height, rise: above - height}
		x, height = inner, above
	}
	return layers
}

// Normal returns a normally distributed number with mean 0 and standard
// deviation 1.
func (s *Stream) Normal() float64 {
	word := s.Uint64()
	layer := &ziggurat[word%zigguratLayers]
	// An odd integer of 54 bits and sign: symmetric about zero, and none of its
	// bits chose the layer.
	x := float64(int64(word)>>10|1) * layer.scale
	if math.Abs(x) < layer.inside {
		return x
	}
	return s.normalEdge(x, layer)
}

// normalEdge decides about an abscissa beyond the inside of its layer, in about
// one of a hundred draws.
func (s *Stream) normalEdge(x float64, layer *zigguratLayer) float64 {
	if layer == &ziggurat[0] {
		return math.Copysign(s.normalTail(), x)
	}
	height := layer.low + float64(s.Float64()*layer.rise)
	if height < density(x) {
		return x
	}
	return s.Normal()
}

// normalTail returns a normal number given that it exceeds zigguratR
// (Marsaglia, Technometrics 6, 1964).
func (s *Stream) normalTail() float64 {
	for {
		x := s.Exponential() / zigguratR
		y := s.Exponential()
		if y+y >= float64(x*x) {
			return zigguratR + x
		}
	}
}

// Exponential returns an exponentially distributed number with mean 1.
func (s *Stream) Exponential() float64 { return -ln(1 - s.Float64()) }
