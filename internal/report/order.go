package report

import "slices"

// group is a run of neighbouring rows of the heat map that are of one type.
type group struct {
	Name  string
	Style style
	From  int // first row
	Rows  int
}

// label is the name with the number of cells.
func (g group) label() string {
	if g.Name == "" {
		return count(g.Rows)
	}
	return g.Name + " " + count(g.Rows)
}

// groupRows lays the cell types over n rows; cells beyond the declared types
// form a last, nameless group.
func groupRows(types []CellType, n int) []group {
	styles := typeStyles(types)
	var groups []group
	at := 0
	for _, t := range types {
		rows := min(max(t.Count, 0), n-at)
		if rows <= 0 {
			continue
		}
		groups = append(groups, group{t.Name, styles[t.Name], at, rows})
		at += rows
	}
	if at < n {
		groups = append(groups, group{"", style{Ink: "muted"}, at, n - at})
	}
	return groups
}

// byPeak orders the cells of each group by the time of their largest activity,
// so that a sequence over the trial shows as a diagonal.
func byPeak(groups []group, activity [][]float64) []int {
	order := make([]int, len(activity))
	peaks := make([]int, len(activity))
	for i, z := range activity {
		order[i], peaks[i] = i, peak(z)
	}
	for _, g := range groups {
		slices.SortStableFunc(order[g.From:g.From+g.Rows], func(a, b int) int { return peaks[a] - peaks[b] })
	}
	return order
}

// peak is the index of the largest finite value, and past the end for a cell
// that is never active.
func peak(z []float64) int {
	at, top := len(z), 0.0
	for i, v := range z {
		if finite(v) && v > top {
			at, top = i, v
		}
	}
	return at
}
