package synapse

import "math"

// ShortTerm is the short-term plasticity of Tsodyks, Uziel & Markram
// (J. Neurosci. 20, 2000): a presynaptic spike Δt after the cell's last finds
//
//	x = 1 + (x' − u' x' − 1) exp(−Δt/τ_rec)      x', u' those of the last spike
//	u = U + u' (1 − U) exp(−Δt/τ_f)              u = U where τ_f = 0
//
// and brings w u x. The first spike finds x = 1, u = U. Only the presynaptic
// cell's spikes enter, so the state is the source's and all its synapses share
// it. With τ_f = 0 the synapse only depresses.
type ShortTerm struct {
	Utilisation  float64 // U, above 0, to 1
	Recovery     float64 // τ_rec, ms
	Facilitation float64 // τ_f, ms; 0 is none
}

// ShortTermState is the state of every presynaptic cell.
type ShortTermState struct {
	rule        ShortTerm
	utilisation []float64 // u of the last spike
	resources   []float64 // x of the last spike
	last        []float64 // ms; −∞ before the first
}

// NewShortTermState is the state of cells that have not spiked.
func NewShortTermState(rule ShortTerm, cells int) *ShortTermState {
	s := &ShortTermState{rule, make([]float64, cells), make([]float64, cells), make([]float64, cells)}
	for i := range s.last {
		s.resources[i], s.last[i] = 1, math.Inf(-1)
	}
	return s
}

// Spike is u x of a spike of a cell at a time in ms.
func (s *ShortTermState) Spike(cell int, at float64) float64 {
	wait := at - s.last[cell]
	used := float64(s.utilisation[cell] * s.resources[cell])
	x := 1 + float64((s.resources[cell]-used-1)*math.Exp(-wait/s.rule.Recovery))
	u := s.rule.Utilisation
	if s.rule.Facilitation > 0 {
		u += float64(float64(s.utilisation[cell]*(1-s.rule.Utilisation)) * math.Exp(-wait/s.rule.Facilitation))
	}
	s.utilisation[cell], s.resources[cell], s.last[cell] = u, x, at
	return u * x
}

// State lists the live values, for checkpoints.
func (s *ShortTermState) State() [][]float64 {
	return [][]float64{s.utilisation, s.resources, s.last}
}
