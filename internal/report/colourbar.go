package report

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// bar is the colour bar of maps.
type bar struct {
	Value string // what the colour means, with its unit
	Scale scale
}

func (b bar) plot() *plot.Plot {
	p := newPlot("", axis{Label: b.Value, Linear: limits{0, 1}}, axis{Linear: limits{0, 1}})
	level := make([]uint8, levels)
	for i := range level {
		level[i] = uint8(i)
	}
	strip := raster{columns: levels, rows: 1, level: level}
	p.Add(plotter.NewImage(strip.image(b.Scale.ramps().light.palette()), 0, 0, 1, 1))
	p.HideY()
	var at []plot.Tick
	for _, m := range b.Scale.marks() {
		at = append(at, plot.Tick{Value: m.Left / 100, Label: m.Label})
	}
	p.X.Tick.Marker = plot.ConstantTicks(at)
	return p
}

func (b bar) keys() []key { return nil }

// Marks are the ticks of the colour bar.
func (b bar) Marks() []tickAt { return b.Scale.marks() }

// marks are the ticks of a colour bar: its ends, and round values between them.
func (s scale) marks() []tickAt {
	at := []tickAt{{0, s.Bottom()}, {100, s.Top()}}
	between := ticks(s.From, s.To, 4)
	if s.Log {
		between = powersOfTen(s.From, s.To)
	}
	const air = 0.15 // keeps them clear of the labels at the ends
	for _, v := range between {
		if share := s.share(v); share > air && share < 1-air {
			at = append(at, tickAt{100 * share, plain(v)})
		}
	}
	return at
}
