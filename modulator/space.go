package modulator

import (
	"fmt"
	"math"

	"paracrine/neuron"
)

// Space is the points of a lattice that a ligand spreads over, along x first,
// then y, then z. Each stands for a voxel of h³ around it; along an axis of one
// point, which has no extent, a voxel is as deep as Depth.
type Space struct {
	Shape    [3]int      // points along x, y and z
	Spacing  float64     // h, µm, between neighbours
	Origin   [3]float64  // µm, where the first point is
	Depth    float64     // µm; 0 is h
	Fraction float64     // of a voxel that the ligand can enter; 0 is all of it
	Boundary [3]Boundary // at both ends of each axis
}

// Boundary is what happens at the ends of an axis.
type Boundary uint8

// The boundaries.
const (
	// NoFlux lets nothing through half a spacing beyond the last points.
	NoFlux Boundary = iota
	// Periodic makes the last point a neighbour of the first.
	Periodic
	// Absorbing keeps the concentration at 0 one spacing beyond the last points.
	Absorbing
)

var boundaryNames = [...]string{"no-flux", "periodic", "absorbing"}

// String is the boundary's name.
func (b Boundary) String() string {
	if int(b) < len(boundaryNames) {
		return boundaryNames[b]
	}
	return fmt.Sprintf("boundary(%d)", uint8(b))
}

// maxAxis is the most points along an axis: transforms along it are matrices.
const maxAxis = 1024

// maxSites is the most points of a lattice, each of which takes some 60 bytes, and
// sites of a torus.
const maxSites = 1 << 24

// Check says what is wrong with a space; its errors are [*SubstanceError].
func (s Space) Check() error {
	const of = "lattice"
	for axis, n := range s.Shape {
		name := string("xyz"[axis])
		if n < 1 || n > maxAxis {
			return &SubstanceError{of, "points along " + name, fmt.Sprint(n), fmt.Sprintf("1 to %d", maxAxis)}
		}
		b := s.Boundary[axis]
		if int(b) >= len(boundaryNames) {
			return &SubstanceError{of, "boundary along " + name, b.String(), fmt.Sprint(boundaryNames)}
		}
		if n == 1 && b != NoFlux {
			return &SubstanceError{of, "boundary along " + name, b.String() + " where there is one point", NoFlux.String()}
		}
		if err := require(of, "origin along "+name, s.Origin[axis], "µm", neuron.Anything); err != nil {
			return err
		}
	}
	if sites := s.Sites(); sites > maxSites {
		return &SubstanceError{of, "points", fmt.Sprint(sites), fmt.Sprintf("1 to %d", maxSites)}
	}
	if err := require(of, "spacing", s.Spacing, "µm", neuron.Positive); err != nil {
		return err
	}
	if err := require(of, "depth", s.Depth, "µm", neuron.NonNegative); err != nil {
		return err
	}
	return require(of, "fraction", s.Fraction, "", neuron.Probability)
}

// Sites is the number of points.
func (s Space) Sites() int { return s.Shape[0] * s.Shape[1] * s.Shape[2] }

// Site is the number of the point nearest to a position in µm. Along axes of
// one point any coordinate will do, and rings may be walked round; elsewhere a
// position more than half a spacing beyond the last point is a
// [*SubstanceError].
func (s Space) Site(position [3]float64) (int, error) {
	var at [3]int
	for axis, n := range s.Shape {
		if n == 1 {
			continue
		}
		steps := (position[axis] - s.Origin[axis]) / s.Spacing
		if s.Boundary[axis] == Periodic {
			steps = math.Mod(math.Mod(steps, float64(n))+float64(n), float64(n))
		}
		if !(steps >= -0.5 && steps <= float64(n)-0.5) && s.Boundary[axis] != Periodic || math.IsNaN(steps) {
			return 0, s.outside(axis, position[axis])
		}
		at[axis] = s.nearest(axis, steps)
	}
	return (at[2]*s.Shape[1]+at[1])*s.Shape[0] + at[0], nil
}

// point is where a site is along each axis.
func (s Space) point(site int) [3]int {
	nx, ny := s.Shape[0], s.Shape[1]
	return [3]int{site % nx, site / nx % ny, site / nx / ny}
}

// nearest is the number of the point along an axis that is so many spacings from
// the first.
func (s Space) nearest(axis int, steps float64) int {
	n := s.Shape[axis]
	point := int(math.Floor(steps + 0.5))
	if s.Boundary[axis] == Periodic {
		return point % n
	}
	return min(max(point, 0), n-1)
}

func (s Space) outside(axis int, given float64) error {
	low := s.Origin[axis] - s.Spacing/2
	return &SubstanceError{"lattice", "position along " + string("xyz"[axis]), fmt.Sprintf("%v µm", given),
		fmt.Sprintf("%v to %v µm", low, low+float64(s.Shape[axis])*s.Spacing)}
}

// capacity is how many molecules make 1 nM in a voxel.
func (s Space) capacity() float64 {
	volume := moleculesPerNanomolar
	for _, n := range s.Shape {
		if n == 1 && s.Depth > 0 {
			volume *= s.Depth
		} else {
			volume *= s.Spacing
		}
	}
	if s.Fraction > 0 {
		volume *= s.Fraction
	}
	return volume
}
