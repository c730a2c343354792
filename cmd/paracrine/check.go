package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newCheck() *cobra.Command {
	var f scenarioFlags
	cmd := &cobra.Command{
		Use:   "check SCENARIO",
		Short: "Check a scenario without running it, and say what it would take",
		Example: `  paracrine check my-scenario.yaml
  paracrine check delayed-xor --set network.cells.excitatory.count=4000`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := f.load(cmd, args)
			if err != nil {
				return err
			}
			n := s.Size()
			fmt.Fprintf(cmd.OutOrStdout(), "%s is well formed\n  cells       %d\n  synapses    %d (at most)\n  steps       %d per trial (%v)\n  trials      %d per iteration, %d iterations\n  memory      %.0f MB for 2 workers\n",
				s.Name, n.Cells, n.Synapses, n.Steps, s.Network.Step, s.Training.Batch, s.Training.Iterations, float64(n.Bytes(2))/1e6)
			return nil
		},
	}
	f.addSets(cmd)
	f.addSeed(cmd)
	return cmd
}
