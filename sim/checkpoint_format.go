package sim

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

// A checkpoint file, all numbers little-endian:
//
//	magic      8 bytes   "PARASNAP"
//	version    uint32    1
//	count      uint32    number of sections
//	length     uint64    of the whole file in bytes
//	identity   uint16 length, bytes
//	sections   each: kind uint8, name (uint16 length, bytes), payload (uint64 length, bytes)
//	checksum   uint32    CRC-32C of all before it
const (
	checkpointMagic   = "PARASNAP"
	checkpointVersion = 1
	// headerSize is the size of all up to and including the length of the file.
	headerSize   = len(checkpointMagic) + 4 + 4 + 8
	checksumSize = 4
	// minimalSize is that of a file with no section and an empty identity.
	minimalSize = headerSize + 2 + checksumSize
	// sectionOverhead is what a section takes beside its name and payload.
	sectionOverhead = 1 + 2 + 8
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encode writes the snapshot in the format of the file.
func (s *Snapshot) encode(w io.Writer, identity string) error {
	if err := s.checkNames(identity); err != nil {
		return err
	}
	checksum := crc32.New(castagnoli)
	body := io.MultiWriter(w, checksum)
	if _, err := body.Write(s.header(identity)); err != nil {
		return err
	}
	for _, x := range s.sections {
		head := binary.LittleEndian.AppendUint16([]byte{byte(x.kind)}, uint16(len(x.name)))
		head = append(head, x.name...)
		head = binary.LittleEndian.AppendUint64(head, uint64(len(x.payload)))
		if _, err := body.Write(head); err != nil {
			return err
		}
		if _, err := body.Write(x.payload); err != nil {
			return err
		}
	}
	_, err := w.Write(binary.LittleEndian.AppendUint32(nil, checksum.Sum32()))
	return err
}

// checkNames refuses names whose length the format cannot express.
func (s *Snapshot) checkNames(identity string) error {
	if len(identity) > math.MaxUint16 {
		return fmt.Errorf("sim: checkpoint identity of %d bytes: allowed are %d", len(identity), math.MaxUint16)
	}
	for _, x := range s.sections {
		if len(x.name) > math.MaxUint16 {
			return fmt.Errorf("sim: checkpoint section name of %d bytes: allowed are %d", len(x.name), math.MaxUint16)
		}
	}
	return nil
}

// header returns all that stands before the sections.
func (s *Snapshot) header(identity string) []byte {
	length := minimalSize + len(identity)
	for _, x := range s.sections {
		length += sectionOverhead + len(x.name) + len(x.payload)
	}
	h := []byte(checkpointMagic)
	h = binary.LittleEndian.AppendUint32(h, checkpointVersion)
	h = binary.LittleEndian.AppendUint32(h, uint32(len(s.sections)))
	h = binary.LittleEndian.AppendUint64(h, uint64(length))
	h = binary.LittleEndian.AppendUint16(h, uint16(len(identity)))
	return append(h, identity...)
}

// checkHeader examines the beginning of a file of the given size: at least
// headerSize bytes of it, if it has as many. After it nothing need be believed
// but the size itself.
func checkHeader(path string, header []byte, size int64) error {
	magic := header[:min(len(header), len(checkpointMagic))]
	if string(magic) != checkpointMagic {
		return &CorruptError{path, "first bytes", fmt.Sprintf("%q", magic), fmt.Sprintf("%q", checkpointMagic)}
	}
	if size < int64(minimalSize) {
		return &CorruptError{path, "length", fmt.Sprintf("%d bytes", size), fmt.Sprintf("at least %d", minimalSize)}
	}
	if version := binary.LittleEndian.Uint32(header[8:]); version != checkpointVersion {
		return &ForeignError{path, "format version", fmt.Sprint(version), fmt.Sprint(checkpointVersion)}
	}
	if length := binary.LittleEndian.Uint64(header[16:]); length != uint64(size) {
		return &CorruptError{path, "length", fmt.Sprintf("%d bytes", size), fmt.Sprintf("the %d it was written with", length)}
	}
	return nil
}

// decode reads a whole file. The snapshot shares the memory of data.
func decode(path string, data []byte) (s *Snapshot, identity string, err error) {
	if err := checkHeader(path, data, int64(len(data))); err != nil {
		return nil, "", err
	}
	body, trailer := data[:len(data)-checksumSize], data[len(data)-checksumSize:]
	if sum, want := crc32.Checksum(body, castagnoli), binary.LittleEndian.Uint32(trailer); sum != want {
		return nil, "", &CorruptError{path, "checksum", fmt.Sprintf("%08x", sum), fmt.Sprintf("%08x", want)}
	}
	r := &fieldReader{path: path, rest: body[headerSize:]}
	identity = string(r.take("identity", uint64(r.uint16("identity"))))
	s = &Snapshot{path: path}
	names := make(map[string]bool)
	for range binary.LittleEndian.Uint32(data[12:]) {
		x := r.section()
		if names[x.name] {
			r.fail("section name", fmt.Sprintf("%q again", x.name), "different names")
		}
		if r.err != nil {
			return nil, "", r.err
		}
		names[x.name] = true
		s.sections = append(s.sections, x)
	}
	if len(r.rest) != 0 {
		r.fail("sections", fmt.Sprintf("%d bytes after the last", len(r.rest)), "none")
	}
	if r.err != nil {
		return nil, "", r.err
	}
	return s, identity, nil
}

// fieldReader takes fields off the front of a file. After a failure it returns
// empty fields and keeps the first error.
type fieldReader struct {
	path string
	rest []byte
	err  error
}

func (r *fieldReader) fail(what, found, want string) {
	if r.err == nil {
		r.err = &CorruptError{r.path, what, found, want}
	}
}

// take returns the next n bytes. A length is believed only as far as there are
// bytes, so nothing is ever allocated for more.
func (r *fieldReader) take(what string, n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.fail(what, fmt.Sprintf("a length of %d bytes", n), fmt.Sprintf("at most the %d that remain", len(r.rest)))
	}
	if r.err != nil {
		return nil
	}
	field := r.rest[:n:n]
	r.rest = r.rest[n:]
	return field
}

func (r *fieldReader) uint16(what string) uint16 {
	if b := r.take(what, 2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *fieldReader) uint64(what string) uint64 {
	if b := r.take(what, 8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// section returns the next section.
func (r *fieldReader) section() section {
	kind := r.take("section kind", 1)
	name := string(r.take("section name", uint64(r.uint16("section name"))))
	where := fmt.Sprintf("section %q", name)
	payload := r.take(where, r.uint64(where))
	if r.err != nil {
		return section{}
	}
	x := section{name, sectionKind(kind[0]), payload}
	switch {
	case x.kind < floatSection || x.kind > jsonSection:
		r.fail(where, x.kind.String(), fmt.Sprintf("%d to %d", floatSection, jsonSection))
	case (x.kind == floatSection || x.kind == wordSection) && len(payload)%numberSize != 0:
		r.fail(where, fmt.Sprintf("%d bytes of %v", len(payload), x.kind), "a multiple of 8")
	}
	return x
}
