package modulator

import (
	"fmt"
	"math"

	"paracrine/neuron"
	"paracrine/sim"
)

// DenseCore is release from dense-core vesicles, which hold peptides and amines
// and need more calcium than one spike brings (Dutton & Dyball, J. Physiol. 290,
// 1979: bursts secrete more per spike; Verhage et al., Neuron 6, 1991). A trace
// of calcium y jumps at every spike and decays, and a pool of n vesicles refills,
//
//	y → y e^{−Δ/τ_Ca} + J
//	n → P − (P − n) e^{−Δ/τ_r}
//
// over the time Δ since the cell's last spike. A spike that takes y to the
// threshold θ or beyond lets one vesicle of q molecules go if n ≥ 1, and then
// n → n − 1. Spikes at regular intervals T reach y = J/(1 − e^{−T/τ_Ca}), so
// those that are further apart than τ_Ca ln(θ/(θ − J)) never release.
type DenseCore struct {
	Jump      float64 // J, above 0
	Calcium   float64 // τ_Ca, ms
	Threshold float64 // θ, above J: single spikes do not release
	Pool      float64 // P, vesicles, at least 1
	Refill    float64 // τ_r, ms
	Quantum   float64 // q, molecules
}

// check says what is wrong with the values.
func (r DenseCore) check() error {
	const of = "release from dense-core vesicles"
	for _, q := range []struct {
		name  string
		value float64
		unit  string
	}{
		{"jump", r.Jump, ""}, {"calcium time constant", r.Calcium, "ms"}, {"threshold", r.Threshold, ""},
		{"pool", r.Pool, "vesicles"}, {"refill time constant", r.Refill, "ms"}, {"quantum", r.Quantum, "molecules"},
	} {
		if err := require(of, q.name, q.value, q.unit, neuron.Positive); err != nil {
			return err
		}
	}
	if r.Threshold <= r.Jump {
		return &SubstanceError{of, "threshold", fmt.Sprint(r.Threshold), fmt.Sprintf("values above the jump %v", r.Jump)}
	}
	if r.Pool < 1 {
		return &SubstanceError{of, "pool", fmt.Sprintf("%v vesicles", r.Pool), "at least 1"}
	}
	return nil
}

// DenseCoreRelease is the state of cells that release dense-core vesicles.
type DenseCoreRelease struct {
	rule    DenseCore
	calcium []float64 // y after the last spike
	pool    []float64 // n after the last spike
	last    []float64 // time of the last spike, ms
}

// NewDenseCoreRelease makes the state of cells that have not spiked: no calcium,
// full pools. A refusal is a [*SubstanceError].
func NewDenseCoreRelease(rule DenseCore, cells int) (*DenseCoreRelease, error) {
	if err := rule.check(); err != nil {
		return nil, err
	}
	r := &DenseCoreRelease{rule, make([]float64, cells), make([]float64, cells), make([]float64, cells)}
	for i := range r.pool {
		r.pool[i] = rule.Pool
	}
	return r, nil
}

// Spike implements Release.
func (r *DenseCoreRelease) Spike(cell int, now sim.Time) float64 {
	at := now.Milliseconds()
	wait := at - r.last[cell]
	y := r.rule.Jump + float64(r.calcium[cell]*math.Exp(-wait/r.rule.Calcium))
	n := r.rule.Pool - float64((r.rule.Pool-r.pool[cell])*math.Exp(-wait/r.rule.Refill))
	released := 0.0
	if y >= r.rule.Threshold && n >= 1 {
		n--
		released = r.rule.Quantum
	}
	r.calcium[cell], r.pool[cell], r.last[cell] = y, n, at
	return released
}

// state is what changes.
func (r *DenseCoreRelease) state() []saved {
	return []saved{{"calcium", r.calcium}, {"pool", r.pool}, {"last spikes", r.last}}
}

// Save implements Release.
func (r *DenseCoreRelease) Save(s *sim.Snapshot, name string) { saveFloats(s, name, r.state()) }

// Restore implements Release.
func (r *DenseCoreRelease) Restore(s *sim.Snapshot, name string) error {
	return restoreFloats(s, name, r.state())
}
