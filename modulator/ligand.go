package modulator

import (
	"fmt"

	"paracrine/neuron"
)

// Ligand is a substance that cells secrete and hear. Where it is free, its
// concentration c ≥ 0 obeys
//
//	∂c/∂t = D ∇²c − c/τ_c − V_max c/(K_m + c) + release
//
// (Nicholson, Rep. Prog. Phys. 64, 2001). D is the effective
// coefficient in the tissue: that in water over the square of the tortuosity.
// A ligand is cleared with a time constant, or by uptake that saturates, or not
// at all.
type Ligand struct {
	Name      string
	Diffusion float64 // D, µm²/ms
	Clearance float64 // τ_c, ms; 0 is none
	Uptake    Uptake
}

// Check says what is wrong with a ligand; its errors are [*SubstanceError].
func (l Ligand) Check() error {
	of := "ligand " + l.Name
	for _, q := range []struct {
		name  string
		value float64
		unit  string
	}{{"diffusion", l.Diffusion, "µm²/ms"}, {"clearance", l.Clearance, "ms"}} {
		if err := require(of, q.name, q.value, q.unit, neuron.NonNegative); err != nil {
			return err
		}
	}
	if l.Uptake == (Uptake{}) {
		return nil
	}
	if l.Clearance > 0 {
		return &SubstanceError{of, "clearance", fmt.Sprintf("%v ms beside saturating uptake", l.Clearance), "one of the two"}
	}
	return l.Uptake.check(of)
}

// clearanceRate is 1/τ_c in 1/ms.
func (l Ligand) clearanceRate() float64 {
	if l.Clearance == 0 {
		return 0
	}
	return 1 / l.Clearance
}

// SubstanceError says which quantity of a ligand, field, release or receptor
// cannot be what was given.
type SubstanceError struct{ Of, Quantity, Given, Allowed string }

// Error joins the parts.
func (e *SubstanceError) Error() string {
	return fmt.Sprintf("modulator: %s: %s: given %s; allowed: %s", e.Of, e.Quantity, e.Given, e.Allowed)
}

// require refuses a value outside a range.
func require(of, quantity string, value float64, unit string, allowed neuron.Range) error {
	if allowed.Holds(value) {
		return nil
	}
	return &SubstanceError{of, quantity, fmt.Sprintf("%v %s", value, unit), allowed.String()}
}
