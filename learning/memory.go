package learning

import "math"

// Shape is what the memory and the work of a rule depend on.
type Shape struct {
	Inputs, Cells, Outputs, Types int
	Steps, Trials                 int  // of a batch that runs together
	Filtered                      bool // the readout has a filter
	Online                        bool // weights change within the trial
}

// Numbers counts the numbers a rule keeps for a batch beside network, record
// and gradient, the largest terms only, without allocating any. It is a float64
// because the count need not fit an int.
func (r Rule) Numbers(s Shape) float64 {
	inputs, cells, outputs := float64(s.Inputs), float64(s.Cells), float64(s.Outputs)
	steps, trials := float64(s.Steps), float64(s.Trials)
	synapses, ligands := cells*(cells+inputs), r.ligands(s)
	profiles := 4 * cells * ligands
	switch {
	case r.Name == "rtrl":
		return trials * synapses * (2*cells + outputs)
	case !s.Online && !r.IsCausal():
		sums := 2*chunkSteps*trials*cells + cells*cells // of the dense sweep, or of running sums
		if outputs+ligands <= maxChannels {
			sums = max(sums, trials*(cells+inputs)*(outputs+ligands))
		}
		if r.Spreads() {
			sums += steps * trials * cells // of what has spread to them
		}
		if r.Carried() {
			sums += steps * trials * (2*cells + ligands*r.sites(s)) // of ψ̄, q̄ and concentrations
		}
		return synapses + profiles + sums + steps*trials*outputs
	}
	if r.Route == "events" {
		own, perStep := 2.0, 1.0 // ε and ε^a; ψ
		if r.Spreads() {
			own, outputs, perStep = 3, 0, 2 // y too; L too
		}
		if r.lags() == 1 {
			ligands = 1
		}
		width := own + ligands + outputs + 1
		return profiles + trials*(synapses*width+steps*cells*(perStep+own*width/blockSteps))
	}
	remembered := 1.0 // ε
	if r.Spreads() {
		outputs = 1
	}
	if s.Filtered {
		remembered += outputs
	}
	if r.Carried() {
		remembered++ // ē
		if r.Rise > 0 {
			remembered++
		}
	}
	switch {
	case r.lags() == 0:
	case r.Route == "taps" || r.lags() != all:
		remembered += min(float64(r.lags()), steps)
	default:
		remembered += ligands + 1
	}
	return profiles + trials*synapses*remembered
}

// Work counts the multiplications of a rule for one trial and step, the largest
// terms only; those of the network itself are not among them.
func (r Rule) Work(s Shape) float64 {
	cells, outputs, ligands := float64(s.Cells), float64(s.Outputs), r.ligands(s)
	synapses := cells * (cells + float64(s.Inputs))
	switch {
	case r.Name == "rtrl":
		return synapses * cells * (cells + outputs)
	case !s.Online && !r.IsCausal():
		return 2*synapses + ligands*(cells+ligands) + r.spreading(s)
	case r.Spreads():
		return 2 * synapses
	case r.lags() == 0:
		return synapses * (1 + outputs)
	case r.Route == "taps" || r.lags() != all:
		return synapses * (1 + outputs + min(float64(r.lags()), float64(s.Steps))*ligands)
	}
	return synapses * (1 + outputs + ligands + ligands*ligands)
}

// sites is at how many places substances are: at most one per cell.
func (r Rule) sites(s Shape) float64 {
	if r.Through == "lattice" {
		return float64(s.Cells)
	}
	return 1
}

// spreading counts the multiplications of substances that carry credit: along rows
// and columns of a square, and from ligand to ligand at every site.
func (r Rule) spreading(s Shape) float64 {
	if !r.Carried() {
		return 0
	}
	sites, ligands := r.sites(s), r.ligands(s)
	return ligands * sites * (2*math.Sqrt(sites) + ligands)
}

// ligands is how many messengers carry the rule's credit; where every synapse
// has a weight of its own, one per cell.
func (r Rule) ligands(s Shape) float64 {
	switch r.Weights {
	case "":
		return 0
	case "type":
		return float64(s.Types)
	case "expression":
		return float64(min(r.Ligands, s.Cells))
	}
	return float64(s.Cells)
}
