package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"paracrine/internal/machine"
	"paracrine/scenarios"
)

func newCheck() *cobra.Command {
	var f scenarioFlags
	cmd := &cobra.Command{
		Use:   "check SCENARIO",
		Short: "Check a scenario without running it, and say what it would take",
		Long: `Reads a scenario as run does, refuses what run would refuse, and says what the
run would take: its size, its memory, and its time from a moment's training or
simulation.`,
		Example: `  paracrine check my-scenario.yaml
  paracrine check delayed-xor --set network.cells.excitatory.count=4000
  paracrine check brunel`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.checkWorkers(); err != nil {
				return err
			}
			d, err := scenarios.Open(args[0], f.overrides(cmd))
			if err != nil {
				return badInput(err)
			}
			if s, simulates := d.(*scenarios.Simulation); simulates {
				return classify(checkSimulation(cmd.OutOrStdout(), s, f.workers))
			}
			s := d.(*scenarios.Scenario)
			if err := s.CheckMemory(machine.Memory(), 1, f.workers); err != nil {
				return classify(err)
			}
			writeSize(cmd.OutOrStdout(), s, f.workers)
			return nil
		},
	}
	f.addSets(cmd)
	f.addSeed(cmd)
	f.addWorkers(cmd)
	return cmd
}

// writeSize says what a run would take.
func writeSize(w io.Writer, s *scenarios.Scenario, workers int) {
	size := s.Size()
	fmt.Fprintf(w, "%s is well formed\n", s.Name)
	fmt.Fprintf(w, "  cells       %d\n  synapses    %.0f (at most)\n", size.Cells, size.Synapses)
	fmt.Fprintf(w, "  steps       %d per trial, of %v each\n", size.Steps, s.Network.Step)
	if s.Continuous() {
		fmt.Fprintf(w, "  trials      %d, one after the other without a break\n", s.Training.Iterations)
	} else {
		fmt.Fprintf(w, "  trials      %d per iteration, %d iterations\n", s.Training.Batch, s.Training.Iterations)
	}
	fmt.Fprintf(w, "  memory      about %s with %s\n", scenarios.Bytes(size.Bytes(workers)), counted(workers, "worker"))
	e, err := s.Estimate(workers)
	if err != nil {
		fmt.Fprintf(w, "  time        not known: the first iteration fails, %v\n", err)
		return
	}
	fmt.Fprintf(w, "  time        about %s with %s, %s per iteration%s\n", lasting(e.Run), counted(workers, "worker"), lasting(e.Iteration), scaledFrom(e, size))
}

func scaledFrom(e scenarios.Estimate, size scenarios.Size) string {
	if e.Cells == size.Cells {
		return ""
	}
	return fmt.Sprintf(" (scaled from a network of %d cells)", e.Cells)
}

// lasting is a duration in the unit that suits it, to two or three digits.
func lasting(d time.Duration) string {
	for _, unit := range []struct {
		name string
		unit time.Duration
		upTo time.Duration
	}{
		{"ms", time.Millisecond, time.Second},
		{"s", time.Second, 2 * time.Minute},
		{"min", time.Minute, 2 * time.Hour},
		{"h", time.Hour, 48 * time.Hour},
	} {
		if d < unit.upTo {
			return fmt.Sprintf("%s %s", strconv.FormatFloat(roundedTo(float64(d)/float64(unit.unit)), 'f', -1, 64), unit.name)
		}
	}
	return fmt.Sprintf("%.0f days", d.Hours()/24)
}

// roundedTo keeps two digits, or all before the point.
func roundedTo(x float64) float64 {
	if x >= 10 {
		return math.Round(x)
	}
	return math.Round(10*x) / 10
}
