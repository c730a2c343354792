package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"paracrine/internal/spiking"
	"paracrine/internal/units"
	"paracrine/neuron"
	"paracrine/synapse"
)

// checkProjections refuses projections between types that are not there, and
// weights, delays and plasticity that do not fit.
func (n *SpikingNetwork) checkProjections(c *checker) {
	seen := map[string]int{}
	for i, p := range n.Projections {
		at := path{"network", "projections"}.item(i)
		if first, twice := seen[p.Name]; twice && p.Name != "" {
			c.refuse(at.at("name"), because(quote(p.Name), fmt.Sprintf("which projections.%d has", first)), "a name of its own")
		}
		seen[p.Name] = i
		from, to := n.checkRange(c, at.at("from"), p.From), n.checkRange(c, at.at("to"), p.To)
		if p.Connection.Rule != "list" {
			c.needs(at, "weight", p.Weight, "the weight of the synapses")
			c.needs(at, "delay", p.Delay, "the delay of the synapses")
		}
		if !from || !to {
			continue
		}
		targets := n.groups(p.To)
		n.checkOneTiming(c, at, p, targets)
		n.checkSynapses(c, at, p, targets)
		n.checkEnds(c, at, p, targets)
	}
}

// needs refuses a projection without a value.
func (c *checker) needs(at path, key string, v Value, what string) {
	if v.IsZero() {
		c.refuse(at.at(key), "nothing", what+", a number with its unit, or a mapping of a distribution")
	}
}

// checkSynapses refuses values that no synapse can have.
func (n *SpikingNetwork) checkSynapses(c *checker, at path, p SpikingProjection, targets []int) {
	for key, v := range map[string]Value{"weight": p.Weight, "delay": p.Delay} {
		if _, isFile := v.file(); isFile {
			c.refuse(at.at(key, "file"), "a file", "a distribution; files of synapses belong to connection: {rule: list}")
			return
		}
		if v.Drawn != nil && (v.Drawn.Shared != "" || v.Drawn.Distribution == "uniform" && v.Drawn.Exponent != 1) {
			c.refuse(at.at(key), "shared or exponent", "distributions without them: those are for cells")
			return
		}
		n.checkValue(c, at.at(key), v, neuron.Anything, "")
	}
	if !p.Weight.IsZero() {
		n.checkWeight(c, at, p.Weight, targets, p.Channel)
		n.checkPlasticity(c, at, p)
	}
	if !p.Delay.IsZero() {
		n.checkDelay(c, at.at("delay"), p.Delay, targets)
	}
}

// onGrid says whether any of some types is on the grid.
func (n *SpikingNetwork) onGrid(types []int) bool {
	return slices.ContainsFunc(types, func(i int) bool { return !n.exact(n.Cells[i]) })
}

// checkOneTiming refuses targets some of which are on the grid and some not.
func (n *SpikingNetwork) checkOneTiming(c *checker, at path, p SpikingProjection, targets []int) {
	exact := func(i int) bool { return n.exact(n.Cells[i]) }
	if n.onGrid(targets) && slices.ContainsFunc(targets, exact) {
		c.refuse(at.at("to"), because(strings.Join(p.To, ", "), "some on the grid and some exact"), "types of one timing; two projections reach both")
	}
}

// shortestExact is the smallest delay onto cells of exact timing.
const shortestExact = units.Time(1e-6)

// checkDelay refuses delays between steps, and those that can vanish.
func (n *SpikingNetwork) checkDelay(c *checker, at path, v Value, targets []int) {
	low, high := v.extremes()
	grid := n.onGrid(targets)
	least := shortestExact
	if grid {
		least = n.Resolution
	}
	// A step that is not exact in binary must not refuse itself.
	vanishes := low < float64(least)*(1-1e-9)
	switch {
	case v.Drawn == nil && vanishes:
		c.refuse(at, v.One.String(), fmt.Sprintf("delays from %v: within the smallest delay cells cannot influence each other", least))
	case v.Drawn == nil && grid && !units.Time(low).OnGrid(n.Resolution):
		c.refuse(at, v.One.String(), n.wholeSteps())
	case v.Drawn != nil && vanishes:
		c.refuse(at, because(wordsOf(v), "it can be "+reaching(low, "ms")), fmt.Sprintf("delays from %v: bound it with low", least))
	case !math.IsInf(high, 0) && units.Time(high) > longest:
		c.refuse(at, wordsOf(v), "delays up to 100 days")
	}
}

