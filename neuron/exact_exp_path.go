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
	return t * membraneRate * slower * MeanDecay(k.apart*t)
}

// expPath is the potential after an event, as long as no other follows: all in
// mV, the start relative to what the constant current alone leads to. Currents
// with one time constant are one current, the excitatory.
type expPath struct {
	kind                   *expKind
	start                  float64 // V₀ − A
	excess                 float64 // A − V_th
	excitatory, inhibitory float64 // R I_ex, R I_in at the event
}

func (k *expKind) pathOf(c *expCell) expPath {
	p := expPath{
		k, c.potential - c.target, c.target - k.threshold,
		float64(k.resistance * c.excitatory), float64(k.resistance * c.inhibitory),
	}
	if k.alike() {
		p.excitatory, p.inhibitory = p.excitatory+p.inhibitory, 0
	}
	return p
}

// alike reports whether both currents have one time constant.
func (k *expKind) alike() bool { return k.excitatory.rate == k.inhibitory.rate }

// rise is V − A after a span, given the exponentials of that span.
func (p *expPath) rise(t, membrane, excitatory, inhibitory float64) float64 {
	v := float64(p.start * membrane)
	if p.excitatory != 0 {
		v += float64(p.excitatory * p.kind.excitatory.response(t, p.kind.rate, membrane, excitatory))
	}
	if p.inhibitory != 0 {
		v += float64(p.inhibitory * p.kind.inhibitory.response(t, p.kind.rate, membrane, inhibitory))
	}
	return v
}

// decays is the exponentials of the currents after a span, 0 for those that are
// multiplied by nothing.
func (p *expPath) decays(t float64) (excitatory, inhibitory float64) {
	if p.excitatory != 0 {
		excitatory = math.Exp(-t * p.kind.excitatory.rate)
	}
	if p.inhibitory != 0 {
		inhibitory = math.Exp(-t * p.kind.inhibitory.rate)
	}
	return excitatory, inhibitory
}

// above is V − V_th after a span, and its slope (h − (V − V_th))/τ_m.
func (p *expPath) above(t float64) (v, slope float64) {
	excitatory, inhibitory := p.decays(t)
	v = p.excess + p.rise(t, math.Exp(-t*p.kind.rate), excitatory, inhibitory)
	h := p.excess + float64(p.excitatory*excitatory) + float64(p.inhibitory*inhibitory)
	return v, (h - v) * p.kind.rate
}

// drive is h after a span, and its slope.
func (p *expPath) drive(t float64) (h, slope float64) {
	excitatory, inhibitory := p.decays(t)
	excitatory, inhibitory = float64(excitatory*p.excitatory), float64(inhibitory*p.inhibitory)
	slope = -float64(excitatory*p.kind.excitatory.rate) - float64(inhibitory*p.kind.inhibitory.rate)
	return p.excess + excitatory + inhibitory, slope
}

// turn is the span after which h turns; 0 if it does not.
func (p *expPath) turn() float64 {
	if !(p.excitatory*p.inhibitory < 0) {
		return 0
	}
	excitatory, inhibitory := p.kind.excitatory.rate, p.kind.inhibitory.rate
	t := math.Log(-(p.inhibitory*inhibitory)/(p.excitatory*excitatory)) / (inhibitory - excitatory)
	return max(min(t, p.spent()), 0)
}

// spent is the span after which the exponentials are lost beside any other
// number, and the slowest alone is not yet 0 in float64: its sign decides where A
// is at the threshold.
func (p *expPath) spent() float64 {
	slowest := p.kind.rate
	if p.excitatory != 0 {
		slowest = min(slowest, p.kind.excitatory.rate)
	}
	if p.inhibitory != 0 {
		slowest = min(slowest, p.kind.inhibitory.rate)
	}
	return 700 / slowest
}

// limit is no less than V − V_th ever gets: that of a membrane that keeps the
// whole charge of the currents above zero.
func (p *expPath) limit() float64 {
	return p.excess + max(p.start, 0) +
		float64(max(p.excitatory, 0)*p.kind.excitatory.area) + float64(max(p.inhibitory, 0)*p.kind.inhibitory.area)
}

// tolerance is what a limit must stay below threshold by.
func (p *expPath) tolerance() float64 {
	return margin * (math.Abs(p.excess) + math.Abs(p.start) + math.Abs(p.excitatory) + math.Abs(p.inhibitory) + math.Abs(p.kind.threshold))
}

// crossing is the span in ps from the event to the spike that follows if nothing
// arrives, or never, where V starts below threshold.
func (p *expPath) crossing() float64 {
	if p.excess < 0 && p.inhibitory <= 0 {
		one := p.single()
		peak, highest := one.peak()
		if highest < -p.tolerance() {
			return never
		}
		if p.inhibitory == 0 {
			return p.reach(peak)
		}
	}
	return p.search()
}

// single is a path that is never below p, and has one current: where inhibition
// lasts longer than excitation it has no less effect than if it did not.
func (p *expPath) single() expPath {
	q := *p
	q.inhibitory = 0
	if p.kind.inhibitory.rate <= p.kind.excitatory.rate {
		q.excitatory += p.inhibitory
	}
	return q
}

// peak is where G is highest, and V − V_th there, for a path of one current that A alone would keep below threshold: h = 0 at τ ln(−R I_ex/(A − V_th)).
func (p *expPath) peak() (at, highest float64) {
	if !(p.excitatory > -p.excess) {
		return 0, p.excess + p.start
	}
	at = math.Log(-p.excitatory/p.excess) / p.kind.excitatory.rate
	highest, _ = p.above(at)
	return at, highest
}

// search is the crossing by the recursion over the exponentials. A stretch with
// h > 0 may be looked at from the event on: before it G has not been above 0.
func (p *expPath) search() float64 {
	begin := 0.0 // of a piece in which h is monotone
	h, _ := p.drive(begin)
	for _, end := range [...]float64{p.turn(), p.spent()} {
		then, _ := p.drive(end)
		if h > 0 && !(then > 0) {
			if at := p.reach(p.fall(begin, end)); at != never {
				return at
			}
		}
		begin, h = end, then
	}
	if h > 0 {
		return p.reach(begin)
	}
	return never
}

// fall is where h falls to 0 between two spans.
func (p *expPath) fall(begin, end float64) float64 {
	return root(begin, end, func(t float64) (float64, float64) {
		h, slope := p.drive(t)
		return -h, -slope
	})
}

// reach is where V reaches the threshold before the end of a stretch with h > 0,
// or never.
func (p *expPath) reach(end float64) float64 {
	if v, _ := p.above(end); !(v > 0) {
		return never
	}
	return root(0, end, p.above)
}
