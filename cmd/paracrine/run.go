package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"paracrine/internal/experiment"
	"paracrine/internal/machine"
	"paracrine/scenarios"
)

func newRun() *cobra.Command {
	var f scenarioFlags
	cmd := &cobra.Command{
		Use:   "run SCENARIO",
		Short: "Train or simulate a network and leave everything about it in a result folder",
		Long: `Runs a scenario: a built-in name (paracrine list) or a YAML file. Everything goes
to a result folder: summary.json, plots, report.html and, of training, metrics.csv
and weights.npz, of a simulation spikes, rates and what else its recorders ask for.
Ctrl-C finishes the iteration, or the window between two exchanges of spikes, saves
a checkpoint and says how to continue.`,
		Example: `  paracrine run delayed-xor-short
  paracrine run delayed-xor --seed 3 --out results/seed3
  paracrine run delayed-xor-short --set learning.rule=eprop --set task.delay='300 ms'
  paracrine run --resume results/seed3`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := f.open(cmd, args)
			if err != nil {
				return err
			}
			if err := f.fits(d); err != nil {
				return err
			}
			o, err := f.options(d.About().Name)
			if err != nil {
				return err
			}
			defer o.Log.Sync()
			if s, simulates := d.(*scenarios.Simulation); simulates {
				return f.simulate(cmd, s, o)
			}
			return f.train(cmd, d.(*scenarios.Scenario), o)
		},
	}
	f.add(cmd)
	f.addSeed(cmd)
	return cmd
}

// fits refuses, before there is a folder, what the memory of the machine does
// not hold.
func (f *scenarioFlags) fits(d scenarios.Document) error {
	if err := f.checkWorkers(); err != nil {
		return err
	}
	if s, simulates := d.(*scenarios.Simulation); simulates {
		_, _, err := s.Prepare(machine.Memory(), f.workers)
		return classify(err)
	}
	return classify(d.(*scenarios.Scenario).CheckMemory(machine.Memory(), 1, f.workers))
}

func (f *scenarioFlags) train(cmd *cobra.Command, s *scenarios.Scenario, o experiment.Options) error {
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
}

func (f *scenarioFlags) simulate(cmd *cobra.Command, s *scenarios.Simulation, o experiment.Options) error {
	screen := newScreen(cmd, f.quiet)
	screen.say("%s: %s\n", s.Name, s.Title)
	screen.say("seed %d, kernel %s → %s\n", s.Seed, kernelName(), o.Dir)
	if done, err := experiment.ReadSimulationSummary(o.Dir); o.Resume && err == nil && done.Status == experiment.Completed {
		screen.say("this simulation is complete; there is nothing left to do\n")
	}
	o.Simulated = screen.simulated
	ctx, stop := untilInterrupted()
	defer stop()
	summary, err := experiment.Simulate(ctx, s, o)
	screen.close()
	if errors.Is(err, context.Canceled) && summary != nil {
		screen.warn("stopped at %.4g of %.4g s; continue with\n  %s\n", summary.SimulatedSeconds, float64(s.Run.Duration)/1000, resumption("run", o.Dir))
		return err
	}
	if summary != nil {
		screen.simulation(summary)
		screen.say("page: %s\n", filepath.Join(o.Dir, "report.html"))
	}
	return classify(err)
}
