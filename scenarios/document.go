package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// What a file may be at most, checked before it costs anything. The largest
// file anyone writes by hand is far from each.
const (
	mostBytes  = 256 << 10
	mostDepth  = 32
	mostValues = 10_000
)

// document is a YAML file as a tree of nodes that know their places.
type document struct {
	file    string
	root    *yaml.Node
	options map[*yaml.Node]string // values that came from --set, with the option
}

// parseDocument reads the one YAML document of a file: plain mappings, lists
// and values, without anchors, aliases, tags or merge keys.
func parseDocument(file string, data []byte) (*document, error) {
	if problem := refuseBytes(file, data); problem != nil {
		return nil, FileErrors{problem}
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithV4Defaults(),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(mostDepth))))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var first, second yaml.Node
	if err := loader.Load(&first); err != nil {
		return nil, FileErrors{syntaxError(file, data, err)}
	}
	if err := loader.Load(&second); err == nil {
		return nil, FileErrors{{File: file, Line: second.Line, Column: second.Column,
			Given: "a second document", Allowed: "one document in a file"}}
	} else if !errors.Is(err, io.EOF) {
		return nil, FileErrors{syntaxError(file, data, err)}
	}
	d := &document{file: file, root: first.Content[0], options: map[*yaml.Node]string{}}
	if problems := refuseTree(file, d.root); len(problems) > 0 {
		return nil, problems
	}
	return d, nil
}

// refuseBytes refuses what is too large or not text.
func refuseBytes(file string, data []byte) *FileError {
	if len(data) > mostBytes {
		return &FileError{File: file, Line: 1, Column: 1,
			Given: "more than 256 KiB", Allowed: "a scenario file, which has a few"}
	}
	line, column := 1, 1
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		switch {
		case r == utf8.RuneError && size == 1:
			return &FileError{File: file, Line: line, Column: column,
				Given: fmt.Sprintf("the byte 0x%02x, which is not UTF-8", data[at]), Allowed: "text in UTF-8"}
		case r < ' ' && !strings.ContainsRune("\t\r\n", r) || r == 0x7f:
			return &FileError{File: file, Line: line, Column: column,
				Given: fmt.Sprintf("the control character U+%04X", r), Allowed: "printable text"}
		case r == '\n':
			line, column = line+1, 0
		}
		at, column = at+size, column+1
	}
	return nil
}

// syntaxError words what the YAML library reports.
func syntaxError(file string, data []byte, err error) *FileError {
	e := &FileError{File: file, Line: 1, Column: 1, Allowed: "a YAML mapping of the keys of a scenario"}
	var load *yaml.LoadError
	switch {
	case errors.Is(err, io.EOF):
		e.Given = "an empty file"
	case errors.As(err, &load):
		e.Line, e.Column = max(load.Mark.Line, 1), max(load.Mark.Column, 1)
		e.Given, e.Allowed = syntaxProblem(load, data)
	default:
		e.Given = "what is not YAML: " + legible(err.Error())
	}
	return e
}

// syntaxProblem says what stands there and what YAML wants instead.
func syntaxProblem(load *yaml.LoadError, data []byte) (given, allowed string) {
	switch {
	case strings.HasPrefix(load.Message, "exceeded max depth"):
		return fmt.Sprintf("more than %d levels of nesting", mostDepth), fmt.Sprintf("at most %d levels", mostDepth)
	case byteAt(data, load.Mark) == '\t':
		return "a tab", "spaces for indentation"
	case strings.HasPrefix(load.Message, "unknown anchor"):
		return "an alias (*name)", "the value itself, written out"
	}
	given = "what is not YAML (" + load.Message
	if load.ContextMsg != "" {
		given += " " + load.ContextMsg
	}
	return given + ")", "one YAML mapping; text that contains “: ” or “#”, or begins with a sign, needs quotation marks"
}

// byteAt is the byte at a line and column; 0 beyond the text.
func byteAt(data []byte, mark yaml.Mark) byte {
	lines := bytes.SplitN(data, []byte("\n"), mark.Line+1)
	if mark.Line < 1 || mark.Line > len(lines) {
		return 0
	}
	if line := []rune(string(lines[mark.Line-1])); mark.Column >= 1 && mark.Column <= len(line) {
		return byte(line[mark.Column-1])
	}
	return 0
}
