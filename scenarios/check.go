package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"slices"

	"paracrine/internal/units"
	"paracrine/learning"
)

// Ends of a projection that are not the names of cell types.
const (
	fromInput = "input"
	allCells  = "cells"
	toReadout = "readout"
)

// Bounds of a trial that keep counting from overflowing; what a machine can hold
// is another question. With the shortest step, the longest duration has 10¹⁶.
const (
	mostSteps    = 10_000_000
	mostChannels = 1_000_000
	shortest     = units.Time(1e-6)
)

// checker collects what the schema cannot say.
type checker struct{ faults []fault }

func (c *checker) refuse(at path, given, allowed string) {
	c.faults = append(c.faults, fault{at: at, given: given, allowed: allowed})
}

// check finds what does not fit together.
func (s *Scenario) check() []fault {
	c := &checker{}
	s.Network.checkCells(c)
	s.Network.checkTorus(c)
	if s.checkTask(c) {
		s.Network.checkModels(c)
		s.checkTimes(c)
		s.Network.checkProjections(c, s.Task.Inputs(), s.Task.Outputs())
		s.checkExpectations(c)
	}
	s.checkRules(c)
	s.checkRegularisation(c)
	s.checkRewiring(c)
	s.checkDescent(c)
	s.checkContinuous(c)
	return c.faults
}

// checkCells refuses types that cannot be told apart.
func (n *Network) checkCells(c *checker) {
	seen := map[string]int{}
	for i, cell := range n.Cells {
		at := path{"network", "cells"}.item(i).at("name")
		if first, twice := seen[cell.Name]; twice {
			c.refuse(at, because(quote(cell.Name), fmt.Sprintf("which cells.%d has", first)), "a name of its own")
		}
		seen[cell.Name] = i
		switch cell.Name {
		case fromInput, allCells, toReadout:
			c.refuse(at, because(quote(cell.Name), "which projections use for something else"), "any name but input, cells, readout")
		}
	}
}

// checkTask refuses a step or parameters with which there is no trial, and says
// whether there is one.
func (s *Scenario) checkTask(c *checker) bool {
	step := s.Network.Step
	if step < shortest {
		c.refuse(path{"network", "step"}, step.String(), fmt.Sprintf("a step of at least %v", shortest))
		return false
	}
	if err := s.Task.Check(step); err != nil {
		c.faults = append(c.faults, s.taskFault(err))
		return false
	}
	for _, size := range []struct {
		of          string
		given, most int
	}{
		{"steps", s.Task.Steps(step), mostSteps},
		{"inputs", s.Task.Inputs(), mostChannels},
		{"outputs", s.Task.Outputs(), mostChannels},
	} {
		if size.given < 1 || size.given > size.most {
			c.refuse(path{"task"}, fmt.Sprintf("a task of %d %s", size.given, size.of), fmt.Sprintf("from 1 to %d", size.most))
			return false
		}
	}
	return true
}

var parameter = regexp.MustCompile(`^([a-z][a-z0-9-]*)(?:\[([0-9]+)\])?: (.*?)(?:; (?:must be )?(.*))?$`)

// taskFault takes a task's error apart: it begins with the parameter, as in
// "width: 0 ms; must be positive" or "periods[1]: 0 ms; must be positive".
func (s *Scenario) taskFault(err error) fault {
	parts := parameter.FindStringSubmatch(err.Error())
	if parts == nil {
		return fault{at: path{"task"}, given: "parameters that do not fit together", allowed: err.Error()}
	}
	f := fault{at: path{"task", parts[1]}, given: parts[3], allowed: parts[4]}
	if parts[2] != "" {
		f.at = f.at.at(parts[2])
	}
	if f.allowed == "" {
		f.allowed = "a value that fits the step and the other parameters"
	}
	return f
}

// checkTimes refuses updates within the trial that do not fall on steps.
func (s *Scenario) checkTimes(c *checker) {
	if s.Learning.Update != "online" {
		return
	}
	at := path{"learning", "interval"}
	step, interval := s.Network.Step, s.Learning.Interval
	trial := units.Time(s.Task.Steps(step)) * step
	switch {
	case !interval.OnGrid(step) || interval.Steps(step) < 1:
		c.refuse(at, interval.String(), fmt.Sprintf("a whole number of steps of %v", step))
	case interval > trial:
		c.refuse(at, interval.String(), fmt.Sprintf("at most the trial, which lasts %v", trial))
	}
}

// checkRules refuses rules that this network or this way of updating cannot
// run.
func (s *Scenario) checkRules(c *checker) {
	at := path{"learning", "rule"}
	c.refuseRule(at, s.Learning.Rule, s.CheckRule())
	for i, spec := range s.Learning.Alignment.Rules {
		rule, err := spec.Parse()
		if err == nil {
			err = s.Network.checkRule(rule)
		}
		c.refuseRule(path{"learning", "alignment", "rules"}.item(i), spec, err)
	}
}

// checkRule refuses a rule that belongs to other types, other cells or other
// places.
func (n *Network) checkRule(rule learning.Rule) error {
	err := rule.CheckTypes(len(n.Cells))
	if err == nil && !n.spiking() {
		err = rule.CheckRateCells()
	}
	if err == nil && n.sitesFit() {
		err = rule.CheckTorus(n.sheet(), n.count(n.types(allCells)))
	}
	return err
}

