package report

import (
	"fmt"
	"math"
	"strings"
)

// point is a place in the drawing.
type point struct{ x, y float64 }

func (p point) add(q point) point     { return point{p.x + q.x, p.y + q.y} }
func (p point) sub(q point) point     { return point{p.x - q.x, p.y - q.y} }
func (p point) times(k float64) point { return point{k * p.x, k * p.y} }
func (p point) norm() float64         { return math.Hypot(p.x, p.y) }
func (p point) turned() point         { return point{-p.y, p.x} }
func (p point) String() string        { return fmt.Sprintf("%.1f %.1f", p.x, p.y) }
func (p point) toward(q point) point  { return q.sub(p).unit() }
func (p point) unit() point {
	if n := p.norm(); n > 0 {
		return p.times(1 / n)
	}
	return point{1, 0}
}

// arrow draws a projection; it is not ok when an end is not in the drawing.
func (d *drawing) arrow(p bundle, width float64) (arrow, bool) {
	a := arrow{Width: width, Ink: "muted", Title: p.Title}
	from, to := d.node(p.From), d.node(p.To)
	if from != nil {
		a.Ink, a.Flat = from.Ink, from.Sign < 0
	}
	var start, control, tip point
	switch {
	case from != nil && from == to:
		a.Path, a.Head = d.loop(*from, a.Width, a.Flat)
		return a, true
	case from != nil && to != nil:
		start, control, tip = between(*from, *to)
	case p.From == inputName && to != nil && len(d.Boxes) > 0:
		start, control, tip = d.fromInput(*to)
	case from != nil && p.To == readoutName && len(d.Boxes) > 1:
		start, control, tip = d.toReadout(*from)
	default:
		return arrow{}, false
	}
	back := control.toward(tip)
	end := tip.sub(back.times(headLength(a.Width, a.Flat)))
	a.Path = fmt.Sprintf("M%v Q%v %v", start, control, end)
	a.Head = head(tip, back, a.Width, a.Flat)
	return a, true
}

func (d *drawing) node(name string) *node {
	for i := range d.Nodes {
		if d.Nodes[i].Name == name {
			return &d.Nodes[i]
		}
	}
	return nil
}

// between bends to the right of its direction, so that the way back is another.
func between(a, b node) (start, control, tip point) {
	p, q := point{a.X, a.Y}, point{b.X, b.Y}
	control = p.add(q).times(0.5).add(p.toward(q).turned().times(0.2 * q.sub(p).norm()))
	return p.add(p.toward(control).times(a.R + 3)), control, q.add(q.toward(control).times(b.R + 4))
}

func (d *drawing) fromInput(n node) (start, control, tip point) {
	b, q := d.Boxes[0], point{n.X, n.Y}
	start = point{b.X + b.W + 3, b.Center() + tilt(n.Y-b.Center())}
	control = point{(start.x + q.x) / 2, start.y + 0.15*(q.y-start.y)}
	return start, control, q.add(q.toward(control).times(n.R + 4))
}

func (d *drawing) toReadout(n node) (start, control, tip point) {
	b, q := d.Boxes[1], point{n.X, n.Y}
	tip = point{b.X - 3, b.Center() + tilt(n.Y-b.Center())}
	control = point{(tip.x + q.x) / 2, tip.y + 0.15*(q.y-tip.y)}
	return q.add(q.toward(control).times(n.R + 3)), control, tip
}

// tilt spreads the arrows at a box's side by where they lead.
func tilt(dy float64) float64 { return min(max(dy*0.12, -boxHeight/2+8), boxHeight/2-8) }

// loop is a projection of a type onto itself, drawn away from the middle.
func (d *drawing) loop(n node, width float64, flat bool) (path, tip string) {
	centre := point{n.X, n.Y}
	out := point{0, -1}
	if away := centre.sub(point{d.Width / 2, d.Height / 2}); away.norm() > 1 {
		out = away.unit()
	}
	left, right := rotated(out, -0.45), rotated(out, 0.45)
	far := 1.1*n.R + 58
	start, end := centre.add(left.times(n.R+3)), centre.add(right.times(n.R+4))
	c1, c2 := centre.add(rotated(out, -0.58).times(far)), centre.add(rotated(out, 0.58).times(far))
	back := c2.toward(end)
	stop := end.sub(back.times(headLength(width, flat)))
	return fmt.Sprintf("M%v C%v %v %v", start, c1, c2, stop), head(end, back, width, flat)
}

func rotated(p point, angle float64) point {
	s, c := math.Sincos(angle)
	return point{p.x*c - p.y*s, p.x*s + p.y*c}
}

func headLength(width float64, flat bool) float64 {
	if flat {
		return 2
	}
	return 6 + 1.1*width
}

// head is a triangle, or a bar across the line.
func head(tip, direction point, width float64, flat bool) string {
	side := direction.turned()
	half := 4 + 0.9*width
	var corners []point
	if flat {
		half += 1.5
		back := tip.sub(direction.times(3.5))
		corners = []point{tip.add(side.times(half)), tip.sub(side.times(half)), back.sub(side.times(half)), back.add(side.times(half))}
	} else {
		back := tip.sub(direction.times(headLength(width, false) + 1))
		corners = []point{tip, back.add(side.times(half)), back.sub(side.times(half))}
	}
	var b strings.Builder
	for i, c := range corners {
		b.WriteString([...]string{"M", "L"}[min(i, 1)])
		b.WriteString(c.String())
	}
	return b.String() + "Z"
}
