package report

import (
	"cmp"
	"fmt"
	"slices"
)

// Sizes of the map of signals in its own units.
const (
	mapWidth     = 1000.0
	signalBoxW   = 140.0
	signalBoxH   = 46.0
	signalLine   = 19.0 // between the ends of links at a box
	signalGap    = 20.0 // between boxes
	signalHead   = 34.0 // over the first boxes, for the headings
	ligandLeft   = 320.0
	hearingLeft  = 630.0
	effectLeft   = hearingLeft + signalBoxW + 16
	nameLetters  = 15 // that fit into a box
	effectLength = 27 // letters that fit beside a box
)

// signalDrawing is the map of signals laid out: types that secrete at the left,
// ligands in the middle, types that hear at the right, their effects beside them.
type signalDrawing struct {
	Width, Height float64
	Headings      []signalLabel
	Secreting     []signalBox
	Ligands       []signalBox
	Hearing       []signalBox
	Links         []signalLink
	Effects       []effectLabel
	Amounts       []sample // what the widths at the left mean
	Densities     []sample // and at the right
	AmountUnit    string
	DensityUnit   string
	Silent        bool // some secretion released nothing
}

// signalBox is a type or a ligand.
type signalBox struct {
	X, Y, W, H float64
	Name       string // as it fits
	Ink, Title string
	full       string // the name
}

// Middle and Center are the places of a name.
func (b signalBox) Middle() float64 { return b.X + b.W/2 }

// Center is its height.
func (b signalBox) Center() float64 { return b.Y + b.H/2 }

// signalLabel is words at a place.
type signalLabel struct {
	X, Y float64
	Text string
}

// effectLabel is what a reception changes, beside a dot in its ink.
type effectLabel struct {
	signalLabel
	Ink, Title string
}

// TextX is where its words begin.
func (l effectLabel) TextX() float64 { return l.X + 10 }

// signalLink is a secretion or a reception: a curve from side to side.
type signalLink struct {
	From, To point
	Width    float64
	Ink      string
	Dashed   bool
	Title    string
}

// control are the points between which a link runs level at its ends.
func (l signalLink) control() (a, b point) {
	middle := (l.From.x + l.To.x) / 2
	return point{middle, l.From.y}, point{middle, l.To.y}
}

// Path is the curve for an SVG.
func (l signalLink) Path() string {
	a, b := l.control()
	return fmt.Sprintf("M%v C%v %v %v", l.From, a, b, l.To)
}

// newSignalDrawing is nil without anyone who secretes or hears.
func newSignalDrawing(s *Simulation) *signalDrawing {
	m := s.Chemistry.Map
	if len(m.Secretions)+len(m.Receptions) == 0 {
		return nil
	}
	d := &signalDrawing{Width: mapWidth}
	var secreting, hearing, ligands []string
	var secretions, receptions []signal
	for _, e := range m.Secretions {
		secreting, ligands = append(secreting, e.Type), append(ligands, e.Ligand)
		secretions = append(secretions, secretionSignal(e))
		d.AmountUnit = e.Unit
	}
	for _, e := range m.Receptions {
		hearing, ligands = append(hearing, e.Type), append(ligands, e.Ligand)
		receptions = append(receptions, receptionSignal(e))
		d.DensityUnit = e.Unit
	}
	d.Secreting = typeBoxes(s, secreting, 0)
	d.Hearing = typeBoxes(s, hearing, hearingLeft)
	inks := inksOfLigands(s.Types)
	for i, name := range s.Chemistry.ligands() {
		if slices.Contains(ligands, name) {
			d.Ligands = append(d.Ligands, newSignalBox(name, inks[i%len(inks)], name, ligandLeft))
		}
	}
	d.connect(secretions, receptions)
	return d
}

// typeBoxes are boxes of the named types, in the order of the network.
func typeBoxes(s *Simulation, names []string, left float64) []signalBox {
	styles := typeStyles(s.Types)
	place := func(name string) int {
		at := slices.IndexFunc(s.Types, func(t CellType) bool { return t.Name == name })
		if at < 0 {
			return len(s.Types)
		}
		return at
	}
	names = slices.Clone(names)
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	var boxes []signalBox
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] {
			continue
		}
		seen[name] = true
		title := name
		if at := place(name); at < len(s.Types) {
			title = typeTitle(s.Types[at])
		}
		boxes = append(boxes, newSignalBox(name, styleOf(styles, name, len(boxes)).Ink, title, left))
	}
	return boxes
}

func newSignalBox(name, ink, title string, left float64) signalBox {
	return signalBox{X: left, W: signalBoxW, Name: shortened(name, nameLetters), Ink: ink, Title: title, full: name}
}

// shortened is a text of at most n letters, the last of which says that there
// were more.
func shortened(text string, n int) string {
	letters := []rune(text)
	if len(letters) <= n {
		return text
	}
	return string(letters[:n-1]) + "…"
}

// signal is a link to be drawn: a secretion, from a type to a ligand, or a
// reception, from a ligand to a type.
type signal struct {
	From, To, Ligand string
	Strength         float64
	Dashed           bool
	Title, Effect    string
}

func secretionSignal(e Secretion) signal {
	return signal{From: e.Type, To: e.Ligand, Ligand: e.Ligand, Strength: e.Amount, Dashed: !(e.Amount > 0),
		Title: e.Type + " secretes " + e.Ligand + lead(", ", e.What) + ": " + amount(e.Amount, e.Unit)}
}

