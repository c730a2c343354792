package experiment

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"strconv"
)

// table is a CSV file that grows row by row and can be cut back to where a
// checkpoint saw it.
type table struct {
	file   *os.File
	buffer *bufio.Writer
	size   int64
}

// openTable opens a table to append at size bytes; size 0 begins it anew with
// the header. The error is a *FolderError.
func openTable(path string, size int64, header ...string) (*table, error) {
	flags := os.O_RDWR
	if size == 0 {
		flags |= os.O_CREATE
	}
	file, err := os.OpenFile(path, flags, 0o644)
	if errors.Is(err, fs.ErrNotExist) && size > 0 {
		return nil, unusable(missingRows(path, 0, size))
	}
	if err != nil {
		return nil, unusable(err)
	}
	t := &table{file: file, buffer: bufio.NewWriter(file), size: size}
	if err := t.cut(); err != nil {
		file.Close()
		return nil, unusable(err)
	}
	if size == 0 {
		cells := make([]any, len(header))
		for i, h := range header {
			cells[i] = h
		}
		t.add(cells...)
	}
	return t, nil
}

// cut drops what was written after the checkpoint.
func (t *table) cut() error {
	info, err := t.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < t.size {
		return missingRows(t.file.Name(), info.Size(), t.size)
	}
	if err := t.file.Truncate(t.size); err != nil {
		return err
	}
	_, err = t.file.Seek(t.size, io.SeekStart)
	return err
}

func missingRows(path string, has, saw int64) error {
	return fmt.Errorf("%s has %d bytes, the checkpoint saw %d: rows are missing, so the run cannot be continued", path, has, saw)
}

// add writes a row. Numbers are written so that they read back to the same
// value; NaN is an empty field.
func (t *table) add(cells ...any) {
	for i, cell := range cells {
		text := fmt.Sprint(cell)
		if x, ok := cell.(float64); ok {
			text = strconv.FormatFloat(x, 'g', -1, 64)
			if math.IsNaN(x) {
				text = ""
			}
		}
		if i > 0 {
			text = "," + text
		}
		n, _ := t.buffer.WriteString(text) // an error stays in the buffer and Flush returns it
		t.size += int64(n)
	}
	n, _ := t.buffer.WriteString("\n")
	t.size += int64(n)
}

// flush brings the rows to the disk.
func (t *table) flush() error {
	if err := t.buffer.Flush(); err != nil {
		return err
	}
	return t.file.Sync()
}

func (t *table) close() error {
	err := t.buffer.Flush()
	if e := t.file.Close(); err == nil {
		err = e
	}
	return err
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
