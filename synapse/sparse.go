package synapse

import (
	"fmt"
	"math"
	"slices"

	"paracrine/sim"
)

// Sparse is the synapses of a projection that end on one worker's share of a
// population, stored row by row, a row for each presynaptic cell:
//
//	row 0          row 1    row 2
//	[ 3 7 9 | 2 8 ][ 0 1 5 ][ | 4 ]     targets, ascending within a delay
//	  1.5ms   2 ms
//
// Targets take two bytes where there are few enough of them, else four. A
// weight that all share is stored once, weights that were drawn take four
// bytes, weights that were given or that learn take eight. So do delays: once,
// or once for each run of synapses of a row that share it.
type Sparse struct {
	starts []uint32 // of the rows in targets; pre + 1 of them
	narrow []uint16
	wide   []uint32

	shared  float64   // the weight of all, where the two below are nil
	drawn   []float32 // per synapse
	weights []float64 // per synapse

	delay int64    // of all, in units of the projection, where runs is nil
	runs  []run    // of all rows
	first []uint32 // of each row in runs; pre + 1 of them
}

// run is synapses of a row that share a delay; it begins where the last one ends.
type run struct {
	end   uint32 // in targets
	delay uint32
}

// Growth is how a projection's synapses are made.
type Growth struct {
	Wiring Wiring
	Rule   Rule
	Weight sim.Distribution
	Delay  sim.Distribution // ms
	// Unit is what delays are counted in: the step of a grid population, or a
	// nanosecond.
	Unit sim.Time
	// Plastic synapses have a weight each, in full precision.
	Plastic bool
	// Counted synapses bring one spike each, whatever their weight.
	Counted bool
}

// The purposes of the streams synapses are drawn from.
const (
	streamWeight sim.Purpose = "synaptic weights"
	streamDelay  sim.Purpose = "synaptic delays"
)

// mostSynapses bounds a worker's share of a projection: positions are uint32.
const mostSynapses = math.MaxUint32

// Grow makes the synapses onto the targets from ≤ post < to of the wiring.
// Target post becomes target post−from+shift of the result, whose rows are the
// presynaptic cells. cells is the number of targets of the share.
func Grow(g Growth, from, to, shift, cells int) (*Sparse, error) {
	s := &Sparse{starts: make([]uint32, g.Wiring.Pre+1)}
	total, err := s.count(g, from, to)
	if err != nil {
		return nil, err
	}
	if cells <= 1<<16 {
		s.narrow = make([]uint16, total)
	} else {
		s.wide = make([]uint32, total)
	}
	b := &builder{Sparse: s, growth: g, from: from, to: to, shift: shift - from, cursor: make([]uint32, g.Wiring.Pre)}
	copy(b.cursor, s.starts)
	b.prepare(int(total))
	g.Rule.Connect(g.Wiring, from, to, b.fill)
	if b.err != nil {
		return nil, b.err
	}
	b.finish()
	return s, nil
}

// count leaves in starts where each row begins.
func (s *Sparse) count(g Growth, from, to int) (uint64, error) {
	low, high := uint32(from), uint32(to)
	counts := s.starts[1:]
	g.Rule.Connect(g.Wiring, from, to, func(b Batch) {
		for i, post := range b.Post {
			if post >= low && post < high {
				counts[b.Pre[i]]++
			}
		}
	})
	total := uint64(0)
	for pre, n := range counts {
		total += uint64(n)
		if total > mostSynapses {
			return 0, fmt.Errorf("more than %d synapses of one projection for each worker", uint64(mostSynapses))
		}
		counts[pre] = uint32(total)
	}
	return total, nil
}

// builder fills a Sparse.
type builder struct {
	*Sparse
	growth          Growth
	from, to, shift int
	cursor          []uint32   // of each row
	places          []uint32   // of a batch in the rows
	delays          []uint32   // per synapse, until they are sorted into runs
	given           bool       // weights come with the batches
	varied          bool       // weights are drawn
	stream          sim.Stream // what weights and delays are drawn from
	err             error
}

func (b *builder) prepare(total int) {
	g := b.growth
	var delays bool
	if list, listed := g.Rule.(Listed); listed {
		b.given, delays = list.Weights() != nil, list.Delays() != nil
	}
	switch {
	case g.Counted:
		b.shared, b.given = 1, false
	case g.Plastic || b.given:
		b.varied = !g.Weight.IsConstant()
		b.weights = make([]float64, total)
		for i := range b.weights {
			b.weights[i] = g.Weight.A // those drawn or given follow
		}
	case g.Weight.IsConstant():
		b.shared = g.Weight.A
	default:
		b.varied = true
		b.drawn = make([]float32, total)
	}
	if g.Delay.IsConstant() && !delays {
		b.delay, b.err = b.units(g.Delay.A)
		return
	}
	b.delays = make([]uint32, total)
}

// units is a delay in ms in the unit of the projection, at least one.
func (b *builder) units(ms float64) (int64, error) {
	n := math.Round(ms * float64(sim.Millisecond) / float64(b.growth.Unit))
	if !(n <= math.MaxUint32) {
		return 0, fmt.Errorf("a delay of %g ms; allowed are at most %g ms", ms, math.MaxUint32*b.growth.Unit.Milliseconds())
	}
	return max(1, int64(n)), nil
}

// fill adds a batch of synapses. Whatever is drawn is drawn for every synapse of
// the batch, also for those that end elsewhere.
func (b *builder) fill(batch Batch) {
	b.place(batch)
	w := b.growth.Wiring
	if b.given || b.varied {
		b.stream.Reset(w.Seed, streamWeight, w.Index<<32|batch.Key)
		b.fillWeights(batch)
	}
	if b.delays != nil {
		b.stream.Reset(w.Seed, streamDelay, w.Index<<32|batch.Key)
		b.fillDelays(batch)
	}
}