// checkPlasticity refuses weights that the rule of plasticity does not keep.
func (n *SpikingNetwork) checkPlasticity(c *checker, at path, p SpikingProjection) {
	if p.Plasticity.Kind != "stdp" && p.Plasticity.Kind != "dopamine-stdp" {
		return
	}
	least, most := p.Plasticity.MinWeight, p.Plasticity.MaxWeight
	if least == (units.Quantity{}) {
		least.Unit = most.Unit
	}
	for _, bound := range []struct {
		key string
		q   units.Quantity
	}{{"max-weight", most}, {"min-weight", least}} {
		for _, q := range p.Weight.quantities() {
			if q.quantity.Unit != bound.q.Unit {
				c.refuse(at.at("plasticity", bound.key), bound.q.String(), "a number with the unit of the weight, such as "+q.quantity.String())
				return
			}
		}
	}
	switch low, high := p.Weight.extremes(); {
	case most.Value <= least.Value:
		c.refuse(at.at("plasticity", "max-weight"), most.String(), "values above "+smallest(least))
	case low < least.Value || high > most.Value:
		c.refuse(at.at("weight"), wordsOf(p.Weight), fmt.Sprintf("weights from %s to max-weight, %v, between which plasticity keeps them", smallest(least), most))
	}
}

// smallest is the lower bound of weights as an error message repeats it.
func smallest(least units.Quantity) string {
	if least.Value == 0 {
		return "0"
	}
	return least.String()
}

// checkEnds refuses autapses where there can be none, and what the rule of
// connection says of the number of cells.
func (n *SpikingNetwork) checkEnds(c *checker, at path, p SpikingProjection, targets []int) {
	sources := n.groups(p.From)
	recurrent := slices.ContainsFunc(sources, func(i int) bool { return slices.Contains(targets, i) })
	if p.Connection.Autapses && !recurrent {
		c.refuse(at.at("connection", "autapses"), "true", "false, since no cell is at both ends of this projection")
	}
	if p.Connection.Rule == "distance" {
		for _, i := range slices.Concat(sources, targets) {
			if g := n.Cells[i]; g.Positions == nil {
				c.refuse(at.at("connection", "rule"), because("distance", g.Name+" has no positions"), "types with positions, or another rule")
				return
			}
		}
	}
}

// projection makes the synapses between two ranges of cells.
func (s *Simulation) projection(at path, number int, p SpikingProjection) (spiking.Projection, error) {
	made := spiking.Projection{Name: p.Name, From: s.Cells(p.From), To: s.Cells(p.To), Weight: p.Weight.distribution(),
		Delay: p.Delay.distribution(), Channel: p.Channel}
	if made.Name == "" {
		made.Name = fmt.Sprintf("projection %d", number)
	}
	switch t := p.Plasticity; t.Kind {
	case "tsodyks-markram":
		made.ShortTerm = &synapse.ShortTerm{Utilisation: t.Utilisation, Recovery: float64(t.Recovery), Facilitation: float64(t.Facilitation)}
	case "stdp":
		made.STDP = &synapse.STDP{Rate: t.Rate, Asymmetry: t.Asymmetry, TauPlus: float64(t.TauPlus), TauMinus: float64(t.TauMinus),
			MuPlus: t.MuPlus, MuMinus: t.MuMinus, MaxWeight: t.MaxWeight.Value}
	case "dopamine-stdp":
		made.Gated = &synapse.DopamineSTDP{Potentiation: t.Potentiation, Depression: t.Depression, TauPlus: float64(t.TauPlus), TauMinus: float64(t.TauMinus),
			Eligibility: float64(t.Eligibility), Baseline: t.Baseline, MinWeight: t.MinWeight.Value, MaxWeight: t.MaxWeight.Value}
		made.Modulator = s.modulatorNumber(t.Modulator)
	}
	var err error
	made.Rule, err = s.rule(at, p, made)
	return made, err
}

// rule is which pairs of cells a projection connects.
func (s *Simulation) rule(at path, p SpikingProjection, made spiking.Projection) (synapse.Rule, error) {
	c := p.Connection
	switch c.Rule {
	case "one-to-one":
		return synapse.OneToOne{}, nil
	case "fixed-in-degree":
		return synapse.FixedInDegree{InDegree: c.InDegree, Autapses: c.Autapses, Multapses: c.Multapses}, nil
	case "fixed-out-degree":
		return synapse.FixedOutDegree{OutDegree: c.OutDegree, Autapses: c.Autapses, Multapses: c.Multapses}, nil
	case "fixed-total":
		return synapse.FixedTotal{Total: c.Synapses, Autapses: c.Autapses, Multapses: c.Multapses}, nil
	case "bernoulli":
		return synapse.Bernoulli{Probability: c.Probability, Autapses: c.Autapses}, nil
	case "distance":
		return s.distance(c), nil
	case "list":
		return s.list(at, p, made)
	}
	return synapse.AllToAll{Autapses: c.Autapses}, nil
}

