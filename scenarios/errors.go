package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// FileError is one thing wrong with a scenario: where, what was given, and what
// is allowed there.
type FileError struct {
	File         string // file, or the --set option the value came from
	Line, Column int    // from 1, columns in characters; 0 in --set
	Path         string // as --set takes it; empty when it is about the whole file
	Given        string
	Allowed      string
	Hint         string // the nearest known word, if there is one
}

// Error is one line: file:line:column: path: given X; allowed Y.
func (e *FileError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	if e.Path != "" {
		b.WriteString(": " + e.Path)
	}
	fmt.Fprintf(&b, ": given %s; allowed %s", e.Given, e.Allowed)
	if e.Hint != "" {
		fmt.Fprintf(&b, " (did you mean %s?)", e.Hint)
	}
	return b.String()
}

// FileErrors is everything found wrong with a scenario, in the order of the
// file.
type FileErrors []*FileError

// mostShown bounds the lines of an error message: whoever opens the wrong file
// does not need to read about every line of it.
const mostShown = 20

// Error has one line per error, up to a number that a terminal shows.
func (e FileErrors) Error() string {
	lines := make([]string, 0, mostShown+1)
	for i, one := range e {
		if i == mostShown {
			lines = append(lines, fmt.Sprintf("… and %d more", len(e)-i))
			break
		}
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find a *FileError.
func (e FileErrors) Unwrap() []error {
	all := make([]error, len(e))
	for i, one := range e {
		all[i] = one
	}
	return all
}

// fault is an error before its place in the file is known.
type fault struct {
	at      path
	onKey   bool // the key itself is wrong, not its value
	given   string
	allowed string
	hint    string
}

// report gives faults their places, in the order of the file.
func (d *document) report(faults []fault) error {
	if len(faults) == 0 {
		return nil
	}
	list := make(FileErrors, len(faults))
	for i, f := range faults {
		list[i] = d.locate(f)
	}
	slices.SortStableFunc(list, func(a, b *FileError) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Path, b.Path))
	})
	return list
}

// locate finds the value a fault is about or, if it is absent, the nearest
// block around it.
func (d *document) locate(f fault) *FileError {
	e := &FileError{File: d.file, Line: 1, Column: 1, Path: f.at.named(d.root).String(),
		Given: f.given, Allowed: f.allowed, Hint: f.hint}
	e.move(d, d.root, d.root)
	node := d.root
	for i, step := range f.at {
		key, value := entry(node, step)
		if value == nil {
			break
		}
		place := value
		if key != nil && (f.onKey && i == len(f.at)-1 || isBlock(value)) {
			place = key
		}
		e.move(d, place, value)
		node = value
	}
	return e
}

// move cites a node: the option it came from, or its line and column. Values
// that were filled in have neither and leave the place as it is.
func (e *FileError) move(d *document, place, value *yaml.Node) {
	if option, ok := d.options[value]; ok {
		e.File, e.Line, e.Column = option, 0, 0
	} else if place.Line > 0 {
		e.Line, e.Column = place.Line, place.Column
	}
}

// entry is the key, if there is one, and the value of a step down.
func entry(node *yaml.Node, step string) (key, value *yaml.Node) {
	if node.Kind == yaml.MappingNode {
		if i := keyIndex(node, step); i >= 0 {
			return node.Content[i], node.Content[i+1]
		}
		return nil, nil
	}
	return nil, child(node, step)
}

// isBlock says whether a node begins on a later line than its key.
func isBlock(node *yaml.Node) bool {
	return node.Kind != yaml.ScalarNode && node.Style&yaml.FlowStyle == 0
}

// because adds why a value is refused.
func because(given, why string) string {
	if why == "" {
		return given
	}
	return given + " (" + why + ")"
}

// shown is a value as an error message repeats it.
func shown(node *yaml.Node) string {
	switch {
	case node == nil || node.Tag == "!!null":
		return "nothing"
	case node.Kind == yaml.MappingNode:
		return "a mapping"
	case node.Kind == yaml.SequenceNode && len(node.Content) == 0:
		return "an empty list"
	case node.Kind == yaml.SequenceNode:
		return "a list"
	case node.Tag == "!!str":
		return quote(node.Value)
	}
	return legible(node.Value)
}

// quote puts text in quotation marks, shortened and with control characters
// escaped: it came from a file that may be anything.
func quote(text string) string { return strconv.Quote(clip(text)) }

// legible is text as it is, shortened and without control characters.
func legible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '�'
	}, clip(text))
}

// clip shortens text to what fits on a line.
func clip(text string) string {
	const most = 60
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
