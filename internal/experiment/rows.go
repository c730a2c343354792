package experiment

import (
	"bufio"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/parquet-go/parquet-go"
)

// column of a file of results. Numbers of cells are whole.
type column struct {
	name  string
	whole bool
}

// rows is a file of results as it is written: nothing is at its path until it
// is complete.
type rows struct {
	file   *renameio.PendingFile
	buffer *bufio.Writer
	format rowFormat
}

// rowFormat is CSV or Parquet.
type rowFormat interface {
	add(values []float64) error
	finish() error
}

// newRows begins a file; its name ends in .csv or .parquet. It is to be ended
// with commit or discard.
func newRows(path string, columns ...column) (*rows, error) {
	file, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(0o644))
	if err != nil {
		return nil, err
	}
	r := &rows{file: file, buffer: bufio.NewWriterSize(file, 1<<16)}
	if strings.HasSuffix(path, ".parquet") {
		r.format = newParquet(r.buffer, columns)
	} else {
		r.format = newCSV(r.buffer, columns)
	}
	return r, nil
}

// add writes a row: a value for every column.
func (r *rows) add(values ...float64) error { return r.format.add(values) }

// commit puts the file in place.
func (r *rows) commit() error {
	if err := r.format.finish(); err != nil {
		return err
	}
	if err := r.buffer.Flush(); err != nil {
		return err
	}
	return r.file.CloseAtomicallyReplace()
}

// discard removes what was written, unless it has been put in place.
func (r *rows) discard() { _ = r.file.Cleanup() }

// csvRows writes numbers so that they read back to the same value, without
// exponents.
type csvRows struct {
	out *bufio.Writer
	row []byte
}

func newCSV(out *bufio.Writer, columns []column) *csvRows {
	c := &csvRows{out: out}
	for i, name := range columns {
		if i > 0 {
			c.row = append(c.row, ',')
		}
		c.row = append(c.row, name.name...)
	}
	c.row = append(c.row, '\n')
	_, _ = out.Write(c.row) // an error stays in the writer and every later write returns it
	return c
}

func (c *csvRows) add(values []float64) error {
	c.row = c.row[:0]
	for i, v := range values {
		if i > 0 {
			c.row = append(c.row, ',')
		}
		c.row = strconv.AppendFloat(c.row, v, 'f', -1, 64)
	}
	_, err := c.out.Write(append(c.row, '\n'))
	return err
}

func (c *csvRows) finish() error { return nil }

// parquetRows writes doubles, and UINT_32 for what is whole, compressed with
// Zstandard.
type parquetRows struct {
	columns []column
	writer  *parquet.GenericWriter[any]
	batch   []parquet.Row
	filled  int
}

// parquetBatch is how many rows go to the writer at a time, and rowGroup how
// many a reader must take at once.
const (
	parquetBatch = 1024
	rowGroup     = 1 << 20
)

func newParquet(out *bufio.Writer, columns []column) *parquetRows {
	schema := parquet.NewSchema("rows", newOrdered(columns))
	p := &parquetRows{columns: columns, batch: make([]parquet.Row, parquetBatch)}
	p.writer = parquet.NewGenericWriter[any](out, schema, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(rowGroup))
	for i := range p.batch {
		p.batch[i] = make(parquet.Row, len(columns))
	}
	return p
}

func (p *parquetRows) add(values []float64) error {
	row := p.batch[p.filled]
	for i, v := range values {
		value := parquet.DoubleValue(v)
		if p.columns[i].whole {
			value = parquet.Int32Value(int32(uint32(v)))
		}
		row[i] = value.Level(0, 0, i)
	}
	if p.filled++; p.filled == len(p.batch) {
		return p.flush()
	}
	return nil
}

func (p *parquetRows) flush() error {
	_, err := p.writer.WriteRows(p.batch[:p.filled])
	p.filled = 0
	return err
}

func (p *parquetRows) finish() error {
	if err := p.flush(); err != nil {
		return err
	}
	return p.writer.Close()
}

// ordered is a Parquet group whose columns stay in the order they are given; a
// parquet.Group is in alphabetical order.
type ordered struct {
	parquet.Group
	columns []column
}

func newOrdered(columns []column) ordered {
	o := ordered{parquet.Group{}, columns}
	for _, c := range columns {
		o.Group[c.name] = parquet.Leaf(parquet.DoubleType)
		if c.whole {
			o.Group[c.name] = parquet.Uint(32)
		}
	}
	return o
}

// Fields are the columns in their order.
func (o ordered) Fields() []parquet.Field {
	fields := o.Group.Fields()
	place := func(f parquet.Field) int {
		return slices.IndexFunc(o.columns, func(c column) bool { return c.name == f.Name() })
	}
	slices.SortFunc(fields, func(a, b parquet.Field) int { return place(a) - place(b) })
	return fields
}
