package learning

import "math"

// Shape is what the memory and the work of a rule depend on.
type Shape struct {
	Inputs, Cells, Outputs, Types int
	Steps, Trials                 int  // of a batch that runs together
	Filtered                      bool // the readout has a filter
	Online                        bool // weights change within the trial
	Spiking, Adapts               bool // cells spike; some of them adapt
	Sites                         int  // of the lattice that substances spread over; 0: one per cell
}

// Numbers counts the numbers a rule keeps for a batch beside network, record
// and gradient, the largest terms only, without allocating any. It is a float64
// because the count need not fit an int.
func (r Rule) Numbers(s Shape) float64 {
	profiles := 4 * float64(s.Cells) * r.ligands(s)
	switch {
	case r.Name == "rtrl":
		return float64(s.Trials) * r.sensitivities(s)
	case !s.Online && !r.IsCausal():
		return profiles + r.backwardNumbers(s)
	case r.Route == "events":
		return profiles + float64(s.Trials)*r.eventNumbers(s)
	}
	return profiles + float64(s.Trials)*s.synapses()*r.remembered(s)
}

// synapses is how many there are onto cells, absent ones included.
func (s Shape) synapses() float64 { return float64(s.Cells) * float64(s.Cells+s.Inputs) }

// sensitivities is ∂v/∂W and what goes with it, of one trial.
func (r Rule) sensitivities(s Shape) float64 {
	perCell := 2.0
	if s.Spiking {
		perCell = 3 // ∂a/∂W
	}
	return s.synapses() * (perCell*float64(s.Cells) + float64(s.Outputs))
}

// backwardNumbers is what Workspace holds: of the dense sweep, or of running sums.
func (r Rule) backwardNumbers(s Shape) float64 {
	inputs, cells, outputs, ligands := float64(s.Inputs), float64(s.Cells), float64(s.Outputs), r.ligands(s)
	steps, trials := float64(s.Steps), float64(s.Trials)
	sums := 2*chunkSteps*trials*cells + cells*cells
	if !s.Spiking && outputs+ligands <= maxChannels {
		sums = max(sums, trials*(cells+inputs)*(outputs+ligands))
	}
	if r.Spreads() {
		sums += steps * trials * cells // of what has spread to them
	}
	if lags := r.lags(); lags != all {
		sums += min(float64(lags), steps) * trials * cells // δv of every truncation
		if s.Spiking {
			sums += min(float64(lags), steps) * trials * cells // δa
		}
	}
	if r.filtersApart() {
		sums += steps * trials * cells // ψ̄
	}
	if r.Carried() {
		sums += steps * trials * (cells + ligands*r.sites(s)) // q̄ and concentrations
	}
	return s.synapses() + sums + steps*trials*outputs
}

// eventNumbers is what synapses remember and the history of one trial holds: of
// every step of a block, and of every block that some channel waits at, the columns
// of its stretch.
func (r Rule) eventNumbers(s Shape) float64 {
	cells, outputs := float64(s.Cells), float64(s.Outputs)
	own, ligands := r.course(s)
	if r.Spreads() {
		own, outputs = own+1, 0 // y
	}
	kept := own + ligands + outputs + 1 // and what was taught, where ε differs
	stretches := 2*BlockSteps + min(float64(s.Steps)/BlockSteps, float64(s.Cells+s.Inputs))
	return s.synapses()*kept + stretches*cells*own*(kept+lane)
}

// SparseNumbers counts what an Online learner keeps: the numbers that each synapse
// remembers beside its weight, and at most those of the history of all cells.
func (r Rule) SparseNumbers(s Shape) (synapse, history float64) {
	own, ligands := r.course(s)
	outputs, cells := float64(s.Outputs), float64(s.Cells)
	const stretches = 3 * PatienceSteps / BlockSteps
	width := lane * math.Ceil((own+ligands+outputs+1)/lane)
	return own - 1 + ligands + outputs, stretches * cells * own * width // ε is the channel's
}

// course is how many numbers of a synapse follow its cell, and how many the
// messengers, with route=events.
func (r Rule) course(s Shape) (own, ligands float64) {
	own = 1 // ε
	if s.Adapts {
		own++ // ε^a
	}
	switch {
	case r.lags() == 0:
		return own, 0
	case r.lags() == 1:
		return own + 1, 0 // f
	case r.Diagonal == "zero":
		own++ // d
	}
	return own, r.modes(s)
}

// remembered is what a synapse remembers in the step-by-step form.
func (r Rule) remembered(s Shape) float64 {
	numbers := 1.0 // ε
	if s.Adapts {
		numbers++ // ε^a
	}
	switch {
	case s.Filtered && r.Spreads():
		numbers++
	case s.Filtered:
		numbers += float64(s.Outputs)
	}
	if r.Carried() {
		numbers++ // ē
		if r.rises() {
			numbers += r.ligands(s) // h
		}
	}
	switch {
	case r.lags() == 0:
	case r.Route == "taps" || r.lags() != all:
		numbers += min(float64(r.lags()), float64(s.Steps))
	default:
		numbers += r.modes(s) + 1
	}
	return numbers
}

// touched is how many steps' worth of work arrivals make per synapse and step
// where presynaptic cells spike at 10 Hz in steps of 1 ms: a product to the end of a
// block and up to three beyond it per arrival.
const touched = 0.01 * (1 + 3)

// Work counts the multiplications of a rule for one trial and step, the largest
// terms only; those of the network itself are not among them.
func (r Rule) Work(s Shape) float64 {
	cells, outputs, ligands, modes := float64(s.Cells), float64(s.Outputs), r.ligands(s), r.modes(s)
	synapses := cells * (cells + float64(s.Inputs))
	if r.Spreads() {
		outputs = 1 // learning signal per cell
	}
	switch {
	case r.Name == "rtrl":
		return synapses * cells * (cells + outputs)
	case !s.Online && !r.IsCausal():
		return 2*synapses + ligands*(cells+ligands) + r.spreading(s)
	case r.Route == "events":
		own, shared := r.course(s)
		return (2*cells*own + touched*synapses) * (1 + outputs*(1+shared) + shared*(1+shared))
	case r.lags() == 0:
		return synapses * (1 + outputs)
	case r.Route == "taps" || r.lags() != all:
		return synapses * (1 + outputs + min(float64(r.lags()), float64(s.Steps))*modes)
	}
	return synapses * (1 + outputs + modes + modes*modes)
}

// sites is at how many places substances are.
func (r Rule) sites(s Shape) float64 {
	switch {
	case r.Through != "lattice":
		return 1
	case s.Sites > 0:
		return float64(s.Sites)
	}
	return float64(s.Cells)
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

// modes is how many numbers the messengers take in a synapse: one per ligand and,
// with dynamics=full, one more at most where cells adapt, each as often as types
// share a ligand.
func (r Rule) modes(s Shape) float64 {
	modes := r.ligands(s)
	if r.Dynamics != "full" || !s.Spiking {
		return modes
	}
	if r.Weights == "expression" {
		modes *= float64(s.Types)
	}
	if s.Adapts {
		modes *= 2
	}
	return modes
}
