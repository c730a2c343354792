package neuron

import (
	"math"

	"paracrine/internal/kernel"
)

// ReLU is a population of leaky rectified-linear rate cells,
//
//	v_t = η v_{t-1} + c_v I_t        η = exp(−dt/τ_m)
//	z_t = max(v_t − ϑ, 0)            ψ_t = ∂z_t/∂v_t = [v_t > ϑ]
//
// with one value of η, c_v and ϑ per cell. Potentials, rates and currents are
// dimensionless. Source: Liu et al., NeurIPS 2022 (arXiv 2206.01338), eq. 1;
// c_v is 1−η there and 1 in other papers.
type ReLU struct {
	Decay     []float64 // η
	Gain      []float64 // c_v
	Threshold []float64 // ϑ
}

// Decay is η = exp(−step/tau); both in the same unit of time.
func Decay(step, tau float64) float64 { return math.Exp(-step / tau) }

// NewReLU makes room for n cells with η, c_v and ϑ still zero.
func NewReLU(n int) *ReLU {
	return &ReLU{make([]float64, n), make([]float64, n), make([]float64, n)}
}

// Size is the number of cells.
func (p *ReLU) Size() int { return len(p.Decay) }

// Membrane is η and c_v of every cell.
func (p *ReLU) Membrane() (decay, gain []float64) { return p.Decay, p.Gain }

// Begin makes the state of a batch of trials, all cells at rest.
func (p *ReLU) Begin(trials int) Trials {
	return &rateTrials{p, make([]float64, trials*p.Size())}
}

// rateTrials is the state of ReLU cells.
type rateTrials struct {
	cells     *ReLU
	potential []float64 // trials × cells: v
}

// Rest implements Trials.
func (s *rateTrials) Rest() { clear(s.potential) }

// Potential implements Trials.
func (s *rateTrials) Potential() []float64 { return s.potential }

// State implements Trials: v.
func (s *rateTrials) State() [][]float64 { return [][]float64{s.potential} }

// Step implements Trials.
func (s *rateTrials) Step(z, _, _, current []float64) { s.cells.Step(s.potential, z, current) }

// Step advances the potentials v of a batch of trials by one step under the
// current and writes the rates z. All slices are trials × cells.
func (p *ReLU) Step(v, z, current []float64) {
	n := len(p.Decay)
	for i := 0; i < len(v); i += n {
		kernel.ReLUStep(v[i:i+n], z[i:i+n], current[i:i+n], p.Decay, p.Gain, p.Threshold)
	}
}

// rateModel is only listed: networks of rate cells are trained, see learning.
var _ = register(Model{
	Name:     "relu",
	Meaning:  "leaky rectified-linear rate cell: v ← η v + c_v · input, z = max(v − threshold, 0)",
	Equation: "v_t = η v_{t-1} + c_v I_t\nz_t = max(v_t − ϑ, 0)",
	Source:   "Liu et al., NeurIPS 2022, eq. 1",
})
