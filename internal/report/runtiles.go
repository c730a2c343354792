package report

import (
	"fmt"
	"math"
)

// runTiles are the key figures of a run.
func runTiles(r *Run) []tile {
	tiles := []tile{lossTile(r)}
	if r.HasClasses {
		tiles = append(tiles, accuracyTile(r))
	}
	if t, ok := expectationTile(r.Expect); ok {
		tiles = append(tiles, t)
	}
	note := fmt.Sprintf("batches of %s trials of %s\u00a0ms", count(r.Batch), short(r.TrialMS))
	if r.Continuous {
		note = fmt.Sprintf("trials of %s\u00a0ms, without a break", short(r.TrialMS))
	}
	tiles = append(tiles, tile{Label: "Iterations", Value: count(r.Iterations), Note: note})
	if r.WallSeconds > 0 {
		tiles = append(tiles, tile{Label: "Wall time", Value: duration(r.WallSeconds), Note: short(r.PerSecond) + " iterations per second"})
	}
	return tiles
}

func lossTile(r *Run) tile {
	kind, losses := "validation", r.Validation.Loss
	if len(losses) == 0 {
		kind, losses = "training", r.Train.Loss
	}
	first, last := ends(losses)
	t := tile{Label: fmt.Sprintf("Final %s loss", kind), Value: measured(last)}
	switch {
	case len(losses) == 0:
		t.Value = "–"
	case !finite(last):
		t.Value, t.Ink = notFinite, "vermillion"
	default:
		t.Note = "from " + measured(first) + " at the start"
	}
	return t
}

func accuracyTile(r *Run) tile {
	accuracies := r.Validation.Accuracy
	if len(accuracies) == 0 {
		accuracies = r.Train.Accuracy
	}
	if len(accuracies) == 0 {
		return tile{Label: "Final accuracy", Value: "–"}
	}
	first, last := ends(accuracies)
	return tile{Label: "Final accuracy", Value: percent(last), Note: "from " + percent(first) + " at the start"}
}

func expectationTile(bands []Band) (tile, bool) {
	met := 0
	for _, b := range bands {
		if b.Met {
			met++
		}
	}
	t := tile{Label: "Expectation"}
	switch {
	case len(bands) == 0:
		return tile{}, false
	case met == len(bands):
		t.Value, t.Ink = "met ✓", "green"
	case met == 0:
		t.Value, t.Ink = "not met ✕", "vermillion"
	default:
		t.Value, t.Ink = fmt.Sprintf("%d of %d met", met, len(bands)), "vermillion"
	}
	t.Note = bands[0].Metric + " " + interval(bands[0].From, bands[0].To)
	return t, true
}

// ends are the first and the last value; not a number without any.
func ends(v []float64) (first, last float64) {
	if len(v) == 0 {
		return math.NaN(), math.NaN()
	}
	return v[0], v[len(v)-1]
}

// batchFact says how trials go by.
func batchFact(continuous bool, batch int) Fact {
	if continuous {
		return Fact{"trials", "one after the other without a break", ""}
	}
	return Fact{"batch", count(batch), "trials"}
}

// runFacts are the rows of the summary.
func runFacts(r *Run) []Fact {
	cells, synapses := 0, 0
	for _, t := range r.Types {
		cells += t.Count
	}
	for _, p := range r.Projections {
		synapses += p.Synapses
	}
	_, loss := ends(r.Validation.Loss)
	facts := []Fact{
		{"scenario", r.Name, ""},
		{"rule", r.Rule, ""},
		{"seed", fmt.Sprint(r.Seed), ""},
		{"status", r.Status, ""},
		{"cells", count(cells), "cells"},
		{"synapses", count(synapses), "synapses"},
		{"integration step", short(r.StepMS), "ms"},
		{"trial", short(r.TrialMS), "ms"},
		batchFact(r.Continuous, r.Batch),
		{"iterations", count(r.Iterations) + ofPlanned(r), ""},
		{"wall time", short(r.WallSeconds), "s"},
		{"speed", short(r.PerSecond), "iterations/s"},
	}
	if len(r.Validation.Loss) > 0 {
		facts = append(facts, Fact{"final validation loss", measured(loss), r.LossName})
	}
	if r.HasClasses && len(r.Validation.Accuracy) > 0 {
		_, accuracy := ends(r.Validation.Accuracy)
		facts = append(facts, Fact{"final validation accuracy", percent(accuracy), ""})
	}
	facts = append(facts, r.Facts...)
	return append(facts, Fact{"program", r.Version, ""})
}
