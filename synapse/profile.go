package synapse

import (
	"fmt"
	"math"

	"paracrine/sim"
)

// Profile is how the probability of a synapse falls with the distance d of the
// cells:
//
//	gaussian     f(d) = exp(−d²/(2σ²))         σ in µm
//	exponential  f(d) = exp(−d/λ)              λ in µm
//	box          f(d) = 1 for d ≤ r, else 0    r in µm
//	logistic     f(d) = 1/(1 + exp(d²/(4σ)))   σ in µm²
type Profile struct {
	Kind  ProfileKind
	Scale float64 // σ, λ or r
}

// ProfileKind names a family of profiles.
type ProfileKind uint8

// The families of profiles.
const (
	GaussianProfile ProfileKind = iota
	ExponentialProfile
	BoxProfile
	LogisticProfile
)

// At is f at a squared distance in µm². It never rises with the distance.
func (p Profile) At(squared float64) float64 {
	switch p.Kind {
	case ExponentialProfile:
		return sim.Exp(-math.Sqrt(squared) / p.Scale)
	case BoxProfile:
		if squared <= float64(p.Scale*p.Scale) {
			return 1
		}
		return 0
	case LogisticProfile:
		return 1 / (1 + sim.Exp(squared/float64(4*p.Scale)))
	}
	return sim.Exp(-squared / float64(2*float64(p.Scale*p.Scale)))
}

// check refuses a scale that is no length, and a family that is none.
func (p Profile) check() error {
	if p.Kind > LogisticProfile {
		return &KeyError{"profile", fmt.Sprint(p.Kind), "gaussian, exponential, box or logistic"}
	}
	if !(p.Scale > 0) || math.IsInf(p.Scale, 1) {
		unit := "µm"
		if p.Kind == LogisticProfile {
			unit = "µm²"
		}
		return &KeyError{"scale", fmt.Sprintf("%v %s", p.Scale, unit), "more than 0 " + unit}
	}
	return nil
}
