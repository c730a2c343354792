package sim

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// progress is metadata as a run might keep it.
type progress struct {
	Iteration int
	Rule      string
}

// sampleSnapshot holds a section of every kind.
func sampleSnapshot(t testing.TB) *Snapshot {
	s := new(Snapshot)
	s.PutFloats("weights", []float64{1.5, math.Inf(-1), math.Copysign(0, -1)})
	s.PutWords("streams", []uint64{17, math.MaxUint64})
	s.PutBytes("log", []byte("a line\n"))
	if err := s.PutJSON("progress", progress{3, "modprop"}); err != nil {
		t.Fatal(err)
	}
	return s
}

// image returns the bytes of the file a snapshot is written to.
func image(t testing.TB, s *Snapshot, identity string) []byte {
	var b bytes.Buffer
	if err := s.encode(&b, identity); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSnapshotRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.checkpoint")
	if err := sampleSnapshot(t).WriteFile(path, "xor"); err != nil {
		t.Fatal(err)
	}
	s, err := ReadSnapshot(path, "xor")
	if err != nil {
		t.Fatal(err)
	}
	floats, err := s.Floats("weights", 3)
	if err != nil || !math.Signbit(floats[2]) || !slices.Equal(floats, []float64{1.5, math.Inf(-1), 0}) {
		t.Errorf("weights: %v, %v", floats, err)
	}
	words, err := s.Words("streams", -1)
	if err != nil || !slices.Equal(words, []uint64{17, math.MaxUint64}) {
		t.Errorf("streams: %v, %v", words, err)
	}
	text, err := s.Bytes("log")
	if err != nil || string(text) != "a line\n" {
		t.Errorf("log: %q, %v", text, err)
	}
	var p progress
	if err := s.JSON("progress", &p); err != nil || p != (progress{3, "modprop"}) {
		t.Errorf("progress: %v, %v", p, err)
	}
}

// Every bit of every number comes back.
func TestSnapshotKeepsBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.MapOf(rapid.String(), rapid.SliceOf(rapid.Uint64())).Draw(t, "sections")
		identity := rapid.String().Draw(t, "identity")
		s := new(Snapshot)
		for name, words := range want {
			floats := make([]float64, len(words))
			for i, w := range words {
				floats[i] = math.Float64frombits(w)
			}
			s.PutFloats("f"+name, floats)
			s.PutWords("w"+name, words)
		}
		var file bytes.Buffer
		if err := s.encode(&file, identity); err != nil {
			t.Fatal(err)
		}
		got, found, err := decode("memory", file.Bytes())
		if err != nil || found != identity {
			t.Fatalf("identity %q came back as %q, %v", identity, found, err)
		}
		for name, words := range want {
			floats, err := got.Floats("f"+name, len(words))
			if err != nil {
				t.Fatal(err)
			}
			bits, err := got.Words("w"+name, len(words))
			if err != nil || !slices.Equal(bits, words) {
				t.Fatalf("%q: %x, %v, want %x", name, bits, err, words)
			}
			for i, f := range floats {
				if math.Float64bits(f) != words[i] {
					t.Fatalf("%q[%d]: %x, want %x", name, i, math.Float64bits(f), words[i])
				}
			}
		}
	})
}

func TestSnapshotIsACopy(t *testing.T) {
	weights, text := []float64{1}, []byte("x")
	var s Snapshot
	s.PutFloats("weights", weights)
	s.PutBytes("text", text)
	weights[0], text[0] = 2, 'y'
	if got, err := s.Floats("weights", 1); err != nil || got[0] != 1 {
		t.Errorf("weights: %v, %v", got, err)
	}
	got, err := s.Bytes("text")
	if err != nil || string(got) != "x" {
		t.Errorf("text: %q, %v", got, err)
	}
	s.PutWords("weights", []uint64{7})
	if got, err := s.Words("weights", 1); err != nil || got[0] != 7 {
		t.Errorf("replaced: %v, %v", got, err)
	}
}

