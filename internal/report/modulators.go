package report

import "math"

// modulatorCharts are μ per type and the propagator's radius over training.
func modulatorCharts(r *Run) *figure {
	if len(r.Modulator) == 0 {
		return nil
	}
	x := make([]float64, len(r.Modulator))
	for i, m := range r.Modulator {
		x[i] = float64(m.Iteration)
	}
	return newFigure("modulator", "μ and the propagator",
		"Left: the mean activation derivative the filter assumes of each type. Right: the largest eigenvalue of the propagator Ā; credit fades with lag while it stays below 1.",
		2, muChart(r, x), radiusChart(r, x))
}

func muChart(r *Run, x []float64) *chart {
	c := &chart{ID: "mu", Title: "μ", Height: 240, X: axis{Label: iterationLabel}, Y: axis{Label: "μ (dimensionless)"}}
	styles := typeStyles(r.Types)
	var lines []line
	for k, name := range r.Modulator[0].Types {
		mu := make([]float64, len(r.Modulator))
		for i, m := range r.Modulator {
			mu[i] = math.NaN()
			if k < len(m.Mu) {
				mu[i] = m.Mu[k]
			}
		}
		lines = append(lines, line{Label: name, Y: mu, Style: styleOf(styles, name, k), Width: bold})
	}
	c.Tables = []table{newTable(x, lines...)}
	return c
}

func radiusChart(r *Run, x []float64) *chart {
	c := &chart{ID: "radius", Title: "Spectral radius", Height: 240,
		X: axis{Label: iterationLabel}, Y: axis{Label: "radius (dimensionless)"}}
	radius, bound := make([]float64, len(x)), make([]float64, len(x))
	guarded := false
	for i, m := range r.Modulator {
		radius[i], bound[i] = m.Radius, math.NaN()
		if m.Bound > 0 {
			bound[i], guarded = m.Bound, true
		}
	}
	lines := []line{{Label: "radius", Y: radius, Style: style{Ink: "green"}, Width: bold}}
	if guarded {
		lines = append(lines, line{Label: "guard", Y: bound, Style: style{Ink: "text", Dash: []float64{6, 4}}, Width: 1.5})
	}
	c.Tables = []table{newTable(x, lines...)}
	c.Levels = []mark{{1, "vermillion", "unstable above 1"}}
	return c
}
