// Command paracrine runs scenarios in which networks learn through
// neuromodulators, and compares learning rules on them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitFailed      = 1   // a run failed
	exitBadInput    = 2   // arguments or files that cannot be used
	exitInterrupted = 130 // stopped by the user
)

func main() { os.Exit(execute(newRoot())) }

// untilInterrupted is a context that ends with the first interrupt, for
// commands that have work to save. A second one ends the program at once.
func untilInterrupted() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// execute runs the command and turns its error into a message and an exit code.
func execute(root *cobra.Command) int {
	err := root.Execute()
	if err == nil {
		return 0
	}
	fmt.Fprintln(root.ErrOrStderr(), "paracrine:", message(err))
	return exitCode(err)
}

// inputError marks an error of the user's making.
type inputError struct{ error }

func (e inputError) Unwrap() error { return e.error }

// badInput marks err as the user's; nil stays nil.
func badInput(err error) error {
	if err == nil {
		return nil
	}
	return inputError{err}
}

func exitCode(err error) int {
	var input inputError
	switch {
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &input):
		return exitBadInput
	}
	return exitFailed
}

func message(err error) string {
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	return err.Error()
}
