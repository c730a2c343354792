package experiment

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"paracrine/learning"
	"paracrine/scenarios"
)

// Plan is what a comparison runs: every rule with every seed, on the same
// network and task. It is kept in comparison.json.
type Plan struct {
	Rules []string `json:"rules"`
	Seeds []uint64 `json:"seeds"`
}

// ReadPlan reads the plan and the scenario of a comparison's folder. The error
// is a *FolderError where there is no comparison to be read.
func ReadPlan(dir string) (Plan, *scenarios.Scenario, error) {
	var p Plan
	err := readJSON(filepath.Join(dir, planFile), &p)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil, unusable(fmt.Errorf("%s holds no comparison: %w", dir, err))
	}
	if err != nil {
		return p, nil, unusable(err)
	}
	s, err := scenarios.Load(filepath.Join(dir, scenarioFile), nil)
	if err != nil {
		return p, nil, err
	}
	if len(p.Rules) == 0 || len(p.Seeds) == 0 {
		return p, nil, unusable(fmt.Errorf("%s names no rules or no seeds", filepath.Join(dir, planFile)))
	}
	return p, s, p.Check(s)
}

// ReadScenario reads the scenario of a run's folder, of either form. The error
// is a *FolderError where there is no run to be read.
func ReadScenario(dir string) (scenarios.Document, error) {
	if _, err := os.Stat(filepath.Join(dir, planFile)); err == nil {
		return nil, unusable(fmt.Errorf("%s holds a comparison, not a run: paracrine compare --resume continues it", dir))
	}
	path := filepath.Join(dir, scenarioFile)
	if _, err := os.Stat(path); err != nil {
		return nil, unusable(fmt.Errorf("%s holds no run: %w", dir, err))
	}
	return scenarios.Open(path, nil)
}

// Check refuses rules that cannot be parsed, are given twice, or cannot run on
// the scenario.
func (p Plan) Check(s *scenarios.Scenario) error {
	seen := map[string]bool{}
	for _, text := range p.Rules {
		if seen[text] {
			return &learning.RuleError{Rule: text, Problem: "given twice"}
		}
		seen[text] = true
		if _, err := p.scenario(s, text, s.Seed); err != nil {
			return err
		}
	}
	return nil
}

// scenario is the scenario with a rule and a seed of the plan.
func (Plan) scenario(s *scenarios.Scenario, rule string, seed uint64) (*scenarios.Scenario, error) {
	spec, err := scenarios.ParseRuleSpec(rule)
	if err != nil {
		return nil, err
	}
	one := *s
	one.Learning.Rule, one.Seed = spec, seed
	return &one, one.CheckRule()
}

// CheckMemory refuses what does not fit into so many bytes, as many runs at a
// time as there are workers.
func (p Plan) CheckMemory(s *scenarios.Scenario, have float64, workers int) error {
	for _, text := range p.Rules {
		one, err := p.scenario(s, text, s.Seed)
		if err != nil {
			return err
		}
		if err := one.CheckMemory(have, min(workers, len(p.Rules)*len(p.Seeds)), 1); err != nil {
			return fmt.Errorf("rule %s: %w", text, err)
		}
	}
	return nil
}
