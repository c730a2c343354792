package learning

import "math/bits"

// history keeps the stretches of a trial so that a synapse can be carried from
// any step at which it was left to the present one by at most four products,
// whatever lies between.
//
// Steps go by in blocks. Kept are the stretch from every step of a finished
// block to the block's end, and that from the beginning of the block in progress
// to now. Blocks between the two are numbered in binary: block b and the one in
// progress agree down to some bit k, which is 0 in b and 1 in the latter, and
// the border, the latter with all lower bits cleared, lies between them. Kept
// are the stretches from the beginning of every block to its border, and for
// every bit that from the border to the last block's end.
//
//	t ─ending[t]─▶│ b=0101 ─since[b]─▶ border=1000 ─running[3]─▶│ 1011 ─partial─▶ now
//
// When the number of blocks reaches a multiple of 2^j, the stretches that end
// there are appended to those they follow: ½ log₂ products per block. A synapse
// left within the block in progress takes its steps, at most blockSteps, one by
// one. No inverse is taken, so that ψ = 0, a cell that forgets at once or a long
// silence cost no precision.
type history struct {
	course  *course
	now     int
	opened  int // the beginning of the block in progress
	steps   [blockSteps]courseStep
	partial stretch
	ending  []stretch // per step of finished blocks
	blockOf []int     // per step of finished blocks
	blocks  int       // finished
	since   []stretch // per finished block
	running [bits.UintSize - 1]stretch
}

// blockSteps is the length of a block: about as many steps as take as long as
// the products they stand for.
const blockSteps = 16

func newHistory(c *course) *history { return &history{course: c, partial: c.newStretch()} }

// advance takes the present one step further, with the course as it is at that
// step.
func (h *history) advance(now courseStep) {
	kept := &h.steps[h.now-h.opened]
	kept.psi = append(kept.psi[:0], now.psi...)
	kept.message = append(kept.message[:0], now.message...)
	kept.errors = append(kept.errors[:0], now.errors...)
	h.course.courseStep = *kept
	h.course.extend(h.partial)
	h.now++
	if h.now-h.opened == blockSteps {
		h.close()
	}
}

// close finishes the block in progress, as must be done before coefficients
// change that the course does not take at every step.
func (h *history) close() {
	if h.now == h.opened {
		return
	}
	c := h.course
	for len(h.ending) < h.now {
		h.ending = append(h.ending, c.newStretch())
		h.blockOf = append(h.blockOf, 0)
	}
	for t := h.now - 1; t >= h.opened; t-- {
		h.blockOf[t] = h.blocks
		c.courseStep = h.steps[t-h.opened]
		c.begin(h.ending[t])
		c.extend(h.ending[t])
		if t+1 < h.now {
			c.follow(h.ending[t], h.ending[t+1])
		}
	}
	h.count()
	c.begin(h.partial)
	h.opened = h.now
}

// count adds the finished block, which is partial, to the blocks before it.
func (h *history) count() {
	c := h.course
	for k := range bits.Len(uint(h.blocks)) {
		if h.blocks>>k&1 == 1 {
			c.follow(h.running[k], h.partial)
		}
	}
	if len(h.since) == h.blocks {
		h.since = append(h.since, c.newStretch())
	}
	copy(h.since[h.blocks], h.partial)
	border := bits.TrailingZeros(^uint(h.blocks)) // of blocks+1
	for k := range border {
		end := h.blocks + 1 - 1<<k
		for b := end - 1<<k; b < end; b++ {
			c.follow(h.since[b], h.running[k])
		}
	}
	h.blocks++
	if h.running[border] == nil {
		h.running[border] = c.newStretch()
	}
	c.begin(h.running[border])
}

// appendBetween appends the stretches that lead from a step of a finished block
// to now.
func (h *history) appendBetween(way []stretch, t int) []stretch {
	way = append(way, h.ending[t])
	if b := h.blockOf[t] + 1; b < h.blocks {
		k := bits.Len(uint(b^h.blocks)) - 1
		way = append(way, h.since[b])
		if h.blocks&(1<<k-1) != 0 {
			way = append(way, h.running[k])
		}
	}
	if h.now > h.opened {
		way = append(way, h.partial)
	}
	return way
}

// reset begins a new trial.
func (h *history) reset() {
	h.now, h.opened, h.blocks = 0, 0, 0
	h.course.begin(h.partial)
}
