package kernel

import "math"

// SpikingCells are leaky integrate-and-fire cells whose threshold their spikes may
// raise, in steps. Each slice has one element per cell.
type SpikingCells struct {
	Decay           []float64 // η
	Gain            []float64 // c_v
	Threshold       []float64 // ϑ
	Refractory      []float64 // steps without a spike after one
	AdaptationDecay []float64 // ρ
	AdaptationGain  []float64 // c_a
	Adaptation      []float64 // β
	AtThreshold     bool      // a spike at 0 over threshold, not only above
}

// Step advances cells of any number of trials by one step, each operation rounded
// by itself,
//
//	v = decay·v + gain·current − threshold·before
//	raise = adaptationDecay·raise + adaptationGain·before
//	x = v − threshold − adaptation·raise
//	z = 1 where x > 0 (AtThreshold: x ≥ 0), else 0;  s = x/threshold
//
// and where z is 1 silent = refractory. Where silent > 0 it decreases by 1, z is
// 0 and s is ∞: infinitely far from a spike. Where no cell adapts, raise may be
// nil; z may be before. All slices are trials × cells. Step panics if lengths
// differ.
func (c *SpikingCells) Step(v, raise, silent, z, s, before, current []float64) {
	n, size := len(c.Decay), len(v)
	if len(c.Gain) != n || len(c.Threshold) != n || len(c.Refractory) != n || len(c.AdaptationDecay) != n ||
		len(c.AdaptationGain) != n || len(c.Adaptation) != n || len(silent) != size || len(z) != size ||
		len(s) != size || len(before) != size || len(current) != size || raise != nil && len(raise) != size {
		panic("kernel: lengths differ")
	}
	checkTrials(size, n)
	limit := 0.0
	if c.AtThreshold {
		limit = -math.SmallestNonzeroFloat64
	}
	impl := active.Load()
	for i := 0; i < size; i += n {
		j := i + n
		switch {
		case impl == portable && raise == nil:
			c.step(limit, v[i:j], silent[i:j], z[i:j], s[i:j], before[i:j], current[i:j])
		case impl == portable:
			c.stepAdaptive(limit, v[i:j], raise[i:j], silent[i:j], z[i:j], s[i:j], before[i:j], current[i:j])
		case raise == nil:
			impl.spikingStep(n, limit, &v[i], &silent[i], &z[i], &s[i], &before[i], &current[i],
				&c.Decay[0], &c.Gain[0], &c.Threshold[0], &c.Refractory[0])
		default:
			impl.adaptiveSpikingStep(n, limit, &v[i], &silent[i], &z[i], &s[i], &before[i], &current[i],
				&c.Decay[0], &c.Gain[0], &c.Threshold[0], &c.Refractory[0],
				&raise[i], &c.AdaptationDecay[0], &c.AdaptationGain[0], &c.Adaptation[0])
		}
	}
}

// checkTrials panics if no number of trials of n cells fills a slice of some size.
func checkTrials(size, n int) {
	if size > 0 && (n == 0 || size%n != 0) {
		panic("kernel: lengths differ")
	}
}

// step is the portable Step of one trial whose cells do not adapt.
func (c *SpikingCells) step(limit float64, v, silent, z, s, before, current []float64) {
	for i := range v {
		v[i] = float64(c.Decay[i]*v[i]) + float64(c.Gain[i]*current[i]) - float64(c.Threshold[i]*before[i])
		z[i], s[i], silent[i] = c.fire(i, v[i]-c.Threshold[i], limit, silent[i])
	}
}

// stepAdaptive is the portable Step of one trial.
func (c *SpikingCells) stepAdaptive(limit float64, v, raise, silent, z, s, before, current []float64) {
	for i := range v {
		v[i] = float64(c.Decay[i]*v[i]) + float64(c.Gain[i]*current[i]) - float64(c.Threshold[i]*before[i])
		raise[i] = float64(c.AdaptationDecay[i]*raise[i]) + float64(c.AdaptationGain[i]*before[i])
		x := v[i] - c.Threshold[i] - float64(c.Adaptation[i]*raise[i])
		z[i], s[i], silent[i] = c.fire(i, x, limit, silent[i])
	}
}

// fire is z, s and silent of a cell whose potential exceeds its threshold by x.
func (c *SpikingCells) fire(i int, x, limit, silent float64) (z, s, left float64) {
	s = x / c.Threshold[i]
	switch {
	case silent > 0:
		return 0, math.Inf(1), silent - 1
	case x > limit:
		return 1, s, c.Refractory[i]
	}
	return 0, s, silent
}