func TestSectionErrors(t *testing.T) {
	s := sampleSnapshot(t)
	_, missing := s.Floats("momentum", 3)
	_, length := s.Floats("weights", 4)
	_, kind := s.Words("weights", 3)
	_, text := s.Bytes("progress")
	for _, c := range []struct {
		err  error
		want string
	}{
		{missing, `sim: checkpoint, section "momentum": found no such section, expected float64 values`},
		{length, `sim: checkpoint, section "weights": found 3 float64 values, expected 4`},
		{kind, `sim: checkpoint, section "weights": found float64 values, expected uint64 values`},
		{text, `sim: checkpoint, section "progress": found JSON, expected bytes`},
		{
			s.JSON("progress", new(struct{ Iteration int })),
			`sim: checkpoint, section "progress": found json: unknown field "Rule", expected JSON of a *struct { Iteration int }`,
		},
	} {
		var section *SectionError
		if !errors.As(c.err, &section) || c.err.Error() != c.want {
			t.Errorf("got %v\nwant %s", c.err, c.want)
		}
	}
	if err := s.PutJSON("channel", make(chan int)); err == nil {
		t.Error("a channel was stored as JSON")
	}
}

// repair makes the checksum of a changed file right again.
func repair(file []byte) []byte {
	body := file[:len(file)-checksumSize]
	binary.LittleEndian.PutUint32(file[len(body):], crc32.Checksum(body, castagnoli))
	return file
}

// edit returns a copy of the file with some bytes replaced.
func edit(file []byte, at int, b ...byte) []byte {
	file = bytes.Clone(file)
	copy(file[at:], b)
	return file
}

