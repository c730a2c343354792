package learning

import (
	"fmt"
	"math"
	"slices"

	"paracrine/modulator"
)

// span is a part of the trial in which the mean derivatives are constant. With
// one for the whole trial ModProp's filter is F_s = c_v Ā^(s−1) W_fb; with
// several it follows the trial's activity,
//
//	Ā_t = η I + c_v W_fb diag(μ_t),   F_s,t = c_v Ā_{t-1} ⋯ Ā_{t-s+1} W_fb
//
// where t is when credit is sent and t−s when its trace arose. With spans of one
// step, one trial and one cell per type μ_t is ψ_t, and the rule is BPTT through
// cells that neither adapt nor reset.
//
// Non-stationary activity is an open problem of Liu et al. 2022, who have one μ.
type span struct {
	base   []float64 // per type: μ before the guard, given or the running mean of ψ
	mu     []float64 // per type: after the guard
	cell   []float64 // N: that of every cell
	radius float64   // of the propagator with it; NaN until asked for
}

// newSpan makes the span of a μ per type, with the type of every cell.
func newSpan(mu []float64, types []int) *span {
	s := &span{base: slices.Clone(mu), mu: slices.Clone(mu), cell: make([]float64, len(types)), radius: math.NaN()}
	s.spread(types)
	return s
}

// spread gives every cell the μ of its type.
func (s *span) spread(types []int) {
	for p, alpha := range types {
		s.cell[p] = s.mu[alpha]
	}
}

// chooseMu begins with the rule's μ, or the context's.
func (c *Credit) chooseMu(context []float64) error {
	types := len(c.net.TypeNames)
	base := make([]float64, types)
	if !c.Rule.MeanDerivative {
		given := c.Rule.Mu
		if given == nil {
			given = context
		}
		if given == nil {
			given = []float64{DefaultMu}
		}
		if len(given) != 1 && len(given) != types {
			return &RuleError{c.Rule.Given, fmt.Sprintf("mu has %d values, the network has %d cell types", len(given), types)}
		}
		for alpha := range base {
			base[alpha] = given[alpha%len(given)]
		}
	}
	c.spans = []*span{newSpan(base, c.net.Type)}
	return nil
}

// spanAt is the span that step t belongs to. Steps after the last one that was
// observed belong to the last span.
func (c *Credit) spanAt(t int) *span {
	if c.Rule.Span == 0 {
		return c.spans[0]
	}
	return c.spans[min(t/c.Rule.Span, len(c.spans)-1)]
}

// refreshMu sets μ of every span, scaled down where its propagator would not decay.
func (c *Credit) refreshMu() error {
	if !c.Rule.Filters() {
		return nil
	}
	e, m := c.profiles()
	for _, s := range c.spans {
		copy(s.mu, s.base)
		s.spread(c.net.Type)
		s.radius = math.NaN()
		if !c.Guarded() {
			continue
		}
		scale, err := modulator.Guard(e, m, s.cell, c.Bound())
		if err != nil {
			return err
		}
		if scale < 1 {
			for alpha := range s.mu {
				s.mu[alpha] *= scale
			}
			s.spread(c.net.Type)
		}
	}
	return nil
}

// Mu is the mean derivative in force, per type: the mean over spans, each
// counted once, if there are several.
func (c *Credit) Mu() []float64 {
	mean := make([]float64, len(c.net.TypeNames))
	for _, s := range c.spans {
		for alpha, mu := range s.mu {
			mean[alpha] += mu
		}
	}
	for alpha := range mean {
		mean[alpha] /= float64(len(c.spans))
	}
	return mean
}

// MuAt is the mean derivative in force at step t, per type.
func (c *Credit) MuAt(t int) []float64 { return c.spanAt(t).mu }

// meanDerivativeRate is the weight of the newest batch in the running mean of ψ.
const meanDerivativeRate = 0.1

// NeedsObservation says whether μ waits for a first batch; until then it is zero.
func (c *Credit) NeedsObservation() bool { return c.Rule.MeanDerivative && !c.observed }

// Observe gives the means of ψ over the cells of each type and the trials of a
// batch (steps × types) to an adaptive μ. The first of each span is taken whole.
// Refresh applies it.
func (c *Credit) Observe(psi []float64) {
	if !c.Rule.MeanDerivative {
		return
	}
	types := len(c.net.TypeNames)
	steps := len(psi) / types
	length := steps
	if c.Rule.Span > 0 {
		length = c.Rule.Span
	}
	if !c.observed {
		c.spans = nil
	}
	for from := 0; from < steps; from += length {
		mean := meanOfRows(psi[from*types:min(from+length, steps)*types], types)
		if from/length == len(c.spans) {
			c.spans = append(c.spans, newSpan(mean, c.net.Type))
			continue
		}
		base := c.spans[from/length].base
		for alpha, psi := range mean {
			base[alpha] += float64(meanDerivativeRate * (psi - base[alpha]))
		}
	}
	c.observed = true
}

// meanOfRows is the mean of rows of a width.
func meanOfRows(rows []float64, width int) []float64 {
	mean := make([]float64, width)
	for i, x := range rows {
		mean[i%width] += x
	}
	for i := range mean {
		mean[i] /= float64(len(rows) / width)
	}
	return mean
}
