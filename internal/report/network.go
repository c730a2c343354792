package report

import (
	"fmt"
	"math"
)

// Names of the ends of a network, as in Projection.
const (
	inputName   = "input"
	readoutName = "readout"
)

// Sizes of the drawing in its own units.
const (
	drawingWidth   = 520.0
	smallestRadius = 20.0
	largestRadius  = 46.0
	boxWidth       = 92.0
	boxHeight      = 52.0
	margin         = 12.0
	thickest       = 8.0
	thinnest       = 1.0
)

// drawing is the network by type, laid out for an SVG.
type drawing struct {
	Width, Height float64
	Nodes         []node
	Boxes         []box
	Arrows        []arrow
	Scale         []sample
}

// node is a cell type: a disc whose area follows the number of cells.
type node struct {
	X, Y, R    float64
	Name       string
	Count      string
	Sign       int
	Ink        string
	Title      string
	LabelBelow bool // too small to hold its label
}

// Inner is the radius of the second ring that marks inhibitory types.
func (n node) Inner() float64 { return n.R - 5 }

// LabelY is where the label of a small node stands.
func (n node) LabelY() float64 { return n.Y + n.R + 18 }

// box is the input or the readout.
type box struct {
	X, Y, W, H float64
	Name, Sub  string
}

// Middle is the box's horizontal centre.
func (b box) Middle() float64 { return b.X + b.W/2 }

// Center is its vertical centre.
func (b box) Center() float64 { return b.Y + b.H/2 }

// arrow is a projection: a curve and a head, pointed for excitatory and for
// unsigned projections, flat for inhibitory ones.
type arrow struct {
	Path  string
	Width float64
	Head  string
	Flat  bool
	Ink   string
	Title string
}

// sample shows what a line width means.
type sample struct {
	Width float64
	Value string
}

// bundle is an arrow to be drawn: from a type or the input to a type or the
// readout, as wide as it is strong.
type bundle struct {
	From, To string
	Strength float64
	Title    string
}

// newDrawing lays the types out in a column or, if more than three, on an
// ellipse between the boxes, which are the input and, where there is one, the
// readout.
func newDrawing(types []CellType, bundles []bundle, boxes ...box) *drawing {
	if len(types) == 0 {
		return nil
	}
	d := &drawing{Width: drawingWidth, Height: heightFor(types)}
	d.placeNodes(types)
	d.placeBoxes(boxes)
	widths := newWidths(bundles)
	for _, b := range bundles {
		if a, ok := d.arrow(b, widths.of(b.Strength)); ok {
			d.Arrows = append(d.Arrows, a)
		}
	}
	d.Scale = widths.samples()
	return d
}

// heightFor leaves room between types for the names that do not fit into their
// discs.
func heightFor(types []CellType) float64 {
	if len(types) == 1 {
		return 210
	}
	height := 300 + float64(len(types)-2)*150
	for _, t := range types {
		if nameRadius(t.Name) > largestRadius {
			return min(height+80, 640)
		}
	}
	return min(height, 560)
}

// nameRadius is that of a disc which holds a name.
func nameRadius(name string) float64 { return 8 + 4*float64(len([]rune(name))) }

func (d *drawing) placeNodes(types []CellType) {
	styles := typeStyles(types)
	largest := 1
	for _, t := range types {
		largest = max(largest, t.Count)
	}
	for i, t := range types {
		x, y := d.place(i, len(types))
		radius := smallestRadius + (d.room(len(types))-smallestRadius)*math.Sqrt(float64(max(t.Count, 0))/float64(largest))
		d.Nodes = append(d.Nodes, node{
			X: x, Y: y, R: radius, Name: t.Name, Count: count(t.Count), Sign: signum(t.Sign),
			Ink: styles[t.Name].Ink, LabelBelow: radius < nameRadius(t.Name),
			Title: typeTitle(t),
		})
	}
}

// room is the largest radius for which n nodes keep apart.
func (d *drawing) room(n int) float64 {
	if n <= 3 {
		return largestRadius
	}
	return max(smallestRadius+6, largestRadius-4*float64(n-3))
}

func (d *drawing) place(i, n int) (x, y float64) {
	x, y = d.Width/2, d.Height/2
	switch {
	case n == 1:
	case n <= 3:
		top := largestRadius + 46
		y = top + (d.Height-2*top)*float64(i)/float64(n-1)
	default:
		angle := -math.Pi/2 + 2*math.Pi*float64(i)/float64(n)
		x += (d.Width/2 - boxWidth - 80) * math.Cos(angle)
		y += (d.Height/2 - largestRadius - 30) * math.Sin(angle)
	}
	return x, y
}

// placeBoxes puts the input at the left and the readout at the right.
func (d *drawing) placeBoxes(boxes []box) {
	for i, b := range boxes {
		b.X, b.Y, b.W, b.H = margin, d.Height/2-boxHeight/2, boxWidth, boxHeight
		if i > 0 {
			b.X = d.Width - margin - boxWidth
		}
		d.Boxes = append(d.Boxes, b)
	}
}

// typeTitle describes a cell type.
func typeTitle(t CellType) string {
	words := fmt.Sprintf("%s: %s, %s, %s", t.Name, plural(t.Count, "cell"), signName(t.Sign), t.Model)
	if t.TauMS > 0 {
		words += ", τ " + short(t.TauMS) + " ms"
	}
	return words
}

func anyTrial(r *Run) *Trial {
	if r.Before != nil {
		return r.Before
	}
	return r.After
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(n) + " " + noun + "s"
}

func signName(sign int) string {
	return [...]string{"inhibitory", "mixed", "excitatory"}[signum(sign)+1]
}

// weightOf is the mean |w| after learning, or before where learning left none.
func weightOf(p Projection) float64 {
	if finite(p.MeanAfter) && p.MeanAfter != 0 {
		return math.Abs(p.MeanAfter)
	}
	return math.Abs(p.MeanWeight)
}

// widths maps strength to the width of an arrow, logarithmically: inputs and
// recurrent synapses may differ a hundredfold.
type widths struct{ low, high float64 }

// newWidths spans the strengths, at least a decade.
func newWidths(bundles []bundle) widths {
	var seen extent
	for _, b := range bundles {
		seen.addPositive(b.Strength)
	}
	return widths{min(seen.from, seen.to/10), seen.to}
}

func (w widths) of(strength float64) float64 {
	if !(strength > w.low) || !finite(strength) {
		return thinnest
	}
	return thinnest + (thickest-thinnest)*math.Log(strength/w.low)/math.Log(w.high/w.low)
}

// samples show what three widths mean; none without a strength.
func (w widths) samples() []sample {
	if w.low <= 0 {
		return nil
	}
	middle := significant(math.Sqrt(w.low*w.high), 2)
	return []sample{{w.of(w.low), rounded(w.low, 2)}, {w.of(middle), rounded(middle, 2)}, {w.of(w.high), rounded(w.high, 2)}}
}

func projectionTitle(p Projection) string {
	return fmt.Sprintf("%s → %s: %s synapses, mean |w| %s before, %s after learning",
		p.From, p.To, count(p.Synapses), short(p.MeanWeight), short(p.MeanAfter))
}
