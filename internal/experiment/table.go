package experiment

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
)

// table is a CSV file that grows row by row.
type table struct {
	*growing
	row []byte
}

// openTable opens a table to append at size bytes; size 0 begins it anew with
// the header. The error is a *FolderError.
func openTable(path string, size int64, header ...string) (*table, error) {
	g, err := openGrowing(path, size)
	if err != nil {
		return nil, err
	}
	t := &table{growing: g}
	if size == 0 {
		_ = t.write([]byte(strings.Join(header, ",") + "\n")) // flush returns the error
	}
	return t, nil
}

// add writes a row. Numbers are written so that they read back to the same
// value; NaN is an empty field.
func (t *table) add(cells ...any) {
	t.row = t.row[:0]
	for i, cell := range cells {
		if i > 0 {
			t.row = append(t.row, ',')
		}
		switch x := cell.(type) {
		case float64:
			if !math.IsNaN(x) {
				t.row = strconv.AppendFloat(t.row, x, 'g', -1, 64)
			}
		default:
			t.row = fmt.Append(t.row, cell)
		}
	}
	_ = t.write(append(t.row, '\n')) // flush returns the error
}

// readTable reads a table back: its header and one slice of numbers per column,
// NaN where a field is empty or no number; text columns are in texts.
func readTable(path string) (numbers map[string][]float64, texts map[string][]string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	rows, err := csv.NewReader(bufio.NewReader(file)).ReadAll()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	numbers, texts = map[string][]float64{}, map[string][]string{}
	if len(rows) == 0 {
		return numbers, texts, nil
	}
	for column, name := range rows[0] {
		for _, row := range rows[1:] {
			x, err := strconv.ParseFloat(row[column], 64)
			if err != nil {
				x = math.NaN()
			}
			numbers[name] = append(numbers[name], x)
			texts[name] = append(texts[name], row[column])
		}
	}
	return numbers, texts, nil
}
