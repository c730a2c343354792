package sim

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// Snapshot is the content of a checkpoint: named sections of numbers, bytes and
// JSON. Putting a section copies its values, so the snapshot stays what it was
// while the simulation goes on. The zero value is an empty snapshot.
type Snapshot struct {
	path     string // of the file it was read from, for errors
	sections []section
}

// section is a named value as it stands in the file.
type section struct {
	name    string
	kind    sectionKind
	payload []byte
}

// sectionKind says what a section holds. The values are part of the format.
type sectionKind uint8

const (
	floatSection sectionKind = 1 + iota
	wordSection
	byteSection
	jsonSection
)

// numberSize is the size of a float64 or uint64 in a file.
const numberSize = 8

func (k sectionKind) String() string {
	switch k {
	case floatSection:
		return "float64 values"
	case wordSection:
		return "uint64 values"
	case byteSection:
		return "bytes"
	case jsonSection:
		return "JSON"
	}
	return fmt.Sprintf("section kind %d", uint8(k))
}

// PutFloats stores values under a name. A section of that name is replaced, as
// it is by the other Put methods. All bits are kept, those of NaN too.
func (s *Snapshot) PutFloats(name string, values []float64) {
	payload := make([]byte, 0, len(values)*numberSize)
	for _, v := range values {
		payload = binary.LittleEndian.AppendUint64(payload, math.Float64bits(v))
	}
	s.put(name, floatSection, payload)
}

// PutWords stores 64-bit words under a name, such as positions of streams.
func (s *Snapshot) PutWords(name string, values []uint64) {
	payload := make([]byte, 0, len(values)*numberSize)
	for _, v := range values {
		payload = binary.LittleEndian.AppendUint64(payload, v)
	}
	s.put(name, wordSection, payload)
}

// PutBytes stores bytes under a name.
func (s *Snapshot) PutBytes(name string, value []byte) {
	s.put(name, byteSection, bytes.Clone(value))
}

// PutJSON stores what encoding/json makes of value under a name.
func (s *Snapshot) PutJSON(name string, value any) error {
	payload, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("sim: checkpoint section %q: %w", name, err)
	}
	s.put(name, jsonSection, payload)
	return nil
}

func (s *Snapshot) put(name string, kind sectionKind, payload []byte) {
	s.sections = slices.DeleteFunc(s.sections, func(x section) bool { return x.name == name })
	s.sections = append(s.sections, section{name, kind, payload})
}

// Floats returns the values stored under a name. There must be want of them;
// a negative want accepts any number. Otherwise, as with the other methods that
// read, the error is a [*SectionError].
func (s *Snapshot) Floats(name string, want int) ([]float64, error) {
	payload, err := s.numbers(name, floatSection, want)
	if err != nil {
		return nil, err
	}
	values := make([]float64, len(payload)/numberSize)
	for i := range values {
		values[i] = math.Float64frombits(binary.LittleEndian.Uint64(payload[i*numberSize:]))
	}
	return values, nil
}

// Words returns the 64-bit words stored under a name. There must be want of
// them; a negative want accepts any number.
func (s *Snapshot) Words(name string, want int) ([]uint64, error) {
	payload, err := s.numbers(name, wordSection, want)
	if err != nil {
		return nil, err
	}
	values := make([]uint64, len(payload)/numberSize)
	for i := range values {
		values[i] = binary.LittleEndian.Uint64(payload[i*numberSize:])
	}
	return values, nil
}

// Bytes returns a copy of the bytes stored under a name.
func (s *Snapshot) Bytes(name string) ([]byte, error) {
	payload, err := s.payload(name, byteSection)
	return bytes.Clone(payload), err
}

// JSON decodes the section of a name into the value that target points to.
// A field that target does not have is an error.
func (s *Snapshot) JSON(name string, target any) error {
	payload, err := s.payload(name, jsonSection)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return &SectionError{Path: s.path, Section: name, Found: err.Error(), Want: fmt.Sprintf("JSON of a %T", target)}
	}
	return nil
}

// numbers returns the payload of want numbers of 8 bytes.
func (s *Snapshot) numbers(name string, kind sectionKind, want int) ([]byte, error) {
	payload, err := s.payload(name, kind)
	if err != nil {
		return nil, err
	}
	if found := len(payload) / numberSize; want >= 0 && found != want {
		return nil, &SectionError{
			Path: s.path, Section: name,
			Found: fmt.Sprintf("%d %v", found, kind), Want: fmt.Sprintf("%d", want),
		}
	}
	return payload, nil
}

// payload returns the payload of the section of a name and kind.
func (s *Snapshot) payload(name string, kind sectionKind) ([]byte, error) {
	found := "no such section"
	for _, x := range s.sections {
		switch {
		case x.name != name:
		case x.kind == kind:
			return x.payload, nil
		default:
			found = x.kind.String()
		}
	}
	return nil, &SectionError{Path: s.path, Section: name, Found: found, Want: kind.String()}
}
