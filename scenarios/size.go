package scenarios

import (
	"fmt"
	"math"

	"github.com/dustin/go-humanize"

	"paracrine/learning"
)

// Size is what a scenario needs.
type Size struct {
	Cells, Steps int
	Synapses     float64 // at most; a float64 because it need not fit an int
	parts        []part
}

// part is memory that has one cause, and what would make it smaller.
type part struct {
	of      string
	numbers float64 // float64 each
	each    bool    // every worker has its own
	at      path
	given   string // the value there; empty for what the file has
	remedy  string
}

// The copies of every weight that a run holds beside gradients: itself and its
// transpose, the optimiser's two moments and what the update sums up; all of
// these again for the network before learning, which the page shows; and one
// while eigenvalues are computed.
const copiesOfWeights = 11

// Size counts what a run with the scenario's rule needs, without allocating any
// of it.
func (s *Scenario) Size() Size {
	if s.Continuous() {
		return s.sparseSize()
	}
	cells, inputs, outputs := s.cellCount(), s.Task.Inputs(), s.Task.Outputs()
	steps, batch := s.Task.Steps(s.Network.Step), s.Training.Batch
	drawn, largest := batch, path{"training", "batch"}
	if s.Training.Validation.Batch > batch {
		drawn, largest = s.Training.Validation.Batch, path{"training", "validation", "batch"}
	}
	n, m, k := float64(cells), float64(inputs), float64(outputs)
	size := Size{Cells: cells, Steps: steps, Synapses: n * (m + n + k)}
	online := s.Learning.updatesWithin()
	tile := min(tileTrials, batch)
	record := part{of: "trials under way", each: true, at: path{"task"}, remedy: "a shorter trial, or a longer network.step"}
	if online {
		tile = batch
		record.at, record.remedy = path{"training", "batch"}, "a smaller batch"
	}
	record.numbers = float64(tile) * float64(steps) * (n + m + 2*k)
	if s.Network.spiking() {
		record.numbers += float64(tile) * float64(steps) * n // ψ
	}
	tiles := float64((batch + tile - 1) / tile)
	size.parts = []part{
		s.weightsPart(copiesOfWeights * size.Synapses),
		{of: "gradients", numbers: tiles * size.Synapses, at: path{"training", "batch"}, remedy: "a smaller batch"},
		record,
		{of: "trials of a batch", numbers: float64(drawn) * float64(steps) * (m + k), at: largest, remedy: "a smaller batch"},
	}
	shape := learning.Shape{Inputs: inputs, Cells: cells, Outputs: outputs, Types: len(s.Network.Cells),
		Steps: steps, Trials: tile, Filtered: s.Network.Readout.Filter > 0, Online: online, Spiking: s.Network.spiking(), Adapts: s.Network.adapts()}
	size.addRule(s.Learning.Rule, shape, path{"learning", "rule"})
	if s.Learning.Alignment.Every > 0 {
		shape.Online, shape.Trials = false, min(tileTrials, batch)
		for i, spec := range s.Learning.Alignment.Rules {
			size.addRule(spec, shape, path{"learning", "alignment", "rules"}.item(i))
		}
	}
	return size
}

// Numbers that a continuous run keeps beside those of the rule: of every synapse its
// weight and target, and both again, with the channel, while synapses are drawn; of
// every cell its parameters, state and currents; and of every channel, in each share,
// where its synapses are and how far they are.
const (
	ofSynapse = 1.5 + 2
	ofCell    = 20
	ofChannel = 3 * mostShares
)

// sparseSize counts what a continuous run needs.
func (s *Scenario) sparseSize() Size {
	cells, inputs, outputs := s.cellCount(), s.Task.Inputs(), s.Task.Outputs()
	n, m, k, steps := float64(cells), float64(inputs), float64(outputs), s.Task.Steps(s.Network.Step)
	plastic, most := s.plasticSynapses()
	size := Size{Cells: cells, Steps: steps, Synapses: plastic + n*k}
	remembered, history := 0.0, 0.0
	if rule, err := s.Learning.Rule.Parse(); err == nil {
		remembered, history = rule.SparseNumbers(learning.Shape{Cells: cells, Outputs: outputs, Types: len(s.Network.Cells), Adapts: s.Network.adapts()})
	}
	size.parts = []part{
		{of: "synapses and their traces", numbers: plastic * (ofSynapse + remembered),
			at: path{"network", "projections"}.item(most).at("connection"), given: "its synapses", remedy: "fewer synapses"},
		{of: "cells and their history", numbers: history + n*(ofCell+4*k) + (n+m)*ofChannel,
			at: path{"network", "cells"}.item(0).at("count"), remedy: "fewer cells"},
		{of: "the present trial", numbers: float64(steps) * (m + k), at: path{"task"}, remedy: "a shorter trial, or a longer network.step"},
	}
	return size
}

