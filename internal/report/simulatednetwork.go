package report

import (
	"fmt"
	"slices"
	"strings"
)

// simulatedNetwork is the section that shows what was simulated.
type simulatedNetwork struct {
	Drawing  *drawing
	Types    []typeRow
	Pathways []pathwayRow
	Drives   []Drive
}

// Long reports whether the table of pathways is better folded away.
func (v *simulatedNetwork) Long() bool { return len(v.Pathways) > 14 }

// pathwayRow is a line of the table of synapses.
type pathwayRow struct{ From, To, Synapses, PerCell, Weight, Unit, Delay string }

func newSimulatedNetwork(s *Simulation) *simulatedNetwork {
	if len(s.Types) == 0 {
		return nil
	}
	v := &simulatedNetwork{Drives: s.Drives}
	styles := typeStyles(s.Types)
	for _, t := range s.Types {
		v.Types = append(v.Types, typeRow{
			Name: t.Name, Count: count(t.Count), Sign: signName(t.Sign), Model: t.Model, Ink: styles[t.Name].Ink, Inhibitory: t.Sign < 0,
		})
	}
	for _, p := range s.Pathways {
		v.Pathways = append(v.Pathways, pathwayRow{p.From, p.To, count(p.Synapses), short(p.PerCell), short(p.Weight), p.Unit, short(p.DelayMS)})
	}
	v.Drawing = simulationDrawing(s)
	return v
}

// simulationDrawing has arrows as wide as a cell has synapses: weights of
// different channels do not compare.
func simulationDrawing(s *Simulation) *drawing {
	var bundles []bundle
	var boxes []box
	for _, p := range s.Pathways {
		bundles = append(bundles, bundle{p.From, p.To, p.PerCell, fmt.Sprintf("%s → %s: %s, %s per target cell, mean weight %s %s, mean delay %s ms",
			p.From, p.To, plural(p.Synapses, "synapse"), short(p.PerCell), short(p.Weight), p.Unit, short(p.DelayMS))})
	}
	if len(s.Drives) > 0 {
		boxes = []box{{Name: inputName, Sub: plural(len(s.Drives), "drive")}}
		for _, t := range s.Types {
			if what := drivesOf(s, t.Name); what != "" {
				bundles = append(bundles, bundle{From: inputName, To: t.Name, Title: "input → " + t.Name + ": " + what})
			}
		}
	}
	return newDrawing(s.Types, bundles, boxes...)
}

// drivesOf says what a type receives for itself.
func drivesOf(s *Simulation, name string) string {
	var found []string
	for _, d := range s.Drives {
		if slices.Contains(d.To, name) {
			found = append(found, d.What)
		}
	}
	return strings.Join(found, "; ")
}

// Targets are the types a drive reaches.
func (d Drive) Targets() string { return strings.Join(d.To, ", ") }