func receptionSignal(e Reception) signal {
	return signal{From: e.Ligand, To: e.Type, Ligand: e.Ligand, Strength: e.Density, Effect: e.Effect,
		Title: e.Type + " hears " + e.Ligand + ", density " + amount(e.Density, e.Unit) + lead(": ", e.Effect)}
}

// connect places the boxes, tall enough for their links, and the links.
func (d *signalDrawing) connect(secretions, receptions []signal) {
	arrange(secretions, d.Secreting, d.Ligands)
	arrange(receptions, d.Ligands, d.Hearing)
	from := func(s signal) string { return s.From }
	to := func(s signal) string { return s.To }
	out, in := tally(secretions, d.Secreting, from), tally(receptions, d.Hearing, to)
	left, right := tally(secretions, d.Ligands, to), tally(receptions, d.Ligands, from)
	both := make([]int, len(d.Ligands))
	for i := range both {
		both[i] = max(left[i], right[i])
	}
	d.stack(size(d.Secreting, out), size(d.Ligands, both), size(d.Hearing, in))
	d.Amounts = d.join(secretions, d.Secreting, d.Ligands, ports(d.Secreting, out), ports(d.Ligands, left))
	d.Densities = d.join(receptions, d.Ligands, d.Hearing, ports(d.Ligands, right), ports(d.Hearing, in))
}

// arrange puts links in an order in which those of a box do not cross near it.
func arrange(signals []signal, left, right []signalBox) {
	slices.SortStableFunc(signals, func(a, b signal) int {
		return cmp.Or(cmp.Compare(named(left, a.From), named(left, b.From)), cmp.Compare(named(right, a.To), named(right, b.To)))
	})
}

// tally counts the links of every box, of which end names theirs.
func tally(signals []signal, boxes []signalBox, end func(signal) string) []int {
	links := make([]int, len(boxes))
	for _, s := range signals {
		links[named(boxes, end(s))]++
	}
	return links
}

// named is the place of the box of a name.
func named(boxes []signalBox, name string) int {
	return slices.IndexFunc(boxes, func(b signalBox) bool { return b.full == name })
}

// size makes boxes tall enough for so many links and returns them.
func size(boxes []signalBox, links []int) []signalBox {
	for i := range boxes {
		boxes[i].H = max(signalBoxH, signalLine*float64(links[i])+10)
	}
	return boxes
}

// stack puts the boxes of each column under each other, all columns around the
// same middle, and their headings over them.
func (d *signalDrawing) stack(columns ...[]signalBox) {
	tallest := 0.0
	tall := make([]float64, len(columns))
	for i, boxes := range columns {
		for _, b := range boxes {
			tall[i] += b.H + signalGap
		}
		tall[i] = max(tall[i]-signalGap, 0)
		tallest = max(tallest, tall[i])
	}
	d.Height = signalHead + tallest + 4
	for i, boxes := range columns {
		y := signalHead + (tallest-tall[i])/2
		for j := range boxes {
			boxes[j].Y = y
			y += boxes[j].H + signalGap
		}
	}
	for _, h := range [...]signalLabel{{X: 0, Text: "secretes"}, {X: ligandLeft, Text: "ligand"}, {X: hearingLeft, Text: "hears"}, {X: effectLeft - 4, Text: "and changes"}} {
		h.Y = signalHead / 2
		d.Headings = append(d.Headings, h)
	}
}

// ports are the heights at which links meet a side of the boxes: for each box a
// row of as many as it has, to be taken one after the other.
func ports(boxes []signalBox, links []int) [][]float64 {
	all := make([][]float64, len(boxes))
	for i, b := range boxes {
		for k := range links[i] {
			all[i] = append(all[i], b.Center()+signalLine*(float64(k)-float64(links[i]-1)/2))
		}
	}
	return all
}

// take removes and returns the first of a row.
func take(row *[]float64) float64 {
	first := (*row)[0]
	*row = (*row)[1:]
	return first
}

// join draws links from the right side of boxes to the left side of others and
// returns what their widths mean, nothing where all are the same.
func (d *signalDrawing) join(signals []signal, left, right []signalBox, from, to [][]float64) []sample {
	bundles := make([]bundle, len(signals))
	var strengths extent
	for i, s := range signals {
		bundles[i].Strength = s.Strength
		strengths.addPositive(s.Strength)
	}
	w := newWidths(bundles)
	for _, s := range signals {
		start, end := named(left, s.From), named(right, s.To)
		l := signalLink{
			From: point{left[start].X + signalBoxW, take(&from[start])}, To: point{right[end].X, take(&to[end])},
			Width: w.of(s.Strength), Ink: d.Ligands[named(d.Ligands, s.Ligand)].Ink, Dashed: s.Dashed, Title: s.Title,
		}
		d.Links = append(d.Links, l)
		d.Silent = d.Silent || s.Dashed
		if s.Effect != "" {
			d.Effects = append(d.Effects, effectLabel{signalLabel{effectLeft, l.To.y, shortened(s.Effect, effectLength)}, l.Ink, s.Title})
		}
	}
	if strengths.from == strengths.to {
		return nil
	}
	return w.samples()
}

// amount is a number with its unit.
func amount(v float64, unit string) string { return short(v) + lead("\u00a0", unit) }
