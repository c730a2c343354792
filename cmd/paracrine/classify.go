package main

import (
	"errors"
	"fmt"

	"paracrine/internal/experiment"
	"paracrine/internal/problem"
	"paracrine/learning"
	"paracrine/scenarios"
)

// classify marks errors that the user's input caused; what is left failed while
// running.
func classify(err error) error {
	switch {
	case err == nil:
		return nil
	case caused[*learning.RuleError](err), caused[*scenarios.FileError](err), caused[scenarios.FileErrors](err),
		caused[*problem.Error](err),
		caused[*experiment.FolderError](err):
		return badInput(err)
	case caused[*experiment.DivergedError](err), caused[*experiment.UnstableError](err):
		return fmt.Errorf("the run diverged: %w", err)
	}
	return fmt.Errorf("the run failed: %w", err)
}

func caused[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}
