package problem

import (
	"bytes"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	blanks     = " \t\r\n"
	separators = blanks + ",:"
	delimiters = separators + "[]{}"
)

// source is the text of a problem file. Places in it are byte offsets; lines,
// columns and excerpts are looked up only when an error needs them.
type source struct {
	file string
	text io.ReaderAt
}

// from reads the text from an offset to its end.
func (s source) from(offset int64) io.Reader {
	return io.NewSectionReader(s.text, offset, math.MaxInt64-offset)
}

// position is the line and the column in characters, both from 1, of an offset;
// of the end of the text if the offset lies beyond it.
func (s source) position(offset int64) (line, column int) {
	line, column = 1, 1
	text := io.LimitReader(s.from(0), offset)
	chunk := make([]byte, 64<<10)
	for {
		n, err := text.Read(chunk)
		for _, c := range chunk[:n] {
			switch {
			case c == '\n':
				line, column = line+1, 1
			case utf8.RuneStart(c):
				column++
			}
		}
		if err != nil {
			return line, column
		}
	}
}

// after is the offset of the first character from offset on that is none of set.
func (s source) after(offset int64, set string) int64 {
	chunk := make([]byte, 4<<10)
	for {
		n, err := s.text.ReadAt(chunk, offset)
		rest := bytes.TrimLeft(chunk[:n], set)
		offset += int64(n - len(rest))
		if len(rest) > 0 || err != nil {
			return offset
		}
	}
}

// excerpt is the value at an offset as an error message repeats it.
func (s source) excerpt(offset int64) string {
	chunk := make([]byte, 512)
	n, _ := s.text.ReadAt(chunk, offset)
	text := string(chunk[:n])
	switch {
	case text == "":
		return endOfFile
	case text[0] == '[':
		return "an array"
	case text[0] == '{':
		return "an object"
	case text[0] == '"':
		return printable(text[:closingQuote(text)])
	case strings.ContainsRune(delimiters, rune(text[0])):
		return text[:1]
	}
	if end := strings.IndexAny(text, delimiters); end > 0 {
		text = text[:end]
	}
	return printable(text)
}

const endOfFile = "the end of the file"

// closingQuote is the length of the string literal that text begins with.
func closingQuote(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// printable shortens text to what fits on a line and escapes what a terminal
// might obey: it came from a file that may be anything.
func printable(text string) string {
	const most = 60
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most-1]) + "…"
	}
	if strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsPrint(c) }) || !utf8.ValidString(text) {
		return strconv.Quote(text)
	}
	return text
}
