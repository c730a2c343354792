package sim

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/google/renameio/v2"
)

// WriteFile writes the snapshot to a file that is, whatever happens meanwhile,
// either the old one or the whole new one: a temporary file beside it is
// written, synchronised and renamed, and then the directory is synchronised. A
// process killed in between leaves the temporary file, hidden and of no harm.
//
// The identity, such as a hash of the scenario, is what [ReadSnapshot] must be
// given to accept the file; at most 65 535 bytes.
func (s *Snapshot) WriteFile(path, identity string) error {
	directory := filepath.Dir(path)
	file, err := renameio.NewPendingFile(path, renameio.WithTempDir(directory), renameio.WithPermissions(0o644))
	if err != nil {
		return fmt.Errorf("sim: write checkpoint: %w", err)
	}
	if err := s.fill(file, identity); err != nil {
		return errors.Join(fmt.Errorf("sim: write checkpoint %s: %w", path, err), file.Cleanup())
	}
	if err := syncDirectory(directory); err != nil {
		return fmt.Errorf("sim: write checkpoint %s: %w", path, err)
	}
	return nil
}

// fill writes the snapshot to the temporary file and puts that in place.
func (s *Snapshot) fill(file *renameio.PendingFile, identity string) error {
	buffered := bufio.NewWriter(file)
	if err := s.encode(buffered, identity); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return file.CloseAtomicallyReplace()
}

// syncDirectory makes a rename in a directory last through a loss of power.
// File systems that cannot synchronise directories say so with EINVAL; there
// is nothing more to be done on them.
func syncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	defer directory.Close()
	if err := directory.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

// ReadSnapshot reads a file that [Snapshot.WriteFile] wrote with the same
// identity. A damaged or truncated file is a [*CorruptError], one that belongs to
// something else a [*ForeignError]; a missing file satisfies
// errors.Is(err, fs.ErrNotExist). No more memory is allocated than the file is
// long.
func ReadSnapshot(path, identity string) (*Snapshot, error) {
	data, err := readCheckpoint(path)
	if err != nil {
		return nil, err
	}
	s, found, err := decode(path, data)
	if err != nil {
		return nil, err
	}
	if found != identity {
		return nil, &ForeignError{path, "identity", fmt.Sprintf("%q", found), fmt.Sprintf("%q", identity)}
	}
	return s, nil
}

// readCheckpoint returns the content of a file, after its header has shown that
// the rest is worth reading.
func readCheckpoint(path string) ([]byte, error) {
	// Opening what is not a regular file may wait forever.
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("sim: read checkpoint: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, &CorruptError{path, "file", "mode " + info.Mode().String(), "a regular file"}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("sim: read checkpoint: %w", err)
	}
	defer file.Close()
	header := make([]byte, min(info.Size(), int64(headerSize)))
	if _, err := io.ReadFull(file, header); err != nil {
		return nil, fmt.Errorf("sim: read checkpoint %s: %w", path, err)
	}
	if err := checkHeader(path, header, info.Size()); err != nil {
		return nil, err
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(file, data[copy(data, header):]); err != nil {
		return nil, fmt.Errorf("sim: read checkpoint %s: %w", path, err)
	}
	return data, nil
}
