package synapse

import (
	"fmt"
	"math"

	"paracrine/sim"
)

// DistanceDependent gives each pair a synapse with a probability that depends on
// how far apart the cells are, independently:
//
//	P(d) = p_max f(d)
//
// Keyed by target. Far sources are skipped many at a time: those of a branch of
// a tree by geometric numbers with the probability of its nearest corner, each
// one reached being kept with the rest of its probability.
type DistanceDependent struct {
	Probability float64 // p_max
	Profile     Profile // f
	// Extent makes axes rings: after so many µm a cell is where it was. 0 is none.
	Extent   [3]float64
	Autapses bool // whether a cell may be its own source
}

const distanceSources sim.Purpose = "distance-dependent sources"

// Connect yields the synapses of each target, in an order that depends on where
// the sources are.
func (r DistanceDependent) Connect(w Wiring, from, to int, yield func(Batch)) {
	if from >= to {
		return
	}
	s := scatter{DistanceDependent: r, space: space{r.Extent}, tree: newTree(w.PrePositions)}
	var targets []uint32
	for post := from; post < to; post++ {
		w.restart(&s.stream, distanceSources, post)
		s.excluded = none
		if !r.Autapses {
			s.excluded = w.sourceOf(post)
		}
		s.target = w.PostPositions[post]
		s.sources = s.sources[:0]
		s.visit(0)
		targets = repeated(targets, len(s.sources), uint32(post))
		yield(Batch{Key: uint64(post), Pre: s.sources, Post: targets})
	}
}

// scatter draws the sources of one target after another.
type scatter struct {
	DistanceDependent
	space
	*tree
	stream   sim.Stream
	target   [3]float64
	excluded int
	sources  []uint32
}

// visit draws sources of a branch: half by half, unless it is a leaf or so far
// that it has at most one source on average.
func (s *scatter) visit(number int32) {
	b := &s.branches[number]
	most := s.Probability * s.Profile.At(s.nearest(&b.block, &s.target))
	if most == 0 {
		return
	}
	if b.second == 0 || float64(most*float64(b.last-b.first)) <= 1 {
		s.thin(b, most)
		return
	}
	s.visit(number + 1)
	s.visit(b.second)
}

// thin draws sources of a branch each of which has at most the given probability.
func (s *scatter) thin(b *branch, most float64) {
	skipped := sim.NewGeometric(most)
	first, last := int(b.first), int(b.last)
	for i := first + skipped.Draw(&s.stream); i < last; i += 1 + skipped.Draw(&s.stream) {
		p := s.Probability * s.Profile.At(s.squared(&s.positions[i], &s.target))
		kept := float64(s.stream.Float64()*most) < p
		if cell := s.cells[i]; kept && int(cell) != s.excluded {
			s.sources = append(s.sources, cell)
		}
	}
}

// expectedPairs is about how many pairs Expected sums over.
const expectedPairs = 1 << 22

// Expected is the sum of P(d) over all pairs, or, where they are many, over those
// of evenly spaced targets, scaled up.
func (r DistanceDependent) Expected(w Wiring) float64 {
	stride := max(1, w.Pre*w.Post/expectedPairs)
	stride = min(stride, max(1, w.Post/16))
	sum, targets := 0.0, 0
	for post := stride / 2; post < w.Post; post += stride {
		sum += r.expectedOf(w, post)
		targets++
	}
	return sum / float64(targets) * float64(w.Post)
}

// expectedOf is the expected number of synapses of a target.
func (r DistanceDependent) expectedOf(w Wiring, post int) float64 {
	excluded := none
	if !r.Autapses {
		excluded = w.sourceOf(post)
	}
	sum := 0.0
	for pre := range w.PrePositions {
		if pre != excluded {
			sum += r.Profile.At(space{r.Extent}.squared(&w.PrePositions[pre], &w.PostPositions[post]))
		}
	}
	return r.Probability * sum
}

// Check refuses cells without positions, rings shorter than what lies on them,
// and what is no probability or length.
func (r DistanceDependent) Check(w Wiring) error {
	if err := w.checkCells(); err != nil {
		return err
	}
	if err := checkProbability(r.Probability); err != nil {
		return err
	}
	if err := r.Profile.check(); err != nil {
		return err
	}
	if err := checkPositions("source", w.PrePositions, w.Pre); err != nil {
		return err
	}
	if err := checkPositions("target", w.PostPositions, w.Post); err != nil {
		return err
	}
	return r.checkExtent(bounds(w.PrePositions).around(bounds(w.PostPositions)))
}

// checkExtent refuses rings shorter than what lies on them.
func (r DistanceDependent) checkExtent(b block) error {
	for axis, extent := range r.Extent {
		spread := b.high[axis] - b.low[axis]
		if !(extent >= 0) || math.IsInf(extent, 1) || extent > 0 && extent < spread {
			return &KeyError{"extent", fmt.Sprintf("%v µm along %c", extent, "xyz"[axis]),
				fmt.Sprintf("at least the %v µm over which positions spread, or 0 for an axis that is no ring", spread)}
		}
	}
	return nil
}

// farthest is how far from the origin a cell can be, µm: beyond, what is nearer
// than a micrometre would no longer be told apart.
const farthest = 1e9

// checkPositions refuses positions that are not one point near enough per cell.
func checkPositions(what string, positions [][3]float64, cells int) error {
	if len(positions) != cells {
		return &KeyError{"positions", fmt.Sprintf("%d for %d %s cells", len(positions), cells, what), "one for every cell"}
	}
	for i, p := range positions {
		for axis, x := range p {
			if !(math.Abs(x) <= farthest) {
				return &KeyError{"positions", fmt.Sprintf("%v µm along %c for %s cell %d", x, "xyz"[axis], what, i), fmt.Sprintf("−%v to %v µm", farthest, farthest)}
			}
		}
	}
	return nil
}
