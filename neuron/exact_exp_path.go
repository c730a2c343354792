package neuron

import "math"

// expKernel is what a unit of a current that decays with τ does to the membrane,
// in units of its steady effect,
//
//	g(t) = τ/(τ − τ_m) (e^(−t/τ) − e^(−t/τ_m)) = (t/τ_m) e^(−t/s) m(|1/τ − 1/τ_m| t)
//
// with s the longer of the two time constants and m(x) = (1 − e⁻ˣ)/x. The second
// form is used where the two are near each other and the first cancels.
type expKernel struct {
	rate  float64 // 1/τ per ps
	scale float64 // τ/(τ − τ_m), or 0 for the second form
	apart float64 // |1/τ − 1/τ_m| per ps
	slow  bool    // τ > τ_m
	area  float64 // min(τ/τ_m, 1), no less than any g
}

func newExpKernel(membrane, tau float64) expKernel {
	k := expKernel{rate: rate(tau), slow: tau > membrane, area: min(tau/membrane, 1)}
	if difference := tau - membrane; math.Abs(difference) > membrane/16 {
		k.scale = tau / difference
	} else {
		k.apart = math.Abs(difference) / membrane * k.rate
	}
	return k
}

// response is g(t), given the decay of the membrane and of the current by then.
func (k *expKernel) response(t, membraneRate, membrane, current float64) float64 {
	if k.scale != 0 {
		return k.scale * (current - membrane)
	}
	slower := membrane
	if k.slow {
		slower = current
	}
	return t * membraneRate * slower * meanDecay(k.apart*t)
}

// expPath is the potential after an event, as long as no other follows: all in
// mV, the start relative to what the constant current alone leads to.
type expPath struct {
	kind                   *expKind
	start                  float64 // V₀ − A
	excess                 float64 // A − V_th
	excitatory, inhibitory float64 // R I_ex, R I_in at the event
}

// expDecays is the exponentials of a cell a span after an event.
type expDecays struct{ membrane, excitatory, inhibitory float64 }

func (k *expKind) pathOf(c *expCell) expPath {
	return expPath{
		k, c.potential - c.target, c.target - k.threshold,
		k.resistance * c.excitatory, k.resistance * c.inhibitory,
	}
}

// decays is the exponentials after a span; those that nothing is multiplied by
// are left at 0.
func (k *expKind) decays(p *expPath, t float64) expDecays {
	e := expDecays{membrane: math.Exp(-t * k.rate)}
	e.excitatory, e.inhibitory = k.synaptic(p, t)
	return e
}

func (k *expKind) synaptic(p *expPath, t float64) (excitatory, inhibitory float64) {
	if p.excitatory != 0 {
		excitatory = math.Exp(-t * k.excitatory.rate)
	}
	switch {
	case p.inhibitory == 0:
	case p.excitatory != 0 && k.inhibitory.rate == k.excitatory.rate:
		inhibitory = excitatory
	default:
		inhibitory = math.Exp(-t * k.inhibitory.rate)
	}
	return excitatory, inhibitory
}

// rise is V − A after a span.
func (p *expPath) rise(e *expDecays, t float64) float64 {
	v := float64(p.start * e.membrane)
	if p.excitatory != 0 {
		v += float64(p.excitatory * p.kind.excitatory.response(t, p.kind.rate, e.membrane, e.excitatory))
	}
	if p.inhibitory != 0 {
		v += float64(p.inhibitory * p.kind.inhibitory.response(t, p.kind.rate, e.membrane, e.inhibitory))
	}
	return v
}

// above is V − V_th after a span, and its slope (h − (V − V_th))/τ_m.
func (p *expPath) above(t float64) (v, slope float64) {
	e := p.kind.decays(p, t)
	v = p.excess + p.rise(&e, t)
	h := p.excess + float64(p.excitatory*e.excitatory) + float64(p.inhibitory*e.inhibitory)
	return v, (h - v) * p.kind.rate
}