// checkRegularisation refuses a target for rates where there are no spikes, or
// where the rates it is about would have to be known before weights change.
func (s *Scenario) checkRegularisation(c *checker) {
	at := path{"learning", "regularisation"}
	switch {
	case !s.regularises():
	case !s.Network.spiking():
		c.refuse(at, "a regularisation of rates", "none, since the cells do not spike")
	case s.Continuous():
		c.refuse(at, because("a regularisation of rates", "training.trials is continuous, and its synapses take learning signals alone"), "training.trials: separate")
	case s.Learning.Update == "spikes" && s.Learning.Regularisation.Per != "running":
		c.refuse(at.at("per"), because(quote(s.Learning.Regularisation.Per), "with update: spikes synapses learn before rates are counted"), "running")
	case s.Learning.Update == "online" && s.Learning.Regularisation.Per == "batch":
		c.refuse(at.at("per"), because(quote("batch"), "the mean rates of a batch take a pass of their own, and with update: online weights change while they are counted"), "trial, running")
	}
}

// checkRewiring refuses a rewiring of what is not sparse, or of synapses whose
// traces go on.
func (s *Scenario) checkRewiring(c *checker) {
	at := path{"learning", "rewiring"}
	switch {
	case !s.rewires():
	case !slices.ContainsFunc(s.Network.Projections, Projection.sparse):
		c.refuse(at, because("a rewiring", "every projection is all-to-all"), "a projection whose connection has the rule bernoulli or fixed-in-degree")
	case s.Learning.updatesWithin():
		c.refuse(at, because("a rewiring", "synapses that come and go have no trace of the trial so far"), "update: batch, trial")
	}
}

// checkDescent refuses, for updates at spikes, what would change weights at which
// nothing arrived.
func (s *Scenario) checkDescent(c *checker) {
	if s.Learning.Update != "spikes" {
		return
	}
	l, at := s.Learning, path{"learning"}
	const why = "update: spikes changes a weight when something arrives at its synapse, by its own gradient alone"
	switch {
	case l.Optimiser.Name != "sgd":
		c.refuse(at.at("optimiser", "name"), because(quote(l.Optimiser.Name), why), "sgd")
	case l.Optimiser.Momentum != 0:
		c.refuse(at.at("optimiser", "momentum"), because(number(l.Optimiser.Momentum), why), "0")
	}
	for _, other := range []struct {
		key   string
		value float64
	}{{"l1", l.L1}, {"l2", l.L2}, {"clip", l.Clip}} {
		if other.value != 0 {
			c.refuse(at.at(other.key), because(number(other.value), why), "0")
		}
	}
}

// regularises says whether rates have a target.
func (s *Scenario) regularises() bool { return s.Learning.Regularisation.Coefficient > 0 }

func (c *checker) refuseRule(at path, spec RuleSpec, err error) {
	if r := ruleRefusal(err); r != nil {
		c.refuse(at, because(quote(spec.String()), r.why), r.allowed)
	}
}

// checkExpectations refuses bands that nothing can fall into.
func (s *Scenario) checkExpectations(c *checker) {
	loss, _ := s.Task.Loss(s.Network.Step)
	for i, e := range s.Expect {
		at := path{"expect"}.item(i)
		switch {
		case e.From > e.To:
			c.refuse(at.at("to"), because(number(e.To), "the band begins at "+number(e.From)), "a number from "+number(e.From))
		case e.Metric == "final-accuracy" && loss != CrossEntropy:
			c.refuse(at.at("metric"), because(quote(e.Metric), "the task "+s.Task.Name+" is a regression"), "final-loss, solved")
		case e.Metric == "solved" && s.Training.Solved == 0:
			c.refuse(at.at("metric"), because(quote(e.Metric), "training.solved, which says what that is, is 0"), "final-loss, final-accuracy")
		case e.Metric != "final-loss" && (e.From < 0 || e.To > 1):
			c.refuse(at, fmt.Sprintf("the band %s to %s (of a fraction)", number(e.From), number(e.To)), "a band within 0 to 1")
		case e.Metric == "final-loss" && e.To < 0:
			c.refuse(at.at("to"), because(number(e.To), "losses are not negative"), "a number from 0")
		}
	}
}

// number writes a number as a file has it.
func number(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprint(x)
}

// CheckRule refuses a rule that this network or this way of updating cannot
// run; it serves rules that came from elsewhere than the file.
func (s *Scenario) CheckRule() error {
	rule, err := s.Learning.Rule.Parse()
	if err == nil {
		err = s.Network.checkRule(rule)
	}
	if err == nil && s.Learning.updatesWithin() {
		err = rule.CheckOnline()
	}
	if err == nil && s.Learning.Update == "spikes" && rule.Route != "events" {
		err = &learning.RuleError{Rule: rule.Given, Problem: "with update: spikes synapses learn when something arrives at them; use route=events"}
	}
	if err == nil && s.Learning.Update == "spikes" && rule.Feedback == "adaptive" {
		err = &learning.RuleError{Rule: rule.Given, Problem: "adaptive feedback follows the readout by whole updates, which update: spikes does not make; use another feedback, or update: batch, trial, online"}
	}
	if err == nil && s.Continuous() {
		err = rule.CheckSparse(s.Network.Reset == differentiated)
	}
	if err == nil && s.regularises() && !s.Continuous() {
		err = rule.CheckRates(s.Learning.Regularisation.Per != "trial")
	}
	return err
}
