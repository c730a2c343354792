package main

// spikingLoops advance spiking cells and those that read them, and take credit
// back through them.
var spikingLoops = []*loop{
	spikingStep("adaptiveSpikingStep", true),
	spikingStep("spikingStep", false),
	{
		name:      "piecewiseLinear",
		constants: []constant{parameter("steepness"), zero, one, magnitude},
		vectors:   []string{"x", "height"},
		element: func(s *step) {
			x := s.load("x")
			s.op("VMULPD", s.constant(parameter("steepness")), x, x)
			s.op(s.and, s.constant(magnitude), x, x)
			s.op("VSUBPD", x, s.constant(one), x)
			s.keepIf(notLessOrEqual, x, s.constant(zero), x)
			s.op("VMULPD", s.operand("height"), x, x)
			s.store(x, "x")
		},
	},
	{
		name:      "leak",
		constants: []constant{parameter("decay"), parameter("gain")},
		vectors:   []string{"y", "x"},
		element: func(s *step) {
			y, x := s.load("y"), s.load("x")
			s.op("VMULPD", s.constant(parameter("decay")), y, y)
			s.op("VMULPD", s.constant(parameter("gain")), x, x)
			s.op("VADDPD", x, y, y)
			s.store(y, "y")
		},
	},
	{
		name:    "creditStep",
		vectors: []string{"v", "a", "sent", "l", "q", "psi", "received", "own", "decay", "gain", "taken", "adaptationDecay", "adaptationGain", "adaptation"},
		element: func(s *step) {
			v, a := s.load("v"), s.load("a")
			later, taken := s.load("adaptationGain"), s.load("taken")
			s.op("VMULPD", a, later, later)
			s.op("VMULPD", v, taken, taken)
			s.op("VSUBPD", taken, later, later)
			s.op("VMULPD", s.operand("own"), later, later)
			spike := s.writeSpikeCredit()
			s.op("VADDPD", later, spike, spike)
			s.writeCredit(v, spike)
			s.op("VMULPD", s.operand("adaptationDecay"), a, a)
			s.op("VMULPD", s.operand("adaptation"), spike, spike)
			s.op("VSUBPD", spike, a, a)
			s.store(a, "a")
		},
	},
	{
		name:    "creditLeak",
		vectors: []string{"v", "sent", "l", "q", "psi", "received", "decay", "gain"},
		element: func(s *step) {
			v := s.load("v")
			s.writeCredit(v, s.writeSpikeCredit())
		},
	},
}

// spikingStep advances the cells of SpikingCells.
func spikingStep(name string, adapts bool) *loop {
	l := &loop{
		name:      name,
		constants: []constant{parameter("limit"), zero, one, infinity},
		vectors:   []string{"v", "silent", "z", "s", "before", "current", "decay", "gain", "threshold", "refractory"},
	}
	if adapts {
		l.vectors = append(l.vectors, "raise", "adaptationDecay", "adaptationGain", "adaptation")
	}
	l.element = func(s *step) {
		v, drive := s.product("v", "decay"), s.product("gain", "current")
		s.op("VADDPD", drive, v, v)
		before, threshold := s.load("before"), s.load("threshold")
		s.op("VMULPD", before, threshold, drive)
		s.op("VSUBPD", drive, v, v)
		s.store(v, "v")
		s.op("VSUBPD", threshold, v, v)
		if adapts {
			raise := s.product("raise", "adaptationDecay")
			s.op("VMULPD", s.operand("adaptationGain"), before, before)
			s.op("VADDPD", before, raise, raise)
			s.store(raise, "raise")
			s.op("VMULPD", s.operand("adaptation"), raise, raise)
			s.op("VSUBPD", raise, v, v)
		}
		s.writeSpikes(v, threshold)
	}
	return l
}

// writeSpikes makes z, s and silent of the excess over threshold.
func (s *step) writeSpikes(excess, threshold string) {
	silent, z := s.load("silent"), s.scratch()
	limit, one := s.constant(parameter("limit")), s.constant(one)
	if s.masked {
		const held, free, fired = "K2", "K3", "K4"
		s.op("VCMPPD", less.imm(), silent, s.constant(zero), held)
		s.op("KNOTW", held, free)
		s.op("VCMPPD", less.imm(), excess, limit, free, fired)
		s.op("VDIVPD", threshold, excess, excess)
		s.op("VMOVAPD.Z", one, fired, z)
		s.op("VSUBPD", one, silent, held, silent)
		s.op("VMOVUPD", s.operand("refractory"), fired, silent)
		s.op("VMOVAPD", s.constant(infinity), held, excess)
	} else {
		held, fired := s.scratch(), s.scratch()
		s.op("VCMPPD", less.imm(), silent, s.constant(zero), held)
		s.op("VCMPPD", less.imm(), excess, limit, fired)
		s.op("VANDNPD", fired, held, fired)
		s.op("VDIVPD", threshold, excess, excess)
		s.op("VANDPD", held, one, z)
		s.op("VSUBPD", z, silent, silent)
		s.op("VBLENDVPD", fired, s.operand("refractory"), silent, silent)
		s.op("VANDPD", fired, one, z)
		s.op("VBLENDVPD", held, s.constant(infinity), excess, excess)
	}
	s.store(z, "z")
	s.store(silent, "silent")
	s.store(excess, "s")
}

// writeSpikeCredit computes ψ L + χ q.
func (s *step) writeSpikeCredit() string {
	spike, told := s.product("psi", "l"), s.product("received", "q")
	s.op("VADDPD", told, spike, spike)
	return spike
}

// writeCredit takes v one step back and writes what it sends.
func (s *step) writeCredit(v, spike string) {
	s.op("VMULPD", s.operand("decay"), v, v)
	s.op("VADDPD", spike, v, v)
	s.store(v, "v")
	s.op("VMULPD", s.operand("gain"), v, v)
	s.store(v, "sent")
}