// drive is h after a span, and its slope.
func (p *expPath) drive(t float64) (h, slope float64) {
	excitatory, inhibitory := p.kind.synaptic(p, t)
	excitatory *= p.excitatory
	inhibitory *= p.inhibitory
	slope = -float64(excitatory*p.kind.excitatory.rate) - float64(inhibitory*p.kind.inhibitory.rate)
	return p.excess + excitatory + inhibitory, slope
}

// turn is the span, in whole ps, after which h turns; 0 if it does not.
func (p *expPath) turn() float64 {
	k := p.kind
	ratio := -(p.inhibitory * k.inhibitory.rate) / (p.excitatory * k.excitatory.rate)
	t := math.Log(ratio) / (k.inhibitory.rate - k.excitatory.rate)
	if !(ratio > 0 && t > 0) {
		return 0
	}
	return math.Floor(min(t, p.spent()))
}

// spent is the span, in whole ps, after which the exponentials are lost beside
// any other number, and the slowest alone is not yet 0 in float64: its sign
// decides where A is at the threshold.
func (p *expPath) spent() float64 {
	slowest := p.kind.rate
	if p.excitatory != 0 {
		slowest = min(slowest, p.kind.excitatory.rate)
	}
	if p.inhibitory != 0 {
		slowest = min(slowest, p.kind.inhibitory.rate)
	}
	return math.Floor(700 / slowest)
}

// limit is no less than the potential ever gets, relative to V_th: that of a
// membrane that keeps the whole charge of the currents above zero.
func (p *expPath) limit() float64 {
	return p.excess + max(p.start, 0) +
		float64(max(p.excitatory, 0)*p.kind.excitatory.area) + float64(max(p.inhibitory, 0)*p.kind.inhibitory.area)
}

// tolerance is what a limit must stay below threshold by.
func (p *expPath) tolerance() float64 {
	return margin * (math.Abs(p.excess) + math.Abs(p.start) + math.Abs(p.excitatory) + math.Abs(p.inhibitory) + math.Abs(p.kind.threshold))
}

// below reports whether the potential surely stays below threshold for a span,
// by its limit or because it rises at most as fast as the currents above zero
// would lift it now.
func (k *expKind) below(c *expCell, span float64) bool {
	p := k.pathOf(c)
	pull := max(p.excitatory, 0) + max(p.inhibitory, 0) - p.start
	highest := p.excess + p.start + float64(max(pull, 0)*span*k.rate)
	return min(highest, p.limit()) < -p.tolerance()
}

// crossing is the span in ps from the last event to the spike that follows if
// nothing arrives, or never.
func (k *expKind) crossing(c *expCell) float64 {
	if c.potential >= k.threshold {
		return 0
	}
	p := k.pathOf(c)
	if p.limit() < -p.tolerance() {
		return never
	}
	begin, rising := 0.0, 0.0 // of a piece where h is monotone; of a stretch with h > 0
	h, _ := p.drive(begin)
	spent := p.spent()
	for _, end := range [...]float64{p.turn(), spent} {
		then, _ := p.drive(end)
		switch {
		case h > 0 && !(then > 0):
			if at, found := p.reach(rising, p.fall(begin, end)); found {
				return at
			}
		case !(h > 0) && then > 0:
			rising = firstAbove(begin, end, p.drive)
		}
		begin, h = end, then
	}
	if h > 0 {
		if at, found := p.reach(rising, spent); found {
			return at
		}
	}
	return never
}

// fall is where h falls to 0 between two spans.
func (p *expPath) fall(begin, end float64) float64 {
	return firstAbove(begin, end, func(t float64) (float64, float64) {
		h, slope := p.drive(t)
		return -h, -slope
	})
}

// reach is where V reaches the threshold within a stretch with h > 0, if it does.
func (p *expPath) reach(begin, end float64) (at float64, found bool) {
	if v, _ := p.above(end + 0.5); !(v > 0) {
		return never, false
	}
	return firstAbove(begin, end, p.above), true
}
