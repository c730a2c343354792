package learning

import (
	"cmp"
	"math/bits"
	"slices"
)

// history keeps what the steps so far did to traces, so that synapses can be
// carried from any step at which they were left to the present one at a cost
// that does not depend on how long ago that was.
//
// Steps go by in blocks. Of the block in progress the stretches of its steps are
// kept. At its end they are joined, the last first, so that one product takes what
// was left at any of them there, where all wait. Of the block in progress up to now,
// and of every finished block at whose beginning somebody waits, the stretch is kept.
// Blocks are numbered in binary: the block b that follows and the one in progress
// agree down to some bit k, which is 0 in b and 1 in the latter, and the border, the
// latter with all lower bits cleared, lies between them. Kept are the stretches from the
// beginning of every such block to its border, and for every bit that from the
// border to the last finished block's end, so that three products lead to now.
//
//	t ─▶─▶──▶│ b=0101 ─onward─▶ border=1000 ─running[3]─▶│ 1011 ─partial─▶ now
//
// When the number of blocks reaches a multiple of 2^j, the stretches that end
// there are joined to those they follow: at most log₂ products per block. What
// nobody waits for is not kept, so that memory grows with the number of channels
// at most, not with time. No inverse is taken, so that ψ = 0, a cell that
// forgets at once or a long silence cost no precision.
type history struct {
	*stretches
	now     int
	steps   [BlockSteps]stretch // of the block in progress, each of one step
	partial stretch             // of it up to now; nil at its beginning
	late    []int               // channels left in it, after its beginning
	since   int                 // the first step of the block at which one was left
	blocks  int                 // finished
	waiting []place             // ascending
	running [bits.UintSize - 1]stretch
}

// place is the beginning of a block, at which channels wait.
type place struct {
	block    int
	channels int
	onward   stretch // to the border; nil for the block in progress
}

// BlockSteps is the length of a block, a power of two: enough steps to share
// products and memory among, and few enough that what is left in a block is not
// much to be taken to its end.
const BlockSteps = 16

func newHistory(c *course) *history {
	h := &history{stretches: newStretches(c)}
	for i := range h.steps {
		h.steps[i] = h.take()
	}
	return h
}

// elapse takes the present one step further. Of now it keeps the coefficients, which
// must not be written over, but for feedback. Where a block has ended, turnBack and
// finish come next.
func (h *history) elapse(now courseStep) {
	h.courseStep = now
	step := h.steps[h.now%BlockSteps]
	h.writeStep(step)
	h.partial = h.join(h.partial, step)
	h.now++
}

// ended says whether the block in progress has come to its end.
func (h *history) ended() bool { return h.now == (h.blocks+1)*BlockSteps }

// finish adds the block in progress to the finished ones.
func (h *history) finish() {
	h.forget()
	for k := range bits.Len(uint(h.blocks)) {
		switch {
		case h.blocks>>k&1 == 0:
		case h.crossed(h.blocks >> k << k):
			h.running[k] = h.join(h.running[k], h.partial)
		default:
			h.restart(&h.running[k])
		}
	}
	if i := h.find(h.blocks); i < len(h.waiting) && h.waiting[i].block == h.blocks {
		h.waiting[i].onward, h.partial = h.partial, nil
	}
	border := bits.TrailingZeros(^uint(h.blocks)) // of blocks+1
	for k := range border {
		end := h.blocks + 1 - 1<<k
		for i := h.find(end - 1<<k); i < len(h.waiting) && h.waiting[i].block < end; i++ {
			h.waiting[i].onward = h.join(h.waiting[i].onward, h.running[k])
		}
		h.restart(&h.running[k])
	}
	h.blocks++
	h.restart(&h.partial)
}

// crossed says whether somebody waits before a border.
func (h *history) crossed(border int) bool {
	return len(h.waiting) > 0 && h.waiting[0].block < border
}

// restart makes a stretch one of no time.
func (h *history) restart(m *stretch) {
	h.leave(*m)
	*m = nil
}

// forget drops the stretches that nobody waits for.
func (h *history) forget() {
	h.waiting = slices.DeleteFunc(h.waiting, func(w place) bool {
		if w.channels == 0 {
			h.leave(w.onward)
		}
		return w.channels == 0
	})
}

// find is the first place at or after a block.
func (h *history) find(block int) int {
	i, _ := slices.BinarySearchFunc(h.waiting, block, func(w place, b int) int { return cmp.Compare(w.block, b) })
	return i
}

// wait counts a channel among those that wait at now, where a block begins.
func (h *history) wait() {
	n, block := len(h.waiting), h.now/BlockSteps
	if n == 0 || h.waiting[n-1].block != block {
		h.waiting = append(h.waiting, place{block: block})
		n++
	}
	h.waiting[n-1].channels++
}

// way appends the stretches from the beginning of block b, at which a channel
// waits no longer, to now.
func (h *history) way(onward []stretch, b int) []stretch {
	w := &h.waiting[h.find(b)]
	w.channels--
	if b < h.blocks {
		onward = append(onward, w.onward)
		k := bits.Len(uint(b^h.blocks)) - 1
		if h.blocks&(1<<k-1) != 0 {
			onward = append(onward, h.running[k])
		}
	}
	if h.now%BlockSteps != 0 {
		onward = append(onward, h.partial)
	}
	return onward
}

// within appends the stretches from a step of the block in progress to now.
func (h *history) within(onward []stretch, t int) []stretch {
	return append(onward, h.steps[t%BlockSteps:(h.now-1)%BlockSteps+1]...)
}

// turnBack joins the stretches of the steps of a block that has ended, so that each
// leads from its step to the end, as far back as somebody was left there.
func (h *history) turnBack() {
	if len(h.late) == 0 {
		return
	}
	for t := BlockSteps - 2; t >= h.since; t-- {
		h.steps[t] = h.join(h.steps[t], h.steps[t+1])
	}
}

// reset begins a new trial.
func (h *history) reset() {
	for i := range h.waiting {
		h.waiting[i].channels = 0
	}
	h.forget()
	for k := range h.running {
		h.restart(&h.running[k])
	}
	h.now, h.blocks, h.late = 0, 0, h.late[:0]
	h.restart(&h.partial)
}
