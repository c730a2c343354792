package learning

import "math/bits"

// history keeps what a trial's steps did to traces, so that a synapse can be
// carried from any step at which it was left to the present one at a cost that
// does not depend on how long ago that was.
//
// Steps go by in blocks. Of every step the coefficients are kept (8 bytes per
// cell, and what all share): with them a synapse is taken step by step to the end
// of the block in which it was left. Of every finished block, and of the one in
// progress up to now, the stretch is kept. Blocks are numbered in binary: the
// block b that follows and the one in progress agree down to some bit k, which is
// 0 in b and 1 in the latter, and the border, the latter with all lower bits
// cleared, lies between them. Kept are the stretches from the beginning of every
// block to its border, and for every bit that from the border to the last
// finished block's end, so that three products lead to now.
//
//	t ─step by step─▶│ b=0101 ─since[b]─▶ border=1000 ─running[3]─▶│ 1011 ─partial─▶ now
//
// When the number of blocks reaches a multiple of 2^j, the stretches that end
// there are appended to those they follow: ½ log₂ products per block and cell.
// No inverse is taken, so that ψ = 0, a cell that forgets at once or a long
// silence cost no precision.
type history struct {
	course  *course
	now     int
	steps   []courseStep
	partial stretch
	blocks  int       // finished
	since   []stretch // per finished block
	running [bits.UintSize - 1]stretch
}

// blockSteps is the length of a block: few enough steps to be taken one by one,
// and enough to share the products among.
const blockSteps = 8

func newHistory(c *course) *history { return &history{course: c, partial: c.newStretch()} }

// advance takes the present one step further, with the coefficients of now.
func (h *history) advance(now courseStep) {
	if len(h.steps) == h.now {
		h.steps = append(h.steps, courseStep{})
	}
	kept := &h.steps[h.now]
	kept.coefficients = now.coefficients
	kept.psi = append(kept.psi[:0], now.psi...)
	kept.message = append(kept.message[:0], now.message...)
	kept.errors = append(kept.errors[:0], now.errors...)
	h.course.courseStep = *kept
	h.course.extend(h.partial)
	h.now++
	if h.now%blockSteps == 0 {
		h.finish()
	}
}

// finish adds the block in progress to the finished ones.
func (h *history) finish() {
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
	c.begin(h.partial)
}

// way is how to come from step t to now: step by step up to some step, and on
// over stretches, which are appended to those given.
func (h *history) way(stretches []stretch, t int) (onFoot int, onward []stretch) {
	b := t / blockSteps
	if t%blockSteps != 0 {
		b++
	}
	if b > h.blocks {
		return h.now, stretches
	}
	if b < h.blocks {
		k := bits.Len(uint(b^h.blocks)) - 1
		stretches = append(stretches, h.since[b])
		if h.blocks&(1<<k-1) != 0 {
			stretches = append(stretches, h.running[k])
		}
	}
	if h.now%blockSteps != 0 {
		stretches = append(stretches, h.partial)
	}
	return b * blockSteps, stretches
}

// reset begins a new trial.
func (h *history) reset() {
	h.now, h.blocks = 0, 0
	h.course.begin(h.partial)
}
