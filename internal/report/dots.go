package report

import "math"

// dots is the strip plot of the seeds' final losses: a row for every rule, a
// dot for every seed, on a logarithmic axis where the losses want one.
type dots struct {
	Label  string // of the loss axis
	Axis   limits
	Log    bool
	Solved float64 // place of the threshold, not a number without one
	Rows   []dotRow
	Lost   bool // some run diverged: the plot has a column for them
}

// dotRow is one rule.
type dotRow struct {
	Rule  string
	Style style
	Mean  float64
	Dots  []dot
	Lost  []dot // diverged, in place of a loss
}

// dot is one seed.
type dot struct {
	Seed    uint64
	Loss    float64
	Offset  float64 // across the row, −1 to 1, so that equal losses stay apart
	Message string
}

// newDots lays out the final losses; nil without any seed.
func newDots(c *Comparison, styles map[string]style) *dots {
	d := &dots{Label: "final " + lossLabel(c.LossName), Solved: math.NaN()}
	if c.SolvedBelow > 0 && finite(c.SolvedBelow) {
		d.Solved = c.SolvedBelow
	}
	var all, positive extent
	all.add(d.Solved)
	positive.addPositive(d.Solved)
	least, seeds := math.Inf(1), 0
	for _, r := range c.Rules {
		row := newDotRow(r, styles[r.Rule])
		for _, p := range row.Dots {
			all.add(p.Loss)
			positive.addPositive(p.Loss)
			least = min(least, p.Loss)
		}
		seeds += len(r.Seeds)
		d.Lost = d.Lost || len(row.Lost) > 0
		d.Rows = append(d.Rows, row)
	}
	if seeds == 0 {
		return nil
	}
	d.Axis = all.padded()
	if decades := positive.decades(); least > 0 && lively(decades) {
		d.Axis, d.Log = decades, true
	}
	return d
}

func newDotRow(r RuleResult, s style) dotRow {
	row := dotRow{Rule: r.Rule, Style: s, Mean: r.Table.LossMean}
	for i, seed := range r.Seeds {
		p := dot{Seed: seed.Seed, Loss: seed.FinalLoss, Message: seed.Message, Offset: offset(i, len(r.Seeds))}
		if seed.Diverged || !finite(seed.FinalLoss) {
			row.Lost = append(row.Lost, p)
		} else {
			row.Dots = append(row.Dots, p)
		}
	}
	return row
}

// offset spreads n dots evenly across a row.
func offset(i, n int) float64 {
	if n < 2 {
		return 0
	}
	return 2*float64(i)/float64(n-1) - 1
}

// share is the place of a value along the axis, 0 to 1.
func (d *dots) share(v float64) float64 {
	a, b := d.Axis.From, d.Axis.To
	if d.Log {
		if v <= 0 {
			return 0
		}
		v, a, b = math.Log(v), math.Log(a), math.Log(b)
	}
	return min(max((v-a)/(b-a), 0), 1)
}

func (d *dots) ticks() []float64 {
	if d.Log {
		return decadeTicks(d.Axis.From, d.Axis.To)
	}
	return ticks(d.Axis.From, d.Axis.To, 5)
}
