package report

import "fmt"

// groupBar is a group of rows as the page shows it, in per cent of the height.
type groupBar struct {
	Name, Count, Ink string
	Top, Height      float64
}

// Room is the style class of a group too low for both lines of its label, or for either.
func (b groupBar) Room() string {
	switch {
	case b.Height < 4:
		return " thin"
	case b.Height < 11:
		return " slim"
	}
	return ""
}

// tickAt is a tick of an axis made of HTML, in per cent of its length.
type tickAt struct {
	Left  float64
	Label string
}

// paint makes the inline pictures of a trial's heat maps.
func (v *trialView) paint() (err error) {
	for _, h := range [...]*heat{v.InputMap, v.Activity} {
		if h == nil {
			continue
		}
		colours := h.Scale.ramps()
		if h.twin, err = newTwin(h.Raster.image(colours.light.palette()), h.Raster.image(colours.dark.palette())); err != nil {
			return err
		}
	}
	return nil
}

// Bars are the groups beside the map.
func (h *heat) Bars() []groupBar {
	bars := make([]groupBar, len(h.Groups))
	for i, g := range h.Groups {
		unit := 100 / float64(h.Count)
		bars[i] = groupBar{g.Name, fmt.Sprint(g.Rows), g.Style.Ink, float64(g.From) * unit, float64(g.Rows) * unit}
	}
	return bars
}

// Ticks are those of the time axis.
func (h *heat) Ticks() []tickAt {
	var at []tickAt
	for _, v := range ticks(0, h.EndMS, 5) {
		at = append(at, tickAt{100 * v / h.EndMS, plain(v)})
	}
	return at
}

// Lines are the borders of epochs.
func (h *heat) Lines() []tickAt {
	var at []tickAt
	for _, v := range h.Borders {
		at = append(at, tickAt{100 * v / h.EndMS, plain(v)})
	}
	return at
}

// Hollow reports whether there is nothing to draw.
func (c *chart) Hollow() bool { return c.empty() }
