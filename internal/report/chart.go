package report

import (
	"math"
	"slices"
)

// chart is one pair of axes with everything drawn between them, in the form
// the page's script reads.
type chart struct {
	ID     string  `json:"id"`
	Title  string  `json:"title"`
	X      axis    `json:"x"`
	Y      axis    `json:"y"`
	Tables []table `json:"tables"`
	Bands  []shade `json:"bands,omitempty"` // shaded ranges of y
	Spans  []shade `json:"spans,omitempty"` // shaded ranges of x
	Marks  []mark  `json:"marks,omitempty"` // vertical lines
	Levels []mark  `json:"levels,omitempty"`
	Height int     `json:"height"`          // pixels
	Group  string  `json:"group,omitempty"` // charts of a group share the cursor
	Wide   bool    `json:"-"`               // takes a whole row of the page
	Legend []key   `json:"-"`               // its own; empty where the figure has one for all
}

// axis has a label with its unit and the limits of either scale.
type axis struct {
	Label  string `json:"label"`
	Log    bool   `json:"log,omitempty"`    // drawn on a logarithmic scale at first
	Switch bool   `json:"switch,omitempty"` // the reader may choose the scale
	Linear limits `json:"linear"`
	Decade limits `json:"decade"` // limits of the logarithmic scale; null without positive values
}

func (a axis) logarithmic() bool { return a.Log && !a.Decade.none() }

// limits are those of the scale drawn at first.
func (a axis) limits() limits {
	if a.logarithmic() {
		return a.Decade
	}
	return a.Linear
}

// coordinate is where a value stands on the scale drawn at first, held within
// its limits.
func (a axis) coordinate(v float64) float64 {
	l := a.limits()
	v = min(max(v, l.From), l.To)
	if a.logarithmic() {
		return math.Log10(v)
	}
	return v
}

// limits are the ends of an axis; equal ends stand for none.
type limits struct{ From, To float64 }

// MarshalJSON writes [from, to], or null for none.
func (l limits) MarshalJSON() ([]byte, error) {
	if l.none() {
		return []byte("null"), nil
	}
	return values{l.From, l.To}.MarshalJSON()
}

func (l limits) none() bool { return !finite(l.From) || !finite(l.To) || l.From >= l.To }

// table holds lines that share their x values.
type table struct {
	X     positions `json:"x"`
	Lines []line    `json:"lines"`
}

// line is one curve, with an optional band from Low to High around it.
type line struct {
	Label string  `json:"label"`
	Y     values  `json:"y"`
	Low   values  `json:"low,omitempty"`
	High  values  `json:"high,omitempty"`
	Range bool    `json:"range,omitempty"` // the band is a range, not a deviation
	Style style   `json:"style"`
	Width float64 `json:"width"`
	Alpha float64 `json:"alpha,omitempty"` // 0 stands for opaque
	// Bars makes the line a histogram: Y holds from its X to the next, filled
	// from zero. Dots marks the samples and draws no line.
	Bars bool `json:"bars,omitempty"`
	Dots bool `json:"dots,omitempty"`
}

// shade is a shaded range of one axis. An infinite end is the end of the axis.
type shade struct {
	Ends  [2]number `json:"ends"`
	Ink   string    `json:"ink"`
	Label string    `json:"label"`
	Clear bool      `json:"clear,omitempty"` // words alone, beside a shade that adjoins
}

func newShade(from, to float64, ink, label string) shade {
	return shade{Ends: [2]number{number(from), number(to)}, Ink: ink, Label: label}
}

// mark is a labelled line across the chart.
type mark struct {
	At    number `json:"at"`
	Ink   string `json:"ink"`
	Label string `json:"label"`
}

