package learning

import "paracrine/modulator"

// EffectiveTaps are what substances make of ModProp's filter F,
//
//	K_d[α, β] = Σ_k c_α,k H_{d+k}[α, β],   d = From … From+len−1
//
// where a unit that a cell of type α secretes at step t is c_α,k at step t+k, and
// receptors of type β hear a trace s steps later with weight H_s (H_s = 0 for s < 1).
// It is what one unit at step t teaches of a trace at t−d. At d ≥ 1 the trace was
// there before, as in F; at d ≤ 0 it came later, and the substance that is left
// teaches it all the same. Readout filters are not in it.
type EffectiveTaps struct {
	From int
	// Mean is of all sites: the same for every D where boundaries do not absorb. Own
	// and Neighbour, of a lattice, are what is heard at the site of the cell that
	// secretes, in the middle, and beside it along the first axis with more than one
	// point. Each lag has types × types, row-major.
	Mean, Own, Neighbour [][]float64
}

// mostHorizon bounds the steps over which a release is followed.
const mostHorizon = 4096

// EffectiveTaps computes K_d for −before ≤ d ≤ after, with type means whatever the
// rule's own weights. The rule is one that substances carry.
func (c *Credit) EffectiveTaps(before, after int) EffectiveTaps {
	var mean, own, neighbour [][]float64 // types × steps
	s, longest := c.newSubstances(1), 0
	for alpha := range c.net.TypeNames {
		m, o, n := s.lingering(c.ligandOf(alpha))
		mean, own, neighbour = append(mean, m), append(own, o), append(neighbour, n)
		longest = max(longest, len(m))
	}
	taps := c.receptorTaps(after + longest)
	e := EffectiveTaps{From: -before, Mean: joined(mean, taps, -before, after)}
	if c.Rule.Through == "lattice" {
		e.Own, e.Neighbour = joined(own, taps, -before, after), joined(neighbour, taps, -before, after)
	}
	return e
}

// joined is Σ_k c_α,k H_{d+k} for every d from … to.
func joined(c, taps [][]float64, from, to int) [][]float64 {
	out, types := make([][]float64, 0, to-from+1), len(c)
	for d := from; d <= to; d++ {
		sum := make([]float64, len(taps[0]))
		for i := range sum {
			left := c[i/types]
			for k := max(0, 1-d); k < len(left) && d+k <= len(taps); k++ {
				sum[i] += float64(left[k] * taps[d+k-1][i])
			}
		}
		out = append(out, sum)
	}
	return out
}

// receptorTaps is H_s, s = 1 … count: F, or that of receptors of their own.
func (c *Credit) receptorTaps(count int) [][]float64 {
	propagator, first := c.typeResponse()
	types := propagator.Ligands
	if c.Rule.receives() {
		propagator = modulator.NewDecay(c.ofTypes(c.Rule.Decay, c.remainder))
	}
	taps := propagator.Taps(first, count)
	for s := c.Rule.Taps; s > 0 && s < count; s++ {
		clear(taps[s])
	}
	if c.Rule.rises() {
		risen, rise := make([]float64, len(first)), c.ofTypes(c.Rule.Rise, c.remainder)
		for _, tap := range taps {
			for i, x := range tap {
				risen[i] = low(risen[i], x, rise[i/types])
				tap[i] = risen[i]
			}
		}
	}
	return taps
}

// ofTypes is a function of the value of every cell type's ligand.
func (c *Credit) ofTypes(values []float64, of func(float64) float64) []float64 {
	all := make([]float64, len(c.net.TypeNames))
	for alpha := range all {
		all[alpha] = of(values[alpha%len(values)])
	}
	return all
}

// lingering is c_k of a unit of a ligand from the step of its release until next to
// nothing is left: its mean over sites, wherever it is released, at the site of
// release, and beside it.
func (s *substances) lingering(ligand int) (mean, own, neighbour []float64) {
	field := s.amounts[ligand*s.sites : (ligand+1)*s.sites]
	for i := range field {
		field[i] = 1 - s.kept[ligand]
	}
	s.follow(ligand, field, func() {
		sum := 0.0
		for _, x := range field {
			sum += x
		}
		mean = append(mean, sum/float64(s.sites))
	})
	if s.space == nil {
		return mean, nil, nil
	}
	at, beside := middle(s.space)
	clear(field)
	field[at] = (1 - s.kept[ligand]) * float64(s.sites)
	s.follow(ligand, field, func() { own, neighbour = append(own, field[at]), append(neighbour, field[beside]) })
	return mean, own, neighbour
}

// ligandOf is a ligand that cells of type α secrete.
func (c *Credit) ligandOf(alpha int) int {
	switch c.Rule.Weights {
	case "type":
		return alpha
	case "cell":
		return max(0, firstOf(c.net.Type, alpha))
	}
	return 0 // all have the same properties
}

// follow calls see at every step until next to nothing is left in a ligand's field.
func (s *substances) follow(ligand int, field []float64, see func()) {
	kept, steps := s.kept[ligand], 0
	for left := 1.0; left > 1e-9 && steps < mostHorizon; left *= kept {
		for i := range field {
			if steps > 0 {
				field[i] *= kept
			}
		}
		for _, d := range s.spreads {
			if d.from <= ligand && ligand < d.to {
				d.Spread(field, s.room)
			}
		}
		see()
		steps++
	}
}

// middle is a site in the middle of a lattice, and one beside it.
func middle(s *modulator.Space) (site, beside int) {
	stride, step := 1, 0
	for _, points := range s.Shape {
		site += points / 2 * stride
		if points > 1 && step == 0 {
			step = stride
		}
		stride *= points
	}
	return site, site - step
}
