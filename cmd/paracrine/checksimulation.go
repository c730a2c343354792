package main

import (
	"fmt"
	"io"

	"paracrine/internal/machine"
	"paracrine/scenarios"
)

// checkSimulation says what a simulation would take.
func checkSimulation(w io.Writer, s *scenarios.Simulation, workers int) error {
	spec, cost, err := s.Prepare(machine.Memory(), workers)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s is well formed\n", s.Name)
	fmt.Fprintf(w, "  cells       %d\n  synapses    %.0f\n", cost.Cells, cost.Synapses)
	fmt.Fprintf(w, "  memory      about %s, and %s while it is built\n", scenarios.Bytes(cost.Bytes), scenarios.Bytes(cost.Peak))
	if n := len(spec.Modulators); n > 0 {
		fmt.Fprintf(w, "  modulators  %d, in fields of %s: about %s of that\n", n, counted(cost.Sites, "point"), scenarios.Bytes(cost.Modulators))
	}
	if !scenarios.Measurable(cost) {
		fmt.Fprintf(w, "  time        not measured: building so many synapses would take long\n")
		return nil
	}
	t, err := s.Measure(spec, workers)
	if err != nil {
		fmt.Fprintf(w, "  time        not known: its beginning fails, %v\n", err)
		return nil
	}
	fmt.Fprintf(w, "  time        about %s with %d workers, and %s to build; measured on the first %v of %v\n",
		lasting(t.Simulate), workers, lasting(t.Build), t.Sampled, s.Run.Duration)
	return nil
}