// PiecewiseLinear overwrites every x with height · max(0, 1 − |steepness · x|).
// x is trials × cells, height has one element per cell. It panics if the cells do
// not fill x.
func PiecewiseLinear(steepness float64, x, height []float64) {
	n, impl := len(height), active.Load()
	checkTrials(len(x), n)
	for i := 0; i < len(x); i += n {
		if impl != portable {
			impl.piecewiseLinear(n, steepness, &x[i], &height[0])
		} else {
			piecewiseLinear(steepness, x[i:i+n], height)
		}
	}
}

func piecewiseLinear(steepness float64, x, height []float64) {
	for i, s := range x {
		x[i] = height[i] * max(0, 1-math.Abs(steepness*s))
	}
}

// SpikingCredit is what credit meets on its way back through SpikingCells, one
// element per cell.
type SpikingCredit struct {
	Decay           []float64 // η
	Gain            []float64 // c_v
	Taken           []float64 // what a spike takes off the potential
	AdaptationDecay []float64 // ρ
	AdaptationGain  []float64 // c_a
	Adaptation      []float64 // β
}

// Step takes credit of any number of trials one step back, each operation rounded
// by itself,
//
//	o = adaptationGain·a − taken·v
//	s = psi·l + received·q + own·o
//	v = decay·v + s,  a = adaptationDecay·a − adaptation·s
//	sent = gain·v
//
// where o is made of v and a as they were. All slices are trials × cells. Step
// panics if lengths differ.
func (c *SpikingCredit) Step(v, a, sent, l, q, psi, received, own []float64) {
	n := c.check(v, sent, l, q, psi, received)
	if len(a) != len(v) || len(own) != len(v) || len(c.Taken) != n || len(c.AdaptationDecay) != n ||
		len(c.AdaptationGain) != n || len(c.Adaptation) != n {
		panic("kernel: lengths differ")
	}
	impl := active.Load()
	for i := 0; i < len(v); i += n {
		j := i + n
		if impl != portable {
			impl.creditStep(n, &v[i], &a[i], &sent[i], &l[i], &q[i], &psi[i], &received[i], &own[i],
				&c.Decay[0], &c.Gain[0], &c.Taken[0], &c.AdaptationDecay[0], &c.AdaptationGain[0], &c.Adaptation[0])
		} else {
			c.step(v[i:j], a[i:j], sent[i:j], l[i:j], q[i:j], psi[i:j], received[i:j], own[i:j])
		}
	}
}

// StepLeak is Step of credit that sees the leak alone: o = 0, and there is no a.
func (c *SpikingCredit) StepLeak(v, sent, l, q, psi, received []float64) {
	n := c.check(v, sent, l, q, psi, received)
	impl := active.Load()
	for i := 0; i < len(v); i += n {
		j := i + n
		if impl != portable {
			impl.creditLeak(n, &v[i], &sent[i], &l[i], &q[i], &psi[i], &received[i], &c.Decay[0], &c.Gain[0])
		} else {
			c.stepLeak(v[i:j], sent[i:j], l[i:j], q[i:j], psi[i:j], received[i:j])
		}
	}
}

// check returns the number of cells.
func (c *SpikingCredit) check(v, sent, l, q, psi, received []float64) int {
	size := len(v)
	if len(c.Gain) != len(c.Decay) || len(sent) != size || len(l) != size || len(q) != size ||
		len(psi) != size || len(received) != size {
		panic("kernel: lengths differ")
	}
	checkTrials(size, len(c.Decay))
	return len(c.Decay)
}

// step is the portable Step of one trial.
func (c *SpikingCredit) step(v, a, sent, l, q, psi, received, own []float64) {
	for i := range v {
		later := float64(c.AdaptationGain[i]*a[i]) - float64(c.Taken[i]*v[i])
		s := float64(psi[i]*l[i]) + float64(received[i]*q[i]) + float64(own[i]*later)
		v[i] = float64(c.Decay[i]*v[i]) + s
		a[i] = float64(c.AdaptationDecay[i]*a[i]) - float64(c.Adaptation[i]*s)
		sent[i] = c.Gain[i] * v[i]
	}
}

// stepLeak is the portable StepLeak of one trial.
func (c *SpikingCredit) stepLeak(v, sent, l, q, psi, received []float64) {
	for i := range v {
		s := float64(psi[i]*l[i]) + float64(received[i]*q[i])
		v[i] = float64(c.Decay[i]*v[i]) + s
		sent[i] = c.Gain[i] * v[i]
	}
}
