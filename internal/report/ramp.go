package report

import (
	"image/color"
	"strings"
)

// ramp is a colour scale given by equally spaced stops.
type ramp []string

// ramps pairs the scale for light pages with the one for dark pages. Zero is
// the page's own colour in both, so that silence takes no ink.
type ramps struct{ light, dark ramp }

var (
	sequential = ramps{
		light: ramp{"#ffffff", "#d3e4f1", "#86b8d9", "#3984b6", "#0b4f83", "#05264a"},
		dark:  ramp{"#14181d", "#123a58", "#1b659a", "#4b9bd4", "#9fd0f3", "#ffffff"},
	}
	diverging = ramps{
		light: ramp{"#8a3b00", "#d96a1d", "#f5c3a0", "#ffffff", "#a9cde4", "#3984b6", "#0b4f83"},
		dark:  ramp{"#ffd3b5", "#e0763a", "#6e3714", "#14181d", "#184a70", "#4b9bd4", "#a5dcfb"},
	}
)

// levels is the number of colours of a scale; the level after the last is for
// values that are not finite.
const levels = 255

// missing is the colour of a value that is not finite.
const missing = "#8a8f98"

// palette has levels colours and the one for missing values.
func (r ramp) palette() color.Palette {
	p := make(color.Palette, levels+1)
	for i := range levels {
		p[i] = r.at(float64(i) / (levels - 1))
	}
	p[levels] = parseHex(missing)
	return p
}

// at is the colour at a share between 0 and 1.
func (r ramp) at(share float64) color.NRGBA {
	place := share * float64(len(r)-1)
	i := min(int(place), len(r)-2)
	a, b, t := parseHex(r[i]), parseHex(r[i+1]), place-float64(i)
	mix := func(x, y uint8) uint8 { return uint8(float64(x) + t*(float64(y)-float64(x)) + 0.5) }
	return color.NRGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: 255}
}

func (r ramp) css() string {
	return "linear-gradient(to right," + strings.Join(r, ",") + ")"
}
