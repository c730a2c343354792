package modulator

import (
	"math"

	"paracrine/neuron"
	"paracrine/sim"
)

// Receptor is how cells hear a ligand: a part of their receptors is occupied
// (Hill, J. Physiol. 40, 1910) and makes a second messenger m that rises and
// decays,
//
//	o = ρ cⁿ/(EC₅₀ⁿ + cⁿ)
//	τ_r u' = o − u
//	τ_d m' = u − m
//
// so that m answers an impulse with (e^{−t/τ_d} − e^{−t/τ_r})/(τ_d − τ_r), a
// causal filter of area 1. With a time constant of 0, u is o or m is u.
type Receptor struct {
	HalfMaximal float64 // EC₅₀, nM
	Hill        float64 // n
	Density     float64 // ρ, relative: 1 makes o the part that is occupied
	Rise        float64 // τ_r, ms
	Decay       float64 // τ_d, ms
}

// check says what is wrong with the values.
func (r Receptor) check() error {
	for _, q := range []struct {
		name    string
		value   float64
		unit    string
		allowed neuron.Range
	}{
		{"half-maximal concentration", r.HalfMaximal, "nM", neuron.Positive}, {"Hill coefficient", r.Hill, "", neuron.Positive},
		{"density", r.Density, "", neuron.NonNegative}, {"rise time constant", r.Rise, "ms", neuron.NonNegative},
		{"decay time constant", r.Decay, "ms", neuron.NonNegative},
	} {
		if err := require("receptor", q.name, q.value, q.unit, q.allowed); err != nil {
			return err
		}
	}
	return nil
}

// Occupancy is o at a concentration c ≥ 0 in nM.
func (r Receptor) Occupancy(c float64) float64 {
	ratio := r.HalfMaximal / c
	if r.Hill != 1 {
		ratio = math.Pow(ratio, r.Hill)
	}
	return r.Density / (1 + ratio)
}

// Receptors is the receptors of some cells. Concentrations are sampled, and
// occupancy is held from one sample to the next: for that, u and m are exact,
// whatever the intervals.
type Receptors struct {
	rule      Receptor
	occupancy []float64 // o since the last sample
	rising    []float64 // u
	messenger []float64 // m
	at        sim.Time  // time of the last sample
}

// NewReceptors makes the receptors of cells that have heard nothing. A refusal
// is a [*SubstanceError].
func NewReceptors(rule Receptor, cells int) (*Receptors, error) {
	if err := rule.check(); err != nil {
		return nil, err
	}
	return &Receptors{rule: rule, occupancy: make([]float64, cells), rising: make([]float64, cells), messenger: make([]float64, cells)}, nil
}

// Sample takes the concentrations (nM) at all cells at a time: u and m advance
// to it under the occupancy held so far, so that what is sampled now is first
// heard at the next sample. Samples come in order of time.
func (r *Receptors) Sample(now sim.Time, concentrations []float64) {
	rise, decay, passed := r.rule.response((now - r.at).Milliseconds())
	for i, c := range concentrations {
		held := r.occupancy[i]
		u, m := r.rising[i]-held, r.messenger[i]-held
		r.rising[i] = held + float64(u*rise)
		r.messenger[i] = held + float64(m*decay) + float64(u*passed)
		r.occupancy[i] = r.rule.Occupancy(c)
	}
	r.at = now
}

// response is what is left of deviations of u and m from a constant occupancy
// after a span in ms, and how much of u has passed to m,
//
//	e^{−t/τ_r}   e^{−t/τ_d}   (e^{−t/τ_r} − e^{−t/τ_d}) τ_r/(τ_r − τ_d)
//
// the last without cancellation where the time constants are near each other.
func (r Receptor) response(span float64) (rise, decay, passed float64) {
	rise, decay = remainder(span, r.Rise), remainder(span, r.Decay)
	switch {
	case r.Rise == 0:
		return rise, decay, 0
	case r.Decay == 0:
		return rise, decay, rise
	}
	slower, difference := decay, span/r.Rise-span/r.Decay
	if difference < 0 {
		slower, difference = rise, -difference
	}
	return rise, decay, slower * span / r.Decay * neuron.MeanDecay(difference)
}

// remainder is e^{−t/τ}, 0 where τ is.
func remainder(span, tau float64) float64 {
	if tau == 0 {
		return 0
	}
	return math.Exp(-span / tau)
}

// Occupied is o of every cell since the last sample, to read.
func (r *Receptors) Occupied() []float64 { return r.occupancy }

// Messenger is m of every cell at the last sample, to read.
func (r *Receptors) Messenger() []float64 { return r.messenger }

// state is what changes.
func (r *Receptors) state() []saved {
	return []saved{{"occupancy", r.occupancy}, {"rising", r.rising}, {"messenger", r.messenger}}
}

// Save puts the state into sections of a snapshot whose names begin with name.
func (r *Receptors) Save(s *sim.Snapshot, name string) {
	saveFloats(s, name, r.state())
	s.PutWords(name+" time", []uint64{uint64(r.at)})
}

// Restore takes up a state that Save put.
func (r *Receptors) Restore(s *sim.Snapshot, name string) error {
	time, err := s.Words(name+" time", 1)
	if err != nil {
		return err
	}
	if err := restoreFloats(s, name, r.state()); err != nil {
		return err
	}
	r.at = sim.Time(time[0])
	return nil
}