// elsewhere is the place of a synapse that does not end on the share.
const elsewhere = math.MaxUint32

// place writes the targets of a batch, and in places where in its rows they are.
func (b *builder) place(batch Batch) {
	low, high, shift := uint32(b.from), uint32(b.to), uint32(b.shift)
	b.places = slices.Grow(b.places[:0], len(batch.Post))[:len(batch.Post)]
	for i, post := range batch.Post {
		if post < low || post >= high {
			b.places[i] = elsewhere
			continue
		}
		cursor := &b.cursor[batch.Pre[i]]
		at := *cursor
		*cursor++
		if b.narrow != nil {
			b.narrow[at] = uint16(post + shift)
		} else {
			b.wide[at] = post + shift
		}
		b.places[i] = at
	}
}

func (b *builder) fillWeights(batch Batch) {
	for i, at := range b.places {
		var weight float64
		if b.given {
			weight = batch.Weight[i]
		} else {
			weight = b.growth.Weight.Draw(&b.stream)
		}
		switch {
		case at == elsewhere:
		case b.drawn != nil:
			b.drawn[at] = float32(weight)
		default:
			b.weights[at] = weight
		}
	}
}

func (b *builder) fillDelays(batch Batch) {
	for i, at := range b.places {
		delay := 0.0
		if batch.Delay != nil {
			delay = batch.Delay[i]
		} else {
			delay = b.growth.Delay.Draw(&b.stream)
		}
		if at == elsewhere {
			continue
		}
		n, err := b.units(delay)
		if err != nil {
			b.err = err
		}
		b.delays[at] = uint32(n)
	}
}

// finish sorts every row by delay and divides it into runs.
func (b *builder) finish() {
	if b.delays == nil {
		return
	}
	b.first = make([]uint32, len(b.starts))
	var order []uint64
	for pre := range len(b.starts) - 1 {
		from, to := b.starts[pre], b.starts[pre+1]
		order = order[:0]
		for at := from; at < to; at++ {
			order = append(order, uint64(b.delays[at])<<32|uint64(at))
		}
		slices.Sort(order)
		b.permute(from, order)
		for i, key := range order {
			delay, end := uint32(key>>32), from+uint32(i)+1
			if n := len(b.runs); i > 0 && b.runs[n-1].delay == delay {
				b.runs[n-1].end = end
			} else {
				b.runs = append(b.runs, run{end, delay})
			}
		}
		b.first[pre+1] = uint32(len(b.runs))
	}
	b.runs = slices.Clip(b.runs)
}

// permute puts the synapses of a row, which begins at from, in an order.
func (b *builder) permute(from uint32, order []uint64) {
	reorder(b.narrow, from, order)
	reorder(b.wide, from, order)
	reorder(b.drawn, from, order)
	reorder(b.weights, from, order)
}

func reorder[T any](values []T, from uint32, order []uint64) {
	if values == nil {
		return
	}
	row := make([]T, len(order))
	for i, key := range order {
		row[i] = values[uint32(key)]
	}
	copy(values[from:], row)
}

// Len is the number of synapses.
func (s *Sparse) Len() int { return int(s.starts[len(s.starts)-1]) }

// Rows is the number of presynaptic cells.
func (s *Sparse) Rows() int { return len(s.starts) - 1 }

// Row is the number of synapses of a presynaptic cell.
func (s *Sparse) Row(pre int) int { return int(s.starts[pre+1] - s.starts[pre]) }

// Bytes is the memory that the synapses take.
func (s *Sparse) Bytes() int {
	return 4*(len(s.starts)+len(s.wide)+len(s.drawn)+len(s.first)) + 2*len(s.narrow) + 8*(len(s.weights)+len(s.runs))
}

// Delays are the shortest and the longest, in units of the projection; none is
// shortest greater than longest.
func (s *Sparse) Delays() (shortest, longest int64) {
	switch {
	case s.Len() == 0:
		return math.MaxInt64, 0
	case s.first == nil:
		return s.delay, s.delay
	}
	shortest = math.MaxInt64
	for _, r := range s.runs {
		shortest, longest = min(shortest, int64(r.delay)), max(longest, int64(r.delay))
	}
	return shortest, longest
}

// target is the target of a synapse.
func (s *Sparse) target(at uint32) uint32 {
	if s.narrow != nil {
		return uint32(s.narrow[at])
	}
	return s.wide[at]
}

// Weight is the weight of a synapse.
func (s *Sparse) Weight(at uint32) float64 {
	switch {
	case s.weights != nil:
		return s.weights[at]
	case s.drawn != nil:
		return float64(s.drawn[at])
	}
	return s.shared
}

// stretches calls yield for the synapses of a row, delay by delay.
func (s *Sparse) stretches(pre int, yield func(from, to uint32, delay int64)) {
	if s.first == nil {
		yield(s.starts[pre], s.starts[pre+1], s.delay)
		return
	}
	from := s.starts[pre]
	for _, r := range s.runs[s.first[pre]:s.first[pre+1]] {
		yield(from, r.end, int64(r.delay))
		from = r.end
	}
}

// Each calls yield for the synapses of a row: target, weight, and delay in units
// of the projection.
func (s *Sparse) Each(pre int, yield func(target uint32, weight float64, delay int64)) {
	s.stretches(pre, func(from, to uint32, delay int64) {
		for at := from; at < to; at++ {
			yield(s.target(at), s.Weight(at), delay)
		}
	})
}