func TestBadFilesAreRefused(t *testing.T) {
	good := image(t, sampleSnapshot(t), "xor")
	twice := new(Snapshot)
	twice.sections = []section{{"x", byteSection, nil}, {"x", byteSection, nil}}
	ragged := &Snapshot{sections: []section{{"x", floatSection, []byte("seven b")}}}
	odd := &Snapshot{sections: []section{{"x", 99, nil}}}
	identityAt, firstAt := headerSize, headerSize+2+len("xor")
	for _, c := range []struct {
		name    string
		file    []byte
		foreign bool
		want    string // in the message
	}{
		{"empty", nil, false, `first bytes: found "", expected "PARASNAP"`},
		{"text", []byte("hello, world"), false, `found "hello, w"`},
		{"magic alone", good[:8], false, "found 8 bytes, expected at least 30"},
		{"header alone", good[:headerSize], false, "found 24 bytes, expected at least 30"},
		{"cut short", good[:len(good)-1], false, "the 181 it was written with"},
		{"too long", append(bytes.Clone(good), 0), false, "length: found 182 bytes"},
		{"bit flipped", edit(good, len(good)-20, good[len(good)-20]^1), false, "checksum: found"},
		{"other version", edit(good, 8, 2), true, "format version: found 2, expected 1"},
		{"other identity", image(t, sampleSnapshot(t), "sine"), true, `identity: found "sine", expected "xor"`},
		{"huge length", edit(good, 16, 0, 0, 0, 0, 0, 1, 0, 0), false, "the 1099511627776 it was written with"},
		{"huge count", repair(edit(good, 12, 255, 255, 255, 255)), false, "section kind: found a length of 1 bytes, expected at most the 0"},
		{"count too small", repair(edit(good, 12, 1)), false, "sections: found"},
		{"huge identity", repair(edit(good, identityAt, 255, 255)), false, "identity: found a length of 65535 bytes"},
		{"huge name", repair(edit(good, firstAt+1, 255, 255)), false, "section name: found a length of 65535 bytes"},
		{
			"huge payload", repair(edit(good, firstAt+3+len("weights"), 255, 255, 255, 255, 255, 255, 255, 255)), false,
			`section "weights": found a length of 18446744073709551615 bytes`,
		},
		{"name twice", image(t, twice, "xor"), false, `section name: found "x" again`},
		{"ragged numbers", image(t, ragged, "xor"), false, "7 bytes of float64 values"},
		{"unknown kind", image(t, odd, "xor"), false, "found section kind 99"},
	} {
		path := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(path, c.file, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := ReadSnapshot(path, "xor")
		var corrupt *CorruptError
		var foreign *ForeignError
		if s != nil || c.foreign != errors.As(err, &foreign) || c.foreign == errors.As(err, &corrupt) {
			t.Errorf("%s: %T %v", c.name, err, err)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v\nshould say %q", c.name, err, c.want)
		}
	}
}

// A single changed byte or a missing end never goes unnoticed.
func TestAnyDamageIsNoticed(t *testing.T) {
	good := image(t, sampleSnapshot(t), "xor")
	for i := range good {
		if _, _, err := decode("cut", good[:i]); err == nil {
			t.Errorf("the first %d of %d bytes were accepted", i, len(good))
		}
		if _, _, err := decode("changed", edit(good, i, good[i]^0x10)); err == nil {
			t.Errorf("a change of byte %d was accepted", i)
		}
	}
}

func TestReadWhatIsNoFile(t *testing.T) {
	directory := t.TempDir()
	if _, err := ReadSnapshot(filepath.Join(directory, "none"), ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	var corrupt *CorruptError
	if _, err := ReadSnapshot(directory, ""); !errors.As(err, &corrupt) {
		t.Errorf("a directory: %v", err)
	}
}

// A failed write leaves the old file as it was and nothing beside it.
func TestWriteIsAllOrNothing(t *testing.T) {
	directory := t.TempDir()
	path := filepath.Join(directory, "run.checkpoint")
	if err := sampleSnapshot(t).WriteFile(path, "old"); err != nil {
		t.Fatal(err)
	}
	if err := sampleSnapshot(t).WriteFile(path, strings.Repeat("x", 1<<16)); err == nil {
		t.Error("an identity of 64 KiB was accepted")
	}
	long := sampleSnapshot(t)
	long.PutBytes(strings.Repeat("x", 1<<16), nil)
	if err := long.WriteFile(path, "new"); err == nil {
		t.Error("a name of 64 KiB was accepted")
	}
	if _, err := ReadSnapshot(path, "old"); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(directory)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v beside the file", entries, err)
	}
	if err := new(Snapshot).WriteFile(filepath.Join(directory, "none", "x"), ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into a missing directory: %v", err)
	}
}

// FuzzDecode: whatever the bytes, decoding ends with an error or with a
// snapshot that is written as the same bytes again.
func FuzzDecode(f *testing.F) {
	good := image(f, sampleSnapshot(f), "xor")
	f.Add(good[:len(good)-checksumSize])
	f.Add(image(f, new(Snapshot), "")[:minimalSize-checksumSize])
	f.Add([]byte(checkpointMagic))
	f.Fuzz(func(t *testing.T, body []byte) {
		// A checksum and a length the fuzzer could not guess.
		file := append(bytes.Clone(body), 0, 0, 0, 0)
		if len(file) >= minimalSize {
			binary.LittleEndian.PutUint64(file[16:], uint64(len(file)))
		}
		file = repair(file)
		s, identity, err := decode("fuzz", file)
		if err != nil {
			return
		}
		if diff := cmp.Diff(file, image(t, s, identity)); diff != "" {
			t.Errorf("written again it differs:\n%s", diff)
		}
		for _, x := range s.sections {
			_, errFloats := s.Floats(x.name, -1)
			_, errWords := s.Words(x.name, -1)
			_, errBytes := s.Bytes(x.name)
			if n := countErrors(errFloats, errWords, errBytes); n != 2 && x.kind != jsonSection {
				t.Errorf("section %q of %v: %d of 3 ways to read it fail", x.name, x.kind, n)
			}
		}
	})
}

func countErrors(errs ...error) (n int) {
	for _, err := range errs {
		if err != nil {
			n++
		}
	}
	return n
}

// BenchmarkCheckpoint gives the throughput of coding, without the disk.
func BenchmarkCheckpoint(b *testing.B) {
	weights := make([]float64, 1<<20)
	s := new(Snapshot)
	s.PutFloats("weights", weights)
	file := image(b, s, "")
	b.Run("encode", func(b *testing.B) {
		b.SetBytes(int64(len(file)))
		var out bytes.Buffer
		out.Grow(len(file))
		for b.Loop() {
			out.Reset()
			s.PutFloats("weights", weights)
			if err := s.encode(&out, ""); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(file)))
		for b.Loop() {
			s, _, err := decode("memory", file)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := s.Floats("weights", len(weights)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
