package report

import (
	"fmt"
	"html/template"
	"image/color"
	"strings"
)

// ink is a colour by name, with a value for light and one for dark pages.
type ink struct{ Name, Light, Dark string }

// inks are the page's neutrals and the colours of Okabe & Ito (2008), which
// stay apart under the common colour-vision deficiencies; the dark values are
// lightened to keep their contrast. Age grows from faint to strong.
var inks = []ink{
	{"text", "#171a1f", "#e8ebf0"},
	{"muted", "#5d6673", "#98a2b1"},
	{"line", "#e2e5ea", "#2a2f38"},
	{"paper", "#ffffff", "#0f1216"},
	{"shade", "#f5f6f8", "#171b21"},
	{"blue", "#0072b2", "#4aa8e8"},
	{"vermillion", "#d55e00", "#ff7f3f"},
	{"green", "#009e73", "#2fc99b"},
	{"purple", "#b8588f", "#e39ac5"},
	{"orange", "#e69f00", "#f2b632"},
	{"sky", "#56b4e9", "#a5dcfb"},
	{"age0", "#9ecae9", "#28506f"},
	{"age1", "#62a5d3", "#3273a3"},
	{"age2", "#2b7bb4", "#4a9bd6"},
	{"age3", "#0f558c", "#84c0ec"},
	{"age4", "#08335c", "#d3eaff"},
}

// cycle are the inks of curves, in the order in which they are given out.
var cycle = []string{"blue", "vermillion", "green", "purple", "orange", "sky"}

// Inks of a trial's channels: apart from each other, and from the warm and cold
// ones of cell types.
var (
	inputInks  = []string{"sky", "orange", "text", "muted"}
	outputInks = []string{"green", "purple", "orange", "sky"}
)

// ligandInks are those of ligands, to be given out in this order but for those of
// cell types.
var ligandInks = []string{"green", "purple", "orange", "text", "sky", "vermillion", "blue"}

// ages are the inks of one curve at successive iterations.
var ages = []string{"age0", "age1", "age2", "age3", "age4"}

// dashes tell curves apart once the cycle has come round.
var dashes = [][]float64{nil, {6, 4}, {2, 3}, {9, 3, 2, 3}}

// style is how one rule or cell type looks everywhere.
type style struct {
	Ink  string    `json:"ink"`
	Dash []float64 `json:"dash,omitempty"`
}

// ruleStyles gives BPTT the colour of the text, as the reference, and every
// other rule the next ink.
func ruleStyles(rules []string) map[string]style {
	styles := make(map[string]style, len(rules))
	next := 0
	for _, rule := range rules {
		if _, known := styles[rule]; known {
			continue
		}
		if rule == "bptt" {
			styles[rule] = style{Ink: "text"}
			continue
		}
		styles[rule] = cycled(next)
		next++
	}
	return styles
}

// cycled is the i-th style of the cycle of curves.
func cycled(i int) style { return from(cycle, i) }

// from is the i-th style of a cycle, dashed when it has come round.
func from(cycle []string, i int) style {
	return style{Ink: cycle[i%len(cycle)], Dash: dashes[i/len(cycle)%len(dashes)]}
}

// typeStyles keeps warm inks for excitatory types, cold ones for inhibitory
// types and green for mixed ones.
func typeStyles(types []CellType) map[string]style {
	families := map[int][]string{
		+1: {"vermillion", "orange", "purple"},
		-1: {"blue", "sky"},
		0:  {"green", "purple"},
	}
	used := map[int]int{}
	styles := make(map[string]style, len(types))
	for _, t := range types {
		sign := signum(t.Sign)
		family := families[sign]
		n := used[sign]
		styles[t.Name] = from(family, n)
		used[sign]++
	}
	return styles
}

// inksOfLigands are the inks of ligands, last those that cell types have.
func inksOfLigands(types []CellType) []string {
	var free, taken []string
	styles := typeStyles(types)
	for _, ink := range ligandInks {
		used := false
		for _, t := range types {
			used = used || styles[t.Name].Ink == ink
		}
		if used {
			taken = append(taken, ink)
		} else {
			free = append(free, ink)
		}
	}
	return append(free, taken...)
}

// styleOf is the style of name, or that of its place when it has none of its own.
func styleOf(styles map[string]style, name string, place int) style {
	if s, ok := styles[name]; ok {
		return s
	}
	return cycled(place)
}

func signum(n int) int {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
	}
	return 0
}

// lightInk is the colour of an ink on white, where plots in files are drawn.
func lightInk(name string) color.NRGBA {
	for _, k := range inks {
		if k.Name == name {
			return parseHex(k.Light)
		}
	}
	return color.NRGBA{A: 255}
}

// darkInk is the colour of an ink on dark pages.
func darkInk(name string) color.NRGBA {
	for _, k := range inks {
		if k.Name == name {
			return parseHex(k.Dark)
		}
	}
	return color.NRGBA{R: 255, G: 255, B: 255, A: 255}
}

func parseHex(s string) color.NRGBA {
	c := color.NRGBA{A: 255}
	// The strings are this package's own; a wrong one shows as black.
	_, _ = fmt.Sscanf(s, "#%02x%02x%02x", &c.R, &c.G, &c.B)
	return c
}

func fade(c color.NRGBA, alpha float64) color.NRGBA {
	c.A = uint8(255*alpha + 0.5)
	return c
}

// colours is the style sheet that defines every ink and ramp as a variable.
func colours() template.CSS {
	var b strings.Builder
	b.WriteString(":root{")
	for _, k := range inks {
		fmt.Fprintf(&b, "--%s:%s;", k.Name, k.Light)
	}
	fmt.Fprintf(&b, "--missing:%s;--ramp:%s;--ramp-signed:%s}\n", missing, sequential.light.css(), diverging.light.css())
	b.WriteString("@media (prefers-color-scheme:dark){:root:not([data-theme=light]){")
	for _, k := range inks {
		fmt.Fprintf(&b, "--%s:%s;", k.Name, k.Dark)
	}
	fmt.Fprintf(&b, "--ramp:%s;--ramp-signed:%s}}\n", sequential.dark.css(), diverging.dark.css())
	for _, k := range inks {
		fmt.Fprintf(&b, ".ink-%s{--c:var(--%s)}", k.Name, k.Name)
	}
	return template.CSS(b.String())
}
