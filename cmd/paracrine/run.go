package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"paracrine/internal/experiment"
	"paracrine/internal/machine"
)

func newRun() *cobra.Command {
	var f scenarioFlags
	cmd := &cobra.Command{
		Use:   "run SCENARIO",
		Short: "Train a network and leave curves, weights and a page in a result folder",
		Long: `Runs a scenario: a built-in name (paracrine list) or a YAML file. Everything goes
to a result folder: metrics.csv, weights.npz, summary.json, plots, report.html.
Ctrl-C finishes the iteration, saves a checkpoint and says how to continue.`,
		Example: `  paracrine run delayed-xor-short
  paracrine run delayed-xor --seed 3 --out results/seed3
  paracrine run delayed-xor-short --set learning.rule=eprop --set task.delay='300 ms'
  paracrine run --resume results/seed3`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := f.load(cmd, args)
			if err != nil {
				return err
			}
			if err := s.CheckMemory(machine.Memory(), 1, f.workers); err != nil {
				return classify(err)
			}
			o, err := f.options(s.Name)
			if err != nil {
				return err
			}
			defer o.Log.Sync()
			screen := newScreen(cmd, f.quiet)
			screen.say("%s: %s\n", s.Name, s.Title)
			screen.say("rule %s, seed %d, kernel %s → %s\n", s.Learning.Rule, s.Seed, kernelName(), o.Dir)
			if done, err := experiment.ReadSummary(o.Dir); o.Resume && err == nil && done.Status == experiment.Completed {
				screen.say("this run is complete; its results are written again\n")
			}
			o.Progress = screen.progress
			ctx, stop := untilInterrupted()
			defer stop()
			summary, err := experiment.Run(ctx, s, o)
			screen.close()
			if errors.Is(err, context.Canceled) {
				screen.warn("stopped after iteration %d of %d; continue with\n  %s\n", summary.Iterations, s.Training.Iterations, resumption("run", o.Dir))
				return err
			}
			if summary != nil {
				screen.summary(summary)
				screen.say("page: %s\n", filepath.Join(o.Dir, "report.html"))
			}
			return classify(err)
		},
	}
	f.add(cmd)
	f.addSeed(cmd)
	return cmd
}
