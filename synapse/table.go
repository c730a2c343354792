package synapse

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// TableError is what is wrong with a CSV file: where, what was given there and
// what is allowed.
type TableError struct {
	File         string
	Line, Column int // from 1, columns in bytes; 0 where the file could not be read
	Given        string
	Allowed      string

	cause error
}

// Error is one line: file:line:column: given X; allowed Y.
func (e *TableError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: given %s; allowed %s", e.File, e.Given, e.Allowed)
	}
	return fmt.Sprintf("%s:%d:%d: given %s; allowed %s", e.File, e.Line, e.Column, e.Given, e.Allowed)
}

// Unwrap is the error of the reader, if there is one.
func (e *TableError) Unwrap() error { return e.cause }

// table reads a CSV file whose first line names its columns.
type table struct {
	name   string
	lines  *csv.Reader
	header []string
	row    []string
}

// byteOrderMark is what some spreadsheets write before a file.
var byteOrderMark = []byte("\xef\xbb\xbf")

// newTable reads the header, which must name the first required columns of those
// allowed, and none twice.
func newTable(name string, r io.Reader, allowed []string, required int) (*table, error) {
	start := bufio.NewReader(r)
	if mark, err := start.Peek(len(byteOrderMark)); err == nil && bytes.Equal(mark, byteOrderMark) {
		start.Discard(len(byteOrderMark)) //nolint:errcheck // what was peeked can be discarded
	}
	t := &table{name: name, lines: csv.NewReader(start)}
	t.lines.FieldsPerRecord = -1
	t.lines.ReuseRecord = true
	header, err := t.lines.Read()
	if err != nil {
		return nil, t.unread(err, "an empty file", "a header: "+columns(allowed, required))
	}
	t.header = slices.Clone(header)
	return t, t.checkHeader(allowed, required)
}

// columns lists the columns of a table as messages show it.
func columns(allowed []string, required int) string {
	list := strings.Join(allowed[:required], ",")
	for _, column := range allowed[required:] {
		list += "[," + column + "]"
	}
	return list
}

// checkHeader refuses columns that are unknown, missing or there twice.
func (t *table) checkHeader(allowed []string, required int) error {
	for i, column := range t.header {
		column = strings.TrimSpace(column)
		t.header[i] = column
		if !slices.Contains(allowed, column) {
			return t.wrong(i, "the column "+quoted(column), "the columns "+columns(allowed, required))
		}
		if slices.Contains(t.header[:i], column) {
			return t.wrong(i, "the column "+quoted(column)+" twice", "each column once")
		}
	}
	for _, column := range allowed[:required] {
		if t.column(column) < 0 {
			return t.wrong(0, "no column "+quoted(column), "the columns "+columns(allowed, required))
		}
	}
	return nil
}

// column is the place of a column, negative if it is not there.
func (t *table) column(name string) int { return slices.Index(t.header, name) }

// next reads a row; false at the end of the file.
func (t *table) next() (bool, error) {
	row, err := t.lines.Read()
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, t.unread(err, "", "")
	}
	t.row = row
	if len(row) != len(t.header) {
		return false, t.wrong(len(row)-1, fmt.Sprintf("%d fields", len(row)), fmt.Sprintf("%d, as many as the header has", len(t.header)))
	}
	return true, nil
}

// cell is the number of a cell in a field, from 0 and below cells.
func (t *table) cell(field, cells int) (uint32, error) {
	given := strings.TrimSpace(t.row[field])
	number, err := strconv.Atoi(given)
	switch {
	case errors.Is(err, strconv.ErrRange):
	case err != nil:
		return 0, t.wrong(field, t.header[field]+" "+quoted(given), "an integer")
	case number >= 0 && number < cells:
		return uint32(number), nil
	}
	return 0, t.wrong(field, t.header[field]+" "+quoted(given), fmt.Sprintf("a cell from 0 to %d", cells-1))
}

// number is the finite number in a field.
func (t *table) number(field int) (float64, error) {
	given := strings.TrimSpace(t.row[field])
	x, err := strconv.ParseFloat(given, 64)
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
		return 0, t.wrong(field, t.header[field]+" "+quoted(given), "a finite number")
	}
	return x, nil
}

// wrong is what is wrong with a field of the line read last.
func (t *table) wrong(field int, given, allowed string) error {
	line, column := t.lines.FieldPos(field)
	return &TableError{File: t.name, Line: line, Column: column, Given: given, Allowed: allowed}
}

// unread is why no line could be read: because there is none, because it is no
// CSV, or for the reader's reason.
func (t *table) unread(err error, ended, allowed string) error {
	var parse *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return &TableError{File: t.name, Line: 1, Column: 1, Given: ended, Allowed: allowed}
	case errors.As(err, &parse):
		return &TableError{File: t.name, Line: parse.Line, Column: parse.Column, Given: parse.Err.Error(), Allowed: "comma-separated values", cause: err}
	}
	return &TableError{File: t.name, Given: err.Error(), Allowed: "a file that can be read", cause: err}
}

// quoted is what was given, shortened where it is long.
func quoted(given string) string {
	const longest = 40
	if runes := []rune(given); len(runes) > longest {
		given = string(runes[:longest]) + "…"
	}
	return strconv.Quote(given)
}
