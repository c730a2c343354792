package report

import "math"

// alignmentCharts are cosine (first row) and norm ratio (second row) between
// each rule's gradient and BPTT's, a column for every weight matrix.
func alignmentCharts(records []Alignment, styles map[string]style) *figure {
	matrices := matricesOf(records)
	charts := make([]*chart, 0, 2*len(matrices))
	for _, m := range matrices {
		charts = append(charts, cosineChart(records, m, styles))
	}
	for _, m := range matrices {
		charts = append(charts, normChart(records, m, styles))
	}
	var keys []key
	for _, rule := range rulesOf(records) {
		keys = append(keys, key{rule, styleOf(styles, rule, 0)})
	}
	return newFigure("alignment", "Alignment with BPTT",
		"Cosine 1: the rule points where BPTT points. Norm ratio: length of the rule's gradient over BPTT's. In a comparison there is a curve of each rule for every rule that trained, the mean over seeds.",
		len(matrices), charts...).common(keys)
}

func cosineChart(records []Alignment, matrix string, styles map[string]style) *chart {
	c := alignmentChart("cosine", matrix, "cosine (dimensionless)")
	lowest := 0.0
	for _, a := range records {
		if a.Matrix == matrix {
			c.Tables = append(c.Tables, alignmentTable(a, a.Cosine, styles))
			lowest = min(lowest, least(a.Cosine))
		}
	}
	c.Y.Linear = limits{math.Floor(10*lowest) / 10, 1.05}
	return c
}

func normChart(records []Alignment, matrix string, styles map[string]style) *chart {
	c := alignmentChart("norm-ratio", matrix, "norm ratio (dimensionless)")
	for _, a := range records {
		if a.Matrix == matrix {
			c.Tables = append(c.Tables, alignmentTable(a, a.NormRatio, styles))
		}
	}
	c.Levels = []mark{{1, "muted", ""}}
	c.Y.Log = lively(decadesOf(c))
	return c
}

func alignmentChart(id, matrix, label string) *chart {
	return &chart{ID: id + "-" + matrix, Title: matrix, Height: 200,
		X: axis{Label: iterationLabel}, Y: axis{Label: label}}
}

func alignmentTable(a Alignment, y []float64, styles map[string]style) table {
	return newTable(iterations(a.Iteration), line{Label: a.Rule, Y: y, Style: styleOf(styles, a.Rule, 0), Width: 1.75})
}

func matricesOf(records []Alignment) []string {
	return distinct(records, func(a Alignment) string { return a.Matrix })
}

func rulesOf(records []Alignment) []string {
	return distinct(records, func(a Alignment) string { return a.Rule })
}

// distinct are the different names in order of appearance.
func distinct(records []Alignment, name func(Alignment) string) []string {
	var names []string
	seen := map[string]bool{}
	for _, a := range records {
		if n := name(a); !seen[n] {
			seen[n] = true
			names = append(names, n)
		}
	}
	return names
}

// least is the smallest finite value, or 0.
func least(v []float64) float64 {
	var e extent
	for _, x := range v {
		e.add(x)
	}
	return e.from
}

// mean is the average of the finite values; not a number without any.
func mean(v []float64) float64 {
	sum, n := 0.0, 0
	for _, x := range v {
		if finite(x) {
			sum += x
			n++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n)
}
