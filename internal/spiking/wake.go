package spiking

import "paracrine/sim"

// wakeWindows is how many windows ahead a cell's next spike is kept; one that is
// further off is looked at again then.
const wakeWindows = 256

// wakes says which cells of a share are to be advanced in which of the coming
// windows though nothing arrives for them: those that may spike by themselves.
type wakes struct {
	window  sim.Time
	buckets [][]uint32 // of cells of the share, by window
	due     []sim.Time // number of the window at which each cell is due
	woken   []uint32   // of the present window
	visits  []uint64   // number of the call in which each cell was advanced last
	calls   uint64
}

func newWakes(window sim.Time, cells int) *wakes {
	return &wakes{window: window, buckets: make([][]uint32, wakeWindows), due: make([]sim.Time, cells), visits: make([]uint64, cells)}
}

// number is that of the window a time belongs to.
func (w *wakes) number(t sim.Time) sim.Time { return (t - 1) / w.window }

// all makes every cell due in the window after a time.
func (w *wakes) all(now sim.Time) {
	for i := range w.buckets {
		w.buckets[i] = w.buckets[i][:0]
	}
	for cell := range w.due {
		w.due[cell] = -1
		w.at(uint32(cell), now+1, now)
	}
}

// at makes a cell due when its next spike may be, later than now.
func (w *wakes) at(cell uint32, next, now sim.Time) {
	number := min(w.number(max(next, now+1)), w.number(now)+wakeWindows-1)
	if w.due[cell] == number {
		return
	}
	w.due[cell] = number
	b := &w.buckets[number%wakeWindows]
	*b = append(*b, cell)
}

// begin returns the cells that are due in the window of a time. They are valid
// until the next call.
func (w *wakes) begin(now sim.Time) []uint32 {
	w.calls++
	number := w.number(now)
	b := &w.buckets[number%wakeWindows]
	w.woken = w.woken[:0]
	for _, cell := range *b {
		if w.due[cell] == number {
			w.due[cell] = -1
			w.woken = append(w.woken, cell)
		}
	}
	*b = (*b)[:0]
	return w.woken
}

// first reports whether a cell has not been advanced since begin, and notes that
// it is now.
func (w *wakes) first(cell uint32) bool {
	if w.visits[cell] == w.calls {
		return false
	}
	w.visits[cell] = w.calls
	return true
}
