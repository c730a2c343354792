package modulator

import "paracrine/internal/kernel"

// Diffusion is how substances spread over a torus in a step of dt, whatever D:
// the exact propagator of [Lattice] with periodic boundaries, without clearance,
//
//	c(t+dt) = exp(D dt Δ) c(t)
//
// with the discrete Laplacian Δ, a product of one matrix along the rows and one
// along the columns. It is linear, so amounts may have either sign.
type Diffusion struct {
	torus             *Torus
	none              bool  // D is 0
	alongRow, between along // a row, from row to row
}

// NewDiffusion is the spreading of a substance with the coefficient D in µm²/ms
// over a torus of known Spacing, in steps of dt in ms.
func NewDiffusion(t *Torus, coefficient, step float64) *Diffusion {
	d := &Diffusion{torus: t, none: coefficient == 0}
	if d.none {
		return d
	}
	columns, rows := newBasis(t.Columns, t.Spacing, Periodic), newBasis(t.Rows, t.Spacing, Periodic)
	d.alongRow, d.between = columns.propagator(coefficient*step), rows.propagator(coefficient*step)
	return d
}

// Spread takes one step of several substances, fields, each a number for every
// site; room has as many numbers and is overwritten.
func (d *Diffusion) Spread(fields, room []float64) {
	if d.none {
		return
	}
	rows, columns, sites := d.torus.Rows, d.torus.Columns, d.torus.Sites()
	room = room[:len(fields)]
	clear(room)
	kernel.MatMul(len(fields)/columns, columns, columns, fields, columns, 1, d.alongRow.transposed, columns, room, columns)
	clear(fields)
	for at := 0; at < len(fields); at += sites {
		kernel.MatMul(rows, columns, rows, d.between.matrix, rows, 1, room[at:at+sites], columns, fields[at:at+sites], columns)
	}
}
