package synapse

// Ring holds what will reach the cells of a grid population in the coming
// steps: a row of cells for every step of delay and channel, used round and
// round.
//
//	            cells →
//	step 16   [ . . . . . . ]     slot = step mod slots
//	step 17   [ . . . . . . ] ←── a spike of step 14 with a delay of 3 steps
//	step 18   [ . . . . . . ]
//
// Each worker has a ring of its own cells and is the only one to touch it.
type Ring struct {
	cells, channels int
	mask            int64
	input           []float64 // slots × channels × cells
}

// NewRing makes a ring for delays of up to reach steps.
func NewRing(cells, channels int, reach int64) *Ring {
	slots := int64(1)
	for slots <= reach {
		slots *= 2
	}
	return &Ring{cells: cells, channels: channels, mask: slots - 1, input: make([]float64, slots*int64(channels*cells))}
}

// Row is what reaches a channel of every cell at the end of a step.
func (r *Ring) Row(step int64, channel int) []float64 {
	at := int(step&r.mask)*r.channels + channel
	return r.input[at*r.cells : (at+1)*r.cells]
}

// Inputs are the live values, for checkpoints.
func (r *Ring) Inputs() []float64 { return r.input }
