package learning

import (
	"slices"

	"paracrine/internal/kernel"
	"paracrine/modulator"
)

// followDynamics prepares dynamics=full: ModProp's filter then contains, of the
// spiking cells it passes through, adaptation and reset beside the leak, with μ for
// their ψ (modulator.Dynamics). Its coefficients are those of a cell and constant
// while μ is, as the leak's are: it has a radius, which the guard bounds, and
// synapses can carry it forward with one number per ligand and another where cells
// adapt. Shared ligands are divided among cells that differ: those of a type where
// its cells are not alike, those of graded expression between all types.
func (c *Credit) followDynamics() {
	if c.Rule.Dynamics != "full" || c.net.spiking() == nil || !c.resets && !c.adapts {
		return
	}
	type alike struct {
		kind modulator.Kind
		of   int // type
	}
	known, d := map[alike]int{}, &modulator.Dynamics{}
	for p, alpha := range c.net.Type {
		cell := alike{c.kind(p), alpha}
		k, seen := known[cell]
		if !seen {
			k = len(d.Kinds)
			known[cell] = k
			d.Kinds = append(d.Kinds, cell.kind)
		}
		d.Kind = append(d.Kind, k)
	}
	c.dynamics = d
	switch c.Rule.Weights {
	case "type":
		d.Pairs = c.typePairs()
	case "expression":
		for l := range c.expression.Ligands {
			for k := range d.Kinds {
				d.Pairs = append(d.Pairs, modulator.Pair{Ligand: l, Kind: k})
			}
		}
	default:
		for p, k := range d.Kind {
			d.Pairs = append(d.Pairs, modulator.Pair{Ligand: p, Kind: k})
		}
	}
}

// typePairs are those of one ligand per type.
func (c *Credit) typePairs() []modulator.Pair {
	var pairs []modulator.Pair
	for k := range c.dynamics.Kinds {
		pairs = append(pairs, modulator.Pair{Ligand: c.net.Type[slices.Index(c.dynamics.Kind, k)], Kind: k})
	}
	return pairs
}

// dynamicTaps are TypeTaps of dynamics=full: what v − β a of type α is on the mean
// over its cells.
func (c *Credit) dynamicTaps(count int) [][]float64 {
	types := len(c.net.TypeNames)
	mean := modulator.TypeMeans(c.net.Rec.W, c.net.Type, types)
	e := modulator.NewExpression(len(c.net.Type), types)
	e.Typewise(mean, c.net.Type, false)
	divided, m := (&modulator.Dynamics{Kind: c.dynamics.Kind, Kinds: c.dynamics.Kinds, Pairs: c.typePairs()}).Divide(e)
	first := make([]float64, divided.Ligands*types)
	for l, gain := range m.Gain {
		for beta := range types {
			if p := firstOf(c.net.Type, beta); p >= 0 {
				first[l*types+beta] = gain * divided.Reception[p*divided.Ligands+l]
			}
		}
	}
	mu := newSpan(c.Mu(), c.net.Type)
	taps := modulator.NewPropagator(divided, m, mu.cell).Taps(first, count)
	for s, tap := range taps {
		taps[s] = c.ofTypes(divided, tap)
	}
	return taps
}

// ofTypes is what cells of every type hear on the mean of ligands, ligands × types:
// types × types.
func (c *Credit) ofTypes(e *modulator.Expression, heard []float64) []float64 {
	types := len(c.net.TypeNames)
	mean, cells := make([]float64, types*types), make([]float64, types)
	for j, alpha := range c.net.Type {
		cells[alpha]++
		for l, secreted := range e.Secretion[j*e.Ligands : (j+1)*e.Ligands] {
			kernel.Axpy(secreted, heard[l*types:(l+1)*types], mean[alpha*types:(alpha+1)*types])
		}
	}
	for i := range mean {
		if n := cells[i/types]; n > 0 {
			mean[i] /= n
		}
	}
	return mean
}

// kind is what credit meets in cell p.
func (c *Credit) kind(p int) modulator.Kind {
	m := c.passing
	return modulator.Kind{
		Decay: m.Decay[p], Gain: m.Gain[p], Taken: m.Taken[p],
		AdaptationDecay: m.AdaptationDecay[p], AdaptationGain: m.AdaptationGain[p], Adaptation: m.Adaptation[p],
	}
}
