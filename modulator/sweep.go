package modulator

import "paracrine/internal/kernel"

// along is a square matrix to be applied along an axis, and its transpose.
type along struct {
	points             int
	matrix, transposed []float64
}

// sweeper applies matrices along the axes of a lattice, one axis after the
// other: 2 (n_x + n_y + n_z) operations per point.
type sweeper struct {
	shape [3]int
	spare [2][]float64
}

func newSweeper(shape [3]int) sweeper {
	sites := shape[0] * shape[1] * shape[2]
	return sweeper{shape, [2][]float64{make([]float64, sites), make([]float64, sites)}}
}

// sweep applies a matrix along each axis, z first. The result is valid until the
// next call; values may be the result of the last one.
func (s *sweeper) sweep(axes [3]along, values []float64) []float64 {
	for axis := 2; axis >= 0; axis-- {
		if s.shape[axis] == 1 {
			continue
		}
		to := s.spare[0]
		if &to[0] == &values[0] {
			to = s.spare[1]
		}
		clear(to)
		apply(s.shape, axis, axes[axis], values, to)
		values = to
	}
	return values
}

// apply adds the products along one axis of lattices of a shape, one after another
// in from and to.
func apply(shape [3]int, axis int, a along, from, to []float64) {
	nx, ny, nz := shape[0], shape[1], shape[2]
	plane := nx * ny
	switch axis {
	case 0:
		kernel.MatMul(len(from)/nx, nx, nx, from, nx, 1, a.transposed, nx, to, nx)
	case 1:
		for at := 0; at < len(from); at += plane {
			kernel.MatMul(ny, nx, ny, a.matrix, ny, 1, from[at:at+plane], nx, to[at:at+plane], nx)
		}
	case 2:
		for at := 0; at < len(from); at += plane * nz {
			kernel.MatMul(nz, plane, nz, a.matrix, nz, 1, from[at:at+plane*nz], plane, to[at:at+plane*nz], plane)
		}
	}
}
