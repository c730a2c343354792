package report

import (
	"fmt"

	"gonum.org/v1/plot/vg"
)

// dotsView is the strip plot as HTML: places in per cent.
type dotsView struct {
	dots  *dots
	Label string
	Lost  bool
	Rows  []dotsRow
}

type dotsRow struct {
	Rule  string
	Style style
	Mean  *dotMark // nil where it is not finite
	Dots  []dotMark
	Lost  []dotMark
}

type dotMark struct {
	Left, Top float64
	Title     string
}

func newDotsView(d *dots) *dotsView {
	v := &dotsView{dots: d, Label: d.Label, Lost: d.Lost}
	for _, r := range d.Rows {
		row := dotsRow{Rule: r.Rule, Style: r.Style}
		if finite(r.Mean) {
			row.Mean = &dotMark{Left: 100 * d.share(r.Mean), Title: "mean " + short(r.Mean)}
		}
		for _, p := range r.Dots {
			row.Dots = append(row.Dots, dotMark{100 * d.share(p.Loss), 50 + 24*p.Offset, fmt.Sprintf("seed %d: %s", p.Seed, short(p.Loss))})
		}
		for _, p := range r.Lost {
			row.Lost = append(row.Lost, dotMark{Title: fmt.Sprintf("seed %d diverged: %s", p.Seed, p.Message)})
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

func (v *dotsView) ticks() []tickAt {
	var at []tickAt
	for _, x := range v.dots.ticks() {
		at = append(at, tickAt{100 * v.dots.share(x), plain(x)})
	}
	return at
}

func dotsSheet(d *dots) sheet {
	return sheet{name: "final-loss", columns: 1, panels: []panel{d},
		width: 6.5 * vg.Inch, height: vg.Points(60 + 34*float64(len(d.Rows)))}
}
