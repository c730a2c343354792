//go:build !amd64

package kernel

func vectorised() []*implementation { return nil }

func (*implementation) relax(_ int, _, _, _, _, _ *float64) {}

func (*implementation) carry(_, _, _, _ int, _ *int32, _, _ *float64, _ int, _ *float64, _ int, _, _ *float64) {
}

func (*implementation) outer(_, _, _ int, _, _, _ *float64) {}

func (*implementation) pack(_, _, _, _ int, _, _, _ *float64) {}

func (*implementation) fetch(int, *float64) {}

func (*implementation) philox(int, *uint32, uint64, uint64, uint64) {}

func (*implementation) membrane(_ int, _ *uint64, _, _, _, _, _, _, _, _, _, _ *float64) {}

func (*implementation) membraneOfTwo(_ int, _ *uint64, _, _, _, _, _, _, _, _, _, _, _ *float64) {}

func (*implementation) spikingStep(_ int, _ float64, _, _, _, _, _, _, _, _, _, _ *float64) {}

func (*implementation) adaptiveSpikingStep(_ int, _ float64, _, _, _, _, _, _, _, _, _, _, _, _, _, _ *float64) {
}

func (*implementation) piecewiseLinear(_ int, _ float64, _, _ *float64) {}

func (*implementation) creditStep(_ int, _, _, _, _, _, _, _, _, _, _, _, _, _, _ *float64) {}

func (*implementation) creditLeak(_ int, _, _, _, _, _, _, _, _ *float64) {}

func (*implementation) nonZero(int, *uint64, *float64) {}

func (*implementation) leak(_ int, _, _ float64, _, _ *float64) {}

func (*implementation) sparseProduct(int, *sparseColumn, *sparseElement, *float64, *float64) {}

func (*implementation) interleave(int, []float64, []float64) {}

func (*implementation) deinterleave(int, []float64, []float64) {}
