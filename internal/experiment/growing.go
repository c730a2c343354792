package experiment

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// growing is a file that is only appended to and can be cut back to where a
// checkpoint saw it.
type growing struct {
	file   *os.File
	buffer *bufio.Writer
	size   int64
}

// openGrowing opens a file to append at size bytes; size 0 begins it anew. The
// error is a *FolderError.
func openGrowing(path string, size int64) (*growing, error) {
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
	g := &growing{file: file, buffer: bufio.NewWriterSize(file, 1<<16), size: size}
	if err := g.cut(); err != nil {
		file.Close()
		return nil, unusable(err)
	}
	return g, nil
}

// cut drops what was written after the checkpoint.
func (g *growing) cut() error {
	info, err := g.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < g.size {
		return missingRows(g.file.Name(), info.Size(), g.size)
	}
	if err := g.file.Truncate(g.size); err != nil {
		return err
	}
	_, err = g.file.Seek(g.size, io.SeekStart)
	return err
}

func missingRows(path string, has, saw int64) error {
	return fmt.Errorf("%s has %d bytes, the checkpoint saw %d: rows are missing, so the run cannot be continued", path, has, saw)
}

// write appends bytes. An error stays: later writes and flush return it too.
func (g *growing) write(data []byte) error {
	n, err := g.buffer.Write(data)
	g.size += int64(n)
	return err
}

// flush brings everything to the disk.
func (g *growing) flush() error {
	if err := g.buffer.Flush(); err != nil {
		return err
	}
	return g.file.Sync()
}

func (g *growing) close() error {
	err := g.buffer.Flush()
	if e := g.file.Close(); err == nil {
		err = e
	}
	return err
}
