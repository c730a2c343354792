// Package problem reads gradient problem files: one network, one batch of
// trials and one loss, as JSON, and asks learning rules for their gradients.
//
// The format is described in docs/problems.md. A file is read as a stream of
// tokens, twice: first for the sizes and constants, then for the arrays, so that
// every array is held to its shape while it is read, wherever in the file its
// size stands, and nothing is allocated because a file merely claims a size.
package problem
