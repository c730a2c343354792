package experiment

import (
	"errors"
	"fmt"

	"paracrine/learning"
)

// FolderError says why a result folder, or a file in it, cannot be used. The
// error within names the path.
type FolderError struct{ Err error }

// Error is that of the error within.
func (e *FolderError) Error() string { return e.Err.Error() }

// Unwrap is the error within.
func (e *FolderError) Unwrap() error { return e.Err }

// unusable makes a *FolderError of an error; nil stays nil.
func unusable(err error) error {
	if err == nil {
		return nil
	}
	return &FolderError{err}
}

// DivergedError says that training left what can be computed with: a quantity
// is no longer a finite number, or a decomposition no longer converges.
type DivergedError struct {
	Iteration int
	Err       error
}

// Error names the iteration and what went wrong in it: where there is a
// *learning.NonFiniteError, quantity, cell, trial and step.
func (e *DivergedError) Error() string { return fmt.Sprintf("iteration %d: %v", e.Iteration, e.Err) }

// Unwrap is what went wrong.
func (e *DivergedError) Unwrap() error { return e.Err }

// diverged marks an error of the arithmetic of training.
func (r *run) diverged(err error) error {
	var nonFinite *learning.NonFiniteError
	if errors.As(err, &nonFinite) {
		err = nonFinite
	}
	return &DivergedError{r.Iteration(), err}
}
