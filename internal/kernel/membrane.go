package kernel

// Membranes are leaky membranes with a threshold and a fixed reset, in steps.
// Each slice has one element per cell.
type Membranes struct {
	Potential  []float64 // v
	Silent     []float64 // steps left of the refractory period
	Decay      []float64 // of v in a step
	Drift      []float64 // of v in a step
	Gain       []float64 // of the current
	Threshold  []float64
	Reset      []float64 // v after firing
	Refractory []float64 // Silent after firing
}

// Step advances cells by one step. Where Silent > 0 it decreases by 1 and v
// stays; elsewhere, each operation rounded by itself,
//
//	v = drift + gain·current + decay·v + input
//	fired, v = Reset, Silent = Refractory where v ≥ Threshold
//
// Bit i%64 of fired[i/64] tells whether cell i fired; bits past the last cell are
// 0. Step panics if fired has not one word for every 64 cells or part of them, or
// the lengths of slices differ.
func (m *Membranes) Step(fired []uint64, current, input []float64) {
	n := m.check(fired, current, input)
	vectorised := 0
	if impl := active.Load(); impl != portable && n >= 8 {
		vectorised = n &^ 7
		impl.membrane(vectorised, &fired[0], &m.Potential[0], &m.Silent[0], &m.Drift[0], &m.Gain[0], &current[0], &m.Decay[0], &m.Threshold[0],
			&input[0], &m.Reset[0], &m.Refractory[0])
	}
	m.step(vectorised, fired, current, input)
}

// StepOfTwo is Step with two inputs:
//
//	v = drift + gain·current + decay·v + first + second
func (m *Membranes) StepOfTwo(fired []uint64, current, first, second []float64) {
	n := m.check(fired, current, first)
	if len(second) != n {
		panic("kernel: lengths differ")
	}
	vectorised := 0
	if impl := active.Load(); impl != portable && n >= 8 {
		vectorised = n &^ 7
		impl.membraneOfTwo(vectorised, &fired[0], &m.Potential[0], &m.Silent[0], &m.Drift[0], &m.Gain[0], &current[0], &m.Decay[0], &m.Threshold[0],
			&first[0], &second[0], &m.Reset[0], &m.Refractory[0])
	}
	m.stepOfTwo(vectorised, fired, current, first, second)
}

// check clears fired and returns the number of cells.
func (m *Membranes) check(fired []uint64, current, input []float64) int {
	n := len(m.Potential)
	if len(m.Silent) != n || len(m.Decay) != n || len(m.Drift) != n || len(m.Gain) != n || len(m.Threshold) != n ||
		len(m.Reset) != n || len(m.Refractory) != n || len(current) != n || len(input) != n || len(fired) != (n+63)/64 {
		panic("kernel: lengths differ")
	}
	clear(fired)
	return n
}

// step is the portable Step, of the cells from a multiple of 8 on.
func (m *Membranes) step(from int, fired []uint64, current, input []float64) {
	potential := m.Potential
	silent, decay, drift, gain := m.Silent[:len(potential)], m.Decay[:len(potential)], m.Drift[:len(potential)], m.Gain[:len(potential)]
	threshold := m.Threshold[:len(potential)]
	current, input = current[:len(potential)], input[:len(potential)]
	for i := from; i < len(potential); i++ {
		if silent[i] > 0 {
			silent[i]--
			continue
		}
		v := drift[i] + float64(gain[i]*current[i]) + float64(decay[i]*potential[i]) + input[i]
		if v >= threshold[i] {
			v = m.fire(i, fired)
		}
		potential[i] = v
	}
}

// stepOfTwo is the portable StepOfTwo, of the cells from a multiple of 8 on.
func (m *Membranes) stepOfTwo(from int, fired []uint64, current, first, second []float64) {
	potential := m.Potential
	silent, decay, drift, gain := m.Silent[:len(potential)], m.Decay[:len(potential)], m.Drift[:len(potential)], m.Gain[:len(potential)]
	threshold, current := m.Threshold[:len(potential)], current[:len(potential)]
	first, second = first[:len(potential)], second[:len(potential)]
	for i := from; i < len(potential); i++ {
		if silent[i] > 0 {
			silent[i]--
			continue
		}
		v := drift[i] + float64(gain[i]*current[i]) + float64(decay[i]*potential[i]) + first[i] + second[i]
		if v >= threshold[i] {
			v = m.fire(i, fired)
		}
		potential[i] = v
	}
}

// fire begins the refractory period of a cell and returns its potential.
func (m *Membranes) fire(i int, fired []uint64) float64 {
	fired[i/64] |= 1 << (i % 64)
	m.Silent[i] = m.Refractory[i]
	return m.Reset[i]
}
