package sim

import "fmt"

// CorruptError reports a checkpoint that is damaged: cut short, changed, or not
// made by this package at all.
type CorruptError struct {
	Path  string // file
	What  string // what was examined: "length", "checksum", …
	Found string
	Want  string
}

// Error says what was found where and what was expected.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("sim: checkpoint %s is damaged: %s: found %s, expected %s", e.Path, e.What, e.Found, e.Want)
}

// ForeignError reports a sound checkpoint that belongs to something else:
// another scenario, or another version of the format.
type ForeignError struct {
	Path  string // file
	What  string // what was compared: "identity", "format version"
	Found string
	Want  string
}

// Error says what was found and what was expected.
func (e *ForeignError) Error() string {
	return fmt.Sprintf("sim: checkpoint %s belongs to another run: %s: found %s, expected %s", e.Path, e.What, e.Found, e.Want)
}

// SectionError reports a section that is missing from a checkpoint or does not
// hold what is asked for.
type SectionError struct {
	Path    string // file; empty if the snapshot was not read from one
	Section string
	Found   string
	Want    string
}

// Error says what was found and what was expected.
func (e *SectionError) Error() string {
	of := ""
	if e.Path != "" {
		of = " " + e.Path
	}
	return fmt.Sprintf("sim: checkpoint%s, section %q: found %s, expected %s", of, e.Section, e.Found, e.Want)
}
