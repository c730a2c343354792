package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// extent is what a projection connects, in numbers of cell types. Of an input
// projection sources is nil, of a readout projection targets.
type extent struct {
	kind             string // input, cells, readout
	sources, targets []int
}

// types are the numbers of the types that a name in a projection stands for.
func (n *Network) types(name string) []int {
	var numbers []int
	for i, cell := range n.Cells {
		if name == allCells || name == cell.Name {
			numbers = append(numbers, i)
		}
	}
	return numbers
}

// extent resolves a projection's names.
func (n *Network) extent(p Projection) extent {
	switch {
	case p.From == fromInput:
		return extent{kind: fromInput, targets: n.types(p.To)}
	case p.To == toReadout:
		return extent{kind: toReadout, sources: n.types(p.From)}
	}
	return extent{kind: allCells, sources: n.types(p.From), targets: n.types(p.To)}
}

// overlaps says whether two projections would make the same synapse.
func (b extent) overlaps(other extent) bool {
	share := func(x, y []int) bool {
		return slices.ContainsFunc(x, func(i int) bool { return slices.Contains(y, i) })
	}
	return b.kind == other.kind &&
		(b.kind == fromInput || share(b.sources, other.sources)) &&
		(b.kind == toReadout || share(b.targets, other.targets))
}

// checkProjections refuses projections that lead nowhere, overlap, or ask for
// more sources than there are.
func (n *Network) checkProjections(c *checker, inputs, outputs int) {
	projections := path{"network", "projections"}
	var extents []extent
	allKnown := true
	if n.InhibitoryInputs > inputs {
		c.refuse(path{"network", "inhibitory-inputs"}, fmt.Sprint(n.InhibitoryInputs), fmt.Sprintf("at most the %d inputs of the task", inputs))
	}
	for i, p := range n.Projections {
		at := projections.item(i)
		if !n.checkEnds(c, at, p) {
			allKnown = false
			extents = append(extents, extent{})
			continue
		}
		b := n.extent(p)
		for j, earlier := range extents {
			if b.overlaps(earlier) {
				c.refuse(at, fmt.Sprintf("%s → %s", p.From, p.To), fmt.Sprintf(
					"connections that projection %d (%s → %s) does not make already", j, n.Projections[j].From, n.Projections[j].To))
				break
			}
		}
		n.checkConnection(c, at.at("connection"), p.Connection, b, inputs, outputs)
		n.checkWeights(c, at, p, b, inputs, outputs)
		extents = append(extents, b)
	}
	if allKnown {
		checkBothEnds(c, projections, extents)
	}
}

// checkBothEnds refuses a network that is blind or mute.
func checkBothEnds(c *checker, at path, extents []extent) {
	has := func(kind string) bool {
		return slices.ContainsFunc(extents, func(b extent) bool { return b.kind == kind })
	}
	if !has(fromInput) {
		c.refuse(at, "no projection from the input", "at least one with from: input, so that the cells see the task")
	}
	if !has(toReadout) {
		c.refuse(at, "no projection to the readout", "at least one with to: readout, so that the cells can answer")
	}
}

// checkEnds refuses names that are not there.
func (n *Network) checkEnds(c *checker, at path, p Projection) bool {
	var names []string
	for _, cell := range n.Cells {
		names = append(names, cell.Name)
	}
	sources := append([]string{fromInput, allCells}, names...)
	targets := append([]string{allCells, toReadout}, names...)
	known := true
	refuse := func(key, given string, choices []string) {
		known = false
		c.faults = append(c.faults, fault{at: at.at(key), given: quote(given),
			allowed: strings.Join(choices, ", "), hint: nearest(given, choices)})
	}
	if !slices.Contains(sources, p.From) {
		refuse("from", p.From, sources)
	}
	if !slices.Contains(targets, p.To) {
		refuse("to", p.To, targets)
	} else if p.From == fromInput && p.To == toReadout {
		refuse("to", p.To, append([]string{allCells}, names...))
	}
	return known
}

// checkConnection refuses rules that these ends cannot follow: more sources or
// pairs than there are, cells without places, and autapses where there can be
// none.
func (n *Network) checkConnection(c *checker, at path, connection Connection, b extent, inputs, outputs int) {
	both := n.count(b.shared())
	if connection.Autapses && both == 0 {
		c.refuse(at.at("autapses"), "true", "false, since no cell is at both ends of this projection")
	}
	sources, targets := inputs, outputs
	if b.kind != fromInput {
		sources = n.count(b.sources)
	}
	if b.kind != toReadout {
		targets = n.count(b.targets)
	}
	pairs := sources * targets
	if both > 0 && !connection.Autapses {
		sources--
		pairs -= both
	}
	switch {
	case connection.Rule == "fixed-in-degree" && connection.InDegree > sources:
		c.refuse(at.at("in-degree"), fmt.Sprint(connection.InDegree), fmt.Sprintf("at most the %d sources there are", sources))
	case connection.Rule == "fixed-total" && connection.Synapses > pairs:
		c.refuse(at.at("synapses"), fmt.Sprint(connection.Synapses), fmt.Sprintf("at most the %d pairs there are", pairs))
	case connection.Rule == "local":
		n.checkLocal(c, at.at("rule"), b)
	}
}

// count is the number of cells of some types.
func (n *Network) count(types []int) int {
	cells := 0
	for _, i := range types {
		cells += n.Cells[i].Count
	}
	return cells
}

// shared are the types at both ends.
func (b extent) shared() []int {
	return slices.DeleteFunc(slices.Clone(b.sources), func(i int) bool { return !slices.Contains(b.targets, i) })
}

// checkWeights refuses balanced weights where there is nothing to balance.
func (n *Network) checkWeights(c *checker, at path, p Projection, b extent, inputs, outputs int) {
	if p.Weights.Distribution != "balanced" {
		return
	}
	at = at.at("weights", "distribution")
	const otherwise = "normal, constant"
	if p.From == fromInput {
		if n.InhibitoryInputs == inputs {
			c.refuse(at, `"balanced" (which needs both excitatory and inhibitory inputs, or mixed ones)`, otherwise)
		}
		return
	}
	if p.From != allCells || p.To != allCells && p.To != toReadout {
		c.refuse(at, `"balanced" (which goes from input, or from cells to cells or readout)`, otherwise)
		return
	}
	signs, cells := map[string]bool{}, 0
	for _, i := range b.sources {
		signs[n.Cells[i].Sign] = true
		cells += n.Cells[i].Count
	}
	if !signs["mixed"] && len(signs) < 2 {
		c.refuse(at, `"balanced" (which needs both excitatory and inhibitory cells, or mixed ones)`, otherwise)
	}
	if p.To == toReadout && outputs > cells {
		c.refuse(at, fmt.Sprintf(`"balanced" (rows of a matrix of %d cells by %d cells, fewer than the %d outputs)`,
			cells, cells, outputs), otherwise)
	}
}
