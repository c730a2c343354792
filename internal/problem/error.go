package problem

import "fmt"

// Error is what is wrong with a problem file: where, what was given there and
// what is allowed.
type Error struct {
	File         string
	Line, Column int    // from 1, columns in characters; 0 when the file could not be read
	Path         string // such as hyper.eta or W_rec[3][7]; empty when it is about the whole file
	Given        string
	Allowed      string

	cause error
}

// Error is one line: file:line:column: path: given X; allowed Y.
func (e *Error) Error() string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
	}
	if e.Path != "" {
		place += ": " + e.Path
	}
	return fmt.Sprintf("%s: given %s; allowed %s", place, e.Given, e.Allowed)
}

// Unwrap is the operating system's error when the file could not be read.
func (e *Error) Unwrap() error { return e.cause }
