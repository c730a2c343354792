package experiment

import (
	"fmt"
	"strings"

	"paracrine/modulator"
)

// plane shows a lattice along two of its axes.
type plane struct {
	space   *modulator.Space
	axes    [2]int // shown, the first along rows
	third   int
	through string // maximum, mean or middle along the third axis
}

// newPlane is a plane by the names of its axes.
func newPlane(space *modulator.Space, axes, through string) plane {
	p := plane{space: space, through: through}
	p.axes = [2]int{strings.IndexByte("xyz", axes[0]), strings.IndexByte("xyz", axes[1])}
	p.third = 3 - p.axes[0] - p.axes[1]
	return p
}

// shape is the points along its axes.
func (p plane) shape() [2]int { return [2]int{p.space.Shape[p.axes[0]], p.space.Shape[p.axes[1]]} }

func (p plane) points() int { return p.shape()[0] * p.shape()[1] }

// of is the plane of the concentrations at all sites, row by row.
func (p plane) of(values []float64) []float64 {
	shape, deep := p.shape(), p.space.Shape[p.third]
	strides := [3]int{1, p.space.Shape[0], p.space.Shape[0] * p.space.Shape[1]}
	seen := make([]float64, 0, p.points())
	for b := range shape[1] {
		for a := range shape[0] {
			first := a*strides[p.axes[0]] + b*strides[p.axes[1]]
			seen = append(seen, p.look(values[first:], strides[p.third], deep))
		}
	}
	return seen
}

// look is what is seen along the third axis.
func (p plane) look(values []float64, stride, deep int) float64 {
	if p.through == "middle" {
		return values[deep/2*stride]
	}
	most, sum := 0.0, 0.0
	for k := range deep {
		most, sum = max(most, values[k*stride]), sum+values[k*stride]
	}
	if p.through == "mean" {
		return sum / float64(deep)
	}
	return most
}

// place is where a point of the plane is along its axes, in µm.
func (p plane) place(point int) (a, b float64) {
	columns := p.shape()[0]
	return p.at(0, point%columns), p.at(1, point/columns)
}

func (p plane) at(axis, point int) float64 {
	return p.space.Origin[p.axes[axis]] + float64(float64(point)*p.space.Spacing)
}

// String says which plane of the lattice it is; "" of a lattice that is a plane.
func (p plane) String() string {
	deep, axis := p.space.Shape[p.third], string("xyz"[p.third])
	switch {
	case deep == 1:
		return ""
	case p.through == "middle":
		return fmt.Sprintf("%s = %g µm", axis, p.space.Origin[p.third]+float64(float64(deep/2)*p.space.Spacing))
	}
	return fmt.Sprintf("the %s over %s", p.through, axis)
}