// plasticSynapses is about how many synapses onto cells there are, and which
// projection has the most.
func (s *Scenario) plasticSynapses() (sum float64, most int) {
	largest := 0.0
	for i, p := range s.Network.Projections {
		if p.To == toReadout {
			continue
		}
		e := s.ends(p)
		count := p.Connection.share() * float64(e.pairs(p.Connection.Autapses))
		switch p.Connection.Rule {
		case "fixed-in-degree":
			count = float64(min(p.Connection.InDegree, e.sources()) * (e.post[1] - e.post[0]))
		case "fixed-total":
			count = min(count, float64(p.Connection.Synapses))
		}
		sum += count
		if count > largest {
			largest, most = count, i
		}
	}
	return sum, most
}

// share is the part of all pairs that have a synapse; 1 where their number is given.
// Of local connections it is their probability, taken over the plane.
func (c Connection) share() float64 {
	switch c.Rule {
	case "bernoulli":
		return c.Probability
	case "local":
		return min(1, 4*math.Pi*math.Ln2*c.Sigma)
	}
	return 1
}

// addRule counts what a rule keeps; a rule that cannot be read is refused elsewhere.
func (s *Size) addRule(spec RuleSpec, shape learning.Shape, at path) {
	if rule, err := spec.Parse(); err == nil {
		s.parts = append(s.parts, part{of: "the rule's traces", numbers: rule.Numbers(shape), each: true,
			at: at, given: quote(spec.String()), remedy: "another rule or route"})
	}
}

// weightsPart blames the cell type with the most cells, or the inputs where
// there are more of them.
func (s *Scenario) weightsPart(numbers float64) part {
	largest := 0
	for i, c := range s.Network.Cells {
		if c.Count > s.Network.Cells[largest].Count {
			largest = i
		}
	}
	if s.Task.Inputs() > s.cellCount() {
		return part{of: "weights", numbers: numbers, at: path{"task"}, remedy: "fewer inputs"}
	}
	return part{of: "weights", numbers: numbers, at: path{"network", "cells"}.item(largest).at("count"), remedy: "fewer cells"}
}

func (p part) bytes(workers int) float64 {
	if p.each {
		return 8 * p.numbers * float64(workers)
	}
	return 8 * p.numbers
}

// live is what a run with a number of workers holds.
func (s Size) live(workers int) float64 {
	sum := 0.0
	for _, p := range s.parts {
		sum += p.bytes(workers)
	}
	return sum
}

// What a run takes beside what it holds: the program itself and its runtime, and
// the schema and pages it keeps (measured: resident memory of runs of ten cells);
// and that the heap grows to this many times what is live before garbage is
// collected (GOGC=100).
const (
	programBytes = 30e6
	schemaBytes  = 10e6
	heapGrowth   = 2
)

// Bytes is about the most memory that a run with a number of workers takes.
func (s Size) Bytes(workers int) float64 { return s.bytesOf(1, workers) }

// bytesOf is about the most memory of some runs at a time.
func (s Size) bytesOf(runs, workers int) float64 {
	return programBytes + heapGrowth*(schemaBytes+float64(runs)*s.live(workers))
}

// worst is the first part that does not fit into so many bytes by itself, whatever
// the others are; where each would fit, the one that needs the most.
func (s Size) worst(have float64, workers int) part {
	most := s.parts[0]
	for _, p := range s.parts {
		if p.bytes(workers) > have {
			return p
		}
		if p.bytes(workers) > most.bytes(workers) {
			most = p
		}
	}
	return most
}

// CheckMemory refuses, before anything is allocated, what does not fit into so
// many bytes: a number of runs at a time, each with its workers. The error
// names the key that asks for the most, and is a FileErrors.
func (s *Scenario) CheckMemory(have float64, runs, workers int) error {
	size := s.Size()
	need := size.bytesOf(runs, workers)
	if need <= have {
		return nil
	}
	worst := size.worst(have/float64(runs), workers)
	if worst.given == "" {
		worst.given = s.origin.given(worst.at)
	}
	given := because(worst.given, fmt.Sprintf("%s need %s of memory, the run %s%s", worst.of,
		Bytes(float64(runs)*worst.bytes(workers)), Bytes(need), atATime(runs, workers)))
	remedy := worst.remedy
	if runs*workers > 1 && size.Bytes(1) <= have {
		remedy += ", or fewer --workers"
	}
	return s.origin.report([]fault{{at: worst.at, given: given,
		allowed: fmt.Sprintf("what fits the %s of this machine: %s", Bytes(have), remedy)}})
}

// Bytes writes a number of bytes with its unit.
func Bytes(x float64) string { return humanize.SIWithDigits(x, 1, "B") }

func atATime(runs, workers int) string {
	switch {
	case runs > 1:
		return fmt.Sprintf(" for %d runs at a time", runs)
	case workers > 1:
		return fmt.Sprintf(" with %d workers", workers)
	}
	return ""
}

// given is the value at a path as an error repeats it.
func (d *document) given(at path) string {
	node := d.value(at)
	if name := child(node, "name"); name != nil {
		return quote(name.Value)
	}
	return shown(node)
}
