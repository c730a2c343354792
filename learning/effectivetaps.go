package learning

import "paracrine/modulator"

// EffectiveTaps are what substances make of ModProp's filter F,
//
//	K_d[α, β] = Σ_k c_k H_{d+k}[α, β],   d = From … From+len−1
//
// where a unit that a cell of type α secretes at step t is c_k at step t+k, and
// receptors of type β hear a trace s steps later with weight H_s (H_s = 0 for s < 1).
// It is what one unit at step t teaches of a trace at t−d. At d ≥ 1 the trace was
// there before, as in F; at d ≤ 0 it came later, and the substance that is left
// teaches it all the same. Readout filters are not in it.
type EffectiveTaps struct {
	From int
	// Mean is of all sites: the same for every D. Own and Neighbour, of a lattice,
	// are what is heard at the site of the cell that secretes and beside it in its
	// row. Each lag has types × types, row-major.
	Mean, Own, Neighbour [][]float64
}

// mostHorizon bounds the steps over which a release is followed.
const mostHorizon = 4096

// EffectiveTaps computes K_d for −before ≤ d ≤ after, with type means whatever the
// rule's own weights. The rule is one that substances carry.
func (c *Credit) EffectiveTaps(before, after int) EffectiveTaps {
	mean, own, neighbour := c.lingering()
	taps := c.receptorTaps(after + len(mean))
	e := EffectiveTaps{From: -before, Mean: joined(mean, taps, -before, after)}
	if c.Rule.Through == "lattice" {
		e.Own, e.Neighbour = joined(own, taps, -before, after), joined(neighbour, taps, -before, after)
	}
	return e
}

// joined is Σ_k c_k H_{d+k} for every d from … to.
func joined(c []float64, taps [][]float64, from, to int) [][]float64 {
	out := make([][]float64, 0, to-from+1)
	for d := from; d <= to; d++ {
		sum := make([]float64, len(taps[0]))
		for k := max(0, 1-d); k < len(c) && d+k <= len(taps); k++ {
			for i, tap := range taps[d+k-1] {
				sum[i] += float64(c[k] * tap)
			}
		}
		out = append(out, sum)
	}
	return out
}

// receptorTaps is H_s, s = 1 … count: F, or that of receptors of their own.
func (c *Credit) receptorTaps(count int) [][]float64 {
	propagator, first := c.typeResponse()
	if c.Rule.Receptors {
		propagator = modulator.NewDecay(propagator.Ligands, c.remainder(c.Rule.Decay))
	}
	taps := propagator.Taps(first, count)
	for s := c.Rule.Taps; s > 0 && s < count; s++ {
		clear(taps[s])
	}
	risen, rise := make([]float64, len(first)), c.remainder(c.Rule.Rise)
	for _, tap := range taps {
		for i, x := range tap {
			risen[i] = low(risen[i], x, rise)
			tap[i] = risen[i]
		}
	}
	return taps
}

// lingering is c_k of a unit from the step of its release until next to nothing is
// left: its mean over sites, at the site of release, and beside it.
func (c *Credit) lingering() (mean, own, neighbour []float64) {
	s := c.newSubstances(1)
	columns := 1
	if c.Rule.Through == "lattice" {
		columns = c.net.Torus.Columns
	}
	s.amounts[0] = (1 - s.kept) * float64(s.sites)
	for left := 1.0; left > 1e-9 && len(mean) < mostHorizon; left *= s.kept {
		if len(mean) > 0 {
			s.pass()
		}
		s.spread()
		sum := 0.0
		for _, x := range s.amounts[:s.sites] {
			sum += x
		}
		mean = append(mean, sum/float64(s.sites))
		own = append(own, s.amounts[0])
		neighbour = append(neighbour, s.amounts[min(1, columns-1)])
	}
	return mean, own, neighbour
}
