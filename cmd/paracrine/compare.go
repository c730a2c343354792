package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"paracrine/internal/experiment"
	"paracrine/internal/machine"
	"paracrine/scenarios"
)

func newCompare() *cobra.Command {
	var f scenarioFlags
	var rules []string
	var seeds string
	cmd := &cobra.Command{
		Use:   "compare SCENARIO --rule A --rule B … --seeds 1-10",
		Short: "Train the same network by several rules over several seeds",
		Long: `Runs the scenario once for every rule and seed, from the same initial weights and
on the same trials, and reports all of them together: curves with mean ± sd, a
table with every seed in it, divergent runs counted. --workers runs go at a time.`,
		Example: `  paracrine compare delayed-xor-short --rule bptt --rule modprop --rule eprop --seeds 1-4
  paracrine compare delayed-xor --rule modprop:weights=expression,ligands=8 --seeds 1,2,5
  paracrine compare --resume results/delayed-xor-compare`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, plan, err := f.plan(cmd, args, rules, seeds)
			if err != nil {
				return err
			}
			if err := plan.CheckMemory(s, machine.Memory(), f.workers); err != nil {
				return classify(err)
			}
			o, err := f.options(s.Name + "-compare")
			if err != nil {
				return err
			}
			defer o.Log.Sync()
			screen := newScreen(cmd, f.quiet)
			screen.say("%s: %s × %s, %d at a time → %s\n", s.Name, counted(len(plan.Rules), "rule"), counted(len(plan.Seeds), "seed"), f.workers, o.Dir)
			o.Progress = screen.progress
			ctx, stop := untilInterrupted()
			defer stop()
			c, err := experiment.Compare(ctx, s, plan, o)
			screen.close()
			if errors.Is(err, context.Canceled) {
				screen.warn("stopped; continue with\n  %s\n", resumption("compare", o.Dir))
				return err
			}
			if err != nil {
				return classify(err)
			}
			screen.comparison(c)
			screen.say("page: %s\n", filepath.Join(o.Dir, "report.html"))
			return nil
		},
	}
	f.add(cmd)
	cmd.Flags().StringArrayVar(&rules, "rule", nil, "rule to compare, name:option=value,…; repeatable (default: the scenario's)")
	cmd.Flags().StringVar(&seeds, "seeds", "1-5", "seeds: ranges and numbers, such as 1-10 or 1,4,7-9")
	return cmd
}

// plan is what to compare, from the command line or the folder to be resumed.
func (f *scenarioFlags) plan(cmd *cobra.Command, args, rules []string, seeds string) (*scenarios.Scenario, experiment.Plan, error) {
	if f.resume != "" {
		if len(args) > 0 || len(rules) > 0 || len(f.sets) > 0 || cmd.Flags().Changed("seeds") {
			return nil, experiment.Plan{}, badInput(fmt.Errorf("--resume continues the comparison as it was begun; a scenario, --rule, --seeds and --set cannot change it"))
		}
		p, s, err := experiment.ReadPlan(f.resume)
		return s, p, badInput(err)
	}
	s, err := f.load(cmd, args)
	if err != nil {
		return nil, experiment.Plan{}, err
	}
	p := experiment.Plan{Rules: rules}
	if len(rules) == 0 {
		p.Rules = []string{s.Learning.Rule.String()}
	}
	if p.Seeds, err = parseSeeds(seeds); err != nil {
		return nil, p, badInput(err)
	}
	return s, p, badInput(p.Check(s))
}

// mostSeeds keeps a slip of the keyboard from asking for a million runs.
const mostSeeds = 10_000

// parseSeeds reads 1-10 or 1,4,7-9.
func parseSeeds(text string) ([]uint64, error) {
	var seeds []uint64
	seen := map[uint64]bool{}
	for _, part := range strings.Split(text, ",") {
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		from, err := strconv.ParseUint(first, 10, 64)
		to := from
		if err == nil && isRange {
			to, err = strconv.ParseUint(last, 10, 64)
		}
		if err != nil || to < from || to-from >= mostSeeds {
			return nil, fmt.Errorf("--seeds %q: %q; allowed are numbers and rising ranges of at most %d, such as 1-10 or 1,4,7-9", text, part, mostSeeds)
		}
		for seed := from; ; seed++ {
			if seen[seed] {
				return nil, fmt.Errorf("--seeds %q: %d is there twice", text, seed)
			}
			seen[seed] = true
			seeds = append(seeds, seed)
			if seed == to {
				break
			}
		}
	}
	return seeds, nil
}
