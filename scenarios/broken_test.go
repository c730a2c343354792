package scenarios

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

var update = flag.Bool("update", false, "rewrite the files that tests compare with")

// Every file in testdata/broken begins with the errors it must give, one per
// comment line, file name left out.
func TestBrokenFiles(t *testing.T) {
	names, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil || len(names) < 40 {
		t.Fatalf("%d broken files (%v), want at least 40", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse("f", data, nil)
			checkErrors(t, err)
			if *update {
				data = withExpectation(t, data)
				if err := os.WriteFile(name, data, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got, want := expectation(err), leadingComments(data); got != want {
				t.Errorf("errors\n%swant\n%s", got, want)
			}
		})
	}
}

const marker = "# error: "

// expectation is an error as the comments of a broken file have it.
func expectation(err error) string {
	var b strings.Builder
	var list FileErrors
	errors.As(err, &list)
	for _, e := range list {
		b.WriteString(marker + strings.TrimPrefix(e.Error(), "f:") + "\n")
	}
	return b.String()
}

func leadingComments(data []byte) string {
	var comments string
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, marker) {
			break
		}
		comments += line
	}
	return comments
}

// withExpectation replaces the comments. Their number moves the lines they
// speak of, so they are made twice.
func withExpectation(t *testing.T, data []byte) []byte {
	body := data[len(leadingComments(data)):]
	for range 2 {
		_, err := Parse("f", data, nil)
		data = append([]byte(expectation(err)), body...)
	}
	_, err := Parse("f", data, nil)
	checkErrors(t, err)
	return data
}

// checkErrors checks what every refusal must have: a place within reason, what
// was given, what is allowed.
func checkErrors(t testing.TB, err error) {
	t.Helper()
	var one *FileError
	var list FileErrors
	if !errors.As(err, &list) || !errors.As(err, &one) || len(list) == 0 {
		t.Fatalf("%T %v is no list of file errors", err, err)
	}
	for _, e := range list {
		inOption := strings.HasPrefix(e.File, "--set ")
		if e.File == "" || e.Given == "" || e.Allowed == "" || (e.Line < 1 || e.Column < 1) != inOption {
			t.Errorf("%#v lacks something", e)
		}
		if strings.ContainsFunc(e.Error(), func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("%q has control characters", e.Error())
		}
	}
}

// What cannot well be kept as a file.
func TestBrokenBytes(t *testing.T) {
	small, err := os.ReadFile("testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "f:1:1: given an empty file; allowed a YAML mapping of the keys of a scenario"},
		{"only a document start", []byte("---\n"), "f:2:1: given nothing; allowed a mapping with the keys name, title, description, source, seed, network, modulators, task, learning, training, expect"},
		{"100 MB of brackets", bytes.Repeat([]byte("["), 100_000_000), "f:1:1: given more than 256 KiB; allowed a scenario file, which has a few"},
		{"256 KiB of brackets", bytes.Repeat([]byte("["), mostBytes), "f:1:33: given more than 32 levels of nesting; allowed at most 32 levels"},
		{"256 KiB of braces", bytes.Repeat([]byte("{a: "), mostBytes/4), "f:1:129: given more than 32 levels of nesting; allowed at most 32 levels"},
		{"256 KiB of dashes", bytes.Repeat([]byte("- "), mostBytes/2), "f:1:65: given more than 32 levels of nesting; allowed at most 32 levels"},
		{"256 KiB of items", append([]byte("["), bytes.Repeat([]byte("1,"), mostBytes/2-1)...), "f:2:1: given what is not YAML (did not find expected node content while parsing a flow node); allowed one YAML mapping; text that contains “: ” or “#”, or begins with a sign, needs quotation marks"},
		{"too many values", bytes.Repeat([]byte("- 1\n"), mostValues+1), "f:1:1: given more than 10000 values; allowed a scenario file, which has a few hundred"},
		{"alias bomb", aliasBomb(9), "f:1:4: a: given an anchor (&a); allowed a value without an anchor"},
		{"not UTF-8", append(small[:len(small):len(small)], "# caf\xe9\n"...), "f:36:6: given the byte 0xe9, which is not UTF-8; allowed text in UTF-8"},
		{"UTF-16", utf16le(string(small)), "f:1:1: given the byte 0xff, which is not UTF-8; allowed text in UTF-8"},
		{"a zero byte", []byte("name: a\x00b\n"), "f:1:8: given the control character U+0000; allowed printable text"},
		{"an escape sequence", []byte("name: x\ntitle: \x1b[31mred\n"), "f:2:8: given the control character U+001B; allowed printable text"},
		{"a key with an escape sequence", []byte("\"\\e[31m\": 1\n"), `f:1:1: "\x1b[31m": given the unknown key "\x1b[31m"; allowed name, title, description, source, seed, network, modulators, task, learning, training, expect`},
		{"a long key", []byte(strings.Repeat("k", 1000) + ": 1\n"), fmt.Sprintf("f:1:1: \"%[1]s…\": given the unknown key \"%[1]s…\"; allowed name, title, description, source, seed, network, modulators, task, learning, training, expect", strings.Repeat("k", 59))},
		{"a binary", []byte("\x7fELF\x02\x01\x01\x00"), "f:1:1: given the control character U+007F; allowed printable text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("f", c.data, nil)
			checkErrors(t, err)
			lines := strings.Split(err.Error(), "\n")
			found := false
			for _, line := range lines {
				found = found || line == c.want
			}
			if !found {
				t.Errorf("%v\nwant %s", err, c.want)
			}
		})
	}
}

// aliasBomb is ten to the power of levels values in a few lines.
func aliasBomb(levels int) []byte {
	text := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < levels; i++ {
		name, below := string(rune('a'+i)), "*"+string(rune('a'+i-1))
		text += fmt.Sprintf("%s: &%s [%s]\n", name, name, strings.Repeat(below+", ", 9)+below)
	}
	return []byte(text)
}

func utf16le(text string) []byte {
	data, err := binary.Append([]byte{0xff, 0xfe}, binary.LittleEndian, utf16.Encode([]rune(text)))
	if err != nil {
		panic(err)
	}
	return data
}

// A huge file is refused after its first 256 KiB.
func TestLoadRefusesHugeFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "huge.yaml")
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, 1<<40); err != nil {
		t.Skipf("no sparse files here: %v", err)
	}
	_, err := Load(name, nil)
	checkErrors(t, err)
	if !strings.Contains(err.Error(), "given more than 256 KiB") {
		t.Errorf("%v", err)
	}
}

// A file that is all mistakes does not flood the terminal.
func TestErrorsAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 9_000 {
		fmt.Fprintf(&b, "key%d: 1\n", i)
	}
	_, err := Parse("f", []byte(b.String()), nil)
	checkErrors(t, err)
	var list FileErrors
	if errors.As(err, &list); len(list) < 9_000 {
		t.Errorf("%d errors", len(list))
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != mostShown+1 || !strings.HasPrefix(lines[mostShown], "… and ") {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}
