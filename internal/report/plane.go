package report

// plane is a rectangle in space, edge to edge, in µm. Its pictures have both axes
// in the same scale, unless it is so flat or so tall that little would be seen.
type plane struct {
	X, Y  limits
	names [2]string // of the axes
}

// XLabel is the label of the axis below.
func (f plane) XLabel() string { return f.names[0] + " (µm)" }

// YLabel is that of the axis at the left.
func (f plane) YLabel() string { return f.names[1] + " (µm)" }

// flattest is the largest aspect of a picture, and its inverse the smallest.
const flattest = 6

// across and along are shares of the axes, 0 to 1.
func (f plane) across(x float64) float64 { return (x - f.X.From) / (f.X.To - f.X.From) }
func (f plane) along(y float64) float64  { return (y - f.Y.From) / (f.Y.To - f.Y.From) }

// Aspect is the width over the height of a picture.
func (f plane) Aspect() float64 {
	return min(max((f.X.To-f.X.From)/(f.Y.To-f.Y.From), 1.0/flattest), flattest)
}

// XTicks are those of the axis below.
func (f plane) XTicks() []tickAt {
	var at []tickAt
	for _, v := range fewTicks(f.X, 3) {
		at = append(at, tickAt{100 * f.across(v), plain(v)})
	}
	return at
}

// YTicks are those of the axis at the left; Left is from the bottom.
func (f plane) YTicks() []tickAt {
	var at []tickAt
	for _, v := range f.yValues() {
		at = append(at, tickAt{100 * f.along(v), plain(v)})
	}
	return at
}

// yValues are the round values along y: few where a picture is low.
func (f plane) yValues() []float64 {
	n := 3
	if f.Aspect() > 3 {
		n = 1
	}
	return fewTicks(f.Y, n)
}

// fewTicks are about n round values, two at least.
func fewTicks(l limits, n int) []float64 {
	at := ticks(l.From, l.To, n)
	for more := n + 1; len(at) < 2 && more <= n+4; more++ {
		at = ticks(l.From, l.To, more)
	}
	return at
}

// ScaleBar is a round length from a sixth to two fifths of the width, with its
// share of it in per cent.
func (f plane) ScaleBar() tickAt {
	width := f.X.To - f.X.From
	length := roundStep(width / 6)
	return tickAt{100 * length / width, plain(length) + "\u00a0µm"}
}