// newTable cuts or fills every line to the length of x and leaves out what no
// screen could show.
func newTable(x []float64, lines ...line) table {
	var curves [][]float64
	for i := range lines {
		l := &lines[i]
		l.Y = sized(l.Y, len(x))
		curves = append(curves, l.Y)
		if l.High != nil {
			l.Low, l.High = sized(l.Low, len(x)), sized(l.High, len(x))
		}
	}
	kept := decimate(len(x), curves, maxPoints)
	for i := range lines {
		l := &lines[i]
		l.Y, l.Low, l.High = pick(l.Y, kept), pick(l.Low, kept), pick(l.High, kept)
	}
	return table{X: pick(x, kept), Lines: lines}
}

// empty reports whether there is nothing to draw.
func (c *chart) empty() bool {
	for _, t := range c.Tables {
		for _, l := range t.Lines {
			for _, y := range l.Y {
				if finite(y) {
					return false
				}
			}
		}
	}
	return true
}

// fit sets the limits of the y axis, and of the x axis where it has none.
func (c *chart) fit() {
	var x, y, positive extent
	for _, t := range c.Tables {
		for _, v := range t.X {
			x.add(v)
		}
		for _, l := range t.Lines {
			for _, curve := range [...]values{l.Y, l.Low, l.High} {
				for _, v := range curve {
					y.add(v)
				}
			}
			for _, v := range l.Y {
				positive.addPositive(v)
			}
		}
	}
	for _, b := range c.Bands {
		for _, v := range b.Ends {
			y.add(float64(v))
			positive.addPositive(float64(v))
		}
	}
	for _, l := range c.Levels {
		y.add(float64(l.At))
		positive.addPositive(float64(l.At))
	}
	if c.X.Linear.none() {
		c.X.Linear = x.tight()
	}
	if c.Y.Linear.none() {
		c.Y.Linear = y.padded()
		if room := 0.16 * (c.Y.Linear.To - c.Y.Linear.From); c.hasWords() && finite(c.Y.Linear.To+room) {
			c.Y.Linear.To += room
		}
	}
	c.Y.Decade = positive.decades()
	if c.Y.Decade.none() {
		c.Y.Log, c.Y.Switch = false, false
	}
}

// hasWords says whether words stand at the upper end of the chart.
func (c *chart) hasWords() bool {
	labelled := func(m mark) bool { return m.Label != "" }
	return len(c.Spans) > 0 || slices.ContainsFunc(c.Levels, labelled) || slices.ContainsFunc(c.Marks, labelled)
}

// extent is the range of the finite values seen.
type extent struct {
	from, to float64
	seen     bool
}

func (e *extent) add(v float64) {
	if !finite(v) {
		return
	}
	if !e.seen {
		e.from, e.to, e.seen = v, v, true
		return
	}
	e.from, e.to = min(e.from, v), max(e.to, v)
}

func (e *extent) addPositive(v float64) {
	if v > 1e-300 {
		e.add(v)
	}
}

// tight is the range itself; around a single value, something to see it in.
func (e *extent) tight() limits {
	switch {
	case !e.seen:
		return limits{0, 1}
	case e.from < e.to:
		return limits{e.from, e.to}
	}
	return widened(e.from, e.from, max(1, math.Abs(e.from)*0.1))
}

// widened is a range with air at both ends, as far as numbers go.
func widened(from, to, pad float64) limits {
	return limits{max(from-pad, -largest), min(to+pad, largest)}
}

// padded leaves air above and below, and starts at zero where that is near.
func (e *extent) padded() limits {
	if !e.seen {
		return limits{0, 1}
	}
	pad := 0.06 * (e.to - e.from)
	if pad == 0 {
		pad = max(math.Abs(e.from)*0.1, 1e-6)
	}
	l := widened(e.from, e.to, pad)
	if e.from >= 0 && e.from < 0.3*e.to {
		l.From = 0
	}
	return l
}

// decades are limits for a logarithmic axis.
func (e *extent) decades() limits {
	if !e.seen {
		return limits{}
	}
	pad := max(1.15, math.Pow(e.to/e.from, 0.05))
	return limits{e.from / pad, e.to * pad}
}

// lively reports whether positive data span enough decades to want a logarithmic axis.
func lively(l limits) bool { return !l.none() && l.From > 0 && l.To/l.From > 30 }
