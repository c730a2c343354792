package synapse

// Deliver adds what a spike of cell pre at a step brings to its targets' rows of
// the ring: the weight times the factor.
func (s *Sparse) Deliver(ring *Ring, channel int, step int64, pre int, factor float64) {
	if s.first == nil {
		s.deliver(ring.Row(step+s.delay, channel), s.starts[pre], s.starts[pre+1], factor)
		return
	}
	from := s.starts[pre]
	for _, r := range s.runs[s.first[pre]:s.first[pre+1]] {
		s.deliver(ring.Row(step+int64(r.delay), channel), from, r.end, factor)
		from = r.end
	}
}

// deliver adds the synapses from ≤ at < to to a row.
func (s *Sparse) deliver(row []float64, from, to uint32, factor float64) {
	if s.narrow != nil {
		addRow(s, row, s.narrow[from:to], from, to, factor)
		return
	}
	addRow(s, row, s.wide[from:to], from, to, factor)
}

func addRow[T uint16 | uint32](s *Sparse, row []float64, targets []T, from, to uint32, factor float64) {
	switch {
	case s.weights != nil:
		addScaled(row, targets, s.weights[from:to], factor)
	case s.drawn != nil:
		addScaled(row, targets, s.drawn[from:to], factor)
	default:
		addShared(row, targets, s.shared*factor)
	}
}

// addShared is the loop that most synaptic events of a simulation run through.
func addShared[T uint16 | uint32](row []float64, targets []T, weight float64) {
	for _, target := range targets {
		row[target] += weight
	}
}

func addScaled[T uint16 | uint32, W float32 | float64](row []float64, targets []T, weights []W, factor float64) {
	weights = weights[:len(targets)]
	for i, target := range targets {
		row[target] += float64(float64(weights[i]) * factor)
	}
}
