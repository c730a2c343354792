package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// maxPanels bounds the type pairs drawn.
const maxPanels = 16

// filterTaps is F over lag, a chart for every pair of types and a line for a
// few iterations.
func filterTaps(r *Run) *figure {
	kept := spaced(r.Taps, len(ages))
	if len(kept) == 0 {
		return nil
	}
	types := kept[len(kept)-1].Types
	pairs := strongestPairs(kept, len(types))
	last := lastLag(kept)
	charts := make([]*chart, len(pairs))
	for i, p := range pairs {
		charts[i] = tapChart(r, kept, types, p, last)
	}
	columns := len(types)
	if len(pairs) < len(types)*len(types) || columns > 4 {
		columns = 4
	}
	f := newFigure("filter-taps", "Filter taps", tapNote(len(pairs), len(types)), columns, charts...)
	if f == nil {
		return nil
	}
	shared(f.Charts)
	var keys []key
	for i, t := range kept {
		keys = append(keys, key{"iteration " + count(t.Iteration), tapStyle(i, len(kept))})
	}
	return f.common(keys)
}

func tapNote(shown, types int) string {
	note := "F at lag s weighs what the rule credits to a cell of the right-hand type for an error that the left-hand type meets s steps later. All panels share their axes."
	if shown < types*types {
		note += fmt.Sprintf(" The %d strongest of %d pairs.", shown, types*types)
	}
	return note
}

type pair struct{ post, pre int }

// strongestPairs are all pairs in matrix order or, where they are too many,
// those with the largest taps.
func strongestPairs(taps []Taps, types int) []pair {
	var pairs []pair
	for post := range types {
		for pre := range types {
			pairs = append(pairs, pair{post, pre})
		}
	}
	return strongest(pairs, func(p pair) float64 {
		top := 0.0
		for _, t := range taps {
			top = max(top, strength(series(t, p)))
		}
		return top
	})
}

// strongest are all of a list in its order or, where they are too many panels, the
// strongest of them in falling order.
func strongest[T any](all []T, of func(T) float64) []T {
	if len(all) <= maxPanels {
		return all
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b T) int { return cmp.Compare(of(b), of(a)) })
	return sorted[:maxPanels]
}

// strength is the largest absolute value among those that are finite.
func strength(values []float64) float64 {
	top := 0.0
	for _, v := range values {
		if finite(v) {
			top = max(top, math.Abs(v))
		}
	}
	return top
}

// series is F of one pair; nil where it was not recorded.
func series(t Taps, p pair) []float64 {
	if p.post >= len(t.F) || p.pre >= len(t.F[p.post]) {
		return nil
	}
	return t.F[p.post][p.pre]
}

func tapChart(r *Run, taps []Taps, types []string, p pair, last int) *chart {
	c := &chart{
		ID:    fmt.Sprintf("taps-%d-%d", p.post, p.pre),
		Title: types[p.post] + " ← " + types[p.pre], Height: 190,
		X: axis{Label: "lag (ms)", Linear: limits{0, float64(last) * stepMS(r)}},
		Y: axis{Label: "F (dimensionless)"},
	}
	for i, t := range taps {
		f := series(t, p)
		f = f[:min(len(f), last)]
		lag := times(len(f), stepMS(r))
		for k := range lag {
			lag[k] += stepMS(r)
		}
		c.Tables = append(c.Tables, newTable(lag, line{
			Label: "iteration " + count(t.Iteration), Y: f, Style: tapStyle(i, len(taps)), Width: 1.75}))
	}
	return c
}

// tapStyle grows stronger with training.
func tapStyle(i, n int) style {
	if n == 1 {
		return style{Ink: ages[len(ages)-2]}
	}
	return style{Ink: ages[i*(len(ages)-1)/(n-1)]}
}

// lastLag is the lag after which no tap reaches a thousandth of the largest.
func lastLag(taps []Taps) int {
	top, last := 0.0, 1
	each := func(visit func(s int, f float64)) {
		for _, t := range taps {
			for _, row := range t.F {
				for _, f := range row {
					for s, v := range f {
						if finite(v) {
							visit(s, math.Abs(v))
						}
					}
				}
			}
		}
	}
	each(func(_ int, f float64) { top = max(top, f) })
	each(func(s int, f float64) {
		if f >= top/1000 {
			last = max(last, s+1)
		}
	})
	return last
}

// spaced picks at most n records, the first and the last among them.
func spaced(all []Taps, n int) []Taps {
	if len(all) <= n {
		return all
	}
	picked := make([]Taps, n)
	for i := range picked {
		picked[i] = all[i*(len(all)-1)/(n-1)]
	}
	return picked
}