// ruleKeys are where a scenario has what a rule's error names, if that is not a
// key of the connection.
var ruleKeys = map[string][]string{
	"from": {"from"}, "to": {"to"}, "weight": {"weight"}, "delay": {"delay"},
	"total": {"connection", "synapses"}, "extent": {"connection", "period"}, "scale": {"connection", "length"},
	"connection": {"connection"}, "positions": {"connection", "rule"},
}

// checkRule words what a rule says of the cells it is to connect.
func (s *Simulation) checkRule(at path, rule synapse.Rule, w synapse.Wiring) error {
	err := rule.Check(w)
	var wrong *synapse.KeyError
	if !errors.As(err, &wrong) {
		return err
	}
	keys, special := ruleKeys[wrong.Key]
	if !special {
		keys = []string{"connection", wrong.Key}
	}
	return s.refuse(at.at(keys...), wrong.Given, wrong.Allowed)
}

// profiles are how probability falls with distance, as scenarios call them.
var profiles = map[string]synapse.ProfileKind{
	"gaussian": synapse.GaussianProfile, "exponential": synapse.ExponentialProfile, "box": synapse.BoxProfile,
}

// distance is a rule whose probability falls with distance.
func (s *Simulation) distance(c SpikingConnection) synapse.Rule {
	rule := synapse.DistanceDependent{Probability: c.Probability, Autapses: c.Autapses,
		Profile: synapse.Profile{Kind: profiles[c.Profile], Scale: c.Length.Value}}
	for i, length := range c.Period {
		rule.Extent[i] = length.Value
	}
	return rule
}

// list reads the synapses of a file, and asks for the weights and delays it does
// not have.
func (s *Simulation) list(at path, p SpikingProjection, made spiking.Projection) (synapse.Rule, error) {
	place := at.at("connection", "file")
	file, err := s.openFile(place, p.Connection.File)
	if err != nil {
		return nil, err
	}
	list, err := synapse.ReadExplicit(shortName(p.Connection.File), file, made.From.Count, made.To.Count)
	if err != nil {
		return nil, s.tableFault(place, p.Connection.File, err)
	}
	c := &checker{}
	if list.Weight == nil {
		c.needs(at, "weight", p.Weight, "the weight of the synapses, which the file does not have")
	} else if !p.Weight.IsZero() {
		c.refuse(at.at("weight"), because(wordsOf(p.Weight), "the file has weights"), "no weight, or a file without")
	} else {
		s.checkListedWeights(c, place, p, list.Weight)
	}
	if list.Delay == nil {
		c.needs(at, "delay", p.Delay, "the delay of the synapses, which the file does not have")
	} else if !p.Delay.IsZero() {
		c.refuse(at.at("delay"), because(wordsOf(p.Delay), "the file has delays"), "no delay, or a file without")
	} else {
		s.checkListedDelays(c, place, p, list.Delay)
	}
	return list, s.origin.report(c.faults)
}

// checkListedWeights refuses listed weights that no channel takes.
func (s *Simulation) checkListedWeights(c *checker, at path, p SpikingProjection, weights []float64) {
	n := &s.Network
	for _, i := range n.groups(p.To) {
		if _, r := channel(n.Cells[i].model(), p.Channel, slices.Min(weights), slices.Max(weights)); r != nil {
			c.refuse(at, because(quote(shortName(p.Connection.File)), "its weights are "+r.why), r.allowed)
			return
		}
	}
}

// checkListedDelays refuses listed delays between steps.
func (s *Simulation) checkListedDelays(c *checker, at path, p SpikingProjection, delays []float64) {
	n := &s.Network
	if !n.onGrid(n.groups(p.To)) {
		return
	}
	for i, delay := range delays {
		if t := units.Time(delay); !t.OnGrid(n.Resolution) || t.Steps(n.Resolution) < 1 {
			c.refuse(at, because(quote(shortName(p.Connection.File)), fmt.Sprintf("synapse %d has a delay of %v", i, t)), n.wholeSteps())
			return
		}
	}
}
