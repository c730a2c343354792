package scenarios

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"paracrine/internal/units"
)

// column is a column of a CSV file: its name or, of a quantity, its name and
// unit as in weight_mV.
type column struct {
	name  string
	unit  string // base unit; "" for plain numbers
	limit int    // of whole numbers, which lie below it; 0 for other numbers
}

// title is the column's name as the file has it.
func (c column) title() string {
	if c.unit == "" {
		return c.name
	}
	return c.name + "_" + c.unit
}

// table is a CSV file of numbers, read line by line.
type table struct {
	file    string
	reader  *csv.Reader
	columns []column
	places  []int    // of each column in a line
	units   []string // of each column in the file
	row     []float64
}

// openTable opens a file and finds columns by its first line. The error is a
// [*FileError] of the file, or one of the system.
func openTable(name string, columns ...column) (*table, error) {
	file, err := contents(name)
	if err != nil {
		return nil, err
	}
	t := &table{file: shortName(name), reader: csv.NewReader(file), columns: columns,
		places: make([]int, len(columns)), units: make([]string, len(columns)), row: make([]float64, len(columns))}
	t.reader.ReuseRecord, t.reader.Comment, t.reader.TrimLeadingSpace = true, '#', true
	header, err := t.reader.Read()
	if err == nil {
		err = t.findColumns(header)
	} else {
		err = t.refuseLine(err)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// titles are the names of all columns, as the file may have them.
func (t *table) titles() string {
	var names []string
	for _, c := range t.columns {
		names = append(names, c.title())
	}
	return strings.Join(names, ", ")
}

// findColumns finds where in a line each column is.
func (t *table) findColumns(header []string) error {
	for i := range t.places {
		t.places[i] = -1
	}
	for at, title := range header {
		i := t.columnTitled(title)
		if i < 0 || t.places[i] >= 0 {
			return t.refuse(at, "the column "+quote(title), "the columns "+t.titles()+", each once, named in the first line")
		}
		t.places[i] = at
		_, t.units[i], _ = strings.Cut(title, t.columns[i].name+"_")
	}
	for i, c := range t.columns {
		if t.places[i] < 0 {
			return t.refuse(0, "no column "+c.title(), "the columns "+t.titles()+", named in the first line")
		}
	}
	return nil
}

// columnTitled is the number of a column, which may be in any unit of its
// dimension; −1 if there is none.
func (t *table) columnTitled(title string) int {
	for i, c := range t.columns {
		if c.unit == "" && title == c.name {
			return i
		}
		if unit, found := strings.CutPrefix(title, c.name+"_"); found && c.unit != "" {
			if _, err := units.ParseIn(c.unit, "1 "+unit); err == nil {
				return i
			}
		}
	}
	return -1
}

// next is the numbers of the next line in base units, in the order of the
// columns, valid until the call after; io.EOF after the last.
func (t *table) next() ([]float64, error) {
	record, err := t.reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, err
	}
	if err != nil {
		return nil, t.refuseLine(err)
	}
	for i, c := range t.columns {
		x, why := c.read(record[t.places[i]], t.units[i])
		if why != "" {
			return nil, t.refuse(t.places[i], quote(record[t.places[i]]), why)
		}
		t.row[i] = x
	}
	return t.row, nil
}

// read reads a number of a column, or says what is allowed.
func (c column) read(text, unit string) (x float64, allowed string) {
	text = strings.TrimSpace(text)
	if c.limit > 0 {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n >= c.limit {
			return 0, fmt.Sprintf("a whole number from 0 to %d", c.limit-1)
		}
		return float64(n), ""
	}
	x, err := strconv.ParseFloat(text, 64)
	if err == nil && unit != c.unit {
		x, err = units.ParseIn(c.unit, text+" "+unit)
	}
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, "a finite number"
	}
	return x, ""
}

// refuse is an error in a field of the present line.
func (t *table) refuse(field int, given, allowed string) error {
	line, at := t.reader.FieldPos(field)
	return FileErrors{{File: t.file, Line: line, Column: at, Given: given, Allowed: allowed}}
}

// refuseLine is an error in the form of a line.
func (t *table) refuseLine(err error) error {
	var wrong *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return FileErrors{{File: t.file, Line: 1, Column: 1, Given: "an empty file", Allowed: "the columns " + t.titles() + ", named in the first line"}}
	case errors.As(err, &wrong):
		return FileErrors{{File: t.file, Line: max(wrong.Line, 1), Column: max(wrong.Column, 1), Given: "a line that is not CSV (" + legible(wrong.Err.Error()) + ")",
			Allowed: "as many numbers as the first line has columns, with commas between them"}}
	}
	return err
}

// each calls a function for every line.
func (t *table) each(use func(row []float64) error) error {
	for {
		row, err := t.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = use(row)
		}
		if err != nil {
			return err
		}
	}
}
